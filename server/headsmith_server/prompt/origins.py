"""What an ancestry group looks like on average, in the few numbers that the head and its skin are made from.

Shares and melanin are rounded from pigmentation surveys (melanin 0.08 is a melanin index near 30, 0.85 one near 80);
they are centres for a draw, not claims about a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Origin:
    """african, asian, european: shares that add to 1; melanin: mean of 0..1; hair: colour -> share;
    irises: colour -> share; prior: how likely the group is drawn when nothing is said."""

    african: float
    asian: float
    european: float
    melanin: float
    hair: Mapping[str, float]
    irises: Mapping[str, float]
    prior: float = 0.0
    undertone: float = 0.1


_DARK_HAIR: Final = MappingProxyType({"black": 0.85, "dark brown": 0.15})
_DARK_EYES: Final = MappingProxyType({"dark brown": 0.75, "brown": 0.25})
_BROWN_EYES: Final = MappingProxyType({"dark brown": 0.35, "brown": 0.5, "hazel": 0.1, "green": 0.05})
_SOUTHERN_HAIR: Final = MappingProxyType({"black": 0.35, "dark brown": 0.45, "brown": 0.2})
_WESTERN_HAIR: Final = MappingProxyType(
    {"dark brown": 0.3, "brown": 0.3, "light brown": 0.18, "blond": 0.16, "auburn": 0.03, "red": 0.03}
)
_WESTERN_EYES: Final = MappingProxyType(
    {"brown": 0.32, "dark brown": 0.1, "hazel": 0.16, "green": 0.12, "blue": 0.22, "grey": 0.08}
)
_NORTHERN_HAIR: Final = MappingProxyType(
    {"blond": 0.32, "light brown": 0.25, "brown": 0.22, "dark brown": 0.09, "red": 0.07, "strawberry blond": 0.05}
)
_NORTHERN_EYES: Final = MappingProxyType({"blue": 0.5, "grey": 0.13, "green": 0.15, "hazel": 0.1, "brown": 0.12})

ORIGINS: Final[Mapping[str, Origin]] = MappingProxyType(
    {
        "west african": Origin(1.0, 0.0, 0.0, 0.87, _DARK_HAIR, _DARK_EYES, 0.10),
        "east african": Origin(0.72, 0.0, 0.28, 0.78, _DARK_HAIR, _DARK_EYES, 0.05),
        "african american": Origin(0.82, 0.02, 0.16, 0.72, _DARK_HAIR, _DARK_EYES, 0.06),
        "north african": Origin(0.2, 0.02, 0.78, 0.4, _SOUTHERN_HAIR, _BROWN_EYES, 0.03, 0.3),
        "middle eastern": Origin(0.06, 0.06, 0.88, 0.34, _SOUTHERN_HAIR, _BROWN_EYES, 0.05, 0.35),
        "south asian": Origin(0.1, 0.17, 0.73, 0.56, _DARK_HAIR, _DARK_EYES, 0.12, 0.3),
        "himalayan": Origin(0.0, 0.7, 0.3, 0.42, _DARK_HAIR, _DARK_EYES, 0.01, 0.3),
        "east asian": Origin(0.0, 1.0, 0.0, 0.2, _DARK_HAIR, _DARK_EYES, 0.12, 0.45),
        "southeast asian": Origin(0.06, 0.88, 0.06, 0.4, _DARK_HAIR, _DARK_EYES, 0.06, 0.4),
        "central asian": Origin(0.0, 0.72, 0.28, 0.3, _DARK_HAIR, _BROWN_EYES, 0.01, 0.3),
        "northern european": Origin(0.0, 0.0, 1.0, 0.08, _NORTHERN_HAIR, _NORTHERN_EYES, 0.08, -0.2),
        "western european": Origin(0.0, 0.0, 1.0, 0.13, _WESTERN_HAIR, _WESTERN_EYES, 0.12, -0.05),
        "slavic": Origin(0.0, 0.05, 0.95, 0.11, _WESTERN_HAIR, _WESTERN_EYES, 0.05, -0.1),
        "mediterranean": Origin(0.03, 0.02, 0.95, 0.24, _SOUTHERN_HAIR, _BROWN_EYES, 0.05, 0.3),
        "latin american": Origin(0.12, 0.33, 0.55, 0.38, _SOUTHERN_HAIR, _BROWN_EYES, 0.07, 0.35),
        "native american": Origin(0.0, 0.78, 0.22, 0.44, _DARK_HAIR, _DARK_EYES, 0.01, 0.35),
        "inuit": Origin(0.0, 0.92, 0.08, 0.34, _DARK_HAIR, _DARK_EYES, 0.0, 0.4),
        "pacific islander": Origin(0.3, 0.55, 0.15, 0.52, _DARK_HAIR, _DARK_EYES, 0.01, 0.3),
        "melanesian": Origin(0.78, 0.12, 0.1, 0.82, _DARK_HAIR, _DARK_EYES, 0.0, 0.2),
        "mixed": Origin(0.45, 0.1, 0.45, 0.45, _SOUTHERN_HAIR, _BROWN_EYES, 0.0, 0.3),
        "eurasian": Origin(0.0, 0.5, 0.5, 0.18, _SOUTHERN_HAIR, _BROWN_EYES, 0.0, 0.25),
        "cape coloured": Origin(0.45, 0.3, 0.25, 0.58, _DARK_HAIR, _DARK_EYES, 0.0, 0.25),
    }
)
