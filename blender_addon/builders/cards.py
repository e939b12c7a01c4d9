"""Hair cards: meshes for programs that know no strands, hidden in Blender, exported in place of the curves."""

from __future__ import annotations

import bpy

from headsmith_shared.asset import CARD_NAMES, HeadAsset

from . import lookup
from .flatten import flatten
from .images import Images
from .materials import write_materials
from .mesh import write_mesh


def write_cards(
    rig: bpy.types.Object | None, asset: HeadAsset, images: Images, head_id: str, label: str, modifier: str,
    *, remove: bool = True,
) -> None:  # fmt: skip
    """Make or update the cards of each part that the asset has of CARD_NAMES. remove: those it has no more go.

    modifier: the name of the armature modifier, as on the head. New cards are hidden; later that is the user's choice.
    """
    existing: dict[str, bpy.types.Object] = {}
    for found in lookup.find_cards(head_id):
        existing.setdefault(found[lookup.CARDS], found)
    present = [part.name for part in asset.parts if part.name in CARD_NAMES]
    if remove:
        for name in existing.keys() - set(present):
            obj = existing.pop(name)
            bpy.data.batch_remove([obj, obj.data])
    for name in present:
        flat = flatten(asset, (name,))
        obj = existing.get(name) or _make(rig, name, head_id, label, modifier)
        write_mesh(obj, flat)
        write_materials(obj.data, asset, flat.materials, images, head_id, label)


def _make(rig: bpy.types.Object | None, name: str, head_id: str, label: str, modifier: str) -> bpy.types.Object:
    obj = bpy.data.objects.new(f"{label} {name} cards", bpy.data.meshes.new(f"{label} {name} cards"))
    lookup.mark(obj, head_id, lookup.HAIR_CARDS)
    obj[lookup.CARDS] = name
    obj.parent = rig
    obj.modifiers.new(modifier, "ARMATURE").object = rig
    obj.hide_viewport = obj.hide_render = True
    collection = lookup.find_collection(head_id)
    (collection or bpy.context.scene.collection).objects.link(obj)
    return obj
