"""Where the pigments of a face are: melanin, blood and its oxygenation on the field raster.

Region differences, broad patterns and mottling are those measured on real skins (variation.py). Age, sun, redness and
circles under the eyes move them further, by the directions that studies of faces report (Tsumura et al. 2003,
"Image-based skin color and texture analysis"; Jimenez et al. 2010; Donner et al. 2008).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.noise import enlarge, octaves, solid_noise
from headsmith_server.texture.optics import Tissue
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.variation import REGIONS, Variation, grid_place, sample_grid

_MELANIN_ENDS: Final = (0.0024, 0.235)


@dataclass(frozen=True)
class Noises:
    """Solid noise at falling wavelengths (mm), [4, N, N]: N is a quarter, a half and the whole of the regions' raster
    for the first three, F for the others."""

    levels: tuple[Field, ...]

    def field(self, channel: int, *amplitudes: float) -> Field:
        """A fractal sum on the field raster: amplitude of 60, 26, 11, 5, 2.2 and 1 mm."""
        used = [(level, a) for level, a in zip(self.levels, amplitudes, strict=False) if a]
        total = octaves([level for level, _ in used], channel, [a for _, a in used])
        return enlarge(total, self.levels[-1].shape[-1])

    def weighted(self, channel: int, amplitudes: Field) -> Field:
        """The sum on the field raster of all levels times their amplitudes [6], not normalised."""
        weights = [float(a) for a in amplitudes]
        norm = float(np.sqrt(sum(a * a for a in weights)))
        return self.field(channel, *weights) * np.float32(norm)


NOISE_WAVELENGTHS_MM: Final = (60.0, 26.0, 11.0, 5.0, 2.2, 1.0)


def noise_level(surface: SkinSurface, level: int, generator: np.random.Generator) -> Field:
    """One level of Noises."""
    if level < 3:
        step = 4 >> level
        points = surface.regions.positions_mm[step // 2 :: step, step // 2 :: step] * np.float32(1e-3)
        return solid_noise(points, NOISE_WAVELENGTHS_MM[level], generator)
    return solid_noise(surface.positions, NOISE_WAVELENGTHS_MM[level], generator, surface.near)


@dataclass(frozen=True)
class Pigment:
    """Volume fractions of melanin and blood, venous share 0..1, each [F, F]."""

    melanin: Field
    blood: Field
    venous: Field


def melanin_fraction(melanin: float) -> float:
    """Melanosome volume fraction of unexposed skin for SkinParameters.melanin 0..1.

    Fitzpatrick types I to VI lie at about 0.02, 0.34, 0.47, 0.62, 0.77 and 0.92.
    """
    low, high = _MELANIN_ENDS
    return float(low * (high / low) ** np.clip(melanin, 0.0, 1.0))


def blood_fraction(skin: SkinParameters) -> float:
    """Blood volume fraction of the typical skin of cheeks and forehead."""
    return 0.0120 + 0.022 * skin.haemoglobin + 0.010 * skin.redness + 0.004 * skin.melanin


def tissue_of(skin: SkinParameters) -> Tissue:
    """The whole-face pigments: a warm undertone has more carotene, a very pale one with freckles more pheomelanin."""
    warm = float(np.clip(skin.undertone, -1.0, 1.0))
    red = 0.20 + 0.35 * skin.freckles * (1.0 - skin.melanin)
    return Tissue(
        pheomelanin=min(0.6, red + 0.1 * max(warm, 0.0)), carotene=3.0 + 2.0 * warm, bilirubin=1.5 + 0.8 * warm
    )


def concentrations(
    surface: SkinSurface,
    skin: SkinParameters,
    noises: Noises,
    variation: Variation,
    tick: Callable[[], None] = no_tick,
) -> Pigment:
    """The smooth pigment maps, without spots, hairs and make-up."""
    field = surface.field.size
    r = surface.regions
    light = 1.0 - skin.melanin
    ageing = float(np.clip((skin.age_years - 25.0) / 55.0, 0.0, 1.0))
    child = float(np.clip((14.0 - skin.age_years) / 10.0, 0.0, 1.0))
    red = skin.redness + 0.3 * skin.weathering * (0.4 + 0.6 * light)
    # The statistics hold usual circles; fewer than usual takes them away.
    elder = float(np.clip((skin.age_years - 52.0) / 30.0, 0.0, 1.0))
    dark_circles = skin.dark_circles - 0.2 + (0.10 + 0.25 * skin.melanin) * elder

    melanin, blood = _measured_pattern(surface, variation)
    melanin += (
        0.55 * skin.weathering * light * (1.0 - 0.6 * r["neck"])
        + 0.65 * skin.weathering * light * r["sun"]
        + 0.35 * dark_circles * r["periorbital"] * (0.5 + 0.7 * skin.melanin)
        + 0.30 * skin.melanin * r["perioral"]
        # The roots of the brows' hairs show through.
        + 0.75 * light * skin.hair.melanin * (1.0 - skin.hair.grey) * r["brow"]
        - 0.20 * skin.weathering * r["neck"]
    )
    blood += (
        (0.26 + 0.7 * red + 0.25 * child) * r["cheek"]
        + 0.5 * red * r["malar"]
        + (0.8 * red + 0.2 * skin.masculinity) * r["nose_tip"]
        + 0.5 * red * r["alae"]
        # Thin or wet skin that is too narrow to be measured.
        + 0.60 * r["lid_margin"]
        + 0.70 * r["inner_corner"]
        + 0.5 * dark_circles * r["tear_trough"]
        + 0.45 * elder * r["periorbital"]
        + 0.175 * red * r["forehead"]
        + 0.30 * skin.weathering * r["neck"]
    )
    venous = (
        0.06
        + (0.30 + 0.6 * dark_circles) * r["tear_trough"]
        + (0.16 + 0.45 * dark_circles) * r["periorbital"]
        + 0.18 * r["lid_upper"]
        + 0.15 * r["temple"]
    )
    melanin, blood, venous = (enlarge(term, field) for term in (melanin, blood, venous))
    tick()

    rough = 0.85 + 0.75 * ageing + 0.40 * skin.weathering - 0.30 * child
    melanin += noises.weighted(0, np.float32(rough) * variation.octaves[0])
    tick()
    flushed = enlarge(np.clip(0.7 + 0.6 * r["cheek"] + 0.5 * r["nose"] + 0.5 * r["ear"], 0, 1.6), field)
    patches = noises.weighted(1, np.float32(1.0 + red) * np.float32(rough) * variation.octaves[1])
    blood += flushed * patches
    tick()
    # Widened vessels: thin red lines where one noise crosses zero, on cheeks and nose of weathered or flushed skin.
    if red > 0.05 or ageing > 0.3:
        vessel = smoothstep(0.10, 0.0, np.abs(noises.field(3, 0.0, 0.0, 0.35, 1.0, 0.55, 0.0)))
        gate = smoothstep(0.2, 1.2, noises.field(0, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0))
        where = enlarge(
            np.clip(0.8 * r["malar"] + 0.9 * r["alae"] + 0.5 * r["nose_tip"] + 0.4 * r["chin"], 0, 1), field
        )
        blood += np.float32(0.75 * min(1.0, red + 0.35 * ageing)) * vessel * gate * where
    tick()
    # Veins: wide, faint, bluish, at the temples, lids and neck of pale skin.
    vein = smoothstep(0.16, 0.0, np.abs(noises.field(1, 0.6, 1.0, 0.25, 0.0, 0.0, 0.0)))
    veined = enlarge(np.clip(r["temple"] + 0.7 * r["periorbital"] + 0.35 * r["neck"], 0, 1), field)
    vein *= veined * np.float32(0.35 * light)
    venous += vein
    blood += np.float32(0.5) * vein

    tick()
    base_melanin = melanin_fraction(skin.melanin)
    base_blood = blood_fraction(skin)
    melanin = np.float32(base_melanin) * np.exp(melanin)
    blood = np.float32(base_blood) * np.exp(blood)
    tick()
    _paint_lips(surface, skin, noises, variation, melanin, blood, venous)
    tick()
    mucosa = enlarge(r["mucosa"], field)
    inside = np.maximum(mucosa, enlarge(r["nostril"], field) * np.float32(0.75))
    melanin += (np.float32(0.004 + 0.12 * base_melanin) - melanin) * mucosa
    blood += (np.float32(0.10) - blood) * inside
    venous += (np.float32(0.35) - venous) * inside
    return Pigment(melanin, blood, venous)


def _measured_pattern(surface: SkinSurface, variation: Variation) -> tuple[Field, Field]:
    """Changes of log melanin and log blood by region and in broad patches, on the regions' raster."""
    r = surface.regions
    column, row = grid_place(r.positions_mm)
    # No picture shows a bare scalp; it goes on like the forehead.
    brow_to_crown = np.maximum(r["forehead"], smoothstep(0.0, 1.0, r["scalp"]))
    changes = []
    for pigment in (0, 1):
        change = sample_grid(variation.grid[pigment], column, row) * r["front"]
        change += variation.of(pigment, REGIONS[0])
        for name in REGIONS[1:]:
            change += variation.of(pigment, name) * (brow_to_crown if name == "forehead" else r[name])
        changes.append(change)
    return changes[0], changes[1]


