"""The ordered list of all classes, and registering them."""

from __future__ import annotations

import bpy

from . import handlers, preferences
from .editor.export import ops as export_ops
from .editor.export import panel as export_panel
from .editor.generate import ops as generate_ops
from .editor.generate import panel as generate_panel
from .editor.generate import property_group as generate_properties
from .editor.history import ops as history_ops
from .editor.history import panel as history_panel
from .editor.history import property_group as history_properties
from .editor.server import ops as server_ops

CLASSES = (
    preferences.HEADSMITH_AP_preferences,
    *history_properties.CLASSES,
    *generate_properties.CLASSES,
    *server_ops.CLASSES,
    *generate_ops.CLASSES,
    *history_ops.CLASSES,
    *export_ops.CLASSES,
    *generate_panel.CLASSES,
    *history_panel.CLASSES,
    *export_panel.CLASSES,
)


def register() -> None:
    """Classes, then the scene's settings, then handlers."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.headsmith = bpy.props.PointerProperty(type=generate_properties.HEADSMITH_PG_scene)
    handlers.register()


def unregister() -> None:
    """The reverse; threads and timers end first."""
    handlers.unregister()
    del bpy.types.Scene.headsmith
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
