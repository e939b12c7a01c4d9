"""The server's state, rendered and not inferred."""

from __future__ import annotations

import bpy

from headsmith_shared.client import LinkState

from ...session import connection
from ..errors import draw_error

_LOOK = {
    LinkState.OFFLINE: ("No server", "UNLINKED"),
    LinkState.CONNECTING: ("Connecting ...", "SORTTIME"),
    LinkState.CONNECTED: ("Connected", "LINKED"),
    LinkState.STARTING: ("Starting ...", "SORTTIME"),
    LinkState.STOPPING: ("Stopping ...", "SORTTIME"),
}


def draw_server(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """One row with the state and its button; below it the error, if there is one."""
    desk = connection.current.desk
    text, icon = _LOOK[desk.link]
    row = layout.row(align=True)
    row.label(text=text, icon=icon)
    buttons = row.row(align=True)
    buttons.ui_units_x = 6.8  # the rest of the narrow sidebar belongs to the state
    if desk.link is LinkState.CONNECTED:
        buttons.operator("headsmith.server_stop", text="Stop", icon="SNAP_FACE")
    else:
        buttons.operator("headsmith.server_start", text="Start", icon="PLAY")
    buttons.operator("headsmith.server_connect", text="", icon="FILE_REFRESH")
    buttons.operator("headsmith.preferences", text="", icon="PREFERENCES")
    if desk.link_error is not None:
        draw_error(layout, context, desk.link_error)
