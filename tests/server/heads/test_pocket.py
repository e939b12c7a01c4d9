"""The shipped pocket head: what anyone who draws a head from it relies on."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from headsmith_server.evaluation.folds import folded
from headsmith_server.heads.pocket import PocketHead, load_pocket_head
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES
from headsmith_shared.asset import CARD_NAMES, JOINT_NAMES, MATERIAL_NAMES, PART_NAMES
from headsmith_shared.errors import ErrorCode, HeadsmithError

ATTRIBUTES = {
    "age", "masculinity", "african", "asian", "european", "heaviness", "nose_width", "nose_length", "nose_bridge",
    "nose_tip", "lip_fullness", "mouth_width", "jaw_width", "chin", "cheekbones", "brow_ridge", "eye_size",
    "eye_spacing", "eye_tilt", "ear_size", "ear_protrusion", "face_length", "face_width", "forehead_height",
    "neck_width", "eyelid_hooding", "cheek_fullness",
}  # fmt: skip


@pytest.fixture(scope="module")
def head() -> PocketHead:
    return load_pocket_head()


def neutral(head: PocketHead) -> np.ndarray:
    return head.vertices(torch.zeros(1, head.identity_size))[0].numpy()


def with_attribute(head: PocketHead, name: str, weight: float) -> torch.Tensor:
    identity = weight * torch.from_numpy(head.attributes[name].direction)
    return head.vertices(identity[None])[0]


def test_parts_joints_and_materials_carry_the_agreed_names(head: PocketHead) -> None:
    assert tuple(part.name for part in head.topology.parts) == PART_NAMES
    assert {part.material for part in head.topology.parts} == set(MATERIAL_NAMES) - set(CARD_NAMES)
    assert tuple(head.joints(torch.zeros(head.identity_size))) == JOINT_NAMES
    assert set(head.attributes) >= ATTRIBUTES


def test_parts_tile_the_vertex_array(head: PocketHead) -> None:
    start = 0
    for part in head.topology.parts:
        assert part.vertices.start == start
        start = part.vertices.stop
        assert set(np.unique(part.faces)) - {-1} == set(range(len(part.vertices)))
        assert part.uv_faces.max() < len(part.uvs)
        assert part.uvs.min() >= 0
        assert part.uvs.max() <= 1
        np.testing.assert_allclose(part.weights.sum(1), 1.0, atol=1e-5)
    assert start == len(neutral(head))


def test_the_skin_has_the_promised_size(head: PocketHead) -> None:
    assert 8000 <= len(head.topology.part("skin").vertices) <= 16000


def test_the_mean_skin_is_symmetric(head: PocketHead) -> None:
    skin = neutral(head)[: len(head.topology.part("skin").vertices)]
    np.testing.assert_allclose(skin[head.topology.mirror] * [-1, 1, 1], skin, atol=1e-7)
    np.testing.assert_array_equal(head.topology.mirror[head.topology.mirror], np.arange(len(skin)))


def test_left_shapes_mirrored_are_right_shapes(head: PocketHead) -> None:
    skin = len(head.topology.part("skin").vertices)
    deltas = head.expression_deltas(torch.zeros(head.identity_size))[:, :skin].numpy()
    for name in ARKIT_NAMES:
        other = re.sub("(Left|Right)$", lambda m: {"Left": "Right", "Right": "Left"}[m[0]], name)
        flipped = deltas[ARKIT_INDEX[name]][head.topology.mirror] * [-1, 1, 1]
        np.testing.assert_allclose(deltas[ARKIT_INDEX[other]], flipped, atol=2e-5, err_msg=name)


def test_directions_leave_the_head_symmetric(head: PocketHead) -> None:
    skin = len(head.topology.part("skin").vertices)
    for name in head.attributes:
        moved = with_attribute(head, name, 2.5)[:skin].numpy()
        np.testing.assert_allclose(moved[head.topology.mirror] * [-1, 1, 1], moved, atol=3e-4, err_msg=name)


def test_every_shape_moves_something(head: PocketHead) -> None:
    moved = head.expression_deltas(torch.zeros(head.identity_size)).norm(dim=2).amax(1)
    assert dict(zip(ARKIT_NAMES, (moved > 1e-3).tolist(), strict=True)) == dict.fromkeys(ARKIT_NAMES, True)


def test_expression_deltas_are_what_expressions_add(head: PocketHead) -> None:
    generator = torch.Generator().manual_seed(1)
    identity = torch.randn(head.identity_size, generator=generator)
    deltas = head.expression_deltas(identity)
    rest = head.vertices(identity[None])[0]
    for name in ("jawOpen", "eyeBlinkLeft", "eyeLookInRight", "tongueOut"):
        weights = torch.zeros(1, len(ARKIT_NAMES))
        weights[0, ARKIT_INDEX[name]] = 1.0
        torch.testing.assert_close(
            head.vertices(identity[None], weights)[0], rest + deltas[ARKIT_INDEX[name]], atol=1e-6, rtol=0
        )


def test_blinks_close_wide_and_narrow_eyes(head: PocketHead) -> None:
    loop = head.topology.loops["lid_margin_l"]
    half = len(loop) // 2
    upper, lower = loop[half // 2], loop[-(half // 2)]
    for size in (-2.0, 0.0, 2.0):
        identity = (size * torch.from_numpy(head.attributes["eye_size"].direction))[None]
        weights = torch.zeros(1, len(ARKIT_NAMES))
        weights[0, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
        opened, closed = head.vertices(identity)[0], head.vertices(identity, weights)[0]
        assert (opened[upper] - opened[lower]).norm() > 5e-3
        assert abs(float(closed[upper, 1] - closed[lower, 1])) < 1e-3


@pytest.mark.parametrize(
    ("name", "measurement"),
    [
        ("nose_width", "nose_width"), ("mouth_width", "mouth_width"), ("eye_spacing", "interpupillary_distance"),
        ("ear_size", "ear_length"), ("face_length", "face_height"), ("jaw_width", "jaw_width"),
        ("lip_fullness", "lips_height"), ("eye_tilt", "eye_tilt"), ("nose_bridge", "nose_bridge_convexity"),
    ],
)  # fmt: skip
def test_a_direction_moves_its_measurement_steadily(head: PocketHead, name: str, measurement: str) -> None:
    values = [head.measurements(with_attribute(head, name, w))[measurement] for w in (-2, -1, 0, 1, 2)]
    steps = np.diff(values)
    assert (steps > 0).all()
    assert steps.max() < 2.5 * steps.min()


def test_a_local_direction_stays_local(head: PocketHead) -> None:
    marks = head.topology.landmarks["multi_pie_68"]
    moved = marks.positions(with_attribute(head, "nose_width", 2.5).numpy()) - marks.positions(neutral(head))
    jaw, nose = np.linalg.norm(moved[:17], axis=1), np.linalg.norm(moved[31:36], axis=1)
    assert jaw.max() < 0.1 * nose.max()


def test_a_child_has_larger_eyes_for_its_face(head: PocketHead) -> None:
    def share(weight: float) -> float:
        sizes = head.measurements(with_attribute(head, "age", weight))
        return sizes["palpebral_fissure_length_left"] / sizes["face_height"]

    assert share(-2.5) > 1.05 * share(0.0) > 1.05 * share(2.5)


def test_gradients_reach_identity_and_expression(head: PocketHead) -> None:
    identity = torch.zeros(2, head.identity_size, requires_grad=True)
    expression = torch.full((2, len(ARKIT_NAMES)), 0.1, requires_grad=True)
    head.vertices(identity, expression).square().sum().backward()
    assert identity.grad is not None
    assert expression.grad is not None
    assert (identity.grad.abs().amax(0) > 0).all()
    assert (expression.grad.abs().amax(0) > 0).all()


def test_drawn_heads_hardly_fold(head: PocketHead) -> None:
    faces = head.topology.part("skin").faces
    before = folded(neutral(head), faces)
    generator = torch.Generator().manual_seed(3)
    draws = torch.randn(8, head.identity_size, generator=generator).clamp(-2.5, 2.5)
    for vertices in head.vertices(draws).numpy():
        assert (folded(vertices, faces) & ~before).sum() <= 8


def test_landmarks_lie_where_their_names_say(head: PocketHead) -> None:
    vertices = neutral(head)
    marks = head.topology.landmarks["mediapipe_478"].positions(vertices)
    assert marks.shape == (478, 3)
    assert head.topology.landmarks["multi_pie_68"].positions(vertices).shape == (68, 3)
    skin = vertices[: len(head.topology.part("skin").vertices)]
    # Nose tip foremost, chin below mouth below nose, left eye corner on the subject's left, irises before the balls.
    assert marks[1, 2] > skin[:, 2].max() - 4e-3
    assert marks[152, 1] < marks[17, 1] < marks[2, 1] < marks[168, 1]
    assert marks[263, 0] > marks[362, 0] > 0 > marks[133, 0] > marks[33, 0]
    for iris, part in ((473, "eye_l"), (468, "eye_r")):
        own = head.topology.part(part).vertices
        assert np.linalg.norm(marks[iris] - vertices[own.start : own.stop].mean(0)) < 0.02


def test_measurements_are_those_of_an_adult(head: PocketHead) -> None:
    sizes = head.measurements(torch.from_numpy(neutral(head)))
    ranges = {
        "interpupillary_distance": (58, 70), "face_width": (120, 155), "nose_width": (28, 44), "mouth_width": (42, 60),
        "head_circumference": (530, 610), "ear_length": (50, 72), "palpebral_fissure_height_left": (7, 14),
        "face_height": (100, 135), "upper_lip_height": (4, 13), "lower_lip_height": (5, 15), "neck_width": (95, 145),
    }  # fmt: skip
    for name, (low, high) in ranges.items():
        assert low <= sizes[name] <= high, (name, sizes[name])


def test_a_missing_checkpoint_is_named(tmp_path) -> None:
    with pytest.raises(HeadsmithError) as caught:
        load_pocket_head(tmp_path / "none.safetensors")
    assert caught.value.code is ErrorCode.MISSING_CHECKPOINT


def test_another_file_is_no_pocket_head(tmp_path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(1)}, path, {"format": "something-else"})
    with pytest.raises(HeadsmithError) as caught:
        load_pocket_head(path)
    assert caught.value.code is ErrorCode.BAD_FILE
    path.write_bytes(b"\xff" * 100)
    with pytest.raises(HeadsmithError) as caught:
        load_pocket_head(path)
    assert caught.value.code is ErrorCode.BAD_FILE
