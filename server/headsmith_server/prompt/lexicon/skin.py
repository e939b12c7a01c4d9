"""Skin tone and what is on the skin: freckles, moles, scars, wrinkles, circles, redness."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.lexicon.feature import Feature

SKIN: Final = Feature(
    name="skin",
    nouns={
        "skin, complexion, skin tone, skintone, skin colour, skin color, complexioned, hide, flesh, "
        "skin texture, pores": {}
    },
    compounds="skinned, complexioned, toned, hued",
    adjectives={
        "porcelain, alabaster, milky, milk white, snow white, snowy, marble, ghostly, chalky, chalk white, "
        "lily white, translucent, "
        "paper white, bone white, milk": {"melanin": 0.03, "haemoglobin": 0.4},
        "pale, pallid, pasty, wan, washed out, whitish, lightly coloured": {"melanin": 0.07, "haemoglobin": 0.35},
        "ashen, ashy, deathly pale, ghostly pale, bloodless, waxen, waxy, grey, gray, greyish, deathly": {
            "melanin": 0.1,
            "haemoglobin": 0.15,
        },
        "ivory, cream, creamy, fair, white, peaches and cream, light coloured, light colored, english rose": {
            "melanin": 0.12
        },
        "light": {"melanin": 0.18},
        "beige, sand, sandy, nude, buff, medium light": {"melanin": 0.24, "undertone": 0.3},
        "olive, mediterranean, olive toned": {"melanin": 0.36, "undertone": 0.5},
        "medium, mid tone, wheatish, wheat, medium toned, wheat coloured": {"melanin": 0.38},
        "golden, honey, honeyed, honey coloured, amber": {"melanin": 0.38, "undertone": 0.8},
        "tan, tanned, suntanned, sun tanned, sun kissed, sunkissed, lightly tanned": {
            "melanin_shift": 0.16,
            "undertone": 0.3,
        },
        "bronze, bronzed, deeply tanned, coppery, copper, tawny, russet": {"melanin": 0.5, "undertone": 0.5},
        "caramel, toffee, cinnamon, almond, cafe au lait, latte, light brown, butterscotch, nutmeg": {
            "melanin": 0.5,
            "undertone": 0.4,
        },
        "brown, mocha, hazelnut, coffee, chestnut, nut brown, medium brown, walnut, brownish, teak, cocoa": {
            "melanin": 0.6,
            "undertone": 0.2,
        },
        "dark, deep, dusky, swarthy, darkish, dark coloured": {"melanin": 0.72},
        "chocolate, dark brown, mahogany, espresso, deep brown, umber, rich brown, dark chocolate": {"melanin": 0.8},
        "black, ebony, jet, jet black, onyx, obsidian, midnight, blue black, coal black, inky, pitch black": {
            "melanin": 0.96
        },
        "yellow, yellowish, sallow, jaundiced": {"undertone": 1.0, "haemoglobin": 0.35},
        "pink, pinkish, rosy, rose, blotchy, peachy, strawberry": {
            "haemoglobin": 0.75,
            "undertone": -0.5,
            "redness": 0.3,
        },
        "ruddy, red, florid, flushed, reddish, high coloured, inflamed, rubicund, reddened": {
            "haemoglobin": 0.85,
            "redness": 0.6,
        },
        "sunburnt, sunburned, sun burnt, burnt, peeling": {"sunburn": 0.8},
        "cool, cool toned": {"undertone": -0.8},
        "warm, warm toned": {"undertone": 0.8},
        "even, neutral, natural, healthy, normal, average": {},
        "smooth, clear, flawless, perfect, unblemished, silky, soft, baby smooth, porcelain smooth, fresh, "
        "youthful, supple, clean, "
        "velvety, glowing, spotless, blemish free, dewy, satin, radiant": {
            "smoothness": 0.8,
            "moles": 0.0,
            "redness": 0.0,
        },
        "weathered, weather beaten, weatherbeaten, leathery, windburned, windburnt, sun damaged, sunbaked, "
        "sun baked, rough, coarse, "
        "rugged, hardened, worn, leather, battered, cracked, sun bleached, wind chapped, worn out, sun scorched, "
        "calloused, "
        "sun wrinkled, sea beaten, gnarled, grizzled": {"weathering": 0.85},
        "wrinkled, wrinkly, lined, creased, crinkled, furrowed, papery, crepey, loose, sagging, saggy, crinkly, "
        "parchment, "
        "shrivelled, shriveled, deeply lined, prune like": {"wrinkles": 0.85},
        "unwrinkled, unlined, wrinkle free, taut, tight, firm": {"wrinkles": 0.0, "smoothness": 0.4},
        "freckled, freckly, speckled": {"freckles": 0.7},
        "mottled, spotted, liver spotted, age spotted": {"age_spots": 0.8},
        "oily, greasy, shiny, sweaty, glistening, sweating, moist, glossy, perspiring": {"oiliness": 0.9},
        "dry, matte, matt, flaky, powdery, chapped, scaly, dehydrated": {"oiliness": 0.08},
        "thin": {"haemoglobin": 0.65},
        "thick": {"weathering": 0.3},
        "scarred": {"scar": ""},
        "pockmarked, pitted, pocked, acne scarred, bumpy, cratered, scabby": {"acne_scars": 0.8, "smoothness": -0.4},
        "spotty, pimply, pimpled, blemished": {"acne": 0.65},
        "dirty, grimy, muddy, grubby, dusty, unwashed": {"dirt": 0.6},
        "sooty, soot stained, soot blackened": {"soot": 0.65},
        "bruised": {"bruise": 0.7},
        "tattooed, inked": {"tattoo": ""},
        "green, blue, purple, orange, metallic, reptilian, silver, furry, violet, transparent, gold": {
            "not_built": "skin comes in human colours"
        },
        "pierced, painted, wet, burned, bleeding, bloody": {"not_built": "only bare skin is made"},
        "hairless": {"stubble": 0.0},
        "large, open, enlarged, big, visible": {"smoothness": -0.5, "oiliness": 0.6},
        "beautiful, lovely, good, nice": {"smoothness": 0.4},
    },
)

FRECKLES: Final = Feature(
    name="freckles",
    nouns={"freckles, freckle, ephelides, freckling": {"freckles": 0.65}},
    adjectives={
        "heavy, dense, thick, dark, prominent, strong, big, large, abundant, pronounced, rich, bold, copious, "
        "noticeable": {"freckles": 0.95},
        "light, pale, small, tiny, sparse, scattered, fine, delicate, thin, soft, little, occasional": {
            "freckles": 0.35
        },
        "cute, brown, reddish, red, ginger, natural, sun, orange, golden, summer": {},
    },
    absence={"freckles": 0.0},
    located=True,
)

MOLES: Final = Feature(
    name="moles",
    nouns={
        "mole, beauty spot, beauty mark, beautymark, beauty spots": {"moles": 0.3},
        "moles, beauty marks": {"moles": 0.6},
        "wart, warts": {"moles": 0.3, "not_built": "shown as a mole"},
    },
    adjectives={
        "dark, big, large, prominent, black, brown, hairy, noticeable": {"moles": 0.5},
        "small, tiny, little, light, faint, single": {"moles": 0.2},
        "scattered": {"moles": 0.5},
    },
    absence={"moles": 0.0},
    located=True,
)

SCARS: Final = Feature(
    name="scars",
    nouns={
        "scar, scars, gash, cut, scarring, sabre scar, saber scar, duelling scar, dueling scar, knife scar, slash": {
            "scar": ""
        },
        "burn scar, burn scars, burns": {"not_built": "burns are not painted"},
        "keloid, keloids, raised scar, raised scars, hypertrophic scar": {"scar": "raised"},
    },
    adjectives={
        "long, large, big, huge, deep, jagged, wide, thick, ugly, nasty, terrible, angry, prominent, vertical, "
        "diagonal, great, "
        "horrific, massive, enormous, livid, ragged, brutal, gruesome, bad": {"scar": "long"},
        "small, tiny, short, little, thin, fine, minor, narrow": {"scar": "short"},
        "old, healed, faded, faint, pale, white, light, silvery, slight": {"scar": "faint"},
        "fresh, red, pink, new, raw, recent": {"scar": "fresh"},
        "raised, hypertrophic, keloid, ropy, bulging, swollen": {"scar": "raised"},
        "sunken, atrophic, pitted": {"scar": ""},
        "visible": {"scar": ""},
    },
    absence={"scar": ""},
    located=True,
)

WRINKLES: Final = Feature(
    name="wrinkles",
    nouns={
        "wrinkles, wrinkle, creases, furrows, folds, wrinkling, worry lines, frown lines, age lines, crinkles": {
            "wrinkles": 0.75
        },
        "lines, facial lines": {"wrinkles": 0.6},
        "laugh lines, laughter lines, smile lines, laughlines, nasolabial folds, expression lines": {"wrinkles": 0.55},
    },
    adjectives={
        "deep, heavy, pronounced, strong, prominent, many, hard, harsh, thick, bold, cavernous, extensive": {
            "wrinkles": 1.0
        },
        "fine, light, shallow, soft, first, faint, small, thin, few, tiny, delicate, early, little": {"wrinkles": 0.4},
        "horizontal, vertical, forehead": {},
    },
    absence={"wrinkles": 0.0},
    located=True,
)

CIRCLES: Final = Feature(
    name="dark circles",
    nouns={
        "dark circles, eye bags, bags, bags under the eyes, bags under his eyes, bags under her eyes, "
        "undereye bags, under eye bags, "
        "shadows under the eyes, shadows under his eyes, shadows under her eyes, dark rings, "
        "rings under the eyes, dark shadows, "
        "tear troughs, circles, eyebags, rings, shadows, baggy eyes": {"dark_circles": 0.8}
    },
    adjectives={
        "heavy, deep, dark, big, large, puffy, bad, terrible, purple, pronounced, black, prominent": {
            "dark_circles": 1.0
        },
        "light, faint, small": {"dark_circles": 0.45},
    },
    absence={"dark_circles": 0.0},
    located=True,
)

SPOTS: Final = Feature(
    name="spots",
    nouns={
        "age spots, liver spots, sun spots, sunspots, age spot, liver spot, solar lentigines, pigmentation": {
            "age_spots": 0.75
        }
    },
    adjectives={"many, dark, large, brown": {"age_spots": 1.0}, "light, small, faint": {"age_spots": 0.4}},
    absence={"age_spots": 0.0},
    located=True,
)

REDNESS: Final = Feature(
    name="redness",
    nouns={
        "redness, blotches, a flush": {"redness": 0.75},
        "tan, suntan, sun tan": {"melanin_shift": 0.16, "undertone": 0.3},
        "eczema, rash": {"redness": 0.6, "not_built": "shown as redder skin"},
        "sweat, sheen, perspiration": {"oiliness": 0.9},
    },
    adjectives={"deep, dark, heavy, strong, bad, severe": {"redness": 0.9}, "light, healthy, golden": {}},
    absence={"redness": 0.0},
    located=True,
)

FEATURES: Final = (SKIN, FRECKLES, MOLES, SCARS, WRINKLES, CIRCLES, SPOTS, REDNESS)
