"""From a HeadAsset to objects, or the same objects brought up to a better version of the head."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import bpy

from headsmith_shared.asset import MATERIAL_NAMES, PART_NAMES, HeadAsset, TextureMap
from headsmith_shared.errors import ErrorCode, HeadsmithError

from . import lookup
from .armature import write_bones
from .cards import write_cards
from .flatten import flatten
from .hair import write_hair
from .images import write_images
from .materials import write_materials
from .mesh import write_mesh
from .provenance import write_provenance

MODIFIER = "Headsmith skin"
_NAME_BYTES = 40


@dataclass(frozen=True)
class BuiltHead:
    """What was made or updated. Names, not references: references die on undo.

    milliseconds: without its hair, which took hair_milliseconds.
    """

    head_id: str
    object_name: str
    armature_name: str
    collection_name: str
    created: bool
    milliseconds: float
    hair_milliseconds: float = 0.0


def build_head(
    asset: HeadAsset, *, head_id: str | None = None, name: str | None = None, pack: bool = True,
    texture_dir: Path | None = None, job_id: str = "", stage: str = "head", scene: bpy.types.Scene | None = None,
    location: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> BuiltHead:  # fmt: skip
    """Make a head, or update the one with `head_id` in place when it exists.

    An update keeps names, transforms, poses, Actions, key values, the user's own keys and every changed material
    value. location: of a new head, in metres. pack: encoded maps go into the .blend; else into texture_dir.
    Raises BAD_FILE for a broken asset, CONFLICT while the user edits the head's mesh.
    """
    started = time.perf_counter()
    flat = flatten(asset)
    head_id = head_id or lookup.new_head_id()
    obj, rig = lookup.find_head(head_id), lookup.find_rig(head_id)
    for target in (obj, rig, *lookup.find_strands(head_id), *lookup.find_cards(head_id)):
        _must_not_be_edited(target)
    created = obj is None
    label = _short(name or asset.name)
    if obj is None:
        new_rig = rig is None
        obj, rig = _make_objects(label, head_id, scene or bpy.context.scene)
        if new_rig:
            rig.location = location
    collection = lookup.find_collection(head_id)
    if rig is not None:
        write_bones(rig, asset)
    write_mesh(obj, flat)
    images = write_images(asset, head_id, label, pack=pack, texture_dir=texture_dir)
    write_materials(obj.data, asset, flat.materials, images, head_id, label)
    for block in (obj, collection):
        if block is not None:
            write_provenance(block, asset, job_id=job_id, stage=stage)
    bare = time.perf_counter()
    # The first version of a head comes without its hair: what is there from an earlier one waits for the new one.
    remove = stage != "geometry"
    write_hair(obj, asset, head_id, label, remove=remove)
    write_cards(rig, asset, images, head_id, label, MODIFIER, remove=remove)
    return BuiltHead(
        head_id, obj.name, rig.name if rig is not None else "", collection.name if collection is not None else "",
        created, (bare - started) * 1000.0, (time.perf_counter() - bare) * 1000.0,
    )  # fmt: skip


def add_map(
    asset: HeadAsset, texture: TextureMap, *, head_id: str, pack: bool = True, texture_dir: Path | None = None
) -> bool:
    """Show one more map on a head that was built from `asset`, which holds that map already. False: no such head."""
    obj = lookup.find_head(head_id)
    if obj is None:
        return False
    own = replace(asset, maps=tuple(t for t in asset.maps if t.material == texture.material))
    images = write_images(own, head_id, _short(asset.name), pack=pack, texture_dir=texture_dir)
    meshes = {obj: PART_NAMES, **{cards: (cards[lookup.CARDS],) for cards in lookup.find_cards(head_id)}}
    for owner, parts in meshes.items():
        used = {part.material for part in asset.parts if part.name in parts}
        materials = tuple(name for name in MATERIAL_NAMES if name in used)
        write_materials(owner.data, own, materials, images, head_id, _short(asset.name), only=texture.material)
    return True


def delete_head(head_id: str) -> None:
    """Remove a head with everything that was made for it. Objects that the user put into its collection stay."""
    collection = lookup.find_collection(head_id)
    own: list[bpy.types.ID] = []
    parts = (*lookup.find_strands(head_id), *lookup.find_cards(head_id))
    for block in (lookup.find_head(head_id), lookup.find_rig(head_id), *parts):
        if block is not None:
            own += [block, block.data]
    for blocks in (bpy.data.materials, bpy.data.images):
        own += [block for block in blocks if block.get(lookup.ID) == head_id]
    if collection is not None:
        parents = [c for c in bpy.data.collections if collection.name in c.children]
        parents += [s.collection for s in bpy.data.scenes if collection.name in s.collection.children]
        for obj in list(collection.objects):
            if obj not in own:
                for parent in parents:
                    if obj.name not in parent.objects:
                        parent.objects.link(obj)
        own.append(collection)
    bpy.data.batch_remove(own)


def _make_objects(label: str, head_id: str, scene: bpy.types.Scene) -> tuple[bpy.types.Object, bpy.types.Object]:
    """Mesh, rig and collection; a rig that outlived its mesh is used again."""
    collection = lookup.find_collection(head_id)
    if collection is None:
        collection = bpy.data.collections.new(label)
        lookup.mark(collection, head_id, lookup.COLLECTION)
        scene.collection.children.link(collection)
    rig = lookup.find_rig(head_id)
    if rig is None:
        rig = bpy.data.objects.new(f"{label} rig", bpy.data.armatures.new(f"{label} rig"))
        lookup.mark(rig, head_id, lookup.RIG)
        rig.show_in_front = True
        rig.data.display_type = "STICK"
        collection.objects.link(rig)
    obj = bpy.data.objects.new(label, bpy.data.meshes.new(label))
    lookup.mark(obj, head_id, lookup.MESH)
    obj.parent = rig
    modifier = obj.modifiers.new(MODIFIER, "ARMATURE")
    modifier.object = rig
    collection.objects.link(obj)
    return obj, rig


def _short(name: str) -> str:
    """A name that leaves room for " skin roughness.001" in the 63 bytes of Blender 4, cut between words."""
    name = name.strip()
    cut = name.encode("utf-8")[:_NAME_BYTES].decode("utf-8", errors="ignore")
    if len(cut) < len(name) and name[len(cut)] != " ":
        cut = cut.rpartition(" ")[0] or cut
    return cut.strip() or "Head"


def _must_not_be_edited(obj: bpy.types.Object | None) -> None:
    if obj is not None and obj.mode == "EDIT":
        raise HeadsmithError(
            ErrorCode.CONFLICT, f"{obj.name} is in Edit Mode, a new version is waiting", "leave Edit Mode with Tab"
        )
