"""The factory's metrics on inputs whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.evaluation.landmark_agreement import landmark_agreement
from headsmith_server.evaluation.probe import SIDE, face_square, plain_features, probe_accuracy
from headsmith_server.evaluation.verification import verification


def some_landmarks(faces: int, seed: int = 0) -> np.ndarray:
    marks = np.random.default_rng(seed).uniform(40.0, 200.0, (faces, 478, 2))
    marks[:, [33, 133]] = (90.0, 100.0)
    marks[:, [263, 362]] = (150.0, 100.0)
    return marks


def test_equal_landmarks_agree() -> None:
    known = some_landmarks(5)
    agreement = landmark_agreement(known, known)
    assert agreement.error == 0.0
    assert agreement.bias == 0.0


def test_one_shifted_landmark_is_the_worst() -> None:
    known = some_landmarks(9)
    found = known.copy()
    found[:, 200] += (6.0, 0.0)
    agreement = landmark_agreement(known, found)
    assert agreement.worst == 200
    assert agreement.bias == pytest.approx(0.1)
    assert agreement.error == 0.0


def test_noise_without_bias_has_none() -> None:
    known = some_landmarks(400)
    found = known + np.random.default_rng(1).normal(0.0, 3.0, known.shape)
    agreement = landmark_agreement(known, found)
    assert agreement.bias < 0.02
    # The median of a Rayleigh distribution of deviation 3 pixels, over 60 pixels between the eyes.
    assert agreement.error == pytest.approx(3.0 * 1.1774 / 60.0, rel=0.05)


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        landmark_agreement(some_landmarks(2), some_landmarks(3))


def test_separate_people_verify_perfectly_and_shuffled_ones_by_chance() -> None:
    draws = np.random.default_rng(0)
    people = np.repeat(np.arange(20), 5)
    centres = draws.normal(size=(20, 64))
    vectors = centres[people] + 0.1 * draws.normal(size=(100, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert verification(vectors, people).auc == pytest.approx(1.0)
    assert verification(vectors, draws.permutation(people)).auc == pytest.approx(0.5, abs=0.06)


def test_ties_count_half() -> None:
    vectors = np.tile(np.array([[1.0, 0.0]]), (4, 1))
    assert verification(vectors, np.array([0, 0, 1, 1])).auc == 0.5


def test_verification_needs_both_kinds_of_pairs() -> None:
    with pytest.raises(ValueError, match="pairs"):
        verification(np.eye(3), np.array([0, 1, 2]))


def test_a_probe_finds_what_is_there_and_nothing_else() -> None:
    draws = np.random.default_rng(0)
    labels = draws.integers(0, 3, 600)
    features = draws.normal(size=(600, 40))
    features[:, 0] += 4.0 * (labels == 1)
    features[:, 1] += 4.0 * (labels == 2)
    train = np.arange(600) < 300
    assert probe_accuracy(features, labels, train, ridge=1.0) > 0.85
    assert abs(probe_accuracy(features, draws.permutation(labels), train, ridge=1.0)) < 0.2


def test_a_probe_is_not_fooled_by_a_frequent_class() -> None:
    labels = np.array([0] * 190 + [1] * 10)
    features = np.random.default_rng(0).normal(size=(200, 5))
    assert abs(probe_accuracy(features, labels, np.arange(200) % 2 == 0, ridge=1.0)) < 0.5


def test_the_square_turns_a_face_upright() -> None:
    marks = np.zeros((68, 2))
    marks[36:42], marks[42:48], marks[48:60] = (100.0, 100.0), (100.0, 140.0), (60.0, 120.0)
    image = np.zeros((240, 240, 3), np.uint8)
    image[95:106, 95:106] = (255, 0, 0)  # the eye on the left of a face that lies on its side
    face = face_square(image, marks)
    assert face.shape == (SIDE, SIDE, 3)
    row, column = np.argwhere(face[..., 0] > 128).mean(axis=0)
    assert row < SIDE / 2
    assert column < SIDE / 2
    assert plain_features(face).ndim == 1
