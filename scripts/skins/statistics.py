"""What the registered skins have in common and how they differ: regions, broad patterns and octaves of pigments."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from headsmith_server.texture.optics import srgb_to_linear
from headsmith_server.texture.pigment import NOISE_WAVELENGTHS_MM, noise_level
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.variation import GRID, REGIONS, grid_place, sample_grid
from scripts.skins.inversion import invert, nearest_pigments

Array = NDArray[np.float64]
RIDGE: Final = 0.003
SCAN_WEIGHT: Final = 0.5
"""Share of the scan in the means of light skins: the only one that is a photograph throughout."""
DARK_BLOOD: Final = 0.5
"""Blood hardly shows in dark skin, so that what the inversion finds there is half noise; changes are taken by half."""
SYMMETRIC_MODES: Final = 4
ASYMMETRIC_MODES: Final = 2
MODE_BLUR: Final = 1.3
"""Of the modes' grids, in cells (15 mm)."""
BROAD_LEVELS: Final = 0.35
"""Share of the two broadest noise levels (60, 26 mm) that is left to the noise: the modes carry such patches too."""
MEASURED_LEVELS: Final = 5
"""Noise levels the pictures resolve (60 to 2.2 mm); the finest, 1 mm, is below their texels."""


@dataclass(frozen=True)
class MeasuredSkin:
    """One skin: melanin of its typical skin; regions float64 [2, R] and grid [2, GRID, GRID] of changes of log melanin
    and log blood; bands [2, levels]: variances of band-passed changes; lips [2, 2]: the same logs on upper and lower
    lip against the typical skin; error: delta-E of the colour model at the mean."""

    melanin: float
    regions: Array
    grid: Array
    bands: Array
    lips: Array
    error: float


def typical_skin(surface: SkinSurface) -> NDArray[np.bool_]:
    """Cheeks and forehead without hair, [R, R]."""
    r = surface.regions
    return (np.clip(r["cheek"] + r["forehead"], 0, 1) > 0.5) & (r["beard"] < 0.1) & (r["scalp"] < 0.4)


def measure(surface: SkinSurface, picture: Array, trusted: NDArray[np.bool_], bearded: bool) -> MeasuredSkin:
    """Measure one skin laid out on our raster: picture float64 [R, R, 3], sRGB 0..1; bearded: leave the beard out."""
    r = surface.regions
    linear = srgb_to_linear(picture)
    usable = trusted & (picture.max(-1) > 0.02) & surface.field.covered
    typical = typical_skin(surface) & usable
    found = invert(linear[usable], typical[usable])
    changes = np.zeros((*usable.shape, 2))
    changes[usable] = np.clip(found.changes[:, :2], -1.5, 1.5)
    bare = (
        usable & (r["brow"] < 0.12) & (r["scalp"] < 0.42) & (r["lips"] < 0.3) & (surface.lips.signed_mm < -1.5)
        & (r["nostril"] < 0.2) & (r["mucosa"] < 0.1) & (r["lid_margin"] < 0.5)
    )  # fmt: skip
    if bearded:
        bare &= r["beard"] < 0.12
    masks = region_matrix(surface)
    inside = masks[bare]
    normal = inside.T @ inside / len(inside) + RIDGE * np.eye(len(REGIONS))
    regions = np.linalg.solve(normal, inside.T @ changes[bare] / len(inside)).T
    rest = changes - masks @ regions.T
    grid = _to_grid(surface, rest, bare & (r["front"] > 0.5))
    column, row = grid_place(surface.regions.positions_mm)
    fine = rest - np.stack([sample_grid(g, column, row) for g in grid], axis=-1)
    bands = np.stack([band_variances(surface, fine[..., i], bare & typical) for i in range(2)])
    base = np.log(nearest_pigments(_mean(linear, typical))[:2])
    lips = surface.lips
    part = []
    for upper in (True, False):
        chosen = usable & (lips.inward > 0.15) & (lips.inward < 0.7) & ((lips.upper > 0.5) == upper)
        part.append(np.log(nearest_pigments(_mean(linear, chosen))[:2]) - base)
    return MeasuredSkin(found.melanin, regions, grid, bands, np.stack(part, axis=1), found.error)


def region_matrix(surface: SkinSurface) -> Array:
    """The painter's region masks side by side, [R, R, len(REGIONS)]; the first is 1 everywhere."""
    masks = [np.ones((surface.regions.size,) * 2) if n == "skin" else surface.regions[n] for n in REGIONS]
    return np.stack(masks, axis=-1).astype(np.float64)


def band_variances(surface: SkinSurface, values: Array, where: NDArray[np.bool_]) -> Array:
    """Variance within the mask of values [R, R] in one band for each measured noise level."""
    texel_mm = surface.texel_mm * surface.size / surface.regions.size
    edges = [0.34 * w / texel_mm for w in NOISE_WAVELENGTHS_MM[: MEASURED_LEVELS + 1]]
    smooth = [_blurred(values, where, sigma) for sigma in edges[:-1]] + [values]
    bands = []
    for coarse, fine in itertools.pairwise(smooth):
        bands.append(float(((fine - coarse)[where] ** 2).mean()))
    return np.array(bands)


