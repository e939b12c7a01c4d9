"""Single things on the skin: freckles, age spots, moles; each a place, a size and a strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.surface import SkinSurface


@dataclass(frozen=True)
class Marks:
    """On the finished map's raster [S, S]: freckles, spots, moles as 0..1; raised: height in mm."""

    freckles: Field | None
    spots: Field | None
    moles: Field | None
    raised: Field | None


def age_spot_level(skin: SkinParameters) -> float:
    """0..1, from the parameter or the age and the sun."""
    if skin.age_spots is not None:
        return float(np.clip(skin.age_spots, 0.0, 1.0))
    aged = float(np.clip((skin.age_years - 48.0) / 40.0, 0.0, 1.0))
    return min(1.0, aged * (0.55 + 0.5 * skin.weathering) * (1.0 - 0.5 * skin.melanin))


def draw_marks(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, tick: Callable[[], None]
) -> Marks:
    """Scatter and draw all marks of one skin."""
    r = surface.regions
    field = surface.field.size
    bare = np.clip(1.0 - r["mucosa"] - r["lips"] - r["nostril"], 0.0, 1.0)
    cluster = np.exp(0.55 * noises.field(3, 0, 0.8, 1.0, 0.6, 0, 0))
    freckles = spots = None
    if skin.freckles > 0.01:
        # Dense over nose and cheekbones, thinner towards forehead and jaw, hardly any below hair and chin.
        where = (
            0.9 * r["malar"] + 0.8 * r["nose"] + 0.45 * r["cheek"] + 0.20 * r["forehead"] + 0.10 * r["front"]
            + 0.06 * r["temple"] + 0.03 * r["neck"] + 0.05 * r["ear"] - 0.25 * r["nose_tip"] - 0.3 * r["lid_upper"]
        )  # fmt: skip
        where = np.clip(where - 0.25 * np.clip(2.0 * r["scalp"] - 1.0, 0.0, 1.0), 0.0, 1.0) * bare
        density = enlarge(where.astype(np.float32), field) * cluster
        fine = scatter(surface, density, int(3600 * skin.freckles), (0.20, 0.55), generator, skew=1.3)
        large = scatter(surface, density**1.5, int(420 * skin.freckles**1.3), (0.5, 1.15), generator, skew=2.0)
        dots = np.concatenate([fine, large])
        freckles = draw_dots(surface, dots, ragged=0.30, tick=tick)
    tick()
    level = age_spot_level(skin)
    if level > 0.02:
        where = (
            r["temple"] + 0.7 * r["forehead"] + 0.6 * r["malar"] + 0.25 * r["cheek"] + 0.3 * (r["scalp"] > 0.5)
        ) * bare
        density = enlarge(where.astype(np.float32), field) * cluster
        small = scatter(surface, density, int(130 * level), (0.7, 1.9), generator, skew=1.5)
        large = scatter(surface, density, int(30 * level), (1.9, 4.8), generator, skew=1.8)
        spots = draw_dots(surface, np.concatenate([small, large]), ragged=0.5, tick=tick)
    tick()
    moles = raised = None
    count = int(generator.poisson(14.0 * skin.moles)) if skin.moles > 0 else 0
    if count:
        where = (0.6 * r["front"] + 0.6 * r["cheek"] + 0.8 * r["neck"]) * bare * (1.0 - r["nose"] * 0.7)
        dots = scatter(surface, enlarge(where.astype(np.float32), field), count, (0.5, 1.5), generator, skew=2.2)
        moles = draw_dots(surface, dots, ragged=0.16, tick=tick)
        raised = np.float32(0.35) * cv2.GaussianBlur(moles, (0, 0), max(0.25 / surface.texel_mm, 0.5))
    tick()
    return Marks(freckles, spots, moles, raised)


