"""Deformation transfer: exact on the mean, to scale on a scaled head, linear, lids closed and lips together."""

from __future__ import annotations

import pytest
import torch

from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.heads.transfer import TransferSource, transfer_source
from headsmith_shared.arkit import ARKIT_INDEX


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def source(model: HeadModel) -> TransferSource:
    return transfer_source(model)


@pytest.fixture(scope="module")
def mean(model: HeadModel, source: TransferSource) -> torch.Tensor:
    return model.vertices(torch.zeros(1, model.identity_size))[0, : len(source.sizes)]


@pytest.fixture(scope="module")
def shapes(model: HeadModel, source: TransferSource) -> torch.Tensor:
    return model.expression_deltas(torch.zeros(model.identity_size))[:, : len(source.sizes)]


def person(model: HeadModel, seed: int) -> torch.Tensor:
    return torch.randn(model.identity_size, generator=torch.Generator().manual_seed(seed))


def test_on_the_mean_every_shape_is_its_own(source: TransferSource, mean: torch.Tensor, shapes: torch.Tensor) -> None:
    transferred = source.to_target(mean)(shapes, shapes)
    assert (transferred - shapes).abs().max() < 1e-6  # metres


def test_on_a_scaled_head_shapes_scale(source: TransferSource, mean: torch.Tensor, shapes: torch.Tensor) -> None:
    transferred = source.to_target(1.25 * mean)(shapes, 1.25 * shapes)
    assert (transferred - 1.25 * shapes).abs().max() < 2e-6


def test_a_turned_head_s_free_skin_keeps_its_gradients_in_space(
    source: TransferSource, mean: torch.Tensor, shapes: torch.Tensor
) -> None:
    """A head that is moved but not turned takes the same displacements."""
    transferred = source.to_target(mean + torch.tensor([0.1, -0.2, 0.3]))(shapes[17:18], shapes[17:18])
    assert (transferred - shapes[17:18]).abs().max() < 2e-6


def test_a_blend_is_transferred_as_the_blend_of_transfers(
    model: HeadModel, source: TransferSource, shapes: torch.Tensor
) -> None:
    identity = person(model, 1)
    transfer = source.to_target(model.vertices(identity[None])[0, : len(source.sizes)])
    own = model.expression_deltas(identity)[:, : len(source.sizes)]
    some = [ARKIT_INDEX[name] for name in ("jawOpen", "mouthSmileLeft", "browInnerUp")]
    weights = torch.tensor([0.5, 0.8, 0.3])[:, None, None]
    apart = (weights * transfer(shapes[some], own[some], iterations=200)).sum(0)
    whole = transfer((weights * shapes[some]).sum(0)[None], (weights * own[some]).sum(0)[None], iterations=200)[0]
    assert (whole - apart).abs().max() < 2e-5


def test_few_iterations_are_close_to_many(model: HeadModel, source: TransferSource, shapes: torch.Tensor) -> None:
    identity = person(model, 2)
    transfer = source.to_target(model.vertices(identity[None])[0, : len(source.sizes)])
    own = model.expression_deltas(identity)[:, : len(source.sizes)]
    rough, fine = transfer(shapes, own), transfer(shapes, own, iterations=300)
    assert (rough - fine).norm(dim=-1).max() < 0.002
    assert (rough - fine).norm(dim=-1).mean() < 5e-5


def test_still_skin_stays(model: HeadModel, source: TransferSource, shapes: torch.Tensor) -> None:
    identity = person(model, 3)
    transfer = source.to_target(model.vertices(identity[None])[0, : len(source.sizes)])
    own = model.expression_deltas(identity)[:, : len(source.sizes)]
    assert transfer(shapes, own)[:, source.still].abs().max() < 2e-6


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_lids_close_and_lips_meet_as_the_model_s_own(
    model: HeadModel, source: TransferSource, shapes: torch.Tensor, seed: int
) -> None:
    identity = person(model, seed)
    count = len(source.sizes)
    neutral = model.vertices(identity[None])[0, :count]
    own = model.expression_deltas(identity)[:, :count]
    transferred = source.to_target(neutral)(shapes, own)
    for side, name in (("l", "eyeBlinkLeft"), ("r", "eyeBlinkRight")):
        margin = model.topology.loops[f"lid_margin_{side}"]
        number = ARKIT_INDEX[name]
        assert (transferred[number, margin] - own[number, margin]).norm(dim=-1).max() < 0.0006
    closed = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    ours, theirs = (moves[closed[0]] + moves[closed[1]] for moves in (transferred, own))
    for loop in ("lip_line_upper", "lip_line_lower"):
        lips = model.topology.loops[loop]
        assert (ours[lips] - theirs[lips]).norm(dim=-1).max() < 0.001


def test_the_transfer_does_something(model: HeadModel, source: TransferSource, shapes: torch.Tensor) -> None:
    identity = person(model, 7)
    own = model.expression_deltas(identity)[:, : len(source.sizes)]
    transferred = source.to_target(model.vertices(identity[None])[0, : len(source.sizes)])(shapes, own)
    assert (transferred - own).norm(dim=-1).amax(1)[ARKIT_INDEX["jawOpen"]] > 0.0005


def test_threads_do_not_matter(model: HeadModel, source: TransferSource, shapes: torch.Tensor) -> None:
    identity = person(model, 8)
    own = model.expression_deltas(identity)[:4, : len(source.sizes)]
    neutral = model.vertices(identity[None])[0, : len(source.sizes)]
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = source.to_target(neutral)(shapes[:4], own)
        torch.set_num_threads(2)
        two = source.to_target(neutral)(shapes[:4], own)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(one, two)
