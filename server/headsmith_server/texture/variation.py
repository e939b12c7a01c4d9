"""How a person's pigments vary over the face: statistics measured on real skins, and a seeded person drawn from them.

scripts/measure_skins.py measures the file; NOTICE names the sources. Changes are of log melanin and log blood against
the typical skin of cheeks and forehead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from safetensors.numpy import load_file

from headsmith_server.texture.arrays import Field

STATISTICS: Final = Path(__file__).with_name("skin_statistics.safetensors")
REGIONS: Final = (
    "skin", "forehead", "glabella", "temple", "periorbital", "lid_upper", "lid_lower", "tear_trough", "inner_corner",
    "nose", "nose_tip", "alae", "cheek", "malar", "perioral", "philtrum", "chin", "jaw", "ear", "neck",
)  # fmt: skip
"""Masks of regions.py that carry a measured change; "skin" is all of it."""

GRID: Final = 16
_GRID_X_MM: Final = (-88.0, 88.0)
_GRID_Y_MM: Final = (-100.0, 118.0)


@dataclass(frozen=True)
class SkinStatistics:
    """First axis of the means: light, dark skin. Second or next axis: melanin, blood.

    region_means [2, 2, R], region_modes [K, 2, R]; grid_means [2, 2, GRID, GRID], grid_modes [K, 2, GRID, GRID], whose
    rows run down the face, columns from the subject's right to the left; grid_asymmetric_modes [A, 2, GRID, GRID];
    octaves [2, 2, 6]: amplitudes of the noise levels; lip_means [2, 2, 2]: last axis upper, lower lip; tones [2]:
    logarithm of the mean melanin fraction of the light and the dark skins; micro_log_power [7]: logarithm of the
    variance of the slopes of scanned skin relief in half octaves from 2 mm down.
    """

    region_means: Field
    region_modes: Field
    grid_means: Field
    grid_modes: Field
    grid_asymmetric_modes: Field
    octaves: Field
    lip_means: Field
    tones: Field
    micro_log_power: Field


@lru_cache(maxsize=1)
def skin_statistics() -> SkinStatistics:
    """The shipped statistics."""
    stored = {name: value.astype(np.float32) for name, value in load_file(STATISTICS).items()}
    return SkinStatistics(**{name: stored[name] for name in SkinStatistics.__dataclass_fields__})


@dataclass(frozen=True)
class Variation:
    """One person's own pattern: regions [2, R], grid [2, GRID, GRID], octaves [2, 6], lips [2, 2]."""

    regions: Field
    grid: Field
    octaves: Field
    lips: Field

    def of(self, pigment: int, region: str) -> np.float32:
        """The change of a region: pigment 0 melanin, 1 blood."""
        return np.float32(self.regions[pigment, REGIONS.index(region)])


def draw_variation(log_melanin: float, generator: np.random.Generator) -> Variation:
    """A person of that typical melanin (log fraction): the mean of that tone and normal weights on the modes."""
    s = skin_statistics()
    tone = np.float32(np.clip((log_melanin - s.tones[0]) / (s.tones[1] - s.tones[0]), 0.0, 1.0))
    own = np.clip(generator.standard_normal(len(s.region_modes)), -2.0, 2.0).astype(np.float32)
    sides = np.clip(generator.standard_normal(len(s.grid_asymmetric_modes)), -2.0, 2.0).astype(np.float32)

    def mean(values: Field) -> Field:
        return values[0] + (values[1] - values[0]) * tone

    return Variation(
        mean(s.region_means) + np.tensordot(own, s.region_modes, 1),
        mean(s.grid_means) + np.tensordot(own, s.grid_modes, 1) + np.tensordot(sides, s.grid_asymmetric_modes, 1),
        mean(s.octaves),
        mean(s.lip_means),
    )


def grid_place(positions_mm: Field) -> tuple[Field, Field]:
    """Column and row in the frontal grid, 0 .. GRID - 1, of points [..., 3] on the mean head."""
    x = (positions_mm[..., 0] - _GRID_X_MM[0]) * np.float32((GRID - 1) / (_GRID_X_MM[1] - _GRID_X_MM[0]))
    y = (_GRID_Y_MM[1] - positions_mm[..., 1]) * np.float32((GRID - 1) / (_GRID_Y_MM[1] - _GRID_Y_MM[0]))
    top = np.float32(GRID - 1)
    return np.clip(x, 0, top).astype(np.float32), np.clip(y, 0, top).astype(np.float32)


def sample_grid(grid: Field, column: Field, row: Field) -> Field:
    """Smooth samples of a grid [GRID, GRID] at grid_place."""
    return cv2.remap(grid.astype(np.float32), column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
