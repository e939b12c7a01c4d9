"""The pure parts of the pocket head's skin layout: rings, caps, cuts, mirroring, UV packing."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.pocket_head.layout_cleanup import flat_corners, whole_faces, without_vertices
from scripts.pocket_head.layout_patches import circle, flatten, spokes
from scripts.pocket_head.layout_regions import harmonic
from scripts.pocket_head.layout_surface import Surface, boundary_loops
from scripts.pocket_head.loops import (
    arc_length,
    graded,
    grid_cap,
    half_cap,
    mirror_faces,
    polyline_parameters,
    polyline_weights,
    ring_faces,
    spread_closed,
    spread_open,
)
from scripts.pocket_head.uv import area_distortion
from scripts.pocket_head.uv_pack import GRID, PADDING, Island, pack_half


def signed_areas(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    last = np.where(faces[:, 3] < 0, faces[:, 0], faces[:, 3])
    d1, d2 = points[faces[:, 2]] - points[faces[:, 0]], points[last] - points[faces[:, 1]]
    quads = d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]
    e = points[faces[:, 1]] - points[faces[:, 0]]
    triangles = e[:, 0] * d1[:, 1] - e[:, 1] * d1[:, 0]
    return np.where(faces[:, 3] < 0, triangles, quads) / 2


def grid_surface(n: int) -> Surface:
    """A flat square of n x n vertices, each its own ICT vertex."""
    x, y = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n))
    points = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)
    k = np.arange(n * n).reshape(n, n)
    a, b, c, d = k[:-1, :-1].ravel(), k[:-1, 1:].ravel(), k[1:, 1:].ravel(), k[1:, :-1].ravel()
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return Surface(sp.identity(n * n, format="csr"), points, triangles)


@given(st.integers(4, 60))
def test_a_cap_fills_a_disk_with_quads_and_at_most_one_triangle(n: int) -> None:
    rim = circle(np.arange(n) / n * 2 * np.pi)
    faces, weights = grid_cap(np.arange(n), n)
    points = np.concatenate([rim, weights @ rim])
    assert (faces[:, 3] < 0).sum() == n % 2
    assert (signed_areas(points, faces) > 0).all()
    assert boundary_loops(faces)[0].tolist() == list(range(n))
    polygon = n / 2 * np.sin(2 * np.pi / n)
    assert signed_areas(points, faces).sum() == pytest.approx(polygon)
    np.testing.assert_allclose(weights.sum(1), 1.0)


@given(st.integers(6, 60))
def test_a_half_cap_keeps_its_straight_side_straight(n: int) -> None:
    arc = circle(np.linspace(-np.pi / 2, np.pi / 2, n + 1))
    faces, weights, side = half_cap(np.arange(n + 1), n + 1)
    points = np.concatenate([arc, weights @ arc])
    assert (faces >= 0).all()
    assert (signed_areas(points, faces) > 0).all()
    np.testing.assert_allclose((weights @ arc)[side, 0], 0.0, atol=1e-12)
    assert len(boundary_loops(faces)) == 1


def test_rings_make_closed_quads_that_face_the_same_way() -> None:
    angles = np.arange(9) / 9 * 2 * np.pi
    points = np.concatenate([circle(angles, r) for r in (3.0, 2.0, 1.0)])
    faces = ring_faces(np.arange(27).reshape(3, 9), closed=True)
    assert len(faces) == 18
    assert (signed_areas(points, faces) > 0).all()
    assert sorted(len(loop) for loop in boundary_loops(faces)) == [9, 9]


def test_open_rings_leave_their_ends_open() -> None:
    faces = ring_faces(np.arange(12).reshape(3, 4), closed=False)
    assert len(faces) == 6
    assert len(boundary_loops(faces)) == 1


def test_boundary_loops_refuse_a_pinched_mesh() -> None:
    pinched = np.array([[0, 1, 2], [2, 3, 4]])
    with pytest.raises(ValueError, match="two boundary loops"):
        boundary_loops(pinched)


@given(st.lists(st.floats(0.0, 10.0), min_size=3, max_size=30), st.integers(0, 40))
def test_spread_parameters_never_run_backwards_and_keep_their_ends(values: list[float], rounds: int) -> None:
    t = np.array([0.0, *values, 10.0])
    even = spread_open(t, rounds)
    assert even[[0, -1]].tolist() == [0.0, 10.0]
    assert (np.diff(even) >= -1e-12).all()


def test_closed_parameters_go_around_exactly_once() -> None:
    noisy = np.array([9.5, 0.4, 0.3, 2.0, 5.0, 7.0])
    even = spread_closed(noisy, 10.0, 100)
    assert (np.diff(even) >= 0).all()
    assert even[-1] - even[0] < 10.0
    np.testing.assert_allclose(np.diff(even), 10 / 6, rtol=0.05)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_points_on_a_polyline_are_found_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
    curve = circle(angles)
    s = rng.uniform(0, arc_length(curve, closed=True)[-1], 20)
    on_curve = polyline_weights(curve, s, closed=True) @ curve
    again = polyline_weights(curve, polyline_parameters(curve, on_curve, True), True) @ curve
    np.testing.assert_allclose(again, on_curve, atol=1e-9)


def test_graded_steps_change_by_the_given_factor() -> None:
    f = graded(5, 0.8)
    steps = np.diff(f)
    np.testing.assert_allclose(f[[0, -1]], [0, 1])
    np.testing.assert_allclose(steps[1:] / steps[:-1], 0.8)


def test_a_cut_follows_the_field_and_both_sides_share_it() -> None:
    surface = grid_surface(14)
    field = np.hypot(*surface.points[:, :2].T) - 0.61
    inside, outside = surface.cut(field)
    area = [
        signed_areas(side.points, np.c_[side.triangles, np.full(len(side.triangles), -1)]).sum()
        for side in (inside, outside)
    ]
    assert sum(area) == pytest.approx(4.0)
    rim = inside.points[inside.boundary_loops()[0]]
    np.testing.assert_allclose(np.hypot(rim[:, 0], rim[:, 1]), 0.61, atol=0.02)
    edges = [outside.points[loop] for loop in outside.boundary_loops()]
    hole = next(edge for edge in edges if np.abs(edge).max() < 0.9)
    assert {tuple(p) for p in rim.round(9)} == {tuple(p) for p in hole.round(9)}
    np.testing.assert_allclose(inside.weights @ surface.points, inside.points)


def test_harmonic_values_reproduce_a_linear_function() -> None:
    surface = grid_surface(9)
    rim = surface.boundary_loops()[0]
    values = harmonic(surface, rim, surface.points[rim, :2])
    np.testing.assert_allclose(values, surface.points[:, :2], atol=1e-9)


def test_spokes_measure_length_on_the_surface_and_bind_to_it() -> None:
    surface = grid_surface(11)
    rim = surface.boundary_loops()[0]
    flat = flatten(surface, rim, surface.points[rim, :2])
    start = np.array([[0.9, 0.1], [-0.5, 0.8]])
    fan = spokes(flat, start, np.zeros((2, 2)))
    np.testing.assert_allclose(fan.lengths[:, -1], np.linalg.norm(start, axis=1), rtol=1e-6)
    half = fan.at(0.5 * fan.lengths[:, -1][None])
    np.testing.assert_allclose((half @ surface.points)[:, :2], start / 2, atol=1e-6)
    np.testing.assert_allclose(np.asarray(half.sum(axis=1)).ravel(), 1.0)
    level = fan.first_below(np.hypot(*surface.points[:, :2].T), np.array([0.4, 0.4]))
    np.testing.assert_allclose(fan.lengths[:, -1] - level, 0.4, atol=0.03)


def test_mirrored_faces_face_outward_again() -> None:
    points = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [-1, 0], [-1, 1]], dtype=float)
    mirror = np.array([0, 4, 5, 3, 1, 2])
    faces = np.array([[0, 1, 2, 3], [0, 1, 2, -1]])
    other = mirror_faces(faces, mirror)
    assert (signed_areas(points, other) > 0).all()
    np.testing.assert_allclose(signed_areas(points, other), signed_areas(points, faces))
    np.testing.assert_array_equal(mirror_faces(other, mirror), np.array([[0, 1, 2, 3], [0, 1, 2, -1]]))


def test_a_flat_corner_on_the_centre_line_becomes_one_quad_across_it() -> None:
    points = np.array([[0, -1], [0, 0], [0, 1], [1, 0]], dtype=float)
    faces = np.array([[0, 3, 2, 1]])
    gone = flat_corners(np.c_[points, np.zeros(4)], faces)
    assert gone.tolist() == [1]
    half = without_vertices(faces, gone)
    mirror = np.array([0, 1, 2, 4, 3])
    seamless = np.ones(5, bool)
    whole = whole_faces(half, mirror, seamless)
    assert [set(face) for face in whole.tolist()] == [{0, 2, 3, 4}]
    assert (signed_areas(np.concatenate([points, [[-1, 0]]]), whole) > 0).all()
    assert len(whole_faces(half, mirror, ~seamless)) == 2


def square(size: float) -> Island:
    corners = np.array([[[0, 0], [1, 0], [1, 1], [0, 1]]], dtype=float) * size
    return Island(corners, np.ones((1, 4), bool))


def test_packed_islands_keep_apart_and_stay_in_their_half() -> None:
    middle = Island(square(0.6).corners + np.array([0.2, 0.35]), np.ones((1, 4), bool))
    others = [square(3.0), square(2.0), square(1.0)]
    placed = pack_half(middle, others)
    picture = middle.mask(middle.corners, (GRID, GRID), 0).astype(int)
    for island, corners in zip(others, placed, strict=True):
        assert (corners > [0.5, 0.0]).all()
        assert (corners < 1).all()
        grown = island.mask(corners, (GRID, GRID), PADDING).astype(int)
        assert (picture * grown).sum() == 0
        picture += island.mask(corners, (GRID, GRID), 0)
    sides = [np.linalg.norm(c[0, 1] - c[0, 0]) for c in placed]
    np.testing.assert_allclose(np.array(sides) / sides[2], [3, 2, 1])


def test_area_distortion_is_one_under_scaling_and_two_for_a_doubled_face() -> None:
    x = np.arange(5.0)
    points = np.array([[i, j, 0] for j in (0, 1) for i in x])
    faces = np.array([[i, i + 1, i + 6, i + 5] for i in range(4)])
    corners = points[faces][..., :2] * 0.1
    everything = [np.ones(4, bool)]
    np.testing.assert_allclose(area_distortion(points, faces, corners, everything), 1.0)
    corners[3] *= np.sqrt(2)
    np.testing.assert_allclose(area_distortion(points, faces, corners, everything), [1, 1, 1, 2])
