"""Cutting a head into parts, and thinning a brow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headsmith_server.heads.assembly import brow_share, lash_factor, lengthened, thinned
from headsmith_shared.asset import Part, SparseDeltas


def hairs(count: int) -> Part:
    """`count` hairs of two quads (six vertices) each."""
    quads = np.array([[0, 1, 3, 2], [2, 3, 5, 4]], np.int32)
    faces = np.concatenate([quads + 6 * hair for hair in range(count)]).astype(np.int32)
    positions = np.arange(count * 18, dtype=np.float32).reshape(-1, 3)
    return Part(
        name="brows",
        material="brows",
        positions=positions,
        faces=faces,
        uvs=np.zeros((6, 2), np.float32),
        uv_faces=np.tile(quads, (count, 1)),
        weights=np.ones((len(positions), 1), np.float32),
        keys={"browInnerUp": SparseDeltas(np.arange(count * 6, dtype=np.int32), positions)},
    )


@pytest.mark.parametrize(("share", "kept"), [(0.0, 0), (0.5, 4), (0.8, 6), (1.0, 8)])
def test_a_share_of_whole_hairs_stays_in_pairs(share: float, kept: int) -> None:
    part = thinned(hairs(8), share)
    assert len(part.positions) == 6 * kept
    assert len(part.faces) == len(part.uv_faces) == 2 * kept
    assert part.faces.size == 0 or part.faces.max() == 6 * kept - 1
    assert len(part.keys["browInnerUp"].indices) == 6 * kept
    assert len(part.weights) == 6 * kept


def test_thinning_keeps_the_first_hairs_unchanged() -> None:
    whole = hairs(8)
    part = thinned(whole, 0.5)
    np.testing.assert_array_equal(part.positions, whole.positions[:24])
    np.testing.assert_array_equal(part.faces, whole.faces[:8])


def test_a_brow_grows_with_density_and_thickness() -> None:
    assert brow_share(0.0, 1.0) == 0.0
    assert brow_share(0.2, 0.0) < brow_share(0.6, 0.0) < brow_share(0.6, 1.0) <= brow_share(1.0, 1.0) <= 1.0


def test_longer_hairs_keep_their_roots_and_their_swing() -> None:
    part = hairs(4)
    longer = lengthened(part, 1.5)
    roots, tips = part.positions.reshape(4, 6, 3)[:, :3].mean(axis=1), part.positions[5::6]
    np.testing.assert_allclose(longer.positions.reshape(4, 6, 3)[:, :3].mean(axis=1), roots, rtol=1e-6)
    np.testing.assert_allclose(longer.positions[5::6] - roots, 1.5 * (tips - roots), rtol=1e-5)
    # A key that moves the whole hair by one step still moves it by that step.
    step = replace(part, keys={"x": SparseDeltas(np.arange(24, dtype=np.int32), np.ones((24, 3), np.float32))})
    np.testing.assert_allclose(lengthened(step, 1.5).keys["x"].deltas, 1.0, rtol=1e-6)


def test_lashes_of_usual_length_stay_as_they_are() -> None:
    assert lash_factor(0.5) == pytest.approx(1.0)
    assert lash_factor(0.0) < lash_factor(0.5) < lash_factor(1.0)
