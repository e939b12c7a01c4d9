"""What counts as a folded quad."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.evaluation.folds import folded

SQUARE = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
QUAD = np.array([[0, 1, 2, 3]])


def moved(corner: int, to: tuple[float, float, float]) -> np.ndarray:
    positions = SQUARE.copy()
    positions[corner] = to
    return positions


def test_flat_bent_and_skewed_quads_do_not_fold() -> None:
    for positions in (SQUARE, moved(2, (1, 1, 0.5)), moved(2, (0.7, 0.7, 0)), SQUARE[:, [1, 0, 2]]):
        assert not folded(positions, QUAD)[0]


@pytest.mark.parametrize("to", [(0.3, 0.3, 0.0), (0.5, 0.5, 0.0), (-0.5, 0.2, 0.1)])
def test_a_corner_across_the_diagonal_folds(to: tuple[float, float, float]) -> None:
    assert folded(moved(2, to), QUAD)[0]


def test_a_collapsed_edge_folds() -> None:
    assert folded(moved(1, (0, 0, 0)), QUAD)[0]


def test_triangles_never_fold() -> None:
    assert not folded(moved(1, (0, 0, 0)), np.array([[0, 1, 2, -1]]))[0]


def test_turning_and_scaling_change_nothing() -> None:
    generator = np.random.default_rng(0)
    positions = generator.standard_normal((400, 3))
    faces = np.arange(400).reshape(100, 4)
    turn, _ = np.linalg.qr(generator.standard_normal((3, 3)))
    np.testing.assert_array_equal(folded(positions, faces), folded(3 * positions @ turn.T + 1, faces))
