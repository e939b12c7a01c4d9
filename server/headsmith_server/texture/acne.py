"""Acne and what it leaves: papules, pustules, comedones, dark marks and scars."""

from __future__ import annotations

from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.kept import kept
from headsmith_server.texture.marks import scatter
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface

_PUS: Final = (0.72, 0.62, 0.38)
_PLUG: Final = (0.035, 0.024, 0.018)


class _Spots:
    """Round things stamped into layers at places of the field raster; radii in mm."""

    def __init__(self, surface: SkinSurface) -> None:
        self.surface = surface
        self.size = surface.field.size
        self.texel_mm = surface.texel_mm * surface.size / self.size
        self.images: dict[str, Field] = {}

    def image(self, name: str) -> Field:
        """The channel of that name, made at its first use."""
        return self.images.setdefault(name, np.zeros((self.size, self.size), np.float32))

    def stamp(self, x: float, y: float, radius_mm: float, bend: float, **peaks: tuple[float, float]) -> None:
        """Lay spots with soft, bent outlines around texel x, y: name=(peak, hardness); hardness 0 is a bell, 1 a disc
        with a steep edge. The strongest of overlapping spots counts; a negative peak digs."""
        area = float(self.surface.area_weight[int(np.clip(y, 0, self.size - 1)), int(np.clip(x, 0, self.size - 1))])
        radius = radius_mm / (self.texel_mm * float(np.clip(np.sqrt(area), 0.4, 4.0)))
        # Smaller than a texel: fainter instead.
        share = min(1.0, (radius / 0.7) ** 2)
        radius = max(radius, 0.7)
        reach = 2.4 * radius + 1.0
        left, right = max(int(x - reach), 0), min(int(x + reach) + 2, self.size)
        top, bottom = max(int(y - reach), 0), min(int(y + reach) + 2, self.size)
        if left >= right or top >= bottom:
            return
        dx = (np.arange(left, right, dtype=np.float32) - np.float32(x))[None, :]
        dy = (np.arange(top, bottom, dtype=np.float32) - np.float32(y))[:, None]
        angle = np.arctan2(dy, dx)
        outline = 1.0 + bend * (0.6 * np.sin(2 * angle + 1.3 * x) + 0.4 * np.sin(3 * angle + 2.1 * y))
        away = np.sqrt(dx * dx + dy * dy) / (np.float32(radius) * outline)
        for name, (peak, hardness) in peaks.items():
            spot = (1.0 - hardness) * np.exp(-1.4 * away * away) + hardness * smoothstep(1.08, 0.82, away)
            window = self.image(name)[top:bottom, left:right]
            spot = np.float32(peak * share) * spot
            np.copyto(window, np.where(np.abs(spot) > np.abs(window), spot, window))


