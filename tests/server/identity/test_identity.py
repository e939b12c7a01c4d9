"""Alignment by closed form; detector, recogniser and landmarks on photographs where the development data are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headsmith_server.identity.align import ARCFACE_POINTS, CROP, aligned_crop, similarity
from headsmith_server.identity.detect import FaceDetector
from headsmith_server.identity.recognise import FaceRecogniser
from headsmith_shared.errors import HeadsmithError

DATA = Path(__file__).parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the development data (photographs, networks)")


@given(st.floats(-3.1, 3.1), st.floats(0.1, 10.0), st.floats(-500.0, 500.0), st.floats(-500.0, 500.0))
def test_a_similarity_is_found_again(angle: float, scale: float, x: float, y: float) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = ARCFACE_POINTS @ turn.T + (x, y)
    matrix = similarity(ARCFACE_POINTS, moved)
    assert np.allclose(matrix[:, :2], turn, atol=1e-6 * scale)
    assert np.allclose(ARCFACE_POINTS @ matrix[:, :2].T + matrix[:, 2], moved, atol=1e-6 * (scale + 1) * 100)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    matrix = similarity(ARCFACE_POINTS * (-1.0, 1.0), ARCFACE_POINTS)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_coinciding_points_are_refused() -> None:
    with pytest.raises(ValueError, match="coincide"):
        similarity(np.ones((5, 2)), ARCFACE_POINTS)


def test_a_crop_has_the_recognisers_size() -> None:
    image = np.zeros((300, 200, 3), np.uint8)
    assert aligned_crop(image, ARCFACE_POINTS * 1.5).shape == (CROP, CROP, 3)


def test_missing_and_broken_networks_are_named(tmp_path: Path) -> None:
    with pytest.raises(HeadsmithError, match="no such detector"):
        FaceDetector(tmp_path / "none.onnx")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(HeadsmithError, match="not a detector"):
        FaceDetector(broken)


@needs_data
def test_photographs_of_one_person_are_more_alike_than_of_two() -> None:
    recogniser = FaceRecogniser(
        FaceDetector(DATA / "recognition" / "yunet_n_640_640.onnx"), DATA / "recognition" / "mobilefacenet.onnx"
    )

    def embed(folder: str) -> list[np.ndarray]:
        found = []
        for path in sorted((DATA / "identities" / folder).iterdir())[:3]:
            if path.suffix.lower() in (".jpg", ".jpeg", ".png"):
                vector = recogniser.embedding(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))
                assert vector is not None, path.name
                found.append(vector)
        return found

    one, two = embed("cap4d_felix"), embed("human_stock_a")
    same = min(float(one[0] @ one[1]), float(two[0] @ two[1]))
    assert same > 0.35
    assert max(float(a @ b) for a in one for b in two) < same


@needs_data
def test_an_empty_picture_has_no_face() -> None:
    detector = FaceDetector(DATA / "recognition" / "yunet_n_640_640.onnx")
    assert detector.faces(np.zeros((200, 300, 3), np.uint8)) == []


@needs_data
def test_landmarks_of_a_photograph_agree_with_the_detectors_points() -> None:
    pytest.importorskip("mediapipe", reason="needs the extra 'tracking'")
    from headsmith_server.identity.landmarks import COUNT, FaceMesh

    image = cv2.cvtColor(cv2.imread(str(DATA / "photos" / "skimage_astronaut.png")), cv2.COLOR_BGR2RGB)
    with FaceMesh() as mesh:
        marks = mesh.find(image)
        assert mesh.find(np.zeros_like(image)) is None
    assert marks is not None
    assert marks.shape == (COUNT, 2)
    face = FaceDetector(DATA / "recognition" / "yunet_n_640_640.onnx").faces(image)[0]
    assert np.linalg.norm(marks[1] - face.points[2]) < 0.1 * face.box[2]
