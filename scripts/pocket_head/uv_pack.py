"""Packing UV islands into the half tile beside an island on the axis, on a pixel grid."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.signal import fftconvolve

GRID = 512
"""Pixels along the tile's side while packing."""

PADDING = 2
"""Free pixels around each island (two islands keep 4 px at 512, 8 px at 1K)."""

STEPS = 8
"""Bisection steps for the common scale."""

ANGLES = 24
"""Rotations tried for each island."""


@dataclass(frozen=True)
class Island:
    """UV per face corner [F, 4, 2]; `real` [F, 4] is false for a triangle's missing corner."""

    corners: np.ndarray
    real: np.ndarray

    def turned(self, angle: float, scale: float) -> np.ndarray:
        """Corners rotated and scaled, their lower left at (0, 0)."""
        c, s = np.cos(angle), np.sin(angle)
        corners = self.corners @ np.array([[c, s], [-s, c]]) * scale
        return corners - np.nanmin(corners, axis=(0, 1))

    def mask(self, corners: np.ndarray, shape: tuple[int, int], padding: int) -> np.ndarray:
        """Pixels [H, W] (row 0 at v = 0) that the given corners cover, grown by the padding."""
        picture = np.zeros(shape, np.uint8)
        for polygon, real in zip(corners, self.real, strict=True):
            pixels = np.round(polygon[real] * GRID * 16).astype(np.int32)
            cv2.fillConvexPoly(picture, pixels, (1,), cv2.LINE_8, 4)
        size = 2 * padding + 1
        return cv2.dilate(picture, np.ones((size, size), np.uint8))


def pack_half(axis_island: Island, others: list[Island]) -> list[np.ndarray]:
    """Corners of the other islands inside u in [0.5, 1], at the largest common scale that fits.

    `axis_island` keeps its place. Raises ValueError when not even a tiny scale fits.
    """
    occupied = axis_island.mask(axis_island.corners, (GRID, GRID), PADDING)[:, GRID // 2 :].astype(np.float32)
    occupied[:PADDING] = occupied[-PADDING:] = 1
    occupied[:, :PADDING] = occupied[:, -PADDING:] = 1
    free = (occupied == 0).sum() / GRID**2
    true_area = sum(_area(island) for island in others)
    high = np.sqrt(free / true_area)
    best: list[np.ndarray] | None = None
    low = 0.0
    for _ in range(STEPS):
        scale = (low + high) / 2
        placed = _try(occupied, others, scale)
        if placed is None:
            high = scale
        else:
            best, low = placed, scale
    if best is None:
        raise ValueError("the UV islands do not fit beside the face")
    return best


def _area(island: Island) -> float:
    corners = np.where(island.real[..., None], island.corners, island.corners[:, :1])
    d1, d2 = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    return float(np.abs(d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]).sum() / 2)


def _try(occupied: np.ndarray, others: list[Island], scale: float) -> list[np.ndarray] | None:
    taken = occupied.copy()
    result: list[np.ndarray] = [np.empty(0)] * len(others)
    for k in sorted(range(len(others)), key=lambda k: -_area(others[k])):
        spot = _place(taken, others[k], scale)
        if spot is None:
            return None
        corners, mask, row, column = spot
        taken[row : row + mask.shape[0], column : column + mask.shape[1]] += mask
        result[k] = corners + np.array([0.5 + (column + PADDING) / GRID, (row + PADDING) / GRID])
    return result


def _place(taken: np.ndarray, island: Island, scale: float):
    """The free spot nearest the tile's lower outer corner over all rotations, or None."""
    best = None
    for angle in np.arange(ANGLES) * 2 * np.pi / ANGLES:
        corners = island.turned(angle, scale)
        size = np.ceil(np.nanmax(corners, axis=(0, 1)) * GRID).astype(int) + 1 + 2 * PADDING
        if size[0] > taken.shape[1] or size[1] > taken.shape[0]:
            continue
        mask = island.mask(corners + PADDING / GRID, (size[1], size[0]), PADDING).astype(np.float32)
        clash = fftconvolve(taken, mask[::-1, ::-1], mode="valid") > 0.5
        rows, columns = np.nonzero(~clash)
        if len(rows) == 0:
            continue
        cost = (rows + size[1]) * 1.0 + 0.5 * (taken.shape[1] - columns)
        k = int(cost.argmin())
        if best is None or cost[k] < best[0]:
            best = (cost[k], corners, mask, int(rows[k]), int(columns[k]))
    return None if best is None else best[1:]
