"""The material slots of a head's mesh."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from headsmith_shared.asset import HeadAsset

from ..materials.graph import merge
from ..materials.surfaces import surface
from . import lookup
from .images import Images

_VIEWPORT_COLOURS = {
    "skin": (0.62, 0.42, 0.34, 1.0), "eyes": (0.85, 0.84, 0.82, 1.0), "cornea": (1.0, 1.0, 1.0, 0.0),
    "teeth": (0.86, 0.82, 0.74, 1.0), "gums": (0.6, 0.28, 0.27, 1.0), "tongue": (0.6, 0.29, 0.28, 1.0),
    "lashes": (0.04, 0.03, 0.03, 1.0), "brows": (0.1, 0.07, 0.05, 1.0), "hair": (0.1, 0.07, 0.05, 1.0),
    "beard": (0.1, 0.07, 0.05, 1.0),
}  # fmt: skip


def write_materials(
    mesh: bpy.types.Mesh,
    asset: HeadAsset,
    names: Sequence[str],
    images: Images,
    head_id: str,
    head_name: str,
    only: str | None = None,
) -> None:
    """Fill the slots in the order of `names`, or just one. A slot with a material of the user's own is left alone."""
    for slot, name in enumerate(names):
        if slot >= len(mesh.materials):
            material = bpy.data.materials.new(f"{head_name} {name}")
            lookup.mark(material, head_id, "material")
            material[lookup.MATERIAL] = name
            material.diffuse_color = _VIEWPORT_COLOURS[name]
            mesh.materials.append(material)
        material = mesh.materials[slot]
        if material is None or material.get(lookup.ID) != head_id or material.get(lookup.MATERIAL) != name:
            continue
        if only in (None, name):
            merge(material, surface(asset, name, images))
