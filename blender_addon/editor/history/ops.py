"""Select, use again, rebuild, delete and import heads. Heads are named by their stored id."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import read_head
from headsmith_shared.specs import QUALITIES, TEXTURE_SIZES, GenerateSpec

from ... import preferences
from ...builders import lookup
from ...builders.build import build_head, delete_head
from ...builders.place import free_place
from ...session import connection, record
from ..errors import reporting
from ..generate.ops import submit
from ..generate.property_group import MAX_FIELD_SEED


def _record(context: bpy.types.Context, head_id: str) -> Any:
    """The record of that id, or of the chosen row. Raises NOT_FOUND."""
    settings = context.scene.headsmith
    if not head_id and 0 <= settings.history_index < len(settings.history):
        return settings.history[settings.history_index]
    entry = record.find(context.scene, head_id)
    if entry is None:
        raise HeadsmithError(ErrorCode.NOT_FOUND, f"no head {head_id!r} in this scene", "choose one from the history")
    return entry


def _seed(entry: Any) -> int:
    """The stored seed. Raises BAD_FILE when the file holds no number."""
    if not entry.seed_text.isdecimal():
        raise HeadsmithError(
            ErrorCode.BAD_FILE, f"this head's stored seed {entry.seed_text!r} is no number", "generate a new head"
        )
    return int(entry.seed_text)


def _options(context: bpy.types.Context, quality: object, texture_size: object) -> tuple[str, str]:
    """Quality and texture size as a file has them; those of the preferences in place of unknown ones."""
    defaults = preferences.get(context)
    return (
        str(quality) if quality in QUALITIES else defaults.quality,
        str(texture_size) if str(texture_size) in map(str, TEXTURE_SIZES) else defaults.texture_size,
    )


def _frame(context: bpy.types.Context) -> None:
    """Fly the viewport to the selection: a head is small beside Blender's default cube."""
    region = next((r for r in context.area.regions if r.type == "WINDOW"), None)
    with context.temp_override(region=region):
        if bpy.ops.view3d.view_selected.poll():
            bpy.ops.view3d.view_selected()


class _HeadOperator:
    """An operator on one head of the scene."""

    head_id: bpy.props.StringProperty(name="Head", description="Empty: the chosen one", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only when the scene has heads."""
        if not context.scene.headsmith.history:
            cls.poll_message_set("This scene has no heads yet")
            return False
        return True


class HEADSMITH_OT_head_select(_HeadOperator, bpy.types.Operator):
    """Select this head's mesh, make it active and show it in the viewport"""

    bl_idname = "headsmith.head_select"
    bl_label = "Select Head"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Deselects everything else."""
        obj = lookup.find_head(_record(context, self.head_id).head_id)
        if obj is None or obj.name not in context.view_layer.objects:
            raise HeadsmithError(
                ErrorCode.NOT_FOUND, "this head is not in the view layer (deleted or hidden)", "rebuild it"
            )
        active = context.view_layer.objects.active
        if active is not None and active.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        for other in context.view_layer.objects:
            other.select_set(other == obj)
        context.view_layer.objects.active = obj
        if context.area is not None and context.area.type == "VIEW_3D":
            _frame(context)
        return {"FINISHED"}


class HEADSMITH_OT_head_reuse(_HeadOperator, bpy.types.Operator):
    """Copy this head's prompt, seed and options into the fields above"""

    bl_idname = "headsmith.head_reuse"
    bl_label = "Use Prompt and Seed Again"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Seeds beyond Blender's integers are reported."""
        entry = _record(context, self.head_id)
        settings = context.scene.headsmith
        settings.prompt = entry.prompt
        seed = _seed(entry)
        if seed > MAX_FIELD_SEED:
            self.report({"WARNING"}, f"Seed {seed} is too large for this field; Rebuild uses it all the same")
        settings.seed = min(seed, MAX_FIELD_SEED)
        settings.quality, settings.texture_size = _options(context, entry.quality, entry.texture_size)
        return {"FINISHED"}


class HEADSMITH_OT_head_rebuild(_HeadOperator, bpy.types.Operator):
    """Make this head again from its prompt and seed, in place: transforms, material tweaks and Actions stay"""

    bl_idname = "headsmith.head_rebuild"
    bl_label = "Rebuild Head"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not while another head is being made here."""
        if connection.current.desk.active() is not None:
            cls.poll_message_set("A head is being made; wait or cancel it")
            return False
        return super().poll(context)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Submits a job with the stored options."""
        entry = _record(context, self.head_id)
        quality, size = _options(context, entry.quality, entry.texture_size)
        spec = GenerateSpec(entry.prompt, _seed(entry), quality, texture_size=int(size))
        submit(context, spec, entry.head_id)
        return {"FINISHED"}


class HEADSMITH_OT_head_delete(_HeadOperator, bpy.types.Operator):
    """Delete this head with its rig, materials and maps, and take it out of the history"""

    bl_idname = "headsmith.head_delete"
    bl_label = "Delete Head"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Cancels its job first, when one is going on."""
        entry = _record(context, self.head_id)
        head_id, job = entry.head_id, connection.current.desk.jobs.get(entry.job_id)
        if job is not None:
            connection.current.cancel(job)
            connection.current.desk.jobs.pop(job.id)
        delete_head(head_id)
        record.remove(context.scene, head_id)
        return {"FINISHED"}


class HEADSMITH_OT_head_import(bpy.types.Operator):
    """Import a .head file"""

    bl_idname = "headsmith.head_import"
    bl_label = "Import Head"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: bpy.props.StringProperty(default="*.head", options={"HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Asks for the file, unless one was dropped into the window."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Reads and builds it."""
        path = Path(bpy.path.abspath(self.filepath))
        asset = read_head(path)
        head_id = lookup.new_head_id()
        folder = record.texture_folder(head_id)
        built = build_head(
            asset,
            head_id=head_id,
            pack=folder is None,
            texture_dir=folder,
            scene=context.scene,
            location=free_place(context.scene),
        )
        entry = record.ensure(context.scene, head_id)
        entry.object_name, entry.phase = built.object_name, "done"
        record.fill(entry, asset)
        chosen = asset.provenance.options
        entry.quality, entry.texture_size = _options(context, chosen.get("quality"), chosen.get("texture_size"))
        return {"FINISHED"}


class HEADSMITH_FH_head(bpy.types.FileHandler):
    """Drop a .head file into the viewport."""

    bl_idname = "HEADSMITH_FH_head"
    bl_label = "Headsmith head"
    bl_import_operator = "headsmith.head_import"
    bl_file_extensions = ".head"

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Only over a 3D viewport."""
        return context.area is not None and context.area.type == "VIEW_3D"


CLASSES = (
    HEADSMITH_OT_head_select,
    HEADSMITH_OT_head_reuse,
    HEADSMITH_OT_head_rebuild,
    HEADSMITH_OT_head_delete,
    HEADSMITH_OT_head_import,
    HEADSMITH_FH_head,
)
