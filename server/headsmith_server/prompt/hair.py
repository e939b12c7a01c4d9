"""Hair of a person: what was said of it, and for the rest what somebody of that age, sex and origin may wear."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from headsmith_server.hair.parameters import HairParameters
from headsmith_server.prompt.colours import DYES, USUAL_DYES
from headsmith_server.prompt.draws import Draws
from headsmith_server.prompt.hairstyles import COILED, curl_of, length_of, style_of, usual_hairline, usual_styles
from headsmith_server.prompt.listed import listed
from headsmith_server.prompt.persona import Persona
from headsmith_server.prompt.reading import Reading
from headsmith_server.prompt.strengths import clamp, level, strength
from headsmith_server.texture.parameters import HairColour

_PARTED: Final = frozenset({"side_part", "straight", "wavy", "curly", "bob", "bun", "ponytail"})
_FRINGED: Final = frozenset({"straight", "wavy", "bob", "pixie", "ponytail", "bun"})
_SHORT: Final = frozenset({"bald", "receding", "buzz_cut", "crew_cut"})
_LONG_SAID: Final = 0.25
"""Who is said to have hair longer than this is not bald, whatever a calling implies."""
_IMPLY_HAIR: Final = listed("hair_long, hair_texture, hair_colour, hair_dye, hair_parting, hair_fringe, hair_fade")
_INFANT_YEARS: Final = 1.6


def hair(reading: Reading, who: Persona, draws: Draws, colour: HairColour) -> HairParameters:
    """The hair of that person; colour: of complexion.hair_colour."""
    own = texture(reading, who, draws)
    recession, crown = _baldness(reading, who, draws)
    long = level(reading, "hair_long", 0.5)
    style = _style(reading, who, draws, own, long, max(recession, crown))
    if style == "bald":
        recession, crown = 0.0, 0.0
    infant = who.years < _INFANT_YEARS
    if long is None and infant:
        length = 0.35
    elif long is not None:
        length = length_of(style, long)
    else:
        length = clamp(draws.normal("hair_length", 0.5, 0.13) - 0.1 * clamp((who.years - 60.0) / 30.0))
    usual_density = 0.4 if infant else 0.74 - 0.12 * clamp((who.years - 45.0) / 40.0) - 0.25 * crown
    curl = curl_of(style, own)
    return HairParameters(
        style=style,
        length=length,
        density=_or(level(reading, "hair_density", 0.7), clamp(draws.normal("hair_density", usual_density, 0.08))),
        curl=curl if reading.about("hair_texture") or curl > 0 else 0.0,
        frizz=_or(level(reading, "hair_frizz", 0.2), clamp(draws.normal("hair_frizz", 0.14 + 0.25 * own, 0.06))),
        volume=_or(level(reading, "hair_volume", 0.5), clamp(draws.normal("hair_volume", 0.5, 0.09))),
        parting=_parting(reading, draws, style),
        fringe=_fringe(reading, who, draws, style),
        hairline=clamp(draws.normal("hairline", usual_hairline(who.masculinity, who.years), 0.22), -1.0, 1.0),
        recession=recession,
        crown=crown,
        fade=_fade(reading, who, draws, style),
        colour=colour,
    )


def dyed(reading: Reading, draws: Draws, colour: HairColour, channel: str = "hair_dye") -> HairColour:
    """The colour with the dye that was said, or drawn where hair is "dyed" and nobody says how."""
    said = reading.last(channel)
    if said is not None:
        return replace(colour, dye=DYES[str(said.value)], grey=0.0)
    if channel != "hair_dye" or reading.last("hair_dyed") is None:
        return colour
    named = reading.last("hair_colour")
    if named is None:
        return replace(colour, dye=DYES[draws.choice("dye", USUAL_DYES)], grey=0.0)
    return replace(colour, dye=DYES["scarlet"], grey=0.0) if named.value == "red" else replace(colour, grey=0.0)


def scalp_shadow(reading: Reading, who: Persona, draws: Draws, worn: HairParameters) -> float:
    """How dark the scalp is under that hair, 0..1: its roots, seen through it, or what a razor leaves."""
    said = reading.last("cropped_hair")
    if said is not None and worn.style == "bald":
        return clamp(float(said.value))
    if worn.style == "bald":
        grown_man = who.grown and who.masculinity > 0.5
        return draws.uniform("cropped_hair", 0.0, 0.22) if reading.last("hair_style") is None and grown_man else 0.0
    thick = 0.9 if worn.style in ("buzz_cut", "crew_cut") else 0.5 + 0.35 * worn.density
    return clamp(thick * (1.0 - 0.55 * max(worn.recession, worn.crown)) * (0.45 if who.years < _INFANT_YEARS else 1.0))


def texture(reading: Reading, who: Persona, draws: Draws) -> float:
    """How curled the hair is, 0 straight .. 1 coiled: said, or the origin's."""
    origin = who.origin
    mean = 0.94 * origin.african + 0.06 * origin.asian + 0.26 * origin.european
    own = draws.normal(
        "hair_texture", mean, 0.04 + 0.13 * origin.european + 0.06 * min(origin.african, 1 - origin.african)
    )
    return _or(level(reading, "hair_texture", 0.2), clamp(own))


