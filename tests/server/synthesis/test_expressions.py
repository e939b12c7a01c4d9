"""Expressions are bounded and coherent, and a person's own way with them is bounded, exact where it must be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.clips import draw_curves
from headsmith_server.synthesis.expressions import MOODS, VISEMES, coherent, draw_expression, gaze
from headsmith_server.synthesis.geometry_maps import geometry_maps
from headsmith_server.synthesis.people import person
from headsmith_server.synthesis.personal import AMPLITUDE, PersonalHead, personal_shapes
from headsmith_server.synthesis.streams import stream
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


def is_coherent(weights: np.ndarray) -> bool:
    at = {name: float(weights[number]) for name, number in ARKIT_INDEX.items()}
    if not ((weights >= 0).all() and (weights <= 1).all()):
        return False
    if at["mouthClose"] > at["jawOpen"] + 1e-6:
        return False
    for side in ("Left", "Right"):
        if at[f"eyeBlink{side}"] > 0.6 and at[f"eyeWide{side}"] > 0:
            return False
        if at[f"eyeLookIn{side}"] > 0 and at[f"eyeLookOut{side}"] > 0:
            return False
        if at[f"eyeLookUp{side}"] > 0 and at[f"eyeLookDown{side}"] > 0:
            return False
    # both eyes look the same way
    return not (at["eyeLookOutLeft"] > 0 and at["eyeLookOutRight"] > 0)


def test_random_expressions_are_bounded_and_coherent() -> None:
    drawn = [draw_expression(stream(0, number, "test")) for number in range(400)]
    for expression in drawn:
        assert expression.weights.shape == (52,)
        assert expression.weights.dtype == np.float32
        assert is_coherent(expression.weights), expression.name
    strong = np.mean([expression.weights.max() > 0.9 for expression in drawn])
    assert 0.02 < strong < 0.35  # extremes are rare
    used = np.stack([expression.weights for expression in drawn]).max(0) > 0.05
    assert used.sum() >= 48, [name for name, seen in zip(ARKIT_NAMES, used, strict=True) if not seen]


def test_named_combinations_use_apple_s_names() -> None:
    for shapes in (*MOODS.values(), *VISEMES.values()):
        assert set(shapes) <= set(ARKIT_NAMES)


def test_coherent_holds_mouth_close_to_jaw_open() -> None:
    weights = np.zeros(52, np.float32)
    weights[ARKIT_INDEX["mouthClose"]] = 0.9
    weights[ARKIT_INDEX["jawOpen"]] = 0.2
    assert coherent(weights)[ARKIT_INDEX["mouthClose"]] == pytest.approx(0.2)


def test_gaze_turns_both_eyes_the_same_way() -> None:
    left = gaze(20.0, 5.0)
    assert left[ARKIT_INDEX["eyeLookOutLeft"]] > 0.3
    assert left[ARKIT_INDEX["eyeLookInRight"]] == left[ARKIT_INDEX["eyeLookOutLeft"]]
    assert left[ARKIT_INDEX["eyeLookUpLeft"]] > 0


def test_a_person_s_ways_are_bounded_and_exact_where_they_must_be() -> None:
    ways = [personal_shapes(1, index) for index in range(50)]
    for shapes in ways:
        assert (shapes.amplitude >= AMPLITUDE[0]).all()
        assert (shapes.amplitude <= AMPLITUDE[1]).all()
        assert shapes.amplitude[ARKIT_INDEX["eyeBlinkLeft"]] == 1.0
    left = np.array([w.amplitude[ARKIT_INDEX["mouthSmileLeft"]] for w in ways])
    right = np.array([w.amplitude[ARKIT_INDEX["mouthSmileRight"]] for w in ways])
    assert np.abs(left - right).mean() > 0.05  # faces are not symmetric
    assert left.std() > 0.08


def test_two_people_smile_differently(model: HeadModel) -> None:
    weights = torch.zeros(1, 52)
    weights[0, [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = 0.8
    identity = torch.zeros(model.identity_size)
    smiles = []
    for index in range(2):
        head = PersonalHead(model, identity, personal_shapes(3, index))
        smiles.append(head.posed(weights)[0] - head.neutral)
    assert (smiles[0] - smiles[1]).norm(dim=-1).max() > 0.0008


@pytest.mark.parametrize("index", [0, 1, 2])
def test_everybody_s_lids_close(model: HeadModel, index: int) -> None:
    """The gap between upper and lower lid shrinks to a small share of the open eye's."""
    who = person(9, index, model)
    head = PersonalHead(model, torch.from_numpy(who.identity), personal_shapes(9, index))
    weights = torch.zeros(1, 52)
    weights[0, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = 1.0
    posed = head.posed(weights)[0].numpy()
    neutral = head.neutral.numpy()
    points = model.topology.landmarks["mediapipe_478"]
    for upper, lower in ((159, 145), (386, 374)):
        open_, shut = (
            np.linalg.norm(points.positions(v)[upper] - points.positions(v)[lower]) for v in (neutral, posed)
        )
        assert shut < 0.0022, (open_, shut)
        assert shut < 0.4 * open_


def test_geometry_maps_do_not_depend_on_threads_or_number(model: HeadModel) -> None:
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = geometry_maps(2, 1, model, views=3, size=64)
        torch.set_num_threads(2)
        two = geometry_maps(2, 1, model, views=3, size=64)
        few = geometry_maps(2, 1, model, views=1, size=64)
    finally:
        torch.set_num_threads(threads)
    for first, second in zip(one, two, strict=True):
        assert np.array_equal(first.expression, second.expression)
        assert np.array_equal(first.neutral, second.neutral)
    assert np.array_equal(few[0].weights, one[0].weights)
    assert np.allclose(few[0].expression, one[0].expression, atol=1e-7)


def test_geometry_maps_hold_the_person_and_the_expression(model: HeadModel) -> None:
    samples = geometry_maps(4, 2, model, views=3, size=128)
    again = geometry_maps(4, 2, model, views=3, size=128)
    assert len(samples) == 3
    for sample, same in zip(samples, again, strict=True):
        assert sample.neutral.shape == sample.expression.shape == (128, 128, 3)
        assert np.array_equal(sample.expression, same.expression)
        assert np.array_equal(sample.neutral, samples[0].neutral)
        assert 0.002 < np.abs(sample.neutral[sample.covered]).max() < 0.12
        assert np.abs(sample.expression).max() < 0.08


def test_curves_are_coherent_and_blink() -> None:
    curves = draw_curves(np.random.default_rng(2), 300)
    assert curves.weights.shape == (300, 52)
    assert all(is_coherent(row) for row in curves.weights)
    blink = curves.weights[:, ARKIT_INDEX["eyeBlinkLeft"]]
    assert blink.max() > 0.9
    assert (blink > 0.5).mean() < 0.35
    assert np.abs(np.diff(curves.turn, axis=0)).max() < 2.0  # degrees a frame: heads do not jump
    assert np.abs(np.diff(curves.weights, axis=0)).max() < 0.8
