"""The population: people drawn from the product's own distribution, widened so that its tails are seen too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.geometry.attributes import identity_from_description
from headsmith_server.hair.parameters import BeardParameters, HairParameters
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.prompt.channels import ATTRIBUTES
from headsmith_server.prompt.colours import EYE_SHADOWS, HAIR_COLOURS, LIPSTICKS
from headsmith_server.prompt.describe import describe
from headsmith_server.prompt.description import HeadDescription
from headsmith_server.prompt.origins import ORIGINS
from headsmith_server.prompt.reading import Reading, Statement
from headsmith_server.synthesis import haircuts
from headsmith_server.synthesis.streams import pick, stream, stream_seed, torch_stream

YOUNGEST: Final = 3.0
OLDEST: Final = 90.0
AGE_BANDS: Final = {(3.0, 12.0): 0.09, (12.0, 18.0): 0.08, (18.0, 40.0): 0.40, (40.0, 62.0): 0.25, (62.0, 90.0): 0.18}
"""Years from, to: share of the people; uniform within a band."""
MIXED: Final = 0.15
"""Share of people with two origins, of whom each is as likely as any other."""
ANY_ORIGIN: Final = 0.35
"""Share of people whose single origin is as likely as any other; the rest follow the origins' own shares."""
UNTOUCHED: Final = 0.15
"""Share of people about whom nothing is stated at all but age and origin."""
MOST_SAID: Final = 6
WIDEST: Final = 1.5
"""A stated attribute is uniform in +-WIDEST adjectives, about +-3 standard deviations."""
SPREADS: Final = (0.6, 1.15)
"""Deviation of everything that is not stated, drawn uniformly for each person; the population's own is 1."""

USUAL_LIPSTICKS: Final = ("red", "pink", "coral", "plum", "nude", "brown")
_SEXED: Final = frozenset({"age", "masculinity", "african", "asian", "european"})


@dataclass(frozen=True)
class Person:
    """Somebody, before any picture is taken.

    index: the sample's number; description: all that the painters and growers are told; identity: float32 [K],
    standard deviations; hair, beard: as in the description, for convenience; paint_seed: the seed of the maps,
    hair_seed: of the strands.
    """

    index: int
    description: HeadDescription
    identity: NDArray[np.float32]
    hair: HairParameters
    beard: BeardParameters
    paint_seed: int
    hair_seed: int


def person(seed: int, index: int, model: HeadModel) -> Person:
    """Person number `index` of the population `seed`; a pure function of both and of the model."""
    draws = stream(seed, index, "person")
    reading = Reading(prompt="", statements=tuple(statements(draws)))
    description = describe(reading, torch_stream(seed, index, "description"))
    description = haircuts.with_hair(description, stream(seed, index, "haircut"))
    spread = float(draws.uniform(*SPREADS))
    identity = identity_from_description(model, description, torch_stream(seed, index, "identity"), spread)
    return Person(
        index=index,
        description=description,
        identity=identity.numpy().astype(np.float32),
        hair=description.hair,
        beard=description.beard,
        paint_seed=stream_seed(seed, index, "paint") % 2**31,
        hair_seed=stream_seed(seed, index, "strands") % 2**31,
    )


def statements(draws: np.random.Generator) -> list[Statement]:
    """What is stated about one random person: age and often origin, then some features, skin, eyes and make-up."""
    years = _years(draws)
    said = [Statement("years", round(years, 1)), *_origin(draws)]
    if draws.random() < UNTOUCHED:
        return said
    features = [name for name in ATTRIBUTES if name not in _SEXED]
    for name in draws.permutation(features)[: draws.integers(0, MOST_SAID + 1)]:
        said.append(Statement(str(name), float(draws.uniform(-WIDEST, WIDEST))))
    return said + _skin(draws, years) + _colours(draws) + _makeup(draws, years)


def _years(draws: np.random.Generator) -> float:
    bands = list(AGE_BANDS)
    low, high = bands[int(np.searchsorted(np.cumsum(list(AGE_BANDS.values())), draws.random()).clip(0, len(bands) - 1))]
    return float(draws.uniform(low, high))


def _origin(draws: np.random.Generator) -> list[Statement]:
    names = sorted(ORIGINS)
    kind = draws.random()
    if kind < MIXED:
        return [Statement("ancestry", str(name)) for name in draws.choice(names, 2, replace=False)]
    if kind < MIXED + ANY_ORIGIN:
        return [Statement("ancestry", str(draws.choice(names)))]
    return []


def _skin(draws: np.random.Generator, years: float) -> list[Statement]:
    said = []
    for channel, chance, low, high in (
        ("freckles", 0.10, 0.2, 1.0),
        ("moles", 0.15, 0.1, 0.8),
        ("weathering", 0.10, 0.2, 0.9),
        ("redness", 0.10, 0.1, 0.7),
        ("dark_circles", 0.12, 0.2, 0.9),
        ("oiliness", 0.30, 0.0, 1.0),
        ("haemoglobin", 0.20, 0.2, 0.8),
        ("melanin_shift", 0.12, -0.15, 0.15),
        ("eye_redness", 0.08, 0.2, 0.8),
    ):
        if draws.random() < chance:
            said.append(Statement(channel, float(draws.uniform(low, high))))
    if draws.random() < 0.05:
        said.append(Statement("scar", ""))
    if years > 30.0 and draws.random() < 0.1:
        said.append(Statement("wrinkles", float(draws.uniform(0.1, 1.0))))
    return said


def _colours(draws: np.random.Generator) -> list[Statement]:
    said = []
    if draws.random() < 0.12:
        irises = ["brown", "dark brown", "hazel", "amber", "green", "blue", "grey"]
        said.append(Statement("iris", str(draws.choice(irises))))
    if draws.random() < 0.12:
        said.append(Statement("hair_colour", str(draws.choice(sorted(HAIR_COLOURS)))))
    if draws.random() < 0.3:
        said.append(Statement("brow_density", float(draws.uniform(0.25, 1.0))))
    if draws.random() < 0.3:
        said.append(Statement("brow_thickness", float(draws.uniform(-0.8, 0.9))))
    return said


def _makeup(draws: np.random.Generator, years: float) -> list[Statement]:
    if years < 16.0 or draws.random() > 0.16:
        return []
    usual = {name: 1.0 if name in USUAL_LIPSTICKS else 0.08 for name in LIPSTICKS}
    said = [
        Statement("lipstick", float(draws.uniform(0.3, 1.0))),
        Statement("lipstick_colour", pick(draws, usual)),
    ]
    if draws.random() < 0.6:
        said += [Statement("eye_shadow", float(draws.uniform(0.2, 0.8)))]
        said += [Statement("eye_shadow_colour", str(draws.choice(sorted(EYE_SHADOWS))))]
    if draws.random() < 0.6:
        said.append(Statement("eyeliner", float(draws.uniform(0.3, 0.9))))
    if draws.random() < 0.5:
        said.append(Statement("blush", float(draws.uniform(0.2, 0.7))))
    return said


def neutral(person: Person) -> Person:
    """The same person bald and shaven."""
    return replace(person, hair=replace(person.hair, style="bald"), beard=BeardParameters())