def _paint_lips(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, variation: Variation,
    melanin: Field, blood: Field, venous: Field,
) -> None:  # fmt: skip
    """Set the vermilion's own pigments, in place; its border is soft and a little ragged."""
    lips = surface.lips
    rows, columns = lip_window(surface)
    signed = lips.signed_mm[rows, columns] + 0.30 * noises.field(3, 0, 0, 0, 0.5, 1.0, 0.5)[rows, columns]
    age_fade = float(np.clip((skin.age_years - 40.0) / 45.0, 0.0, 1.0))
    # Old lips roll in: less of the vermilion is seen.
    vermilion = smoothstep(-0.7, 0.9 + 0.5 * age_fade, signed - 1.3 * age_fade**2)
    inward = lips.inward[rows, columns]
    upper = lips.upper[rows, columns]
    mottle = noises.field(2, 0, 0, 0.6, 1.0, 0.8, 0.5)[rows, columns]
    base = melanin_fraction(skin.melanin)
    # What is dark in the pictures' lips is half shadow between them.
    shade = 0.5 * (variation.lips[0, 1] + (variation.lips[0, 0] - variation.lips[0, 1]) * upper)
    target = base * np.exp(
        shade
        + 0.20 * skin.melanin * (0.5 - inward)
        + (0.13 - 0.10 * skin.melanin) * mottle
        - 0.45 * (1.0 - skin.melanin)
    )
    flow = variation.lips[1, 1] + (variation.lips[1, 0] - variation.lips[1, 1]) * (0.4 * upper)
    red = blood_fraction(skin) * np.exp(
        flow + 0.20 + 0.8 * (skin.haemoglobin - 0.5) - age_fade * (0.26 + 0.25 * age_fade)
        - 0.22 * (skin.masculinity - 0.5) + 0.40 * (inward - 0.45) + 0.13 * mottle
    )  # fmt: skip
    melanin[rows, columns] += (target - melanin[rows, columns]) * vermilion
    blood[rows, columns] += (red - blood[rows, columns]) * vermilion
    venous[rows, columns] += (0.06 + 0.14 * age_fade + 0.1 * upper - venous[rows, columns]) * vermilion
    # The white roll: a pale, slightly raised rim just outside.
    rim = np.exp(-(((signed + 1.3) / 0.8) ** 2)) * (1.0 - 0.8 * age_fade)
    blood[rows, columns] *= 1.0 - 0.12 * rim


def lip_window(surface: SkinSurface) -> tuple[slice, slice]:
    """Rows and columns of the field raster that hold the lips with a margin of 6 mm."""
    near = np.argwhere(surface.lips.signed_mm > -6.0)
    low, high = near.min(axis=0), near.max(axis=0) + 1
    return slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1]))
