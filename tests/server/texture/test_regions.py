"""Masks on the pocket head's mean."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.texture.regions import REGION_NAMES


def seen(surface) -> np.ndarray:
    return surface.regions["mucosa"] < 0.5


def test_all_masks_are_there_and_in_range(small_surface) -> None:
    for name in REGION_NAMES:
        mask = small_surface.regions[name]
        assert mask.shape == (small_surface.regions.size,) * 2
        assert mask.min() >= 0.0
        assert mask.max() <= 1.0
        assert mask.max() > 0.4, name


@pytest.mark.parametrize("name", REGION_NAMES)
def test_masks_are_the_same_on_both_sides(small_surface, name: str) -> None:
    """The layout is symmetric about u = 0.5, and so are the masks (up to half a texel)."""
    mask = small_surface.regions[name]
    assert np.abs(mask - mask[:, ::-1]).mean() < 0.02


@pytest.mark.parametrize(
    ("name", "landmark"),
    [("nose_tip", 30), ("lid_upper", 43), ("brow", 24), ("chin", 8), ("alae", 35), ("lid_lower", 46)],
)
def test_masks_lie_at_their_landmarks(small_surface, name: str, landmark: int) -> None:
    mask = small_surface.regions[name] * seen(small_surface)
    points = small_surface.regions.positions_mm
    distance = np.linalg.norm(points - small_surface.landmarks_mm[landmark], axis=-1)
    near = (distance < 9.0) & seen(small_surface)
    far = distance > 70.0
    assert mask[near].max() > 0.5
    assert (mask * far)[points[..., 0] * np.sign(small_surface.landmarks_mm[landmark][0] + 1e-3) > 0].max() < 0.1


def test_the_face_is_covered_by_some_region(small_surface) -> None:
    """No bare patch of the front is outside all regions that colour it."""
    r = small_surface.regions
    total = sum(r[n] for n in REGION_NAMES if n not in ("mucosa", "nostril"))
    front = (r["front"] > 0.5) & (r["mucosa"] < 0.1)
    assert total[front].min() > 0.3


def test_lips_are_inside_their_border(small_surface) -> None:
    lips = small_surface.lips
    corner, top, bottom = (small_surface.landmarks_mm[i] for i in (54, 51, 57))
    inside = lips.signed_mm > 0.5
    points = small_surface.positions * 1000.0
    assert inside.any()
    assert points[inside][:, 0].max() < corner[0] + 4.0
    on_skin = inside & (small_surface.field.covered)
    assert points[on_skin][:, 1].max() < top[1] + 3.0
    assert points[on_skin][:, 1].min() > bottom[1] - 12.0


def test_creases_come_in_pairs_and_stay_in_the_tile(small_surface) -> None:
    groups = {c.group for c in small_surface.creases}
    assert {"forehead", "crows_feet", "nasolabial", "under_eye", "neck"} <= groups
    for crease in small_surface.creases:
        assert crease.uv.min() >= 0.0
        assert crease.uv.max() <= 1.0
        assert len(crease.uv) == len(crease.along)
        assert np.all(np.diff(crease.along) >= 0)
    sides = [c.uv[:, 0].mean() > 0.5 for c in small_surface.creases if c.group == "crows_feet"]
    assert 0.35 < np.mean(sides) < 0.65
