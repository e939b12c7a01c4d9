"""Finding Headsmith's things again by the id that is stored on them: references die on undo and on loading a file."""

from __future__ import annotations

import uuid

import bpy

ID = "headsmith_id"
KIND = "headsmith_kind"
JOB = "headsmith_job"
STAGE = "headsmith_stage"
PROMPT = "headsmith_prompt"
SEED = "headsmith_seed"
PROVENANCE = "headsmith_provenance"
TOPOLOGY = "headsmith_topology"
SLOTS = "headsmith_slots"
MATERIAL = "headsmith_material"
MAP = "headsmith_map"

STRANDS = "headsmith_strands"
CARDS = "headsmith_cards"

MESH, RIG, COLLECTION, HAIR, HAIR_CARDS = "mesh", "rig", "collection", "hair", "hair cards"


def new_head_id() -> str:
    """A fresh id for a head."""
    return uuid.uuid4().hex


def find_head(head_id: str) -> bpy.types.Object | None:
    """The mesh object of a head, or None. A duplicate made by the user has the same id: the first one counts."""
    return _find_object(head_id, MESH)


def find_rig(head_id: str) -> bpy.types.Object | None:
    """The armature object of a head, or None."""
    return _find_object(head_id, RIG)


def find_strands(head_id: str) -> list[bpy.types.Object]:
    """The objects of hair curves of a head; `headsmith_strands` on each says which strands they are."""
    found = _find_objects(head_id, HAIR)
    return [obj for obj in found if obj.get(STRANDS) and obj.type == "CURVES"]


def find_cards(head_id: str) -> list[bpy.types.Object]:
    """The objects of hair cards of a head; `headsmith_cards` on each says which part they are."""
    return [obj for obj in _find_objects(head_id, HAIR_CARDS) if obj.get(CARDS) and obj.type == "MESH"]


def find_collection(head_id: str) -> bpy.types.Collection | None:
    """The collection of a head, or None."""
    for collection in bpy.data.collections:
        if collection.get(ID) == head_id and collection.library is None:
            return collection
    return None


def heads(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """The mesh objects of all heads in a scene."""
    return [o for o in scene.objects if o.get(KIND) == MESH and ID in o]


def mark(block: bpy.types.ID, head_id: str, kind: str) -> None:
    """Store a head's id and what this block is to it."""
    block[ID] = head_id
    block[KIND] = kind


def _find_object(head_id: str, kind: str) -> bpy.types.Object | None:
    return next(iter(_find_objects(head_id, kind)), None)


def _find_objects(head_id: str, kind: str) -> list[bpy.types.Object]:
    if not head_id:
        return []
    return [o for o in bpy.data.objects if o.get(ID) == head_id and o.get(KIND) == kind and o.library is None]
