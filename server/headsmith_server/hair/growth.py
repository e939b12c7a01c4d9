"""What a style hands back, and the measures that styles share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.hairline import smoothstep
from headsmith_server.hair.parameters import HairParameters
from headsmith_server.hair.scalp import Roots, Scalp
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]

LENGTHS_MM: Final[Mapping[str, tuple[float, float, float]]] = {
    "receding": (6.0, 16.0, 40.0),
    "buzz_cut": (2.0, 5.0, 11.0),
    "crew_cut": (11.0, 19.0, 32.0),
    "side_part": (42.0, 66.0, 95.0),
    "quiff": (48.0, 74.0, 105.0),
    "pixie": (38.0, 58.0, 85.0),
    "afro": (35.0, 70.0, 120.0),
    "locs": (110.0, 240.0, 420.0),
    "braids": (130.0, 300.0, 460.0),
    "ponytail": (110.0, 260.0, 430.0),
    "bun": (44.0, 58.0, 74.0),
    "mohawk": (40.0, 75.0, 130.0),
}
"""Shortest, usual and longest of what grows on top (of ponytail: the tail; of bun: the knot's width), at length 0, 0.5
and 1 on an ordinary head."""

HANGS_MM: Final[Mapping[str, tuple[float, float, float]]] = {
    "bob": (38.0, 2.0, -42.0),
    "straight": (-34.0, -76.0, -230.0),
    "wavy": (-60.0, -175.0, -290.0),
    "curly": (-20.0, -120.0, -230.0),
}
"""How high above the chin (negative: below) long hair ends, at length 0, 0.5 and 1 on an ordinary head."""


@dataclass(frozen=True)
class Growth:
    """Strands around the mean head.

    points [S, P, 3] mm; lock [S]; taper [P] or [S, P]: radius against the strand's thickest; thickness: of these
    strands against ordinary hair; clearance: how far from the skin they stay at least, mm.
    """

    roots: Roots
    points: Field
    lock: Int
    taper: Field
    thickness: float = 1.0
    clearance: float = 0.9


@dataclass(frozen=True)
class Order:
    """What a style is asked for: the scalp, the parameters, how many strands at most, and where chance comes from."""

    scalp: Scalp
    hair: HairParameters
    strands: int
    rng: np.random.Generator
    tick: Callable[[], None]

    @property
    def scale(self) -> float:
        return self.scalp.measures.scale

    @property
    def fewness(self) -> float:
        """0 with 10,000 strands or more .. 1 with very few, which must stand for more hairs and be spread evenly."""
        return float(np.clip(1.0 - self.strands / 10_000, 0.0, 1.0))

    def between(self, values: tuple[float, float, float]) -> float:
        """A value at the asked length: values at length 0, 0.5 and 1, in mm of the mean head."""
        return float(np.interp(self.hair.length, (0.0, 0.5, 1.0), values)) * self.scale

    def local(self, points: Field) -> Field:
        """Points in mm about the skull's centre of a head of ordinary size."""
        return (points - self.scalp.measures.centre) / np.float32(self.scale)

    def side_of_parting(self) -> float:
        """-1 right, 0 middle, 1 left; without a parting it is drawn, mostly near the middle."""
        asked = {"left": 1.0, "middle": 0.0, "right": -1.0}.get(self.hair.parting)
        draw = float(self.rng.normal())
        return float(np.clip(0.3 * draw, -0.6, 0.6)) if asked is None else asked


def fringed(taper: Field, fringe: Field, fewness: float) -> Field:
    """The taper [P] for each strand [S, P]; the fringe's (0..1 [S]) are thick to their tips where strands are few."""
    blunt = np.float32(1.0 + 0.65 * fewness) * np.maximum(taper, np.float32(0.8 * fewness))
    return (taper + fringe[:, None] * (blunt - taper)).astype(np.float32)


def tapered(count: int, tip: float, start: float = 0.55) -> Field:
    """Radii along a strand of `count` points against its thickest: full up to `start`, `tip` at the end."""
    t = np.linspace(0.0, 1.0, count, dtype=np.float32)
    root = 0.8 + 0.2 * smoothstep(0.0, 0.1, t)
    return (root * (1.0 - (1.0 - tip) * smoothstep(start, 1.0, t))).astype(np.float32)
