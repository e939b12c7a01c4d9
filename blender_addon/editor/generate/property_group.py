"""What the sidebar edits, stored in the scene."""

from __future__ import annotations

import bpy

from headsmith_shared.specs import MAX_PROMPT_LENGTH

from ...preferences import QUALITY_ITEMS, SIZE_ITEMS
from ..history.property_group import HEADSMITH_PG_record

MAX_FIELD_SEED = 2**31 - 1  # Blender's integers are signed; the server's seeds go up to 2^32 - 1


class HEADSMITH_PG_scene(bpy.types.PropertyGroup):
    """Prompt, options and the history of one scene."""

    prompt: bpy.props.StringProperty(
        name="Prompt", maxlen=MAX_PROMPT_LENGTH, options={"TEXTEDIT_UPDATE"},
        description="The person in plain words: age, features, skin, hair and eye colour",
    )  # fmt: skip
    seed: bpy.props.IntProperty(
        name="Seed", min=0, max=MAX_FIELD_SEED, description="The same prompt and seed give the same head"
    )
    quality: bpy.props.EnumProperty(name="Quality", items=QUALITY_ITEMS, default="draft")
    texture_size: bpy.props.EnumProperty(name="Texture Size", items=SIZE_ITEMS, default="2048")
    history: bpy.props.CollectionProperty(type=HEADSMITH_PG_record)
    history_index: bpy.props.IntProperty(name="Head")


CLASSES = (HEADSMITH_PG_scene,)
