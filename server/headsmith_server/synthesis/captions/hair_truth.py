"""What is true of hair and beard, from the parameters that they were grown from."""

from __future__ import annotations

from headsmith_server.hair.parameters import BeardParameters, HairParameters
from headsmith_server.prompt.colours import DYES, HAIR_COLOURS
from headsmith_server.prompt.hairstyles import OWN_TEXTURE, USUAL_LONG, length_of
from headsmith_server.prompt.reading import Statement
from headsmith_server.texture.parameters import HairColour

LENGTH_REACH = 0.16
TEXTURE_REACH = 0.24
_LEVELS = {"hair_density": 0.7, "hair_frizz": 0.2, "hair_volume": 0.5}
_BEARD_LEVELS = {"beard_length": 0.5, "beard_density": 0.7, "beard_frizz": 0.3}
_STRENGTHS = {"hair_fringe": "fringe", "hair_recession": "recession", "hair_crown": "crown", "hair_fade": "fade"}


def alike(one: HairColour, other: HairColour) -> bool:
    """Whether two hair colours would be called the same."""
    if (one.dye is None) != (other.dye is None):
        return False
    if one.dye is not None and other.dye is not None:
        return max(abs(a - b) for a, b in zip(one.dye, other.dye, strict=True)) <= 0.08
    if min(one.grey, other.grey) >= 0.7:
        return abs(one.grey - other.grey) <= 0.2
    pigment = abs(one.melanin - other.melanin) <= 0.13 and abs(one.redness - other.redness) <= 0.2
    return pigment and abs(one.grey - other.grey) <= 0.2


def long_of(hair: HairParameters) -> float:
    """How long hair is on the lexicon's scale (hair_long), whatever the style: the inverse of length_of."""
    grid = [at / 200.0 for at in range(201)]
    best = min(grid, key=lambda long: abs(length_of(hair.style, long) - hair.length))
    usual = USUAL_LONG[hair.style]
    return best if 0.0 < hair.length < 1.0 or abs(best - usual) > 0.01 else usual


def texture_of(hair: HairParameters) -> float:
    """How curled hair is on the lexicon's scale (hair_texture), 0 straight .. 1 coiled."""
    return min(1.0, max(0.0, OWN_TEXTURE.get(hair.style, 0.0) + hair.curl))


def judge_hair(said: Statement, hair: HairParameters, colour: HairColour) -> bool | None:
    """As truth.judge, for statements about the hair of the head; colour: of the hair as it is seen."""
    channel, denied = said.channel, said.negated
    if channel == "hair_style":
        return (hair.style == said.value) is not denied
    if hair.style == "bald" and channel not in _STRENGTHS:
        return denied  # nothing can be said of hair that is not there
    if channel == "hair_colour":
        named = HAIR_COLOURS.get(str(said.value))
        return None if named is None else alike(named, colour) is not denied
    if channel == "hair_dye":
        return alike(HairColour(dye=DYES[str(said.value)]), colour) is not denied
    if channel == "hair_dyed":
        return (colour.dye is not None) is not denied
    if channel == "hair_long":
        return (abs(long_of(hair) - float(said.value)) <= LENGTH_REACH) is not denied
    if channel == "hair_texture":
        return (abs(texture_of(hair) - float(said.value)) <= TEXTURE_REACH) is not denied
    if channel == "hair_parting":
        if said.value in ("", "side"):
            return (hair.parting in ("left", "right")) is not denied
        return (hair.parting == said.value) is not denied
    if channel == "hair_grey":
        return _present(said, colour.grey)
    if channel in _STRENGTHS:
        return _present(said, float(getattr(hair, _STRENGTHS[channel])))
    if channel in _LEVELS:
        return _towards(said, float(getattr(hair, channel.removeprefix("hair_"))), _LEVELS[channel])
    return None


def judge_beard(said: Statement, beard: BeardParameters, shadow: float) -> bool | None:
    """As truth.judge, for statements about facial hair; shadow: the stubble painted into the skin."""
    channel, denied = said.channel, said.negated
    if channel == "stubble":
        if denied or float(said.value) <= 0.0:
            return shadow <= 0.06 and beard.style == "none" and beard.moustache == "none"
        return shadow >= 0.3 or beard.style == "stubble"
    if channel == "beard_style":
        if denied or said.value == "none":
            return beard.style == "none" and shadow <= 0.06
        return beard.style == said.value
    if channel == "moustache":
        if denied or said.value == "none":
            return beard.moustache == "none"
        return beard.moustache == said.value
    if beard.style == "none" and beard.moustache == "none":
        return denied
    if channel == "beard_colour":
        named = HAIR_COLOURS.get(str(said.value))
        return None if named is None else alike(named, beard.colour) is not denied
    if channel == "beard_dye":
        return alike(HairColour(dye=DYES[str(said.value)]), beard.colour) is not denied
    if channel in _BEARD_LEVELS:
        return _towards(said, float(getattr(beard, channel.removeprefix("beard_"))), _BEARD_LEVELS[channel])
    return None


def _present(said: Statement, actual: float) -> bool:
    """Something that may be absent, 0..1."""
    value = float(said.value or 0.0) * max(0.0, said.degree)
    if said.negated or value <= 0.0:
        return actual <= 0.1
    return actual >= 0.4 if value >= 0.5 else 0.12 <= actual <= 0.65


def _towards(said: Statement, actual: float, usual: float) -> bool | None:
    """A level that everybody has some of: on the said side of the usual one."""
    away = (float(said.value) - usual) * (-0.3 if said.negated else 1.0)
    if abs(away) < 0.1:
        return None
    return (actual - usual) * (1.0 if away > 0 else -1.0) >= abs(away) / 3.0
