"""Melanin and blood of pictured skins: the painter's own colour model, inverted.

Three numbers are sought for every texel from log R, G and B: changes of log melanin, of log blood and of log
brightness, which stands for baked shading and exposure. The linearised model around the skin's own mean colour is
solved by maximum a posteriori with priors on all three, which splits what both shading and melanin explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.optics import Tissue, linear_to_lab, skin_colour
from headsmith_server.texture.pigment import melanin_fraction

OXYGENATION: Final = 0.92
PRIOR: Final = (0.30, 0.40, 0.08)
"""Standard deviations of the change of log melanin, log blood and log brightness within a face."""
NOISE: Final = 0.04

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PigmentMap:
    """melanin, blood: volume fractions whose colour is nearest to the typical mean; error: CIE76 delta-E between
    the two; changes float64 [N, 3]: of log melanin, log blood and log brightness from the typical mean, by texel."""

    melanin: float
    blood: float
    exposure: float
    error: float
    changes: Array


def invert(linear: Array, typical: NDArray[np.bool_]) -> PigmentMap:
    """Invert linear sRGB [N, 3] of a skin whose typical texels are marked, bool [N]."""
    floor = np.maximum(linear, 0.004)
    mean = np.exp(np.log(floor[typical]).mean(axis=0))
    melanin, blood, exposure, error = nearest_pigments(mean)
    step = 0.05
    jacobian = np.stack(
        [
            np.log(_colour(melanin * np.exp(step), blood)) - np.log(_colour(melanin * np.exp(-step), blood)),
            np.log(_colour(melanin, blood * np.exp(step))) - np.log(_colour(melanin, blood * np.exp(-step))),
            np.full(3, 2 * step),
        ],
        axis=1,
    ) / (2 * step)  # fmt: skip
    residual = np.log(floor) - np.log(mean)
    weight = np.diag(1.0 / np.square(PRIOR))
    solve = np.linalg.solve(jacobian.T @ jacobian / NOISE**2 + weight, jacobian.T / NOISE**2)
    return PigmentMap(melanin, blood, exposure, error, residual @ solve.T)


def nearest_pigments(mean: Array) -> tuple[float, float, float, float]:
    """Melanin, blood, log exposure and the error of the model's colour nearest to a linear sRGB colour [3].

    An exposure away from 0 costs 4 delta-E for each 0.1, so that it only takes up what pigments cannot explain.
    """
    melanin = np.array([melanin_fraction(m) for m in np.linspace(0.0, 1.0, 81)])
    blood = np.geomspace(0.004, 0.10, 61)
    exposure = np.linspace(-0.4, 0.4, 41)
    grid_m, grid_b = np.meshgrid(melanin, blood, indexing="ij")
    colour = skin_colour(grid_m, grid_b, np.asarray(OXYGENATION), Tissue())
    shown = colour[..., None, :] * np.exp(exposure)[:, None]
    error = np.linalg.norm(linear_to_lab(shown) - linear_to_lab(mean), axis=-1)
    best = np.unravel_index(int(np.argmin(error + 40.0 * np.abs(exposure))), error.shape)
    i, j, k = (int(v) for v in best)
    return float(melanin[i]), float(blood[j]), float(exposure[k]), float(error[i, j, k])


def _colour(melanin: float, blood: float) -> Array:
    return skin_colour(np.asarray(melanin), np.asarray(blood), np.asarray(OXYGENATION), Tissue())
