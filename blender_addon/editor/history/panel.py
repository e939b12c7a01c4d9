"""The heads of the scene with prompt and seed."""

from __future__ import annotations

import bpy

from ...session import connection
from ..text import paragraph

_ICONS = {"done": "USER", "failed": "ERROR", "cancelled": "CANCEL"}


class HEADSMITH_UL_history(bpy.types.UIList):
    """One row a head: name, seed, state."""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """A head that is no longer in the file is shown grey: it can still be rebuilt."""
        row = layout.row(align=True)
        row.active = bool(item.object_name) and item.object_name in bpy.data.objects
        row.label(text=item.object_name or item.prompt, icon=_ICONS.get(item.phase, "SORTTIME"))
        seed = row.row()
        seed.alignment = "RIGHT"
        seed.label(text=item.seed_text)


class HEADSMITH_PT_history(bpy.types.Panel):
    """The list and what can be done with the chosen head."""

    bl_idname = "HEADSMITH_PT_history"
    bl_label = "Heads"
    bl_category = "Headsmith"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context: bpy.types.Context) -> None:
        """Renders the records; changes nothing."""
        layout = self.layout
        settings = context.scene.headsmith
        row = layout.row()
        row.template_list("HEADSMITH_UL_history", "", settings, "history", settings, "history_index", rows=3)
        side = row.column(align=True)
        side.operator("headsmith.head_select", text="", icon="RESTRICT_SELECT_OFF")
        side.operator("headsmith.head_reuse", text="", icon="COPYDOWN")
        side.operator("headsmith.head_rebuild", text="", icon="FILE_REFRESH")
        side.operator("headsmith.head_delete", text="", icon="TRASH")
        layout.operator("headsmith.head_import", icon="IMPORT")
        if not 0 <= settings.history_index < len(settings.history):
            return
        entry = settings.history[settings.history_index]
        box = layout.box()
        paragraph(box, context, entry.prompt, icon="OUTLINER_DATA_FONT")
        box.label(text=f"Seed {entry.seed_text}, {entry.quality}, {entry.texture_size} px", icon="BLANK1")
        if entry.job_id == next(reversed(connection.current.desk.jobs), ""):
            return  # the first panel says it already
        if entry.not_understood:
            paragraph(box, context, f"Not understood: {entry.not_understood}", icon="QUESTION")
        if entry.not_built:
            paragraph(box, context, f"Cannot be built yet: {entry.not_built}", icon="QUESTION")
        if entry.error:
            paragraph(box, context, entry.error, icon="ERROR")


CLASSES = (HEADSMITH_UL_history, HEADSMITH_PT_history)
