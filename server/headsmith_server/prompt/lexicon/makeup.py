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
            "mascara": 0.6,
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
            "mascara": 0.9,
        },
        "light, natural, subtle, minimal, soft, nude, discreet, simple, delicate, fresh, everyday, modest, "
        "understated, no nonsense": {
            "lipstick": 0.25,
            "eye_shadow": 0.2,
            "blush": 0.25,
            "eyeliner": 0.2,
            "foundation": 0.25,
            "mascara": 0.35,
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
    absence={
        "lipstick": 0.0,
        "eye_shadow": 0.0,
        "blush": 0.0,
        "eyeliner": 0.0,
        "foundation": 0.0,
        "mascara": 0.0,
        "contour": 0.0,
    },
)

LIPSTICK: Final = Feature(
    name="lipstick",
    nouns={
        "lipstick, lip stick, lip paint, lip colour, lip color, lip tint, rouge lips": {"lipstick": 0.75},
        "lip gloss, lipgloss": {"lipstick": 0.5, "lipstick_gloss": 1.0},
    },
    adjectives={
        "red, scarlet, crimson, ruby, cherry, bright red, blood red, cherry red, deep red, ruby red, classic red": {
            "lipstick_colour": "red"
        },
        "pink, rose, peach, rosy, pale pink, bubblegum": {"lipstick_colour": "pink"},
        "coral, orange, salmon": {"lipstick_colour": "coral"},
        "fuchsia, magenta, hot pink": {"lipstick_colour": "fuchsia"},
        "plum, burgundy, dark red, wine, maroon, berry, wine red, dark, oxblood": {"lipstick_colour": "plum"},
        "purple, violet": {"lipstick_colour": "purple"},
        "black": {"lipstick_colour": "black"},
        "nude, mauve, beige, natural, pale": {"lipstick_colour": "nude", "lipstick": 0.5},
        "brown, chocolate": {"lipstick_colour": "brown"},
        "blue, navy": {"lipstick_colour": "blue"},
        "green, teal": {"lipstick_colour": "green"},
        "white, silver": {"lipstick_colour": "white"},
        "gold, golden, yellow": {"lipstick_colour": "gold"},
        "heavy, bright, bold, strong, thick, vivid": {"lipstick": 0.95},
        "glossy, shiny, wet": {"lipstick": 0.85, "lipstick_gloss": 1.0},
        "matte, matt, satin, velvet": {"lipstick_gloss": 0.0},
        "light, faint, subtle, soft, sheer": {"lipstick": 0.35},
        "smeared, smudged": {},
    },
    absence={"lipstick": 0.0},
)

EYE_SHADOW: Final = Feature(
    name="eye shadow",
    nouns={
        "eye shadow, eyeshadow, eye makeup, eye make up": {"eye_shadow": 0.75},
        "smoky eyes, smokey eyes, smoky eye, smokey eye": {
            "eye_shadow": 0.85,
            "eye_shadow_colour": "black",
            "eye_shadow_height": 0.6,
        },
    },
    adjectives={
        "black, dark, smoky, smokey, charcoal": {"eye_shadow_colour": "black"},
        "grey, gray, silver": {"eye_shadow_colour": "silver"},
        "blue, navy": {"eye_shadow_colour": "blue"},
        "turquoise, teal, aqua": {"eye_shadow_colour": "turquoise"},
        "green, emerald": {"eye_shadow_colour": "green"},
        "purple, violet, plum, lilac, mauve": {"eye_shadow_colour": "purple"},
        "brown, taupe": {"eye_shadow_colour": "brown"},
        "bronze, copper": {"eye_shadow_colour": "bronze", "eye_shadow_shimmer": 0.7},
        "gold, golden, yellow": {"eye_shadow_colour": "gold", "eye_shadow_shimmer": 0.6},
        "shimmery, glittery, metallic, sparkly, glitter": {"eye_shadow_shimmer": 0.95},
        "pink, rose": {"eye_shadow_colour": "pink"},
        "red, coral, peach, orange": {"eye_shadow_colour": "red"},
        "white": {"eye_shadow_colour": "white"},
        "up to the brow, full": {"eye_shadow_height": 1.0},
        "heavy, strong, thick, bright, bold": {"eye_shadow": 1.0},
        "light, faint, subtle, soft, pale": {"eye_shadow": 0.35},
    },
    absence={"eye_shadow": 0.0},
)

EYELINER: Final = Feature(
    name="eyeliner",
    nouns={
        "eyeliner, eye liner, kohl, guyliner, kajal": {"eyeliner": 0.8},
        "winged eyeliner, cat eye makeup, winged liner, cat eyeliner": {"eyeliner": 0.85, "eyeliner_wing": 0.95},
    },
    adjectives={
        "heavy, thick, strong, black, dark, bold, smudged, dramatic": {"eyeliner": 1.0},
        "winged": {"eyeliner": 1.0, "eyeliner_wing": 0.95},
        "light, thin, brown, faint, subtle, fine": {"eyeliner": 0.4},
    },
    absence={"eyeliner": 0.0},
)

MASCARA: Final = Feature(
    name="mascara",
    nouns={
        "mascara": {"mascara": 0.8},
        "false lashes, false eyelashes, fake lashes": {"mascara": 0.7, "lash_length": 1.0},
    },
    adjectives={"heavy, thick, black, dark": {"mascara": 1.0}, "light, brown, subtle": {"mascara": 0.4}},
    absence={"mascara": 0.0},
)

FOUNDATION: Final = Feature(
    name="foundation",
    nouns={
        "foundation, concealer, face powder, powder": {"foundation": 0.7},
        "white face powder, white powder": {"foundation": 0.95, "foundation_shade": 1.0},
    },
    adjectives={
        "heavy, thick, full, cakey": {"foundation": 0.98},
        "light, sheer, thin": {"foundation": 0.4},
        "pale": {"foundation_shade": 0.7},
        "dark, too dark, orange": {"foundation_shade": -0.7},
    },
    absence={"foundation": 0.0},
    located=True,
)

CONTOUR: Final = Feature(
    name="contour",
    nouns={"contour, contouring, contour makeup, bronzer": {"contour": 0.7}, "highlighter": {"contour": 0.45}},
    adjectives={"heavy, strong, sharp, thick": {"contour": 1.0}, "light, soft, subtle": {"contour": 0.4}},
    absence={"contour": 0.0},
    located=True,
)

BLUSH: Final = Feature(
    name="blush",
    nouns={"blush, blusher, rouge": {"blush": 0.7}},
    adjectives={
        "heavy, strong, bright, thick": {"blush": 0.95},
        "light, faint, subtle, soft, pink, peach, red, natural": {"blush": 0.4},
    },
    absence={"blush": 0.0},
    located=True,
)

FEATURES: Final = (MAKEUP, LIPSTICK, EYE_SHADOW, EYELINER, MASCARA, FOUNDATION, CONTOUR, BLUSH)
