"""Named colours of hair and make-up as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from headsmith_server.prompt.listed import listed
from headsmith_server.texture.parameters import HairColour

HAIR_COLOURS: Final[Mapping[str, HairColour]] = MappingProxyType(
    {
        "black": HairColour(0.96, 0.08),
        "dark brown": HairColour(0.84, 0.18),
        "brown": HairColour(0.68, 0.25),
        "chestnut": HairColour(0.66, 0.5),
        "light brown": HairColour(0.5, 0.3),
        "blond": HairColour(0.26, 0.25),
        "platinum": HairColour(0.1, 0.05),
        "strawberry blond": HairColour(0.3, 0.62),
        "ginger": HairColour(0.42, 0.9),
        "red": HairColour(0.48, 0.95),
        "auburn": HairColour(0.62, 0.75),
        "grey": HairColour(0.65, 0.12, 0.82),
        "white": HairColour(0.5, 0.1, 1.0),
        "white blond": HairColour(0.05, 0.05),
        "salt and pepper": HairColour(0.8, 0.12, 0.48),
    }
)
GREYS: Final = frozenset({"grey", "white", "salt and pepper"})
DARKEST_FIRST: Final = listed("black, dark brown, brown, chestnut, auburn, light brown, red, strawberry blond, blond")

LinearColour = tuple[float, float, float]

LIPSTICKS: Final[Mapping[str, LinearColour]] = MappingProxyType(
    {
        "red": (0.42, 0.012, 0.025),
        "pink": (0.55, 0.13, 0.19),
        "plum": (0.13, 0.01, 0.035),
        "black": (0.012, 0.01, 0.012),
        "nude": (0.36, 0.16, 0.11),
    }
)
EYE_SHADOWS: Final[Mapping[str, LinearColour]] = MappingProxyType(
    {
        "black": (0.012, 0.012, 0.014),
        "blue": (0.03, 0.10, 0.36),
        "green": (0.03, 0.18, 0.07),
        "purple": (0.14, 0.03, 0.2),
        "brown": (0.11, 0.05, 0.025),
        "gold": (0.45, 0.28, 0.06),
        "pink": (0.45, 0.12, 0.18),
    }
)
"""Linear sRGB."""
