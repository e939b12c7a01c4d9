"""The face as a whole and its bones: head, face, forehead, brow ridge, cheekbones, cheeks, jaw, chin, neck."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.lexicon.feature import Feature

HEAD: Final = Feature(
    name="head",
    nouns={"head, heads, skull, cranium, noggin": {}},
    compounds="headed, skulled",
    adjectives={
        "@big": {"face_width": 0.5, "face_length": 0.5},
        "@small": {"face_width": -0.5, "face_length": -0.5},
        "@wide": {"face_width": 1.0},
        "@narrow": {"face_width": -1.0},
        "@long": {"face_length": 1.0},
        "@short": {"face_length": -1.0},
        "@round": {"face_width": 0.7, "face_length": -0.5},
        "square, blocky, boxy, cubic": {"jaw_width": 0.9, "face_width": 0.5},
        "egg, egg shaped, domed, dome shaped, bulbous": {"forehead_height": 0.9},
        "bald, shiny, hairless, gleaming, smooth": {"hair_style": "bald"},
        "shaved, shaven, clean shaven, razored": {"hair_style": "bald", "cropped_hair": 0.25},
        "cropped, close cropped": {"hair_style": "crew_cut"},
        "buzzed, stubbly": {"hair_style": "buzz_cut"},
        "balding": {"hair_recession": 0.65, "hair_crown": 0.5},
    },
    parents=("face",),
)

FACE: Final = Feature(
    name="face",
    nouns={
        "face, faces, visage, countenance, facial structure, face shape, features, facial features, physiognomy, "
        "facial bones, bone structure, facial shape, facial": {},
        "baby face": {"cheek_fullness": 0.9, "smoothness": 0.6, "eye_size": 0.4},
    },
    compounds="faced, featured, visaged, cheeked face",
    region="cheek",
    adjectives={
        "@big": {"face_width": 0.6, "face_length": 0.6},
        "@small": {"face_width": -0.6, "face_length": -0.6},
        "@wide": {"face_width": 1.1},
        "@narrow": {"face_width": -1.1},
        "@thin": {"face_width": -0.7, "heaviness": -0.6},
        "@long": {"face_length": 1.2},
        "@short": {"face_length": -1.2},
        "@round": {"face_width": 0.7, "face_length": -0.5, "cheek_fullness": 0.45, "jaw_width": -0.2},
        "moonlike, moon, moon like, pie": {"face_width": 1.0, "cheek_fullness": 1.1, "face_length": -0.5},
        "oval, egg shaped, ovoid, elliptical": {"face_length": 0.3, "jaw_width": -0.4},
        "square, squarish, squared, boxy, blocky, square shaped": {
            "jaw_width": 1.1,
            "face_width": 0.5,
            "face_length": -0.2,
        },
        "rectangular, oblong, rectangle": {"face_length": 1.0, "jaw_width": 0.6},
        "heart, heart shaped, heartshaped": {"jaw_width": -0.8, "cheekbones": 0.6, "chin": 0.3},
        "triangular, inverted triangle, v shaped, wedge shaped, foxy, fox like": {
            "jaw_width": -1.0,
            "forehead_height": 0.4,
            "cheekbones": 0.4,
        },
        "diamond, diamond shaped": {"cheekbones": 1.1, "jaw_width": -0.6},
        "pear, pear shaped": {"jaw_width": 1.0, "cheek_fullness": 0.7, "heaviness": 0.4},
        "@sharp": {"cheekbones": 0.8, "jaw_width": 0.4, "chin": 0.4, "cheek_fullness": -0.6},
        "@chubby": {"cheek_fullness": 0.9, "heaviness": 0.7},
        "@gaunt": {"cheek_fullness": -0.8, "heaviness": -0.7, "cheekbones": 0.4},
        "soft, gentle, delicate, fine, dainty, fine boned": {
            "masculinity": -0.5,
            "jaw_width": -0.5,
            "brow_ridge": -0.4,
        },
        "hard, harsh, severe, stern, craggy, rugged, rough hewn, strong, stony, chiselled granite, coarse": {
            "brow_ridge": 0.6,
            "jaw_width": 0.6,
            "cheek_fullness": -0.3,
        },
        "flat, flattish": {"nose_bridge": -0.6, "brow_ridge": -0.5},
        "horsey, horsy, horse like, equine": {"face_length": 1.6},
        "symmetrical, symmetric, even, balanced, regular, well proportioned, proportioned": {},
        "asymmetrical, asymmetric, crooked, lopsided, uneven": {"not_built": "faces are made symmetric"},
        "expressive, kind, friendly, open, honest, gentle looking, memorable, intelligent, interesting, unusual": {
            "not_built": "character is not made, only shape"
        },
        "clean shaven, shaven, hairless, smooth shaven": {"stubble": 0.0},
        "unshaven, stubbly": {"stubble": 0.6, "sex_hint": 3.0},
        "made up, painted": {"lipstick": 0.6, "eye_shadow": 0.5, "blush": 0.4, "eyeliner": 0.5},
        "dirty, grimy, muddy": {"dirt": 0.6},
        "sooty": {"soot": 0.65},
    },
    parents=("skin", "person"),
)

FOREHEAD: Final = Feature(
    name="forehead",
    nouns={"forehead, foreheads, temples": {}},
    compounds="foreheaded",
    region="forehead",
    adjectives={
        "@big": {"forehead_height": 1.0},
        "@small": {"forehead_height": -1.0},
        "@high": {"forehead_height": 1.1},
        "@low": {"forehead_height": -1.1},
        "@long": {"forehead_height": 1.0},
        "@short": {"forehead_height": -1.0},
        "@wide": {"forehead_height": 0.4, "face_width": 0.6},
        "@narrow": {"face_width": -0.6},
        "domed, bulging, bulbous, rounded, round, protruding, prominent": {"forehead_height": 0.9, "brow_ridge": -0.5},
        "sloping, slanted, slanting, sloped, flat, receding": {"brow_ridge": 0.6, "forehead_height": -0.6},
        "smooth, unlined": {"wrinkles": 0.0},
        "lined, furrowed, wrinkled, creased": {"wrinkles": 0.7},
    },
    parents=("skin",),
)

BROW_RIDGE: Final = Feature(
    name="brow ridge",
    nouns={"brow, brow ridge, brow ridges, brow bone, browbone, brow bones, supraorbital ridge, brow line, ridge": {}},
    region="brow",
    adjectives={
        "@big": {"brow_ridge": 1.0},
        "@small": {"brow_ridge": -0.8},
        "@strong": {"brow_ridge": 1.1},
        "@weak": {"brow_ridge": -0.9},
        "@low": {"brow_ridge": 0.7},
        "@high": {"forehead_height": 0.8},
        "heavy, beetling, overhanging, jutting, hooded, brooding, thick": {"brow_ridge": 1.2},
        "smooth, flat": {"brow_ridge": -0.9},
        "furrowed, knitted, creased, wrinkled, lined": {"wrinkles": 0.6},
    },
    parents=("brows", "forehead"),
)

CHEEKBONES: Final = Feature(
    name="cheekbones",
    nouns={"cheekbones, cheekbone, cheek bones, cheek bone, zygomatics": {}},
    compounds="cheekboned",
    region="cheek",
    adjectives={
        "@high": {"cheekbones": 1.1},
        "@low": {"cheekbones": -0.9},
        "@strong": {"cheekbones": 1.1},
        "@big": {"cheekbones": 1.0},
        "@small": {"cheekbones": -0.9},
        "@weak": {"cheekbones": -1.0},
        "@wide": {"cheekbones": 0.9, "face_width": 0.4},
        "@narrow": {"cheekbones": -0.6, "face_width": -0.4},
        "@sharp": {"cheekbones": 1.2, "cheek_fullness": -0.5},
        "flat": {"cheekbones": -1.1},
        "beautiful, fine, elegant, good": {"cheekbones": 0.8},
    },
    parents=("cheeks",),
)

CHEEKS: Final = Feature(
    name="cheeks",
    nouns={
        "cheeks, cheek": {},
        "jowls, jowl": {"cheek_fullness": 0.9, "heaviness": 0.6},
        "apple cheeks": {"cheek_fullness": 0.9, "redness": 0.35},
    },
    compounds="cheeked, jowled",
    region="cheek",
    adjectives={
        "@full": {"cheek_fullness": 1.1},
        "@chubby": {"cheek_fullness": 1.2},
        "@round": {"cheek_fullness": 1.0},
        "@big": {"cheek_fullness": 1.0},
        "@small": {"cheek_fullness": -0.6},
        "@gaunt": {"cheek_fullness": -1.2},
        "@thin": {"cheek_fullness": -1.0},
        "@high": {"cheekbones": 0.9},
        "flat": {"cheek_fullness": -0.8},
        "sagging, drooping, saggy, droopy, loose": {"cheek_fullness": 0.5, "heaviness": 0.4, "age_word": 64.0},
        "rosy, red, pink, ruddy, flushed, glowing, blushing, rouged, reddened, apple, pinkish, cherry, crimson, "
        "burning": {"redness": 0.6, "haemoglobin": 0.65},
        "dimpled": {"not_built": "dimples are not made"},
        "smooth": {"smoothness": 0.6},
    },
    parents=("skin",),
)

JAW: Final = Feature(
    name="jaw",
    nouns={
        "jaw, jaws, jawline, jaw line, jawlines, mandible, jawbone, jaw bone": {},
        "lantern jaw": {"jaw_width": 1.0, "chin": 0.9},
    },
    compounds="jawed, jawlined",
    region="chin",
    adjectives={
        "@big": {"jaw_width": 1.1},
        "@small": {"jaw_width": -1.0},
        "@wide": {"jaw_width": 1.2},
        "@narrow": {"jaw_width": -1.2},
        "@thin": {"jaw_width": -1.0},
        "@thick": {"jaw_width": 1.0},
        "@strong": {"jaw_width": 0.9, "chin": 0.5},
        "@weak": {"jaw_width": -0.7, "chin": -0.8},
        "@sharp": {"jaw_width": 0.6, "chin": 0.4, "cheek_fullness": -0.5},
        "square, squared, squarish, boxy, blocky, chiselled square": {"jaw_width": 1.2, "chin": 0.3},
        "@round": {"jaw_width": -0.2, "cheek_fullness": 0.6, "chin": -0.3},
        "@long": {"face_length": 0.6, "chin": 0.6},
        "@short": {"face_length": -0.6, "chin": -0.4},
        "pointed, pointy, tapered, tapering, v shaped": {"jaw_width": -1.1, "chin": 0.5},
        "lantern, iron, granite": {"jaw_width": 1.0, "chin": 0.9},
        "set, clenched": {"not_built": "expressions belong to the rig"},
        "overbite, overshot": {"chin": -0.7},
        "underbite": {"chin": 0.9},
        "slack, sagging": {"cheek_fullness": 0.4, "heaviness": 0.4},
    },
    parents=("skin",),
)

CHIN: Final = Feature(
    name="chin",
    nouns={
        "chin, chins": {},
        "double chin, double chins, second chin, triple chin": {"heaviness": 0.7, "cheek_fullness": 0.15},
        "underbite": {"chin": 1.0},
        "overbite": {"chin": -0.8},
    },
    compounds="chinned",
    region="chin",
    adjectives={
        "@big": {"chin": 1.1},
        "@small": {"chin": -1.0},
        "@strong": {"chin": 1.2},
        "@weak": {"chin": -1.2},
        "@long": {"chin": 0.9, "face_length": 0.5},
        "@short": {"chin": -0.8, "face_length": -0.3},
        "@wide": {"jaw_width": 0.8, "chin": 0.3},
        "@narrow": {"jaw_width": -0.8},
        "@sharp": {"chin": 0.8, "jaw_width": -0.3},
        "@round": {"chin": -0.4, "cheek_fullness": 0.3},
        "pointed, pointy, tapered, v shaped, spiky": {"chin": 0.9, "jaw_width": -0.8},
        "square, squared, squarish, blunt": {"jaw_width": 0.8, "chin": 0.5},
        "double": {"heaviness": 0.7, "cheek_fullness": 0.15},
        "cleft, dimpled, butt, split": {"not_built": "a cleft is not made"},
        "hairless": {"stubble": 0.0},
        "stubbly, bristly, unshaven": {"stubble": 0.6, "sex_hint": 3.0},
    },
    absence={"chin": -1.2},
    parents=("skin",),
)

NECK: Final = Feature(
    name="neck",
    nouns={"neck, necks, throat, nape": {}},
    compounds="necked",
    region="neck",
    adjectives={
        "@wide": {"neck_width": 1.1},
        "@thick": {"neck_width": 1.2},
        "@big": {"neck_width": 1.1},
        "@narrow": {"neck_width": -1.1},
        "@thin": {"neck_width": -1.2},
        "@small": {"neck_width": -0.9},
        "strong, muscular, powerful, sturdy, bull, bull like, corded": {"neck_width": 1.3},
        "fat, flabby, meaty, fleshy": {"neck_width": 1.0, "heaviness": 0.7},
        "scrawny, bony, stringy, skinny, chicken, elegant, graceful, swan like, swanlike": {"neck_width": -1.1},
        "@long": {"neck_width": -0.6, "not_built": "shown as a slender neck"},
        "@short": {"neck_width": 0.7, "not_built": "shown as a broad neck"},
    },
    parents=("skin",),
)

FEATURES: Final = (HEAD, FACE, FOREHEAD, BROW_RIDGE, CHEEKBONES, CHEEKS, JAW, CHIN, NECK)
