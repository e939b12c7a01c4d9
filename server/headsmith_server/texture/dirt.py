"""Dirt and soot on the skin."""

from __future__ import annotations

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.kept import kept
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import LinearColour, SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface


def dirt(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """Brown earth in smears, thicker on cheeks, forehead and chin."""
    _smudges(surface, skin.conditions.dirt, noises, generator, drawing, (0.085, 0.058, 0.036), 0.85)


def soot(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """Black dust, wiped across the face with a hand, thickest around the nostrils."""
    _smudges(surface, skin.conditions.soot, noises, generator, drawing, (0.009, 0.009, 0.010), 0.92)


def _smudges(
    surface: SkinSurface, strength: float, noises: Noises, generator: np.random.Generator, drawing: Drawing,
    colour: LinearColour, most: float,
) -> None:  # fmt: skip
    size = surface.field.size

    def draw() -> Field:
        r = surface.regions
        catches = (
            0.30 + 0.35 * r["forehead"] + 0.40 * r["malar"] + 0.35 * r["cheek"] + 0.30 * r["chin"] + 0.35 * r["nose"]
            + 0.25 * r["jaw"] + 0.45 * r["alae"] + 0.3 * r["neck"] - 0.75 * r["periorbital"] - 0.4 * r["lips"]
        ) * (1.0 - r["mucosa"])  # fmt: skip
        return enlarge(np.clip(catches, 0.0, 1.0).astype(np.float32), size)

    catches = kept(surface, "dirt", draw)
    blotches = noises.field(3, 1.0, 0.9, 0.45, 0.2, 0.1, 0)
    streaky = noises.field(0, 0, 0.6, 1.0, 0.8, 0.4, 0.2)
    grain = noises.field(1, 0, 0, 0, 0.3, 1.0, 1.0)
    score = np.float32(0.8) * blotches + np.float32(1.5) * (catches - np.float32(0.55)) + np.float32(0.25) * streaky
    film = smoothstep(-0.9, 2.4, score + np.float32(1.6 * strength - 0.9))
    wiped = _strokes(surface, generator, strength) * smoothstep(-2.6, 1.6, streaky)
    amount = film * np.float32(0.45 + 0.35 * strength) + wiped * np.float32(0.9)
    # Wiped skin keeps dust in its furrows and loses it on its tops.
    amount = (
        amount * np.clip(np.float32(0.95) + np.float32(0.16) * grain, 0.4, 1.25) * np.clip(catches + 0.35, 0.0, 1.0)
    )
    amount = np.clip(amount * np.float32(min(1.0, 4.0 * strength)), 0.0, most)
    drawing.lay(amount, colour, roughness=0.72, specular=0.18)


def _strokes(surface: SkinSurface, generator: np.random.Generator, strength: float) -> Field:
    """What fingers left: two to four bundles of parallel streaks, 0..1 [F, F]."""
    # Fingers are wide: a quarter of the texels do.
    step = max(1, surface.field.size // 256)
    mm = surface.positions[::step, ::step] * np.float32(1000.0)
    marks = surface.landmarks_mm
    total = np.zeros(mm.shape[:2], np.float32)
    for _ in range(int(generator.integers(2, 5))):
        side = 1.0 if generator.random() < 0.5 else -1.0
        start = (marks[24] + (0.0, 22.0, 0.0), marks[54] + (18.0, 24.0, -10.0), marks[10] + (0.0, 6.0, 0.0))[
            int(generator.integers(3))
        ]
        angle = generator.uniform(-0.7, 0.9)
        x, y = mm[..., 0] * np.float32(side) - np.float32(start[0]), mm[..., 1] - np.float32(start[1])
        along = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
        across = np.float32(np.cos(angle)) * y - np.float32(np.sin(angle)) * x + np.float32(0.012) * along * along
        fingers = np.float32(0.55) + np.float32(0.45) * np.cos(across * np.float32(2 * np.pi / 13.0))
        patch = np.exp(-((along / np.float32(21.0)) ** 2) - (across / np.float32(15.0)) ** 2)
        front = (mm[..., 2] > 10.0) & (mm[..., 0] * side > -6.0)
        total = np.maximum(total, fingers * patch * front)
    return enlarge(total * np.float32(min(1.0, 1.5 * strength)), surface.field.size)
