"""The pictures on hair cards: tiles of strand bundles, each drawn after a real bundle of the groom.

A tile's root edge is its top (v = 1), its tips are at the bottom; u runs across.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.cards_strips import OVERLAP, SAMPLES, Bundles, Strips
from headsmith_server.hair.colour import strand_colours
from headsmith_server.hair.parameters import HairColour
from headsmith_server.texture.optics import encode_srgb

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

ATLAS_SIZE: Final = 1024
COLUMNS: Final = 8
MARGIN: Final = 0.07
"""Of a tile's width, left bare on both sides, so that neighbours do not show."""
HAIRS: Final = (22, 85)
"""Drawn on a tile: fewest and most."""
ROOT_SPREAD_M: Final = 0.004
SHEEN: Final = 0.004
"""Linear; hair's own gloss is white, so that no hair looks as saturated as its pigment."""
FUR_TEXELS: Final = 1.5
"""Width of a short hair on its tile, with what antialiasing adds."""
SHIFT: Final = 4


@dataclass(frozen=True)
class Atlas:
    """albedo uint8 [A, A, 3] sRGB (also beneath transparent texels); alpha uint8 [A, A]; normal uint8 [A, A, 3]: in
    tangent space, green along v (128 is 0)."""

    albedo: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    normal: NDArray[np.uint8]


@dataclass(frozen=True)
class Bundle:
    """One bundle as a tile shows it: ways [N, M, 2] of its hairs, u 0..1 across and 0 (root) .. 1 (tip) along; cover:
    how much of the card's width its hairs would take side by side; length in metres."""

    ways: Float32
    cover: float
    length: float


def examples(found: Bundles, shape: Strips, radii: Float32, count: int) -> tuple[list[Bundle], Int]:
    """`count` bundles that stand for all, from straight to wavy, and for each of K bundles the nearest example's
    number. radii [S]: mean ones of the strands, metres."""
    rest = np.einsum("spc,spc->sp", found.strands - found.centre[found.bundle], _spread_side(shape)[found.bundle])
    bend = np.abs(np.diff(rest, n=2, axis=1)).mean(axis=1)
    members = np.bincount(found.bundle, minlength=len(found))
    wavy = np.bincount(found.bundle, bend, minlength=len(found)) / np.maximum(members, 1)
    # Small bundles make poor pictures.
    able = np.flatnonzero(members >= np.quantile(members, 0.5))
    able = able[np.argsort(wavy[able], kind="stable")]
    chosen = able[((np.arange(count) + 0.5) * (len(able) / count)).astype(np.int64)]
    nearest = np.abs(wavy[:, None] - wavy[chosen][None]).argmin(axis=1)
    length = np.linalg.norm(np.diff(found.strands, axis=1), axis=2).sum(axis=1)
    # Cards overlap: what one of them covers is its share of all hair.
    cover = 2.0 * float(radii.sum()) * OVERLAP / float(shape.width.mean(axis=1).sum())
    bundles = []
    for number in chosen:
        own = np.flatnonzero(found.bundle == number)
        wide = np.interp(np.linspace(0, 1, SAMPLES), np.linspace(0, 1, shape.width.shape[1]), shape.width[number])
        u = 0.5 + rest[own] / wide[None] * (1.0 - 2.0 * MARGIN)
        reach = np.minimum(length[own] / max(float(length[own].mean()), 1e-6), 1.0)
        v = np.linspace(0.0, 1.0, SAMPLES)[None] * reach[:, None]
        bundles.append(Bundle(np.stack([u, v], axis=-1).astype(np.float32), cover, float(length[own].mean())))
    return bundles, nearest


def _spread_side(shape: Strips) -> Float32:
    sections = shape.side.shape[1]
    return shape.side[:, np.linspace(0, sections - 1, SAMPLES).round().astype(np.int64)]


@dataclass(frozen=True)
class Fur:
    """Short hairs as a tile shows them: cover: the share of the tile that they take; stroke: their length against the
    tile's height."""

    cover: float
    stroke: float


