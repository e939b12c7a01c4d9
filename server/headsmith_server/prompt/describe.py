"""describe: a Reading becomes a whole HeadDescription; what the words leave open is drawn from the generator."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import torch

from headsmith_server.prompt import complexion
from headsmith_server.prompt.beard import beard
from headsmith_server.prompt.channels import ATTRIBUTES
from headsmith_server.prompt.description import HeadDescription
from headsmith_server.prompt.draws import draw
from headsmith_server.prompt.hair import dyed, hair, texture
from headsmith_server.prompt.persona import Persona, persona
from headsmith_server.prompt.reading import Reading
from headsmith_server.prompt.strengths import clamp, standard_deviations

FEMININE: Final[Mapping[str, float]] = {
    "brow_ridge": -0.8,
    "jaw_width": -0.5,
    "chin": -0.3,
    "neck_width": -0.9,
    "nose_width": -0.4,
    "nose_length": -0.4,
    "lip_fullness": 0.5,
    "eye_size": 0.5,
    "cheekbones": 0.3,
}
"""What goes with a wholly feminine face beside the direction itself, in standard deviations, for grown women."""
CHILDLIKE: Final[Mapping[str, float]] = {
    "eye_size": 0.9,
    "nose_length": -0.6,
    "nose_bridge": -0.5,
    "brow_ridge": -1.0,
    "cheek_fullness": 0.6,
    "chin": -0.6,
    "neck_width": -1.2,
    "face_length": -0.9,
    "jaw_width": -0.7,
    "forehead_height": 0.4,
}
"""What goes with a small child's face beside the direction of age, in standard deviations."""

AGE_KNOTS: Final = (
    (1.0, -3.1),
    (4.0, -2.9),
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
MASCULINITY_SD: Final = 2.5
"""Standard deviations of a wholly masculine face."""
ANCESTRY_SD: Final = 2.1
"""Standard deviations of somebody whose ancestors are all of one group; the three directions add to nothing."""


def describe(reading: Reading, generator: torch.Generator) -> HeadDescription:
    """Fill a reading up to a description. generator: on the CPU; the same state gives the same description."""
    draws = draw(generator)
    who = persona(reading, draws)
    said = _said(reading)
    implied = {name: sd for name, sd in _implied(who).items() if name not in said}
    eyes = complexion.eyes(reading, who, draws)
    natural = complexion.hair_colour(reading, who, draws)
    worn = hair(reading, who, draws, dyed(reading, draws, natural))
    facial_colour = dyed(reading, draws, complexion.beard_colour(reading, natural), "beard_dye")
    facial = beard(reading, who, draws, facial_colour, texture(reading, who, draws))
    # Both eyes share one map yet.
    odd = (f"a {eyes.iris_right} right eye (both are {eyes.iris})",) if eyes.iris_right is not None else ()
    return HeadDescription(
        age_years=who.years,
        masculinity=who.masculinity,
        ancestry=who.ancestry,
        attributes={**implied, **said},
        implied=frozenset(implied),
        skin=complexion.skin(reading, who, draws, worn, facial),
        eyes=eyes,
        brows=complexion.brows(reading, who, draws),
        teeth=complexion.teeth(reading, who, draws),
        lash_length=complexion.lash_length(reading, who, draws),
        hair=worn,
        beard=facial,
        not_understood=reading.not_understood,
        not_built=(*reading.not_built, *odd),
        read_as=tuple(f"{written} as {read}" for written, read in reading.read_as),
    )


def _said(reading: Reading) -> Mapping[str, float]:
    """Standard deviations of every local direction that the words speak of."""
    asked = {name: standard_deviations(reading, name) for name in ATTRIBUTES if name not in ("age", "masculinity")}
    return {name: sd for name, sd in asked.items() if sd is not None}


def _implied(who: Persona) -> Mapping[str, float]:
    """Standard deviations that follow from age, sex and ancestry."""
    femininity = clamp(2.0 * (0.5 - who.masculinity))
    childhood = clamp((17.0 - who.years) / 15.0)
    local = {name: femininity * sd for name, sd in FEMININE.items() if femininity > 0}
    for name, sd in CHILDLIKE.items():
        if childhood > 0:
            local[name] = local.get(name, 0.0) + childhood * sd
    return {
        "age": age_sd(who.years),
        "masculinity": 2.0 * MASCULINITY_SD * (who.masculinity - 0.5),
        **{name: ANCESTRY_SD * share for name, share in who.ancestry.items()},
        **local,
    }


def age_sd(years: float) -> float:
    """Standard deviations of the age direction for an age in years, by AGE_KNOTS."""
    years = clamp(years, AGE_KNOTS[0][0], AGE_KNOTS[-1][0])
    for (young, low), (old, high) in pairwise(AGE_KNOTS):
        if years <= old:
            return low + (high - low) * (years - young) / (old - young)
    return AGE_KNOTS[-1][1]
