"""Tokens grouped into items: known phrases (the longest first), ages, numbers, separators, unknown words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from headsmith_server.prompt.lexicon import LEXICON, Phrase, Role
from headsmith_server.prompt.numbers import AGE_NOUNS, APPROXIMATIONS, NUMBER_WORDS, PARTS, age_at, number_at
from headsmith_server.prompt.spelling import Spelling
from headsmith_server.prompt.text import Token, TokenKind

_KNOWN: Final = LEXICON.words | NUMBER_WORDS | AGE_NOUNS | frozenset(APPROXIMATIONS) | frozenset(PARTS)
_SPELLING: Final = Spelling(_KNOWN)
_SUFFIXES: Final = ("ish", "s", "es")


class ItemKind(StrEnum):
    PHRASE = "phrase"
    AGE = "age"
    NUMBER = "number"
    UNKNOWN = "unknown"
    COMMA = "comma"
    COLON = "colon"
    STOP = "stop"


@dataclass(frozen=True)
class Item:
    """text: as written (folded); phrase with kind PHRASE; number: years with AGE, the value with NUMBER."""

    kind: ItemKind
    text: str = ""
    phrase: Phrase | None = None
    number: float = 0.0

    @property
    def ends_phrase(self) -> bool:
        """True for what can stand behind a noun but not between an adjective and its noun."""
        if self.kind in (ItemKind.COMMA, ItemKind.COLON, ItemKind.STOP):
            return True
        ends = (
            Role.AND,
            Role.HAS,
            Role.COPULA,
            Role.PLACE,
            Role.CONTRAST,
            Role.PRONOUN,
            Role.DETERMINER,
            Role.NEGATION,
        )
        return self.phrase is not None and self.phrase.role in ends


def mend_spelling(tokens: Sequence[Token]) -> tuple[list[Token], list[tuple[str, str]]]:
    """The tokens with single slips in long words mended, and (written, read) of each."""
    mended: list[Token] = []
    read_as: list[tuple[str, str]] = []
    for token in tokens:
        known = token.kind is not TokenKind.WORD or token.text in _KNOWN or _stem(token.text) is not None
        better = None if known else _SPELLING.mended(token.text)
        if better is not None:
            read_as.append((token.text, better))
            token = replace(token, text=better)
        mended.append(token)
    return mended, read_as


def group(tokens: Sequence[Token]) -> list[Item]:
    """The items of a token list."""
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        item, at = _next(tokens, at, items)
        items.append(item)
    return items


_SEPARATORS: Final = {
    TokenKind.COMMA: ItemKind.COMMA,
    TokenKind.COLON: ItemKind.COLON,
    TokenKind.STOP: ItemKind.STOP,
}


def _next(tokens: Sequence[Token], at: int, before: Sequence[Item]) -> tuple[Item, int]:
    token = tokens[at]
    if token.kind in _SEPARATORS:
        return Item(_SEPARATORS[token.kind], token.text), at + 1
    found = _longest(tokens, at)
    if found is None or found[1] - at < 3:
        age = age_at(tokens, at, after_person=_after_person(before) or _introduces_person(tokens, at))
        if age is not None:
            return Item(ItemKind.AGE, _text(tokens, at, age.end), number=age.years), age.end
    if found is None:
        number = number_at(tokens, at)
        if number is not None:
            return Item(ItemKind.NUMBER, _text(tokens, at, number[1]), number=number[0]), number[1]
        return Item(ItemKind.UNKNOWN, token.text), at + 1
    phrase, end = found
    if phrase.text == "a little":  # "a little nose" is small, "a little crooked" is slightly, "a little girl" a child
        behind = _longest(tokens, at + 1)
        if behind is not None and behind[1] > end and behind[0].noun is not None:
            return Item(ItemKind.PHRASE, "a", LEXICON.phrases[("a",)]), at + 1
        behind = _longest(tokens, end)
        if behind is not None and behind[0].noun is not None:
            return Item(ItemKind.PHRASE, "little", LEXICON.phrases[("little",)]), end
    return Item(ItemKind.PHRASE, _text(tokens, at, end), phrase), end


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    words = [("-" if token.hyphen and at else " ") + token.text for at, token in enumerate(tokens[start:end])]
    return "".join(words).strip()


def _longest(tokens: Sequence[Token], at: int) -> tuple[Phrase, int] | None:
    words: list[str] = []
    for token in tokens[at : at + LEXICON.longest]:
        if token.kind not in (TokenKind.WORD, TokenKind.NUMBER):
            break
        words.append(token.text)
    for length in range(len(words), 0, -1):
        phrase = LEXICON.phrases.get(tuple(words[:length]))
        if phrase is not None:
            return phrase, at + length
    stem = _stem(words[0]) if words else None
    return (LEXICON.phrases[(stem,)], at + 1) if stem else None


def _stem(word: str) -> str | None:
    """The known word that this is the plural or the -ish form of ("boxers", "longish"), else None."""
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) > 2:
            phrase = LEXICON.phrases.get((stem,))
            if phrase is not None and (phrase.noun or phrase.unbuilt_noun if suffix != "ish" else phrase.senses):
                return stem
    return None


def _after_person(before: Sequence[Item]) -> bool:
    """True when the last thing said is a person ("a woman," or "a man of")."""
    for item in reversed(before):
        if item.kind in (ItemKind.COMMA, ItemKind.STOP) and item.text in (",", "("):
            continue
        if item.phrase is None:
            return False
        if item.phrase.noun is not None:
            return item.phrase.noun.name == "person"
        if item.text not in ("of", "is", "he", "she", "aged"):
            return False
        if item.text in ("he", "she"):
            return True
    return False


def _introduces_person(tokens: Sequence[Token], at: int) -> bool:
    """True for a number in digits right before a person ("31 female", "31, woman")."""
    if tokens[at].kind is not TokenKind.NUMBER or at > 1:
        return False
    behind = at + 1
    if behind < len(tokens) and tokens[behind].kind is TokenKind.COMMA:
        behind += 1
    found = _longest(tokens, behind)
    return found is not None and found[0].noun is not None and found[0].noun.name == "person" and found[0].singular