def paint_atlas(
    tiles: list[list[Bundle] | list[Fur]], colours: list[HairColour], rng: np.random.Generator, tick: Callable[[], None]
) -> Atlas:
    """One row of tiles a list of what to paint (at most COLUMNS each), in that row's colour."""
    size, rows = ATLAS_SIZE, len(tiles)
    wide, tall = size // COLUMNS, size // rows
    albedo = np.zeros((size, size, 3), np.uint8)
    alpha = np.zeros((size, size), np.uint8)
    height = np.zeros((size, size), np.uint8)
    for row, (subjects, colour) in enumerate(zip(tiles, colours, strict=True)):
        for column, subject in enumerate(subjects):
            where = np.s_[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
            if isinstance(subject, Fur):
                _paint_fur(albedo[where], alpha[where], height[where], subject, colour, rng)
            else:
                _paint_tile(albedo[where], alpha[where], height[where], subject, colour, rng)
            tick()
    return Atlas(albedo, alpha, _normals(height, alpha))


def _paint_tile(
    albedo: NDArray[np.uint8], alpha: NDArray[np.uint8], height: NDArray[np.uint8], bundle: Bundle,
    colour: HairColour, rng: np.random.Generator,
) -> None:  # fmt: skip
    tall, wide = alpha.shape
    hairs = int(np.clip(round(40.0 + 40.0 * bundle.cover), *HAIRS))
    ways = bundle.ways[rng.integers(0, len(bundle.ways), hairs)].copy()
    # Each strand stands for several hairs. They take all of the width, the middle a little more, and cross in places.
    place = (rng.permutation(hairs) + rng.random(hairs)) / hairs * 2.0 - 1.0
    place = 0.5 + (0.5 - 1.3 * MARGIN) * np.sign(place) * np.abs(place) ** 1.2
    ways[..., 0] += 0.8 * (place[:, None] - ways[..., 0].mean(axis=1, keepdims=True)).astype(np.float32)
    t = np.linspace(0.0, 1.0, ways.shape[1], dtype=np.float32)
    drift = rng.standard_normal((hairs, 2)).astype(np.float32)
    ways[..., 0] += 0.02 * drift[:, :1] + 0.04 * drift[:, 1:] * np.sin(2.2 * np.pi * t + 6.3 * rng.random((hairs, 1)))
    ways[..., 0] = 0.5 + (0.5 - MARGIN) * np.tanh((ways[..., 0] - 0.5) / (0.5 - MARGIN))
    # Roots stand over some millimetres of skin, and no two hairs end together.
    start = np.minimum(0.5, ROOT_SPREAD_M / max(bundle.length, 1e-3)) * rng.random((hairs, 1))
    end = 1.0 - 0.2 * rng.random((hairs, 1)) ** 2
    ways[..., 1] = (start + ways[..., 1] * (end - start)).astype(np.float32)
    linear = strand_colours(colour, rng.random(hairs, dtype=np.float32))
    depth = np.linspace(0.0, 1.0, hairs, dtype=np.float32)
    shaded = encode_srgb(linear * (0.45 + 0.6 * depth)[:, None] + SHEEN)
    albedo[:] = encode_srgb(linear.mean(axis=0, keepdims=True) * 0.55 + SHEEN)[0]
    albedo_part, alpha_part, height_part = (np.ascontiguousarray(image) for image in (albedo, alpha, height))
    pixels = np.round((ways * np.array([wide, tall], np.float32) - 0.5) * (1 << SHIFT)).astype(np.int32)
    for number in range(hairs):
        line = [pixels[number]]
        thick = 2 if number < hairs // 4 else 1
        shade = shaded[number].tolist()
        cv2.polylines(albedo_part, line, False, shade, 2, cv2.LINE_AA, SHIFT)
        cv2.polylines(alpha_part, line, False, (255,), thick, cv2.LINE_AA, SHIFT)
        cv2.polylines(height_part, line, False, (40 + int(200 * depth[number]),), thick, cv2.LINE_AA, SHIFT)
    # Between the hairs of a thick bundle others are seen; roots and tips thin out.
    soft = cv2.GaussianBlur(alpha_part, (0, 0), wide / 28.0).astype(np.float32)
    along = (np.arange(tall, dtype=np.float32) + 0.5) / tall
    ends = np.clip(along / 0.05, 0.0, 1.0) * np.clip((1.0 - along) / 0.08, 0.0, 1.0)
    filled = np.clip(0.25 + 1.2 * bundle.cover, 0.0, 1.0) * np.clip(1.3 * soft - 50.0, 0.0, 230.0)
    body = np.maximum(alpha_part, filled) * ends[:, None]
    # Darker where hair lies under hair, paler where the sun has been.
    tone = (0.86 + 0.2 * along).astype(np.float32)[:, None, None]
    albedo[:] = np.clip(albedo_part * tone, 0, 255).astype(np.uint8)
    alpha[:], height[:] = np.clip(body, 0, 255).astype(np.uint8), height_part


def _paint_fur(
    albedo: NDArray[np.uint8], alpha: NDArray[np.uint8], height: NDArray[np.uint8], fur: Fur, colour: HairColour,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    tall, wide = alpha.shape
    length = max(fur.stroke, 0.05) * tall
    # Strokes of a texel or two that fall anywhere cover 1 - exp(-sum of their areas).
    wanted = -float(np.log(1.0 - min(fur.cover, 0.95)))
    count = int(np.clip(wanted * wide * tall / (FUR_TEXELS * length), 12, 1600))
    start = np.stack([rng.random(count) * wide, (rng.random(count) * (1.0 + fur.stroke) - fur.stroke) * tall], axis=1)
    t = np.linspace(0.0, 1.0, 5)
    lean, bend = 0.10 * rng.standard_normal((2, count, 1))
    reach = length * (0.7 + 0.5 * rng.random((count, 1)))
    x = start[:, :1] + (lean * t + bend * t * t) * wide
    y = start[:, 1:] + reach * t
    pixels = np.round((np.stack([x, y], axis=-1) - 0.5) * (1 << SHIFT)).astype(np.int32)
    linear = strand_colours(colour, rng.random(count, dtype=np.float32))
    depth = np.linspace(0.0, 1.0, count, dtype=np.float32)
    shaded = encode_srgb(linear * (0.5 + 0.5 * depth)[:, None] + SHEEN).tolist()
    albedo[:] = encode_srgb(linear.mean(axis=0, keepdims=True) * 0.6 + SHEEN)[0]
    albedo_part, alpha_part, height_part = (np.ascontiguousarray(image) for image in (albedo, alpha, height))
    for number in range(count):
        line = [pixels[number]]
        cv2.polylines(albedo_part, line, False, shaded[number], 2, cv2.LINE_AA, SHIFT)
        cv2.polylines(alpha_part, line, False, (255,), 1, cv2.LINE_AA, SHIFT)
        cv2.polylines(height_part, line, False, (40 + int(200 * depth[number]),), 1, cv2.LINE_AA, SHIFT)
    u = np.abs((np.arange(wide, dtype=np.float32) + 0.5) / wide * 2.0 - 1.0)
    v = np.abs((np.arange(tall, dtype=np.float32) + 0.5) / tall * 2.0 - 1.0)
    # Each hair is whole or not there: the borders of a patch lose hairs, they do not fade.
    rim = np.minimum(np.clip((1.0 - u) / 0.35, 0, 1)[None], np.clip((1.0 - v) / 0.35, 0, 1)[:, None])
    alpha[:] = np.clip(alpha_part * np.clip(1.6 * rim, 0.0, 1.0), 0, 255).astype(np.uint8)
    albedo[:], height[:] = albedo_part, height_part


def _normals(height: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Hairs as ridges, by the slope of what was drawn."""
    relief = cv2.GaussianBlur(height.astype(np.float32) * (1.0 / 255.0), (0, 0), 1.0)
    across = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    along = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
    strength = 3.0 * (alpha.astype(np.float32) / 255.0)
    normal = np.dstack([-across * strength, along * strength, np.ones_like(relief)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.clip(np.round(normal * 127.0 + 128.0), 0, 255).astype(np.uint8)
