"""What the grammar collects: statements, and the words that could not be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from headsmith_server.prompt.channels import ABOUT_A_PERSON, NOT_BUILT
from headsmith_server.prompt.lexicon import LEXICON, Phrase
from headsmith_server.prompt.lexicon.compile import Sense
from headsmith_server.prompt.lexicon.feature import Effects, Feature
from headsmith_server.prompt.reading import Statement

PERSON: Final = LEXICON.features["person"]


@dataclass(frozen=True)
class Modifier:
    """An adjective with what was said about it; group: adjectives that no separator parts share a number."""

    phrase: Phrase
    text: str
    degree: float
    negated: bool
    soft: bool
    group: int

    @property
    def is_about_person(self) -> bool:
        """True for what can only be meant of the whole person ("old", "Asian")."""
        sense = self.phrase.senses.get(PERSON.name)
        return sense is not None and bool(sense.effects) and set(sense.effects) <= ABOUT_A_PERSON


@dataclass(frozen=True)
class Eye:
    """Which eye is spoken of. side: "left", "right" or ""; singular: "an eye", so that the next may differ."""

    side: str = ""
    singular: bool = False


def sense_of(phrase: Phrase, feature: Feature) -> Sense | None:
    """What the adjective says of a feature, by the feature's own table or its parents'; None when nothing."""
    sense = phrase.senses.get(feature.name)
    if sense is not None:
        return sense
    for parent in feature.parents:
        sense = sense_of(phrase, LEXICON.features[parent])
        if sense is not None:
            return sense
    return None


def joined(modifiers: list[Modifier], noun: str) -> str:
    """The modifiers and their noun as they were written."""
    return " ".join([*(modifier.text for modifier in modifiers), noun]).strip()


@dataclass
class Findings:
    """statements in the order said; not_understood and not_built as in Reading."""

    statements: list[Statement] = field(default_factory=list[Statement])
    not_understood: list[str] = field(default_factory=list[str])
    not_built: list[str] = field(default_factory=list[str])

    def say(self, channel: str, value: float | str, words: str) -> None:
        """One plain statement."""
        self.statements.append(Statement(channel, value, words=words))

    def emit(
        self, effects: Effects, words: str, degree: float = 1.0, *, negated: bool = False, soft: bool = False
    ) -> None:
        """A statement for each effect of a word; what is not built goes to that list, unless it is denied."""
        for channel, value in effects.items():
            if channel != NOT_BUILT:
                self.statements.append(Statement(channel, value, degree, negated, soft, words))
            elif not negated:
                self.not_built.append(f"{words} ({value})" if value else words)

    def apply(
        self, modifier: Modifier, feature: Feature, noun: str, usual: Effects | None = None, eye: Eye | None = None
    ) -> None:
        """What an adjective says of a feature; reported when it says nothing of it.

        usual: what the bare noun says; the adjective makes it more or less, so that "very light stubble" lies
        further below plain stubble than "light stubble". eye: whose iris a colour is.
        """
        sense = sense_of(modifier.phrase, feature)
        if sense is None and modifier.is_about_person:
            sense = modifier.phrase.senses[PERSON.name]
        text = f"{modifier.text} {noun}".strip()
        if sense is None:
            if not modifier.phrase.unbuilt_adjective:
                self.not_understood.append(text)
            elif not modifier.negated:
                self.not_built.append(modifier.text)
            return
        effects: dict[str, float | str] = dict(sense.effects)
        if feature.name == "eyes" and "iris" in effects and eye is not None and (eye.side or eye.singular):
            effects[self._iris_channel(eye)] = effects.pop("iris")
        degree = modifier.degree * sense.intensity
        for channel, value in list(effects.items()):
            plain = (usual or {}).get(channel)
            if isinstance(value, float) and isinstance(plain, float) and not modifier.negated:
                self.say(channel, plain + (value - plain) * degree, text)
                del effects[channel]
        self.emit(effects, text, degree, negated=modifier.negated, soft=modifier.soft)

    def deny(self, phrase: Phrase, feature: Feature, text: str) -> None:
        """ "no ...": the absence that the feature's table names, or that it cannot be built."""
        if feature is PERSON:
            self.emit(phrase.noun_effects, text, negated=True)
        elif feature.absence is None:
            self.not_built.append(f"no {text}")
        else:
            absence = {**feature.absence, **feature.absence_of}
            only = {channel: absence[channel] for channel in phrase.noun_effects if channel in absence}
            for channel, value in (only or feature.absence).items():
                named = phrase.noun_effects.get(channel)
                if isinstance(named, str):  # "no bob": whatever it is, it is not that
                    self.statements.append(Statement(channel, named, negated=True, words=f"no {text}"))
                else:
                    self.statements.append(Statement(channel, value, words=f"no {text}"))

    def _iris_channel(self, eye: Eye) -> str:
        if eye.side in ("left", "right"):
            return f"iris_{eye.side}"
        said = {statement.channel for statement in self.statements}
        return "iris_right" if "iris_left" in said else "iris_left"
