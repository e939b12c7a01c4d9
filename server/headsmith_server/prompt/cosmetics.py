"""Make-up of a person: as said, or what many women wear and others do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.channels import MAKEUP
from headsmith_server.prompt.colours import EYE_SHADOWS, LIPSTICKS
from headsmith_server.prompt.draws import Draws
from headsmith_server.prompt.persona import Persona
from headsmith_server.prompt.reading import Reading
from headsmith_server.prompt.strengths import level, strength
from headsmith_server.texture.parameters import Makeup

EVERYDAY: Final = 0.35
EVENING: Final = 0.07
"""Shares of grown women whose portrait shows some, and much, when nothing was said."""

_LIPS: Final = {"nude": 0.4, "pink": 0.3, "coral": 0.1, "plum": 0.1, "brown": 0.1}
_EVENING_LIPS: Final = {"red": 0.45, "plum": 0.2, "fuchsia": 0.15, "pink": 0.1, "nude": 0.1}
_SHADOWS: Final = {"brown": 0.6, "bronze": 0.2, "pink": 0.1, "silver": 0.1}
_EVENING_SHADOWS: Final = {"black": 0.35, "brown": 0.2, "gold": 0.12, "blue": 0.11, "purple": 0.11, "green": 0.11}
_BLUSHES: Final = ((0.62, 0.16, 0.15), (0.60, 0.20, 0.12), (0.52, 0.12, 0.18))


def makeup(reading: Reading, who: Persona, draws: Draws) -> Makeup:
    """The make-up of that person; one word about it and nothing else of it is drawn."""
    if any(reading.about(channel) for channel in MAKEUP):
        return _said(reading)
    at = draws.uniforms["made_up"]
    if who.years < 16.0 or who.masculinity > 0.45 or at >= EVERYDAY + EVENING:
        return Makeup()
    return _drawn(draws, evening=at >= EVERYDAY)


def _said(reading: Reading) -> Makeup:
    plain = Makeup()
    lips, shadow = reading.last("lipstick_colour"), reading.last("eye_shadow_colour")

    def amount(channel: str) -> float:
        return strength(reading, channel) or 0.0

    def finish(channel: str, usual: float, low: float = 0.0) -> float:
        said = level(reading, channel, usual, low, 1.0)
        return usual if said is None else said

    return Makeup(
        lipstick=LIPSTICKS[str(lips.value)] if lips else plain.lipstick,
        lipstick_strength=amount("lipstick"),
        eye_shadow=EYE_SHADOWS[str(shadow.value)] if shadow else plain.eye_shadow,
        eye_shadow_strength=amount("eye_shadow"),
        blush_strength=amount("blush"),
        eyeliner_strength=amount("eyeliner"),
        foundation_strength=amount("foundation"),
        lipstick_gloss=finish("lipstick_gloss", plain.lipstick_gloss),
        eye_shadow_height=finish("eye_shadow_height", plain.eye_shadow_height),
        eye_shadow_shimmer=finish("eye_shadow_shimmer", plain.eye_shadow_shimmer),
        eyeliner_wing=finish("eyeliner_wing", plain.eyeliner_wing),
        mascara_strength=amount("mascara"),
        foundation_shade=finish("foundation_shade", 0.0, -1.0),
        contour_strength=amount("contour"),
    )


def _drawn(draws: Draws, *, evening: bool) -> Makeup:
    lips: Mapping[str, float] = _EVENING_LIPS if evening else _LIPS
    shadows: Mapping[str, float] = _EVENING_SHADOWS if evening else _SHADOWS

    def amount(name: str, usual: tuple[float, float], much: tuple[float, float]) -> float:
        return draws.uniform(name, *(much if evening else usual))

    return Makeup(
        lipstick=LIPSTICKS[draws.choice("lipstick_colour", lips)],
        lipstick_strength=amount("lipstick", (0.1, 0.55), (0.65, 0.95)),
        eye_shadow=EYE_SHADOWS[draws.choice("eye_shadow_colour", shadows)],
        eye_shadow_strength=amount("eye_shadow", (0.0, 0.35), (0.5, 0.95)),
        blush_strength=amount("blush", (0.05, 0.4), (0.3, 0.7)),
        eyeliner_strength=amount("eyeliner", (0.0, 0.45), (0.5, 0.95)),
        foundation_strength=amount("foundation", (0.1, 0.6), (0.5, 0.9)),
        lipstick_gloss=draws.uniform("lipstick_gloss"),
        eye_shadow_height=amount("eye_shadow_height", (0.1, 0.45), (0.3, 0.85)),
        blush=_BLUSHES[int(draws.uniform("blush", 0.0, 2.999))],
        eyeliner_wing=draws.uniform("eyeliner_wing", 0.0, 0.75),
        mascara_strength=amount("mascara", (0.2, 0.75), (0.6, 1.0)),
        contour_strength=amount("contour", (0.0, 0.15), (0.1, 0.6)),
    )
