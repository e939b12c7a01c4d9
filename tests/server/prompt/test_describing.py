"""What is filled in: plausible, consistent, seeded."""

from __future__ import annotations

import statistics

import pytest
import torch

from headsmith_server.prompt import HeadDescription, describe, parse
from headsmith_server.texture.parameters import Scar

SEEDS = range(40)


def described(prompt: str, seed: int = 0) -> HeadDescription:
    return describe(parse(prompt), torch.Generator().manual_seed(seed))


def test_the_elderly_sailor() -> None:
    prompt = "an elderly sailor with weathered dark skin, a broad nose and grey stubble"
    people = [described(prompt, seed) for seed in SEEDS]
    assert sum(person.masculinity > 0.6 for person in people) >= 0.95 * len(people)
    for person in people:
        assert 64 <= person.age_years <= 80
        assert 0.62 <= person.skin.melanin <= 1
        assert person.attributes["nose_width"] == pytest.approx(2.0, abs=0.3)
        assert person.skin.stubble == pytest.approx(0.6, abs=0.05)
        assert person.skin.beard.grey > 0.6
        assert person.skin.weathering > 0.8
        assert not person.not_understood
        assert not person.not_built


def test_same_seed_same_description() -> None:
    assert described("an old man with a scar", 3) == described("an old man with a scar", 3)
    assert described("an old man with a scar", 3) != described("an old man with a scar", 4)


def test_one_more_word_leaves_the_rest_of_the_person_alone() -> None:
    for seed in SEEDS:
        plain, more = described("a woman of 40", seed), described("a woman of 40 with freckles and a broad nose", seed)
        assert more.masculinity == plain.masculinity
        assert more.skin.moles == plain.skin.moles
        assert more.teeth == plain.teeth
        assert set(more.implied) == set(plain.implied) - {"nose_width"}
        assert set(more.attributes) - set(more.implied) == {"nose_width"}


@pytest.mark.parametrize("prompt", ["a baby", "a baby boy", "a toddler", "a 9-year-old girl", "a boy", "a young child"])
def test_children_have_no_stubble_and_no_wrinkles(prompt: str) -> None:
    for seed in SEEDS:
        child = described(prompt, seed)
        assert child.age_years < 18
        assert child.skin.stubble == 0
        assert child.skin.wrinkles == 0
        assert child.skin.hair.grey == 0
        assert child.attributes["age"] < -0.4


def test_only_grown_men_have_drawn_stubble() -> None:
    assert all(described("a woman", seed).skin.stubble == 0 for seed in SEEDS)
    men = [
        person.skin.stubble for person in (described("a man", seed) for seed in SEEDS) if person.beard.style == "none"
    ]
    assert 0 < sum(strength > 0 for strength in men) < len(men)
    assert max(men) <= 0.35


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("an old woman", 64, 73), ("a very old woman", 76, 88), ("a slightly old woman", 46, 58),
        ("not a very old woman", 42, 52), ("a young man", 18, 28), ("a young boy", 4, 8), ("an older girl", 11, 17),
        ("a grandmother", 66, 78), ("a man", 18, 70), ("an old grandfather", 66, 80), ("a young grandmother", 42, 56),
        ("a man with deep wrinkles", 55, 80), ("white hair", 52, 80),
    ],
)  # fmt: skip
def test_words_lead_to_ages(prompt: str, low: float, high: float) -> None:
    for seed in SEEDS:
        assert low <= described(prompt, seed).age_years <= high


