"""Where a new head goes: at the 3D cursor, or beside the heads that are there already."""

from __future__ import annotations

from typing import Final

import bpy

from . import lookup

SPACING_METRES: Final = 0.4


def free_place(scene: bpy.types.Scene) -> tuple[float, float, float]:
    """The 3D cursor, moved along +X until no other head is nearer than the spacing."""
    taken = [o.matrix_world.translation for o in lookup.heads(scene)]
    place = scene.cursor.location.copy()
    while any((other - place).length < 0.99 * SPACING_METRES for other in taken):
        place.x += SPACING_METRES
    return (place.x, place.y, place.z)
