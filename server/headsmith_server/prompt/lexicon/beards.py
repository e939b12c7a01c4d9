"""Facial hair: stubble, beards, beards of the chin and the cheeks, moustaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.lexicon.feature import Effects, Feature
from headsmith_server.prompt.lexicon.hair import COLOURS, DYES

MALE: Final = 4.0
"""Log odds that somebody with facial hair is a man."""

BEARD_COLOURS: Final[Mapping[str, Effects]] = {
    **{words: {"beard_colour": colour} for colour, words in COLOURS.items()},
    **{words: {"beard_dye": dye} for dye, words in DYES.items()},
    "dark, darkish": {"beard_shade": "dark"},
    "pale": {"beard_shade": "light"},
}

STUBBLE: Final = Feature(
    name="stubble",
    nouns={
        "stubble, whisker stubble, facial stubble, bristles, bristle, beard shadow, beard stubble, "
        "unshaven cheeks, scruff": {"stubble": 0.6, "sex_hint": MALE},
        "five o'clock shadow, five oclock shadow, 5 o'clock shadow, 5 oclock shadow, five o clock shadow, "
        "5 o clock shadow, shaving shadow, shadow of a beard, "
        "day old stubble, beginnings of a beard, hint of a beard": {"stubble": 0.4, "sex_hint": MALE},
        "designer stubble, three day beard, 3 day beard, three day stubble, 3 day stubble, two day stubble, "
        "several days stubble, "
        "few days stubble, week old beard": {"stubble": 0.7, "sex_hint": MALE},
    },
    adjectives={
        **BEARD_COLOURS,
        "light, faint, thin, sparse, fine, patchy, wispy, soft, short, scant, scattered, little, small, downy": {
            "stubble": 0.35
        },
        "heavy, thick, dense, rough, coarse, full, prickly, bristly, strong, coarser, long, wiry, hard": {
            "stubble": 0.85
        },
        "neat, groomed, trimmed, rugged, unkempt, scruffy, visible, masculine, designer, sexy, handsome": {},
    },
    absence={"stubble": 0.0},
    located=True,
)

_GROWTH: Final[Mapping[str, Effects]] = {
    "thick, dense, heavy, luxuriant": {"beard_density": 0.95},
    "thin, sparse, light, slight, fine, downy, wispy, scant": {"beard_density": 0.3},
    "patchy, scraggly, uneven": {"beard_patchiness": 0.75, "beard_density": 0.45},
    "curly, curled, wavy, frizzy, coiled": {"beard_curl": 0.85},
    "straight": {"beard_curl": 0.0},
    "unkempt, wild, shaggy, scruffy, straggly, tangled, wiry, grizzly, untrimmed, messy": {
        "beard_frizz": 0.75,
        "beard_length": 0.65,
    },
    "neat, groomed, tidy, well groomed, well kept": {"beard_frizz": 0.05, "beard_patchiness": 0.0},
    "braided, plaited, forked": {"not_built": "made unbraided"},
    "false, fake, magnificent, great, epic, impressive, handsome, lumberjack": {},
}

BEARD: Final = Feature(
    name="beard",
    nouns={
        "beard, beards, full beard": {"beard_style": "full", "sex_hint": MALE},
        "facial hair": {"beard_style": "full", "moustache": "natural", "sex_hint": MALE},
        "bushy beard": {"beard_style": "full", "beard_density": 0.95, "beard_length": 0.7, "sex_hint": MALE},
        "chin beard": {"beard_style": "goatee", "sex_hint": MALE},
    },
    compounds="",
    adjectives={
        **BEARD_COLOURS,
        **_GROWTH,
        "long, huge, enormous, massive": {"beard_style": "long", "beard_length": 0.6},
        "flowing, wizard, wizardly, viking, waist length": {"beard_style": "long", "beard_length": 0.85},
        "full": {"beard_style": "full"},
        "big, large, bushy": {"beard_style": "full", "beard_density": 0.9, "beard_length": 0.75},
        "short, trimmed, small, close cropped, cropped, little, well trimmed, clipped, close, short cropped": {
            "beard_style": "short"
        },
        "stubbly": {"beard_style": "stubble"},
        "pointed": {"beard_style": "van_dyke"},
    },
    absence={"beard_style": "none"},
    absence_of={"moustache": "none"},
    located=True,
)

CHIN: Final = Feature(
    name="chin beard",
    nouns={
        "goatee, goatees, chin tuft, goatee beard, tuft of beard": {"beard_style": "goatee", "sex_hint": MALE},
        "van dyke, vandyke, circle beard, moustache and goatee, goatee and moustache, mustache and goatee, "
        "goatee and mustache, van dyke beard": {"beard_style": "van_dyke", "moustache": "natural", "sex_hint": MALE},
        "chinstrap, chin strap, chin curtain, chinstrap beard, chin strap beard": {
            "beard_style": "chin_strap",
            "sex_hint": MALE,
        },
        "soul patch, soulpatch": {"beard_style": "soul_patch", "sex_hint": MALE},
        "mutton chops, muttonchops, mutton chop whiskers, side whiskers, whiskers": {
            "beard_style": "mutton_chops",
            "sex_hint": MALE,
        },
        "sideburns, sideburn, long sideburns, sidewhiskers": {"beard_style": "sideburns", "sex_hint": 2.5},
    },
    adjectives={
        **BEARD_COLOURS,
        **_GROWTH,
        "long, bushy, big, large, huge": {"beard_length": 0.85},
        "short, small, trimmed, little, clipped": {"beard_length": 0.2},
        "full, pointed": {},
    },
    absence={"beard_style": "none"},
    absence_of={"moustache": "none"},
    located=True,
)

MOUSTACHE: Final = Feature(
    name="moustache",
    nouns={
        "moustache, mustache, moustaches, mustaches, tash, stache": {"moustache": "natural", "sex_hint": MALE},
        "handlebar moustache, handlebar mustache, handlebars": {"moustache": "handlebar", "sex_hint": MALE},
        "walrus moustache, walrus mustache": {"moustache": "walrus", "sex_hint": MALE},
        "pencil moustache, pencil mustache": {"moustache": "pencil", "sex_hint": MALE},
        "toothbrush moustache, toothbrush mustache": {"moustache": "toothbrush", "sex_hint": MALE},
        "chevron moustache, chevron mustache": {"moustache": "chevron", "sex_hint": MALE},
    },
    adjectives={
        **BEARD_COLOURS,
        **{words: effects for words, effects in _GROWTH.items() if not words.startswith(("thick", "thin", "curly"))},
        "handlebar, curled, waxed, twirled, twirly, curly, imperial": {"moustache": "handlebar"},
        "pencil, thin, pencil thin, narrow": {"moustache": "pencil"},
        "walrus, drooping, droopy, bushy, hanging": {"moustache": "walrus"},
        "thick, heavy, dense, big, large, full, broad, chevron": {"moustache": "chevron"},
        "toothbrush": {"moustache": "toothbrush"},
        "sparse, light, slight, wispy, small, little, faint, fine, downy, scant": {"beard_density": 0.3},
        "long": {"beard_length": 0.8},
        "short, trimmed, clipped": {"beard_length": 0.25},
    },
    absence={"moustache": "none"},
    located=True,
)

FEATURES: Final = (STUBBLE, BEARD, CHIN, MOUSTACHE)
