"""USD: blend shapes, skeleton and preview surfaces."""

from __future__ import annotations

from pathlib import Path

import bpy

from .files import whole_file
from .selection import only_head


def export_usd(path: Path, *, head_id: str) -> Path:
    """Write one head as .usd, .usda, .usdc or .usdz, textures in a folder beside it (inside of a .usdz)."""
    with whole_file(Path(path)) as target, only_head(head_id):
        options = {
            "filepath": str(target), "selected_objects_only": True, "export_animation": False,
            "export_armatures": True, "export_shapekeys": True, "export_materials": True, "export_uvmaps": True,
            "export_custom_properties": True, "generate_preview_surface": True, "relative_paths": True,
        }  # fmt: skip
        known = bpy.ops.wm.usd_export.get_rna_type().properties.keys()
        if "export_textures_mode" in known:
            options["export_textures_mode"] = "NEW"
        else:
            options["export_textures"] = True
        bpy.ops.wm.usd_export(**{key: value for key, value in options.items() if key in known})
    return Path(path)
