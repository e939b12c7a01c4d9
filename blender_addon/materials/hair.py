"""The materials of hair: fibres for strands, alpha-textured cards for programs that know no strands."""

from __future__ import annotations

from headsmith_shared.asset import HeadAsset

from .graph import Graph, Link, Node
from .numbers import strand_numbers

FIBRE = "Principled Hair BSDF"
PREVIEW = "Principled BSDF"
_SOFTEST = 0.25
_SCATTER = 61.803
"""Spreads shades: neighbours in the share of grey hairs are no neighbours in lightness."""

Colour = tuple[float, float, float, float]


def strand_surface(asset: HeadAsset, material: str, shade: str) -> tuple[Graph, Colour]:
    """The node tree of strands, and their colour in the viewport. shade: the curves' attribute of that meaning.

    Cycles gets fibres with melanin; the lower a strand's shade, the sooner it has gone grey. EEVEE knows no fibres:
    there a glossy surface of the colour that a mass of them has.
    """
    given = strand_numbers(asset, material)
    tint = (given["tint_r"], given["tint_g"], given["tint_b"], 1.0)
    pigmented = (given["colour_r"], given["colour_g"], given["colour_b"], 1.0)
    grey = (given["grey_r"], given["grey_g"], given["grey_b"], 1.0)
    grey_tint = (given["grey_tint_r"], given["grey_tint_g"], given["grey_tint_b"], 1.0)
    share = min(max(given["grey_share"], 0.0), 1.0)
    # A strand stands for several hairs: between the grey and the others lies a ramp, whose mean is the share.
    half = min(share, 1.0 - share, _SOFTEST)
    low, high = (share - half, share + half) if half > 0 else (share - 1e-3, share) if share == 0 else (1.0, 1.001)
    fibre = {
        "Melanin": given["melanin"], "Melanin Redness": given["melanin_redness"], "Tint": tint,
        "Roughness": given["roughness"], "Radial Roughness": given["radial_roughness"], "Coat": given["coat"],
        "IOR": given["ior"], "Offset": given["offset"], "Random Color": given["random_colour"],
        "Random Roughness": given["random_roughness"],
    }  # fmt: skip
    nodes = (
        Node("Output Cycles", "ShaderNodeOutputMaterial", (620, 160), properties={"target": "CYCLES"}),
        Node("Output EEVEE", "ShaderNodeOutputMaterial", (620, -360), properties={"target": "EEVEE"}),
        Node("Shade", "ShaderNodeAttribute", (-620, 60), properties={"attribute_name": shade}),
        Node(
            "Grey", "ShaderNodeMapRange", (-400, 160),
            {"From Min": low, "From Max": high, "To Min": 1.0, "To Max": 0.0}, {"clamp": True},
        ),
        Node(
            "Melanin", "ShaderNodeMix", (-160, 420), {"A_Float": given["melanin"], "B_Float": 0.0},
            {"data_type": "FLOAT"},
        ),
        Node("Tint", "ShaderNodeMix", (-160, 200), {"A_Color": tint, "B_Color": grey_tint}, {"data_type": "RGBA"}),
        Node(
            FIBRE, "ShaderNodeBsdfHairPrincipled", (220, 240), fibre,
            {"model": "CHIANG", "parametrization": "MELANIN"},
        ),
        Node("Spread", "ShaderNodeMath", (-400, -160), {"Value_001": _SCATTER}, {"operation": "MULTIPLY"}),
        Node("Scatter", "ShaderNodeMath", (-160, -160), properties={"operation": "FRACT"}),
        Node(
            "Lightness", "ShaderNodeMath", (40, -160), {"Value_001": 0.7, "Value_002": 0.65},
            {"operation": "MULTIPLY_ADD"},
        ),
        Node(
            "Mass", "ShaderNodeMix", (-160, -360), {"A_Color": pigmented, "B_Color": grey}, {"data_type": "RGBA"},
        ),
        Node("Uneven", "ShaderNodeVectorMath", (40, -360), properties={"operation": "SCALE"}),
        Node(
            PREVIEW, "ShaderNodeBsdfPrincipled", (260, -360),
            {"Roughness": 0.42, "Specular IOR Level": 0.35, "IOR": given["ior"], "Base Color": pigmented},
        ),
    )  # fmt: skip
    links = (
        Link("Shade", "Fac", "Grey", "Value"),
        Link("Grey", "Result", "Melanin", "Factor_Float"),
        Link("Melanin", "Result_Float", FIBRE, "Melanin"),
        Link("Grey", "Result", "Tint", "Factor_Float"),
        Link("Tint", "Result_Color", FIBRE, "Tint"),
        Link(FIBRE, "BSDF", "Output Cycles", "Surface"),
        Link("Shade", "Fac", "Spread", "Value"),
        Link("Spread", "Value", "Scatter", "Value"),
        Link("Scatter", "Value", "Lightness", "Value"),
        Link("Grey", "Result", "Mass", "Factor_Float"),
        Link("Mass", "Result_Color", "Uneven", "Vector"),
        Link("Lightness", "Value", "Uneven", "Scale"),
        Link("Uneven", "Vector", PREVIEW, "Base Color"),
        Link(PREVIEW, "BSDF", "Output EEVEE", "Surface"),
    )
    seen = tuple(share * light + (1.0 - share) * dark for dark, light in zip(pigmented, grey, strict=True))
    return Graph(nodes, links), (seen[0], seen[1], seen[2], 1.0)
