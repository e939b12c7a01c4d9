"""The scene's own memory of its heads: written before a job is sent, read again after a file is opened or undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from headsmith_shared.asset import HeadAsset

from .. import __package__ as base_package
from .. import preferences
from ..builders.build import BuiltHead
from .jobs import Job, JobPhase

# Not JobPhase(text).over: a file from another version may hold phases that this one does not know.
_UNFINISHED = frozenset(str(phase) for phase in JobPhase if not phase.over)


def scene_of(job: Job) -> bpy.types.Scene:
    """The scene a job belongs to; the current one when that is gone."""
    return bpy.data.scenes.get(job.scene) or bpy.context.scene


def find(scene: bpy.types.Scene, head_id: str) -> Any | None:
    """The record of a head in a scene."""
    for entry in scene.headsmith.history:
        if entry.head_id == head_id:
            return entry
    return None


def ensure(scene: bpy.types.Scene, head_id: str) -> Any:
    """The record of a head, made anew when there is none: undo may have taken it away."""
    entry = find(scene, head_id)
    if entry is None:
        entry = scene.headsmith.history.add()
        entry.head_id = head_id
        scene.headsmith.history_index = len(scene.headsmith.history) - 1
    return entry


def remove(scene: bpy.types.Scene, head_id: str) -> None:
    """Take a head out of the history."""
    history = scene.headsmith.history
    for index, entry in enumerate(history):
        if entry.head_id == head_id:
            history.remove(index)
            scene.headsmith.history_index = min(scene.headsmith.history_index, max(0, len(history) - 1))
            return


def follow(job: Job) -> None:
    """Write a job's phase and error into its record, when that differs."""
    entry = find(scene_of(job), job.head_id)
    if entry is None or entry.job_id != job.id:
        return
    error = str(job.error) if job.error is not None else ""
    if entry.phase != job.phase or entry.error != error:
        entry.phase, entry.error = str(job.phase), error


def built(scene: bpy.types.Scene, job: Job, head: BuiltHead, asset: HeadAsset) -> None:
    """Write down which object a job became."""
    entry = ensure(scene, job.head_id)
    entry.job_id, entry.object_name = job.id, head.object_name
    fill(entry, asset)


def fill(entry: Any, asset: HeadAsset) -> None:
    """Prompt, seed and what was not understood or not built, from an asset."""
    provenance = asset.provenance
    entry.prompt, entry.seed_text = provenance.prompt, str(provenance.seed)
    entry.not_understood = ", ".join(provenance.not_understood)
    entry.not_built = ", ".join(provenance.not_built)


def unfinished(scene: bpy.types.Scene) -> list[Any]:
    """Records whose job was still going on when the file was saved."""
    return [e for e in scene.headsmith.history if e.job_id and e.phase in _UNFINISHED]


def texture_folder(head_id: str) -> Path | None:
    """Where maps go as files; None when the preferences say that they are packed."""
    if preferences.get(bpy.context).pack_maps:
        return None
    if bpy.data.filepath:
        return Path(bpy.data.filepath).parent / "textures" / head_id[:8]
    return Path(bpy.utils.extension_path_user(base_package, path=f"textures/{head_id[:8]}", create=True))
