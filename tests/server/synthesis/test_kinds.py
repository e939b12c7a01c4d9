"""Every kind of data: what its samples hold, and that sample k is sample k."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from headsmith_server.synthesis.plain import plain
from headsmith_server.synthesis.shards.kind import Kind, Sample, sample
from headsmith_server.synthesis.shards.kinds import KINDS, find_kind
from headsmith_server.synthesis.shards.parts import decode_sample, encode_sample

CPU = torch.device("cpu")
SIZE = 64
DOCUMENT = (Path(__file__).parents[3] / "docs" / "synth.md").read_text()


@pytest.fixture(scope="module", params=sorted(KINDS))
def made(request: pytest.FixtureRequest) -> tuple[Kind, list[Sample]]:
    kind = find_kind(request.param)
    options = kind.options(SIZE, min(2, kind.most_views))
    return kind, [dict(each) for each in islice(kind.make(5, 1, options, CPU), options.views)]


def test_samples_come_back_from_their_bytes(made: tuple[Kind, list[Sample]]) -> None:
    for each in made[1]:
        back = decode_sample(encode_sample(each))
        assert encode_sample(back) == encode_sample(each)


def test_the_document_names_every_part_and_array(made: tuple[Kind, list[Sample]]) -> None:
    kind, samples = made
    assert f"### `{kind.name}`" in DOCUMENT
    for name, value in samples[0].items():
        assert f"`{name}`" in DOCUMENT
        if isinstance(value, dict):
            assert all(f"`{field}`" in DOCUMENT for field in value), sorted(value)


def test_a_sample_alone_is_the_one_of_its_group(made: tuple[Kind, list[Sample]]) -> None:
    kind, samples = made
    options = kind.options(SIZE, min(2, kind.most_views))
    index = options.views + len(samples) - 1
    torch.manual_seed(3)
    assert encode_sample(sample(kind, 5, index, options, CPU)) == encode_sample(samples[-1])


def test_nothing_is_empty_or_not_a_number(made: tuple[Kind, list[Sample]]) -> None:
    for each in made[1]:
        for value in each.values():
            arrays = value.values() if isinstance(value, dict) else [value]
            for array in arrays:
                if isinstance(array, np.ndarray):
                    assert array.size
                    assert np.isfinite(array.astype(np.float64)).all()


def test_the_checkpoints_are_registered_and_the_words_are_there(made: tuple[Kind, list[Sample]]) -> None:
    from headsmith_server.checkpoints.registry import checkpoint

    kind = made[0]
    assert kind.summary
    assert kind.licences
    assert all(checkpoint(name).sha256 for name in kind.checkpoints)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(np.float32(0.1), 0.1), (np.int64(3), 3), (np.bool_(True), True), (frozenset({"b", "a"}), ["a", "b"]),
     ((1, "x", None), [1, "x", None]), (np.zeros(2), [0.0, 0.0]), ({1: 2}, {"1": 2})],
)  # fmt: skip
def test_parameters_become_json(value: Any, expected: Any) -> None:
    assert json.loads(json.dumps(plain(value))) == expected
