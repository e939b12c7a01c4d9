"""Eyes, lids, irises, lashes and brows, and ears for want of a better place among the senses."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.lexicon.feature import Feature

IRIS_COLOURS: Final = {
    "blue, bluish, azure, sapphire, sky blue, ice blue, icy blue, cornflower, cobalt, baby blue, navy, "
    "ocean blue, steel blue, "
    "turquoise, aqua, cyan, teal, cerulean, deep blue, bright blue, dark blue, pale blue, light blue, "
    "blue violet, blueish": {"iris": "blue"},
    "green, emerald, jade, sea green, greenish, olive, moss green, bright green, bottle green, blue green, "
    "green blue, "
    "dark green, light green, pale green, sage": {"iris": "green"},
    "grey, gray, steel, silver, steely, greyish, slate, smoky, stormy, steel grey, steel gray, blue grey, grey blue, "
    "blue gray, gray blue, silvery, slate grey, grayish, grey green, gray green, flinty, stone grey": {"iris": "grey"},
    "hazel, hazelnut, green brown, greenish brown, brown green, golden green, hazel green": {"iris": "hazel"},
    "amber, golden, gold, honey, honey coloured, tawny, topaz, whisky, whiskey, yellow, yellowish, caramel, copper": {
        "iris": "amber"
    },
    "brown, chestnut, chocolate, mahogany, coffee, cocoa, russet, nut brown, brownish, light brown, warm brown": {
        "iris": "brown"
    },
    "dark brown, black, jet black, onyx, ebony, deep brown, black brown, blackish, inky, coal black, almost black": {
        "iris": "dark brown"
    },
    "red, violet, purple, pink, orange, white, rainbow, glowing, lilac, lavender, silver white": {
        "not_built": "irises come in natural colours"
    },
    "odd coloured, mismatched, different coloured, differently coloured, different colored, heterochromatic, "
    "two coloured, "
    "odd, bicoloured, mismatching": {"iris_left": "blue", "iris_right": "brown"},
}

EYES: Final = Feature(
    name="eyes",
    nouns={
        "eyes, eye, gaze, eyeballs, eyeball, peepers": {},
        "irises, iris": {},
        "cataract, cataracts": {"cloudiness": 0.6},
        "central heterochromia": {"iris_central": "amber"},
        "sectoral heterochromia": {"iris_sector": "brown"},
        "limbal rings, limbal ring, dark limbal rings": {"limbal_ring": 0.95},
        "heterochromia, heterochromia iridum": {"iris_left": "blue", "iris_right": "brown"},
        "crow's feet, crows feet, laugh lines around the eyes": {"wrinkles": 0.65},
    },
    compounds="eyed, irised",
    region="brow",
    adjectives={
        **IRIS_COLOURS,
        "dark": {"iris_shade": "dark"},
        "light, pale, clear, bright": {"iris_shade": "light"},
        "@big": {"eye_size": 1.2},
        "@small": {"eye_size": -1.2},
        "@round": {"eye_size": 0.7, "eyelid_hooding": -0.5},
        "wide, wide open": {"eye_size": 0.9, "eyelid_hooding": -0.5},
        "@narrow": {"eye_size": -0.9, "eyelid_hooding": 0.5},
        "beady, piggy, pig like, squinty, pinhole, slitted, slit, slit like, mole like, button": {"eye_size": -1.3},
        "doe, doe like, doelike, saucer, saucer like, owlish, anime, bambi, deer like, expressive big": {
            "eye_size": 1.4
        },
        "bulging, protruding, bug, popping, froggy, bulbous, goggle, frog like, prominent, protuberant": {
            "eye_size": 1.2,
            "eyelid_hooding": -0.8,
            "brow_ridge": -0.5,
        },
        "deep set, deepset, deep, sunken, hollow, recessed, hollowed": {
            "brow_ridge": 0.9,
            "eye_size": -0.3,
            "eyelid_hooding": 0.3,
        },
        "wide set, wide spaced, far apart, widely spaced, widely set, wideset, well spaced, far set, set far apart, "
        "set wide apart, wide apart, set wide": {"eye_spacing": 1.3},
        "close set, close together, closely set, closeset, close spaced, narrow set, closely spaced, "
        "set close together, "
        "set close, near set": {"eye_spacing": -1.3},
        "almond, almond shaped, almondine": {"eye_tilt": 0.6, "eye_size": 0.1, "eyelid_hooding": 0.1},
        "slanted, slanting, slant, upturned, cat, cat like, catlike, feline, fox, foxy, upward, uptilted, tilted, "
        "oblique, "
        "angled, turned up, upslanted, up tilted, vulpine": {"eye_tilt": 1.2},
        "downturned, drooping, droopy, sad looking, puppy, puppy dog, hound dog, turned down, downward, "
        "basset hound, "
        "down turned": {"eye_tilt": -1.2},
        "hooded, heavy lidded, heavy, half lidded, sleepy, lidded, bedroom, half closed, thick lidded, lazy": {
            "eyelid_hooding": 1.2
        },
        "monolid, single lidded, mono lidded, asian shaped, epicanthic": {"eyelid_hooding": 1.2, "eye_tilt": 0.3},
        "open, awake, alert": {"eyelid_hooding": -0.7},
        "bloodshot, red rimmed, teary, watery, inflamed, irritated, swollen, puffy, crying, rheumy": {
            "eye_redness": 0.85
        },
        "tired, baggy, exhausted, weary, shadowed, dark rimmed, dark ringed": {
            "dark_circles": 0.75,
            "eye_redness": 0.35,
            "eyelid_hooding": 0.4,
        },
        "jaundiced, yellowed": {"eye_yellowness": 0.85},
        "cloudy, milky, blind, clouded, filmy, cataract": {"cloudiness": 0.85},
        "veiny, veined": {"eye_veins": 0.95},
        "flecked, speckled": {"iris_flecks": 0.8},
        "ringed": {"limbal_ring": 0.95},
        "glassy, glass, missing, wall": {"not_built": "glass eyes are not made"},
        "kind, piercing, intense, sparkling, twinkling, warm, cold, shining, cruel, sad, smiling, squinting, "
        "friendly, icy, "
        "gentle, dreamy, haunted, laughing, wise, wild, keen, closed, mischievous, soulful, penetrating, lively, "
        "cheerful, "
        "crossed, winking, soft, hard, vacant, mysterious, expressive, staring": {
            "not_built": "a look is not made, only shape and colour"
        },
        "kohl rimmed, kohled, smoky eyed, made up, painted, shadowed lids": {"eyeliner": 0.7, "eye_shadow": 0.6},
        "beautiful, pretty, lovely, striking, gorgeous": {"eye_size": 0.5},
    },
)

PUPILS: Final = Feature(
    name="pupils",
    nouns={"pupils, pupil": {}},
    adjectives={
        "dilated, wide, large, big, huge, enlarged, wide open, blown": {"pupil": 0.95},
        "small, tiny, pinpoint, constricted, narrow, pin prick, contracted": {"pupil": 0.04},
        "round, black, dark": {},
        "slit, cat, vertical": {"not_built": "pupils are round"},
    },
)

EYELIDS: Final = Feature(
    name="eyelids",
    nouns={
        "eyelids, eyelid, lids, lid": {},
        "monolids, monolid, epicanthic folds, epicanthic fold, epicanthal folds": {
            "eyelid_hooding": 1.1,
            "eye_tilt": 0.2,
        },
        "double eyelids, double eyelid": {"eyelid_hooding": -0.8},
    },
    compounds="lidded",
    adjectives={
        "heavy, hooded, drooping, droopy, thick, sagging, low, fat, puffy, swollen, sleepy, saggy": {
            "eyelid_hooding": 1.2
        },
        "thin, open, light, high, visible": {"eyelid_hooding": -0.8},
        "dark, smoky, shadowed, painted": {"eye_shadow": 0.5},
    },
    parents=("eyes",),
)

LASHES: Final = Feature(
    name="lashes",
    nouns={"lashes, eyelashes, eyelash, lash": {}},
    compounds="lashed",
    adjectives={
        "long, longish, thick, full, lush, fluttering, luxurious, curled, curly, heavy, dense, dark, false, fake, "
        "voluminous, "
        "black, beautiful, lengthy, feathery": {"lash_length": 0.95},
        "short, sparse, thin, stubby, fine, pale, light, blond, blonde, white": {"lash_length": 0.2},
    },
    absence={"lash_length": 0.0},
)

BROWS: Final = Feature(
    name="brows",
    nouns={
        "brows, eyebrows, eyebrow, eye brows": {},
        "unibrow, monobrow, mono brow": {
            "brow_density": 0.95,
            "brow_thickness": 0.8,
            "not_built": "brows do not meet; shown bushy",
        },
    },
    compounds="browed, eyebrowed",
    region="brow",
    adjectives={
        "@thick": {"brow_thickness": 0.8, "brow_density": 0.85},
        "@thin": {"brow_thickness": -0.8, "brow_density": 0.45},
        "@big": {"brow_thickness": 0.8, "brow_density": 0.85},
        "@small": {"brow_thickness": -0.6},
        "@strong": {"brow_density": 0.85, "brow_thickness": 0.5},
        "bushy, shaggy, beetling, wild, unruly, untrimmed, woolly, wiry, full, unkempt, hairy, overgrown, "
        "luxuriant, furry, "
        "beetle, scraggly, bristling, thick set": {"brow_density": 1.0, "brow_thickness": 0.9},
        "@wide": {"brow_thickness": 0.8},
        "@narrow": {"brow_thickness": -0.8},
        "plucked, pencilled, penciled, pencil thin, manicured, neat, tidy, well shaped, well groomed, groomed, "
        "tweezed, shaped": {
            "brow_thickness": -0.7,
            "brow_density": 0.6,
        },
        "sparse, light, faint, scanty, wispy, patchy, thinning, invisible, bald": {"brow_density": 0.25},
        "shaved, missing": {"brow_density": 0.0},
        "black, jet black": {"brow_colour": "black"},
        "dark, darker": {"brow_shade": "dark"},
        "brown": {"brow_colour": "brown"},
        "dark brown": {"brow_colour": "dark brown"},
        "light brown": {"brow_colour": "light brown"},
        "blond, blonde, fair, golden, sandy": {"brow_colour": "blond"},
        "pale": {"brow_shade": "light"},
        "red, ginger, auburn, reddish": {"brow_colour": "red"},
        "white, snow white, snowy": {"brow_colour": "white"},
        "grey, gray, silver, greying, graying": {"brow_colour": "grey"},
        "arched, high, curved, straight, slanted, angled, low, raised, furrowed, rounded, round, angry, knitted, "
        "sharp, flat, "
        "soft, expressive, long, short": {"not_built": "brows follow the brow's own arch"},
    },
    absence={"brow_density": 0.0},
)

EARS: Final = Feature(
    name="ears",
    nouns={"ears, ear": {}, "earlobes, earlobe, ear lobes, lobes, lobe": {}},
    compounds="eared",
    adjectives={
        "@big": {"ear_size": 1.3},
        "@small": {"ear_size": -1.3},
        "@long": {"ear_size": 1.0},
        "@short": {"ear_size": -0.8},
        "@wide": {"ear_size": 0.8},
        "@narrow": {"ear_size": -0.6},
        "protruding, sticking out, stick out, jug, bat, prominent, that stick out, flappy, protuberant, "
        "projecting, outstanding, "
        "standing out, jutting, sticky out, dumbo, elephant, floppy, bat like, jug handle, which stick out": {
            "ear_protrusion": 1.4,
            "ear_size": 0.3,
        },
        "flat, pinned, pinned back, close, close to the head, tucked, neat, tight, flattened": {"ear_protrusion": -1.2},
        "pointed, pointy, elf, elven, elfin, elvish": {"not_built": "pointed ears are not made"},
        "cauliflower, torn, pierced, cut, missing, notched, hairy, attached, detached, free hanging": {
            "not_built": "only the size and the angle of ears are made"
        },
        "red, pink": {"redness": 0.4},
    },
)

FEATURES: Final = (EYES, PUPILS, EYELIDS, LASHES, BROWS, EARS)
