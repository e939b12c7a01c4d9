"""Skin, hair colours, eyes, brows and teeth of a person: what was said, and for the rest what is likely."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from headsmith_server.hair.parameters import BeardParameters, HairParameters
from headsmith_server.prompt.beard import skin_shadow
from headsmith_server.prompt.blemishes import conditions, rarely, scars, tattoos
from headsmith_server.prompt.colours import DARKEST_FIRST, GREYS, HAIR_COLOURS
from headsmith_server.prompt.cosmetics import makeup
from headsmith_server.prompt.draws import Draws
from headsmith_server.prompt.hair import scalp_shadow
from headsmith_server.prompt.persona import Persona
from headsmith_server.prompt.reading import Reading, Statement
from headsmith_server.prompt.strengths import clamp, level, shift, strength
from headsmith_server.texture.parameters import (
    BrowParameters,
    EyeParameters,
    HairColour,
    SkinParameters,
    TeethParameters,
)

_LIGHT_IRISES: Final = {"blue": 0.5, "grey": 0.25, "green": 0.25}


def skin(reading: Reading, who: Persona, draws: Draws, hair: HairParameters, beard: BeardParameters) -> SkinParameters:
    """The skin of that person, with the shadow of that hair and beard."""
    weathering = strength(reading, "weathering")
    smoothness = shift(reading, "smoothness")
    rough = clamp(-0.55 * smoothness)
    if weathering is None:
        weathering = draws.uniform("weathering", 0.0, 0.15) * clamp((who.years - 25.0) / 30.0)
    return SkinParameters(
        melanin=_melanin(reading, who, draws, weathering),
        haemoglobin=_or(level(reading, "haemoglobin", 0.5), draws.normal("haemoglobin", 0.5, 0.08)),
        undertone=_or(
            level(reading, "undertone", 0.0, -1.0, 1.0), draws.normal("undertone", who.origin.undertone, 0.15)
        ),
        age_years=who.years,
        masculinity=who.masculinity,
        freckles=_freckles(reading, who, draws, hair.colour),
        moles=_or(strength(reading, "moles"), draws.uniform("moles", 0.02, 0.25) * clamp(who.years / 40.0)),
        age_spots=strength(reading, "age_spots"),
        wrinkles=_wrinkles(reading, who),
        weathering=clamp(max(weathering, rough) - 0.2 * clamp(smoothness)),
        oiliness=_or(level(reading, "oiliness", 0.4), draws.normal("oiliness", 0.4, 0.08)),
        redness=_or(strength(reading, "redness"), draws.uniform("redness", 0.0, 0.12)),
        dark_circles=_or(
            strength(reading, "dark_circles"),
            draws.uniform("dark_circles", 0.08, 0.25) + 0.002 * max(0.0, who.years - 30.0),
        ),
        scars=scars(reading, who, draws),
        stubble=skin_shadow(reading, who, draws, beard),
        cropped_hair=scalp_shadow(reading, who, draws, hair),
        hair=hair.colour,
        beard=beard.colour,
        makeup=makeup(reading, who, draws),
        conditions=conditions(reading, who, draws, weathering),
        tattoos=tattoos(reading, who, draws),
    )


def eyes(reading: Reading, who: Persona, draws: Draws) -> EyeParameters:
    """The eyes of that person; iris_right only where the two differ."""
    both = reading.last("iris")
    left, right = reading.last("iris_left"), reading.last("iris_right")
    usual = str(both.value) if both else _iris(reading, who, draws)
    usual = _shaded_iris(reading, usual, both, draws)
    left_name = str(left.value) if left else usual
    right_name = str(right.value) if right else usual
    if left and not right and not both:
        right_name = left_name  # "a blue eye" speaks of both
    old = clamp((who.years - 40.0) / 60.0)
    central, sector = reading.last("iris_central"), reading.last("iris_sector")
    light = left_name in ("blue", "grey", "green")
    inner = draws.choice("iris_central_width", {"amber": 0.6, "hazel": 0.4})
    drawn_inner = inner if light and draws.uniforms["iris_central"] < 0.10 else None
    drawn_sector = "brown" if light and draws.uniforms["iris_sector"] < 0.002 else None
    return EyeParameters(
        iris=left_name,
        iris_right=right_name if right_name != left_name else None,
        veins=_or(level(reading, "eye_veins", 0.5), clamp(draws.normal("eye_veins", 0.42 + 0.15 * old, 0.14))),
        pupil=_or(level(reading, "pupil", 0.5), clamp(draws.normal("pupil", 0.5 - 0.15 * old, 0.13))),
        limbal_ring=_or(
            level(reading, "limbal_ring", 0.5),
            clamp(draws.normal("limbal_ring", 0.75 - 0.006 * who.years, 0.16)),
        ),
        fibres=draws.uniform("fibres", 0.25, 0.85),
        crypts=draws.uniform("crypts", 0.0, 0.8),
        furrows=draws.uniform("furrows", 0.05, 0.75),
        collarette=draws.uniform("collarette", 0.15, 0.85),
        central=str(central.value) if central else drawn_inner,
        central_width=draws.uniform("iris_central_width", 0.18, 0.55),
        sector=str(sector.value) if sector else drawn_sector,
        flecks=_or(strength(reading, "iris_flecks"), rarely(draws, "iris_flecks", 0.15, 0.1, 0.8)),
        arcus=clamp((who.years - 55.0) / 35.0) * draws.uniform("arcus", 0.0, 0.8),
        cloudiness=_or(
            strength(reading, "cloudiness"), rarely(draws, "cloudiness", 0.03 if who.years > 75 else 0.0, 0.1, 0.6)
        ),
        redness=_or(strength(reading, "eye_redness"), draws.uniform("eye_redness", 0.06, 0.18) + 0.15 * old),
        yellowness=_or(
            strength(reading, "eye_yellowness"),
            draws.uniform("eye_yellowness", 0.03, 0.12) + 0.15 * old + 0.1 * who.origin.melanin,
        ),
    )


def brows(reading: Reading, who: Persona, draws: Draws) -> BrowParameters:
    """The brows of that person."""
    hair = hair_colour(reading, who, draws)
    said = reading.last("brow_colour")
    colour = (
        HAIR_COLOURS[str(said.value)]
        if said
        else replace(hair, melanin=clamp(0.15 + 0.88 * hair.melanin), grey=0.55 * hair.grey)
    )
    shade = reading.last("brow_shade")
    if shade is not None and said is None:
        colour = replace(colour, melanin=clamp(colour.melanin + (0.25 if shade.value == "dark" else -0.25)))
    usual = 0.42 + 0.32 * who.masculinity - (0.12 if not who.grown else 0.0) - 0.1 * clamp((who.years - 65.0) / 20.0)
    thickness = draws.normal("brow_thickness", 0.5 * (who.masculinity - 0.5), 0.2)
    return BrowParameters(
        colour=colour,
        density=_or(level(reading, "brow_density", 0.6), clamp(usual + draws.normal("brow_density", 0.0, 0.06))),
        thickness=_or(level(reading, "brow_thickness", 0.0, -1.0, 1.0), clamp(thickness, -1.0, 1.0)),
    )


def teeth(reading: Reading, who: Persona, draws: Draws) -> TeethParameters:
    """The teeth of that person."""
    usual = 0.72 - 0.004 * max(0.0, who.years - 20.0) + draws.normal("whiteness", 0.0, 0.05)
    return TeethParameters(_or(level(reading, "whiteness", 0.6), clamp(usual)))


def lash_length(reading: Reading, who: Persona, draws: Draws) -> float:
    """0 .. 1."""
    usual = 0.6 - 0.18 * who.masculinity + draws.normal("lashes", 0.0, 0.05)
    usual += 0.30 * makeup(reading, who, draws).mascara_strength
    return _or(level(reading, "lash_length", 0.5), clamp(usual))


def hair_colour(reading: Reading, who: Persona, draws: Draws) -> HairColour:
    """The colour of the hair: said, or of the origin and greyed by the years."""
    said = reading.last("hair_colour")
    grey_said = strength(reading, "hair_grey")
    if said is not None:
        colour = HAIR_COLOURS[str(said.value)]
        return replace(colour, grey=max(colour.grey, grey_said or 0.0)) if said.value not in GREYS else colour
    colour = HAIR_COLOURS[_drawn_hair(reading, who, draws)]
    beard = reading.last("beard_colour")
    grey = _greying(who, draws)
    if beard is not None and beard.value in GREYS:
        grey = max(grey, 0.75 * HAIR_COLOURS[str(beard.value)].grey)
    elif beard is not None:
        colour, grey = HAIR_COLOURS[str(beard.value)], min(grey, 0.25)
    return replace(colour, grey=grey if grey_said is None else grey_said)


def _drawn_hair(reading: Reading, who: Persona, draws: Draws) -> str:
    denied = {statement.value for statement in reading.about("hair_colour") if statement.negated}
    shares = {name: share for name, share in who.origin.hair.items() if name not in denied}
    shade = reading.last("hair_shade")
    if shade is not None:
        dark = [name for name in shares if name in DARKEST_FIRST[:3]] or ["dark brown"]
        light = [name for name in shares if name not in DARKEST_FIRST[:5]] or ["light brown"]
        shares = {name: shares.get(name, 1.0) for name in (dark if shade.value == "dark" else light)}
    if (strength(reading, "freckles") or 0.0) > 0.5:
        shares = {
            name: share * (3.0 if name in ("red", "strawberry blond", "auburn") else 1.0)
            for name, share in shares.items()
        }
    return draws.choice("hair", shares or {"brown": 1.0})


def _greying(who: Persona, draws: Draws) -> float:
    """The share of grey hairs by age: half at about 55, later where hair is black; a logistic curve."""
    half = 55.0 + 6.0 * (who.origin.african + who.origin.asian) + draws.normal("greying", 0.0, 5.0)
    grey = 1.0 / (1.0 + math.exp(-(who.years - half) / 7.0))
    return clamp(grey) if who.years > 28.0 else 0.0


def beard_colour(reading: Reading, hair: HairColour) -> HairColour:
    """The colour of beard and moustache: said, or a shade darker and redder than the hair."""
    said = reading.last("beard_colour")
    if said is not None:
        colour = HAIR_COLOURS[str(said.value)]
        return colour if said.value in GREYS else replace(colour, grey=min(0.2, hair.grey))
    colour = replace(hair, melanin=clamp(hair.melanin + 0.06), redness=clamp(hair.redness + 0.08))
    shade = reading.last("beard_shade")
    if shade is not None:
        colour = replace(
            colour, melanin=clamp(colour.melanin + (0.3 if shade.value == "dark" else -0.2)), grey=0.3 * colour.grey
        )
    return colour


def _melanin(reading: Reading, who: Persona, draws: Draws, weathering: float) -> float:
    own = who.origin.melanin
    said = reading.last("melanin")
    if said is None:
        melanin = draws.normal("melanin", own, 0.03 + 0.06 * own)
        denied = [statement for statement in reading.about("melanin") if statement.negated]
        if denied:
            melanin += -0.25 * (float(denied[-1].value) - 0.35) * (0.5 if denied[-1].soft else 1.0)
    else:
        asked = _toward(0.3, said)
        melanin = asked + draws.normal("melanin", 0.0, 0.015)
        if who.origin_said:  # "a pale Nigerian" is paler than most, not white; "a dark Nigerian" is darker than most
            melanin = own + (0.6 if asked < own else 0.85) * (asked - own)
            if float(said.value) > 0.65:
                melanin = max(melanin, own + 0.06)
    tan = 0.05 * weathering * (1.0 - clamp(own))
    return clamp(melanin + tan + clamp(shift(reading, "melanin_shift"), -0.4, 0.45))


def _toward(usual: float, said: Statement) -> float:
    return clamp(usual + (float(said.value) - usual) * said.degree)


def _freckles(reading: Reading, who: Persona, draws: Draws, hair: HairColour) -> float:
    said = strength(reading, "freckles")
    if said is not None:
        return said
    fair = clamp((0.22 - who.origin.melanin) / 0.2)
    red = clamp(2.0 * hair.redness - 0.9)
    return clamp(fair * (0.12 * draws.uniforms["freckles"] ** 2 + 0.35 * red))


def _wrinkles(reading: Reading, who: Persona) -> float | None:
    said = strength(reading, "wrinkles")
    if said is not None:
        return said
    if not who.grown:
        return 0.0
    if shift(reading, "smoothness") > 0.25:
        return clamp(0.5 * (who.years - 35.0) / 60.0)
    return None


def _iris(reading: Reading, who: Persona, draws: Draws) -> str:
    denied = {statement.value for statement in reading.about("iris") if statement.negated}
    shares = {name: share for name, share in who.origin.irises.items() if name not in denied}
    return draws.choice("iris", shares or {"brown": 1.0})


def _shaded_iris(reading: Reading, iris: str, said: Statement | None, draws: Draws) -> str:
    """What "dark" and "light" make of an iris: shades of brown where brown was said, else a dark or light colour."""
    shade = reading.last("iris_shade")
    if shade is None or (said is not None and said.value != "brown"):
        return iris
    if shade.value == "dark":
        return "dark brown"
    return "amber" if said is not None else draws.choice("iris_light", _LIGHT_IRISES)


def _or(said: float | None, drawn: float) -> float:
    return drawn if said is None else said
