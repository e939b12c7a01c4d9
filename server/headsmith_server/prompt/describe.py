"""describe: a Reading becomes a whole HeadDescription; what the words leave open is drawn from the generator."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import torch

from headsmith_server.prompt import complexion
from headsmith_server.prompt.channels import ATTRIBUTES
from headsmith_server.prompt.description import HeadDescription
from headsmith_server.prompt.draws import draw
from headsmith_server.prompt.persona import Persona, persona
from headsmith_server.prompt.reading import Reading
from headsmith_server.prompt.strengths import clamp, standard_deviations

_OF_THE_PERSON: Final = frozenset({"age", "masculinity", "african", "asian", "european"})

AGE_KNOTS: Final = (
    (1.0, -3.4),
    (4.0, -3.0),
    (8.0, -2.5),
    (12.0, -1.8),
    (16.0, -0.9),
    (20.0, -0.35),
    (28.0, 0.0),
    (45.0, 0.6),
    (60.0, 1.2),
    (75.0, 2.0),
    (92.0, 2.7),
)
"""Years to standard deviations of the age direction, between which it is linear."""
MASCULINITY_SD: Final = 1.7
"""Standard deviations of a wholly masculine face."""
ANCESTRY_SD: Final = 1.7
"""Standard deviations of somebody whose ancestors are all of one group; the three directions add to nothing."""


def describe(reading: Reading, generator: torch.Generator) -> HeadDescription:
    """Fill a reading up to a description. generator: on the CPU; the same state gives the same description."""
    draws = draw(generator)
    who = persona(reading, draws)
    return HeadDescription(
        age_years=who.years,
        masculinity=who.masculinity,
        ancestry=who.ancestry,
        attributes=_attributes(reading, who),
        skin=complexion.skin(reading, who, draws),
        eyes=complexion.eyes(reading, who, draws),
        brows=complexion.brows(reading, who, draws),
        teeth=complexion.teeth(reading, who, draws),
        lash_length=complexion.lash_length(reading, who, draws),
        not_understood=reading.not_understood,
        not_built=reading.not_built,
        read_as=tuple(f"{written} as {read}" for written, read in reading.read_as),
    )


def _attributes(reading: Reading, who: Persona) -> Mapping[str, float]:
    """Standard deviations of every direction that was said or that follows from who it is."""
    asked = {
        "age": age_sd(who.years),
        "masculinity": 2.0 * MASCULINITY_SD * (who.masculinity - 0.5),
        **{name: ANCESTRY_SD * share for name, share in who.ancestry.items()},
    }
    for name in ATTRIBUTES:
        if name not in _OF_THE_PERSON:
            said = standard_deviations(reading, name)
            if said is not None:
                asked[name] = said
    return asked


def age_sd(years: float) -> float:
    """Standard deviations of the age direction for an age in years, by AGE_KNOTS."""
    years = clamp(years, AGE_KNOTS[0][0], AGE_KNOTS[-1][0])
    for (young, low), (old, high) in pairwise(AGE_KNOTS):
        if years <= old:
            return low + (high - low) * (years - young) / (old - young)
    return AGE_KNOTS[-1][1]
