"""Tan lines: where clothes and glasses kept the sun off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.kept import kept
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface


def tan_lines(surface: SkinSurface, skin: SkinParameters, noises: Noises, drawing: Drawing) -> None:
    """Skin under cloth stays as it was, the rest darkens; the border wanders and is soft, for cloth moves."""
    strength = skin.conditions.tan
    line = skin.conditions.tan_line
    depth, softness = kept(surface, f"tan {line}", lambda: _COVERED[line](surface))
    moved = depth + np.float32(0.7 * softness) * noises.field(1, 0.8, 1.0, 0.25, 0, 0, 0)
    covered = smoothstep(-2.0 * softness, 2.0 * softness, moved)
    # Dark skin tans as well, but the step is smaller; pale skin that tans is a little red.
    step = np.float32(strength * (2.9 - 2.5 * skin.melanin))
    drawing.add(melanin=step * (np.float32(0.5) - covered))
    drawing.add(blood=np.float32(0.30 * strength * (1.0 - skin.melanin)) * (np.float32(0.5) - covered))


def _points(surface: SkinSurface) -> tuple[Field, Field, Field]:
    mm = surface.positions * np.float32(1000.0)
    return np.abs(mm[..., 0]), mm[..., 1], mm[..., 2]


def _neckline(surface: SkinSurface) -> tuple[Field, float]:
    x, y, z = _points(surface)
    chin = surface.landmarks_mm[8]
    # A collar lies lower in front than behind.
    line = chin[1] - 20.0 - 0.20 * (z - 20.0) + 0.05 * x
    return (line - y).astype(np.float32), 3.5


def _goggles(surface: SkinSurface) -> tuple[Field, float]:
    x, y, z = _points(surface)
    eye, brow, wing = surface.landmarks_mm[[42, 45]].mean(axis=0), surface.landmarks_mm[24], surface.landmarks_mm[35]
    top, low = brow[1] + 7.0, wing[1] + 20.0
    # The lower rim rises over the nose.
    low = low + 13.0 * np.exp(-((x / 13.0) ** 2)) - 4.0 * np.exp(-(((x - 36.0) / 16.0) ** 2))
    rim = surface.landmarks_mm[45][0] + 17.0
    frame = _rounded(x, y, rim, low, top, 14.0)
    band = 11.0 - np.abs(y - eye[1] - 6.0)
    strap = np.where(x > 50.0, np.minimum(band, 90.0 - z + 40.0), -40.0)
    return np.maximum(frame, strap).astype(np.float32), 1.6


def _sunglasses(surface: SkinSurface) -> tuple[Field, float]:
    x, y, z = _points(surface)
    eye = surface.landmarks_mm[42:48].mean(axis=0)
    across, up = (x - eye[0] - 1.0) / 25.0, (y - eye[1] + 0.5) / 19.0
    lens = (1.0 - (np.abs(across) ** 2.6 + np.abs(up) ** 2.6) ** (1 / 2.6)) * 20.0
    bridge = np.where(x < 12.0, 2.6 - np.abs(y - eye[1] - 7.0), -20.0)
    arm = np.where(x > 52.0, 2.2 - np.abs(y - eye[1] - 8.0 + 0.06 * (80.0 - z)), -20.0)
    arm = np.where(z > -5.0, arm, -20.0)
    return np.where(z > -5.0, np.maximum(np.maximum(lens, bridge), arm), -20.0).astype(np.float32), 1.1


def _hat(surface: SkinSurface) -> tuple[Field, float]:
    _, y, z = _points(surface)
    line = surface.landmarks_mm[[19, 24], 1].mean() + 19.0 + 0.12 * (z - 95.0)
    return (y - line).astype(np.float32), 1.4


def _mask(surface: SkinSurface) -> tuple[Field, float]:
    x, y, z = _points(surface)
    nose, chin = surface.landmarks_mm[28], surface.landmarks_mm[8]
    top = nose[1] - 1.0 - 15.0 * smoothstep(6.0, 32.0, x) + 0.10 * np.maximum(x - 32.0, 0.0)
    low = chin[1] - 9.0 + 0.22 * np.maximum(100.0 - z, 0.0)
    cloth = np.minimum(np.minimum(top - y, y - low), 0.8 * (z - 48.0))
    ear = surface.landmarks_mm[16]
    loops = []
    for start, end in ((18.0, ear[1] + 18.0), (-38.0, ear[1] - 24.0)):
        line = start + (end - start) * np.clip((50.0 - z) / 34.0, -0.3, 1.0)
        loops.append(np.where((z < 56.0) & (z > 14.0), 1.6 - np.abs(y - line), -20.0))
    return np.maximum(cloth, np.maximum(*loops)).astype(np.float32), 1.6


def _rounded(x: Field, y: Field, half_width: float, low: Field, top: float, radius: float) -> Field:
    """Signed distance inside a rectangle of |x| < half_width and low < y < top with round corners."""
    middle, half = (low + top) / 2, (top - low) / 2
    dx = x - (half_width - radius)
    dy = np.abs(y - middle) - (half - radius)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return radius - outside - np.minimum(np.maximum(dx, dy), 0)


_COVERED: Final[dict[str, Callable[[SkinSurface], tuple[Field, float]]]] = {
    "neckline": _neckline, "goggles": _goggles, "sunglasses": _sunglasses, "hat": _hat, "mask": _mask,
}  # fmt: skip
"""For each line: signed mm inside what was covered [F, F], and the softness of its border in mm."""
