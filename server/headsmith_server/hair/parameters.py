"""What the hair growers are told. All strengths are 0..1 unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from headsmith_server.texture.parameters import HairColour

STYLES: Final = (
    "bald", "receding", "buzz_cut", "crew_cut", "side_part", "quiff", "pixie", "bob", "straight", "wavy", "curly",
    "afro", "locs", "braids", "ponytail", "bun", "mohawk",
)  # fmt: skip
BEARDS: Final = (
    "none", "stubble", "short", "full", "long", "goatee", "van_dyke", "chin_strap", "soul_patch", "mutton_chops",
    "sideburns",
)  # fmt: skip
MOUSTACHES: Final = ("none", "natural", "chevron", "pencil", "handlebar", "walrus", "toothbrush")
PARTINGS: Final = ("none", "left", "middle", "right")


@dataclass(frozen=True)
class HairParameters:
    """Hair of the head.

    style: one of STYLES; length: 0 (shortest that the style allows) .. 1 (longest), 0.5 is the style's usual one;
    density: 0 (sparse) .. 1 (thick); curl: added to the style's own, -1 (ironed) .. 1 (coiled); frizz; volume: 0
    (lies close) .. 1 (stands off), 0.5 usual; parting: one of PARTINGS, of the subject's side; fringe: how much falls
    over the forehead; hairline: -1 (low and round, as many children's and women's) .. 1 (high, with square temples);
    recession: how far it has gone back from there; crown: how bald the crown is; fade: how short the sides are against
    the top.
    """

    style: str = "side_part"
    length: float = 0.5
    density: float = 0.7
    curl: float = 0.0
    frizz: float = 0.2
    volume: float = 0.5
    parting: str = "none"
    fringe: float = 0.0
    hairline: float = 0.0
    recession: float = 0.0
    crown: float = 0.0
    fade: float = 0.3
    colour: HairColour = field(default_factory=HairColour)


@dataclass(frozen=True)
class BeardParameters:
    """Facial hair.

    style: one of BEARDS; moustache: one of MOUSTACHES; length as in HairParameters; density, curl and frizz;
    patchiness: 0 (even) .. 1 (islands).
    """

    style: str = "none"
    moustache: str = "none"
    length: float = 0.5
    density: float = 0.7
    curl: float = 0.3
    frizz: float = 0.3
    patchiness: float = 0.1
    colour: HairColour = field(default_factory=HairColour)
