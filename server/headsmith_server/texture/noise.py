"""Seeded noise: a periodic 3D volume for everything that must match across UV seams, periodic 2D tiles for detail.

Position-based noise is read at the point's place on the mean head, so that islands agree wherever they meet in space.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick

_CELLS: Final = 64
CHANNELS: Final = 4


@lru_cache(maxsize=1)
def _volume() -> torch.Tensor:
    """Band-limited periodic noise [1, 4, 65, 65, 65], independent channels of standard deviation 1, features of
    about five cells; the same for ever."""
    generator = np.random.default_rng(20_080)
    frequency = np.fft.fftfreq(_CELLS) * _CELLS
    radius = np.sqrt(frequency[:, None, None] ** 2 + frequency[:, None] ** 2 + frequency**2)
    band = np.exp(-(((radius - _CELLS / 5.0) / (_CELLS / 9.0)) ** 2))
    channels = []
    for _ in range(CHANNELS):
        spectrum = np.fft.fftn(generator.standard_normal((_CELLS,) * 3)) * band
        values = np.fft.ifftn(spectrum).real
        channels.append((values / values.std()).astype(np.float32))
    wrapped = np.pad(np.stack(channels), ((0, 0), (0, 1), (0, 1), (0, 1)), mode="wrap")
    # Channels last: one cache line brings all four of them.
    return torch.from_numpy(wrapped)[None].contiguous(memory_format=torch.channels_last_3d)


def solid_noise(
    positions: Field, wavelength_mm: float, generator: np.random.Generator, where: NDArray[np.int64] | None = None
) -> Field:
    """Four independent smooth noises of standard deviation about 1 at points in metres [H, W, 3]: [4, H, W].

    where: flat indices of the points that count, the others are 0; None: all.
    """
    cell_m = wavelength_mm / 5.0 / 1000.0
    shift = generator.uniform(0.0, _CELLS, 3)
    turn = _rotation(generator) * (2.0 / _CELLS / cell_m)
    height, width = positions.shape[:2]
    points = positions if where is None else positions.reshape(-1, 1, 3)[where]
    grid = cv2.transform(points, np.c_[turn, shift * (2.0 / _CELLS)].astype(np.float32))
    grid -= np.float32(2.0) * np.floor(grid * np.float32(0.5))
    grid -= np.float32(1.0)
    sampled = torch.nn.functional.grid_sample(
        _volume(),
        torch.from_numpy(grid)[None, None],
        mode="bilinear",
        padding_mode="border",
        align_corners=True,
    )
    found = sampled.numpy()[0, :, 0] * np.float32(1.25)
    if where is None:
        return np.ascontiguousarray(found)
    noise = np.zeros((CHANNELS, height * width), np.float32)
    noise[:, where] = found[:, :, 0]
    return noise.reshape(CHANNELS, height, width)


def octaves(noises: Sequence[Field], channel: int, amplitudes: Sequence[float]) -> Field:
    """A fractal sum of one channel of noises of falling wavelength, standard deviation about 1.

    Coarser noises than the last one are enlarged to its size.
    """
    size = noises[-1].shape[-1]
    power = np.float32(np.sqrt(sum(a * a for a in amplitudes)))
    total = np.zeros((size, size), np.float32)
    for noise, amplitude in zip(noises, amplitudes, strict=True):
        total += np.float32(amplitude) * enlarge(noise[channel], size)
    return total / power


def enlarge(field: Field, size: int) -> Field:
    """The field [h, h(, C)] at size x size, texel centres kept in place (bilinear)."""
    if field.shape[0] == size:
        return field
    return cv2.resize(field, (size, size), interpolation=cv2.INTER_LINEAR)


def enlarge_rows(field: Field, size: int, rows: slice) -> Field:
    """enlarge(field, size)[rows], without the rest; size is a multiple of the field's, rows begin and end on it."""
    factor = size // field.shape[0]
    if factor == 1:
        return field[rows]
    first, last = rows.start // factor, rows.stop // factor
    low, high = max(first - 1, 0), min(last + 1, field.shape[0])
    part = cv2.resize(field[low:high], (size, (high - low) * factor), interpolation=cv2.INTER_LINEAR)
    return part[(first - low) * factor : (last - low) * factor]


def bands(size: int) -> list[slice]:
    """Rows of a size x size raster in bands of about half a million texels, so that work on one takes milliseconds."""
    step = int(np.clip(2 ** int(np.log2(max((1 << 19) // size, 8))), 8, size))
    return [slice(start, min(start + step, size)) for start in range(0, size, step)]


def _rotation(generator: np.random.Generator) -> Field:
    """A uniformly random rotation [3, 3], so that octaves share no axes."""
    q = generator.standard_normal(4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ],
        np.float32,
    )


@lru_cache(maxsize=16)
def small_cells(size: int, cells: int, jitter: float, seed: int, stretch: float = 1.0) -> tuple[Field, Field, Field]:
    """cell_distances of a small tile, kept for the next call; the arrays must not be written to."""
    return cell_distances(size, cells, jitter, seed, stretch)


def cell_distances(
    size: int, cells: int, jitter: float, seed: int, stretch: float = 1.0, tick: Callable[[], None] = no_tick
) -> tuple[Field, Field, Field]:
    """Worley noise on a periodic tile: distance to the nearest and the second nearest point in units of the cell,
    and a random number 0..1 of the nearest point; each [size, size].

    jitter 0 (grid) .. 1; stretch > 1 makes the cells longer along v.
    """
    generator = np.random.default_rng(seed)
    offsets = (0.5 + jitter * (generator.random((cells, cells, 2)) - 0.5)).astype(np.float32)
    labels = generator.random((cells, cells)).astype(np.float32)
    axis = (np.arange(size, dtype=np.float32) + 0.5) * np.float32(cells / size)
    base = axis.astype(np.int32)
    within = axis - base
    first = np.full((size, size), 9.0, np.float32)
    second = first.copy()
    label = np.zeros_like(first)
    for dy in (-1, 0, 1):
        rows = (base + dy) % cells
        for dx in (-1, 0, 1):
            tick()
            columns = (base + dx) % cells
            point = offsets[rows[:, None], columns[None, :]]
            x = point[..., 0] + np.float32(dx) - within[None, :]
            y = (point[..., 1] + np.float32(dy) - within[:, None]) * np.float32(1.0 / stretch)
            distance = x * x + y * y
            nearer = distance < first
            second = np.where(nearer, first, np.minimum(second, distance))
            label = np.where(nearer, labels[rows[:, None], columns[None, :]], label)
            first = np.minimum(first, distance)
    return np.sqrt(first), np.sqrt(second), label


def sample_tile(tile: Field, x: Field, y: Field) -> Field:
    """Bilinear samples of a periodic tile [N, N(, C)] at texel coordinates x, y [H, W] of any size."""
    size = np.float32(tile.shape[0])
    padded = cv2.copyMakeBorder(tile, 0, 1, 0, 1, cv2.BORDER_WRAP)
    return cv2.remap(padded, np.mod(x, size), np.mod(y, size), cv2.INTER_LINEAR)
