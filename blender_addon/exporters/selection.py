"""Selecting exactly one head for an exporter, in its own scene, without touching the user's selection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError

from ..builders import lookup


@contextmanager
def only_head(head_id: str) -> Iterator[bpy.types.Object]:
    """A context in which a scene holds nothing but one head, selected, at rest pose values of the user.

    Its hair is there as cards, shown and moving with the head's expression; curves are left out: other programs know
    none.
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
        cards = lookup.find_cards(head_id)
        members = [member for member in (rig, obj, *cards) if member is not None]
        for member in members:
            scene.collection.objects.link(member)
        layer = scene.view_layers[0]
        with _shown(cards), _moving_with(obj, cards), bpy.context.temp_override(
            scene=scene, view_layer=layer, active_object=obj, object=obj, selected_objects=members,
            collection=scene.collection, layer_collection=layer.layer_collection,
        ):  # fmt: skip
            for member in members:
                member.select_set(True, view_layer=layer)
            layer.objects.active = obj
            yield obj
    finally:
        bpy.data.scenes.remove(scene)


@contextmanager
def _shown(objects: Sequence[bpy.types.Object]) -> Iterator[None]:
    """Objects that are hidden in the viewport or in renders, shown for a while."""
    former = [(obj, obj.hide_viewport, obj.hide_render) for obj in objects]
    try:
        for obj in objects:
            obj.hide_viewport = obj.hide_render = False
        yield
    finally:
        for obj, viewport, render in former:
            obj.hide_viewport, obj.hide_render = viewport, render


@contextmanager
def _moving_with(head: bpy.types.Object, cards: Sequence[bpy.types.Object]) -> Iterator[None]:
    """The cards' shape keys with the head's values and Action for a while, so that a beard opens with the mouth."""
    source = head.data.shape_keys
    keys = [obj.data.shape_keys for obj in cards if obj.data.shape_keys is not None]
    if source is None or not keys:
        yield
        return
    animation = source.animation_data
    action = animation.action if animation is not None else None
    former = [[block.value for block in key.key_blocks] for key in keys]
    untouched = [key for key in keys if key.animation_data is None]
    try:
        for key in keys:
            for block in key.key_blocks[1:]:
                if block.name in source.key_blocks:
                    block.value = source.key_blocks[block.name].value
            if action is not None and key in untouched:
                moved = key.animation_data_create()
                moved.action = action
                if hasattr(animation, "action_slot"):
                    moved.action_slot = animation.action_slot
        yield
    finally:
        for key in untouched:
            key.animation_data_clear()
        for key, values in zip(keys, former, strict=True):
            for block, value in zip(key.key_blocks, values, strict=True):
                block.value = value
