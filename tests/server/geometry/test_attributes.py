"""Identities that are what the words say, on a small made-up head model and on the pocket head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from headsmith_server.checkpoints import registry
from headsmith_server.geometry.attributes import MOST_NORM, identity_from_description, projection
from headsmith_server.heads.protocol import Attribute, HeadModel
from headsmith_server.prompt import HeadDescription, describe, parse
from headsmith_server.texture.parameters import BrowParameters, EyeParameters, SkinParameters

SIZE = 60
IMPLIED = frozenset({"age", "masculinity"})


def _directions() -> dict[str, Attribute]:
    """Six directions of different lengths, two of which lean towards each other."""
    generator = np.random.default_rng(5)
    rows = generator.standard_normal((6, SIZE))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[1] = 0.6 * rows[0] + 0.8 * rows[1]
    lengths = (1.0, 2.5, 0.7, 2.0, 1.5, 2.2)
    names = ("nose_width", "nose_length", "age", "masculinity", "chin", "jaw_width")
    return {
        name: Attribute(name, "less", "more", (length * row).astype(np.float32))
        for name, length, row in zip(names, lengths, rows, strict=True)
    }


@dataclass(frozen=True)
class MadeUpHead:
    """As much of a HeadModel as shapes from words need."""

    identity_size: int = SIZE
    attributes: Mapping[str, Attribute] = field(default_factory=_directions)


def made_up_head() -> HeadModel:
    return MadeUpHead()  # type: ignore[return-value]


def saying(**attributes: float) -> HeadDescription:
    return HeadDescription(
        30.0, 0.5, {}, attributes, SkinParameters(), EyeParameters(), BrowParameters(), implied=IMPLIED
    )


def identity(model: HeadModel, description: HeadDescription, seed: int = 0, spread: float = 0.75) -> torch.Tensor:
    return identity_from_description(model, description, torch.Generator().manual_seed(seed), spread)


@pytest.mark.parametrize("asked", [-2.5, -1.0, 0.5, 2.0])
def test_a_said_direction_is_hit(asked: float) -> None:
    model = made_up_head()
    for seed in range(10):
        head = identity(model, saying(nose_width=asked, chin=-asked), seed)
        assert projection(model, head, "nose_width") == pytest.approx(asked, abs=0.05)
        assert projection(model, head, "chin") == pytest.approx(-asked, abs=0.05)


def test_directions_that_lean_towards_each_other_are_both_hit() -> None:
    model = made_up_head()
    head = identity(model, saying(nose_width=1.5, nose_length=-1.0))
    assert projection(model, head, "nose_width") == pytest.approx(1.5, abs=0.08)
    assert projection(model, head, "nose_length") == pytest.approx(-1.0, abs=0.08)


def test_implied_directions_are_met_loosely() -> None:
    model = made_up_head()
    ages = [projection(model, identity(model, saying(age=2.0), seed), "age") for seed in range(40)]
    assert np.mean(ages) == pytest.approx(2.0, abs=0.3)
    assert 0.02 < np.std(ages) < 0.5


def test_nothing_said_is_an_ordinary_draw() -> None:
    model = made_up_head()
    heads = torch.stack([identity(model, saying(), seed, spread=1.0) for seed in range(120)])
    assert float(heads.mean().abs()) < 0.05
    assert 0.85 < float(heads.std()) < 1.02


def test_saying_something_changes_as_little_as_possible() -> None:
    model = made_up_head()
    plain, said = identity(model, saying(nose_width=0.0)), identity(model, saying(nose_width=2.0))
    moved = (said - plain).double()
    directions = torch.stack([torch.as_tensor(attribute.direction) for attribute in model.attributes.values()]).double()
    outside = moved - directions.T @ torch.linalg.lstsq(directions.T, moved[:, None]).solution[:, 0]
    assert float(outside.norm()) < 1e-4 * float(moved.norm())


def test_same_seed_same_bits_other_seed_another_head() -> None:
    model = made_up_head()
    description = saying(nose_width=1.0)
    assert torch.equal(identity(model, description, 4), identity(model, description, 4))
    assert float((identity(model, description, 4) - identity(model, description, 5)).norm()) > 3


def test_unlikely_wishes_stay_within_the_norm() -> None:
    model = made_up_head()
    head = identity(model, saying(nose_width=9.0, nose_length=-9.0, chin=9.0, jaw_width=9.0))
    assert float(head.norm()) <= MOST_NORM * SIZE**0.5 + 1e-4
    assert projection(model, head, "chin") > 1


def test_unknown_attributes_are_left_out() -> None:
    model = made_up_head()
    assert torch.equal(identity(model, saying(beak=3.0)), identity(model, saying()))


@pytest.fixture(scope="module")
def pocket() -> HeadModel:
    if not registry.checkpoint("pocket_head").path.exists():
        pytest.skip("the pocket head has not been fitted")
    from headsmith_server.heads.pocket import load_pocket_head

    return load_pocket_head()


def shaped(model: HeadModel, prompt: str, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return identity(model, describe(parse(prompt), generator), seed + 1)


PAIRS = [
    ("a very broad nose", "a very narrow nose", "nose_width"),
    ("a very long nose", "a very short nose", "nose_height"),
    ("a very wide mouth", "a very narrow mouth", "mouth_width"),
    ("very full lips", "very thin lips", "lips_height"),
    ("a very wide jaw", "a very narrow jaw", "jaw_width"),
    ("a very long face", "a very short face", "face_height"),
    ("very wide-set eyes", "very close-set eyes", "interpupillary_distance"),
    ("very big ears", "very small ears", "ear_length"),
]


@pytest.mark.parametrize(("more", "less", "measurement"), PAIRS, ids=[pair[2] for pair in PAIRS])
def test_words_are_measurable_on_the_pocket_head(pocket: HeadModel, more: str, less: str, measurement: str) -> None:
    people = [("man", 0), ("woman", 1)]
    prompts = [(f"a 30-year-old {sex} with {words}", seed) for sex, seed in people for words in (more, less)]
    heads = torch.stack([shaped(pocket, prompt, seed) for prompt, seed in prompts])
    sizes = [pocket.measurements(vertices)[measurement] for vertices in pocket.vertices(heads)]
    assert sizes[0] > 1.04 * sizes[1]
    assert sizes[2] > 1.04 * sizes[3]


def test_seeds_differ_visibly_on_the_pocket_head(pocket: HeadModel) -> None:
    first, second = pocket.vertices(torch.stack([shaped(pocket, "a woman of 40", seed) for seed in (1, 2)]))
    skin = pocket.topology.part("skin").vertices
    apart = (first - second)[skin.start : skin.stop].norm(dim=1)
    assert float(apart.mean()) > 0.001  # metres


def test_children_have_smaller_heads(pocket: HeadModel) -> None:
    child, grown = pocket.vertices(torch.stack([shaped(pocket, f"a female aged {years}", 3) for years in (6, 30)]))
    assert pocket.measurements(child)["face_height"] < 0.95 * pocket.measurements(grown)["face_height"]
