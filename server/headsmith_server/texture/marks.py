"""Single things on the skin: freckles, age spots, moles, scars; each a place, a size and a strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import Scar, SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface


@dataclass(frozen=True)
class Marks:
    """On the finished map's raster [S, S]: freckles, spots, moles, scars as 0..1; raised: height in mm."""

    freckles: Field | None
    spots: Field | None
    moles: Field | None
    scars: Field | None
    raised: Field | None


def age_spot_level(skin: SkinParameters) -> float:
    """0..1, from the parameter or the age and the sun."""
    if skin.age_spots is not None:
        return float(np.clip(skin.age_spots, 0.0, 1.0))
    aged = float(np.clip((skin.age_years - 48.0) / 40.0, 0.0, 1.0))
    return aged * (0.35 + 0.5 * skin.weathering) * (1.0 - 0.6 * skin.melanin)


def draw_marks(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, tick: Callable[[], None]
) -> Marks:
    """Scatter and draw all marks of one skin."""
    r = surface.regions
    field = surface.field.size
    bare = np.clip(1.0 - r["mucosa"] - r["lips"] - r["nostril"], 0.0, 1.0)
    cluster = np.exp(0.9 * noises.field(3, 0, 0.8, 1.0, 0.6, 0, 0))
    freckles = spots = None
    if skin.freckles > 0.01:
        where = (
            np.clip(r["sun"] - 0.35 * r["periorbital"] - 0.4 * r["forehead"], 0.0, 1.0) ** 1.3
            + 0.05 * r["front"]
            + 0.08 * r["neck"]
        ) * bare
        density = enlarge(where.astype(np.float32), field) * cluster
        count = int(4200 * skin.freckles)
        dots = scatter(surface, density, count, (0.22, 0.95), generator, skew=3.2)
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
    scars = None
    for scar in skin.scars:
        drawn, profile = draw_scar(surface, scar, generator)
        scars = drawn if scars is None else np.maximum(scars, drawn)
        raised = profile if raised is None else raised + profile
        tick()
    return Marks(freckles, spots, moles, scars, raised)


def scatter(
    surface: SkinSurface, density: Field, count: int, radius_mm: tuple[float, float], generator: np.random.Generator,
    skew: float,
) -> Field:  # fmt: skip
    """Random dots [N, 4]: x, y in texels of the finished map, radius in texels, strength 0..1.

    density [F, F] per area of the map; none are placed on borders of islands. skew > 1 prefers small dots.
    """
    usable = (density * (surface.seam > 0.9) * surface.field.covered).astype(np.float64).ravel()
    cumulative = np.cumsum(usable)
    draws = generator.random((count, 5))
    if cumulative[-1] <= 0.0 or count == 0:
        return np.zeros((0, 4), np.float32)
    index = np.minimum(np.searchsorted(cumulative, draws[:, 0] * cumulative[-1]), len(usable) - 1)
    size = surface.field.size
    scale = surface.size / size
    x = (index % size + draws[:, 1]) * scale - 0.5
    y = (index // size + draws[:, 2]) * scale - 0.5
    low, high = radius_mm
    radius = (low + (high - low) * draws[:, 3] ** skew) / surface.texel_mm
    return np.stack([x, y, radius, 0.22 + 0.78 * draws[:, 4] ** 1.8], axis=1).astype(np.float32)


def draw_dots(surface: SkinSurface, dots: Field, ragged: float, tick: Callable[[], None]) -> Field:
    """Dots with soft, irregular outlines as 0..1 on the finished map's raster [S, S]."""
    size = surface.size
    image = np.zeros((size, size), np.float32)
    for number, (x, y, radius, strength) in enumerate(dots.tolist()):
        if number % 500 == 0:
            tick()
        # A dot smaller than a texel covers it in part.
        strength *= min(1.0, (radius / 0.75) ** 2)
        radius = max(radius, 0.75)
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


_SCAR_PLACES: Final = {
    # landmark, offset outwards and upwards in mm, direction in degrees (0 outwards, 90 up)
    "cheek": (54, 22.0, 22.0, 62.0),
    "forehead": (24, -6.0, 24.0, 75.0),
    "chin": (56, 2.0, -18.0, 80.0),
    "brow": (25, -2.0, 3.0, 72.0),
    "lip": (52, 1.0, 5.0, 80.0),
    "nose": (29, 2.0, 2.0, 30.0),
}


def draw_scar(surface: SkinSurface, scar: Scar, generator: np.random.Generator) -> tuple[Field, Field]:
    """A healed scar on the finished map: its paleness 0..1 and its height in mm (a furrow with raised rims)."""
    size, scale = surface.size, surface.size / surface.field.size
    wobble, turn = generator.standard_normal((2, 3))
    place, angle = scar_place(surface, scar)
    place = place + 1.5 * np.array([turn[0], turn[1], 0.0])
    angle += np.radians(9.0 * turn[2])
    direction = np.array([np.cos(angle), np.sin(angle)])
    points = surface.positions * np.float32(1000.0)
    offset = points - place.astype(np.float32)
    along = offset[..., 0] * np.float32(direction[0]) + offset[..., 1] * np.float32(direction[1])
    across = offset[..., 1] * np.float32(direction[0]) - offset[..., 0] * np.float32(direction[1])
    half = scar.length_mm / 2.0
    t = along / np.float32(half)
    across = across - np.float32(0.9) * (
        wobble[0] * t + wobble[1] * (t * t - 0.4) + 0.5 * np.sin(5 * t + wobble[2])
    ).astype(np.float32)
    ends = smoothstep(1.0, 0.72, np.abs(t)) * (np.abs(offset[..., 2]) < 18.0) * (surface.regions_front > 0.3)
    width = 0.55 + 0.55 * scar.strength
    line = np.exp(-((across / width) ** 2)) * ends
    wide = np.exp(-((across / (2.6 * width)) ** 2)) * ends
    height = scar.strength * (0.22 * wide - 0.50 * line)
    pale = np.clip(scar.strength * (0.85 * line + 0.35 * wide), 0.0, 1.0)
    return enlarge(pale.astype(np.float32), size), enlarge(height.astype(np.float32), int(surface.field.size * scale))


def scar_place(surface: SkinSurface, scar: Scar) -> tuple[Field, float]:
    """Middle in mm on the mean head, and direction in radians (counter-clockwise, face on)."""
    landmark, out, up, degrees = _SCAR_PLACES.get(scar.region, _SCAR_PLACES["cheek"])
    point = surface.landmarks_mm[landmark] + np.array([out, up, 0.0])
    angle = np.radians(degrees)
    if scar.side == "right":
        point[0], angle = -point[0], np.pi - angle
    elif scar.side == "middle":
        point[0] = 0.0
    # The surface's own depth at that place, seen from the front.
    mm = surface.regions.positions_mm
    flat = np.where(surface.regions["front"][..., None] > 0.5, mm, 1e6).reshape(-1, 3)
    nearest = flat[np.argmin((flat[:, 0] - point[0]) ** 2 + (flat[:, 1] - point[1]) ** 2)]
    return np.array([point[0], point[1], nearest[2]]), float(angle)
