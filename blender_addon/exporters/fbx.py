"""FBX for game engines and other animation packages."""

from __future__ import annotations

from pathlib import Path

import addon_utils
import bpy

from .files import whole_file
from .selection import only_head


def export_fbx(path: Path, *, head_id: str) -> Path:
    """Write one head as FBX with blend shapes by name, its skeleton without leaf bones, and embedded maps."""
    addon_utils.enable("io_scene_fbx", default_set=False)
    with whole_file(Path(path)) as target, only_head(head_id):
        bpy.ops.export_scene.fbx(
            filepath=str(target), use_selection=True, object_types={"ARMATURE", "MESH"}, add_leaf_bones=False,
            use_mesh_modifiers=False, mesh_smooth_type="FACE", use_armature_deform_only=False, bake_anim=True,
            path_mode="COPY", embed_textures=True, use_custom_props=True, apply_scale_options="FBX_SCALE_UNITS",
        )  # fmt: skip
    return Path(path)
