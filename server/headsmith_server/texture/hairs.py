"""Hair in the skin's own map: stubble, the cropped scalp and its hairline, and what lies between grown strands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import HairColour, SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface


@dataclass(frozen=True)
class SkinHairs:
    """One kind of hair: single strands 0..1 [S, S], pigmented and grey (None: none are drawn); shadow 0..1 [F, F] of
    the roots under the skin; cover 0..1 [F, F] of the hairs that lie too close to be told apart; grey_share 0..1;
    pigmented colour (linear sRGB)."""

    dark: Field | None
    grey: Field | None
    shadow: Field
    cover: Field
    grey_share: float
    colour: tuple[float, float, float]


def hair_colour(hair: HairColour) -> tuple[float, float, float]:
    """Linear sRGB albedo of a pigmented hair as it lies on the skin.

    Exponential absorption by melanin as in Chiang et al., "A Practical and Controllable Hair and Fur Model for
    Production Path Tracing" (2016): concentration -ln(1 - melanin). The slopes of eu- and pheomelanin are flatter
    than within one fibre, because what lies on skin is seen through many fibres and by their surface reflection.
    A dye is over it all.
    """
    if hair.dye is not None:
        red, green, blue = hair.dye
        return 0.9 * red, 0.9 * green, 0.9 * blue
    amount = -3.4 * np.log(1.0 - float(np.clip(hair.melanin, 0.0, 0.985)))
    red = float(np.clip(hair.redness, 0.0, 1.0))
    slopes = (1.0 - red) * np.array([0.60, 0.75, 1.00]) + red * np.array([0.30, 0.75, 1.35])
    colour = np.clip(0.65 * np.exp(-amount * slopes), (0.006, 0.005, 0.004), 1.0)
    return float(colour[0]), float(colour[1]), float(colour[2])


GREY_HAIR = (0.52, 0.505, 0.48)
"""Linear sRGB of an unpigmented hair on skin."""


def stubble(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, tick: Callable[[], None]
) -> SkinHairs | None:
    """Beard stubble: single hairs of 0.4 to 2.5 mm and the bluish shadow of their roots."""
    if skin.stubble <= 0.01:
        return None
    field = surface.field.size
    beard = enlarge(surface.regions["beard"], field)
    patchy = np.clip(1.0 + 0.16 * noises.field(2, 0, 0.8, 1.0, 0.6, 0.8, 0.6), 0.4, 1.6)
    density = np.clip(beard * patchy, 0.0, 1.2) ** 1.4
    count = int(15000 * min(1.0, 0.35 + 0.65 * skin.stubble))
    length = 0.35 + 1.5 * skin.stubble**1.5
    dark, grey = _draw_hairs(surface, density, count, length, skin.beard.grey, _beard_flow, generator, tick)
    shadow = np.clip(beard**1.3 * (0.6 + 0.4 * patchy), 0, 1) * np.float32(0.16 + 0.50 * skin.stubble)
    cover = np.clip(density, 0.0, 1.0) * np.float32(0.24 * skin.stubble**1.3 * (1.0 - 0.6 * skin.beard.grey))
    return SkinHairs(dark, grey, shadow, cover, skin.beard.grey, hair_colour(skin.beard))


def cropped_scalp(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, tick: Callable[[], None]
) -> SkinHairs | None:
    """Hair cropped to a few millimetres, with a hairline that recedes with age in men and frays into single hairs."""
    if skin.cropped_hair <= 0.01:
        return None
    field = surface.field.size
    r = surface.regions
    recession = skin.masculinity * float(np.clip((skin.age_years - 22.0) / 45.0, 0.0, 1.0)) * 0.8
    inside_mm = (r["scalp"] * (1.0 - recession) + r["scalp_receding"] * recession - 0.5) * 50.0
    edge = 1.2 * noises.field(1, 0, 0.8, 1.0, 0.3, 0, 0) + 0.8 * noises.field(2, 0, 0, 0, 0, 1.0, 0.8)
    inside_mm = enlarge(inside_mm.astype(np.float32), field) + edge
    tick()
    skin_only = smoothstep(0.25, 0.0, enlarge(r["mucosa"], field))
    # Towards the hairline the hairs stand apart; where the hair recedes they also thin out behind it.
    cover = smoothstep(-1.5, 17.0, inside_mm) * (1.0 - 0.5 * recession * smoothstep(26.0, 6.0, inside_mm)) * skin_only
    tick()
    fringe = smoothstep(-6.0, 6.0, inside_mm) * (1.0 - 0.45 * cover) * skin_only
    count = int(60000 * min(1.0, 0.45 + 0.55 * skin.cropped_hair))
    length = 1.0 + 2.6 * skin.cropped_hair
    dark, grey = _draw_hairs(surface, fringe, count, length, skin.hair.grey, _scalp_flow, generator, tick)
    shadow = cover * np.float32(0.35 + 0.5 * skin.cropped_hair)
    clumps = np.clip(1.0 + 0.07 * noises.field(2, 0, 0, 0, 0.6, 1.0, 0.9), 0.75, 1.1)
    lying = np.clip(cover * clumps * np.float32(0.30 + 0.72 * skin.cropped_hair), 0.0, 0.97)
    return SkinHairs(dark, grey, shadow.astype(np.float32), lying, skin.hair.grey, hair_colour(skin.hair))


def haired_scalp(
    surface: SkinSurface, skin: SkinParameters, density: Field, noises: Noises, generator: np.random.Generator,
    tick: Callable[[], None],
) -> SkinHairs | None:  # fmt: skip
    """The scalp under hair that is there as strands; density [skin V] 0..1 of the hair at each vertex.

    Strands are fewer than hairs. What lies between them is painted: a cover that is nearly closed where hair is thick,
    whether its strands are cropped or long, uneven as hairs are, and single hairs where it frays.
    """
    if not density.any():
        return None
    thick = np.clip(surface.field.interpolate(density.astype(np.float32)), 0.0, 1.0)
    uneven = noises.field(2, 0, 0, 0.3, 0.6, 1.0, 1.0)
    tick()
    # Hairs hide one another and the skin: an exponential of how many there are (0.8 is usual hair). At the hairline
    # they are also shorter and finer.
    many = np.float32(4.0) * thick * np.sqrt(thick) * np.clip(1.0 + (0.45 - 0.3 * thick) * uneven, 0.4, 1.6)
    closed = (np.float32(1.0) - np.exp(-many)).astype(np.float32)
    tick()
    fraying = thick * (np.float32(1.15) - closed)
    # Texels coarser than a hair need fewer to look the same.
    count = min(26000, surface.size * surface.size // 64)
    dark, grey = _draw_hairs(surface, fraying, count, 2.4, skin.hair.grey, _scalp_flow, generator, tick)
    grey_share = 0.0 if skin.hair.dye is not None else skin.hair.grey
    own = np.array(hair_colour(skin.hair), np.float32)
    if skin.hair.dye is None:  # many hairs, seen through one another, are warmer than one: the mean of hair/colour.py
        own *= np.array([1.0, 0.8, 0.7], np.float32)
    red, green, blue = (own + grey_share * (np.array(GREY_HAIR, np.float32) - own)).tolist()
    shadow = closed * np.float32(0.7 * (1.0 - 0.85 * grey_share))
    return SkinHairs(dark, grey, shadow, closed * np.float32(0.96), 0.0, (red, green, blue))


def _beard_flow(points_mm: Field) -> Field:
    """Direction of growth on the mean head [N, 3]: down, and outwards over the cheeks; upwards on the neck."""
    x, y = points_mm[:, 0], points_mm[:, 1]
    flow = np.stack([0.012 * x, np.full_like(x, -1.0), np.zeros_like(x)], axis=1)
    flow[:, 1] = np.where(y < -88.0, -0.35, flow[:, 1])
    return flow


def _scalp_flow(points_mm: Field) -> Field:
    """Away from a whorl at the back of the crown, [N, 3]."""
    offset = points_mm - np.array([8.0, 130.0, -55.0])
    return offset / np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1.0) + np.array([0.0, -0.25, 0.35])


def _draw_hairs(
    surface: SkinSurface, density: Field, count: int, length_mm: float, grey_share: float,
    flow: Callable[[Field], Field], generator: np.random.Generator, tick: Callable[[], None],
) -> tuple[Field, Field]:  # fmt: skip
    """Draw short strokes; returns the pigmented and the grey ones as 0..1 [S, S]."""
    field, size = surface.field.size, surface.size
    usable = (density * surface.field.covered * surface.area_weight).astype(np.float64)
    cumulative = np.cumsum(usable.ravel())
    tick()
    draws = generator.random((count, 4))
    bend = generator.standard_normal((count, 2))
    tick()
    images = [np.zeros((size, size), np.uint8), np.zeros((size, size), np.uint8)]
    if cumulative[-1] > 0:
        index = np.minimum(np.searchsorted(cumulative, draws[:, 0] * cumulative[-1]), field * field - 1)
        row, column = index // field, index % field
        scale = size / field
        start = np.stack([(column + draws[:, 1]) * scale - 0.5, (row + draws[:, 2]) * scale - 0.5], axis=1)
        tick()
        points = surface.positions[row, column].astype(np.float64) * 1000.0
        direction = flow(points)
        # Into the raster: along which way in x and y does the place move in that direction?
        right = (
            surface.positions[row, np.minimum(column + 1, field - 1)]
            - surface.positions[row, np.maximum(column - 1, 0)]
        )
        down = (
            surface.positions[np.minimum(row + 1, field - 1), column]
            - surface.positions[np.maximum(row - 1, 0), column]
        )
        way = np.stack([np.einsum("nc,nc->n", direction, right), np.einsum("nc,nc->n", direction, down)], axis=1)
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        angle = 0.38 * bend[:, 0]
        turned = np.stack([
            way[:, 0] * np.cos(angle) - way[:, 1] * np.sin(angle), way[:, 0] * np.sin(angle) + way[:, 1] * np.cos(angle)
        ], axis=1)  # fmt: skip
        # Some islands have larger texels than the face.
        texel_mm = surface.texel_mm * np.sqrt(np.maximum(surface.area_weight[row, column], 0.05))
        reach = length_mm * np.clip(0.75 + 0.35 * bend[:, 1], 0.2, 1.8) / texel_mm
        stop = start + turned * reach[:, None]
        fixed = np.round(np.concatenate([start, stop], axis=1) * 16).astype(np.int32).tolist()
        tick()
        which = (draws[:, 3] < grey_share).astype(int).tolist()
        # A hair is about 0.1 mm wide: thinner than a texel it covers it in part only.
        cover = np.clip(0.10 / texel_mm, 0.15, 1.0) * (0.5 + 0.5 * generator.random(count))
        value = np.round(255 * cover).astype(int).tolist()
        for number, (x0, y0, x1, y1) in enumerate(fixed):
            if number % 2000 == 0:
                tick()
            cv2.line(images[which[number]], (x0, y0), (x1, y1), value[number], 1, cv2.LINE_AA, 4)
    tick()
    return images[0].astype(np.float32) * np.float32(1 / 255), images[1].astype(np.float32) * np.float32(1 / 255)
