"""Noun phrases that are true of a sample, with every word taken from the prompt reader's lexicon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from headsmith_server.prompt.channels import NOT_BUILT
from headsmith_server.prompt.lexicon.compile import LEXICON, Sense
from headsmith_server.prompt.lexicon.inflection import graded_forms
from headsmith_server.prompt.lexicon.sizes import FAMILIES
from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions.facts import SHAPES, Facts
from headsmith_server.synthesis.captions.truth import SECONDARY, judge

NOUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "nose": ("nose",),
    "nostrils": ("nostrils",),
    "nose bridge": ("nose bridge", "nasal bridge"),
    "nose tip": ("nose tip",),
    "mouth": ("mouth",),
    "lips": ("lips",),
    "face": ("face",),
    "forehead": ("forehead",),
    "brow ridge": ("brow ridge", "brow bone"),
    "cheekbones": ("cheekbones", "cheek bones"),
    "cheeks": ("cheeks",),
    "jaw": ("jaw", "jawline"),
    "chin": ("chin",),
    "neck": ("neck",),
    "eyes": ("eyes",),
    "eyelids": ("eyelids", "lids"),
    "brows": ("eyebrows", "brows"),
    "lashes": ("eyelashes", "lashes"),
    "ears": ("ears",),
    "skin": ("skin", "complexion"),
    "teeth": ("teeth",),
    "freckles": ("freckles",),
    "moles": ("moles",),
    "dark circles": ("dark circles",),
}
"""Feature of the lexicon -> how captions name it."""
UNCOUNTED: Final = frozenset({"skin", "complexion", "hair", "stubble"})
BARE: Final = frozenset({"freckles", "moles", "dark circles"})
"""Features that the noun alone says something of."""
DEGREES: Final = (
    (0.45, ("slightly", "subtly")), (0.6, ("somewhat", "mildly")), (0.8, ("fairly", "moderately")), (1.0, ("",)),
    (1.1, ("rather", "quite")), (1.4, ("very", "really")), (1.75, ("extremely", "exceptionally")),
)  # fmt: skip
DENIABLE: Final = (("freckles", "freckles"), ("scar", "scars"), ("moles", "moles"), ("beard_style", "beard"))
UNNATURAL: Final = frozenset(
    {"crooked looking", "proportioned", "hairless", "iron", "lidded", "celestial", "piggish", "pig like", "natural",
     "bad", "good", "sexy", "kiss", "dense"}
)  # fmt: skip
"""Spellings that the reader takes but nobody would write before a noun."""


_COMPARABLE: Final = frozenset(word for words in FAMILIES.values() for word in words)


@dataclass(frozen=True)
class Phrase:
    """feature: what it is about; adjective: "very broad"; noun: "nose"; plural; statements: what it claims;
    about: the channels that it speaks of, so that no caption says two things of one."""

    feature: str
    adjective: str
    noun: str
    plural: bool
    statements: tuple[Statement, ...]

    @property
    def about(self) -> frozenset[str]:
        return frozenset(statement.channel for statement in self.statements)

    @property
    def bare(self) -> str:
        """Without an article: "very broad nose"."""
        return f"{self.adjective} {self.noun}".strip()

    @property
    def text(self) -> str:
        """With the article it needs: "a very broad nose"."""
        if self.plural or self.noun in UNCOUNTED:
            return self.bare
        return f"{article(self.bare)} {self.bare}"


def article(words: str) -> str:
    """ "a" or "an" by sound: an oval face, a European, an 8-year-old."""
    word = words.lower()
    if word.startswith(("eu", "uk", "uz", "uni", "one", "u-")):
        return "a"
    return "an" if word[0] in "aeiou8" or word.startswith(("11-", "18-")) else "a"


@dataclass(frozen=True)
class _Entry:
    feature: str
    adjective: str
    sense: Sense


@lru_cache(maxsize=1)
def _entries() -> tuple[_Entry, ...]:
    """Every adjective of every feature that claims something a sample can show, and nothing else."""
    found = []
    graded = {form for phrase in LEXICON.phrases.values() for form in graded_forms(phrase.text) or ()}
    for phrase in LEXICON.phrases.values():
        if phrase.text in graded or phrase.noun is not None or phrase.role is not None:
            continue
        for feature, sense in phrase.senses.items():
            if feature not in NOUNS or phrase.text in UNNATURAL or NOT_BUILT in sense.effects or not sense.effects:
                continue
            found.append(_Entry(feature, phrase.text, sense))
    return tuple(found)


def true_phrases(facts: Facts, generator: np.random.Generator, scope: frozenset[str] | None = None) -> Iterator[Phrase]:
    """Phrases that are true of the sample, in random order; the more telling shapes come first more often.

    scope: the features they may be about, all when None."""
    entries = [entry for entry in _entries() if scope is None or entry.feature in scope]
    order = generator.permutation(len(entries))
    for at in order:
        entry = entries[at]
        for degree, words in _shuffled(DEGREES, generator):
            statements = _statements(entry, degree)
            if not _all_true(statements, facts):
                continue
            if degree != 1.0 and (entry.adjective not in _COMPARABLE or entry.sense.intensity > 1.2):
                continue
            word = words[int(generator.integers(len(words)))]
            noun = NOUNS[entry.feature][int(generator.integers(len(NOUNS[entry.feature])))]
            plural = noun.endswith("s") or noun == "teeth"
            yield Phrase(entry.feature, f"{word} {entry.adjective}".strip(), noun, plural, statements)
            break


def denials(facts: Facts) -> list[tuple[str, Statement]]:
    """Things that are not there: ("freckles", its denied statement)."""
    said = [(noun, Statement(channel, _denied_value(channel), negated=True)) for channel, noun in DENIABLE]
    return [(noun, statement) for noun, statement in said if judge(statement, facts)]


def _denied_value(channel: str) -> float | str:
    return {"scar": "", "beard_style": "none"}.get(channel, 0.0)


def _statements(entry: _Entry, degree: float) -> tuple[Statement, ...]:
    said = []
    if entry.feature in BARE:
        noun = LEXICON.phrases[tuple(NOUNS[entry.feature][0].split())]
        said += [Statement(channel, value) for channel, value in noun.noun_effects.items()]
    for channel, value in entry.sense.effects.items():
        intensity = entry.sense.intensity if isinstance(value, float | int) else 1.0
        said.append(Statement(channel, value, degree * intensity))
    return tuple(said)


def _all_true(statements: tuple[Statement, ...], facts: Facts) -> bool:
    """Every statement judged true, and at least one of them a claim of its own."""
    claims = 0
    for statement in statements:
        verdict = judge(statement, facts)
        if not verdict:
            return False
        by_sound = statement.channel in SHAPES and abs(float(statement.value)) < SECONDARY
        claims += not by_sound
    return claims > 0


def _shuffled(
    options: tuple[tuple[float, tuple[str, ...]], ...], generator: np.random.Generator
) -> list[tuple[float, tuple[str, ...]]]:
    """The plain degree half the time first, the others in random order."""
    order = [options[at] for at in generator.permutation(len(options))]
    if generator.random() < 0.5:
        order.sort(key=lambda option: option[0] != 1.0)
    return order
