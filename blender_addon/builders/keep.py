"""Carrying shape-key values, Actions, NLA strips and drivers over to a new set of keys."""

from __future__ import annotations

import bpy


def carry_keys(old: bpy.types.Key, new: bpy.types.Key) -> None:
    """Give the blocks of `new` the values, ranges and animation that the blocks of the same name in `old` have."""
    for block in new.key_blocks:
        source = old.key_blocks.get(block.name)
        if source is not None:
            block.slider_min, block.slider_max = source.slider_min, source.slider_max
            block.value, block.mute = source.value, source.mute
    if old.animation_data is not None:
        _carry_animation(old.animation_data, new.animation_data_create())


def _carry_animation(old: bpy.types.AnimData, new: bpy.types.AnimData) -> None:
    new.action = old.action
    if hasattr(old, "action_slot") and old.action_slot is not None:
        new.action_slot = old.action_slot
    for driver in old.drivers:
        new.drivers.from_existing(src_driver=driver)
    for track in old.nla_tracks:
        copy = new.nla_tracks.new()
        copy.name, copy.mute = track.name, track.mute
        for strip in track.strips:
            if strip.action is None:
                continue
            made = copy.strips.new(strip.name, int(strip.frame_start), strip.action)
            if hasattr(strip, "action_slot"):
                made.action_slot = strip.action_slot
            made.frame_end, made.mute = strip.frame_end, strip.mute
            made.scale, made.repeat, made.blend_type = strip.scale, strip.repeat, strip.blend_type
