"""What a user sets once: the server, time limits, sizes and where maps go."""

from __future__ import annotations

from dataclasses import dataclass, fields

import bpy

from .session.connection import Options

QUALITY_ITEMS = (
    ("draft", "Draft", "Seconds on any computer"),
    ("standard", "Standard", "Made as Draft until its networks are installed"),
    ("high", "High", "Made as Draft until its networks are installed"),
)
SIZE_ITEMS = (
    ("1024", "1K", "1024 x 1024 pixels a map"),
    ("2048", "2K", "2048 x 2048 pixels a map"),
    ("4096", "4K", "4096 x 4096 pixels a map"),
)


class HEADSMITH_AP_preferences(bpy.types.AddonPreferences):
    """The page in Blender's preferences."""

    bl_idname = __package__

    server_command: bpy.props.StringProperty(
        name="Server Command",
        description="Starts the server on this computer. Empty: the one that scripts/run.py has recorded",
    )
    connection_file: bpy.props.StringProperty(
        name="Connection File", subtype="FILE_PATH",
        description="Of a server that somebody else runs. Empty: your own server on this computer",
    )  # fmt: skip
    connect_on_start: bpy.props.BoolProperty(
        name="Connect When Blender Starts", default=True,
        description="Look for a running server by itself; nothing leaves this computer",
    )  # fmt: skip
    start_timeout: bpy.props.FloatProperty(
        name="Server Start Limit", default=60.0, min=5.0, max=600.0, subtype="TIME_ABSOLUTE",
        description="Seconds that a server may take until it answers",
    )  # fmt: skip
    job_timeout: bpy.props.FloatProperty(
        name="Script Wait Limit", default=600.0, min=10.0, max=86400.0, subtype="TIME_ABSOLUTE",
        description="Seconds that bpy.ops.headsmith.generate(wait=True) waits at most",
    )  # fmt: skip
    quality: bpy.props.EnumProperty(name="Quality", items=QUALITY_ITEMS, default="draft")
    texture_size: bpy.props.EnumProperty(name="Texture Size", items=SIZE_ITEMS, default="2048")
    show_new_heads: bpy.props.BoolProperty(
        name="Show New Heads",
        default=True,
        description="Move the viewport to a head when it appears; its angle and your selection stay",
    )
    pack_maps: bpy.props.BoolProperty(
        name="Pack Maps Into the .blend", default=True,
        description="Off: maps are files in a folder 'textures' beside the .blend",
    )  # fmt: skip

    def draw(self, context: bpy.types.Context) -> None:
        """The page."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(heading="Server")
        column.prop(self, "server_command")
        column.prop(self, "connection_file")
        column.prop(self, "connect_on_start")
        column.prop(self, "start_timeout")
        column.prop(self, "job_timeout")
        column = layout.column(heading="New heads")
        column.prop(self, "quality")
        column.prop(self, "texture_size")
        column.prop(self, "show_new_heads")
        column.prop(self, "pack_maps")


@dataclass(frozen=True)
class Settings:
    """The preferences as plain values; these are what counts where Blender keeps no preferences for the extension."""

    server_command: str = ""
    connection_file: str = ""
    connect_on_start: bool = True
    start_timeout: float = 60.0
    job_timeout: float = 600.0
    quality: str = "draft"
    texture_size: str = "2048"
    show_new_heads: bool = True
    pack_maps: bool = True


DEFAULTS = Settings()


def get(context: bpy.types.Context) -> Settings:
    """The preferences of this extension; the defaults when it was enabled for one run only (blender --addons)."""
    addon = context.preferences.addons.get(__package__)
    if addon is None or addon.preferences is None:
        return DEFAULTS
    return Settings(**{field.name: getattr(addon.preferences, field.name) for field in fields(Settings)})


def options(context: bpy.types.Context) -> Options:
    """What the session needs to know of them."""
    settings = get(context)
    path = bpy.path.abspath(settings.connection_file) if settings.connection_file else ""
    return Options(settings.server_command, path, settings.start_timeout)
