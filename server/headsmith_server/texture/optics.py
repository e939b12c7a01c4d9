"""Colour of skin from the concentrations of its pigments: a two-layer Kubelka-Munk model and its lookup table.

The epidermis holds melanin, carotene and a little scattering; the dermis below is taken as infinitely deep and holds
blood and bilirubin. Layers are joined as in Kubelka (1948); the refractive boundary follows Saunderson (1942), so that
the result is the diffuse albedo without the mirror part. Compare Preece and Claridge (2004), Jimenez et al. (2010),
Alotaibi and Smith, "A Biophysical 3D Morphable Model of Face Appearance" (2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.spectra import (
    baseline_absorption,
    bilirubin_absorption,
    carotene_absorption,
    haemoglobin_absorption,
    melanin_absorption,
    reduced_scattering,
    reflectance_to_linear_srgb,
)

EPIDERMIS_MM: Final = 0.08
"""Mean thickness of the living epidermis of the face (0.05 to 0.1 mm)."""

_INTERNAL_REFLECTION: Final = 0.42
"""Diffuse light that the boundary sends back inside: 0.5 for index 1.4, less for a rough, hydrated surface."""

_EPIDERMIS_SCATTER: Final = 0.60
_DERMIS_SCATTER: Final = 0.90
"""Shares of spectra.reduced_scattering that turn light back, set so that Fitzpatrick I..VI come out at the published
typology angles and at the chroma of photographed skins (forward-peaked melanosomes turn little light back)."""

MELANIN_RANGE: Final = (0.002, 0.60)
BLOOD_RANGE: Final = (0.002, 0.35)
"""Volume fractions covered by the table: melanosomes in the epidermis, blood in the upper dermis."""

_STEPS: Final = 64


@dataclass(frozen=True)
class Tissue:
    """What is the same over a whole face: pheomelanin share 0..1, carotene and bilirubin in relative units."""

    pheomelanin: float = 0.2
    carotene: float = 1.0
    bilirubin: float = 1.0


def albedo_spectra(melanin: Field, blood: Field, oxygenation: Field, tissue: Tissue) -> Field:
    """Diffuse reflectance [..., 31] of skin.

    melanin, blood: volume fractions; oxygenation 0..1; the three broadcast against each other.
    """
    melanin, blood, oxygenation = np.broadcast_arrays(melanin, blood, oxygenation)
    scatter = reduced_scattering()
    base = baseline_absorption()
    m = melanin[..., None]
    epidermis = (
        m * melanin_absorption(tissue.pheomelanin) + (1.0 - m) * base + 0.2 * tissue.carotene * carotene_absorption()
    )
    b = blood[..., None]
    dermis = b * haemoglobin_absorption(oxygenation) + (1.0 - b) * base
    dermis = dermis + 0.12 * tissue.bilirubin * bilirubin_absorption()

    ratio = (2.0 * dermis) / (0.75 * _DERMIS_SCATTER * scatter)
    below = 1.0 + ratio - np.sqrt(ratio * ratio + 2.0 * ratio)

    k, s = 2.0 * epidermis, 0.75 * _EPIDERMIS_SCATTER * scatter
    a = 1.0 + k / s
    bb = np.sqrt(a * a - 1.0)
    depth = bb * s * EPIDERMIS_MM
    sinh, cosh = np.sinh(depth), np.cosh(depth)
    nominator = a * sinh + bb * cosh
    back, through = sinh / nominator, bb / nominator
    joined = back + through * through * below / (1.0 - back * below)
    return (1.0 - _INTERNAL_REFLECTION) * joined / (1.0 - _INTERNAL_REFLECTION * joined)


def skin_colour(melanin: Field, blood: Field, oxygenation: Field, tissue: Tissue) -> Field:
    """Linear sRGB albedo [..., 3], clipped to 0..1; arguments as of albedo_spectra."""
    return np.clip(reflectance_to_linear_srgb(albedo_spectra(melanin, blood, oxygenation, tissue)), 0.0, 1.0)


class ColourTable:
    """skin_colour of one Tissue, tabulated over the logarithms of melanin and blood at two oxygenations."""

    def __init__(self, tissue: Tissue, oxygenations: tuple[float, float] = (0.40, 0.97)) -> None:
        melanin = np.geomspace(*MELANIN_RANGE, _STEPS)
        blood = np.geomspace(*BLOOD_RANGE, _STEPS)
        grid = np.meshgrid(blood, melanin, indexing="ij")
        self._tables = [skin_colour(grid[1], grid[0], np.asarray(o), tissue).astype(np.float32) for o in oxygenations]

    def __call__(self, melanin: Field, blood: Field, venous: Field | None = None) -> Field:
        """Linear sRGB [H, W, 3] of volume fractions [H, W], clipped to the table's range.

        venous: 0 (well oxygenated) .. 1 (venous blood), [H, W]; None is 0 everywhere.
        """
        x = _table_index(melanin, MELANIN_RANGE)
        y = _table_index(blood, BLOOD_RANGE)
        bright = cv2.remap(self._tables[1], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if venous is None:
            return bright
        dark = cv2.remap(self._tables[0], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        bright += (dark - bright) * np.clip(venous, 0.0, 1.0)[..., None]
        return bright


def _table_index(fraction: Field, bounds: tuple[float, float]) -> Field:
    low, high = np.log(bounds)
    index = cv2.log(np.clip(fraction, *bounds).astype(np.float32))
    return (index - np.float32(low)) * np.float32((_STEPS - 1) / (high - low))


def linear_to_srgb(linear: NDArray) -> NDArray:
    """The sRGB transfer curve, 0..1 to 0..1."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def srgb_to_linear(encoded: NDArray) -> NDArray:
    """The inverse of linear_to_srgb."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


_ENCODED: Final = np.round(255.0 * linear_to_srgb(np.arange(8193) / 8192.0)).astype(np.uint8)


def encode_srgb(linear: Field) -> NDArray[np.uint8]:
    """8-bit sRGB of linear values; what lies outside 0..1 is clipped."""
    index = np.clip(linear, 0.0, 1.0) * np.float32(8192.0) + np.float32(0.5)
    return _ENCODED[index.astype(np.int16)]


def linear_to_lab(linear: NDArray) -> NDArray:
    """CIE L*a*b* (D65) of linear sRGB [..., 3]."""
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    xyz = linear @ to_xyz.T / to_xyz.sum(axis=1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def typology_angle(lab: NDArray) -> NDArray:
    """Individual typology angle in degrees (Chardon et al. 1991): over 55 very light, below -30 dark."""
    return np.degrees(np.arctan2(lab[..., 0] - 50.0, lab[..., 2]))
