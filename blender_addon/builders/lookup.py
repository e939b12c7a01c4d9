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

MESH, RIG, COLLECTION = "mesh", "rig", "collection"


def new_head_id() -> str:
    """A fresh id for a head."""
    return uuid.uuid4().hex


def find_head(head_id: str) -> bpy.types.Object | None:
    """The mesh object of a head, or None. A duplicate made by the user has the same id: the first one counts."""
    return _find_object(head_id, MESH)


def find_rig(head_id: str) -> bpy.types.Object | None:
    """The armature object of a head, or None."""
    return _find_object(head_id, RIG)


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
    if not head_id:
        return None
    for candidate in bpy.data.objects:
        if candidate.get(ID) == head_id and candidate.get(KIND) == kind and candidate.library is None:
            return candidate
    return None
