"""The modifiers on a head's hair: it follows the skin, and Blender's own hair nodes stand ready to be turned on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import bpy

FOLLOW: Final = "Headsmith follow skin"
"""Name of the node group, and of the last modifier: hair goes with the shape keys and the armature."""
HAIR_NODES: Final = ("Interpolate Hair Curves", "Clump Hair Curves", "Hair Curves Noise", "Set Hair Curve Profile")
"""Node groups of Blender's Essentials library, in the order in which they act; off until somebody turns them on."""
SETTINGS: Final[Mapping[str, Mapping[tuple[str, str], Any]]] = {
    "Interpolate Hair Curves": {
        ("Surface Rest Position", "NodeSocketBool"): True, ("Distance to Guides", "NodeSocketFloat"): 0.006,
        ("Density", "NodeSocketFloat"): 500_000.0, ("Viewport Amount", "NodeSocketFloat"): 0.25,
    },
    "Clump Hair Curves": {("Guide Distance", "NodeSocketFloat"): 0.012},
    "Hair Curves Noise": {("Distance", "NodeSocketFloat"): 0.002, ("Scale", "NodeSocketFloat"): 40.0},
}  # fmt: skip
"""What the nodes' inputs are to be on a head of natural size, by name and type: their own defaults are for metres."""
_KEY: Final = "headsmith_essentials"
_LIBRARY: Final = "procedural_hair_node_assets.blend"
_log = logging.getLogger(__name__)
_told: set[str] = set()


def write_modifiers(obj: bpy.types.Object, surface: bpy.types.Object, uv_map: str, radius: float) -> None:
    """Put the modifiers on curves that have none yet. Later the stack is the user's: nothing is put back or moved.

    radius: of the thickest point, in metres.
    """
    if any(modifier.type == "NODES" for modifier in obj.modifiers) or obj.get(_KEY):
        return
    obj[_KEY] = True
    for name, group in _essentials().items():
        modifier = obj.modifiers.new(name, "NODES")
        modifier.node_group = group
        modifier.show_viewport = modifier.show_render = False
        modifier.show_expanded = False
        for (socket, kind), value in SETTINGS.get(name, {}).items():
            _set(modifier, group, socket, kind, value)
        if name == "Interpolate Hair Curves":
            _set(modifier, group, "Surface", "NodeSocketObject", surface)
            _set_attribute(modifier, group, "Surface UV Map", uv_map)
        if name == "Set Hair Curve Profile":
            _set(modifier, group, "Radius", "NodeSocketFloat", radius)
    follow = obj.modifiers.new(FOLLOW, "NODES")
    follow.node_group = _follow_group()
    follow.show_expanded = False


def _follow_group() -> bpy.types.NodeTree:
    group = bpy.data.node_groups.get(FOLLOW)
    if group is not None and group.bl_idname == "GeometryNodeTree":
        return group
    group = bpy.data.node_groups.new(FOLLOW, "GeometryNodeTree")
    for in_out in ("INPUT", "OUTPUT"):
        group.interface.new_socket("Geometry", in_out=in_out, socket_type="NodeSocketGeometry")
    start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    deform = group.nodes.new("GeometryNodeDeformCurvesOnSurface")
    start.location, end.location = (-220, 0), (220, 0)
    group.links.new(start.outputs[0], deform.inputs[0])
    group.links.new(deform.outputs[0], end.inputs[0])
    return group


def _essentials() -> dict[str, bpy.types.NodeTree]:
    """Blender's hair node groups by name: those in this file, else appended from its library; {} where it is absent."""
    found = {group[_KEY]: group for group in bpy.data.node_groups if group.get(_KEY) in HAIR_NODES}
    missing = [name for name in HAIR_NODES if name not in found]
    if not missing:
        return {name: found[name] for name in HAIR_NODES}
    try:
        folder = Path(bpy.utils.system_resource("DATAFILES")) / "assets"
        path = next(folder.glob(f"*/{_LIBRARY}"))
        with bpy.data.libraries.load(str(path), link=False) as (there, here):
            here.node_groups = [name for name in missing if name in there.node_groups]
        for group in here.node_groups:
            group[_KEY] = group.name.rpartition(".")[0] if group.name not in HAIR_NODES else group.name
            found[group[_KEY]] = group
    except (StopIteration, OSError, RuntimeError, ValueError) as error:
        _tell(f"Blender's hair nodes were not found ({error or _LIBRARY}): hair is built without them")
    return {name: found[name] for name in HAIR_NODES if name in found}


def _set(modifier: bpy.types.Modifier, group: bpy.types.NodeTree, name: str, kind: str, value: Any) -> None:
    identifier = _identifier(group, name, kind)
    if identifier is None:
        return
    if hasattr(modifier, "properties"):  # from 5.2 on
        getattr(modifier.properties.inputs, identifier).value = value
    else:
        modifier[identifier] = value


def _set_attribute(modifier: bpy.types.Modifier, group: bpy.types.NodeTree, name: str, attribute: str) -> None:
    """Let a vector input come from a named attribute of the surface."""
    identifier = _identifier(group, name, "NodeSocketVector")
    if identifier is None:
        return
    if hasattr(modifier, "properties"):  # from 5.2 on
        given = getattr(modifier.properties.inputs, identifier)
        given.type, given.attribute_name = "ATTRIBUTE", attribute
    else:
        modifier[f"{identifier}_use_attribute"] = True
        modifier[f"{identifier}_attribute_name"] = attribute


def _identifier(group: bpy.types.NodeTree, name: str, kind: str) -> str | None:
    for item in group.interface.items_tree:
        if item.item_type == "SOCKET" and item.in_out == "INPUT" and (item.name, item.socket_type) == (name, kind):
            return item.identifier
    return None


def _tell(text: str) -> None:
    """One line, once a session."""
    if text not in _told:
        _told.add(text)
        _log.warning(text)
