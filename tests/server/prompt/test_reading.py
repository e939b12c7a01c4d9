"""What prompts are read as, case by case (cases.py)."""

from __future__ import annotations

import re

import pytest

from headsmith_server.prompt import Reading, parse
from headsmith_server.prompt.channels import ATTRIBUTES
from headsmith_server.prompt.strengths import standard_deviations, strength
from tests.server.prompt.cases import CASES

TABLE = [tuple(part.strip() for part in line.split(" | ")) for line in CASES.strip().splitlines()]
_EXPECTATION = re.compile(r"(\w+)([<>=!])(.*)")
_STRENGTHS = {"freckles", "wrinkles", "weathering", "dark_circles", "redness", "eye_redness", "stubble", "lipstick"}


def value(reading: Reading, channel: str) -> float | str | None:
    """The one value that a channel comes to."""
    if channel in ATTRIBUTES and channel not in ("age", "masculinity"):
        return standard_deviations(reading, channel)
    if channel in _STRENGTHS:
        return strength(reading, channel)
    said = reading.last(channel)
    if said is None or isinstance(said.value, str):
        return None if said is None else said.value
    if channel == "sex_hint":
        return sum(float(statement.value) * statement.degree for statement in reading.about(channel))
    if channel == "melanin":
        return 0.3 + (said.value - 0.3) * said.degree
    return said.value


def check(reading: Reading, expectation: str) -> None:
    """Assert one expectation of cases.py."""
    words = expectation[1:].replace("_", " ")
    if expectation == ".":
        assert not reading.not_understood
        assert not reading.not_built
    elif expectation.startswith("-"):
        assert not reading.about(expectation[1:])
    elif expectation.startswith("?"):
        assert any(found.startswith(words) for found in reading.not_understood), reading
    elif expectation.startswith("~"):
        assert any(found.startswith(words) for found in reading.not_built), reading
    else:
        match = _EXPECTATION.fullmatch(expectation)
        assert match is not None, f"no expectation: {expectation}"
        channel, sign, rest = match.groups()
        found = value(reading, channel)
        if sign == "!":
            assert reading.denies(channel)
        elif sign in "<>":
            assert isinstance(found, float | int)
            assert found > float(rest or 0) if sign == ">" else found < float(rest or 0)
        elif ".." in rest:
            low, high = map(float, rest.split(".."))
            assert isinstance(found, float | int)
            assert low <= found <= high, found
        elif isinstance(found, str):
            assert found in (rest, rest.replace("_", " "))
        else:
            assert found == pytest.approx(float(rest))


@pytest.mark.parametrize(("prompt", "expectations"), TABLE, ids=[prompt for prompt, _ in TABLE])
def test_prompt_is_read_as_expected(prompt: str, expectations: str) -> None:
    reading = parse(prompt)
    for expectation in expectations.split():
        check(reading, expectation)


def test_there_are_enough_cases() -> None:
    assert len(TABLE) >= 120
    assert len({prompt for prompt, _ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    "paraphrases",
    [
        ("a broad nose", "nose: broad", "a nose that is broad", "her nose is broad", "broad-nosed", "the nose is wide"),
        ("blue eyes", "eyes: blue", "eyes that are blue", "his eyes are blue", "blue-eyed", "a pair of blue eyes"),
        ("no freckles", "without freckles", "without any freckles", "free of freckles", "lacking freckles"),
        ("a very thin mouth", "a mouth which is really thin", "her mouth is very thin"),
        ("thick lips and a flat nose", "a flat nose and thick lips", "lips: thick; nose: flat"),
    ],
)
def test_paraphrases_say_the_same_of_the_face(paraphrases: tuple[str, ...]) -> None:
    def said(prompt: str) -> set[tuple[str, float | str, float, bool]]:
        return {
            (statement.channel, statement.value, statement.degree, statement.negated)
            for statement in parse(prompt).statements
            if statement.channel != "sex_hint"
        }

    first = said(paraphrases[0])
    assert first
    for paraphrase in paraphrases[1:]:
        assert said(paraphrase) == first, paraphrase


def test_degrees_are_ordered() -> None:
    degrees = ("barely", "slightly", "somewhat", "fairly", "", "very", "extremely")
    widths = [standard_deviations(parse(f"a {degree} wide nose"), "nose_width") or 0.0 for degree in degrees]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(widths)


def test_british_and_american_spellings_agree() -> None:
    for british, american in (("grey", "gray"), ("chiselled", "chiseled"), ("moustache", "mustache")):
        noun = "" if british == "moustache" else " face" if british == "chiselled" else " hair"
        one, other = parse(f"a {british}{noun}"), parse(f"a {american}{noun}")
        assert [(s.channel, s.value) for s in one.statements] == [(s.channel, s.value) for s in other.statements]


def test_a_mended_spelling_is_reported() -> None:
    assert parse("freckels and a hoked nose").read_as == (("freckels", "freckles"),)
    assert parse("strong cheekbnes").read_as == (("cheekbnes", "cheekbones"),)
