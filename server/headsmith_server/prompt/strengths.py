"""From statements to numbers: what a degree word does to a strength, a level and a standard deviation."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.reading import Reading, Statement

PLAIN_SD: Final = 2.0
"""Standard deviations of a plain adjective of strength 1: one head in forty goes further."""
MOST_SD: Final = 3.4
DENIAL: Final = -0.5
SOFT_DENIAL: Final = -0.2
"""Share of the plain strength that "not wide" and "not very wide" say in the other direction."""
WEAKER_SHARE: Final = 0.3
"""How much the weaker ones of several statements of the same tendency add ("broad, flared nose")."""


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """value, no lower than low and no higher than high."""
    return max(low, min(high, value))


def standard_deviations(reading: Reading, attribute: str) -> float | None:
    """What the words ask of a semantic direction, in standard deviations within +-MOST_SD; None when not said.

    Of several statements in one direction the strongest counts in full and the rest by WEAKER_SHARE; statements
    in opposite directions add up.
    """
    asked = [_asked(statement) for statement in reading.about(attribute)]
    if not asked:
        return None
    total = 0.0
    for side in ([value for value in asked if value > 0], [value for value in asked if value < 0]):
        strongest = max(side, key=abs, default=0.0)
        total += strongest + WEAKER_SHARE * (sum(side) - strongest)
    return clamp(total * PLAIN_SD, -MOST_SD, MOST_SD)


def _asked(statement: Statement) -> float:
    value = float(statement.value)
    if statement.negated:
        return value * (SOFT_DENIAL if statement.soft else DENIAL)
    return value * statement.degree


def strength(reading: Reading, channel: str) -> float | None:
    """0..1 of something that may be absent (freckles, stubble): the strongest statement; None when not said.

    A degree above 1 takes up that share of what is left to 1; a denial alone is 0, a soft one 0.3 of the plain.
    """
    said = reading.about(channel)
    if not said:
        return None
    asserted = [_strengthened(float(statement.value), statement.degree) for statement in said if not statement.negated]
    denied = [0.3 * float(statement.value) if statement.soft else 0.0 for statement in said if statement.negated]
    return clamp(max(asserted or denied))


def _strengthened(value: float, degree: float) -> float:
    if degree < 0:
        return 0.0
    if degree <= 1 or value <= 0:
        return value * degree
    return value + (1 - value) * min(degree - 1, 1.0)


def level(reading: Reading, channel: str, usual: float, low: float = 0.0, high: float = 1.0) -> float | None:
    """A level that everybody has some of (lash length, skin tone): the last statement; None when not said.

    Degrees lead away from the usual level: "very sparse" lies further below it than "sparse".
    """
    said = reading.about(channel)
    if not said:
        return None
    statement = reading.last(channel) or said[-1]
    value = float(statement.value)
    if statement.negated:
        return clamp(usual + (value - usual) * (SOFT_DENIAL if statement.soft else DENIAL), low, high)
    if statement.value == 0.0 and statement.degree >= 1:
        return clamp(0.0, low, high)
    return clamp(usual + (value - usual) * statement.degree, low, high)


def shift(reading: Reading, channel: str) -> float:
    """The sum of what is said to be added; 0 when nothing is."""
    return sum(_asked(statement) for statement in reading.about(channel))
