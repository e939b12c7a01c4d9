"""Wrinkles and folds of age."""

from __future__ import annotations

import numpy as np

from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.relief import slack_relief, slackness, wrinkle_level
from headsmith_server.texture.strokes import pressed


def test_the_young_do_not_sag_and_the_old_do_below_the_eyes_and_beside_the_mouth(small_surface) -> None:
    assert slack_relief(small_surface, SkinParameters(age_years=25), np.random.default_rng(1)) is None
    old = SkinParameters(age_years=82)
    drawn = slack_relief(small_surface, old, np.random.default_rng(1))
    assert drawn is not None
    inside = small_surface.field.covered
    height = np.abs(drawn)
    mean = {
        name: height[inside & (enlarge(small_surface.regions[name], len(height)) > 0.5)].mean()
        for name in ("tear_trough", "cheek", "nose_tip", "scalp")
    }
    assert mean["tear_trough"] > 0.1
    assert mean["cheek"] > 0.1
    assert mean["nose_tip"] < 0.02
    assert mean["scalp"] < 0.02
    assert height.max() < 1.5  # what the displacement map holds
    again = slack_relief(small_surface, old, np.random.default_rng(1))
    assert again is not None
    np.testing.assert_array_equal(drawn, again)


def test_slackness_grows_with_age() -> None:
    levels = [slackness(wrinkle_level(SkinParameters(age_years=years))) for years in (20, 45, 60, 80)]
    assert levels[0] == 0.0
    assert levels == sorted(levels)
    assert levels[3] == 1.0


def test_a_soft_fold_is_broader_and_no_deeper_than_a_line() -> None:
    points = np.stack([np.full(40, 64.0), np.linspace(20, 108, 40)], axis=1).astype(np.float32)
    strokes = {2.0: [(points, np.ones(39, np.float32))]}
    line, fold = (pressed(strokes, 128, 0.5, soft=soft)[64] for soft in (0.0, 1.0))
    assert -1.0 < fold.min() < -0.4
    assert abs(fold.min() - line.min()) < 0.25
    assert (fold < 0.3 * fold.min()).sum() > 1.5 * (line < 0.3 * line.min()).sum()
    assert np.abs(np.diff(fold)).max() < 0.8 * np.abs(np.diff(line)).max()
    assert fold.max() < 0.3
