"""Facial hair of a person: what was said, and for the rest what a man of that age and origin may wear."""

from __future__ import annotations

from typing import Final

from headsmith_server.hair.parameters import BeardParameters
from headsmith_server.prompt.draws import Draws
from headsmith_server.prompt.persona import Persona
from headsmith_server.prompt.reading import Reading
from headsmith_server.prompt.strengths import clamp, level, strength
from headsmith_server.texture.parameters import HairColour

STYLES: Final = {
    "none": 0.66, "stubble": 0.1, "short": 0.11, "full": 0.06, "goatee": 0.025, "van_dyke": 0.02, "long": 0.008,
    "sideburns": 0.01, "chin_strap": 0.005, "mutton_chops": 0.002,
}  # fmt: skip
"""What men wear of whom nothing is said; shares are an author's estimates."""
MOUSTACHES: Final = {"natural": 0.5, "chevron": 0.3, "handlebar": 0.06, "pencil": 0.06, "walrus": 0.08}
_WITH_MOUSTACHE: Final = frozenset({"short", "full", "long", "van_dyke", "stubble"})
_LEAST_STUBBLE: Final = 0.05
_MOUSTACHE_SHARE: Final = 0.05
YOUNGEST: Final = 18.0


def beard(reading: Reading, who: Persona, draws: Draws, colour: HairColour, curl: float) -> BeardParameters:
    """The beard of that person; colour: of complexion; curl: the texture of the hair, 0 straight .. 1 coiled."""
    style, moustache = _styles(reading, who, draws)
    stubble = strength(reading, "stubble")
    young = clamp((26.0 - who.years) / 8.0)
    thick = 0.74 - 0.22 * who.origin.asian - 0.2 * young
    length, density = draws.normal("beard_length", 0.5, 0.14), draws.normal("beard_density", thick, 0.08)
    if style == "stubble" and stubble:
        length, density = 0.2 + 0.6 * stubble, 0.35 + 0.6 * stubble
    patchy = 0.1 + 0.35 * young + 0.2 * who.origin.asian
    return BeardParameters(
        style=style,
        moustache=moustache,
        length=_or(level(reading, "beard_length", 0.5), clamp(length)),
        density=_or(level(reading, "beard_density", 0.7), clamp(density)),
        curl=_or(strength(reading, "beard_curl"), clamp(0.2 + 0.65 * curl)),
        frizz=_or(level(reading, "beard_frizz", 0.3), clamp(draws.normal("beard_frizz", 0.28, 0.08))),
        patchiness=_or(strength(reading, "beard_patchiness"), clamp(draws.normal("patchiness", patchy, 0.06))),
        colour=colour,
    )


def skin_shadow(reading: Reading, who: Persona, draws: Draws, worn: BeardParameters) -> float:
    """How dark the skin of cheeks and chin is from cut hairs, 0..1: stubble, or what is seen through a beard."""
    said = strength(reading, "stubble")
    if said is not None:
        return said
    if _denied(reading) or who.years < YOUNGEST - 1.0 or who.masculinity < 0.6:
        return 0.0
    if worn.style in ("short", "full", "long"):
        return 0.15 + 0.35 * worn.density
    if worn.style == "stubble":
        return 0.15 + 0.2 * worn.density
    return 0.0 if draws.uniforms["stubble"] < 0.6 else draws.uniform("stubble_strength", 0.08, 0.3)


def _styles(reading: Reading, who: Persona, draws: Draws) -> tuple[str, str]:
    said, said_moustache = reading.last("beard_style"), reading.last("moustache")
    stubble = strength(reading, "stubble")
    no_moustache = reading.denies("moustache")
    if said is not None:
        style = str(said.value)
    elif stubble is not None:
        style = "stubble" if stubble > _LEAST_STUBBLE else "none"
    elif said_moustache is not None or _denied(reading) or not _may_grow(who):
        style = "none"
    else:
        style = draws.choice("beard_style", STYLES)
    if said_moustache is not None:
        return style, str(said_moustache.value)
    if no_moustache:
        return style, "none"
    if style in _WITH_MOUSTACHE or (style == "goatee" and draws.uniforms["moustache"] < 0.45):
        return style, "natural"
    nothing_said = said is None and stubble is None and not _denied(reading)
    if style == "none" and nothing_said and _may_grow(who) and draws.uniforms["moustache"] < _MOUSTACHE_SHARE:
        return style, draws.choice("beard_style", MOUSTACHES)
    return style, "none"


def _denied(reading: Reading) -> bool:
    """ "no beard" means a shaven face, whatever kind of beard it names."""
    return reading.denies("beard_style") or (reading.denies("moustache") and reading.last("beard_style") is None)


def _may_grow(who: Persona) -> bool:
    return who.years >= YOUNGEST and who.masculinity > 0.6


def _or(said: float | None, drawn: float) -> float:
    return drawn if said is None else said
