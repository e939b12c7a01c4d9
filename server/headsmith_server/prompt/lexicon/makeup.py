"""Make-up."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.lexicon.feature import Feature

MAKEUP: Final = Feature(
    name="make-up",
    nouns={
        "make up, makeup, cosmetics, maquillage, face paint, glam, glamour makeup, stage makeup, evening makeup": {
            "lipstick": 0.55,
            "eye_shadow": 0.5,
            "blush": 0.4,
            "eyeliner": 0.5,
            "foundation": 0.4,
        },
        "goth makeup, gothic makeup, emo makeup, goth": {
            "lipstick": 0.9,
            "lipstick_colour": "black",
            "eyeliner": 1.0,
            "eye_shadow": 0.9,
            "eye_shadow_colour": "black",
            "foundation": 0.6,
        },
        "war paint, warpaint, tribal paint, clown makeup, clown paint, geisha makeup": {
            "not_built": "only everyday make-up is painted"
        },
    },
    adjectives={
        "heavy, thick, strong, bold, dramatic, glamorous, bright, much, garish, full, theatrical, excessive, "
        "loud, smoky, dark, loads of": {
            "lipstick": 0.85,
            "eye_shadow": 0.85,
            "blush": 0.6,
            "eyeliner": 0.85,
            "foundation": 0.7,
        },
        "light, natural, subtle, minimal, soft, nude, discreet, simple, delicate, fresh, everyday, modest, "
        "understated, no nonsense": {
            "lipstick": 0.25,
            "eye_shadow": 0.2,
            "blush": 0.25,
            "eyeliner": 0.2,
            "foundation": 0.25,
        },
        "goth, gothic, emo, black": {
            "lipstick": 0.9,
            "lipstick_colour": "black",
            "eyeliner": 1.0,
            "eye_shadow": 0.9,
            "eye_shadow_colour": "black",
        },
        "smeared, smudged, running, beautiful, perfect, professional, flawless, elegant, tasteful, colourful, "
        "colorful": {},
    },
    absence={"lipstick": 0.0, "eye_shadow": 0.0, "blush": 0.0, "eyeliner": 0.0, "foundation": 0.0},
)

LIPSTICK: Final = Feature(
    name="lipstick",
    nouns={
        "lipstick, lip stick, lip gloss, lipgloss, lip paint, lip colour, lip color, lip tint, rouge lips": {
            "lipstick": 0.75
        }
    },
    adjectives={
        "red, scarlet, crimson, ruby, cherry, bright red, blood red, cherry red, deep red, ruby red, classic red": {
            "lipstick_colour": "red"
        },
        "pink, rose, coral, hot pink, peach, rosy, pale pink, orange, bubblegum, fuchsia, magenta": {
            "lipstick_colour": "pink"
        },
        "plum, purple, violet, burgundy, dark red, wine, maroon, berry, wine red, dark, oxblood": {
            "lipstick_colour": "plum"
        },
        "black": {"lipstick_colour": "black"},
        "nude, brown, mauve, beige, natural, pale": {"lipstick_colour": "nude", "lipstick": 0.5},
        "blue, green, gold, silver, white, yellow": {"not_built": "lipstick comes in red, pink, plum, black and nude"},
        "heavy, bright, bold, strong, thick, glossy, vivid": {"lipstick": 0.95},
        "light, faint, subtle, soft, sheer": {"lipstick": 0.35},
        "matte, smeared, smudged": {},
    },
    absence={"lipstick": 0.0},
)

EYE_SHADOW: Final = Feature(
    name="eye shadow",
    nouns={
        "eye shadow, eyeshadow, smoky eyes, smokey eyes, smoky eye, smokey eye, eye makeup, eye make up": {
            "eye_shadow": 0.75
        }
    },
    adjectives={
        "black, dark, grey, gray, smoky, smokey, charcoal, silver": {"eye_shadow_colour": "black"},
        "blue, turquoise, teal, navy": {"eye_shadow_colour": "blue"},
        "green, emerald": {"eye_shadow_colour": "green"},
        "purple, violet, plum, lilac, mauve": {"eye_shadow_colour": "purple"},
        "brown, bronze, copper, taupe": {"eye_shadow_colour": "brown"},
        "gold, golden, yellow, shimmery": {"eye_shadow_colour": "gold"},
        "pink, rose, red, coral, peach, orange": {"eye_shadow_colour": "pink"},
        "heavy, strong, thick, bright, bold": {"eye_shadow": 1.0},
        "light, faint, subtle, soft, pale": {"eye_shadow": 0.35},
    },
    absence={"eye_shadow": 0.0},
)

EYELINER: Final = Feature(
    name="eyeliner",
    nouns={
        "eyeliner, eye liner, kohl, guyliner, winged eyeliner, cat eye makeup, kajal": {"eyeliner": 0.8},
        "mascara": {"lash_length": 0.85, "eyeliner": 0.25},
        "false lashes, false eyelashes, fake lashes": {"lash_length": 1.0},
    },
    adjectives={
        "heavy, thick, strong, black, dark, bold, winged, smudged, dramatic": {"eyeliner": 1.0},
        "light, thin, brown, faint, subtle, fine": {"eyeliner": 0.4},
    },
    absence={"eyeliner": 0.0},
)

BLUSH: Final = Feature(
    name="blush",
    nouns={"blush, blusher, rouge": {"blush": 0.7}, "foundation, concealer, face powder, powder": {"foundation": 0.7}},
    adjectives={
        "heavy, strong, bright, thick": {"blush": 0.95},
        "light, faint, subtle, soft, pink, peach, red, natural": {"blush": 0.4},
    },
    absence={"blush": 0.0},
    located=True,
)

FEATURES: Final = (MAKEUP, LIPSTICK, EYE_SHADOW, EYELINER, BLUSH)