def acne(surface: SkinSurface, skin: SkinParameters, generator: np.random.Generator, drawing: Drawing) -> None:
    """Red papules with haloes, pustules with yellow heads, blackheads, whiteheads, and the marks of healed ones: red on
    pale skin, dark on dark skin. On forehead, cheeks, jaw and chin; blackheads on the nose."""
    strength, dark = skin.conditions.acne, skin.melanin

    def draw() -> tuple[Field, Field]:
        r = surface.regions
        bare = np.clip(1.0 - r["lips"] - r["mucosa"] - r["nostril"] - 1.3 * r["periorbital"] - r["lid_upper"], 0.0, 1.0)
        oily = (
            0.55 * r["cheek"] + 0.5 * r["malar"] + 0.5 * r["forehead"] + 0.9 * r["chin"] + 0.55 * r["jaw"]
            + 0.25 * r["temple"] + 0.25 * r["moustache"]
        ) * r["front"] * bare  # fmt: skip
        pores = (1.0 * r["nose"] + 0.6 * r["chin"] + 0.2 * r["forehead"]) * bare
        size = surface.field.size
        return enlarge(oily.astype(np.float32), size), enlarge(pores.astype(np.float32), size)

    oily, pores = kept(surface, "acne", draw)
    spots = _Spots(surface)
    scale = surface.size / surface.field.size

    def places(density: Field, count: float) -> list[tuple[float, float, float]]:
        found = scatter(surface, density, round(count), (1.0, 1.0), generator, 1.0)
        return [(x / scale, y / scale, amount) for x, y, _, amount in found.tolist()]

    for x, y, amount in places(oily, 70 * strength):
        spots.stamp(x, y, 0.9 + 1.1 * amount, 0.2, blood=(0.55 * amount - 0.2 * dark, 0.3), melanin=(0.5 * dark, 0.4))
    for x, y, amount in places(oily, 3 + 75 * strength):
        radius = (0.7 + 1.1 * amount) * (0.8 + 0.4 * strength)
        spots.stamp(x, y, 2.3 * radius, 0.15, blood=(0.95 + 0.3 * dark, 0.0))
        spots.stamp(
            x, y, radius, 0.12, blood=(1.6 + 0.6 * dark, 0.35), height=(0.16 + 0.34 * amount, 0.1),
            melanin=(0.30 * dark, 0.2), shine=(0.55, 0.0),
        )  # fmt: skip
    for x, y, amount in places(oily, (22 - 10 * dark) * strength):
        radius = 0.5 + 0.45 * amount
        spots.stamp(x, y, 2.6 * radius, 0.15, blood=(1.15 + 0.5 * dark, 0.2), height=(0.2, 0.0))
        spots.stamp(x, y, radius, 0.08, pus=(0.85, 0.55), height=(0.55, 0.2), shine=(0.85, 0.1))
    for x, y, amount in places(pores, 12 + 90 * strength):
        spots.stamp(x, y, 0.16 + 0.16 * amount, 0.1, plug=(0.75, 0.4), height=(-0.05, 0.0))
    for x, y, amount in places(oily, 50 * strength):
        spots.stamp(x, y, 0.35 + 0.35 * amount, 0.1, height=(0.12, 0.1))
    _lay(spots, drawing, 1.0 - 0.55 * dark)


def acne_scars(surface: SkinSurface, skin: SkinParameters, generator: np.random.Generator, drawing: Drawing) -> None:
    """Ice-pick, boxcar and rolling scars on cheeks and temples. Jacob et al., "Acne scarring: a classification
    system" (2001)."""
    strength = skin.conditions.acne_scars

    def draw() -> Field:
        r = surface.regions
        where = (0.9 * r["cheek"] + 0.7 * r["malar"] + 0.35 * r["temple"] + 0.25 * r["jaw"] + 0.2 * r["forehead"]) * (
            1.0 - np.clip(1.2 * r["periorbital"] + r["lips"] + r["nose"], 0.0, 1.0)
        )
        return enlarge(np.clip(where, 0.0, 1.0).astype(np.float32), surface.field.size)

    density = kept(surface, "acne scars", draw)
    spots = _Spots(surface)
    scale = surface.size / surface.field.size
    # depth in mm by width: narrow ones are deep.
    kinds = ((95, 0.45, 0.95, -0.62, 0.35), (70, 1.0, 2.3, -0.42, 0.8), (34, 2.6, 5.0, -0.34, 0.0))
    for count, low, high, depth, hardness in kinds:
        found = scatter(surface, density, round(6 + count * strength), (1.0, 1.0), generator, 1.0)
        for x, y, _, amount in found.tolist():
            radius = low + (high - low) * amount * amount
            dug = depth * (0.35 + 0.65 * strength) * (0.6 + 0.4 * amount)
            spots.stamp(
                x / scale, y / scale, radius, 0.28, height=(dug, hardness), melanin=(0.10, 0.0),
                blood=(0.10, 0.3),
            )  # fmt: skip
    _lay(spots, drawing)


def _lay(spots: _Spots, drawing: Drawing, light: float = 1.0) -> None:
    for name, colour, most in (("pus", _PUS, 0.8), ("plug", _PLUG, 0.8)):
        if name in spots.images:
            red, green, blue = (c * light for c in colour)
            drawing.lay(np.minimum(spots.images.pop(name), most), (red, green, blue))
    if "shine" in spots.images:
        drawing.lay(spots.images.pop("shine"), roughness=0.30, specular=0.45)
    drawing.add(**spots.images)