def test_sex_follows_nouns_then_pronouns_then_hints() -> None:
    for seed in SEEDS:
        assert described("his mother", seed).masculinity < 0.4
        assert described("a face with a beard", seed).masculinity > 0.6 or seed  # a hint, nearly always
        assert described("not a man", seed).masculinity < 0.4
        assert 0.35 < described("an androgynous person", seed).masculinity < 0.65
    assert statistics.mean(described("a person", seed).masculinity for seed in range(200)) == pytest.approx(
        0.5, abs=0.07
    )


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("a Nigerian man", 0.6, 1), ("a Swedish woman", 0, 0.2), ("a Chinese man", 0.08, 0.35),
        ("a pale Nigerian", 0.2, 0.6), ("very dark skin", 0.8, 1), ("very pale skin", 0, 0.06),
        ("a half Nigerian, half Swedish woman", 0.3, 0.65), ("a tanned Swedish woman", 0.15, 0.36),
    ],
)  # fmt: skip
def test_skin_follows_the_words_and_the_ancestry(prompt: str, low: float, high: float) -> None:
    for seed in SEEDS:
        assert low <= described(prompt, seed).skin.melanin <= high


def test_ancestry_is_shares_and_moves_the_face() -> None:
    african, asian = described("a Nigerian man"), described("a Japanese man")
    for person in (african, asian, described("an Italian and Korean man")):
        assert sum(person.ancestry.values()) == pytest.approx(1)
    assert african.attributes["african"] > 1 > 0.3 > african.attributes["asian"]
    assert asian.attributes["asian"] > 1 > 0.3 > asian.attributes["african"]


def test_unsaid_ancestry_agrees_with_said_colours() -> None:
    for seed in SEEDS:
        assert described("red hair, freckles and green eyes", seed).ancestry["european"] > 0.7
        assert described("very dark skin", seed).ancestry["european"] < 0.9
        assert described("a Kenyan woman", seed).eyes.iris in ("brown", "dark brown")


def test_hair_greys_with_age_unless_its_colour_is_said() -> None:
    young = statistics.mean(described("a 25-year-old man", seed).skin.hair.grey for seed in SEEDS)
    old = statistics.mean(described("an 80-year-old man", seed).skin.hair.grey for seed in SEEDS)
    assert young < 0.05
    assert old > 0.8
    assert described("an 80-year-old man with black hair").skin.hair.grey < 0.1


def test_scars_lie_where_they_are_said() -> None:
    assert described("a scar on the left cheek").skin.scars == (Scar("cheek", "left", 25.0, 0.75),)
    long, short = described("a long scar on the forehead and a small scar on his chin").skin.scars
    assert (long.region, short.region) == ("forehead", "chin")
    assert long.length_mm > short.length_mm
    assert len(described("two scars").skin.scars) == 2
    assert described("no scars").skin.scars == ()


def test_odd_eyes() -> None:
    eyes = described("one blue eye and one brown eye").eyes
    assert (eyes.iris, eyes.iris_right) == ("blue", "brown")
    assert described("blue eyes").eyes.iris_right is None
    for seed in SEEDS:
        assert described("an Irishman, not blue-eyed", seed).eyes.iris != "blue"


def test_bald_is_bald_and_cropped_is_cropped() -> None:
    bald, cropped = described("a completely bald man"), described("a man with a crew cut")
    assert (bald.hair.style, bald.skin.cropped_hair) == ("bald", 0)
    assert cropped.hair.style == "crew_cut"
    assert cropped.skin.cropped_hair > 0.7
    for seed in SEEDS:
        man = described("a man who is not bald", seed)
        assert man.hair.style != "bald"
        assert man.skin.cropped_hair > 0.5


def test_make_up_that_is_said_is_all_that_is_painted() -> None:
    painted = described("a woman with bold red lipstick").skin.makeup
    assert painted.eye_shadow_strength == painted.blush_strength == painted.mascara_strength == 0
    assert painted.lipstick_strength > 0.8
    assert painted.lipstick[0] > 5 * painted.lipstick[1]


def test_what_was_not_used_is_handed_on() -> None:
    person = described("an old man with a red hat, freckels and a frobnicated nose")
    assert person.not_built == ("red hat",)
    assert person.not_understood == ("frobnicated",)
    assert person.read_as == ("freckels as freckles",)


def test_eyes_of_two_colours_are_said_to_be_built_in_one() -> None:
    person = described("a man with heterochromia")
    assert person.eyes.iris_right is not None
    assert any("right eye" in text for text in person.not_built)
