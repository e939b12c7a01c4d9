"""What is refused, and that nothing else ever happens to any text."""

from __future__ import annotations

import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.prompt import describe, parse
from headsmith_server.prompt.lexicon import LEXICON
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import MAX_PROMPT_LENGTH

WORDS = sorted({word for phrase in LEXICON.phrases for word in phrase})


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t", "...!?", "\u200b\u200e", "---"])
def test_an_empty_prompt_is_bad_input_with_a_remedy(prompt: str) -> None:
    with pytest.raises(HeadsmithError) as caught:
        parse(prompt)
    assert caught.value.code is ErrorCode.BAD_INPUT
    assert caught.value.remedy


def test_a_long_prompt_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(HeadsmithError) as caught:
        parse("wide nose " * 2000)
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert caught.value.remedy
    assert time.perf_counter() - started < 0.05


def test_the_longest_prompt_is_read_quickly() -> None:
    prompt = ("not very wide nose, or " * 200)[:MAX_PROMPT_LENGTH]
    started = time.perf_counter()
    parse(prompt)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "prompt",
    [
        "пожилой моряк с широким носом",
        "一位老水手",
        "رجل عجوز بأنف عريض",
        "年老いた船乗り",
        "γέρος ναύτης",
        "eine alte Frau mit blauen Augen und grauem Haar",
        "ein alter Mann mit breiter Nase",
        "une vieille femme avec des rides",
        "un hombre viejo con la nariz ancha",
        "una mujer de ojos azules",
        "um homem velho com olhos azuis",
        "een oude man met blauwe ogen",
        "en gammal man med blå ögon",
        "xkcd blorp flimjam",
    ],
)
def test_another_language_is_bad_input_and_says_so(prompt: str) -> None:
    with pytest.raises(HeadsmithError, match="as English") as caught:
        parse(prompt)
    assert caught.value.code is ErrorCode.BAD_INPUT
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman with blue eyes 😀👩🏽‍🦰",
        "a b\u0430ld m\u0430n with \u0430 br\u043ead n\u043ese",  # Cyrillic look-alikes
        "\u202ea broad nose\u202c",
        "a\x00broad\x07nose",
        "ａ ｂｒｏａｄ ｎｏｓｅ",
        "a bróad nösé",
        "A BROAD NOSE!!!",
        "a «broad» nose",
    ],
)
def test_odd_characters_do_not_hide_the_words(prompt: str) -> None:
    reading = parse(prompt)
    assert reading.about("nose_width") or reading.about("iris")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    _read_or_refuse(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*WORDS, ",", ";", ".", ":", "31", "40s", "-", "not", "no", "and"]), max_size=40))
def test_any_heap_of_known_words_is_read_or_refused_by_name(words: list[str]) -> None:
    _read_or_refuse(" ".join(words))


def _refusal(text: str) -> HeadsmithError | None:
    try:
        parse(text)
    except HeadsmithError as error:
        return error
    return None


def _read_or_refuse(text: str) -> None:
    refusal = _refusal(text)
    if refusal is not None:
        assert refusal.code in (ErrorCode.BAD_INPUT, ErrorCode.TOO_LARGE)
        assert refusal.remedy
        assert "\n" not in str(refusal)
        return
    reading = parse(text)
    description = describe(reading, torch.Generator().manual_seed(0))
    assert 0 < description.age_years <= 120
    assert all(abs(weight) <= 3.5 for weight in description.attributes.values())
    for strength in (description.skin.melanin, description.skin.stubble, description.brows.density):
        assert 0 <= strength <= 1


@given(st.lists(st.sampled_from(["zorp", "quux", "vlimf", "grobnik", "snarfel"]), min_size=1, max_size=6, unique=True))
def test_no_unknown_word_is_ignored_in_silence(words: list[str]) -> None:
    reading = parse("a man with a broad nose, " + " and ".join(words))
    for word in words:
        assert any(word in found for found in reading.not_understood)
