"""All tables made into one dictionary: phrase -> what it can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from headsmith_server.prompt.lexicon import (
    ancestries,
    beards,
    conditions,
    degrees,
    eyes,
    face,
    hair,
    makeup,
    nose_mouth,
    skin,
    unbuilt,
)
from headsmith_server.prompt.lexicon.feature import Effects, Feature
from headsmith_server.prompt.lexicon.inflection import graded_forms
from headsmith_server.prompt.lexicon.people import PERSON
from headsmith_server.prompt.lexicon.sizes import FAMILIES
from headsmith_server.prompt.listed import listed

FEATURES: Final = (
    PERSON,
    *face.FEATURES,
    *nose_mouth.FEATURES,
    *eyes.FEATURES,
    *skin.FEATURES,
    *conditions.FEATURES,
    *hair.FEATURES,
    *beards.FEATURES,
    *makeup.FEATURES,
)
COMPARATIVE: Final = 0.75
SUPERLATIVE: Final = 1.5


class Role(StrEnum):
    """What a function word does in a sentence."""

    DEGREE = "degree"
    NEGATION = "negation"
    AND = "and"
    CONTRAST = "contrast"
    COPULA = "copula"
    HAS = "has"
    DETERMINER = "determiner"
    PLACE = "place"
    SIDE = "side"
    PRONOUN = "pronoun"
    FILLER = "filler"


@dataclass(frozen=True)
class Sense:
    """What an adjective says of one feature; intensity is the word's own strength ("huge" 1.5, "wider" 0.75)."""

    effects: Effects
    intensity: float = 1.0


@dataclass
class Phrase:
    """Everything a phrase can be; the grammar picks by its neighbours. Filled once by `_Compiler`, then read only."""

    text: str
    role: Role | None = None
    degree: float = 1.0
    softens: bool = False
    side: str = ""
    sex_hint: float = 0.0
    noun: Feature | None = None
    noun_effects: Effects = field(default_factory=dict[str, "float | str"])
    singular: bool = False
    compound: Feature | None = None
    senses: dict[str, Sense] = field(default_factory=dict[str, Sense])
    unbuilt_noun: bool = False
    unbuilt_adjective: bool = False

    @property
    def is_adjective(self) -> bool:
        return bool(self.senses) or self.unbuilt_adjective


@dataclass(frozen=True)
class Lexicon:
    """phrases: words -> Phrase; longest: words in the longest phrase; words: every single word of any phrase;
    features: by name; alternatives: word -> accepted other spelling."""

    phrases: Mapping[tuple[str, ...], Phrase]
    longest: int
    words: frozenset[str]
    features: Mapping[str, Feature]

    def surface_forms(self) -> frozenset[str]:
        """Every distinct spelling that the parser knows, function words and fillers left out."""
        empty = {Role.FILLER, Role.DETERMINER, Role.COPULA, Role.HAS, Role.AND, Role.CONTRAST, Role.PLACE}
        return frozenset(
            phrase.text for phrase in self.phrases.values() if phrase.role not in empty or phrase.noun or phrase.senses
        )


class _Compiler:
    """Collects phrases; a later table never changes what an earlier one said of the same feature."""

    def __init__(self) -> None:
        self.phrases: dict[tuple[str, ...], Phrase] = {}

    def phrase(self, text: str) -> Phrase:
        words = tuple(word.removesuffix("'s").replace("'", "") for word in text.split())
        return self.phrases.setdefault(words, Phrase(text))

    def role(self, role: Role, texts: Iterable[str]) -> list[Phrase]:
        made = [self.phrase(text) for text in texts]
        for phrase in made:
            if phrase.role is None:
                phrase.role = role
        return made

    def sense(self, text: str, feature: str, sense: Sense) -> None:
        self.phrase(text).senses.setdefault(feature, sense)

    def feature(self, feature: Feature) -> None:
        for key, effects in feature.nouns.items():
            for text in listed(key):
                phrase = self.phrase(text)
                if phrase.noun is None:
                    phrase.noun, phrase.noun_effects = feature, effects
                    phrase.singular = not text.endswith("s")
        for text in listed(feature.compounds):
            self.phrase(text).compound = feature
        for plain in (True, False):  # the words a table spells out come before the families it names
            for key, effects in feature.adjectives.items():
                if key.startswith("@") is not plain:
                    self._adjectives(feature, key, effects)

    def _adjectives(self, feature: Feature, key: str, effects: Effects) -> None:
        words = FAMILIES[key] if key.startswith("@") else dict.fromkeys(listed(key), 1.0)
        for text, intensity in words.items():
            self.sense(text, feature.name, Sense(effects, intensity))

    def grade(self) -> None:
        """Add comparatives and superlatives of every adjective whose senses can be more or less."""
        for phrase in [phrase for phrase in self.phrases.values() if phrase.senses]:
            forms = graded_forms(phrase.text)
            if forms is None:
                continue
            for form, factor in zip(forms, (COMPARATIVE, SUPERLATIVE), strict=True):
                for feature, sense in phrase.senses.items():
                    if any(not isinstance(value, str) for value in sense.effects.values()):
                        self.sense(form, feature, Sense(sense.effects, sense.intensity * factor))


def _compile() -> Lexicon:
    compiler = _Compiler()
    for feature in FEATURES:
        compiler.feature(feature)
    compiler.grade()
    for text in listed(unbuilt.NOUNS):
        phrase = compiler.phrase(text)
        phrase.unbuilt_noun = phrase.noun is None
    for text in listed(unbuilt.ADJECTIVES):
        phrase = compiler.phrase(text)
        phrase.unbuilt_adjective = True
    for texts, degree in degrees.DEGREES.items():
        for phrase in compiler.role(Role.DEGREE, listed(texts)):
            phrase.degree = degree
    for text in listed(degrees.SOFTENERS):
        compiler.phrase(text).softens = True
    compiler.role(Role.NEGATION, listed(degrees.NEGATIONS))
    for texts, side in degrees.SIDES.items():
        for phrase in compiler.role(Role.SIDE, listed(texts)):
            phrase.side = side
    for texts, sex in degrees.PRONOUNS.items():
        for phrase in compiler.role(Role.PRONOUN, listed(texts)):
            phrase.sex_hint = sex
    compiler.role(Role.COPULA, listed(degrees.COPULAS))
    compiler.role(Role.HAS, listed(degrees.POSSESSIONS))
    compiler.role(Role.DETERMINER, listed(degrees.DETERMINERS))
    compiler.role(Role.AND, listed(degrees.CONJUNCTIONS))
    compiler.role(Role.CONTRAST, listed(degrees.CONTRASTS))
    compiler.role(Role.PLACE, listed(degrees.PLACES))
    compiler.role(Role.FILLER, (*listed(degrees.FILLERS), *listed(ancestries.FILLERS)))
    return Lexicon(
        phrases=MappingProxyType(compiler.phrases),
        longest=max(map(len, compiler.phrases)),
        words=frozenset(word for words in compiler.phrases for word in words),
        features=MappingProxyType({feature.name: feature for feature in FEATURES}),
    )


LEXICON: Final = _compile()
