"""What scripts may rely on: plain functions with keyword arguments over everything the sidebar does.

import importlib
api = importlib.import_module("bl_ext.user_default.headsmith.api")
built = api.load_head(Path("sailor.head"))
api.set_expression(built.head_id, {"jawOpen": 0.6})
"""

from __future__ import annotations

from pathlib import Path

import bpy

from headsmith_shared.headfile import read_head

from .builders.build import BuiltHead, build_head, delete_head
from .builders.lookup import find_cards, find_collection, find_head, find_rig, find_strands, heads
from .builders.pose import clear_expression, set_expression
from .exporters.blend import save_blend
from .exporters.fbx import export_fbx
from .exporters.gltf import export_glb
from .exporters.usd import export_usd
from .portrait.render import portrait, render
from .portrait.studio import clear

__all__ = [
    "BuiltHead",
    "build_head",
    "clear_expression",
    "clear_portrait",
    "delete_head",
    "export_fbx",
    "export_glb",
    "export_usd",
    "find_cards",
    "find_collection",
    "find_head",
    "find_rig",
    "find_strands",
    "heads",
    "load_head",
    "portrait",
    "render",
    "save_blend",
    "set_expression",
]


def load_head(
    path: Path, *, head_id: str | None = None, name: str | None = None, pack: bool = True,
    texture_dir: Path | None = None, scene: bpy.types.Scene | None = None,
) -> BuiltHead:  # fmt: skip
    """Read a .head file and build it; see `build_head`. Raises BAD_FILE when it cannot be read."""
    asset = read_head(path)
    return build_head(asset, head_id=head_id, name=name, pack=pack, texture_dir=texture_dir, scene=scene)


def clear_portrait(scene: bpy.types.Scene | None = None) -> None:
    """Remove the portrait's camera, lights and backdrop again."""
    clear(scene or bpy.context.scene)