def noise_amplitudes(surface: SkinSurface, variances: Array, where: NDArray[np.bool_]) -> Array:
    """Amplitude of every noise level so that the painter's noise has these band variances [measured levels].

    The painter's own noise is band-passed in the same way, which gives the response to each level.
    """
    response = np.zeros((MEASURED_LEVELS, MEASURED_LEVELS))
    for level in range(MEASURED_LEVELS):
        noise = cv2.resize(
            noise_level(surface, level, np.random.default_rng(40 + level))[0], (surface.regions.size,) * 2
        ).astype(np.float64)
        response[:, level] = band_variances(surface, noise, where)
    weight = 1.0 / np.maximum(variances, 1e-8)
    squared, _ = nnls(response * weight[:, None], variances * weight)
    return np.sqrt(squared)


def modes_of(skins: Mapping[str, MeasuredSkin], tones: Mapping[str, bool]) -> dict[str, NDArray[np.float32]]:
    """The statistics as arrays for headsmith_server.texture.variation; tones: True for a dark skin."""
    vectors, sides = [], []
    for skin in skins.values():
        mirrored = skin.grid[..., ::-1]
        vectors.append(np.concatenate([skin.regions.ravel(), (0.5 * (skin.grid + mirrored)).ravel()]))
        sides.append((0.5 * (skin.grid - mirrored)).ravel())
    dark = np.array([tones[name] for name in skins])
    stacked, lopsided = np.stack(vectors), np.stack(sides)
    scan = np.array([name == "infinite" for name in skins])
    weight = np.where(scan, SCAN_WEIGHT * (~dark).sum() / (1.0 - SCAN_WEIGHT), 1.0)
    means = np.stack([np.average(stacked[side], axis=0, weights=weight[side]) for side in (~dark, dark)])
    symmetric = _principal(stacked - means[dark.astype(int)], SYMMETRIC_MODES)
    asymmetric = _principal(lopsided, ASYMMETRIC_MODES)
    count = 2 * len(REGIONS)
    means[1, len(REGIONS) : count] *= DARK_BLOOD
    means[1, count + GRID * GRID :] *= DARK_BLOOD

    def grids(flat: Array) -> NDArray[np.float32]:
        return flat.reshape(len(flat), 2, GRID, GRID).astype(np.float32)

    def calm(flat: Array) -> NDArray[np.float32]:
        # A handful of skins cannot tell a person's pattern from a picture's: only what is broad is kept.
        return np.stack([[cv2.GaussianBlur(g, (0, 0), MODE_BLUR) for g in both] for both in grids(flat)])

    return {
        "region_means": means[:, :count].reshape(2, 2, -1).astype(np.float32),
        "region_modes": symmetric[:, :count].reshape(SYMMETRIC_MODES, 2, -1).astype(np.float32),
        "grid_means": grids(means[:, count:]),
        "grid_modes": calm(symmetric[:, count:]),
        "grid_asymmetric_modes": calm(asymmetric),
        "lip_means": np.stack(
            [np.mean([s.lips for s, d in zip(skins.values(), dark, strict=True) if d == side], axis=0)
             for side in (False, True)]
        ).astype(np.float32),
    }  # fmt: skip


def _principal(rows: Array, count: int) -> Array:
    """Principal directions [count, D] times their standard deviation; the sign is free, so the largest part is > 0."""
    _, strength, directions = np.linalg.svd(rows, full_matrices=False)
    modes = directions[:count] * (strength[:count] / np.sqrt(max(len(rows) - 2, 1)))[:, None]
    largest = modes[np.arange(count), np.abs(modes).argmax(1)]
    return modes * np.sign(largest)[:, None]


def _to_grid(surface: SkinSurface, values: Array, where: NDArray[np.bool_]) -> Array:
    """Averages of values [R, R, 2] in the frontal grid, smoothed, empty cells filled from their neighbours."""
    x, y = (v[where] for v in grid_place(surface.regions.positions_mm))
    total, weight = np.zeros((2, GRID, GRID)), np.zeros((GRID, GRID))
    np.add.at(weight, (y.round().astype(int), x.round().astype(int)), 1.0)
    for pigment in range(2):
        np.add.at(total[pigment], (y.round().astype(int), x.round().astype(int)), values[where][:, pigment])
    blurred = [cv2.GaussianBlur(t, (0, 0), 0.8, borderType=cv2.BORDER_CONSTANT) for t in (*total, weight)]
    floor = 0.02 * weight.max()
    return np.stack(blurred[:2]) / (blurred[2] + floor)


def _blurred(values: Array, where: NDArray[np.bool_], sigma: float) -> Array:
    """Normalised Gaussian blur of values [R, R] over a mask."""
    inside = where.astype(np.float64)
    return cv2.GaussianBlur(values * inside, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-6)


def _mean(linear: Array, where: NDArray[np.bool_]) -> Array:
    return np.exp(np.log(np.maximum(linear[where], 0.004)).mean(axis=0))
