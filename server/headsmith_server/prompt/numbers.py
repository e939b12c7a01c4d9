"""Numbers and ages, in digits and words: "thirty-one", "in her late 40s", "a 9-year-old", "between 30 and 40"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from headsmith_server.prompt.listed import listed
from headsmith_server.prompt.text import Token, TokenKind

ONES: Final = {
    word: value
    for value, word in enumerate(
        listed(
            "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, "
            "fourteen, fifteen, sixteen, seventeen, eighteen, nineteen"
        )
    )
}
TENS: Final = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40}
DECADES: Final = {
    word: 10 * value
    for value, word in enumerate(
        ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"], start=2
    )
} | {"teens": 13, "tens": 10, "hundreds": 100, "fourties": 40}
PARTS: Final = {
    "early": 2.0,
    "beginning": 2.0,
    "low": 2.0,
    "mid": 5.0,
    "middle": 5.0,
    "late": 8.0,
    "high": 8.0,
    "end": 8.0,
}
APPROXIMATIONS: Final = {
    "about": 0.0,
    "around": 0.0,
    "roughly": 0.0,
    "approximately": 0.0,
    "circa": 0.0,
    "maybe": 0.0,
    "perhaps": 0.0,
    "approx": 0.0,
    "nearly": -1.0,
    "almost": -1.0,
    "over": 4.0,
    "above": 4.0,
    "past": 2.0,
    "under": -4.0,
    "below": -4.0,
    "barely": 0.0,
    "just": 0.5,
    "only": 0.0,
    "at": 0.0,
    "least": 2.0,
    "well": 3.0,
    "some": 0.0,
    "exactly": 0.0,
}
_YEARS: Final = frozenset({"year", "years", "yr", "yrs", "yo", "y"})
_MONTHS: Final = {"month": 12.0, "months": 12.0, "mo": 12.0, "week": 52.0, "weeks": 52.0, "day": 365.0, "days": 365.0}
_AFTER_YEARS: Final = frozenset({"old", "of", "age", "o", "aged", "young"})
AGE_NOUNS: Final = frozenset({"age", "aged", "ages"})
MAX_AGE: Final = 120.0

NUMBER_WORDS: Final = frozenset({*ONES, *TENS, *DECADES, *_YEARS, *_MONTHS, "hundred", "between"})


@dataclass(frozen=True)
class Age:
    """years of age as said, and the index of the token behind it."""

    years: float
    end: int


def number_at(tokens: Sequence[Token], start: int) -> tuple[float, int] | None:
    """(value, index behind it) of a number in digits or words that begins at a token, else None."""
    if start >= len(tokens):
        return None
    token = tokens[start]
    if token.kind is TokenKind.NUMBER:
        return (float(token.text), start + 1) if len(token.text) <= 9 and token.text.isascii() else None
    if token.kind is not TokenKind.WORD:
        return None
    if token.text in ("a", "one") and _word(tokens, start + 1) == "hundred":
        start += 1
    if _word(tokens, start) == "hundred":
        rest_at = start + 2 if _word(tokens, start + 1) == "and" else start + 1
        rest = _below_hundred(tokens, rest_at)
        return (100.0 + rest[0], rest[1]) if rest else (100.0, start + 1)
    return _below_hundred(tokens, start)


def _below_hundred(tokens: Sequence[Token], start: int) -> tuple[float, int] | None:
    word = _word(tokens, start)
    if word in TENS:
        follower = ONES.get(_word(tokens, start + 1), 0)
        return (float(TENS[word] + follower), start + 2) if 0 < follower < 10 else (float(TENS[word]), start + 1)
    return (float(ONES[word]), start + 1) if word in ONES else None


def _word(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) and tokens[index].kind is TokenKind.WORD else ""


def age_at(tokens: Sequence[Token], start: int, *, after_person: bool) -> Age | None:
    """An age that begins at a token, else None.

    after_person: the words before name a person ("a woman, 31", "a man of 60"), so a bare number is an age.
    """
    index, shift, approximated = _approximation(tokens, start)
    if decade := _decade(tokens, index):
        return decade
    spoken = False
    if _word(tokens, index) in AGE_NOUNS or (_word(tokens, index) == "of" and _word(tokens, index + 1) == "age"):
        spoken = True
        while _word(tokens, index) in AGE_NOUNS | {"of", "is", "at"} or _is_colon(tokens, index):
            index += 1
        index, more, _ = _approximation(tokens, index)
        shift += more
        if decade := _decade(tokens, index):
            return decade
    low = number_at(tokens, index)
    if low is None:
        return None
    years, end = low
    if _word(tokens, end) in ("to", "or", "and") or _hyphenated_number(tokens, end):
        joint = end + (0 if _hyphenated_number(tokens, end) else 1)
        high = number_at(tokens, joint)
        if high and (spoken or _unit_end(tokens, high[1]) or _word(tokens, start) == "between"):
            years, end = (years + high[0]) / 2, high[1]
    per_year, unit_end = _unit(tokens, end)
    if unit_end > end:
        return _bounded(years / per_year + shift, unit_end)
    bare = spoken or (after_person and 1 <= years <= 110) or (approximated and 12 <= years <= 110)
    return _bounded(years + shift, end) if bare else None


def _approximation(tokens: Sequence[Token], index: int) -> tuple[int, float, bool]:
    shift, start = 0.0, index
    while _word(tokens, index) in APPROXIMATIONS or _word(tokens, index) == "between":
        shift += APPROXIMATIONS.get(_word(tokens, index), 0.0)
        index += 1
    return index, shift, index > start


def _decade(tokens: Sequence[Token], index: int) -> Age | None:
    """A decade of life: "very early forties", "mid 40s", "forty something", "40ish"."""
    part = 5.0
    at = index
    while _word(tokens, at) in (*PARTS, "very", "to"):
        part = PARTS.get(_word(tokens, at), part)
        at += 1
    word = _word(tokens, at)
    if word in DECADES:
        base = float(DECADES[word])
        return Age(base + (part if base > 15 else part / 2), at + 1)
    number = number_at(tokens, at)
    if number and number[0] % 10 == 0 and 10 <= number[0] <= 110 and _word(tokens, number[1]) == "s":
        return Age(number[0] + part, number[1] + 1)
    if number and at == index and _word(tokens, number[1]) in ("something", "ish", "odd", "plus"):
        return Age(min(number[0] + (0.0 if _word(tokens, number[1]) == "ish" else 5.0), MAX_AGE), number[1] + 1)
    return None


def _hyphenated_number(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].hyphen and tokens[index].kind is TokenKind.NUMBER


def _is_colon(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].kind is TokenKind.COLON


def _unit(tokens: Sequence[Token], index: int) -> tuple[float, int]:
    """(units in a year, index behind "years old" and the like)."""
    word = _word(tokens, index)
    if word in _MONTHS and _word(tokens, index + 1) in ("old", "of"):
        per_year = _MONTHS[word]
    elif word in _YEARS:
        per_year = 1.0
    else:
        return 1.0, index
    index += 1
    while _word(tokens, index) in _AFTER_YEARS:
        index += 1
    return per_year, index


def _unit_end(tokens: Sequence[Token], index: int) -> bool:
    return _unit(tokens, index)[1] > index


def _bounded(years: float, end: int) -> Age | None:
    return Age(max(years, 0.1), end) if years <= MAX_AGE else None
