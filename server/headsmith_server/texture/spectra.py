"""Spectral data of skin and sight on 31 wavelengths, 400..700 nm in steps of 10 nm.

Sources: haemoglobin: Prahl, "Tabulated molar extinction coefficient for hemoglobin in water" (1998, after Gratzer and
Kollias). Melanin and baseline absorption, scattering: Donner and Jensen, "A Spectral BSSRDF for Shading Human Skin"
(EGSR 2006, section 4, after Jacques). Bilirubin and carotene: one- and two-lobe Gaussian fits to the curves shown by
Krishnaswamy and Baranoski, "A Biophysically-Based Spectral Model of Light Interaction with Human Skin" (2004, fig. 4).
Colour matching functions: Wyman, Sloan and Shirley, "Simple Analytic Approximations to the CIE XYZ Color Matching
Functions" (JCGT 2013, multi-lobe fit). Illuminant: CIE D65.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

WAVELENGTHS_NM: Final[Float64] = np.arange(400.0, 701.0, 10.0)

_D65: Final[Float64] = np.array([
    82.75, 91.49, 93.43, 86.68, 104.86, 117.01, 117.81, 114.86, 115.92, 108.81, 109.35, 107.80, 104.79, 107.69,
    104.41, 104.05, 100.00, 96.33, 95.79, 88.69, 90.01, 89.60, 87.70, 83.29, 83.70, 80.03, 80.21, 82.28, 78.28,
    69.72, 71.61,
])  # fmt: skip

_OXYHAEMOGLOBIN: Final[Float64] = np.array([
    266232, 466840, 480360, 246072, 102580, 62816, 44480, 33209, 26629, 23684, 20933, 20035, 24202, 39957, 53236,
    43016, 32613, 44496, 50104, 14401, 3200, 1506, 942, 610, 442, 368, 319.6, 294, 277.6, 276, 290,
])  # fmt: skip

_DEOXYHAEMOGLOBIN: Final[Float64] = np.array([
    223296, 303956, 407560, 528600, 413280, 103292, 23389, 16156, 14550, 16684, 20862, 25774, 31590, 39036, 46592,
    53412, 53788, 45072, 37020, 28324, 14677, 9444, 6510, 5149, 4345, 3750, 3227, 2795, 2408, 2052, 1794,
])  # fmt: skip

_XYZ_TO_LINEAR_SRGB: Final[Float64] = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)


def haemoglobin_absorption(oxygenation: Float64) -> Float64:
    """Absorption of whole blood (150 g/l) in mm^-1, [..., 31]; oxygenation 0..1 of any shape [...]."""
    per_mm = 2.303 * 150.0 / 64500.0 / 10.0
    o = np.asarray(oxygenation)[..., None]
    return (o * _OXYHAEMOGLOBIN + (1.0 - o) * _DEOXYHAEMOGLOBIN) * per_mm


def melanin_absorption(pheomelanin_share: float) -> Float64:
    """Absorption of melanosomes in mm^-1, [31]; pheomelanin_share 0 (brown-black) .. 1 (red-yellow)."""
    eumelanin = 6.6e10 * WAVELENGTHS_NM**-3.33
    pheomelanin = 2.9e14 * WAVELENGTHS_NM**-4.75
    return (1.0 - pheomelanin_share) * eumelanin + pheomelanin_share * pheomelanin


def baseline_absorption() -> Float64:
    """Absorption of bloodless, unpigmented tissue in mm^-1, [31]."""
    return 0.0244 + 8.53 * np.exp(-(WAVELENGTHS_NM - 154.0) / 66.2)


def bilirubin_absorption() -> Float64:
    """Absorption of bilirubin in mm^-1 per unit of relative concentration, [31]."""
    return np.exp(-(((WAVELENGTHS_NM - 456.0) / 34.0) ** 2))


def carotene_absorption() -> Float64:
    """Absorption of beta-carotene in mm^-1 per unit of relative concentration, [31]."""
    lobes = np.exp(-(((WAVELENGTHS_NM - 450.0) / 26.0) ** 2)), np.exp(-(((WAVELENGTHS_NM - 482.0) / 16.0) ** 2))
    return lobes[0] + 0.75 * lobes[1]


def reduced_scattering() -> Float64:
    """Reduced scattering of the epidermis in mm^-1, [31] (Mie and Rayleigh part); the dermis has half of it."""
    return 14.74 * WAVELENGTHS_NM**-0.22 + 2.2e11 * WAVELENGTHS_NM**-4.0


def colour_matching() -> Float64:
    """CIE 1931 2-degree x, y, z at the wavelengths, [31, 3]."""

    def lobe(peak: float, mean: float, below: float, above: float) -> Float64:
        t = (WAVELENGTHS_NM - mean) * np.where(mean > WAVELENGTHS_NM, below, above)
        return peak * np.exp(-0.5 * t * t)

    x = lobe(0.362, 442.0, 0.0624, 0.0374) + lobe(1.056, 599.8, 0.0264, 0.0323) + lobe(-0.065, 501.1, 0.0490, 0.0382)
    y = lobe(0.821, 568.8, 0.0213, 0.0247) + lobe(0.286, 530.9, 0.0613, 0.0322)
    z = lobe(1.217, 437.0, 0.0845, 0.0278) + lobe(0.681, 459.0, 0.0385, 0.0725)
    return np.stack([x, y, z], axis=1)


def reflectance_to_linear_srgb(reflectance: Float64) -> Float64:
    """Linear sRGB [..., 3] of reflectance spectra [..., 31] under D65; a perfect white gives (1, 1, 1).

    May leave 0..1 for saturated spectra; the caller clips.
    """
    weights = colour_matching() * _D65[:, None]
    to_rgb = weights @ _XYZ_TO_LINEAR_SRGB.T
    return reflectance @ (to_rgb / to_rgb.sum(axis=0))
