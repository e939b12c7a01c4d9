"""Export one head, and set up a portrait of it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError

from ...builders import lookup
from ...exporters.fbx import export_fbx
from ...exporters.gltf import export_glb
from ...exporters.usd import export_usd
from ...portrait.render import portrait
from ...portrait.studio import clear
from ..errors import reporting


def chosen_head(context: bpy.types.Context, head_id: str) -> str:
    """The given head, else the active object's, else the one chosen in the history. Raises NOT_FOUND."""
    if head_id:
        return head_id
    active = context.view_layer.objects.active
    if active is not None and lookup.ID in active:
        return active[lookup.ID]
    settings = context.scene.headsmith
    if 0 <= settings.history_index < len(settings.history):
        return settings.history[settings.history_index].head_id
    raise HeadsmithError(ErrorCode.NOT_FOUND, "no head is chosen", "select one, or generate one first")


class _Export:
    """Asks for a file, writes the chosen head to it."""

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    head_id: bpy.props.StringProperty(name="Head", options={"HIDDEN", "SKIP_SAVE"})
    suffix = ""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only when the scene has heads."""
        if not context.scene.headsmith.history and not lookup.heads(context.scene):
            cls.poll_message_set("This scene has no heads yet")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Proposes the head's name."""
        obj = lookup.find_head(chosen_head(context, self.head_id))
        self.filepath = bpy.path.clean_name(obj.name if obj is not None else "head") + self.suffix
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Writes the file."""
        if not self.filepath:
            raise HeadsmithError(ErrorCode.BAD_USAGE, "no file name", "give filepath")
        path = Path(bpy.path.abspath(self.filepath))
        self.write(path if path.suffix else path.with_suffix(self.suffix), chosen_head(context, self.head_id))
        self.report({"INFO"}, f"Wrote {path.name}")
        return {"FINISHED"}

    def write(self, path: Path, head_id: str) -> None:
        """The exporter itself."""
        raise NotImplementedError


class HEADSMITH_OT_export_glb(_Export, bpy.types.Operator):
    """Export the head as binary glTF: morph targets, skeleton and maps in one file"""

    bl_idname = "headsmith.export_glb"
    bl_label = "Export GLB"
    filter_glob: bpy.props.StringProperty(default="*.glb", options={"HIDDEN"})
    suffix = ".glb"

    def write(self, path: Path, head_id: str) -> None:
        """See export_glb."""
        export_glb(path, head_id=head_id)


class HEADSMITH_OT_export_fbx(_Export, bpy.types.Operator):
    """Export the head as FBX with blend shapes, skeleton and embedded maps"""

    bl_idname = "headsmith.export_fbx"
    bl_label = "Export FBX"
    filter_glob: bpy.props.StringProperty(default="*.fbx", options={"HIDDEN"})
    suffix = ".fbx"

    def write(self, path: Path, head_id: str) -> None:
        """See export_fbx."""
        export_fbx(path, head_id=head_id)


class HEADSMITH_OT_export_usd(_Export, bpy.types.Operator):
    """Export the head as USD with blend shapes, skeleton and maps"""

    bl_idname = "headsmith.export_usd"
    bl_label = "Export USD"
    filter_glob: bpy.props.StringProperty(default="*.usd;*.usda;*.usdc;*.usdz", options={"HIDDEN"})
    suffix = ".usdc"

    def write(self, path: Path, head_id: str) -> None:
        """See export_usd."""
        export_usd(path, head_id=head_id)


class HEADSMITH_OT_portrait(bpy.types.Operator):
    """Set up a studio around the head: portrait camera, soft lights, backdrop and render settings"""

    bl_idname = "headsmith.portrait"
    bl_label = "Portrait Studio"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    head_id: bpy.props.StringProperty(name="Head", options={"HIDDEN", "SKIP_SAVE"})
    view: bpy.props.EnumProperty(
        name="View", default="three_quarter",
        items=(("front", "Front", ""), ("three_quarter", "Three-Quarter", ""), ("profile", "Profile", "")),
    )  # fmt: skip
    engine: bpy.props.EnumProperty(
        name="Engine", items=(("CYCLES", "Cycles", ""), ("EEVEE", "EEVEE", ""), ("WORKBENCH", "Workbench", ""))
    )
    samples: bpy.props.IntProperty(name="Samples", default=64, min=1, max=4096)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Camera, lights and settings; F12 renders."""
        head_id = chosen_head(context, self.head_id)
        portrait(head_id, view=self.view, engine=self.engine, samples=self.samples, scene=context.scene)
        return {"FINISHED"}


class HEADSMITH_OT_portrait_clear(bpy.types.Operator):
    """Remove the portrait's camera, lights and backdrop"""

    bl_idname = "headsmith.portrait_clear"
    bl_label = "Remove Studio"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Heads stay."""
        clear(context.scene)
        return {"FINISHED"}


CLASSES = (
    HEADSMITH_OT_export_glb,
    HEADSMITH_OT_export_fbx,
    HEADSMITH_OT_export_usd,
    HEADSMITH_OT_portrait,
    HEADSMITH_OT_portrait_clear,
)
