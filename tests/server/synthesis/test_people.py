"""The population: reproducible, wide, and with hair that belongs to age and sex."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from headsmith_server.hair.parameters import BEARDS, STYLES
from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.people import OLDEST, YOUNGEST, Person, person
from headsmith_server.synthesis.streams import stream, stream_seed

COUNT = 400


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def people(model: HeadModel) -> list[Person]:
    return [person(5, index, model) for index in range(COUNT)]


def test_a_person_is_the_same_in_any_order(model: HeadModel, people: list[Person]) -> None:
    for index in (17, 3, 11):
        again = person(5, index, model)
        assert again.description == people[index].description
        assert np.array_equal(again.identity, people[index].identity)


def test_streams_differ_by_seed_index_and_purpose() -> None:
    seeds = {stream_seed(s, i, p) for s in range(3) for i in range(3) for p in ("a", "b")}
    assert len(seeds) == 18
    assert stream(1, 2, "x").random() == stream(1, 2, "x").random()


def test_ages_cover_children_and_the_old(people: list[Person]) -> None:
    years = np.array([who.description.age_years for who in people])
    assert years.min() >= YOUNGEST - 0.1
    assert years.max() <= OLDEST + 0.1
    for low, high, least in ((3, 12, 0.04), (12, 18, 0.03), (18, 40, 0.3), (40, 62, 0.15), (62, 90, 0.1)):
        assert ((years >= low) & (years < high)).mean() > least


def test_both_sexes_and_all_ancestries_are_common(people: list[Person]) -> None:
    masculinity = np.array([who.description.masculinity for who in people])
    assert 0.35 < (masculinity > 0.5).mean() < 0.65
    for group in ("african", "asian", "european"):
        assert (np.array([who.description.ancestry[group] for who in people]) > 0.6).mean() > 0.1
    mixed = [who for who in people if sorted(who.description.ancestry.values())[1] > 0.25]
    assert len(mixed) > 0.08 * COUNT


def test_skin_tones_cover_the_whole_range(people: list[Person]) -> None:
    melanin = np.array([who.description.skin.melanin for who in people])
    counts, _ = np.histogram(melanin, bins=6, range=(0.0, 1.0))
    assert (counts > 0.04 * COUNT).all()


def test_tails_of_the_attributes_are_covered(people: list[Person], model: HeadModel) -> None:
    for name in ("nose_width", "jaw_width", "eye_size", "lip_fullness"):
        said = np.array([who.description.attributes.get(name, 0.0) for who in people])
        assert said.min() < -1.8
        assert said.max() > 1.8


def test_hair_belongs_to_the_person(people: list[Person]) -> None:
    styles = Counter(who.hair.style for who in people)
    assert set(styles) <= set(STYLES)
    assert len(styles) >= 14
    assert max(styles.values()) < 0.3 * COUNT
    for who in people:
        assert who.beard.style in BEARDS
        assert who.description.hair == who.hair
        if who.description.age_years < 17.0 or who.description.masculinity < 0.5:
            assert who.beard.style == "none"
            assert who.beard.moustache == "none"
        if who.description.age_years < 18.0:
            assert who.hair.style not in ("bald", "receding")
