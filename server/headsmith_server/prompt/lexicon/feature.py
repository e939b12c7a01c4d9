"""The shape of the lexicon's tables. A table holds data only; compile.py turns all of them into one dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Effects = Mapping[str, float | str]
"""channel -> value; see channels.py."""


@dataclass(frozen=True)
class Feature:
    """One thing that nouns name and adjectives describe.

    Keys of nouns and adjectives are comma-separated spellings; a key that begins with @ is a family of
    sizes.py. nouns: spellings -> what the bare noun says. compounds: "nosed" as in "broad-nosed".
    adjectives: spellings -> what the adjective says of this feature. absence: what "no ..." says, which also
    marks a feature that may be there or not; absence_of: what it says of further channels that only single nouns
    speak of ("no fringe"). parents: features whose adjectives apply as well.
    region: the face region that a mark can lie on; located: a mark, which may be followed by a place.
    unbuilt: adjectives that are understood here but make nothing yet.
    """

    name: str
    nouns: Mapping[str, Effects] = field(default_factory=dict[str, Effects])
    compounds: str = ""
    adjectives: Mapping[str, Effects] = field(default_factory=dict[str, Effects])
    absence: Effects | None = None
    absence_of: Effects = field(default_factory=dict[str, "float | str"])
    parents: tuple[str, ...] = ()
    region: str = ""
    located: bool = False
    unbuilt: str = ""