def _baldness(reading: Reading, who: Persona, draws: Draws) -> tuple[float, float]:
    """How far hairline and crown have gone: men's, by the years; half of them at fifty have lost some."""
    recession, crown = strength(reading, "hair_recession"), strength(reading, "hair_crown")
    lost = 0.0
    if who.grown and who.masculinity > 0.55:
        slow = 0.35 * who.origin.asian + 0.25 * who.origin.african
        lost = (1.0 - slow) * clamp((who.years - 20.0) / 55.0) * 1.35 * draws.uniforms["balding"] ** 1.3
    hair_said = any(reading.about(channel) for channel in _IMPLY_HAIR)
    style = reading.last("hair_style")
    if reading.denies("hair_style") or hair_said or (style is not None and style.value != "receding"):
        lost = min(lost, 0.3)  # who is said to have hair has it
    drawn_crown = clamp(1.3 * lost - 0.35 + draws.normal("crown", 0.0, 0.12))
    return _or(recession, clamp(lost)), _or(crown, drawn_crown if lost > 0.25 else 0.0)


def _style(reading: Reading, who: Persona, draws: Draws, curled: float, long: float | None, lost: float) -> str:
    said = reading.last("hair_style")
    if said is not None and not (said.value == "bald" and long is not None and long > _LONG_SAID):
        return str(said.value)
    denied = {str(statement.value) for statement in reading.about("hair_style") if statement.negated}
    if who.years < _INFANT_YEARS and long is None:
        return "buzz_cut"
    if long is not None:
        return style_of(long, curled, who.masculinity)
    man = who.masculinity > 0.5
    if reading.about("hair_texture"):
        drawn = draws.normal("hair_long", 0.36 if man else 0.7, 0.06)
        return style_of(drawn, curled, who.masculinity)
    if lost > 0.45 or reading.last("hair_recession") is not None:
        if (
            "bald" not in denied
            and lost > 0.7
            and reading.last("hair_recession") is None
            and draws.uniforms["bald"] < 0.5
        ):
            return "bald"
        return "receding" if man and "receding" not in denied else "side_part"
    if (strength(reading, "hair_fade") or 0.0) > 0.6:
        return "afro" if curled >= COILED else "quiff"
    parting = reading.last("hair_parting")
    if parting is not None and man and parting.value in ("side", "left", "right"):
        return "side_part"
    if (strength(reading, "hair_fringe") or 0.0) > 0.5 and not man and curled < COILED:
        return draws.choice("hair_style", {"bob": 0.4, "straight": 0.4, "pixie": 0.1, "ponytail": 0.1})
    shares = usual_styles(who.masculinity, who.years, curled)
    left = {style: share for style, share in shares.items() if style not in denied}
    return draws.choice("hair_style", left or {"side_part": 1.0})


def _parting(reading: Reading, draws: Draws, style: str) -> str:
    said = reading.last("hair_parting")
    if said is not None and said.value != "side":
        return str(said.value)
    if said is not None:
        return draws.choice("hair_parting", {"left": 0.65, "right": 0.35})
    if reading.denies("hair_parting") or style not in _PARTED:
        return "none"
    if style == "side_part":
        return draws.choice("hair_parting", {"left": 0.7, "right": 0.3})
    return draws.choice("hair_parting", {"left": 0.3, "right": 0.2, "middle": 0.32, "none": 0.18})


def _fringe(reading: Reading, who: Persona, draws: Draws, style: str) -> float:
    said = strength(reading, "hair_fringe")
    if said is not None:
        return said
    likely = 0.45 if who.years < 13.0 else 0.22 if who.masculinity <= 0.5 else 0.06
    if style not in _FRINGED or draws.uniforms["hair_fringed"] > likely:
        return 0.0
    return draws.uniform("hair_fringe", 0.5, 0.95)


def _fade(reading: Reading, who: Persona, draws: Draws, style: str) -> float:
    said = strength(reading, "hair_fade")
    if said is not None:
        return said
    if style == "mohawk":
        return 0.9
    if who.masculinity <= 0.5 or style in ("bald", "buzz_cut", "straight", "wavy", "locs", "ponytail", "bun"):
        return 0.1 if style in _SHORT else 0.0
    return clamp(draws.normal("hair_fade", 0.42 if who.years < 55.0 else 0.25, 0.16))


def _or(said: float | None, drawn: float) -> float:
    return drawn if said is None else said
