"""Nose and its parts, mouth, lips and teeth."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.lexicon.feature import Feature

NOSE: Final = Feature(
    name="nose",
    nouns={
        "nose, noses, snout, schnoz, schnozz, proboscis, conk, beak": {},
        "button nose": {"nose_length": -1.0, "nose_width": -0.5, "nose_tip": 0.6},
        "snub nose, pug nose, ski jump nose, turned up nose": {
            "nose_tip": 1.0,
            "nose_length": -0.5,
            "nose_bridge": -0.3,
        },
        "hawk nose, eagle nose, beak nose, hook nose": {"nose_bridge": 1.4, "nose_tip": -0.5},
    },
    compounds="nosed",
    region="nose",
    adjectives={
        "@big": {"nose_length": 0.8, "nose_width": 0.8},
        "@small": {"nose_length": -0.8, "nose_width": -0.7},
        "@wide": {"nose_width": 1.1},
        "@narrow": {"nose_width": -1.1},
        "@thin": {"nose_width": -1.1},
        "@thick": {"nose_width": 0.9},
        "@long": {"nose_length": 1.2},
        "@short": {"nose_length": -1.1},
        "@full": {"nose_width": 0.9},
        "@strong": {"nose_length": 0.7, "nose_bridge": 0.6},
        "@high": {"nose_bridge": 0.8},
        "@low": {"nose_bridge": -0.8},
        "@weak": {"nose_length": -0.5, "nose_bridge": -0.5},
        "flared, flaring, wide set": {"nose_width": 1.0},
        "flat, flattened, flattish, squashed, squished, pressed, smashed, spread": {
            "nose_bridge": -1.2,
            "nose_width": 0.5,
        },
        "hooked, aquiline, hawkish, beaky, roman, convex, curved, arched, bumpy, humped, hawk like, hawklike, eagle, "
        "hook, beak, beak like, beaklike, bent, crooked looking, hump backed, eagle like, parrot, bowed, bony, "
        "adlerian, ridged, knobbly": {"nose_bridge": 1.2, "nose_tip": -0.35},
        "grecian, greek, straight, classical, patrician": {"nose_bridge": 0.25, "nose_tip": -0.1},
        "concave, scooped, sloping, sloped, ski jump, ski slope, saddle, dished": {
            "nose_bridge": -1.0,
            "nose_tip": 0.6,
        },
        "upturned, turned up, snub, retrousse, perky, tip tilted, pug, piggish, pig like, celestial, tilted, "
        "up turned": {"nose_tip": 1.1, "nose_length": -0.4},
        "drooping, droopy, downturned, turned down, pendulous, hanging, dropped, down turned": {
            "nose_tip": -1.2,
            "nose_length": 0.5,
        },
        "button, cute, dainty": {"nose_length": -0.9, "nose_width": -0.5, "nose_tip": 0.5},
        "bulbous, potato, round, rounded, bulb like, clown, potato like, blobby": {"nose_width": 1.0, "nose_tip": 0.3},
        "pointed, pointy, sharp, aristocratic, needle, chiselled, chiseled, sculpted, angular": {
            "nose_width": -0.8,
            "nose_length": 0.5,
        },
        "broken, boxer's, misshapen, crooked, battered, bashed, pugilist's, broken looking": {
            "nose_bridge": 0.6,
            "nose_width": 0.5,
            "not_built": "the bend to one side is not made",
        },
        "nubian, african": {"nose_width": 1.2, "nose_bridge": -0.7},
        "refined, elegant, delicate, neat": {"nose_width": -0.7, "nose_length": -0.2},
        "red, reddened, ruddy, runny": {"redness": 0.6},
        "pierced": {"not_built": "piercings are not made"},
    },
    parents=("skin",),
)

NOSTRILS: Final = Feature(
    name="nostrils",
    nouns={"nostrils, nostril, nose wings, alae": {}},
    compounds="nostrilled, nostriled",
    adjectives={
        "@wide": {"nose_width": 1.0},
        "@big": {"nose_width": 0.9},
        "@small": {"nose_width": -0.8},
        "@narrow": {"nose_width": -1.0},
        "flared, flaring, open, round": {"nose_width": 1.0},
        "@thin": {"nose_width": -0.9},
    },
    parents=("nose",),
)

NOSE_BRIDGE: Final = Feature(
    name="nose bridge",
    nouns={
        "bridge, nose bridge, nasal bridge, bridge of the nose, bridge of his nose, bridge of her nose, "
        "bridge of nose, "
        "hump, bump on the nose": {}
    },
    region="nose",
    adjectives={
        "@high": {"nose_bridge": 1.0},
        "@low": {"nose_bridge": -1.1},
        "@strong": {"nose_bridge": 1.0},
        "@weak": {"nose_bridge": -0.9},
        "@wide": {"nose_width": 0.8, "nose_bridge": -0.2},
        "@narrow": {"nose_width": -0.8},
        "@thin": {"nose_width": -0.8},
        "flat, sunken, depressed": {"nose_bridge": -1.2},
        "bumpy, humped, arched, convex, curved": {"nose_bridge": 1.2},
        "straight": {"nose_bridge": 0.2},
        "concave, dipped, scooped": {"nose_bridge": -1.0},
    },
    parents=("nose",),
)

NOSE_TIP: Final = Feature(
    name="nose tip",
    nouns={"nose tip, tip of the nose, nasal tip, tip of his nose, tip of her nose, tip, nose end": {}},
    region="nose",
    adjectives={
        "upturned, turned up, raised, lifted, high": {"nose_tip": 1.2},
        "drooping, droopy, downturned, low, hanging, turned down": {"nose_tip": -1.2},
        "round, rounded, bulbous, fleshy, wide, broad": {"nose_width": 0.6, "nose_tip": 0.2},
        "pointed, pointy, sharp, narrow, fine": {"nose_width": -0.6, "nose_length": 0.3},
    },
    parents=("nose",),
)

MOUTH: Final = Feature(
    name="mouth",
    nouns={"mouth, mouths": {}},
    compounds="mouthed",
    region="lip",
    adjectives={
        "@big": {"mouth_width": 1.1, "lip_fullness": 0.3},
        "@small": {"mouth_width": -1.1, "lip_fullness": -0.2},
        "@wide": {"mouth_width": 1.2},
        "@narrow": {"mouth_width": -1.2},
        "@full": {"lip_fullness": 1.0},
        "@thin": {"lip_fullness": -1.0},
        "generous": {"mouth_width": 0.8, "lip_fullness": 0.5},
        "pinched, prim, tight, mean": {"mouth_width": -0.7, "lip_fullness": -0.7},
        "rosebud, bow shaped, cupid's bow, heart shaped": {"mouth_width": -0.9, "lip_fullness": 0.7},
        "toothless": {"not_built": "missing teeth are not made"},
        "open, smiling, grinning, closed, downturned, upturned, pouting, pursed, crooked, laughing": {
            "not_built": "expressions belong to the rig"
        },
    },
    parents=("lips",),
)

LIPS: Final = Feature(
    name="lips",
    nouns={
        "lips, lip, upper lip, lower lip, bottom lip, top lip, lips and mouth": {},
        "cupid's bow": {"lip_fullness": 0.4},
        "bee stung lips": {"lip_fullness": 1.4},
    },
    compounds="lipped",
    region="lip",
    adjectives={
        "@full": {"lip_fullness": 1.1},
        "@thin": {"lip_fullness": -1.2},
        "@thick": {"lip_fullness": 1.1},
        "@big": {"lip_fullness": 1.1, "mouth_width": 0.3},
        "@small": {"lip_fullness": -0.7, "mouth_width": -0.8},
        "@wide": {"mouth_width": 1.0},
        "@narrow": {"lip_fullness": -0.8, "mouth_width": -0.4},
        "pouty, pouting, bee stung, sensual, sensuous, kissable, blubber, rubbery, bulging": {"lip_fullness": 1.3},
        "pursed, tight, pinched, mean, straight, compressed": {"lip_fullness": -1.0},
        "bow shaped, heart shaped, rosebud, cupid's bow": {"lip_fullness": 0.7, "mouth_width": -0.6},
        "red, scarlet, crimson, ruby, cherry, cherry red, ruby red, blood red, bright red, deep red, fire engine red": {
            "lipstick": 0.75,
            "lipstick_colour": "red",
        },
        "pink, rosy, rose, rose coloured, hot pink, coral, bubblegum": {"lipstick": 0.45, "lipstick_colour": "pink"},
        "plum, purple, violet, burgundy, wine, wine red, maroon, dark red": {
            "lipstick": 0.7,
            "lipstick_colour": "plum",
        },
        "black": {"lipstick": 0.9, "lipstick_colour": "black"},
        "brown, nude, mauve, natural": {"lipstick": 0.3, "lipstick_colour": "nude"},
        "painted, made up, glossy, shiny, lipsticked, rouged": {"lipstick": 0.65, "lipstick_colour": "red"},
        "pale, bloodless, colourless, colorless": {"haemoglobin": 0.25},
        "chapped, cracked, dry, parched": {"not_built": "chapped lips are not painted"},
        "parted, smiling, curled": {"not_built": "expressions belong to the rig"},
    },
)

TEETH: Final = Feature(
    name="teeth",
    nouns={"teeth, tooth": {}},
    compounds="toothed",
    adjectives={
        "white, pearly, gleaming, perfect, bright, bleached, brilliant, pearly white, sparkling, dazzling, "
        "healthy, clean": {"whiteness": 0.95},
        "yellow, yellowed, stained, discoloured, discolored, tobacco stained, nicotine stained, dirty, rotten, "
        "rotting, brown, "
        "bad, decayed, yellowing": {"whiteness": 0.1},
        "crooked, missing, broken, gap, gapped, buck, buckteeth, chipped, snaggle, uneven, gold, golden, few, "
        "false, big, "
        "large, pointed, sharp, protruding, snaggled": {"not_built": "teeth all have the same shape"},
        "good, straight, even": {"whiteness": 0.75},
    },
    unbuilt="",
)

FEATURES: Final = (NOSE, NOSTRILS, NOSE_BRIDGE, NOSE_TIP, MOUTH, LIPS, TEETH)
