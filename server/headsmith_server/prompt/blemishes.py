"""What befell a skin: conditions, scars and tattoos, said or as rare as they are in life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.draws import Draws
from headsmith_server.prompt.marks import REGIONS
from headsmith_server.prompt.persona import Persona
from headsmith_server.prompt.reading import Reading, Statement
from headsmith_server.prompt.strengths import clamp, shift, strength
from headsmith_server.texture.parameters import (
    TATTOO_REGIONS,
    TATTOO_STYLES,
    Conditions,
    Scar,
    Tattoo,
)

MOST: Final = 4
"""Scars or tattoos of one head."""

_TAN_LINES: Final = {"neckline": 0.55, "hat": 0.2, "sunglasses": 0.15, "goggles": 0.05, "mask": 0.05}
_SIDED: Final = frozenset({"cheek", "brow", "neck"})
_SCAR_MM: Final = {"long": 45.0, "short": 12.0}
_STYLES: Final = {"script": 0.3, "geometric": 0.2, "curves": 0.2, "bands": 0.1, "lines": 0.1, "dots": 0.1}
_TATTOO_PLACES: Final = {"neck": 0.6, "cheek": 0.14, "temple": 0.14, "forehead": 0.07, "chin": 0.05}
_SMOOTH: Final = 0.3
"""From this much said smoothness on nothing is drawn on the skin that was not said."""


def conditions(reading: Reading, who: Persona, draws: Draws, weathering: float) -> Conditions:
    """Each condition as said, or drawn by age, origin and weather at about the rate that people have it.

    Rates: acne after Lynn et al. (2016), rosacea after Gether et al. (2018), vitiligo 0.7 % (Kruger and Schallreuter
    2012), port wine stains 0.3 % (Jacobs and Walton 1976).
    """
    fair = clamp(1.0 - 1.6 * who.origin.melanin)
    years, grown = who.years, who.grown
    acne = 0.55 if 12 <= years < 20 else 0.20 if 20 <= years < 30 else 0.07 if 30 <= years < 46 else 0.01
    aged = clamp((years - 35.0) / 35.0)
    chances = {
        "tan": (0.03 + 0.10 * weathering, 0.2, 0.75),
        "sunburn": (0.015 * fair, 0.15, 0.8),
        "rosacea": ((0.02 + 0.08 * fair * clamp((years - 25.0) / 25.0)) if grown else 0.0, 0.15, 0.85),
        "broken_veins": (aged * (0.12 + 0.35 * weathering) * (0.3 + 0.7 * fair), 0.1, 0.75),
        "acne": (acne if years >= 12 else 0.0, 0.06, 0.85),
        "acne_scars": (0.10 if years >= 18 else 0.0, 0.08, 0.75),
        "vitiligo": (0.007, 0.12, 0.85),
        "port_wine": (0.003, 0.15, 0.9),
        "birthmark": (0.015, 0.1, 0.9),
        "bruise": (0.002, 0.3, 0.9),
        "dirt": (0.004, 0.15, 0.7),
        "soot": (0.001, 0.15, 0.8),
    }
    clear = shift(reading, "smoothness") > _SMOOTH
    amounts: dict[str, float] = {}
    for name, (chance, low, high) in chances.items():
        said = strength(reading, name)
        amounts[name] = said if said is not None else 0.0 if clear else rarely(draws, name, chance, low, high)
    line = reading.last("tan_line")
    return Conditions(tan_line=str(line.value) if line else draws.choice("tan_line", _TAN_LINES), **amounts)


def rarely(draws: Draws, name: str, chance: float, low: float, high: float) -> float:
    """0, or with that chance something from low to high; the lower the commoner."""
    at = draws.uniforms[name]
    return low + (high - low) * (1.0 - at / chance) ** 2 if at < chance else 0.0


def scars(reading: Reading, who: Persona, draws: Draws) -> tuple[Scar, ...]:
    """The scars that were said, or now and then a small one."""
    said = [statement for statement in reading.about("scar") if not statement.negated]
    if said:
        return tuple(_scar(str(statement.value).split(), at, draws) for at, statement in enumerate(said[:MOST]))
    silent = not reading.about("scar") and shift(reading, "smoothness") <= _SMOOTH
    if silent and who.grown and draws.uniforms["scar"] < 0.02 + 0.04 * who.masculinity:
        words = ["short"] if draws.uniforms["scar_length"] < 0.7 else ["faint"]
        return (_scar(words, 0, draws),)
    return ()


def _scar(words: list[str], at: int, draws: Draws) -> Scar:
    region = next((word for word in words if word in REGIONS), None)
    if region is None:
        region = draws.choice(f"scar_region_{at}", {"cheek": 0.55, "forehead": 0.15, "brow": 0.2, "chin": 0.1})
    length = next((_SCAR_MM[word] for word in words if word in _SCAR_MM), 25.0)
    if region in ("nose", "lip"):
        length = min(length, 18.0)
    kind = "atrophic" if "long" in words or draws.uniforms["scar_kind"] < 0.6 else "flat"
    return Scar(
        region,
        _side(words, region, f"scar_side_{at}", draws),
        length,
        0.4 if "faint" in words else 0.75,
        "hypertrophic" if "raised" in words else "flat" if "faint" in words else kind,
        0.85 if "fresh" in words else 0.0,
    )


def _side(words: list[str], region: str, draw: str, draws: Draws) -> str:
    side = next((word for word in words if word in ("left", "right", "middle")), None)
    if side is not None and not (side == "middle" and region in _SIDED):
        return side
    sides: Mapping[str, float] = {"left": 0.5, "right": 0.5}
    if region not in _SIDED and region != "temple":
        sides = {"left": 0.3, "right": 0.3, "middle": 0.4}
    return draws.choice(draw, sides)


def tattoos(reading: Reading, who: Persona, draws: Draws) -> tuple[Tattoo, ...]:
    """The tattoos that were said, or, of one grown person in sixty, one on the neck or the face."""
    said = [statement for statement in reading.about("tattoo") if not statement.negated]
    if said:
        return tuple(_tattoo(statement, at, draws) for at, statement in enumerate(said[:MOST]))
    rare = 0.008 + 0.014 * who.masculinity if 18.0 <= who.years < 60.0 else 0.0
    if reading.about("tattoo") or shift(reading, "smoothness") > _SMOOTH or draws.uniforms["tattoo"] >= rare:
        return ()
    return (_tattoo(Statement("tattoo", ""), 0, draws),)


def _tattoo(statement: Statement, at: int, draws: Draws) -> Tattoo:
    words = str(statement.value).split()
    region = next((_place(word) for word in words if word in (*TATTOO_REGIONS, *REGIONS)), None)
    region = region or draws.choice(f"tattoo_region_{at}", _TATTOO_PLACES)
    style = next((word for word in words if word in TATTOO_STYLES), None)
    style = style or draws.choice(f"tattoo_style_{at}", _STYLES)
    if style == "teardrop":
        region = "cheek"
    size = 0.95 if "large" in words else 0.1 if "small" in words else 0.5
    return Tattoo(
        style,
        region,
        _side(words, region, f"tattoo_side_{at}", draws),
        0.45 if "faded" in words else draws.uniform("tattoo_age", 0.62, 0.98),
        size,
    )


def _place(region: str) -> str:
    """The nearest of the regions that bear tattoos."""
    return {"brow": "temple", "lip": "chin", "nose": "cheek"}.get(region, region)
