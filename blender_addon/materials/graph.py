"""A shader node tree as data, and its three-way merge into a material.

What was written last is recorded in the material. On the next merge, a socket, property or link that still is as
recorded takes the new value; one that differs was changed by the user and stays. Nodes that the user has deleted stay
deleted, nodes that the user has added are never touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy

RECORD = "headsmith_built"
_TOLERANCE = 1e-5

Value = float | bool | str | tuple[float, ...]
Record = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """One node. inputs: values of unlinked inputs by identifier or name; properties: attributes of the node."""

    name: str
    type: str
    at: tuple[float, float]
    inputs: Mapping[str, Value] = field(default_factory=dict)
    properties: Mapping[str, Value] = field(default_factory=dict)
    image: bpy.types.Image | None = None


@dataclass(frozen=True)
class Link:
    """From an output to an input; sockets by identifier or name."""

    from_node: str
    from_socket: str
    to_node: str
    to_socket: str


@dataclass(frozen=True)
class Graph:
    """A whole tree and the material's own settings (those that this Blender has are set)."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    settings: Mapping[str, Value] = field(default_factory=dict)


def merge(material: bpy.types.Material, graph: Graph) -> None:
    """Bring a material up to the graph, keeping everything that the user has changed since the last merge."""
    old = _read_record(material)
    if material.node_tree is None:
        material.use_nodes = True
    tree = material.node_tree
    if old is None:
        tree.nodes.clear()
        old = {}
    new: Record = {"settings": {}, "nodes": {}, "links": {}}
    _merge_attributes(material, graph.settings, old.get("settings", {}), new["settings"])
    _merge_nodes(tree, graph, old.get("nodes", {}), new["nodes"])
    _merge_links(tree, graph, old.get("links", {}), new["links"])
    material[RECORD] = json.dumps(new)


def socket(sockets: bpy.types.bpy_prop_collection, key: str) -> bpy.types.NodeSocket | None:
    """The socket with that identifier, else the first enabled one of that name, else None."""
    for candidate in sockets:
        if candidate.identifier == key:
            return candidate
    for candidate in sockets:
        if candidate.name == key and candidate.enabled:
            return candidate
    return None


def _read_record(material: bpy.types.Material) -> Record | None:
    try:
        record = json.loads(material.get(RECORD, ""))
    except (TypeError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _merge_nodes(tree: bpy.types.NodeTree, graph: Graph, old: Record, new: Record) -> None:
    for name in old.keys() - {node.name for node in graph.nodes}:
        node = tree.nodes.get(name)
        if node is not None and _untouched(node, old[name]):
            tree.nodes.remove(node)
    for spec in graph.nodes:
        node = tree.nodes.get(spec.name)
        before = old.get(spec.name)
        if node is None and before is not None:
            new[spec.name] = before
            continue
        if node is None:
            node = tree.nodes.new(spec.type)
            node.name, node.label, node.location = spec.name, spec.name, spec.at
        before = before or {"inputs": {}, "properties": {}}
        after = new[spec.name] = {"inputs": {}, "properties": {}}
        _merge_attributes(node, spec.properties, before["properties"], after["properties"])
        for key, value in spec.inputs.items():
            target = socket(node.inputs, key)
            if target is not None:
                _merge_value(target, "default_value", key, value, before["inputs"], after["inputs"])
        if spec.image is not None:
            _merge_image(node, spec.image, before, after)


def _merge_attributes(owner: Any, wanted: Mapping[str, Value], old: Record, new: Record) -> None:
    for key, value in wanted.items():
        if hasattr(owner, key):
            _merge_value(owner, key, key, value, old, new)


def _merge_value(owner: Any, attribute: str, key: str, wanted: Value, old: Record, new: Record) -> None:
    if key in old and not _same(_plain(getattr(owner, attribute)), old[key]):
        new[key] = old[key]
        return
    if not _same(_plain(getattr(owner, attribute)), wanted):
        setattr(owner, attribute, wanted)
    new[key] = _plain(getattr(owner, attribute))


def _merge_image(node: Any, image: bpy.types.Image, before: Record, after: Record) -> None:
    current = node.image.name if node.image is not None else None
    if "image" in before and current != before["image"]:
        after["image"] = before["image"]
        return
    node.image = image
    after["image"] = image.name


def _merge_links(tree: bpy.types.NodeTree, graph: Graph, old: Record, new: Record) -> None:
    wanted = {f"{link.to_node}\n{link.to_socket}": link for link in graph.links}
    for key in old.keys() - wanted.keys():
        target = _input(tree, key)
        if target is not None and target.is_linked and _source(target) == old[key]:
            tree.links.remove(target.links[0])
    for key, link in wanted.items():
        source_text = f"{link.from_node}\n{link.from_socket}"
        target = _input(tree, key)
        source_node = tree.nodes.get(link.from_node)
        source = socket(source_node.outputs, link.from_socket) if source_node is not None else None
        if target is None or source is None:
            if key in old:
                new[key] = old[key]
            continue
        current = _source(target)
        if key in old and current != old[key]:
            new[key] = old[key]  # relinked or unlinked by the user
            continue
        if key not in old and current is not None:
            continue  # the user has linked something where there was no map before
        if current != _canonical(source):
            tree.links.new(source, target)
        new[key] = _canonical(source) if source_text else None


def _input(tree: bpy.types.NodeTree, key: str) -> bpy.types.NodeSocket | None:
    name, _, identifier = key.partition("\n")
    node = tree.nodes.get(name)
    return socket(node.inputs, identifier) if node is not None else None


def _source(target: bpy.types.NodeSocket) -> str | None:
    return _canonical(target.links[0].from_socket) if target.is_linked else None


def _canonical(source: bpy.types.NodeSocket) -> str:
    return f"{source.node.name}\n{source.identifier}"


def _untouched(node: bpy.types.Node, before: Record) -> bool:
    for key, value in before.get("inputs", {}).items():
        target = socket(node.inputs, key)
        if target is not None and not _same(_plain(target.default_value), value):
            return False
    return all(_same(_plain(getattr(node, key, None)), value) for key, value in before.get("properties", {}).items())


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return [float(component) for component in value]


def _same(current: Any, other: Any) -> bool:
    if isinstance(current, list) and isinstance(other, list | tuple):
        return len(current) == len(other) and all(_same(a, b) for a, b in zip(current, other, strict=True))
    if isinstance(current, float) and isinstance(other, int | float):
        return abs(current - other) <= _TOLERANCE * max(1.0, abs(other))
    return current == other
