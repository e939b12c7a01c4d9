"""One head in the history of a scene."""

from __future__ import annotations

import bpy


class HEADSMITH_PG_record(bpy.types.PropertyGroup):
    """Prompt, seed and job of a head. object_name is "" until there is geometry; the seed is text (up to 2^32 - 1)."""

    head_id: bpy.props.StringProperty()
    job_id: bpy.props.StringProperty()
    object_name: bpy.props.StringProperty()
    prompt: bpy.props.StringProperty()
    seed_text: bpy.props.StringProperty(default="0")
    quality: bpy.props.StringProperty(default="draft")
    texture_size: bpy.props.StringProperty(default="2048")
    phase: bpy.props.StringProperty()
    error: bpy.props.StringProperty()
    not_understood: bpy.props.StringProperty()
    not_built: bpy.props.StringProperty()


CLASSES = (HEADSMITH_PG_record,)
