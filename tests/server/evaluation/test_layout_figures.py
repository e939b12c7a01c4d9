"""Loops and overlap are counted on layouts whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.evaluation.layout_figures import nested_loops, uv_overlap
from headsmith_server.heads.protocol import PartTopology


def part(faces: np.ndarray, uvs: np.ndarray) -> PartTopology:
    count = int(faces.max()) + 1
    faces = faces.astype(np.int32)
    return PartTopology(
        "skin", "skin", range(count), faces, uvs.astype(np.float32), faces, np.ones((count, 1), dtype=np.float32)
    )


def annulus(rings: int, around: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Quads of `rings` rings of quads; vertex r * around + a."""
    faces = [
        (r * around + a, r * around + (a + 1) % around, (r + 1) * around + (a + 1) % around, (r + 1) * around + a)
        for r in range(rings)
        for a in range(around)
    ]
    angle = 2 * np.pi * np.arange(around) / around
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    uvs = np.concatenate([0.5 + 0.4 * (r + 1) / (rings + 1) * circle for r in range(rings + 1)])
    return np.array(faces), uvs


@pytest.mark.parametrize("rings", [1, 3, 6])
def test_an_annulus_has_one_loop_more_than_rings(rings: int) -> None:
    faces, uvs = annulus(rings)
    assert nested_loops(part(faces, uvs), np.arange(12), np.zeros(len(uvs), dtype=bool)) == rings + 1


def test_a_missing_quad_ends_the_loops() -> None:
    faces, uvs = annulus(5)
    faces = np.delete(faces, 2 * 12 + 4, axis=0)
    assert nested_loops(part(faces, uvs), np.arange(12), np.zeros(len(uvs), dtype=bool)) == 3


def test_a_ring_without_overlap_has_none_and_a_doubled_quad_has() -> None:
    faces, uvs = annulus(3)
    assert uv_overlap(part(faces, uvs)) == 0
    twice = np.concatenate([faces, faces[:12]])
    share = uv_overlap(part(twice, uvs))
    assert 0.05 < share < 0.5
