"""The mesh of a head: geometry, UVs, vertex groups and shape keys, made or updated in place."""

from __future__ import annotations

import bpy
import numpy as np

from . import lookup
from .flatten import FlatHead
from .keep import carry_keys
from .thin_skin import ATTRIBUTE

UV_MAP = "UVMap"
PART_ATTRIBUTE = "headsmith_part"
BASIS = "Basis"
_WEIGHT_STEPS = 1024


def write_mesh(obj: bpy.types.Object, flat: FlatHead) -> None:
    """Make the object's mesh that of `flat`, in place where the connectivity is the same; keys keep what they have."""
    mesh = obj.data
    if len(mesh.vertices) and fits(mesh, flat):
        write_keys(obj, flat)
        mesh.update()
        return
    backup = mesh.copy() if mesh.shape_keys is not None else None
    if backup is not None:
        obj.shape_key_clear()
    if len(mesh.vertices):
        mesh.clear_geometry()
    fill_mesh(mesh, flat)
    write_weights(obj, flat)
    write_keys(obj, flat)
    if backup is not None:
        carry_keys(backup.shape_keys, mesh.shape_keys)
        bpy.data.meshes.remove(backup)


def fill_mesh(mesh: bpy.types.Mesh, flat: FlatHead) -> None:
    """Write geometry, UVs, material indices and the part of each face into an empty mesh."""
    mesh.vertices.add(len(flat.positions))
    mesh.attributes["position"].data.foreach_set("vector", flat.positions.ravel())
    mesh.loops.add(len(flat.corners))
    mesh.loops.foreach_set("vertex_index", flat.corners)
    mesh.polygons.add(len(flat.starts))
    mesh.polygons.foreach_set("loop_start", flat.starts)
    mesh.polygons.foreach_set("material_index", flat.face_material)
    part = mesh.attributes.new(PART_ATTRIBUTE, "INT", "FACE")
    part.data.foreach_set("value", flat.face_part)
    thin = mesh.attributes.new(ATTRIBUTE, "FLOAT", "POINT")
    thin.data.foreach_set("value", flat.thin)
    layer = mesh.uv_layers.new(name=UV_MAP, do_init=False)
    layer.uv.foreach_set("vector", flat.uvs.ravel())
    mesh.update(calc_edges=True)
    mesh[lookup.TOPOLOGY] = flat.topology


def fits(mesh: bpy.types.Mesh, flat: FlatHead) -> bool:
    """Whether the mesh still has the connectivity of `flat`, so that it can be updated in place."""
    return (
        mesh.get(lookup.TOPOLOGY) == flat.topology
        and len(mesh.vertices) == len(flat.positions)
        and len(mesh.loops) == len(flat.corners)
        and len(mesh.polygons) == len(flat.starts)
    )


def write_weights(obj: bpy.types.Object, flat: FlatHead) -> None:
    """Write one vertex group per joint, replacing what these groups held. Weights are rounded to 1/1024."""
    rounded = np.rint(flat.weights * _WEIGHT_STEPS).astype(np.int32)
    for column, name in enumerate(flat.joints):
        group = obj.vertex_groups.get(name)
        if group is not None:
            group.remove(range(len(flat.positions)))
        else:
            group = obj.vertex_groups.new(name=name)
        steps = rounded[:, column]
        order = np.argsort(steps, kind="stable")
        order = order[np.searchsorted(steps[order], 1) :]
        if not len(order):
            continue
        # One call a distinct weight: vertex groups have no bulk access.
        first = np.concatenate([[0], np.flatnonzero(np.diff(steps[order])) + 1])
        weights = (steps[order[first]] / _WEIGHT_STEPS).tolist()
        vertices, edges = order.tolist(), [*first.tolist(), len(order)]
        for run, weight in enumerate(weights):
            group.add(vertices[edges[run] : edges[run + 1]], weight, "REPLACE")


def write_keys(obj: bpy.types.Object, flat: FlatHead) -> None:
    """Write the basis and all keys of the head. Values, ranges, Actions and the user's own keys are kept."""
    mesh = obj.data
    basis = np.ascontiguousarray(flat.positions.ravel())
    if not flat.keys and mesh.shape_keys is None:
        mesh.attributes["position"].data.foreach_set("vector", basis)
        return
    if mesh.shape_keys is None:
        obj.shape_key_add(name=BASIS, from_mix=False)
    blocks = mesh.shape_keys.key_blocks
    _carry_foreign_keys(blocks, basis, flat)
    blocks[0].points.foreach_set("co", basis)
    mesh.attributes["position"].data.foreach_set("vector", basis)
    moved = flat.positions.copy()
    flat_moved = moved.reshape(-1)
    for name, key in flat.keys.items():
        block = blocks.get(name)
        if block is None:
            block = obj.shape_key_add(name=name, from_mix=False)
            block.value = 0.0  # 5.0 makes new keys with 1
        moved[key.indices] += key.deltas
        block.points.foreach_set("co", flat_moved)
        moved[key.indices] = flat.positions[key.indices]


def _carry_foreign_keys(blocks: bpy.types.bpy_prop_collection, basis: np.ndarray, flat: FlatHead) -> None:
    """Keys that the user has made keep their offsets from the basis when the basis moves."""
    foreign = [block for block in blocks[1:] if block.name not in flat.keys]
    if not foreign:
        return
    old = np.empty_like(basis)
    blocks[0].points.foreach_get("co", old)
    points = np.empty_like(basis)
    for block in foreign:
        block.points.foreach_get("co", points)
        block.points.foreach_set("co", points + (basis - old))
