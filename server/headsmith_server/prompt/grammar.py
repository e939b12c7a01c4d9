"""The grammar: adjectives find their nouns, degrees their adjectives, denials their scope, marks their place.

A single pass over the items. Adjectives wait in `pending` until a noun takes them (attributive, "broad, flat nose")
or something ends the phrase and they go back to what was said before (predicative, "her nose is broad").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from headsmith_server.prompt.channels import NOT_BUILT
from headsmith_server.prompt.findings import PERSON, Eye, Findings, Modifier, joined, sense_of
from headsmith_server.prompt.items import Item, ItemKind
from headsmith_server.prompt.lexicon import Phrase, Role
from headsmith_server.prompt.lexicon.feature import Feature
from headsmith_server.prompt.marks import LISTED, MOST_MARKS, Marks

_UNKNOWN: Final = Feature(name="something unknown")
_UNBUILT: Final = Feature(name="something unbuilt")
_ALTERNATIVES: Final = frozenset({"or", "nor", "and or"})
_COMPARING: Final = frozenset({"as", "like", "than"})
_PAIRS: Final = frozenset({"eyes", "ears", "brows", "lips", "cheeks", "nostrils", "cheekbones", "eyelids"})
_SUBJECTS: Final = frozenset({"he", "she", "they"})


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
        self.last: Feature = PERSON
        self.last_text = ""
        self.last_modifiers: list[Modifier] = []
        self.separated = False
        self.named_somebody = False
        self.side = ""
        self.eye = Eye()
        self.marks = Marks(self.found)

    def read(self) -> Findings:
        """Read every item once."""
        for at, item in enumerate(self.items):
            match item.kind:
                case ItemKind.PHRASE:
                    assert item.phrase is not None
                    self._phrase(at, item, item.phrase)
                case ItemKind.AGE:
                    self.found.say("years", item.number, item.text)
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
        elif phrase.compound is not None and not (phrase.role or phrase.senses):
            self.found.not_understood.append(item.text)
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
                self._and(item.text)
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
                if self.pending and self.pending[-1].group != self.group:  # "left eye blue and right eye brown"
                    self._flush()
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
        if counted is not None and item.number == 2 and counted.name in _PAIRS:
            return
        if counted is not None and counted.located:
            self.marks.count = int(max(1, min(item.number, MOST_MARKS)))
        else:
            self.found.not_understood.append(item.text)

    def _unknown(self, at: int, item: Item) -> None:
        behind = self.items[at + 1] if at + 1 < len(self.items) else None
        is_noun = behind is None or behind.ends_phrase
        words = item.text
        compared = at > 0 and self.items[at - 1].text in _COMPARING  # "skin as black as coal"
        if is_noun and not compared and self.pending and self.named_somebody and self.predicate is None:
            words = joined(self.pending, item.text)
            self.pending.clear()
            self.last, self.last_text = _UNKNOWN, item.text
        self.found.not_understood.append(words)
        self.degree = 1.0

    def _unbuilt_noun(self, at: int, item: Item) -> None:
        modifiers = self._take()
        mine = [modifier for modifier in modifiers if self.named_somebody or not modifier.is_about_person]
        for modifier in modifiers:
            if modifier not in mine:
                self.found.apply(modifier, PERSON, "")
        if not self.negated:
            self.found.not_built.append(joined(mine, item.text))
        self.last, self.last_text, self.separated = _UNBUILT, item.text, False
        self.last_modifiers = []
        self.marks.forget()
        self._denial_after_noun(at)

    # Separators ----------------------------------------------------------------------------------------------

    def _separate(self, *, keep_denial: bool) -> None:
        self.group += 1
        self.separated = True
        self.degree = 1.0
        self.side = ""
        if not (keep_denial or self.neither):
            self.negated = self.soft = False

    def _and(self, text: str) -> None:
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
        self.marks.forget()
        if stop:
            self.marks.count = 1

    def _copula(self) -> None:
        self._flush()
        self.predicate = self.last
        self.separated = False
        self.marks.forget()

    def _determiner(self) -> None:
        if self.pending:
            self._flush()
        if self.separated:
            self.predicate = None

    def _pronoun(self, phrase: Phrase, text: str) -> None:
        if phrase.sex_hint:
            self.found.say("sex_hint", phrase.sex_hint, text)
        self._determiner()
        if text in _SUBJECTS:
            self.last, self.last_text, self.predicate = PERSON, text, PERSON
            self.last_modifiers = []
            self.separated = False

    def _place(self, text: str) -> None:
        self._flush()
        self.marks.lead_to_place(text)
        self.predicate = None

    def _deny(self, text: str) -> None:
        self.negated = True
        self.neither = text == "neither"
        self.degree = 1.0

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
        self.eye = Eye(self.side, phrase.singular)
        if self.marks.expects(feature, modifiers):
            self.marks.put(feature, self.side)
            for modifier in modifiers:
                self.found.apply(modifier, feature, item.text, eye=self.eye)
        else:
            self.marks.forget()
            if self.negated and (not modifiers or (phrase.noun_effects and feature is not PERSON)):
                self.found.deny(phrase, feature, item.text)
            else:
                self._assert_noun(at, item.text, phrase, feature, modifiers)
            self.last_modifiers = modifiers
        self.last, self.last_text, self.separated = feature, item.text, False
        self.named_somebody = True
        self.degree, self.side, self.marks.count = 1.0, "", 1
        self._denial_after_noun(at)

    def _assert_noun(self, at: int, text: str, phrase: Phrase, feature: Feature, modifiers: list[Modifier]) -> None:
        if not modifiers and self._shares(at, feature, phrase):
            modifiers = [modifier for modifier in self.last_modifiers if feature.name in modifier.phrase.senses]
        listed = next((channel for channel in LISTED if channel in phrase.noun_effects), None)
        if listed is not None:
            self.marks.listed(listed, text, phrase, feature, modifiers)
            return
        usual = phrase.noun_effects if feature.absence is not None else {}  # what adjectives make more or less of
        senses = [sense_of(modifier.phrase, feature) for modifier in modifiers if usual and not modifier.negated]
        overridden = {channel for sense in senses if sense for channel in sense.effects} - {NOT_BUILT}
        plain = {channel: value for channel, value in phrase.noun_effects.items() if channel not in overridden}
        self.found.emit(plain, joined(modifiers, text) if NOT_BUILT in plain else text, self.degree)
        for modifier in modifiers:
            self.found.apply(modifier, feature, text, usual, self.eye)
        if feature.located:
            self.marks.name(feature, text)

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
            self.found.apply(modifier, feature, item.text)

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

    # Adjectives go home --------------------------------------------------------------------------------------

    def _flush(self) -> None:
        if not self.pending:
            return
        waiting, self.pending = self.pending, []
        if self.predicate is not None:
            targets = (self.predicate, self.last, PERSON)
        elif self.separated or self.marks.placed:
            targets = (PERSON, self.last)
        else:
            targets = (self.last, PERSON)
        for modifier in waiting:
            if targets[0] in (_UNBUILT, _UNKNOWN):
                named = self.found.not_built if targets[0] is _UNBUILT else self.found.not_understood
                named.append(f"{modifier.text} {self.last_text}")
                continue
            target = next((target for target in targets if sense_of(modifier.phrase, target)), None)
            noun = self.last_text if target is self.last else ""
            eye = Eye(self.side or self.eye.side, self.eye.singular)
            self.found.apply(modifier, target or targets[0], noun, eye=eye)
