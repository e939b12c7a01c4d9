"""How much of real skin's fine relief a normal map has: its slope spectrum against scanned micro-normals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from headsmith_server.texture.surface import SkinSurface
from headsmith_shared.errors import ErrorCode, HeadsmithError

TILES_MM: Final[Mapping[str, float]] = {
    "skins/micro/skin_micro_nrm_ao.png": 12.0,
    "skins/micro/skin_micro_nrm_ao_2.png": 20.0,
    "skins/micro/skin_micro_nrm_ao_3.png": 6.0,
}
"""Side of each tile. The files carry no scale: set so that the furrows' cells, which can be counted, are 1 mm wide."""

HELD_OUT_TILE: Final = "skins/micro/skin_micro_nrm_ao_2.png"
"""The tile that the painter's statistics have not seen (scripts/measure_skins.py)."""

EDGES_MM: Final = tuple(float(v) for v in 2.0 * 2.0 ** (-0.5 * np.arange(8)))
"""Wavelengths between which power is summed: half octaves from 2 mm to 0.18 mm."""


FLOOR: Final = 1e-5
"""Variance of slopes that rounding to 8 bits leaves in a flat map; less than that counts as that."""


def slope_spectrum(slopes: Float[ndarray, "2 h w"], texel_mm: float) -> Float[ndarray, " bins"]:
    """Variance of the slopes (dz/dx, dz/dy) in each half octave of EDGES_MM; a Hann window lifts the need of a period.

    Raises ValueError when the patch is too small for the longest or too coarse for the shortest wavelength.
    """
    height, width = slopes.shape[1:]
    if min(height, width) * texel_mm < 2 * EDGES_MM[0] or 2 * texel_mm > EDGES_MM[-1]:
        raise ValueError(f"{height}x{width} texels of {texel_mm:.3f} mm do not hold {EDGES_MM[0]} to {EDGES_MM[-1]} mm")
    window = np.hanning(height)[:, None] * np.hanning(width)
    frequency = np.hypot(np.fft.fftfreq(height, texel_mm)[:, None], np.fft.fftfreq(width, texel_mm))
    power = np.zeros((height, width))
    for slope in slopes:
        power += np.abs(np.fft.fft2((slope - slope.mean()) * window)) ** 2
    power /= (window**2).sum() * height * width
    bins = np.digitize(frequency, 1.0 / np.array(EDGES_MM))
    return np.maximum(np.bincount(bins.ravel(), power.ravel(), len(EDGES_MM) + 1)[1:-1], FLOOR)


def slopes_of(normals: UInt8[ndarray, "h w 3"]) -> Float[ndarray, "2 h w"]:
    """dz/dx and dz/dy (x right, y up) of an 8-bit tangent-space normal map in RGB order, 128 is 0."""
    x, y, z = np.moveaxis(normals.astype(np.float64) - 128.0, -1, 0)
    return np.stack([-x, -y]) / np.maximum(z, 10.0)


def tile_slopes(picture: UInt8[ndarray, "h w 3"]) -> Float[ndarray, "2 h w"]:
    """Slopes of a micro-normal tile: x and y in R and G, something else in B."""
    x, y = ((picture[..., channel].astype(np.float64) - 127.5) / 127.5 for channel in (0, 1))
    z = np.sqrt(np.clip(1.0 - x * x - y * y, 0.02, 1.0))
    return np.stack([-x / z, -y / z])


def micro_spectrum(data: Path, tiles: Mapping[str, float] = TILES_MM) -> Float[ndarray, " bins"]:
    """The tiles' logarithmic slope spectrum, averaged over them. Raises HeadsmithError(NOT_FOUND)."""
    spectra = []
    for name, side in tiles.items():
        image = cv2.imread(str(data / name), cv2.IMREAD_COLOR)
        if image is None:
            raise HeadsmithError(ErrorCode.NOT_FOUND, f"{data}: no {name}")
        slopes = tile_slopes(image[..., ::-1])
        spectra.append(np.log(slope_spectrum(slopes, side / image.shape[0])))
    return np.mean(spectra, axis=0)


def spectrum_distance(one: Float[ndarray, " bins"], other: Float[ndarray, " bins"], level: bool = True) -> float:
    """Mean absolute difference of two logarithmic spectra; without `level` their mean difference does not count."""
    difference = one - other
    return float(np.abs(difference if level else difference - difference.mean()).mean())


def pore_spectrum_distance(
    patches: Sequence[UInt8[ndarray, "h w 3"]], texel_mm: float, reference: Float[ndarray, " bins"]
) -> float:
    """Log-spectrum L1 of normal map patches to a micro_spectrum, over that of the same patches without pores.

    patches: parts of a skin's normal map (at most 0.09 mm a texel, at least 4 mm wide). 0 is the spectrum of the scans,
    1 is no better than none: what is left when everything below 2 mm is blurred away and rounded to 8 bits again.
    """
    with_pores = np.mean([np.log(slope_spectrum(slopes_of(p), texel_mm)) for p in patches], axis=0)
    without = np.mean(
        [np.log(slope_spectrum(slopes_of(without_pores(p, texel_mm)), texel_mm)) for p in patches], axis=0
    )
    return spectrum_distance(with_pores, reference) / spectrum_distance(without, reference)


def relief_patches(surface: SkinSurface, normals: UInt8[ndarray, "s s 3"]) -> list[UInt8[ndarray, "n n 3"]]:
    """Squares of 12 mm of a skin's normal map, one each on both cheeks, forehead and nose.

    surface: that of the map's size, 4096 texels for the shortest waves.
    """
    half = round(6.0 / surface.texel_mm)
    step = surface.size // surface.regions.size
    patches = []
    for name, side in (("cheek", 1), ("cheek", -1), ("forehead", 0), ("nose", 0)):
        mask = surface.regions[name] * (surface.regions["lips"] < 0.05)
        if side:
            mask = mask * (np.sign(surface.regions.positions_mm[..., 0]) == side)
        # The middle of the region: where the mask is still high after a wide blur.
        blur = 6.0 / (step * surface.texel_mm)
        middle = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), blur, borderType=cv2.BORDER_CONSTANT)
        row, column = np.unravel_index(int(np.argmax(middle)), mask.shape)
        x, y = (int(np.clip(int(place) * step, half, surface.size - half)) for place in (column, row))
        patches.append(normals[y - half : y + half, x - half : x + half])
    return patches


def without_pores(normals: UInt8[ndarray, "h w 3"], texel_mm: float) -> UInt8[ndarray, "h w 3"]:
    """The map with all relief below 2 mm blurred away."""
    smooth = cv2.GaussianBlur(normals.astype(np.float32) - 128.0, (0, 0), EDGES_MM[0] / texel_mm)
    smooth *= 127.0 / np.maximum(np.linalg.norm(smooth, axis=-1, keepdims=True), 1e-6)
    return np.round(smooth + 128.0).astype(np.uint8)
