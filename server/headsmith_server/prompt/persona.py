"""Who it is: years, sex and origin, from what was said, what follows from it and seeded draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from headsmith_server.prompt.colours import GREYS
from headsmith_server.prompt.draws import Draws
from headsmith_server.prompt.origins import ORIGINS, Origin
from headsmith_server.prompt.reading import Reading, Statement
from headsmith_server.prompt.strengths import clamp, level, shift, strength

USUAL_YEARS: Final = 38.0
"""The age that neither "old" nor "young" is said of; degrees lead away from it."""
OLDEST: Final = 100.0
YOUNGEST_ADULT: Final = 18.0


@dataclass(frozen=True)
class Persona:
    """years; masculinity 0 .. 1; ancestry: shares of african, asian, european; origin: what the colouring follows;
    origin_said: the prompt names it."""

    years: float
    masculinity: float
    ancestry: Mapping[str, float]
    origin: Origin
    origin_said: bool

    @property
    def grown(self) -> bool:
        return self.years >= YOUNGEST_ADULT


def persona(reading: Reading, draws: Draws) -> Persona:
    """The person of a reading; the same reading and draws give the same person."""
    years = _years(reading, draws)
    origin, said = _origin(reading, draws)
    return Persona(years, _masculinity(reading, draws, years), _shares(origin, draws), origin, said)


def _years(reading: Reading, draws: Draws) -> float:
    exact = reading.last("years")
    if exact is not None:
        return clamp(float(exact.value), 0.1, 110.0)
    words = reading.about("age_word")
    led_to = _led_to(words)
    childhoods = [float(said.value) for said in reading.about("childhood") if not said.negated]
    if childhoods:
        years = min(childhoods)  # "a baby boy" is a baby
        if led_to is not None:  # "a young boy", "an older girl"
            years *= 0.62 if led_to < USUAL_YEARS else 1.35
        return clamp(years + draws.normal("age_jitter", 0.0, 0.08 * years), 0.1, 17.5)
    jitter = draws.normal("age_jitter", 0.0, 2.0)
    if led_to is not None:
        return clamp(led_to + jitter, YOUNGEST_ADULT, OLDEST)
    years = 20.0 + 36.0 * draws.uniforms["years"] ** 1.4
    floor = max(
        (40.0 + 25.0 * (strength(reading, "wrinkles") or 0.0)) if reading.last("wrinkles") else 0.0,
        56.0 if _is_grey(reading) else 0.0,
    )
    return clamp(max(years, floor + jitter), YOUNGEST_ADULT, OLDEST)


def _is_grey(reading: Reading) -> bool:
    colours = (reading.last("hair_colour"), reading.last("beard_colour"))
    return reading.last("hair_grey") is not None or any(said and said.value in GREYS for said in colours)


def _led_to(words: tuple[Statement, ...]) -> float | None:
    """The years that all age words together lead to: the furthest of one tendency, the middle of opposite ones."""
    if not words:
        return None
    years = [_years_of(statement) for statement in words]
    if min(years) < USUAL_YEARS < max(years):
        return (min(years) + max(years)) / 2
    return max(years, key=lambda value: abs(value - USUAL_YEARS))


def _years_of(statement: Statement) -> float:
    away = float(statement.value) - USUAL_YEARS
    if not statement.negated:
        return USUAL_YEARS + away * statement.degree
    if away > 0:  # "not old" is a grown person, "not very old" somebody past the middle
        return USUAL_YEARS + away * (0.3 if statement.soft else -0.15)
    return USUAL_YEARS + away * (-0.3 if statement.soft else -0.6)


def _masculinity(reading: Reading, draws: Draws, years: float) -> float:
    said = reading.last("sex")
    denied = [statement for statement in reading.about("sex") if statement.negated]
    if said is not None:
        side = float(said.value)
    elif denied:
        side = -float(denied[-1].value)
    else:
        odds = shift(reading, "sex_hint") + 2.0 * shift(reading, "masculinity") + _habits(reading)
        side = 1.0 if draws.uniforms["sex"] < 1 / (1 + math.exp(-odds)) else -1.0
    lean = 0.32 * side + 0.16 * clamp(shift(reading, "masculinity"), -1.8, 1.8)
    ripeness = clamp(0.25 + 0.75 * (years - 3.0) / 15.0, 0.25, 1.0)  # children's faces differ little by sex
    return clamp(0.5 + ripeness * (lean + draws.normal("masculinity", 0.0, 0.06)))


HAIR_ODDS: Final[Mapping[str, float]] = {
    "bald": 2.5, "receding": 2.5, "buzz_cut": 1.8, "crew_cut": 2.2, "quiff": 2.0, "mohawk": 1.2, "pixie": -2.2,
    "bob": -2.5, "ponytail": -1.4, "bun": -1.6,
}  # fmt: skip
"""Log odds of male by hair style."""
COILED_STYLES: Final = frozenset({"afro", "locs", "braids"})


def _habits(reading: Reading) -> float:
    """Log odds of male from make-up and hair, and from shaving, which only a man is said to have done."""
    painted = max(strength(reading, channel) or 0.0 for channel in ("lipstick", "eye_shadow", "blush"))
    shaved = any(statement.value == 0.0 for statement in reading.about("stubble"))
    shaved = shaved or any(reading.denies(channel) for channel in ("beard_style", "moustache"))
    style, long = reading.last("hair_style"), level(reading, "hair_long", 0.5)
    worn = HAIR_ODDS.get(str(style.value), 0.0) if style is not None else 0.0
    if style is None and long is not None:
        worn = clamp(6.0 * (0.45 - long), -1.6, 1.2)
    lost = max(strength(reading, channel) or 0.0 for channel in ("hair_recession", "hair_crown"))
    return worn + (2.0 if shaved else 0.0) + (2.5 if lost > 0.25 else 0.0) - (2.5 if painted > 0.1 else 0.0)


def _origin(reading: Reading, draws: Draws) -> tuple[Origin, bool]:
    names = [str(statement.value) for statement in reading.about("ancestry") if not statement.negated]
    if names:
        mixed = [name for name in names if name not in ("mixed", "eurasian")] if len(set(names)) > 1 else names
        return _blend([ORIGINS[name] for name in dict.fromkeys(mixed or names)]), True
    denied = {statement.value for statement in reading.about("ancestry") if statement.negated}
    shares = {
        name: origin.prior * _likelihood(reading, origin) for name, origin in ORIGINS.items() if name not in denied
    }
    return ORIGINS[draws.choice("origin", shares)], False


def _likelihood(reading: Reading, origin: Origin) -> float:
    """How well an origin explains the colours that were said."""
    likely = 1.0
    skin = reading.last("melanin")
    if skin is not None:
        likely *= math.exp(-0.5 * ((float(skin.value) - origin.melanin) / 0.12) ** 2)
    elif shift(reading, "melanin_shift") > 0.2:
        likely *= math.exp(-0.5 * ((0.5 - origin.melanin) / 0.15) ** 2)
    hair = reading.last("hair_colour")
    if hair is not None and hair.value not in GREYS:
        likely *= origin.hair.get(str(hair.value), 0.004)
    likely *= _texture_likelihood(reading, origin)
    for channel in ("iris", "iris_left", "iris_right"):
        iris = reading.last(channel)
        if iris is not None:
            likely *= origin.irises.get(str(iris.value), 0.01)
    if (strength(reading, "freckles") or 0.0) > 0.3 and skin is None:
        likely *= math.exp(-6.0 * origin.melanin)
    return likely + 1e-9


def _texture_likelihood(reading: Reading, origin: Origin) -> float:
    style, texture = reading.last("hair_style"), level(reading, "hair_texture", 0.2)
    coiled = (style is not None and style.value in COILED_STYLES) or (texture or 0.0) > 0.85
    if coiled:
        return 0.06 + origin.african
    return 1.0 - 0.8 * origin.african if texture is not None and texture < 0.1 else 1.0


def _blend(origins: list[Origin]) -> Origin:
    """An even mixture."""
    share = 1.0 / len(origins)

    def merged(tables: list[Mapping[str, float]]) -> dict[str, float]:
        return {name: share * sum(table.get(name, 0.0) for table in tables) for table in tables for name in table}

    return Origin(
        african=share * sum(origin.african for origin in origins),
        asian=share * sum(origin.asian for origin in origins),
        european=share * sum(origin.european for origin in origins),
        melanin=share * sum(origin.melanin for origin in origins),
        hair=merged([origin.hair for origin in origins]),
        irises=merged([origin.irises for origin in origins]),
        undertone=share * sum(origin.undertone for origin in origins),
    )


def _shares(origin: Origin, draws: Draws) -> dict[str, float]:
    raw = {
        "african": origin.african,
        "asian": origin.asian,
        "european": origin.european,
    }
    loose = {name: max(0.0, share + draws.normal(f"share_{name}", 0.0, 0.05)) for name, share in raw.items()}
    total = sum(loose.values())
    return {name: share / total for name, share in loose.items()}
