"""Letting the artist see a new head: it is small beside Blender's default scene."""

from __future__ import annotations

from typing import Final

import bpy
from mathutils import Vector

_DISTANCE_METRES: Final = 0.62
_CENTRE: Final = Vector((0.0, 0.0, 0.01))  # of a head in its own space


def show(head: bpy.types.Object) -> None:
    """Move the 3D viewports to a head; angle, mode and selection stay. Views through a camera are left alone."""
    scene = next((s for s in bpy.data.scenes if head.name in s.objects), None)
    place = (head.parent.matrix_basis if head.parent is not None else head.matrix_basis) @ _CENTRE
    for window in bpy.context.window_manager.windows:
        if window.screen is None or window.scene != scene:
            continue
        for area in window.screen.areas:
            if area.type != "VIEW_3D":
                continue
            view = area.spaces.active.region_3d
            if view.view_perspective != "CAMERA":
                view.view_location, view.view_distance = place, _DISTANCE_METRES
