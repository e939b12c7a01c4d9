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

from headsmith_server.hair.cards_strips import SAMPLES, Bundles, Strips
from headsmith_server.hair.colour import strand_colours
from headsmith_server.hair.parameters import HairColour
from headsmith_server.texture.optics import encode_srgb

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

ATLAS_SIZE: Final = 1024
COLUMNS: Final = 8
MARGIN: Final = 0.07
"""Of a tile's width, left bare on both sides, so that neighbours do not show."""
HAIRS: Final = 70
"""Drawn on a tile."""
SHIFT: Final = 4


@dataclass(frozen=True)
class Atlas:
    """albedo uint8 [A, A, 3] sRGB (also beneath transparent texels); alpha uint8 [A, A]; normal uint8 [A, A, 3], tangent
    space, green along v (128 is 0)."""

    albedo: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    normal: NDArray[np.uint8]


@dataclass(frozen=True)
class Bundle:
    """One bundle as a tile shows it: ways [N, M, 2] of its hairs, u 0..1 across and 0 (root) .. 1 (tip) along."""

    ways: Float32


def examples(found: Bundles, shape: Strips, count: int) -> tuple[list[Bundle], Int]:
    """`count` bundles that stand for all, from straight to wavy, and for each of K bundles the nearest example's
    number."""
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
    width = np.interp(np.linspace(0, 1, SAMPLES), np.linspace(0, 1, shape.width.shape[1]), np.ones(shape.width.shape[1]))
    bundles = []
    for number in chosen:
        own = np.flatnonzero(found.bundle == number)
        wide = np.interp(np.linspace(0, 1, SAMPLES), np.linspace(0, 1, shape.width.shape[1]), shape.width[number])
        u = 0.5 + rest[own] / (wide * width)[None] * (1.0 - 2.0 * MARGIN)
        reach = length[own] / max(float(length[own].max()), 1e-6)
        v = np.linspace(0.0, 1.0, SAMPLES)[None] * reach[:, None]
        bundles.append(Bundle(np.stack([u, v], axis=-1).astype(np.float32)))
    return bundles, nearest


def _spread_side(shape: Strips) -> Float32:
    sections = shape.side.shape[1]
    return shape.side[:, np.linspace(0, sections - 1, SAMPLES).round().astype(np.int64)]


def paint_atlas(
    bundles: list[list[Bundle]], colours: list[HairColour], rng: np.random.Generator, tick: Callable[[], None]
) -> Atlas:
    """One row of tiles a list of bundles (at most COLUMNS each), in that row's colour."""
    size, rows = ATLAS_SIZE, len(bundles)
    wide, tall = size // COLUMNS, size // rows
    albedo = np.zeros((size, size, 3), np.uint8)
    alpha = np.zeros((size, size), np.uint8)
    height = np.zeros((size, size), np.uint8)
    for row, (tiles, colour) in enumerate(zip(bundles, colours, strict=True)):
        for column, bundle in enumerate(tiles):
            where = np.s_[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
            _paint_tile(albedo[where], alpha[where], height[where], bundle, colour, rng)
            tick()
    return Atlas(albedo, alpha, _normals(height, alpha))


def _paint_tile(
    albedo: NDArray[np.uint8], alpha: NDArray[np.uint8], height: NDArray[np.uint8], bundle: Bundle,
    colour: HairColour, rng: np.random.Generator,
) -> None:  # fmt: skip
    tall, wide = alpha.shape
    picked = rng.integers(0, len(bundle.ways), HAIRS)
    ways = bundle.ways[picked].copy()
    # Each strand stands for several hairs, which keep near it and leave it here and there.
    t = np.linspace(0.0, 1.0, ways.shape[1], dtype=np.float32)
    drift = rng.standard_normal((HAIRS, 2)).astype(np.float32)
    ways[..., 0] += 0.05 * drift[:, :1] + 0.05 * drift[:, 1:] * np.sin(2.2 * np.pi * t + 6.3 * rng.random((HAIRS, 1)))
    spread = np.abs(ways[..., 0] - 0.5).max(axis=1, keepdims=True)
    ways[..., 0] = 0.5 + (ways[..., 0] - 0.5) * np.minimum(1.0, (0.5 - MARGIN) / np.maximum(spread, 1e-3))
    ways[..., 1] *= (1.0 - 0.16 * rng.random((HAIRS, 1)) ** 2).astype(np.float32)
    linear = strand_colours(colour, rng.random(HAIRS, dtype=np.float32))
    depth = np.linspace(0.0, 1.0, HAIRS, dtype=np.float32)
    shaded = encode_srgb(linear * (0.55 + 0.45 * depth)[:, None])
    albedo[:] = encode_srgb(linear.mean(axis=0, keepdims=True) * 0.7)[0]
    albedo_part, alpha_part, height_part = (np.ascontiguousarray(image) for image in (albedo, alpha, height))
    pixels = np.round((ways * np.array([wide, tall], np.float32) - 0.5) * (1 << SHIFT)).astype(np.int32)
    for number in range(HAIRS):
        line = [pixels[number]]
        thick = 2 if number < HAIRS // 3 else 1
        shade = shaded[number].tolist()
        cv2.polylines(albedo_part, line, False, shade, 2, cv2.LINE_AA, SHIFT)
        cv2.polylines(alpha_part, line, False, 255, thick, cv2.LINE_AA, SHIFT)
        cv2.polylines(height_part, line, False, 40 + int(200 * depth[number]), thick, cv2.LINE_AA, SHIFT)
    # Between the hairs of a thick bundle others are seen; roots and tips thin out.
    soft = cv2.GaussianBlur(alpha_part, (0, 0), wide / 28.0)
    along = (np.arange(tall, dtype=np.float32) + 0.5) / tall
    ends = np.clip(along / 0.035, 0.0, 1.0) * np.clip((1.0 - along) / 0.06, 0.0, 1.0)
    body = np.maximum(alpha_part, np.clip(1.25 * soft.astype(np.float32) - 40.0, 0.0, 255.0) * 0.9) * ends[:, None]
    albedo[:], alpha[:], height[:] = albedo_part, np.clip(body, 0, 255).astype(np.uint8), height_part


def _normals(height: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Hairs as ridges, by the slope of what was drawn."""
    relief = cv2.GaussianBlur(height.astype(np.float32) * (1.0 / 255.0), (0, 0), 1.0)
    across = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    along = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
    strength = 3.0 * (alpha.astype(np.float32) / 255.0)
    normal = np.dstack([-across * strength, along * strength, np.ones_like(relief)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.clip(np.round(normal * 127.0 + 128.0), 0, 255).astype(np.uint8)
