"""The pipeline over the shipped head: what it yields, in which order, and what it does with any prompt."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server import pipelines
from headsmith_server.pipelines.events import Artifact, Note
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import read_head
from headsmith_shared.specs import GenerateSpec
from scripts.sheets.heads import SHEET_PROMPTS


class QuietContext:
    """Reports to nobody; cancels at a chosen tick."""

    device = torch.device("cpu")

    def __init__(self, cancel_at: int | None = None) -> None:
        self.ticks = 0
        self.cancel_at = cancel_at
        self.fractions: list[float] = []

    def tick(self, fraction: float | None = None, stage: str | None = None) -> None:
        self.ticks += 1
        if fraction is not None:
            self.fractions.append(fraction)
        if self.cancel_at is not None and self.ticks >= self.cancel_at:
            raise HeadsmithError(ErrorCode.CANCELLED, "cancelled")


@pytest.mark.slow
def test_geometry_comes_first_and_the_whole_head_last() -> None:
    context = QuietContext()
    spec = GenerateSpec("a tired man with a wooden leg, a hat, a quiff and a goatee", seed=2, texture_size=1024)
    events = list(pipelines.run(spec, context))
    artifacts = [event for event in events if isinstance(event, Artifact)]
    assert artifacts[0].kind == "geometry"
    assert artifacts[-1].kind == "head"
    assert (artifacts[1].kind, artifacts[1].name) == ("geometry", "hair.head")
    assert {artifact.kind for artifact in artifacts[2:-1]} == {"map"}
    assert read_head(artifacts[0].data).maps == ()
    whole = read_head(artifacts[-1].data)
    assert not read_head(artifacts[0].data).strands, "the first geometry does not wait for hair"
    haired = read_head(artifacts[1].data)
    assert [strands.name for strands in haired.strands] == [strands.name for strands in whole.strands]
    assert [part.name for part in haired.parts] == [part.name for part in whole.parts]
    assert {strands.name for strands in whole.strands} >= {"hair", "beard"}
    assert {strands.material for strands in whole.strands} == {"hair", "beard"}
    assert whole.materials["hair"]["melanin"] > 0
    names = {f"{texture.material}.{texture.channel}" for texture in whole.maps}
    assert names == {artifact.name for artifact in artifacts[2:-1]}
    kinds = {event.kind for event in events if isinstance(event, Note)}
    assert {"not_understood", "not_built"} <= kinds
    assert context.fractions == sorted(context.fractions)
    assert context.fractions[-1] == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", SHEET_PROMPTS)
def test_every_prompt_gives_a_sound_shape(prompt: str, seed: int) -> None:
    first = _geometry(GenerateSpec(prompt, seed))
    head = read_head(first)
    skin = head.part("skin").positions
    assert np.isfinite(skin).all()
    height = float(np.ptp(skin[:, 1]))
    assert 0.2 < height < 0.45, f"a head {height:.2f} m high"


def test_the_same_prompt_and_seed_give_the_same_bytes() -> None:
    spec = GenerateSpec(SHEET_PROMPTS[0], 5)
    assert _geometry(spec) == _geometry(spec)


def test_another_seed_is_another_head() -> None:
    heads = [read_head(_geometry(GenerateSpec("a woman", seed))).part("skin").positions for seed in (1, 2)]
    assert float(np.abs(heads[0] - heads[1]).max()) > 2e-3


@pytest.mark.parametrize("cancel_at", [1, 3, 8, 20])
def test_a_cancel_leaves_at_the_next_tick(cancel_at: int) -> None:
    context = QuietContext(cancel_at)
    with pytest.raises(HeadsmithError) as raised:
        list(pipelines.run(GenerateSpec("a man", texture_size=1024), context))
    assert raised.value.code is ErrorCode.CANCELLED
    assert context.ticks == cancel_at


def test_an_unknown_head_model_is_refused() -> None:
    with pytest.raises(HeadsmithError) as raised:
        list(pipelines.run(GenerateSpec("a man", head="marble"), QuietContext()))
    assert raised.value.code is ErrorCode.BAD_INPUT


def _geometry(spec: GenerateSpec) -> bytes:
    events = pipelines.run(spec, QuietContext())
    return next(event.data for event in events if isinstance(event, Artifact))


def test_a_quality_that_cannot_be_made_yet_is_told_and_kept() -> None:
    spec = GenerateSpec("a man", quality="high")
    notes: list[Note] = []
    for event in pipelines.run(spec, QuietContext()):
        if isinstance(event, Note):
            notes.append(event)
        if isinstance(event, Artifact):
            told = read_head(event.data).provenance.not_built
            break
    assert Note("not_built", "quality high (made as draft)") in notes
    assert told[-1] == "quality high (made as draft)"
