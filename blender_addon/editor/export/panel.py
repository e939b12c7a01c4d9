"""Export buttons and the portrait studio."""

from __future__ import annotations

from typing import ClassVar

import bpy


class HEADSMITH_PT_export(bpy.types.Panel):
    """Closed until somebody needs it."""

    bl_idname = "HEADSMITH_PT_export"
    bl_label = "Export and Portrait"
    bl_category = "Headsmith"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Buttons only."""
        layout = self.layout
        row = layout.row(align=True)
        row.operator("headsmith.export_glb", text="GLB")
        row.operator("headsmith.export_fbx", text="FBX")
        row.operator("headsmith.export_usd", text="USD")
        row = layout.row(align=True)
        row.operator("headsmith.portrait", text="Front", icon="CAMERA_DATA").view = "front"
        row.operator("headsmith.portrait", text="Three-Quarter").view = "three_quarter"
        row.operator("headsmith.portrait", text="Profile").view = "profile"
        layout.operator("headsmith.portrait_clear", icon="X")


CLASSES = (HEADSMITH_PT_export,)
