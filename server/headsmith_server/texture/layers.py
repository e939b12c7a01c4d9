"""What lies on or in one person's skin beyond the core: where marks, tattoos and conditions hook in.

A layer's fields are float32 [h, h], where h divides the size of the finished maps (the field raster or finer), or plain
numbers for the whole skin. The painter enlarges them and applies them in the order in which they stand:

- pigments change melanin and blood before the colour table (albedo.py), so that freckles on dark skin stay skin;
- overlays lie over the finished colour, below hair (albedo.py), and may set the gloss (skin.py);
- heights are added to pores and wrinkles before the normals (skin.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.noise import enlarge, enlarge_rows


@dataclass(frozen=True)
class PigmentLayer:
    """A change of volume fractions: first times, then plus; venous_plus moves the venous share 0..1. None: no change.

    Usual facial values: melanin 0.0024 (palest) to 0.235 (deepest), blood 0.01 to 0.05, lips 0.1.
    """

    melanin_times: Field | float | None = None
    melanin_plus: Field | float | None = None
    blood_times: Field | float | None = None
    blood_plus: Field | float | None = None
    venous_plus: Field | float | None = None


@dataclass(frozen=True)
class Overlay:
    """Colour and gloss over the skin where cover [h, h] is above 0 (1 hides the skin).

    colour: linear sRGB [3] or [h, h, 3], None leaves the colour; filters: the colour multiplies the skin's (ink in the
    skin, a stain) instead of hiding it; roughness, specular: what the surface becomes where it is covered, None: as
    the skin.
    """

    cover: Field
    colour: Field | tuple[float, float, float] | None = None
    filters: bool = False
    roughness: float | None = None
    specular: float | None = None


@dataclass(frozen=True)
class Layers:
    """All layers of one skin; heights in mm, each [h, h]."""

    pigments: tuple[PigmentLayer, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    heights: tuple[Field, ...] = ()


def change_pigments(
    layers: Layers, size: int, rows: slice, melanin: Field, blood: Field, venous: Field
) -> tuple[Field, Field, Field]:
    """Melanin, blood and venous share [rows, size] after all pigment layers; the inputs may be written to."""
    for layer in layers.pigments:
        if layer.melanin_times is not None:
            melanin *= _part(layer.melanin_times, size, rows)
        if layer.melanin_plus is not None:
            melanin += _part(layer.melanin_plus, size, rows)
        if layer.blood_times is not None:
            blood *= _part(layer.blood_times, size, rows)
        if layer.blood_plus is not None:
            blood += _part(layer.blood_plus, size, rows)
        if layer.venous_plus is not None:
            venous = venous + _part(layer.venous_plus, size, rows)
    return melanin, blood, venous


def lay_over(layers: Layers, size: int, rows: slice, colour: Field) -> None:
    """Lay the overlays over linear sRGB colour [rows, size, 3], in place."""
    for layer in layers.overlays:
        if layer.colour is None:
            continue
        cover = enlarge_rows(layer.cover, size, rows)
        lines, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
        if not len(lines):
            continue
        part = np.s_[int(lines[0]) : int(lines[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
        paint = np.asarray(layer.colour, np.float32)
        if paint.ndim == 3:
            paint = enlarge_rows(paint, size, rows)[part]
        amount = cover[part]
        for channel in range(3):  # faster than a last axis of three
            under, over = colour[part][..., channel], paint[..., channel]
            under += (over * under - under if layer.filters else over - under) * amount


def lay_gloss(layers: Layers, size: int, roughness: Field, specular: Field) -> None:
    """Set roughness and specular [size, size] where overlays say so, in place."""
    for layer in layers.overlays:
        cover = None
        for value, field in ((layer.roughness, roughness), (layer.specular, specular)):
            if value is not None:
                cover = enlarge(layer.cover, size) if cover is None else cover
                field += (np.float32(value) - field) * cover


def _part(value: Field | float, size: int, rows: slice) -> Field | np.float32:
    return np.float32(value) if isinstance(value, (int, float)) else enlarge_rows(value, size, rows)
