"""Which nodes each material of a head is made of."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from headsmith_shared.asset import HeadAsset

from ..builders.images import Images
from ..builders.thin_skin import ATTRIBUTE
from .graph import Graph, Link, Node, Value
from .numbers import BASE_COLOURS, numbers

BSDF = "Principled BSDF"
OUTPUT = "Material Output"
_IMAGE_TARGETS = {"albedo": "Base Color", "alpha": "Alpha", "specular": "Specular IOR Level", "roughness": "Roughness"}


def surface(asset: HeadAsset, material: str, images: Images) -> Graph:
    """The node tree for one material with the maps that exist so far."""
    own = {channel: image for (name, channel), image in images.items() if name == material}
    if material == "cornea":
        return _cornea(numbers(asset, material))
    graph = _principled(asset, material, own)
    # Hair cards let light through between the hairs: dithered alpha sorts by itself and casts soft shadows.
    return Graph(graph.nodes, graph.links, {"surface_render_method": "DITHERED"}) if "alpha" in own else graph


def _principled(asset: HeadAsset, material: str, own: Mapping[str, bpy.types.Image]) -> Graph:
    given = numbers(asset, material)
    properties: dict[str, Value] = {}
    if "subsurface_weight" in given:
        # Flesh follows the anisotropic walk that keeps detail; enamel and sclera the plain one.
        properties["subsurface_method"] = "RANDOM_WALK_SKIN" if material == "skin" else "RANDOM_WALK"
    nodes = [
        Node(OUTPUT, "ShaderNodeOutputMaterial", (320, 0)),
        Node(BSDF, "ShaderNodeBsdfPrincipled", (0, 0), _inputs(material, given), properties),
    ]
    links = [Link(BSDF, "BSDF", OUTPUT, "Surface")]
    if material == "skin":
        # Over the eyes nearly none: the walk would leave through the eyeball (builders/thin_skin.py).
        weight = given["subsurface_weight"]
        scattering = {"Value_001": -0.92 * weight, "Value_002": weight}
        nodes.append(Node("Thin skin", "ShaderNodeAttribute", (-420, 620), properties={"attribute_name": ATTRIBUTE}))
        nodes.append(
            Node("Scattering", "ShaderNodeMath", (-220, 620), scattering, properties={"operation": "MULTIPLY_ADD"})
        )
        links.append(Link("Thin skin", "Fac", "Scattering", "Value"))
        links.append(Link("Scattering", "Value", BSDF, "Subsurface Weight"))
    for row, (channel, target) in enumerate(_IMAGE_TARGETS.items()):
        if channel in own:
            nodes.append(_image_node(channel, own[channel], (-420, 300 - 290 * row)))
            links.append(Link(_label(channel), "Color", BSDF, target))
    if "normal" in own:
        nodes.append(_image_node("normal", own["normal"], (-720, -720)))
        strength = {"Strength": given.get("normal_strength", 1.0)}
        nodes.append(Node("Normal map", "ShaderNodeNormalMap", (-420, -720), strength, {"space": "TANGENT"}))
        links.append(Link(_label("normal"), "Color", "Normal map", "Color"))
        links.append(Link("Normal map", "Normal", BSDF, "Normal"))
    if "displacement" in own:
        nodes += _displacement(asset, material, own["displacement"])
        links.append(Link(_label("displacement"), "Color", "Displacement", "Height"))
    return Graph(tuple(nodes), tuple(links))


def _displacement(asset: HeadAsset, material: str, image: bpy.types.Image) -> list[Node]:
    """The height map, ready but not plugged in: the normal map already carries the same relief.

    Joined to the output with a subdivided mesh it displaces truly.
    """
    found = [t for t in asset.maps if t.material == material and t.channel == "displacement"]
    midlevel, scale = (found[0].midlevel, found[0].scale_m) if found else (0.5, 0.0)
    return [
        _image_node("displacement", image, (-420, -1010)),
        Node("Displacement", "ShaderNodeDisplacement", (0, -860), {"Midlevel": midlevel, "Scale": scale}),
    ]


def _inputs(material: str, given: Mapping[str, float]) -> dict[str, Value]:
    names = {
        "subsurface_weight": "Subsurface Weight", "subsurface_scale": "Subsurface Scale",
        "subsurface_ior": "Subsurface IOR", "subsurface_anisotropy": "Subsurface Anisotropy",
        "roughness": "Roughness", "specular": "Specular IOR Level", "ior": "IOR", "coat": "Coat Weight",
        "sheen": "Sheen Weight", "card_roughness": "Roughness",
    }  # fmt: skip
    inputs: dict[str, Value] = {socket: given[name] for name, socket in names.items() if name in given}
    inputs["Base Color"] = BASE_COLOURS[material]
    if "radius_red" in given:
        inputs["Subsurface Radius"] = (given["radius_red"], given["radius_green"], given["radius_blue"])
    if given.get("coat"):
        inputs["Coat Roughness"] = 0.08
    if given.get("sheen"):
        inputs["Sheen Roughness"] = 0.4
    return inputs


def _cornea(given: Mapping[str, float]) -> Graph:
    """A clear shell, one output an engine.

    Cycles refracts what the camera sees, and lets shadow and diffuse rays straight through, so that the iris is lit
    without caustics. EEVEE and exporters get a Fresnel mix of mirror and nothing, which needs no ray tracing.
    """
    ior, roughness = given["ior"], given["roughness"]
    nodes = (
        Node("Output Cycles", "ShaderNodeOutputMaterial", (560, 160), properties={"target": "CYCLES"}),
        Node("Output EEVEE", "ShaderNodeOutputMaterial", (560, -260), properties={"target": "EEVEE"}),
        Node("Pass light", "ShaderNodeMixShader", (340, 160)),
        Node("Light path", "ShaderNodeLightPath", (-260, 520)),
        Node("Shadow or diffuse", "ShaderNodeMath", (40, 400), properties={"operation": "MAXIMUM"}),
        Node(
            BSDF, "ShaderNodeBsdfPrincipled", (-260, 140),
            {"Base Color": BASE_COLOURS["cornea"], "Roughness": roughness, "IOR": ior, "Transmission Weight": 1.0},
        ),
        Node("Clear", "ShaderNodeBsdfTransparent", (40, -180)),
        Node("Mirror", "ShaderNodeBsdfGlossy", (40, -300), {"Roughness": roughness}),
        Node("Fresnel", "ShaderNodeFresnel", (40, -60), {"IOR": ior}),
        Node("Reflect", "ShaderNodeMixShader", (340, -260)),
    )  # fmt: skip
    links = (
        Link("Light path", "Is Shadow Ray", "Shadow or diffuse", "Value"),
        Link("Light path", "Is Diffuse Ray", "Shadow or diffuse", "Value_001"),
        Link("Shadow or diffuse", "Value", "Pass light", "Fac"),
        Link(BSDF, "BSDF", "Pass light", "Shader"),
        Link("Clear", "BSDF", "Pass light", "Shader_001"),
        Link("Pass light", "Shader", "Output Cycles", "Surface"),
        Link("Fresnel", "Fac", "Reflect", "Fac"),
        Link("Clear", "BSDF", "Reflect", "Shader"),
        Link("Mirror", "BSDF", "Reflect", "Shader_001"),
        Link("Reflect", "Shader", "Output EEVEE", "Surface"),
    )
    return Graph(nodes, links, {"surface_render_method": "BLENDED", "use_transparency_overlap": False})


def _label(channel: str) -> str:
    return f"{channel.capitalize()} map" if channel != "normal" else "Normal image"


def _image_node(channel: str, image: bpy.types.Image, at: tuple[float, float]) -> Node:
    return Node(_label(channel), "ShaderNodeTexImage", at, image=image)
