"""Hair and beards: said ones are worn, unsaid ones fit age, sex and origin, and one word moves one thing."""

from __future__ import annotations

import statistics
from collections import Counter

import pytest
import torch

from headsmith_server.hair.parameters import BEARDS, MOUSTACHES, STYLES
from headsmith_server.prompt import HeadDescription, describe, parse
from headsmith_server.prompt.colours import DYES
from headsmith_server.prompt.hairstyles import USUAL_LONG, length_of, usual_styles

SEEDS = range(80)


def described(prompt: str, seed: int = 0) -> HeadDescription:
    return describe(parse(prompt), torch.Generator().manual_seed(seed))


def styles(prompt: str) -> Counter[str]:
    return Counter(described(prompt, seed).hair.style for seed in SEEDS)


SAID = {
    "bald": "a bald woman", "receding": "a man with a receding hairline", "buzz_cut": "a man with a buzz cut",
    "crew_cut": "a soldier with cropped hair", "side_part": "a man with a side parting", "quiff": "a pompadour",
    "pixie": "a woman with a pixie cut", "bob": "a green bob", "straight": "long straight black hair",
    "wavy": "long wavy hair", "curly": "a woman with long curly red hair", "afro": "a man with an afro",
    "locs": "dreadlocks", "braids": "cornrows", "ponytail": "a girl with a ponytail", "bun": "a man bun",
    "mohawk": "a punk rocker with a blue mohawk",
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_every_style_can_be_said(style: str) -> None:
    assert styles(SAID[style])[style] == len(SEEDS)


@pytest.mark.parametrize("style", [style for style in BEARDS if style != "none"])
def test_every_beard_can_be_said(style: str) -> None:
    words = {"short": "short beard", "full": "full beard", "long": "long beard"}.get(style, style.replace("_", " "))
    for seed in SEEDS:
        assert described(f"a man with a {words}", seed).beard.style == style


@pytest.mark.parametrize("style", [style for style in MOUSTACHES if style != "none"])
def test_every_moustache_can_be_said(style: str) -> None:
    words = "" if style == "natural" else style
    person = described(f"a man with a {words} moustache")
    assert (person.beard.moustache, person.beard.style) == (style, "none")


def test_words_add_up() -> None:
    person = described("a woman with very long curly blue hair")
    assert person.hair.style == "curly"
    assert person.hair.length > 0.6
    assert person.hair.colour.dye == DYES["blue"]
    person = described("a bald man with a full grey beard")
    assert (person.hair.style, person.beard.style, person.beard.moustache) == ("bald", "full", "natural")
    assert person.beard.colour.grey > 0.6
    for words in ("a man with curly hair", "an old man with short curly hair"):
        person = described(words)
        assert person.hair.style == "side_part", "curls of a length that men wear"
        assert person.hair.curl > 0.5
    person = described("a man with a goatee but no moustache")
    assert (person.beard.style, person.beard.moustache) == ("goatee", "none")
    person = described("dyed red hair")
    assert person.hair.colour.dye == DYES["scarlet"]
    assert described("dyed hair").hair.colour.dye in DYES.values()
    assert described("a monk with long hair").hair.style != "bald"
    assert described("a woman with a long straight bob").hair.curl <= 0


def test_lengths_are_ordered() -> None:
    words = ("very short", "short", "chin-length", "shoulder-length", "long", "very long", "waist-length")
    people = [described(f"a woman with {word} straight hair", 3) for word in words]
    reach = [_long(person.hair.style, person.hair.length) for person in people]
    assert reach == sorted(reach)
    assert len(set(reach)) == len(reach)


def _long(style: str, length: float) -> float:
    """What hair_long gives a style this length."""
    return next(long / 1000 for long in range(1001) if length_of(style, long / 1000) >= length - 1e-6)


@pytest.mark.parametrize("denial", ["clean-shaven", "without a beard", "with no facial hair", "beardless"])
def test_who_has_no_beard_has_none(denial: str) -> None:
    for seed in SEEDS:
        person = described(f"a man, {denial}", seed)
        assert (person.beard.style, person.beard.moustache, person.skin.stubble) == ("none", "none", 0)


def test_denied_hair_is_not_worn() -> None:
    for seed in SEEDS:
        assert described("a 70-year-old man who is not bald", seed).hair.style != "bald"
        assert described("a girl, no ponytail", seed).hair.style != "ponytail"
        assert described("a woman with no fringe", seed).hair.fringe == 0
        assert described("a woman with no hair", seed).hair.style == "bald"


def test_stubble_is_strands_and_a_shadow() -> None:
    person = described("a man with heavy stubble")
    assert person.beard.style == "stubble"
    assert person.beard.density > described("a man with light stubble").beard.density
    assert person.skin.stubble == pytest.approx(0.85)


def test_unsaid_hair_follows_sex() -> None:
    men, women = styles("a 30-year-old Swedish man"), styles("a 30-year-old Swedish woman")
    long = ("straight", "wavy", "curly", "bob", "ponytail", "bun", "braids")
    assert 0 < sum(men[style] for style in long) < 0.35 * len(SEEDS)
    assert 0.65 * len(SEEDS) < sum(women[style] for style in long) < len(SEEDS)
    assert len(men) >= 4
    assert len(women) >= 4
    assert not women["bald"] + women["receding"]


def test_unsaid_hair_follows_origin() -> None:
    african, asian = styles("a Nigerian woman"), styles("a Korean woman")
    coiled = ("afro", "braids", "locs", "curly", "buzz_cut")
    assert sum(african[style] for style in coiled) > 0.7 * len(SEEDS)
    assert not asian["afro"] + asian["locs"]
    curls = [described("a Nigerian man with a crew cut", seed).hair.curl for seed in SEEDS]
    assert min(curls) > 0.6


def test_men_lose_hair_with_the_years() -> None:
    def lost(prompt: str) -> float:
        people = [described(prompt, seed).hair for seed in SEEDS]
        return statistics.mean(1.0 if hair.style == "bald" else max(hair.recession, hair.crown) for hair in people)

    young, old = lost("a 22-year-old man"), lost("a 75-year-old man")
    assert young < 0.12
    assert old > 0.4
    assert lost("a 75-year-old woman") == 0
    assert lost("a 12-year-old boy") == 0


def test_beards_are_some_mens() -> None:
    men = [described("a 40-year-old man", seed).beard for seed in SEEDS]
    bearded = sum(beard.style != "none" or beard.moustache != "none" for beard in men)
    assert 0.15 * len(SEEDS) < bearded < 0.6 * len(SEEDS)
    for prompt in ("a woman", "a boy", "a baby", "a teenage boy of 14"):
        for seed in SEEDS:
            beard = described(prompt, seed).beard
            assert (beard.style, beard.moustache) == ("none", "none"), prompt


def test_babies_have_down() -> None:
    for seed in SEEDS:
        hair = described("a 6-month-old baby", seed).hair
        assert hair.style == "buzz_cut"
        assert hair.density < 0.65


@pytest.mark.parametrize("more", ["with freckles", "with a broad nose", "with a scar", "with green eyes"])
def test_one_more_word_leaves_hair_and_beard_alone(more: str) -> None:
    for seed in SEEDS:
        plain, other = described("a Scottish man of 40", seed), described(f"a Scottish man of 40 {more}", seed)
        assert other.beard.style == plain.beard.style
        assert other.hair.style == plain.hair.style
        assert other.hair.length == plain.hair.length
        assert other.hair.parting == plain.hair.parting


def test_a_colour_leaves_the_cut_alone() -> None:
    for seed in SEEDS:
        plain, red = (
            described("a woman of 30 with a bob", seed).hair,
            described("a woman of 30 with a red bob", seed).hair,
        )
        assert (plain.length, plain.fringe, plain.parting) == (red.length, red.fringe, red.parting)


def test_hairlines_of_women_and_children_are_lower() -> None:
    def mean(prompt: str) -> float:
        return statistics.mean(described(prompt, seed).hair.hairline for seed in SEEDS)

    man = mean("a man of 30")
    assert mean("a woman of 30") < man - 0.4
    assert mean("a boy of 6") < man - 0.6


def test_every_draw_lies_in_its_range() -> None:
    for seed in range(300):
        person = described("a person", seed)
        hair, beard = person.hair, person.beard
        assert hair.style in STYLES
        assert beard.style in BEARDS
        assert beard.moustache in MOUSTACHES
        assert hair.parting in ("none", "left", "middle", "right")
        assert -1 <= hair.curl <= 1
        assert -1 <= hair.hairline <= 1
        shares = (
            hair.length, hair.density, hair.frizz, hair.volume, hair.fringe, hair.recession, hair.crown, hair.fade,
            beard.length, beard.density, beard.curl, beard.frizz, beard.patchiness,
            person.skin.cropped_hair, person.skin.stubble,
        )  # fmt: skip
        assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("masculinity", [0.1, 0.9])
@pytest.mark.parametrize("years", [2.0, 10.0, 30.0, 60.0, 95.0])
@pytest.mark.parametrize("texture", [0.0, 0.3, 0.6, 1.0])
def test_the_shares_of_styles_are_shares(masculinity: float, years: float, texture: float) -> None:
    shares = usual_styles(masculinity, years, texture)
    assert set(shares) <= set(STYLES)
    assert all(share >= 0 for share in shares.values())
    assert sum(shares.values()) > 0.5


def test_lengths_of_styles_stay_in_range() -> None:
    for style in STYLES:
        assert length_of(style, USUAL_LONG[style]) == 0.5
        assert 0 <= length_of(style, 0.0) <= 0.5 <= length_of(style, 1.0) <= 1
