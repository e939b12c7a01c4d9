"""Make-up: layers of colour over the finished skin, each with its own coverage and its own gloss."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import Makeup
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import polyline_distance, smoothstep
from headsmith_server.texture.surface import SkinSurface


def lipstick_cover(surface: SkinSurface, makeup: Makeup, noises: Noises) -> Field | None:
    """Coverage 0..1 [F, F]: a drawn, crisper edge, a little thinner in the middle of the lips; None without any."""
    if makeup.lipstick_strength <= 0.01:
        return None
    lips = surface.lips
    edge = smoothstep(-0.35, 0.45, lips.signed_mm + np.float32(0.15) * noises.field(0, 0, 0, 0, 0.5, 1.0, 0.5))
    wear = 1.0 - 0.25 * smoothstep(0.55, 1.0, lips.inward) + 0.06 * noises.field(1, 0, 0, 0, 0.4, 1.0, 1.0)
    outside = 1.0 - smoothstep(0.3, 0.9, enlarge(surface.regions["mucosa"], surface.field.size))
    return np.clip(edge * wear * outside * np.float32(makeup.lipstick_strength), 0.0, 0.97)


def apply_makeup(
    surface: SkinSurface,
    makeup: Makeup,
    noises: Noises,
    lipstick: Field | None,
    colour: Field,
    tick: Callable[[], None] = no_tick,
) -> None:
    """Lay foundation, blush, eye shadow, eyeliner and lipstick over linear sRGB colour [S, S, 3], in place."""
    size, r = surface.size, surface.regions
    field = surface.field.size
    if makeup.foundation_strength > 0.01:
        face = np.clip(r["front"] - r["lips"] - r["mucosa"] - r["neck"] - r["nostril"], 0.0, 1.0)
        mean = cv2.GaussianBlur(cv2.resize(colour, (128, 128), interpolation=cv2.INTER_AREA), (0, 0), 7.0)
        _mix(colour, enlarge(mean, size), face * np.float32(0.55 * makeup.foundation_strength))
    tick()
    if makeup.blush_strength > 0.01:
        apple = np.clip(r["malar"] * 0.9 + 0.35 * r["cheek"], 0.0, 1.0)
        # Blush tints: it filters the skin rather than hiding it.
        tint = np.array([1.0, 0.52, 0.50], np.float32)
        cover = enlarge(apple * np.float32(0.75 * makeup.blush_strength), size)[..., None]
        colour *= np.float32(1.0) + (tint - np.float32(1.0)) * cover
    tick()
    if makeup.eye_shadow_strength > 0.01:
        lid = np.clip(1.15 * r["lid_upper"] + 0.7 * r["lid_crease"] + 0.5 * r["lid_margin"], 0.0, 1.0)
        lid = cv2.GaussianBlur(lid, (0, 0), lid.shape[0] / 350.0)
        grain = np.clip(1.0 + 0.12 * noises.field(2, 0, 0, 0, 0.3, 0.8, 1.0), 0.6, 1.4)
        cover = enlarge(lid * np.float32(0.8 * makeup.eye_shadow_strength), field) * grain
        _mix(colour, np.asarray(makeup.eye_shadow, np.float32), np.clip(cover, 0, 0.95))
    tick()
    if makeup.eyeliner_strength > 0.01:
        _mix(colour, np.array([0.008, 0.006, 0.006], np.float32), _eyeliner(surface, makeup.eyeliner_strength))
    tick()
    if lipstick is not None:
        rows, columns = _window(lipstick, size)
        cover = enlarge(lipstick, size)[rows, columns, None]
        paint = np.asarray(makeup.lipstick, np.float32)
        under = colour[rows, columns]
        light = under.mean(axis=2, keepdims=True) / np.float32(max(float(under.mean()), 1e-4))
        colour[rows, columns] = under + (paint * np.clip(light, 0.6, 1.5) ** np.float32(0.6) - under) * cover


def _eyeliner(surface: SkinSurface, strength: float) -> Field:
    """Coverage [F, F]: a line along the upper lashes that swells outwards into a short tail, a thin one below."""
    upper, lower = surface.regions.lid_edges
    # Liner leaves the inner corner free.
    tail = upper[-1:] + np.array([[4.0, 1.8, -2.5]], np.float32)
    lines = ((np.concatenate([upper[2:], tail]), 1.5, 0.6, 1.0), (lower[4:], 1.0, 0.4, 0.45))
    points = surface.positions * np.float32(1000.0)
    cover = np.zeros(points.shape[:2], np.float32)
    for line, far, near, amount in lines:
        for side in (1.0, -1.0):
            distance = polyline_distance(points, line * np.array([side, 1.0, 1.0], np.float32), 4.0)
            cover = np.maximum(cover, np.float32(amount) * smoothstep(far, near, distance))
    return cover * np.float32(0.92 * strength)


def _mix(colour: Field, paint: Field, cover: Field) -> None:
    """Blend paint over colour [S, S, 3] in place, only where there is any."""
    rows, columns = _window(cover, colour.shape[0])
    amount = enlarge(cover.astype(np.float32), colour.shape[0])[rows, columns, None]
    source = paint if paint.ndim == 1 else paint[rows, columns]
    colour[rows, columns] += (source - colour[rows, columns]) * amount


def _window(cover: Field, size: int) -> tuple[slice, slice]:
    """Rows and columns of the size x size raster in which cover [h, h] is not 0, with a margin."""
    scale = size // cover.shape[0]
    rows = np.flatnonzero((cover > 0.002).any(axis=1))
    columns = np.flatnonzero((cover > 0.002).any(axis=0))
    if len(rows) == 0:
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(int(rows[0]) - 2, 0) * scale, min(int(rows[-1]) + 3, cover.shape[0]) * scale),
        slice(max(int(columns[0]) - 2, 0) * scale, min(int(columns[-1]) + 3, cover.shape[0]) * scale),
    )
