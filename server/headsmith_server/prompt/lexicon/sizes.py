"""Families of adjectives that mean the same of many features; the number says how strong a word is by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAMILIES: Final[Mapping[str, Mapping[str, float]]] = {
    "@big": {
        "big": 1.0, "large": 1.0, "sizeable": 0.9, "sizable": 0.9, "huge": 1.5, "enormous": 1.6, "massive": 1.5,
        "gigantic": 1.6, "giant": 1.5, "immense": 1.5, "oversized": 1.3, "outsized": 1.3, "ample": 0.9,
        "generous": 0.9, "great": 1.1, "substantial": 0.9, "biggish": 0.6, "largish": 0.6,
    },
    "@small": {
        "small": 1.0, "little": 0.9, "tiny": 1.5, "petite": 1.0, "minute": 1.5, "smallish": 0.6, "dainty": 1.0,
        "diminutive": 1.3, "undersized": 1.2, "wee": 1.1, "miniature": 1.4, "delicate": 0.8,
    },
    "@wide": {"wide": 1.0, "broad": 1.0, "widened": 0.7, "spread": 0.8, "broadened": 0.7, "broadish": 0.6},
    "@narrow": {"narrow": 1.0, "slim": 0.9, "slender": 0.9, "pinched": 1.1, "narrowed": 0.8, "narrowish": 0.6},
    "@long": {"long": 1.0, "elongated": 1.2, "lengthy": 1.0, "longish": 0.6, "extended": 0.8},
    "@short": {"short": 1.0, "stubby": 1.2, "stumpy": 1.2, "shortish": 0.6, "shortened": 0.8, "squat": 1.1},
    "@thick": {"thick": 1.0, "thickish": 0.6, "heavy": 1.0, "dense": 1.0},
    "@thin": {"thin": 1.0, "thinnish": 0.6, "fine": 0.7},
    "@full": {
        "full": 1.0, "plump": 1.1, "fleshy": 1.0, "voluptuous": 1.3, "luscious": 1.2, "lush": 1.0, "pillowy": 1.3,
        "fat": 1.2, "swollen": 1.3, "puffy": 1.0, "thick": 1.1, "fulsome": 1.0,
    },
    "@strong": {
        "strong": 1.0, "prominent": 1.1, "pronounced": 1.1, "powerful": 1.2, "protruding": 1.3, "jutting": 1.4,
        "projecting": 1.2, "marked": 0.9, "defined": 0.8, "well defined": 0.9, "noticeable": 0.8, "bold": 1.0,
        "firm": 0.8, "striking": 1.0,
    },
    "@weak": {
        "weak": 1.0, "receding": 1.2, "recessed": 1.1, "retreating": 1.2, "soft": 0.7, "undefined": 0.8, "slight": 0.8,
        "undershot": 1.2,
    },
    "@high": {"high": 1.0, "tall": 1.0, "lofty": 1.2, "raised": 0.8, "elevated": 0.9},
    "@low": {"low": 1.0, "shallow": 0.9, "lowered": 0.8},
    "@round": {"round": 1.0, "rounded": 0.9, "circular": 1.2, "roundish": 0.6},
    "@sharp": {"sharp": 1.0, "angular": 1.0, "chiselled": 1.1, "chiseled": 1.1, "sculpted": 1.0, "carved": 1.0,
               "razor sharp": 1.5, "sculptured": 1.0},
    "@chubby": {"chubby": 1.0, "plump": 1.0, "fat": 1.3, "puffy": 0.9, "pudgy": 1.1, "podgy": 1.1, "fleshy": 1.0,
                "bloated": 1.4, "chunky": 0.9, "jowly": 1.2, "full": 0.8, "swollen": 1.1, "meaty": 0.9},
    "@gaunt": {"gaunt": 1.4, "hollow": 1.2, "sunken": 1.3, "haggard": 1.1, "drawn": 0.9, "emaciated": 1.8,
               "bony": 1.2, "lean": 0.9, "skeletal": 1.7, "cadaverous": 1.7, "pinched": 0.9, "hollowed": 1.2},
}
