"""Errors in the interface: the message, the remedy, and the button that applies it where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError

from .text import paragraph

_FIX = {
    ErrorCode.NO_SERVER: ("headsmith.server_start", "Start Server", "PLAY"),
    ErrorCode.WORKER_DIED: ("headsmith.server_restart", "Restart Server", "FILE_REFRESH"),
    ErrorCode.REFUSED: ("headsmith.server_connect", "Connect Again", "FILE_REFRESH"),
    ErrorCode.BUSY: ("headsmith.server_connect", "Connect Again", "FILE_REFRESH"),
    ErrorCode.VERSION_MISMATCH: ("headsmith.server_restart", "Restart Server", "FILE_REFRESH"),
    ErrorCode.OUT_OF_MEMORY: ("headsmith.server_restart", "Restart Server", "FILE_REFRESH"),
    ErrorCode.BAD_USAGE: ("headsmith.preferences", "Open Preferences", "PREFERENCES"),
}


def fix_for(error: HeadsmithError) -> tuple[str, str, str] | None:
    """Operator, label and icon of the button that mends an error, or None."""
    return _FIX.get(error.code)


def draw_error(layout: bpy.types.UILayout, context: bpy.types.Context, error: HeadsmithError) -> None:
    """A box with what happened, what to do, and the button for it."""
    box = layout.box()
    box.alert = True
    paragraph(box, context, error.message, icon="ERROR")
    box.alert = False
    if error.remedy:
        paragraph(box, context, error.remedy[:1].upper() + error.remedy[1:], icon="BLANK1")
    fix = fix_for(error)
    if fix is not None:
        operator, label, icon = fix
        box.operator(operator, text=label, icon=icon)


def reporting(execute: Callable[[Any, bpy.types.Context], set[str]]) -> Callable[[Any, bpy.types.Context], set[str]]:
    """Let an operator's execute raise HeadsmithError: it becomes a report and CANCELLED."""

    def run(self: Any, context: bpy.types.Context) -> set[str]:
        try:
            return execute(self, context)
        except HeadsmithError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    run.__doc__ = execute.__doc__
    return run
