"""What befalls a skin: acne, rosacea, burns of the sun, birthmarks, vitiligo, bruises, dirt and tattoos."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.lexicon.feature import Feature

ACNE: Final = Feature(
    name="acne",
    nouns={
        "acne, pimples, pimple, spots, zits, zit, blackheads, whiteheads, blemishes, breakouts, breakout, pustules": {
            "acne": 0.65
        }
    },
    adjectives={
        "severe, bad, heavy, terrible, cystic, strong, many, inflamed, awful, dreadful, angry, widespread": {
            "acne": 1.0
        },
        "light, teenage, faint, small, occasional, minor, scattered, tiny, single, early": {"acne": 0.35},
        "red, adolescent, juvenile": {},
    },
    absence={"acne": 0.0},
    located=True,
)

ACNE_SCARS: Final = Feature(
    name="acne scars",
    nouns={"acne scars, acne scarring, pockmarks, pock marks, acne pits, pitted scars, pits": {"acne_scars": 0.7}},
    adjectives={
        "deep, heavy, severe, many, bad, strong, prominent": {"acne_scars": 1.0},
        "light, faint, shallow, small, old, fine": {"acne_scars": 0.35},
    },
    absence={"acne_scars": 0.0},
    located=True,
)

ROSACEA: Final = Feature(
    name="rosacea",
    nouns={"rosacea, butterfly rash": {"rosacea": 0.7}},
    adjectives={
        "deep, dark, heavy, strong, bad, severe, red": {"rosacea": 1.0},
        "light, faint, early, slight": {"rosacea": 0.35},
    },
    absence={"rosacea": 0.0},
    located=True,
)

VEINS: Final = Feature(
    name="broken veins",
    nouns={
        "broken veins, spider veins, broken capillaries, thread veins, burst veins, red veins, telangiectasia": {
            "broken_veins": 0.7
        }
    },
    adjectives={
        "many, prominent, heavy, strong, bad": {"broken_veins": 1.0},
        "fine, faint, light, thin": {"broken_veins": 0.4},
    },
    absence={"broken_veins": 0.0},
    located=True,
)

SUNBURN: Final = Feature(
    name="sunburn",
    nouns={"sunburn, sun burn": {"sunburn": 0.75}},
    adjectives={
        "bad, severe, heavy, strong, painful, peeling, deep, angry": {"sunburn": 1.0},
        "light, faint, slight, healthy": {"sunburn": 0.4},
        "red": {},
    },
    absence={"sunburn": 0.0},
    located=True,
)

TAN_LINES: Final = Feature(
    name="tan lines",
    nouns={
        "tan lines, tan line, farmer's tan, farmers tan, tan marks": {"tan": 0.7},
        "goggle tan, ski tan, goggle marks, goggle tan lines": {"tan": 0.8, "tan_line": "goggles"},
        "sunglasses tan, glasses tan, sunglasses tan lines, raccoon eyes": {"tan": 0.7, "tan_line": "sunglasses"},
        "hat tan, cap tan, hat tan line, helmet tan": {"tan": 0.7, "tan_line": "hat"},
        "mask tan, mask tan lines": {"tan": 0.7, "tan_line": "mask"},
    },
    adjectives={
        "sharp, strong, pronounced, clear, visible, deep, stark": {"tan": 1.0},
        "faint, soft, light, slight": {"tan": 0.4},
    },
    absence={"tan": 0.0},
    located=True,
)

VITILIGO: Final = Feature(
    name="vitiligo",
    nouns={"vitiligo, white patches, depigmentation, leucoderma": {"vitiligo": 0.5}},
    adjectives={
        "extensive, widespread, severe, large, strong, universal": {"vitiligo": 0.9},
        "small, light, early, slight, beginning": {"vitiligo": 0.25},
        "patchy, symmetrical": {},
    },
    absence={"vitiligo": 0.0},
    located=True,
)

BIRTHMARK: Final = Feature(
    name="birthmark",
    nouns={
        "birthmark, birth mark, cafe au lait spot": {"birthmark": 0.5},
        "birthmarks": {"birthmark": 0.5, "moles": 0.4},
    },
    adjectives={
        "large, big, huge, dark, prominent, great": {"birthmark": 0.9},
        "small, tiny, light, faint, little": {"birthmark": 0.2},
        "brown": {},
    },
    absence={"birthmark": 0.0},
    located=True,
)

PORT_WINE: Final = Feature(
    name="port wine stain",
    nouns={
        "port wine stain, port wine birthmark, wine stain, red birthmark, purple birthmark, strawberry mark, "
        "wine red birthmark": {"port_wine": 0.6}
    },
    adjectives={
        "large, big, huge, dark, prominent": {"port_wine": 0.95},
        "small, tiny, light, faint": {"port_wine": 0.25},
    },
    absence={"port_wine": 0.0},
    located=True,
)

BRUISE: Final = Feature(
    name="bruise",
    nouns={"bruise, bruises, bruising, black eye, shiner": {"bruise": 0.75}},
    adjectives={
        "big, large, bad, heavy, deep, nasty, fresh, dark": {"bruise": 1.0},
        "small, light, faint, fading, old": {"bruise": 0.4},
        "purple, blue, violet, yellow, green": {},
    },
    absence={"bruise": 0.0},
    located=True,
)

DIRT: Final = Feature(
    name="dirt",
    nouns={
        "dirt, mud, grime, dirt smudges, smudges, dust": {"dirt": 0.6},
        "soot, coal dust, ash, charcoal smudges": {"soot": 0.65},
    },
    adjectives={"thick, heavy, caked": {"dirt": 0.9}, "light, faint, slight": {"dirt": 0.35}, "brown, black, dry": {}},
    absence={"dirt": 0.0, "soot": 0.0},
    located=True,
)

TATTOO: Final = Feature(
    name="tattoo",
    nouns={
        "tattoo, tattoos, face tattoo, face tattoos, facial tattoo, facial tattoos": {"tattoo": ""},
        "neck tattoo, neck tattoos": {"tattoo": "neck"},
        "teardrop tattoo, tear tattoo, teardrop": {"tattoo": "teardrop"},
        "tribal tattoo, tribal tattoos": {"tattoo": "bands"},
    },
    adjectives={
        "tribal, banded, striped": {"tattoo": "bands"},
        "geometric, triangular, angular, symbol": {"tattoo": "geometric"},
        "dotted": {"tattoo": "dots"},
        "line, linear, lined": {"tattoo": "lines"},
        "script, lettering, written, cursive, calligraphic, text, word": {"tattoo": "script"},
        "curved, flowing, swirling, abstract, curvy, wavy, ornamental, floral": {"tattoo": "curves"},
        "large, big, huge, full, bold, massive": {"tattoo": "large"},
        "small, tiny, little, discreet, subtle": {"tattoo": "small"},
        "faded, old, blue, bluish, blurred, pale, faint": {"tattoo": "faded"},
        "black, dark, fresh, new, beautiful, intricate, elaborate": {"tattoo": ""},
    },
    absence={"tattoo": ""},
    located=True,
)

FEATURES: Final = (
    ACNE, ACNE_SCARS, ROSACEA, VEINS, SUNBURN, TAN_LINES, VITILIGO, PORT_WINE, BIRTHMARK, BRUISE, DIRT, TATTOO,
)  # fmt: skip
