"""Drawing text that is longer than the sidebar is wide."""

from __future__ import annotations

import textwrap

import bpy

_PIXELS_A_CHARACTER = 5.9


def paragraph(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, *, icon: str = "NONE", lines: int = 6
) -> None:
    """A column of labels, wrapped to the region's width and cut after `lines` lines."""
    scale = context.preferences.system.ui_scale
    width = context.region.width if context.region is not None else 260
    margin = 52 if icon == "NONE" else 90  # a box and an icon take their part
    columns = max(16, int((width - margin * scale) / (_PIXELS_A_CHARACTER * scale)))
    column = layout.column(align=True)
    wrapped = textwrap.wrap(text, columns, max_lines=lines, placeholder=" ...")
    for index, line in enumerate(wrapped):
        column.label(text=line, icon=icon if index == 0 else ("BLANK1" if icon != "NONE" else "NONE"))


def seconds(value: float) -> str:
    """A duration for people: "8 s", "2 min 5 s"."""
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
