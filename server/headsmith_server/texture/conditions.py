"""All that befell a skin: each condition by itself, so that none changes the others' places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from headsmith_server.texture.acne import acne, acne_scars
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.dirt import dirt, soot
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.patches import birthmark, vitiligo
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.scars import draw_scar
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.tan import tan_lines
from headsmith_server.texture.tattoos import tattoo
from headsmith_server.texture.vascular import broken_veins, bruise, port_wine, rosacea, sunburn

LEAST: Final = 0.01
"""Strengths up to this draw nothing."""

_Draw = Callable[[SkinSurface, SkinParameters, Noises, np.random.Generator, Drawing], None]

_DRAWN: Final[dict[str, _Draw]] = {
    "tan": lambda surface, skin, noises, _, drawing: tan_lines(surface, skin, noises, drawing),
    "sunburn": lambda surface, skin, noises, _, drawing: sunburn(surface, skin, noises, drawing),
    "rosacea": lambda surface, skin, noises, _, drawing: rosacea(surface, skin, noises, drawing),
    "broken_veins": broken_veins,
    "port_wine": port_wine,
    "birthmark": birthmark,
    "acne_scars": lambda surface, skin, _, generator, drawing: acne_scars(surface, skin, generator, drawing),
    "acne": lambda surface, skin, _, generator, drawing: acne(surface, skin, generator, drawing),
    "bruise": bruise,
    "vitiligo": vitiligo,
}
_ON_TOP: Final[dict[str, _Draw]] = {"dirt": dirt, "soot": soot}
_NUMBERS: Final = {name: number for number, name in enumerate((*_DRAWN, *_ON_TOP))}


def draw_conditions(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, seed: int, tick: Callable[[], None] = no_tick
) -> Drawing:
    """A skin's conditions, scars and tattoos; the same seed puts the same spots in the same places."""
    drawing = Drawing()

    def draw(which: dict[str, _Draw]) -> None:
        for name, drawn in which.items():
            if getattr(skin.conditions, name) > LEAST:
                drawn(surface, skin, noises, np.random.default_rng([seed, 40 + _NUMBERS[name]]), drawing)
                tick()

    draw(_DRAWN)
    for number, scar in enumerate(skin.scars):
        if scar.strength > LEAST:
            draw_scar(surface, skin, scar, noises, np.random.default_rng([seed, 61, number]), drawing)
            tick()
    for number, design in enumerate(skin.tattoos):
        if design.strength > LEAST:
            tattoo(surface, design, noises, np.random.default_rng([seed, 60, number]), drawing)
            tick()
    draw(_ON_TOP)
    return drawing
