"""Hair of a head as Blender Curves that hang on its mesh: made, updated in place, and taken away again.

The curves are attached to the skin by the UVs of their roots, so that Deform Curves on Surface carries them through
shape keys and poses.
"""

from __future__ import annotations

from hashlib import blake2b

import bpy
import numpy as np

from headsmith_shared.asset import Float32, HeadAsset, Strands

from ..materials.graph import merge
from ..materials.hair import strand_surface
from . import lookup
from .flatten import to_blender
from .hair_nodes import write_modifiers
from .mesh import PART_ATTRIBUTE, UV_MAP

ROOT_UV_MAP = "headsmith_roots"
"""The skin's UVs alone: a root must be found on one face, while the other parts have UVs of their own in 0..1."""
SHADE = "headsmith_shade"
_SURFACE_UV = "surface_uv_coordinate"
_CONTENT = "headsmith_content"
_ASIDE = -1.0
_GOLDEN = 0.618034


def write_hair(obj: bpy.types.Object, asset: HeadAsset, head_id: str, label: str, *, remove: bool = True) -> None:
    """Make or update an object of curves for each strand set of the asset. remove: those it has no more go.

    Curves that still come from the same strands keep what the user has combed.
    """
    existing: dict[str, bpy.types.Object] = {}
    for found in lookup.find_strands(head_id):
        existing.setdefault(found[lookup.STRANDS], found)
    if remove:
        for name in existing.keys() - {strands.name for strands in asset.strands}:
            _remove(existing.pop(name))
    if not asset.strands:
        return
    _write_root_uvs(obj)
    for strands in asset.strands:
        _write(obj, strands, asset, head_id, label, existing.get(strands.name))


def _write(
    head: bpy.types.Object, strands: Strands, asset: HeadAsset, head_id: str, label: str,
    obj: bpy.types.Object | None,
) -> None:  # fmt: skip
    if obj is None:
        obj = bpy.data.objects.new(f"{label} {strands.name}", bpy.data.hair_curves.new(f"{label} {strands.name}"))
        lookup.mark(obj, head_id, lookup.HAIR)
        obj[lookup.STRANDS] = strands.name
        obj.parent = head
        collection = lookup.find_collection(head_id)
        (collection or bpy.context.scene.collection).objects.link(obj)
    content = _digest(strands)
    if obj.get(_CONTENT) != content:
        _fill(obj, strands)
        obj[_CONTENT] = content
    obj.data.surface = head
    obj.data.surface_uv_map = ROOT_UV_MAP
    if len(strands.root_uvs):
        write_modifiers(obj, head, ROOT_UV_MAP, float(strands.radii.max(initial=0.0)))
    _write_material(obj.data, strands, asset, head_id, label)


def _fill(obj: bpy.types.Object, strands: Strands) -> None:
    """Write points, radii, roots and shades; the data-block and its materials stay."""
    counts = strands.counts.tolist()
    if not _fits(obj.data, counts):
        _resize(obj, counts)
    curves = obj.data
    _attribute(curves, "position", "FLOAT_VECTOR", "POINT", "vector", to_blender(strands.points))
    _attribute(curves, "radius", "FLOAT", "POINT", "value", strands.radii)
    shade = strands.shade if len(strands.shade) else (np.arange(len(counts)) * _GOLDEN % 1.0).astype(np.float32)
    _attribute(curves, SHADE, "FLOAT", "CURVE", "value", shade)
    if len(strands.root_uvs):
        _attribute(curves, _SURFACE_UV, "FLOAT2", "CURVE", "vector", strands.root_uvs)
    curves.update_tag()


def _fits(curves: bpy.types.Curves, counts: list[int]) -> bool:
    if len(curves.curves) != len(counts):
        return False
    offsets = np.empty(len(counts) + 1, np.int32)
    curves.curve_offset_data.foreach_get("value", offsets)
    return bool(np.array_equal(np.diff(offsets), counts))


def _resize(obj: bpy.types.Object, counts: list[int]) -> None:
    """Give the curves that many points each; what they had is gone."""
    if hasattr(obj.data, "remove_curves"):  # from 4.3 on
        if len(obj.data.curves):
            obj.data.remove_curves()
        obj.data.add_curves(counts)
        return
    former = obj.data
    if len(former.curves):
        fresh = bpy.data.hair_curves.new(former.name)
        for material in former.materials:
            fresh.materials.append(material)
        obj.data = fresh
        if not former.users:
            bpy.data.hair_curves.remove(former)
    obj.data.add_curves(counts)


def _attribute(curves: bpy.types.Curves, name: str, kind: str, domain: str, field: str, values: Float32) -> None:
    attribute = curves.attributes.get(name)
    if attribute is not None and (attribute.data_type, attribute.domain) != (kind, domain):
        curves.attributes.remove(attribute)
        attribute = None
    attribute = attribute or curves.attributes.new(name, kind, domain)
    attribute.data.foreach_set(field, np.ascontiguousarray(values, np.float32).ravel())


def _write_root_uvs(obj: bpy.types.Object) -> None:
    """Give the mesh a second UV map that holds the skin alone, and its rest positions to the modifiers."""
    obj.add_rest_position_attribute = True
    mesh = obj.data
    if mesh.uv_layers.get(ROOT_UV_MAP) is not None or mesh.uv_layers.get(UV_MAP) is None:
        return
    uvs = np.empty(2 * len(mesh.loops), np.float32)
    mesh.uv_layers[UV_MAP].uv.foreach_get("vector", uvs)
    parts = np.empty(len(mesh.polygons), np.int32)
    mesh.attributes[PART_ATTRIBUTE].data.foreach_get("value", parts)
    sizes = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    uvs.reshape(-1, 2)[np.repeat(parts != 0, sizes)] = _ASIDE
    active = mesh.uv_layers.active_index
    layer = mesh.uv_layers.new(name=ROOT_UV_MAP, do_init=False)
    layer.uv.foreach_set("vector", uvs)
    mesh.uv_layers.active_index = active


def _write_material(curves: bpy.types.Curves, strands: Strands, asset: HeadAsset, head_id: str, label: str) -> None:
    """Merge the material of the strands; one that the user has put into the slot is left alone."""
    kind = f"{strands.material} strands"
    if not len(curves.materials):
        own = (m for m in bpy.data.materials if m.get(lookup.ID) == head_id and m.get(lookup.MATERIAL) == kind)
        material = next(own, None)
        if material is None:
            material = bpy.data.materials.new(f"{label} {kind}")
            lookup.mark(material, head_id, "material")
            material[lookup.MATERIAL] = kind
        curves.materials.append(material)
    material = curves.materials[0]
    if material is not None and material.get(lookup.ID) == head_id and material.get(lookup.MATERIAL) == kind:
        graph, colour = strand_surface(asset, strands.material, SHADE)
        merge(material, graph)
        material.diffuse_color = colour


def _remove(obj: bpy.types.Object) -> None:
    data = obj.data
    bpy.data.objects.remove(obj)
    if not data.users:
        bpy.data.hair_curves.remove(data)


def _digest(strands: Strands) -> str:
    digest = blake2b(digest_size=12)
    for array in (strands.points, strands.counts, strands.radii, strands.root_uvs, strands.shade):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
