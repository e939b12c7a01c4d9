"""What hair people wear: how long and how curled each style is, and how common, by sex, age and texture.

Shares are an author's estimates of what one meets in a street, not statistics; they are centres for a draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from headsmith_server.prompt.strengths import clamp

USUAL_LONG: Final[Mapping[str, float]] = MappingProxyType(
    {
        "bald": 0.0, "receding": 0.26, "buzz_cut": 0.08, "crew_cut": 0.18, "side_part": 0.32, "quiff": 0.36,
        "pixie": 0.3, "bob": 0.5, "straight": 0.66, "wavy": 0.74, "curly": 0.72, "afro": 0.5, "locs": 0.66,
        "braids": 0.7, "ponytail": 0.72, "bun": 0.7, "mohawk": 0.4,
    }
)  # fmt: skip
"""The length (hair_long of lexicon/hair.py) at which a style has the length 0.5."""
OWN_TEXTURE: Final[Mapping[str, float]] = MappingProxyType({"wavy": 0.36, "curly": 0.68, "afro": 1.0})
"""The texture that belongs to a style; elsewhere curl adds it."""
COILED: Final = 0.78
"""From this texture on hair is afro-textured: it stands off rather than hangs."""
CURLED, WAVED = 0.5, 0.22
_STEEPNESS: Final = 1.5
_SHORT_STEEPNESS: Final = 2.6
_SHORT: Final = 0.45

_MEN: Final = {
    "crew_cut": 0.2, "side_part": 0.4, "quiff": 0.15, "buzz_cut": 0.1, "wavy": 0.04, "straight": 0.04, "bun": 0.02,
    "ponytail": 0.02, "mohawk": 0.01, "locs": 0.005,
}  # fmt: skip
_COILED_MEN: Final = {
    "buzz_cut": 0.34, "crew_cut": 0.24, "afro": 0.22, "locs": 0.1, "braids": 0.07, "bald": 0.03,
}  # fmt: skip
_WOMEN: Final = {
    "straight": 0.3, "wavy": 0.25, "bob": 0.16, "ponytail": 0.11, "pixie": 0.07, "bun": 0.07, "braids": 0.02,
    "side_part": 0.02,
}  # fmt: skip
_COILED_WOMEN: Final = {
    "afro": 0.32, "braids": 0.25, "curly": 0.14, "locs": 0.1, "bun": 0.1, "ponytail": 0.05, "buzz_cut": 0.03,
    "straight": 0.01,
}  # fmt: skip


def usual_styles(masculinity: float, years: float, texture: float) -> dict[str, float]:
    """Style -> share, for somebody of whom no style is said; texture: 0 straight .. 1 coiled."""
    coiled = texture >= COILED
    table = dict((_COILED_MEN if coiled else _MEN) if masculinity > 0.5 else (_COILED_WOMEN if coiled else _WOMEN))
    if not coiled and texture >= CURLED:
        for flat in ("straight", "wavy"):
            table["curly"] = table.get("curly", 0.0) + table.pop(flat, 0.0)
        table["curly"] += 0.04 if masculinity > 0.5 else 0.12
    elif not coiled and texture >= WAVED:
        table["wavy"] = table.get("wavy", 0.0) + 0.7 * table["straight"]
        table["straight"] *= 0.3
    elif not coiled:
        table["straight"] = table["straight"] + 0.7 * table["wavy"]
        table["wavy"] *= 0.3
    old = clamp((years - 50.0) / 25.0)
    if masculinity <= 0.5:  # shorter with the years
        for long in ("straight", "wavy", "curly", "ponytail", "braids", "locs"):
            if long in table:
                table[long] *= 1.0 - 0.75 * old
        for short, more in (("bob", 0.25), ("pixie", 0.3), ("side_part", 0.12)):
            if not coiled:
                table[short] = table.get(short, 0.0) + more * old
        if coiled:
            table["afro"] += 0.3 * old
    else:
        for rare in ("bun", "ponytail", "mohawk", "quiff", "locs", "braids"):
            if rare in table:
                table[rare] *= 1.0 - 0.8 * old
    if years < 13.0:
        for grown in ("bald", "mohawk", "bun", "locs", "buzz_cut" if masculinity <= 0.5 else "bun"):
            table.pop(grown, None)
        if masculinity <= 0.5:
            table["ponytail"] = table.get("ponytail", 0.0) + 0.15
            table["braids"] = table.get("braids", 0.0) + 0.08
    return table


def usual_hairline(masculinity: float, years: float) -> float:
    """HairParameters.hairline of most people of that age: low and round in children and women, squarer in men."""
    grown = clamp((years - 11.0) / 9.0)
    adult = -0.8 + 1.15 * masculinity + 0.2 * clamp((years - 45.0) / 40.0)
    return -0.9 + grown * (adult + 0.9)


def style_of(long: float, texture: float, masculinity: float) -> str:
    """The style of somebody's hair of which only the length is said, and perhaps the texture."""
    if long < 0.13:
        return "buzz_cut"
    if texture >= COILED:
        return "crew_cut" if long < 0.24 else "afro"
    if long < 0.24:
        return "crew_cut" if masculinity > 0.5 else "pixie"
    if long < 0.44:
        return "side_part" if masculinity > 0.5 else "pixie"
    if texture >= CURLED:
        return "curly"
    if long < 0.58:
        return "bob" if masculinity <= 0.5 or long > 0.5 else "side_part"
    return "wavy" if texture >= WAVED else "straight"


def length_of(style: str, long: float) -> float:
    """The style's own length 0..1 for a hair_long."""
    usual = USUAL_LONG[style]
    return clamp(0.5 + (_SHORT_STEEPNESS if usual < _SHORT else _STEEPNESS) * (long - usual))


def curl_of(style: str, texture: float) -> float:
    """What to add to the style's own curl for a texture."""
    return clamp(texture - OWN_TEXTURE.get(style, 0.0), -1.0, 1.0)
