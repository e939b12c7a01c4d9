"""Portraits and their truth agree with one another, and do not depend on order, threads or what else is made."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.clips import clip
from headsmith_server.synthesis.portraits import portraits
from headsmith_server.synthesis.sample import PARTS, PortraitSample

SIZE = 128


def make(model: HeadModel, index: int, views: int = 2) -> list[PortraitSample]:
    return portraits(6, index, model, views=views, size=SIZE, texture_size=256, strands=800)


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def samples(model: HeadModel) -> list[PortraitSample]:
    return [sample for index in range(4) for sample in make(model, index)]


def same(a: PortraitSample, b: PortraitSample) -> bool:
    arrays = [f.name for f in fields(a) if isinstance(getattr(a, f.name), np.ndarray)]
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays)


@pytest.mark.slow
def test_a_sample_is_the_same_in_any_order_and_on_any_number_of_threads(
    model: HeadModel, samples: list[PortraitSample]
) -> None:
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        last = make(model, 3)
        torch.set_num_threads(1)
        first = make(model, 0)
    finally:
        torch.set_num_threads(threads)
    assert same(first[0], samples[0])
    assert same(first[1], samples[1])
    assert same(last[1], samples[7])


@pytest.mark.slow
def test_a_picture_does_not_depend_on_how_many_are_taken(model: HeadModel, samples: list[PortraitSample]) -> None:
    """But for rounding: poses of one person are solved together."""
    alone, among = make(model, 1, views=1)[0], samples[2]
    assert np.array_equal(alone.weights, among.weights)
    assert np.allclose(alone.landmarks_478, among.landmarks_478, atol=1e-3)
    assert np.abs(alone.image.astype(int) - among.image.astype(int)).mean() < 0.1


@pytest.mark.slow
def test_images_are_exposed_and_masks_hold_a_person(samples: list[PortraitSample]) -> None:
    for sample in samples:
        assert sample.image.shape == (SIZE, SIZE, 3)
        assert sample.image.dtype == np.uint8
        share = (sample.mask > 127).mean()
        assert 0.15 < share < 0.95
        face = sample.parts == PARTS.index("skin")
        assert face.sum() > 0.03 * SIZE * SIZE
        assert 18 < np.median(sample.image[face]) < 238
        assert sample.image[face].std() > 8


@pytest.mark.slow
def test_normals_are_unit_and_face_the_camera(samples: list[PortraitSample]) -> None:
    for sample in samples:
        length = np.linalg.norm(sample.normal, axis=-1)
        covered = length > 0
        assert np.allclose(length[covered], 1.0, atol=1e-4)
        assert (sample.normal[covered][:, 2] > -0.2).mean() > 0.99
        assert covered[sample.parts == PARTS.index("skin")].all()


@pytest.mark.slow
def test_landmarks_lie_inside_the_mask_and_on_the_depth(samples: list[PortraitSample]) -> None:
    seen = 0
    for sample in samples:
        column, row = sample.landmarks_478[sample.visible_478][:, :2].astype(int).T
        assert (sample.mask[row, column] > 0).all()
        depth = sample.depth[row, column]
        off = np.abs(depth - sample.landmarks_478[sample.visible_478][:, 2])
        steady = depth > 0
        assert np.median(off[steady]) < 0.002
        assert np.quantile(off[steady], 0.95) < 0.02  # a pixel is 2 mm wide, and skin may be steep
        seen += int(sample.visible_478.sum())
        inside = sample.landmarks_68[27:48, :2]  # nose and eyes are always in the picture
        assert (inside > 0).all()
        assert (inside < SIZE).all()
    assert seen > 478 * len(samples) * 0.35


@pytest.mark.slow
def test_the_camera_puts_landmarks_where_they_are(samples: list[PortraitSample], model: HeadModel) -> None:
    """Depth, turned back into space by the camera, is the point that the landmark says."""
    for sample in samples:
        marks = sample.landmarks_478
        focal = sample.projection[1, 1] * SIZE / 2
        x = (marks[:, 0] - SIZE / 2) / focal * marks[:, 2]
        y = -(marks[:, 1] - SIZE / 2) / focal * marks[:, 2]
        camera = np.stack([x, y, -marks[:, 2]], axis=1)
        world = (camera - sample.view[:3, 3]) @ sample.view[:3, :3]
        assert np.abs(world.mean(0)[0]) < 0.02  # faces are in the middle of their own space
        assert 0.10 < np.ptp(world[:, 0]) < 0.22


@pytest.mark.slow
def test_people_views_and_lights_differ(samples: list[PortraitSample]) -> None:
    assert len({sample.light.kind for sample in samples}) > 1
    assert len({round(sample.shot.yaw, 3) for sample in samples}) == len(samples)
    assert np.array_equal(samples[0].person.identity, samples[1].person.identity)
    assert not np.array_equal(samples[0].person.identity, samples[2].person.identity)


@pytest.mark.slow
def test_frames_of_a_clip_follow_one_another(model: HeadModel) -> None:
    frames, curves = clip(6, 1, model, frames=3, size=64)
    assert len(frames) == 3
    assert curves.weights.shape == (3, 52)
    step = np.abs(frames[0].landmarks_68[:, :2] - frames[1].landmarks_68[:, :2]).max()
    assert 0 < step < 8
    change = np.abs(frames[0].image.astype(int) - frames[1].image.astype(int)).mean()
    assert change < 12
