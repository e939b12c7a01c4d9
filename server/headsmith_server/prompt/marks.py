"""Scars, tattoos and other marks, and the place that follows them ("a scar over her left eyebrow")."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.findings import Findings, Modifier, joined, sense_of
from headsmith_server.prompt.lexicon import Phrase
from headsmith_server.prompt.lexicon.feature import Feature
from headsmith_server.prompt.reading import Statement

REGIONS: Final = ("cheek", "forehead", "chin", "brow", "lip", "nose", "neck")
LISTED: Final = ("scar", "tattoo")
"""Channels with a statement for each single thing."""
MOST_MARKS: Final = 4
_BELOW: Final = frozenset({"under", "underneath", "below", "beneath", "just below", "just under"})


class Marks:
    """The mark that was named last and waits for a place.

    A scar or a tattoo is a statement whose value names size or style, side and region, as far as they are said ("long
    left cheek").
    """

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.count = 1
        self.placed = False
        self._first: int | None = None
        self._noun = ""
        self._feature = ""
        self._preposition = ""

    def forget(self) -> None:
        """What comes next is no place of this mark."""
        self._first, self._preposition, self.placed = None, "", False

    def name(self, feature: Feature, noun: str) -> None:
        """A mark was named; a place may follow."""
        self._first, self._noun, self._feature = len(self.found.statements), noun, feature.name

    def listed(self, channel: str, noun: str, phrase: Phrase, feature: Feature, modifiers: list[Modifier]) -> None:
        """Scars or tattoos, as many as were counted (two when the plural says no number)."""
        said = [str(phrase.noun_effects[channel])] if phrase.noun_effects[channel] else []
        for modifier in modifiers:
            sense = sense_of(modifier.phrase, feature)
            if sense is None:
                self.found.apply(modifier, feature, noun)
            elif sense.effects.get(channel):
                said.append(str(sense.effects[channel]))
        self.name(feature, noun)
        for _ in range(max(self.count, 1 if phrase.singular else 2)):
            self.found.say(channel, " ".join(said), joined(modifiers, noun))

    def lead_to_place(self, preposition: str) -> None:
        """A preposition of place stands behind the mark."""
        if self._first is not None:
            self._preposition = preposition

    def expects(self, feature: Feature, modifiers: list[Modifier]) -> bool:
        """True when this noun is where the mark lies; after the first place only bare regions go on with the list."""
        if self._first is None or feature.located or not self._preposition:
            return False
        return not self.placed or (not modifiers and bool(feature.region))

    def put(self, feature: Feature, side: str) -> None:
        """The mark lies on that feature."""
        region = "cheek" if feature.name == "eyes" and self._preposition in _BELOW else feature.region
        statements = self.found.statements
        named = [at for at in range(self._first or 0, len(statements)) if statements[at].channel in LISTED]
        unplaced = [at for at in named if not set(REGIONS) & set(str(statements[at].value).split())]
        if unplaced and region:
            for at in unplaced:
                statements[at] = _placed(statements[at], side, region)
        elif named and region:
            statements.append(_placed(statements[named[-1]], side, region))
        elif self._feature == "moles" and not self.placed:
            self.found.not_built.append(f"the place of the {self._noun} (it is drawn)")
        self.placed = True


def _placed(mark: Statement, side: str, region: str) -> Statement:
    """The same mark on another place."""
    kept = [word for word in str(mark.value).split() if word not in (*REGIONS, "left", "right", "middle")]
    value = " ".join([*kept, *([side] if side else []), region])
    return Statement(mark.channel, value, words=mark.words)
