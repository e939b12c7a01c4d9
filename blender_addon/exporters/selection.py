"""Selecting exactly one head for an exporter, in its own scene, without touching the user's selection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError

from ..builders import lookup


@contextmanager
def only_head(head_id: str) -> Iterator[bpy.types.Object]:
    """A context in which a scene holds nothing but one head, selected, at rest pose values of the user.

    The user's scene, mode and selection are not part of it. Raises NOT_FOUND when there is no such head.
    """
    obj = lookup.find_head(head_id)
    if obj is None:
        raise HeadsmithError(ErrorCode.NOT_FOUND, f"no head {head_id!r} in this file", "choose one from the history")
    rig = lookup.find_rig(head_id)
    user = bpy.context.scene
    scene = bpy.data.scenes.new("headsmith export")
    try:
        scene.frame_start, scene.frame_end = user.frame_start, user.frame_end
        scene.render.fps, scene.render.fps_base = user.render.fps, user.render.fps_base
        members = [member for member in (rig, obj) if member is not None]
        for member in members:
            scene.collection.objects.link(member)
        layer = scene.view_layers[0]
        for member in members:
            member.select_set(True, view_layer=layer)
        layer.objects.active = obj
        with bpy.context.temp_override(
            scene=scene, view_layer=layer, active_object=obj, object=obj, selected_objects=members,
            collection=scene.collection, layer_collection=layer.layer_collection,
        ):  # fmt: skip
            yield obj
    finally:
        bpy.data.scenes.remove(scene)
