"""The white of the eye with its vessels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.parameters import EyeParameters
from headsmith_server.texture.regions import smoothstep

LIMBUS: Final = 0.250
FRONT: Final = 0.470
"""UV radii of the iris's edge and of 100 degrees from the axis; the tile's middle is (0.5, 0.5)."""


def paint_sclera(
    eyes: EyeParameters,
    radius: Field,
    angle: Field,
    size: int,
    generator: np.random.Generator,
    tick: Callable[[], None],
) -> tuple[Field, Field]:
    """Linear sRGB [S, S, 3] of the white with its vessels, and the vessels alone 0..1."""
    sideways = np.abs(np.cos(angle))
    out = smoothstep(LIMBUS, FRONT, radius)
    corner = out * (0.25 + 0.75 * sideways**2)
    white = np.array([0.655, 0.615, 0.57], np.float32)
    yellow = np.array([0.66, 0.56, 0.38], np.float32)
    pink = np.array([0.62, 0.36, 0.30], np.float32)
    patches = cv2.resize(
        generator.standard_normal((12, 12)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    colour = (
        white
        + (yellow - white)
        * np.clip((0.12 + 0.75 * eyes.yellowness) * (0.35 + 0.65 * out + 0.12 * patches), 0.0, 0.9)[..., None]
    )
    tick()
    flush = np.clip((0.22 + 0.75 * eyes.redness) * corner * (1.0 + 0.22 * patches), 0.0, 0.9)
    colour += (pink - colour) * flush[..., None]
    tick()
    vessels = _vessels(eyes, size, generator)
    tick()
    tick()
    soft = cv2.GaussianBlur(vessels, (0, 0), size / 220.0)
    colour += (np.array([0.50, 0.10, 0.07], np.float32) - colour) * np.clip(0.75 * vessels, 0, 0.85)[..., None]
    colour *= 1.0 - np.clip(1.1 * soft, 0.0, 0.5)[..., None] * np.array([0.05, 0.30, 0.32], np.float32)
    tick()
    # A bluish passage just outside the limbus, where the white is thin.
    thin = np.exp(-(((radius - LIMBUS - 0.02) / 0.03) ** 2))[..., None]
    colour *= 1.0 - thin * np.array([0.16, 0.11, 0.05], np.float32)
    return np.clip(colour, 0.0, 1.0).astype(np.float32), vessels


def _vessels(eyes: EyeParameters, size: int, generator: np.random.Generator) -> Field:
    """Branching vessels 0..1 [S, S] that come from the corners and thin out before the limbus."""
    trunks = int(4 + 44 * eyes.veins + 50 * eyes.redness)
    share = 0.12 + 0.36 * eyes.veins + 0.55 * eyes.redness
    azimuth = np.where(generator.random(trunks) < 0.5, 0.0, np.pi) + 0.62 * generator.standard_normal(trunks)
    paths = _courses(azimuth, np.full(trunks, 0.49), generator)
    strength = share * (0.35 + 0.65 * generator.random(trunks))
    # A twig leaves each trunk half way along, another one some of them later.
    twigs = [_courses(paths[:, at, 1], paths[:, at, 0], generator) for at in (7, 14)]
    image = np.zeros((size, size), np.uint8)
    for course, amounts, width in (
        (twigs[1], 0.45 * strength * (generator.random(trunks) < 0.5), 0.5), (twigs[0], 0.6 * strength, 0.6),
        (paths, strength, 1.0),
    ):  # fmt: skip
        for path, amount in zip(course, amounts, strict=True):
            _draw(image, path, float(amount), 1.1 * width * size / 1024.0)
    return cv2.GaussianBlur(image, (0, 0), max(size / 1600.0, 0.3)).astype(np.float32) / np.float32(255.0)


_STEPS: Final = 26
_STEP: Final = 0.0068


def _courses(azimuth: Field, radius: Field, generator: np.random.Generator) -> Field:
    """Winding ways inwards [N, _STEPS, 2] as (radius, azimuth) from N starting points."""
    turns = 0.40 * generator.standard_normal((len(azimuth), _STEPS))
    heading = np.zeros(len(azimuth))
    points = np.empty((len(azimuth), _STEPS, 2))
    for step in range(_STEPS):
        points[:, step] = np.stack([radius, azimuth], axis=1)
        heading = 0.72 * heading + turns[:, step]
        radius = radius - _STEP * np.cos(heading)
        azimuth = azimuth + _STEP * np.sin(heading) / np.maximum(radius, 0.1)
    return points


def _draw(image: NDArray[np.uint8], path: Field, strength: float, width: float) -> None:
    """One vessel, fading along its way and ending before the limbus."""
    inside = np.flatnonzero(path[:, 0] < LIMBUS + 0.012)
    path = path[: int(inside[0]) if len(inside) else len(path)]
    pixels = image.shape[0] * np.stack(
        [0.5 + path[:, 0] * np.cos(path[:, 1]), 0.5 - path[:, 0] * np.sin(path[:, 1])], axis=1
    )
    fixed = np.round(pixels * 16.0).astype(np.int32)
    # Thinner than a texel: fainter instead.
    shade = 255.0 * strength * min(1.0, 0.35 + 0.65 * width)
    for start in range(0, len(fixed) - 1, 5):
        level = int(shade * (1.0 - 0.75 * start / _STEPS))
        cv2.polylines(image, [fixed[start : start + 6]], False, (level,), max(1, round(width)), cv2.LINE_AA, 4)