def scatter(
    surface: SkinSurface, density: Field, count: int, radius_mm: tuple[float, float], generator: np.random.Generator,
    skew: float,
) -> Field:  # fmt: skip
    """Random dots [N, 4]: x, y in texels of the finished map, radius in texels, strength 0..1.

    density [F, F] per area of skin; none are placed on borders of islands. skew > 1 prefers small dots.
    """
    usable = (density * surface.area_weight * (surface.seam > 0.9) * surface.field.covered).astype(np.float64).ravel()
    places = np.flatnonzero(usable)
    cumulative = np.cumsum(usable[places])
    draws = generator.random((count, 5))
    if len(places) == 0 or count == 0:
        return np.zeros((0, 4), np.float32)
    index = places[np.minimum(np.searchsorted(cumulative, draws[:, 0] * cumulative[-1]), len(places) - 1)]
    size = surface.field.size
    scale = surface.size / size
    x = (index % size + draws[:, 1]) * scale - 0.5
    y = (index // size + draws[:, 2]) * scale - 0.5
    low, high = radius_mm
    local = np.sqrt(np.clip(surface.area_weight.ravel()[index], 0.15, 16.0))
    radius = (low + (high - low) * draws[:, 3] ** skew) / (surface.texel_mm * local)
    return np.stack([x, y, radius, 0.22 + 0.78 * draws[:, 4] ** 1.8], axis=1).astype(np.float32)


def draw_dots(surface: SkinSurface, dots: Field, ragged: float, tick: Callable[[], None]) -> Field:
    """Dots with soft, irregular outlines as 0..1 on the finished map's raster [S, S]."""
    size = surface.size
    image = np.zeros((size, size), np.float32)
    # A dot smaller than a texel covers it in part; the outline of one that is hardly larger cannot be seen.
    small = dots[:, 2] <= 1.0
    _stamp_small(image, dots[small], tick)
    for number, (x, y, radius, strength) in enumerate(dots[~small].tolist()):
        if number % 500 == 0:
            tick()
        reach = radius * 2.3 + 1.5
        left, right = max(int(x - reach), 0), min(int(x + reach) + 2, size)
        top, bottom = max(int(y - reach), 0), min(int(y + reach) + 2, size)
        if left >= right or top >= bottom:
            continue
        dx = np.arange(left, right, dtype=np.float32) - np.float32(x)
        dy = np.arange(top, bottom, dtype=np.float32) - np.float32(y)
        # Two low harmonics bend the outline; the numbers come from the place, so no further draws are needed.
        angle = np.arctan2(dy[:, None], dx[None, :])
        bend = 1.0 + ragged * (
            0.55 * np.sin(2 * angle + x * 1.7) + 0.35 * np.sin(3 * angle + y * 2.3) + 0.2 * np.sin(5 * angle + (x + y))
        )
        distance = np.sqrt(dy[:, None] ** 2 + dx[None, :] ** 2) / np.float32(radius) / bend
        dot = np.clip((1.9 - distance) / 1.65, 0.0, 1.0)
        window = image[top:bottom, left:right]
        np.maximum(window, np.float32(strength) * dot * dot * (3 - 2 * dot), out=window)
    tick()
    return image


def _stamp_small(image: Field, dots: Field, tick: Callable[[], None]) -> None:
    """Round dots of at most a texel's radius, many at once; the strongest of overlapping ones counts."""
    size = image.shape[0]
    flat = image.reshape(-1)
    window = np.arange(-2, 4, dtype=np.int64)
    for start in range(0, len(dots), 2000):
        tick()
        x, y, radius, strength = dots[start : start + 2000].T
        strength = strength * np.minimum(1.0, (radius / np.float32(0.75)) ** 2)
        radius = np.maximum(radius, np.float32(0.75))
        columns, rows = (np.floor(p).astype(np.int64)[:, None] + window for p in (x, y))
        dx, dy = (columns - x[:, None]) / radius[:, None], (rows - y[:, None]) / radius[:, None]
        away = np.sqrt(dx[:, None, :] ** 2 + dy[:, :, None] ** 2)
        dot = np.clip((np.float32(1.9) - away) / np.float32(1.65), 0.0, 1.0)
        values = strength[:, None, None] * dot * dot * (3 - 2 * dot)
        inside = ((rows >= 0) & (rows < size))[:, :, None] & ((columns >= 0) & (columns < size))[:, None, :]
        places = rows[:, :, None] * size + columns[:, None, :]
        np.maximum.at(flat, places[inside], values[inside].astype(np.float32))
