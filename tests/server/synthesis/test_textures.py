"""Texture samples: whole, the same whenever they are made, and described by their captions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from headsmith_server.synthesis.shards.kind import Sample, sample
from headsmith_server.synthesis.shards.parts import encode_sample
from headsmith_server.synthesis.textures import TEXTURES, UNSEEN
from headsmith_server.texture.undesired import UNDESIRED

CPU = torch.device("cpu")
SIZE = 64
CHANNELS = ("albedo", "normal", "roughness", "specular", "displacement", "mask", "undesired", "face")


def made(index: int, seed: int = 3) -> Sample:
    return sample(TEXTURES, seed, index, TEXTURES.options(SIZE), CPU)


@pytest.fixture(scope="module")
def some() -> list[Sample]:
    return [made(index) for index in range(4)]


def image(of: Sample, name: str) -> np.ndarray[Any, Any]:
    value = of[f"{name}.png"]
    assert isinstance(value, np.ndarray)
    return value


def meta(of: Sample) -> Any:
    return of["meta.json"]


def test_a_sample_is_the_same_in_any_order_and_company(some: list[Sample]) -> None:
    for index in (2, 0):
        assert encode_sample(made(index)) == encode_sample(some[index])


def test_a_sample_does_not_depend_on_what_was_drawn_elsewhere(some: list[Sample]) -> None:
    torch.manual_seed(5)
    np.random.seed(5)
    assert encode_sample(made(1)) == encode_sample(some[1])


def test_other_seeds_and_numbers_give_other_people(some: list[Sample]) -> None:
    people = [*some, made(0, seed=4)]
    assert len({encode_sample(one)["albedo.png"] for one in people}) == len(people)
    assert len({encode_sample(one)["identity.safetensors"] for one in people}) == len(people)


def test_all_maps_cover_the_same_texels(some: list[Sample]) -> None:
    inside = image(some[0], "mask") == 255
    assert 0.3 < inside.mean() < 1
    for one in some:
        for name in CHANNELS:
            assert image(one, name).shape[:2] == (SIZE, SIZE)
        np.testing.assert_array_equal(image(one, "mask") == 255, inside)
        normals = image(one, "normal")[inside].astype(np.float32) / 127.5 - 1
        assert np.abs(np.linalg.norm(normals, axis=1) - 1).max() < 0.03
        assert image(one, "albedo")[inside].std() > 2


def test_what_is_written_down_is_what_was_painted(some: list[Sample]) -> None:
    """Darker people by their parameters have darker skin."""
    inside = image(some[0], "mask") == 255
    people = [*some, *(made(index) for index in range(4, 8))]
    melanin = [meta(one)["description"]["skin"]["melanin"] for one in people]
    lightness = [image(one, "albedo")[inside].mean() for one in people]
    assert np.corrcoef(melanin, lightness)[0, 1] < -0.7


def test_the_undesired_domain_is_the_same_face_spoilt(some: list[Sample]) -> None:
    inside = image(some[0], "mask") == 255
    for one in some:
        flaws = meta(one)["flaws"]
        assert flaws
        assert set(flaws) <= set(UNDESIRED)
        clean, spoilt = image(one, "albedo")[inside].astype(int), image(one, "undesired")[inside].astype(int)
        assert np.abs(clean - spoilt).mean() > 1
    assert any((image(one, "face") == 0).any() for one in some)


def test_captions_come_with_their_claims(some: list[Sample]) -> None:
    for one in some:
        caption = meta(one)["caption"]
        assert one["caption.txt"] == caption["text"]
        assert caption["claims"]
        assert not {claim["channel"] for claim in caption["claims"]} & UNSEEN  # a map shows no shapes
    assert len({one["caption.txt"] for one in some}) == len(some)
