"""The grammar: adjectives find their nouns, degrees their adjectives, denials their scope, marks their place.

A single pass over the items. Adjectives wait in `pending` until a noun takes them (attributive, "broad, flat nose")
or something ends the phrase and they go back to what was said before (predicative, "her nose is broad").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from headsmith_server.prompt.channels import ABOUT_A_PERSON, NOT_BUILT
from headsmith_server.prompt.items import Item, ItemKind
from headsmith_server.prompt.lexicon import LEXICON, Phrase, Role
from headsmith_server.prompt.lexicon.compile import Sense
from headsmith_server.prompt.lexicon.feature import Effects, Feature
from headsmith_server.prompt.reading import Statement

_PERSON: Final = LEXICON.features["person"]
_NOWHERE: Final = Feature(name="something unknown")
_UNBUILT: Final = Feature(name="something unbuilt")
_ALTERNATIVES: Final = frozenset({"or", "nor", "and or"})
_BELOW: Final = frozenset({"under", "underneath", "below", "beneath", "just below", "just under"})
_COMPARING: Final = frozenset({"as", "like", "than"})
_MOST_MARKS: Final = 4


@dataclass(frozen=True)
class Modifier:
    """An adjective in waiting, with what was said about it; group: adjectives without a separator share it."""

    phrase: Phrase
    text: str
    degree: float
    negated: bool
    soft: bool
    group: int


@dataclass
class Findings:
    """What the pass collects."""

    statements: list[Statement] = field(default_factory=list[Statement])
    not_understood: list[str] = field(default_factory=list[str])
    not_built: list[str] = field(default_factory=list[str])


def sense_of(phrase: Phrase, feature: Feature) -> Sense | None:
    """What the adjective says of a feature, by the feature's own table or its parents'."""
    sense = phrase.senses.get(feature.name)
    if sense is not None:
        return sense
    for parent in feature.parents:
        sense = sense_of(phrase, LEXICON.features[parent])
        if sense is not None:
            return sense
    return None


class Grammar:
    """One pass over the items of one prompt; `read` gives the findings."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.found = Findings()
        self.pending: list[Modifier] = []
        self.group = 0
        self.degree = 1.0
        self.negated = False
        self.soft = False
        self.list_denied = False
        self.neither = False
        self.predicate: Feature | None = None
        self.last: Feature = _PERSON
        self.last_text = ""
        self.last_modifiers: list[Modifier] = []
        self.separated = False
        self.named_somebody = False
        self.side = ""
        self.last_side = ""
        self.last_singular = False
        self.count = 1
        self.mark: int | None = None
        self.place = ""
        self.placed = False

    def read(self) -> Findings:
        """Read every item once."""
        for at, item in enumerate(self.items):
            match item.kind:
                case ItemKind.PHRASE:
                    assert item.phrase is not None
                    self._phrase(at, item, item.phrase)
                case ItemKind.AGE:
                    self._say("years", item.number, item.text)
                    self.degree = 1.0
                case ItemKind.NUMBER:
                    self._number(at, item)
                case ItemKind.UNKNOWN:
                    self._unknown(at, item)
                case ItemKind.COMMA:
                    self._separate(keep_denial=self.list_denied)
                case ItemKind.COLON:
                    self._copula()
                case ItemKind.STOP:
                    self._end()
        self._end()
        return self.found

    # What an item can be -------------------------------------------------------------------------------------

    def _phrase(self, at: int, item: Item, phrase: Phrase) -> None:
        if phrase.noun is not None and not (phrase.is_adjective and self._stands_before_noun(at)):
            self._noun(at, item, phrase, phrase.noun)
        elif phrase.compound is not None and self.pending:
            self._compound(phrase.compound, item)
        elif phrase.unbuilt_noun:
            self._unbuilt_noun(at, item)
        elif phrase.is_adjective and not (phrase.role and self._is_function_word(at, phrase)):
            self._adjective(phrase, item.text)
        else:
            self._function_word(at, item, phrase)

    def _function_word(self, at: int, item: Item, phrase: Phrase) -> None:
        match phrase.role:
            case Role.DEGREE if phrase.softens and self.negated and not self.pending:
                self.soft = True
            case Role.DEGREE:
                self.degree *= phrase.degree
            case Role.NEGATION:
                self._deny(item.text)
            case Role.AND:
                self._and(at, item.text)
            case Role.CONTRAST | Role.HAS:
                self._end(stop=False)
            case Role.COPULA:
                self._copula()
            case Role.DETERMINER:
                self._determiner()
            case Role.PRONOUN:
                self._pronoun(phrase, item.text)
            case Role.PLACE:
                self._place(item.text)
            case Role.SIDE:
                self.side = phrase.side
            case _:
                self.soft = self.soft or (phrase.softens and self.negated)

    def _is_function_word(self, at: int, phrase: Phrase) -> bool:
        """Words such as "slight" or "pretty": an adjective where the noun behind has a use for it."""
        behind = self.items[at + 1] if at + 1 < len(self.items) else None
        if behind is None or behind.phrase is None or behind.ends_phrase:
            return phrase.role is not Role.DEGREE and not phrase.senses.get(self.last.name)
        noun = behind.phrase.noun or behind.phrase.compound
        return noun is None or sense_of(phrase, noun) is None

    def _stands_before_noun(self, at: int) -> bool:
        behind = self.items[at + 1].phrase if at + 1 < len(self.items) else None
        return behind is not None and bool(behind.noun or behind.compound or behind.senses or behind.unbuilt_noun)

    def _adjective(self, phrase: Phrase, text: str) -> None:
        denied = self.negated
        if phrase.unbuilt_adjective and not phrase.senses:
            if not denied:
                self.found.not_built.append(text)
        else:
            self.pending.append(Modifier(phrase, text, self.degree, denied, self.soft, self.group))
        self.degree = 1.0

    def _number(self, at: int, item: Item) -> None:
        behind = self.items[at + 1 : at + 4]
        counted = next((item.phrase.noun for item in behind if item.phrase and item.phrase.noun), None)
        if counted is not None and counted.located:
            self.count = int(max(1, min(item.number, _MOST_MARKS)))
        else:
            self.found.not_understood.append(item.text)

    def _unknown(self, at: int, item: Item) -> None:
        behind = self.items[at + 1] if at + 1 < len(self.items) else None
        is_noun = behind is None or behind.ends_phrase
        words = item.text
        compared = at > 0 and self.items[at - 1].text in _COMPARING  # "skin as black as coal"
        if is_noun and not compared and self.pending and self.named_somebody and self.predicate is None:
            words = " ".join([*(modifier.text for modifier in self.pending), item.text])
            self.pending.clear()
            self.last, self.last_text = _NOWHERE, item.text
        self.found.not_understood.append(words)
        self.degree = 1.0

    def _unbuilt_noun(self, at: int, item: Item) -> None:
        modifiers = self._take()
        mine = [modifier for modifier in modifiers if not self._about_person(modifier) or self.named_somebody]
        for modifier in modifiers:
            if modifier not in mine:
                self._apply(modifier, _PERSON, "")
        if not self.negated:
            self.found.not_built.append(" ".join([*(modifier.text for modifier in mine), item.text]))
        self.last, self.last_text, self.separated = _UNBUILT, item.text, False
        self.last_modifiers = []
        self.mark = None
        self._denial_after_noun(at)

    # Separators ----------------------------------------------------------------------------------------------

    def _separate(self, *, keep_denial: bool) -> None:
        self.group += 1
        self.separated = True
        self.degree = 1.0
        self.side = ""
        if not (keep_denial or self.neither):
            self.negated = self.soft = False

    def _and(self, at: int, text: str) -> None:
        denied = self.negated and (text in _ALTERNATIVES or self.list_denied)
        self._separate(keep_denial=denied)
        if text == "nor":
            self.negated = True

    def _end(self, *, stop: bool = True) -> None:
        """The phrase is over: waiting adjectives go back to what was said before."""
        self._flush()
        self._separate(keep_denial=False)
        self.negated = self.soft = self.list_denied = self.neither = False
        self.predicate = None
        self.mark, self.place, self.placed = None, "", False
        if stop:
            self.count = 1

    def _copula(self) -> None:
        self._flush()
        self.predicate = self.last
        self.separated = False
        self.mark = None

    def _determiner(self) -> None:
        if self.pending:
            self._flush()
        if self.separated:
            self.predicate = None

    def _pronoun(self, phrase: Phrase, text: str) -> None:
        if phrase.sex_hint:
            self._say("sex_hint", phrase.sex_hint, text)
        self._determiner()
        if text in ("he", "she", "hes", "shes", "they"):
            self.last, self.last_text, self.predicate = _PERSON, text, _PERSON
            self.last_modifiers = []
            self.separated = False

    def _place(self, text: str) -> None:
        self._flush()
        if self.mark is not None:
            self.place = text
        self.predicate = None

    def _deny(self, text: str) -> None:
        self.negated = True
        self.neither = text == "neither"
        self.degree = 1.0
        if text == "non":
            self.soft = False

    # Nouns ---------------------------------------------------------------------------------------------------

    def _take(self) -> list[Modifier]:
        """The waiting adjectives that belong to the noun that comes now; the others go back."""
        if self.pending and self.pending[-1].group != self.group:
            self._flush()
        if self.predicate is not None:
            mine = [modifier for modifier in self.pending if modifier.group == self.group]
            self.pending = [modifier for modifier in self.pending if modifier.group != self.group]
            self._flush()
        else:
            mine, self.pending = self.pending, []
        self.predicate = None
        return mine

    def _noun(self, at: int, item: Item, phrase: Phrase, feature: Feature) -> None:
        modifiers = self._take()
        if self._is_place(feature, modifiers):
            self._put_mark(feature)
        elif self.negated and (not modifiers or (phrase.noun_effects and feature is not _PERSON)):
            self._deny_noun(phrase, feature, item.text)
        else:
            self._assert_noun(at, item, phrase, feature, modifiers)
        for modifier in modifiers if self.placed else ():
            self._apply(modifier, feature, item.text)
        if not self.placed:
            self.last_modifiers = modifiers
        self.last, self.last_text, self.separated = feature, item.text, False
        self.named_somebody = True
        self.last_side, self.last_singular = self.side, phrase.singular
        self.degree, self.side, self.count = 1.0, "", 1
        self._denial_after_noun(at)

    def _assert_noun(self, at: int, item: Item, phrase: Phrase, feature: Feature, modifiers: list[Modifier]) -> None:
        self.mark, self.placed = None, False
        if not modifiers and self._shares(at, feature, phrase):
            modifiers = [modifier for modifier in self.last_modifiers if feature.name in modifier.phrase.senses]
        if "scar" in phrase.noun_effects:
            self._scar(item.text, phrase, feature, modifiers)
            return
        usual = phrase.noun_effects if feature.absence is not None else {}  # what adjectives make more or less of
        senses = [sense_of(modifier.phrase, feature) for modifier in modifiers if usual and not modifier.negated]
        overridden = {channel for sense in senses if sense for channel in sense.effects} - {NOT_BUILT}
        text = (
            " ".join([*(modifier.text for modifier in modifiers), item.text])
            if NOT_BUILT in phrase.noun_effects
            else item.text
        )
        self.last_side, self.last_singular = self.side, phrase.singular
        plain = {channel: value for channel, value in phrase.noun_effects.items() if channel not in overridden}
        self._emit(plain, self.degree, False, False, text)
        for modifier in modifiers:
            self._apply(modifier, feature, item.text, usual)
        if feature.located:
            self.mark = len(self.found.statements)

    def _shares(self, at: int, feature: Feature, phrase: Phrase) -> bool:
        """ "black hair and eyes": the second noun shares the first one's adjectives."""
        before = self.items[at - 1].phrase if at else None
        joined = before is not None and before.role is Role.AND and at > 1 and self.items[at - 2].text == self.last_text
        return joined and feature.absence is None and not phrase.noun_effects

    def _compound(self, feature: Feature, item: Item) -> None:
        mine: list[Modifier] = []
        while self.pending and self.pending[-1].group == self.group and sense_of(self.pending[-1].phrase, feature):
            mine.insert(0, self.pending.pop())
        if not mine:
            self.found.not_understood.append(f"{self.pending.pop().text}-{item.text}")
        for modifier in mine:
            self._apply(modifier, feature, item.text)

    def _deny_noun(self, phrase: Phrase, feature: Feature, text: str) -> None:
        self.mark, self.placed = None, False
        if feature is _PERSON:
            self._emit(phrase.noun_effects, 1.0, True, False, text)
        elif feature.absence is not None:
            only = {
                channel: feature.absence.get(channel, 0.0)
                for channel in phrase.noun_effects
                if channel in feature.absence
            }
            for channel, value in (only or feature.absence).items():
                self.found.statements.append(
                    Statement(channel, value, negated=isinstance(value, str), words=f"no {text}")
                )
        else:
            self.found.not_built.append(f"no {text}")

    def _denial_after_noun(self, at: int) -> None:
        """A denial goes on through a list that ends with "or", and through "and" before another bare thing."""
        self.soft = False
        if not self.negated:
            return
        self.list_denied = self._list_goes_on(at + 1)
        if not (self.list_denied or self.neither):
            self.negated = False

    def _list_goes_on(self, at: int) -> bool:
        separator = self.items[at] if at < len(self.items) else None
        if separator is None or not (
            separator.kind is ItemKind.COMMA or (separator.phrase and separator.phrase.role is Role.AND)
        ):
            return False
        if separator.text in _ALTERNATIVES:
            return True
        if separator.kind is ItemKind.COMMA:
            for item in self.items[at + 1 :]:
                if item.text in _ALTERNATIVES:
                    return True
                if item.kind is ItemKind.STOP or (
                    item.phrase and item.phrase.role in (Role.HAS, Role.CONTRAST, Role.COPULA, Role.DETERMINER)
                ):
                    return False
            return False
        behind = self.items[at + 1].phrase if at + 1 < len(self.items) else None
        return behind is not None and (
            behind.unbuilt_noun or (behind.noun is not None and bool(behind.noun_effects) and behind.noun.located)
        )

    # Marks and their places ----------------------------------------------------------------------------------

    def _scar(self, text: str, phrase: Phrase, feature: Feature, modifiers: list[Modifier]) -> None:
        kinds = [
            str(sense.effects.get("scar", ""))
            for modifier in modifiers
            if (sense := sense_of(modifier.phrase, feature))
        ]
        for modifier in modifiers:
            if sense_of(modifier.phrase, feature) is None:
                self._apply(modifier, feature, text)
        words = " ".join([*(modifier.text for modifier in modifiers), text])
        number = max(self.count, 1 if phrase.singular else 2)
        self.mark = len(self.found.statements)
        for _ in range(number):
            self._say("scar", " ".join(kind for kind in kinds if kind), words)

    def _is_place(self, feature: Feature, modifiers: list[Modifier]) -> bool:
        if self.mark is None or feature.located:
            return False
        return bool(self.place) and (not self.placed or (not modifiers and bool(feature.region)))

    def _put_mark(self, feature: Feature) -> None:
        region = "cheek" if feature.name == "eyes" and self.place in _BELOW else feature.region
        marks = [
            at
            for at in range(self.mark or 0, len(self.found.statements))
            if self.found.statements[at].channel == "scar"
        ]
        open_marks = [at for at in marks if not _has_region(str(self.found.statements[at].value))]
        if open_marks and region:
            for at in open_marks:
                mark = self.found.statements[at]
                where = " ".join(word for word in (str(mark.value), self.side, region) if word)
                self.found.statements[at] = Statement("scar", where, words=mark.words)
        elif marks and region:
            mark = self.found.statements[marks[-1]]
            size = " ".join(word for word in str(mark.value).split() if word in ("long", "short", "faint"))
            self.found.statements.append(Statement("scar", f"{size} {self.side} {region}".strip(), words=mark.words))
        elif self.last.name == "moles" and not self.placed:
            self.found.not_built.append(f"the place of the {self.last_text} (it is drawn)")
        self.placed = True

    # Adjectives go home --------------------------------------------------------------------------------------

    def _flush(self) -> None:
        if not self.pending:
            return
        waiting, self.pending = self.pending, []
        if self.predicate is not None:
            targets = (self.predicate, self.last, _PERSON)
        elif self.separated or self.placed:
            targets = (_PERSON, self.last)
        else:
            targets = (self.last, _PERSON)
        for modifier in waiting:
            if targets[0] in (_UNBUILT, _NOWHERE):
                named = self.found.not_built if targets[0] is _UNBUILT else self.found.not_understood
                named.append(f"{modifier.text} {self.last_text}")
                continue
            target = next((target for target in targets if sense_of(modifier.phrase, target)), None)
            self._apply(modifier, target or targets[0], self.last_text if target is self.last else "")

    def _about_person(self, modifier: Modifier) -> bool:
        sense = modifier.phrase.senses.get(_PERSON.name)
        return sense is not None and bool(sense.effects) and set(sense.effects) <= ABOUT_A_PERSON

    def _apply(self, modifier: Modifier, feature: Feature, noun: str, plain: Effects | None = None) -> None:
        sense = sense_of(modifier.phrase, feature)
        if sense is None and self._about_person(modifier):
            sense = modifier.phrase.senses[_PERSON.name]
        text = f"{modifier.text} {noun}".strip()
        if sense is None:
            if not modifier.phrase.unbuilt_adjective:
                self.found.not_understood.append(text)
            elif not modifier.negated:
                self.found.not_built.append(modifier.text)
            return
        effects: dict[str, float | str] = dict(sense.effects)
        if feature.name == "eyes" and "iris" in effects and (self.side or self.last_side or self.last_singular):
            effects[self._iris_channel(self.side or self.last_side)] = effects.pop("iris")
        degree = modifier.degree * sense.intensity
        for channel, value in list(effects.items()):  # "very light stubble" lies further below plain stubble
            usual = (plain or {}).get(channel)
            if isinstance(value, float) and isinstance(usual, float) and not modifier.negated:
                self._say(channel, usual + (value - usual) * degree, text)
                del effects[channel]
        self._emit(effects, degree, modifier.negated, modifier.soft, text)

    def _iris_channel(self, side: str) -> str:
        if side in ("left", "right"):
            return f"iris_{side}"
        said = {statement.channel for statement in self.found.statements}
        return "iris_right" if "iris_left" in said else "iris_left"

    # Saying --------------------------------------------------------------------------------------------------

    def _say(self, channel: str, value: float | str, words: str) -> None:
        self.found.statements.append(Statement(channel, value, words=words))

    def _emit(self, effects: Effects, degree: float, negated: bool, soft: bool, words: str) -> None:
        for channel, value in effects.items():
            if channel == NOT_BUILT:
                if not negated:
                    self.found.not_built.append(f"{words} ({value})" if value else words)
            else:
                self.found.statements.append(Statement(channel, value, degree, negated, soft, words))


def _has_region(value: str) -> bool:
    return bool({"cheek", "forehead", "chin", "brow", "lip", "nose"} & set(value.split()))
