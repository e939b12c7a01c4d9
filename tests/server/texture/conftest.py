"""A small head of our own making, so that the painters are tested without a checkpoint, and the shipped one."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.heads.pocket import load_pocket_head
from headsmith_server.heads.protocol import PartTopology
from headsmith_server.texture.surface import SkinSurface, build_surface, mean_vertices


def strip(columns: int = 4, size: float = 0.1) -> tuple[PartTopology, np.ndarray]:
    """A flat square of columns x columns quads in the plane z = 0, cut into two islands along the middle.

    The left half fills u 0.05..0.45; the right half is mirrored: u runs against x there.
    """
    side = np.linspace(-size / 2, size / 2, columns + 1)
    x, y = np.meshgrid(side, side)
    positions = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1).astype(np.float32)
    number = np.arange(x.size).reshape(x.shape)
    quads = np.stack([number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]], axis=-1).reshape(-1, 4)
    v = (0.05 + 0.9 * (positions[:, 1] / size + 0.5)).astype(np.float32)
    left = np.stack([0.45 + 0.8 * positions[:, 0] / size, v], axis=1)
    right = np.stack([0.95 - 0.8 * positions[:, 0] / size, v], axis=1)
    in_right = positions[quads].mean(axis=1)[:, 0] > 0
    uv_quads = quads + np.where(in_right, len(positions), 0)[:, None]
    part = PartTopology(
        "skin", "skin", range(len(positions)), quads.astype(np.int32), np.concatenate([left, right]).astype(np.float32),
        uv_quads.astype(np.int32), np.ones((len(positions), 1), np.float32),
    )  # fmt: skip
    return part, positions


@pytest.fixture(scope="session")
def two_islands() -> tuple[PartTopology, np.ndarray]:
    return strip()


@pytest.fixture(scope="session")
def pocket():
    return load_pocket_head()


@pytest.fixture(scope="session")
def pocket_mean(pocket) -> np.ndarray:
    return mean_vertices(pocket)


@pytest.fixture(scope="session")
def small_surface(pocket, pocket_mean) -> SkinSurface:
    return build_surface(pocket.topology, pocket_mean, 256)
