"""Wrinkles of expressions."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.wrinkle_maps import WrinkleMap, activations, expression_relief, wrinkle_maps
from headsmith_shared.arkit import ARKIT_NAMES

MIDDLE = SkinParameters(age_years=45)


@pytest.fixture(scope="module")
def maps(small_surface) -> tuple[WrinkleMap, ...]:
    return wrinkle_maps(small_surface, MIDDLE, 3)


def test_drivers_are_arkit_names_and_every_map_says_something(maps, small_surface) -> None:
    assert len({m.name for m in maps}) == len(maps) >= 18
    for m in maps:
        assert m.drivers
        assert set(m.drivers) <= set(ARKIT_NAMES)
        assert m.height.shape == small_surface.positions.shape[:2]
        assert m.height.dtype == np.float32
        assert np.isfinite(m.height).all()
        assert 0.02 < np.abs(m.height).max() < 2.5, m.name


def test_sides_are_driven_by_their_own_shapes_and_lie_there(maps, small_surface) -> None:
    x = small_surface.positions[..., 0]
    for m in maps:
        for side, sign in (("left", 1.0), ("right", -1.0)):
            if m.name.endswith(side):
                assert not any(driver.endswith("Right" if side == "left" else "Left") for driver in m.drivers)
                weight = np.abs(m.height)
                assert weight[x * sign > -0.004].sum() > 0.98 * weight.sum(), m.name


@pytest.mark.parametrize(
    ("weights", "region", "elsewhere"),
    [
        ({"browInnerUp": 1.0}, "forehead", "chin"),
        ({"browDownLeft": 1.0, "browDownRight": 1.0}, "glabella", "chin"),
        ({"mouthSmileLeft": 1.0, "cheekSquintLeft": 1.0}, "cheek", "forehead"),
        ({"noseSneerLeft": 1.0, "noseSneerRight": 1.0}, "nose", "forehead"),
        ({"mouthPucker": 1.0}, "perioral", "forehead"),
        ({"mouthShrugLower": 1.0}, "chin", "forehead"),
        ({"mouthStretchLeft": 1.0, "mouthStretchRight": 1.0}, "neck", "forehead"),
    ],
)
def test_expressions_fold_the_skin_over_their_muscles(maps, small_surface, weights, region, elsewhere) -> None:
    height = np.abs(expression_relief(maps, weights))
    r, inside = small_surface.regions, small_surface.field.covered
    there = height[(r[region] > 0.5) & inside].mean()
    assert there > 3.0 * height[(r[elsewhere] > 0.7) & inside].mean()
    assert there > 0.002


def test_a_neutral_face_has_no_such_wrinkles_and_weights_add_up(maps) -> None:
    assert not expression_relief(maps, {}).any()
    assert not expression_relief(maps, {"jawLeft": 1.0}).any()
    half, full, beyond = (np.abs(expression_relief(maps, {"browInnerUp": w})).sum() for w in (0.5, 1.0, 3.0))
    assert 0 < half < 0.5 * full
    assert beyond == pytest.approx(full)
    assert all(0.0 <= a <= 1.0 for a in activations(maps, dict.fromkeys(ARKIT_NAMES, 1.0)))


def test_age_deepens_them_and_children_have_hardly_any(small_surface) -> None:
    depth = []
    for years in (6, 25, 75):
        drawn = wrinkle_maps(small_surface, SkinParameters(age_years=years), 3)
        depth.append(float(np.abs(expression_relief(drawn, dict.fromkeys(ARKIT_NAMES, 1.0))).sum()))
    assert depth[0] < 0.7 * depth[1] < 0.7 * depth[2]


def test_people_differ_and_seeds_repeat(small_surface, maps) -> None:
    again, other = wrinkle_maps(small_surface, MIDDLE, 3), wrinkle_maps(small_surface, MIDDLE, 4)
    for a, b in zip(maps, again, strict=True):
        np.testing.assert_array_equal(a.height, b.height)
    assert any(not np.array_equal(a.height, b.height) for a, b in zip(maps, other, strict=True))
