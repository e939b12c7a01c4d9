"""Whether what words say is true of a sample: the judge of captions, for those who write them and who check them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from headsmith_server.prompt.colours import HAIR_COLOURS
from headsmith_server.prompt.origins import ORIGINS
from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions.facts import SHAPES, Facts
from headsmith_server.synthesis.captions.hair_truth import alike, judge_beard, judge_hair

SECONDARY: Final = 0.35
"""What a word says by less than this of a shape is a by-sound ("round" takes a little from the jaw): it must not be
contradicted, but claims nothing."""
STEPS: Final = ((1.4, 0.82), (0.95, 0.68), (0.55, 0.6), (SECONDARY, 0.52), (0.0, 0.3))
"""From a strength upwards -> the percentile (towards the side that is meant) it needs to be true."""
DENIED: Final = 0.55
SOFTLY_DENIED: Final = 0.75
"""The highest percentile of which "not wide" and "not very wide" are true."""
SEX_MARGIN: Final = 0.08

Judge = Callable[[Statement, Facts], bool | None]


def judge(statement: Statement, facts: Facts) -> bool | None:
    """True or False for a claim about the sample; None where the words claim nothing that a sample could show."""
    if statement.channel in SHAPES:
        return _shape(statement, facts)
    description = facts.description
    if statement.channel.startswith("hair_"):
        return judge_hair(statement, description.hair, description.hair.colour)
    if statement.channel in ("stubble", "moustache") or statement.channel.startswith("beard_"):
        return judge_beard(statement, description.beard, description.skin.stubble)
    rule = _RULES.get(statement.channel)
    return None if rule is None else rule(statement, facts)


def _shape(statement: Statement, facts: Facts) -> bool:
    value = float(statement.value)
    strength = abs(value) * abs(statement.degree)
    side = math.copysign(1.0, value * statement.degree)
    percentile = facts.percentiles[statement.channel]
    towards = percentile if side > 0 else 1.0 - percentile
    if statement.negated:
        return towards <= (SOFTLY_DENIED if statement.soft else DENIED)
    return towards >= next(needed for least, needed in STEPS if strength >= least)


def _years(statement: Statement, facts: Facts) -> bool:
    return abs(float(statement.value) - facts.years) <= max(2.5, 0.07 * facts.years)


def _age_word(statement: Statement, facts: Facts) -> bool:
    said, years = float(statement.value), facts.years
    if statement.negated:
        return abs(years - said) > (3.0 if statement.soft else 8.0)
    if said <= 26.0:
        return 15.0 <= years <= said + 8.0
    if said >= 64.0:
        return years >= said - 8.0
    return abs(years - said) <= 10.0


def _childhood(statement: Statement, facts: Facts) -> bool:
    said = float(statement.value)
    return facts.years < 18.0 and 0.7 * said - 0.5 <= facts.years <= 1.4 * said + 1.5


def _sex(statement: Statement, facts: Facts) -> bool | None:
    value = float(statement.value)
    if value == 0.0:
        return None
    towards = (facts.masculinity - 0.5) * math.copysign(1.0, value)
    return (towards <= -SEX_MARGIN) if statement.negated else (towards >= SEX_MARGIN)


def _adult(statement: Statement, facts: Facts) -> bool:
    return (facts.years >= 18.0) is not statement.negated


def _ancestry(statement: Statement, facts: Facts) -> bool:
    origin = ORIGINS[str(statement.value)]
    said = {"african": origin.african, "asian": origin.asian, "european": origin.european}
    apart = sum(abs(share - facts.description.ancestry.get(name, 0.0)) for name, share in said.items()) / 2
    near = apart <= 0.3 and abs(origin.melanin - facts.description.skin.melanin) <= 0.3
    return near is not statement.negated


def _within(reach: float, of: Callable[[Facts], float]) -> Judge:
    def rule(statement: Statement, facts: Facts) -> bool:
        near = abs(float(statement.value) - of(facts)) <= reach
        return near is not statement.negated

    return rule


def _signed(of: Callable[[Facts], float]) -> Judge:
    """Two-sided levels around 0: the sign must be right where the word claims more than half."""

    def rule(statement: Statement, facts: Facts) -> bool | None:
        value = float(statement.value) * (-1.0 if statement.negated else 1.0)
        return None if abs(value) < 0.5 else value * of(facts) > 0.0

    return rule


def _strength(of: Callable[[Facts], float | None]) -> Judge:
    """Something that may be absent, 0..1."""

    def rule(statement: Statement, facts: Facts) -> bool | None:
        actual, said = of(facts), float(statement.value) * max(0.0, statement.degree)
        if actual is None:
            return None
        if statement.negated or said <= 0.0:
            return actual <= 0.06
        if said >= 0.5:
            return actual >= 0.4
        return 0.12 <= actual <= 0.6

    return rule


def _level(of: Callable[[Facts], float], usual: float) -> Judge:
    """A level that everybody has some of: on the said side of the usual one, by a third of what is said."""

    def rule(statement: Statement, facts: Facts) -> bool | None:
        away = (float(statement.value) - usual) * (-0.3 if statement.negated else 1.0)
        if abs(away) < 0.1:
            return None
        return (of(facts) - usual) * math.copysign(1.0, away) >= abs(away) / 3.0

    return rule


def _scar(statement: Statement, facts: Facts) -> bool:
    scars = facts.description.skin.scars
    if statement.negated:
        return not scars
    words = set(str(statement.value).split())
    return any(
        (not words & {"cheek", "forehead", "chin", "brow", "lip", "nose"} or scar.region in words)
        and (not words & {"left", "right", "middle"} or scar.side in words)
        for scar in scars
    )


def _iris(statement: Statement, facts: Facts) -> bool:
    eyes = facts.description.eyes
    same = eyes.iris == statement.value and eyes.iris_right in (None, statement.value)
    return same is not statement.negated


def _brow_colour(statement: Statement, facts: Facts) -> bool | None:
    named = HAIR_COLOURS.get(str(statement.value))
    if named is None:
        return None
    return alike(named, facts.description.brows.colour) is not statement.negated


_RULES: Final[Mapping[str, Judge]] = {
    "years": _years,
    "age_word": _age_word,
    "childhood": _childhood,
    "sex": _sex,
    "sex_hint": _sex,
    "adult": _adult,
    "ancestry": _ancestry,
    "melanin": _within(0.13, lambda facts: facts.description.skin.melanin),
    "undertone": _signed(lambda facts: facts.description.skin.undertone),
    "freckles": _strength(lambda facts: facts.description.skin.freckles),
    "moles": _strength(lambda facts: facts.description.skin.moles),
    "redness": _strength(lambda facts: facts.description.skin.redness),
    "weathering": _strength(lambda facts: facts.description.skin.weathering),
    "dark_circles": _strength(lambda facts: facts.description.skin.dark_circles),
    "wrinkles": _strength(lambda facts: facts.description.skin.wrinkles),
    "age_spots": _strength(lambda facts: facts.description.skin.age_spots),
    "oiliness": _level(lambda facts: facts.description.skin.oiliness, 0.4),
    "lipstick": _strength(lambda facts: facts.description.skin.makeup.lipstick_strength),
    "eye_shadow": _strength(lambda facts: facts.description.skin.makeup.eye_shadow_strength),
    "blush": _strength(lambda facts: facts.description.skin.makeup.blush_strength),
    "eyeliner": _strength(lambda facts: facts.description.skin.makeup.eyeliner_strength),
    "scar": _scar,
    "iris": _iris,
    "brow_colour": _brow_colour,
    "brow_density": _level(lambda facts: facts.description.brows.density, 0.6),
    "brow_thickness": _level(lambda facts: facts.description.brows.thickness, 0.0),
    "lash_length": _level(lambda facts: facts.description.lash_length, 0.5),
    "whiteness": _level(lambda facts: facts.description.teeth.whiteness, 0.6),
}
