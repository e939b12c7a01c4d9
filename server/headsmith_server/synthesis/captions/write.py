"""write_caption: from facts to a caption, short or long, in one of several forms."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.prompt.parse import parse
from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions.facts import Facts
from headsmith_server.synthesis.captions.hair_words import hair_phrases
from headsmith_server.synthesis.captions.phrases import Phrase, denials, true_phrases
from headsmith_server.synthesis.captions.subject import Subject, subject
from headsmith_server.synthesis.captions.truth import judge

LENGTHS: Final = {"short": (1, 2), "medium": (3, 5), "long": (6, 10)}
"""How many features a caption names, at least and at most."""
OPENINGS: Final = ("", "", "", "a portrait of ", "a photo of ", "the head of ", "a picture of ", "a 3d model of ")
ASIDES: Final = (
    "", "", "", "", "",
    "looking into the camera", "against a plain background", "in a quiet mood", "for a character sheet",
    "as seen in an old album",
)  # fmt: skip
"""Distractors: they say nothing about the head, and a reader must not be misled by them."""

TRIES: Final = 12
HAIR_SAID: Final = 0.7
"""How often a caption that has room speaks of hair, of a beard, of a moustache."""
SKIN_SCOPE: Final = frozenset({"skin", "freckles", "moles", "dark circles", "wrinkles", "lips", "brows"})


@dataclass(frozen=True)
class Caption:
    """text; form: "sentence", "sentences", "list" or "sheet"; length: a key of LENGTHS; claims: all that it says."""

    text: str
    form: str
    length: str
    claims: tuple[Statement, ...]


def write_caption(
    facts: Facts,
    generator: np.random.Generator,
    length: str | None = None,
    scope: frozenset[str] | None = None,
    unseen: frozenset[str] = frozenset(),
) -> Caption:
    """A caption of what is true; the same facts and generator state give the same text.

    length: one of LENGTHS, drawn when None; scope: the features of the lexicon that may be named, all when None (the
    caption of a skin's maps speaks of the skin alone: SKIN_SCOPE); unseen: channels that the sample does not show, of
    which nothing is said or denied. Raises ValueError for an unknown length.
    """
    length = length or list(LENGTHS)[int(generator.integers(len(LENGTHS)))]
    if length not in LENGTHS:
        raise ValueError(f"unknown length {length!r}; known are {', '.join(LENGTHS)}")
    for _ in range(TRIES):
        caption = _draft(facts, generator, length, scope, unseen)
        # Words that stand side by side may read as another phrase ("turned up nose" of "a turned up nose tip"):
        # what the product's own reader takes from the text must be true as well.
        if all(judge(said, facts) is not False for said in parse(caption.text).statements):
            return caption
    who = subject(facts, generator)
    return Caption(_tidy(who.with_article, generator), "sentence", length, who.statements)


def _draft(
    facts: Facts, generator: np.random.Generator, length: str, scope: frozenset[str] | None, unseen: frozenset[str]
) -> Caption:
    low, high = LENGTHS[length]
    who = subject(facts, generator)
    phrases = _choose(facts, int(generator.integers(low, high + 1)), generator, scope, unseen)
    absent = [entry for entry in denials(facts) if generator.random() < 0.12 and entry[1].channel not in unseen]
    if len(absent) > 1 and length == "short":
        absent = absent[:1]
    form, text = _FORMS[int(generator.integers(len(_FORMS)))]
    written = text(who, phrases, [noun for noun, _ in absent], generator)
    claims = [*who.statements, *(s for phrase in phrases for s in phrase.statements), *(s for _, s in absent)]
    return Caption(_tidy(written, generator), form, length, tuple(claims))


def _choose(
    facts: Facts, count: int, generator: np.random.Generator, scope: frozenset[str] | None, unseen: frozenset[str]
) -> list[Phrase]:
    """True phrases of which no two speak of the same thing."""
    chosen: list[Phrase] = []
    spoken: set[str] = set(unseen)
    features: set[str] = set()
    hair = [phrase for phrase in hair_phrases(facts, generator) if generator.random() < HAIR_SAID]
    for phrase in itertools.chain(hair, true_phrases(facts, generator, scope)):
        if phrase.feature in features or phrase.about & spoken or (scope is not None and phrase.feature not in scope):
            continue
        chosen.append(phrase)
        spoken |= phrase.about
        features.add(phrase.feature)
        if len(chosen) == count:
            break
    return [chosen[at] for at in generator.permutation(len(chosen))]


def _sentence(who: Subject, phrases: list[Phrase], absent: list[str], generator: np.random.Generator) -> str:
    """One sentence: a portrait of a 31-year-old woman with a broad nose and no freckles."""
    opening = OPENINGS[int(generator.integers(len(OPENINGS)))]
    head = f"{opening}{who.with_article}" + (f" {who.age}" if who.age else "")
    things = [phrase.text for phrase in phrases]
    if absent and generator.random() < 0.5:
        things += [f"no {noun}" for noun in absent]
        absent = []
    with_ = _one_of(generator, "with", "who has" if who.pronoun != "they" else "with", "with")
    text = f"{head} {with_} {_joined(things)}" if things else head
    if absent:
        text += f", without {_joined(absent, 'or')}"
    return _aside(text, generator)


def _sentences(who: Subject, phrases: list[Phrase], absent: list[str], generator: np.random.Generator) -> str:
    """A person, then what is theirs: Her nose is broad. She has full lips."""
    parts = [f"{who.with_article}" + (f", {who.age}" if who.age else "")]
    at = 0
    while at < len(phrases):
        take = int(generator.integers(1, 4))
        group, at = phrases[at : at + take], at + take
        if len(group) == 1 and group[0].noun != group[0].bare:
            verb = "are" if group[0].plural else "is"
            parts.append(f"{who.possessive} {group[0].noun} {verb} {group[0].adjective}")
        else:
            parts.append(f"{who.pronoun} {who.has} {_joined([phrase.text for phrase in group])}")
    if absent:
        parts.append(f"{who.pronoun} {who.has} {_joined([f'no {noun}' for noun in absent])}")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _list(who: Subject, phrases: list[Phrase], absent: list[str], generator: np.random.Generator) -> str:
    """Catchwords: woman, 31 years old, broad nose, full lips, no freckles."""
    things = [phrase.bare for phrase in phrases] + [f"no {noun}" for noun in absent]
    order = [things[at] for at in generator.permutation(len(things))]
    person = [who.noun, *([who.age] if who.age else [])]
    return ", ".join([*person, *order] if generator.random() < 0.7 else [*order, *person])


def _sheet(who: Subject, phrases: list[Phrase], absent: list[str], generator: np.random.Generator) -> str:
    """A casting sheet: nose: broad; lips: full."""
    rows = [who.noun, *([who.age] if who.age else [])]
    rows += [f"{phrase.noun}: {phrase.adjective}" if phrase.adjective else phrase.noun for phrase in phrases]
    rows += [f"no {noun}" for noun in absent]
    return "; ".join(rows)


_FORMS: Final = (
    ("sentence", _sentence), ("sentence", _sentence), ("sentences", _sentences), ("list", _list), ("sheet", _sheet),
)  # fmt: skip


def _joined(things: Sequence[str], last: str = "and") -> str:
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} {last} {things[-1]}"


def _aside(text: str, generator: np.random.Generator) -> str:
    aside = ASIDES[int(generator.integers(len(ASIDES)))]
    return f"{text}, {aside}" if aside else text


def _one_of(generator: np.random.Generator, *options: str) -> str:
    return options[int(generator.integers(len(options)))]


def _tidy(text: str, generator: np.random.Generator) -> str:
    """Most captions begin with a capital, some do not; few end with a full stop of their own."""
    if generator.random() < 0.5:
        text = text[0].upper() + text[1:]
    return text
