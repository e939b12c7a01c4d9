"""The tables: large enough, closed, and free of contradictions."""

from __future__ import annotations

import pytest

from headsmith_server.hair.parameters import BEARDS, MOUSTACHES, STYLES
from headsmith_server.prompt import parse
from headsmith_server.prompt.channels import CHANNELS
from headsmith_server.prompt.colours import DYES, EYE_SHADOWS, HAIR_COLOURS, LIPSTICKS
from headsmith_server.prompt.lexicon import LEXICON
from headsmith_server.prompt.lexicon.compile import FEATURES
from headsmith_server.prompt.lexicon.degrees import FOREIGN_EVIDENCE
from headsmith_server.prompt.lexicon.inflection import graded_forms
from headsmith_server.prompt.origins import ORIGINS
from headsmith_server.texture.parameters import TAN_LINES
from headsmith_shared.errors import HeadsmithError

IRISES = {"brown", "dark brown", "hazel", "amber", "green", "blue", "grey"}
NAMED = {
    "hair_colour": set(HAIR_COLOURS), "beard_colour": set(HAIR_COLOURS), "brow_colour": set(HAIR_COLOURS),
    "iris": IRISES, "iris_left": IRISES, "iris_right": IRISES, "ancestry": set(ORIGINS),
    "lipstick_colour": set(LIPSTICKS), "eye_shadow_colour": set(EYE_SHADOWS),
    "hair_shade": {"dark", "light"}, "brow_shade": {"dark", "light"}, "beard_shade": {"dark", "light"},
    "hair_style": set(STYLES), "hair_dye": set(DYES), "beard_dye": set(DYES), "beard_style": set(BEARDS),
    "moustache": set(MOUSTACHES), "hair_parting": {"left", "right", "middle", "side"},
    "iris_shade": {"dark", "light"}, "scar": {"", "long", "short", "faint", "fresh", "raised"},
    "iris_central": IRISES, "iris_sector": IRISES, "tan_line": set(TAN_LINES),
    "tattoo": {"", "neck", "teardrop", "bands", "geometric", "dots", "lines", "script", "curves", "large",
               "small", "faded"},
}  # fmt: skip


def test_there_are_at_least_four_hundred_words_and_phrases() -> None:
    assert len(LEXICON.surface_forms()) >= 400
    listed = {form for form in LEXICON.surface_forms() if not _is_graded(form)}
    assert len(listed) >= 900


def _is_graded(form: str) -> bool:
    return form.endswith(("er", "est")) and LEXICON.phrases.get((form,)) is not None


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_tables_speak_of_known_channels_and_values(feature: object) -> None:
    from headsmith_server.prompt.lexicon.feature import Feature

    assert isinstance(feature, Feature)
    for effects in (*feature.nouns.values(), *feature.adjectives.values(), feature.absence or {}):
        for channel, value in effects.items():
            assert channel in CHANNELS
            if channel in NAMED:
                assert value in NAMED[channel]
            elif channel != "not_built":
                assert isinstance(value, float)


def test_every_parent_exists() -> None:
    for feature in FEATURES:
        for parent in feature.parents:
            assert parent in LEXICON.features


def test_no_spelling_is_given_twice_in_one_feature() -> None:
    for feature in FEATURES:
        for table in (feature.nouns, feature.adjectives):
            given = [text for key in table if not key.startswith("@") for text in key.replace(",", "\n").splitlines()]
            texts = [" ".join(text.split()) for text in given if text.strip()]
            assert sorted(texts) == sorted(set(texts)), feature.name


def test_every_noun_and_adjective_is_understood_by_itself() -> None:
    for words, phrase in LEXICON.phrases.items():
        if phrase.noun is None and not phrase.senses:
            continue
        noun = "" if phrase.noun else next(iter(LEXICON.features[next(iter(phrase.senses))].nouns), "man").split(",")[0]
        text = f"the {' '.join(words)} {noun}"
        try:
            reading = parse(text)
        except HeadsmithError as error:  # pragma: no cover - a failure of the lexicon
            pytest.fail(f"{text}: {error}")
        assert not reading.not_understood, text


def test_foreign_evidence_is_not_english() -> None:
    for word in FOREIGN_EVIDENCE:
        phrase = LEXICON.phrases.get((word,))
        assert phrase is None or (phrase.noun is None and not phrase.senses), word


@pytest.mark.parametrize(
    ("plain", "forms"),
    [
        ("wide", ("wider", "widest")), ("big", ("bigger", "biggest")), ("bony", ("bonier", "boniest")),
        ("thin", ("thinner", "thinnest")), ("narrow", ("narrower", "narrowest")), ("old", ("older", "oldest")),
        ("grey", ("greyer", "greyest")), ("freckled", None), ("beautiful", None), ("hook", None),
    ],
)  # fmt: skip
def test_adjectives_are_graded_by_the_rules_of_spelling(plain: str, forms: tuple[str, str] | None) -> None:
    assert graded_forms(plain) == forms
