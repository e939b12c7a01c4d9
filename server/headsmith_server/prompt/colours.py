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
LinearColour = tuple[float, float, float]

DYES: Final[Mapping[str, LinearColour]] = MappingProxyType(
    {
        "blue": (0.02, 0.11, 0.62),
        "dark blue": (0.012, 0.03, 0.16),
        "green": (0.03, 0.34, 0.07),
        "dark green": (0.012, 0.1, 0.035),
        "pink": (0.78, 0.06, 0.3),
        "pastel pink": (0.83, 0.38, 0.47),
        "purple": (0.16, 0.02, 0.36),
        "lilac": (0.42, 0.26, 0.62),
        "turquoise": (0.02, 0.42, 0.45),
        "scarlet": (0.5, 0.008, 0.012),
        "neon orange": (0.85, 0.16, 0.01),
    }
)
"""Linear sRGB of hair that was bleached and dyed."""
USUAL_DYES: Final[Mapping[str, float]] = MappingProxyType(
    {"blue": 0.2, "pink": 0.22, "purple": 0.2, "scarlet": 0.16, "turquoise": 0.12, "green": 0.1}
)
"""What "dyed hair" is drawn from."""
GREYS: Final = frozenset({"grey", "white", "salt and pepper"})
DARKEST_FIRST: Final = listed("black, dark brown, brown, chestnut, auburn, light brown, red, strawberry blond, blond")

LIPSTICKS: Final[Mapping[str, LinearColour]] = MappingProxyType(
    {
        "red": (0.42, 0.012, 0.025),
        "pink": (0.55, 0.13, 0.19),
        "coral": (0.62, 0.11, 0.055),
        "fuchsia": (0.50, 0.015, 0.17),
        "plum": (0.13, 0.01, 0.035),
        "purple": (0.14, 0.025, 0.20),
        "brown": (0.16, 0.055, 0.032),
        "black": (0.012, 0.01, 0.012),
        "nude": (0.36, 0.16, 0.11),
        "blue": (0.02, 0.06, 0.32),
        "green": (0.02, 0.14, 0.06),
        "white": (0.72, 0.70, 0.70),
        "gold": (0.50, 0.31, 0.08),
    }
)
EYE_SHADOWS: Final[Mapping[str, LinearColour]] = MappingProxyType(
    {
        "black": (0.012, 0.012, 0.014),
        "silver": (0.24, 0.25, 0.28),
        "blue": (0.03, 0.10, 0.36),
        "turquoise": (0.03, 0.24, 0.28),
        "green": (0.03, 0.18, 0.07),
        "purple": (0.14, 0.03, 0.2),
        "brown": (0.11, 0.05, 0.025),
        "bronze": (0.20, 0.09, 0.035),
        "gold": (0.45, 0.28, 0.06),
        "pink": (0.45, 0.12, 0.18),
        "red": (0.42, 0.06, 0.03),
        "white": (0.66, 0.65, 0.66),
    }
)
"""Linear sRGB."""
