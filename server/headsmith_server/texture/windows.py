"""Pieces of the field raster, so that what is small costs little."""

from __future__ import annotations

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.kept import kept
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.surface import SkinSurface

Window = tuple[slice, slice]
_COARSE = 128


def around(surface: SkinSurface, place_mm: Field, reach_mm: float | Field) -> Window:
    """Rows and columns of the field raster that hold all skin within a distance of a place on the mean head.

    reach_mm: one number, or one for each axis.
    """

    def draw() -> Field:
        step = max(1, surface.field.size // _COARSE)
        return surface.positions[::step, ::step] * np.float32(1000.0)

    return bounds(
        np.all(np.abs(kept(surface, "coarse", draw) - place_mm) < np.asarray(reach_mm) + 3.0, axis=-1), surface
    )


def bounds(mask: Field, surface: SkinSurface) -> Window:
    """The window around all of a mask [h, h] on the field raster, with a margin; empty when there is nothing."""
    scale, size = surface.field.size // mask.shape[0], surface.field.size
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return slice(0, 0), slice(0, 0)
    low_row, high_row = max(int(rows[0]) - 2, 0) * scale, min((int(rows[-1]) + 3) * scale, size)
    low_column, high_column = max(int(columns[0]) - 2, 0) * scale, min((int(columns[-1]) + 3) * scale, size)
    return slice(low_row, high_row), slice(low_column, high_column)


def noise_in(noises: Noises, window: Window, channel: int, *amplitudes: float) -> Field:
    """noises.field(channel, ...)[window], without the rest where the raster allows."""
    size = noises.levels[-1].shape[-1]
    used = [(level[channel], a) for level, a in zip(noises.levels, amplitudes, strict=False) if a]
    power = np.sqrt(sum(a * a for _, a in used))
    return np.add.reduce([np.float32(a / power) * enlarge(level, size)[window] for level, a in used])


def mm_in(surface: SkinSurface, window: Window) -> Field:
    """Positions in mm on the mean head [h, w, 3]."""
    return surface.positions[window] * np.float32(1000.0)


def whole(surface: SkinSurface, window: Window, part: Field) -> Field:
    """The part on the field raster [F, F], 0 elsewhere."""
    field = np.zeros((surface.field.size,) * 2, np.float32)
    field[window] = part
    return field
