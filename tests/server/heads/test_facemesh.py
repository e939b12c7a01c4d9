"""Landmarks as FaceMesh sees them: on the skin, between the measured angles, of this head model only."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server.heads import head_model
from headsmith_server.heads.facemesh import camera_yaw, facemesh_landmarks
from headsmith_server.render.cameras import look_at
from headsmith_shared.errors import HeadsmithError


def test_landmarks_are_near_the_anatomical_ones_and_wander_with_the_view() -> None:
    model = head_model("pocket", torch.device("cpu"))
    mean = model.vertices(torch.zeros(1, model.identity_size))[0].numpy()
    marks = facemesh_landmarks(model.sha256)
    anatomical = model.topology.landmarks["mediapipe_478"].positions(mean)
    frontal = marks.positions(mean, 0.0)
    assert frontal.shape == (478, 3)
    away = np.linalg.norm(frontal - anatomical, axis=1)
    assert np.median(away) < 0.005
    assert away.max() < 0.025
    turned = marks.positions(mean, 35.0)
    assert np.linalg.norm(turned - frontal, axis=1).max() > 0.002
    assert np.array_equal(turned, marks.positions(mean, 80.0))


def test_between_two_angles_a_landmark_lies_between_its_places() -> None:
    model = head_model("pocket", torch.device("cpu"))
    mean = model.vertices(torch.zeros(1, model.identity_size))[0].numpy()
    marks = facemesh_landmarks(model.sha256)
    low, high = marks.yaws[0], marks.yaws[1]
    middle = marks.positions(mean, (low + high) / 2)
    assert np.allclose(middle, (marks.positions(mean, low) + marks.positions(mean, high)) / 2, atol=1e-6)


def test_the_yaw_of_a_camera_is_found_from_its_view() -> None:
    eye = torch.tensor([np.sin(0.5), 0.1, np.cos(0.5)]).float()
    view = look_at(eye, torch.zeros(3), torch.tensor([0.0, 1.0, 0.0]))
    assert camera_yaw(view.reshape(4, 4).numpy()) == pytest.approx(np.degrees(0.5), abs=0.01)


def test_landmarks_of_another_head_are_refused() -> None:
    with pytest.raises(HeadsmithError, match="not measured on this head model"):
        facemesh_landmarks("0" * 64)
