"""The wrinkles of an expression on one person's skin: slopes that tilt a view's normals, and the light they lose."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.people import Person
from headsmith_server.texture.kept import kept
from headsmith_server.texture.surface import SkinSurface, mean_vertices, skin_surface
from headsmith_server.texture.wrinkle_maps import WrinkleMap, activations, wrinkle_maps

LARGEST: Final = 512
"""Texels of a side of the heights: finer ones than the wrinkles of muscles need cost time in every view."""
DEEPEST_SHADE: Final = 0.55
"""Most that a fold takes of ambient light; directional light loses half of that."""
SHADE_MM: Final = 0.45
"""Depth at which a fold takes two thirds of it."""

SCATTERED_MM: Final = 0.9
"""Relief finer than this (a standard deviation) is hidden from diffuse light by scattering."""


@dataclass(frozen=True)
class Folds:
    """One person's wrinkles. maps: as of wrinkle_maps; boxes: rows and columns where each is not flat; frame
    [F, F, 3]: of the mean head, 1 / mm of a texel along u and across, and mm of shear;
    steady [2, F, F]: x and y of the neutral skin's normals without what is finer than folds; creasing: how readily the
    skin folds, a factor of all weights."""

    maps: tuple[WrinkleMap, ...]
    boxes: tuple[tuple[slice, slice], ...]
    frame: NDArray[np.float32]
    steady: NDArray[np.float32]
    creasing: float

    def of(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """[5, F, F]: slopes along u and v of what an expression folds, the share of ambient light lost in it, and
        the steady normals. weights: ARKit name -> 0..1."""
        driven = activations(self.maps, {name: self.creasing * value for name, value in weights.items()})
        active = [number for number, amount in enumerate(driven) if amount > 0.01]
        size = len(self.frame)
        out = np.zeros((5, size, size), np.float32)
        out[3:] = self.steady
        if not active:
            return out
        height = np.zeros((size, size), np.float32)
        for number in active:
            box = self.boxes[number]
            height[box] += np.float32(driven[number]) * self.maps[number].height[box]
        for box in _apart([self.boxes[number] for number in active], size):
            _slopes(height, self.frame, box, out)
        return out


def person_folds(model: HeadModel, person: Person, creasing: float, normals: NDArray[np.uint8]) -> Folds:
    """The wrinkles that go with a person's skin and its normal map [S, S, 3]; those of age lie in the same courses."""
    size = min(len(normals), LARGEST)
    surface = skin_surface(model, size)
    maps = wrinkle_maps(surface, person.description.skin, person.paint_seed)
    frame = kept(surface, "folds' frame", lambda: _frame(surface, model))
    flat = np.ascontiguousarray(normals[..., :2])
    if len(normals) > size:
        flat = cv2.resize(flat, (size, size), interpolation=cv2.INTER_AREA)
    flat = cv2.GaussianBlur(flat.astype(np.float32), (0, 0), SCATTERED_MM / surface.texel_mm)
    steady = (flat - np.float32(128.0)) * np.float32(1.0 / 127.5)
    return Folds(
        maps, tuple(_box(one.height) for one in maps), frame, np.ascontiguousarray(steady.transpose(2, 0, 1)), creasing
    )


def sample_folds(folds: NDArray[np.float32], uv: Float[Tensor, "n 2"]) -> Float[Tensor, "3 n"]:
    """What Folds.of gave at points of the skin's UV layout (v up), between texels linear."""
    grid = torch.stack([2.0 * uv[:, 0] - 1.0, 1.0 - 2.0 * uv[:, 1]], dim=1)
    image = torch.from_numpy(folds).to(uv.device)[None]
    return functional.grid_sample(image, grid[None, None], align_corners=False, padding_mode="border")[0, :, 0]


def _frame(surface: SkinSurface, model: HeadModel) -> NDArray[np.float32]:
    metric = surface.field.metric(mean_vertices(model)[: surface.vertex_count]) * np.float32(1000.0)
    along = 1.0 / np.maximum(metric[..., 0], 1e-3)
    across = 1.0 / np.maximum(metric[..., 2], 1e-3)
    return np.stack([along, across, metric[..., 1]], axis=-1).astype(np.float32)


def _box(height: NDArray[np.float32]) -> tuple[slice, slice]:
    """Where the height is more than a hundredth of a millimetre, with a texel about it."""
    high = np.abs(height) > 0.01
    rows, columns = np.flatnonzero(high.any(1)), np.flatnonzero(high.any(0))
    if not len(rows):
        return slice(1, 1), slice(1, 1)
    last = len(height) - 1
    return (
        slice(max(int(rows[0]) - 1, 1), min(int(rows[-1]) + 2, last)),
        slice(max(int(columns[0]) - 1, 1), min(int(columns[-1]) + 2, last)),
    )


def _apart(boxes: list[tuple[slice, slice]], size: int) -> list[tuple[slice, slice]]:
    """Boxes that cover all of these without overlap: bands of rows, as wide as what lies in them."""
    edges = sorted({edge for rows, _ in boxes for edge in (rows.start, rows.stop)})
    bands = []
    for low, high in itertools.pairwise(edges):
        inside = [columns for rows, columns in boxes if rows.start < high and rows.stop > low]
        if inside:
            left, right = min(c.start for c in inside), max(c.stop for c in inside)
            bands.append((slice(low, high), slice(max(left, 1), min(right, size - 1))))
    return bands


def _slopes(
    height: NDArray[np.float32], frame: NDArray[np.float32], box: tuple[slice, slice], out: NDArray[np.float32]
) -> None:
    rows, columns = box
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    band = height[rows]
    along = 0.5 * (band[:, columns.start + 1 : columns.stop + 1] - band[:, columns.start - 1 : columns.stop - 1])
    up = 0.5 * (height[rows.start - 1 : rows.stop - 1, columns] - height[rows.start + 1 : rows.stop + 1, columns])
    slope_u = along * frame[rows, columns, 0]
    out[0, rows, columns] = np.clip(slope_u, -2.0, 2.0)
    out[1, rows, columns] = np.clip((up - slope_u * frame[rows, columns, 2]) * frame[rows, columns, 1], -2.0, 2.0)
    deep = np.maximum(-height[rows, columns], 0.0) * np.float32(1.0 / SHADE_MM)
    out[2, rows, columns] = np.float32(DEEPEST_SHADE) * (1.0 - np.exp(-deep))
