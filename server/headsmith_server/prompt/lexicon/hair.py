"""Hair of the head: colours, dyes, styles, lengths, texture, hairline; what cannot be grown is told by name.

hair_long: 0 (stubble), 0.3 short, 0.5 to the chin, 0.65 to the shoulders, 1 to the waist; hair_texture: 0 straight,
0.35 wavy, 0.65 curly, 1 coiled; the other numbers are those of HairParameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.lexicon.feature import Effects, Feature

COLOURS: Final[Mapping[str, str]] = {
    "black": "black, jet black, raven, ebony, jet, blue black, coal black, raven black, inky, midnight black, "
    "pitch black",
    "dark brown": "dark brown, espresso, deep brown, brown black, dark brunette, chocolate, chocolate brown, umber",
    "brown": "brown, brunette, medium brown, nut brown, walnut, mousy, mousey, mouse brown, brownish, hazel, coffee",
    "chestnut": "chestnut, mahogany, reddish brown, chestnut brown, auburn brown, russet, red brown",
    "light brown": "light brown, caramel, bronze, tawny, dark blond, dark blonde, dirty blond, dirty blonde, "
    "honey brown",
    "blond": "blond, blonde, golden, flaxen, honey blonde, fair, golden blonde, yellow, sandy, straw, "
    "straw coloured, honey, "
    "wheat, wheaten, corn, golden blond, sandy blonde, sandy blond, gold, sun bleached, ash blonde, ash blond, "
    "honey blond, "
    "blondish, light blonde, light blond, wavy blonde",
    "platinum": "platinum, platinum blonde, platinum blond, bleached, bleach blonde, white blonde, white blond, "
    "peroxide, "
    "peroxide blonde, bleached blonde",
    "strawberry blond": "strawberry blonde, strawberry blond, strawberry, peach, reddish blonde, reddish blond",
    "red": "red, reddish, flame, fiery, flaming, fiery red, flame red, flaming red, bright red, foxy red, redhaired",
    "ginger": "ginger, carroty, orange, copper, carrot, coppery, copper red, rust, rusty, titian",
    "auburn": "auburn, dark red, dark auburn, wine red, burgundy, deep red, russet red",
    "grey": "grey, gray, silver, silvery, steel grey, ash grey, steel gray, ashen, iron grey, iron gray, "
    "dark grey, dark gray, "
    "light grey, light gray, all grey, silver grey",
    "white": "white, snow white, snowy, snowy white, silver white, pure white, hoary",
    "salt and pepper": "salt and pepper, pepper and salt, grizzled, greying, graying, peppery, salt n pepper, "
    "peppered, "
    "going grey, going gray, streaked with grey, streaked with gray, greyish, grayish, grey streaked, gray streaked, "
    "flecked with grey, prematurely grey, partly grey, starting to grey",
}

DYES: Final[Mapping[str, str]] = {
    "blue": "blue, bluish, bright blue, electric blue, royal blue, cobalt, azure, sky blue, light blue, neon blue",
    "dark blue": "dark blue, navy, navy blue, midnight blue",
    "green": "green, greenish, bright green, emerald, neon green, lime, lime green, neon",
    "dark green": "dark green, forest green, bottle green",
    "pink": "pink, pinkish, hot pink, bright pink, magenta, fuchsia, neon pink, bubblegum pink, rose pink",
    "pastel pink": "pastel pink, baby pink, light pink, pale pink, rose gold",
    "purple": "purple, violet, dark purple, plum, grape, indigo, aubergine",
    "lilac": "lilac, lavender, mauve, light purple, pastel purple",
    "turquoise": "turquoise, teal, aqua, cyan, aquamarine, blue green",
    "scarlet": "scarlet, crimson, cherry red, blood red, ruby red, neon red, dyed red",
    "neon orange": "neon orange, bright orange, tangerine",
}

_ONE_COLOUR: Final = "hair is made in one colour"
_SHINE: Final = "the shine of hair is always the same"

STYLES: Final[Mapping[str, Effects]] = {
    "bald head, bald pate, baldness, bald scalp, smooth scalp, bald crown and sides, total baldness": {
        "hair_style": "bald"
    },
    "shaved head, shaven head, clean shaven head, shaven scalp, shaved scalp": {
        "hair_style": "bald",
        "cropped_hair": 0.25,
    },
    "buzz cut, buzzcut, buzzed hair, induction cut, number one cut, number two cut, hair shadow, stubbly hair, "
    "shorn hair, shorn head, peach fuzz hair, closely shaved hair, burr cut, butch cut": {"hair_style": "buzz_cut"},
    "crew cut, crewcut, military haircut, military cut, cropped hair, close cropped hair, closely cropped hair, "
    "short cropped hair, close crop, french crop, caesar cut, ivy league cut, high and tight, short back and sides": {
        "hair_style": "crew_cut"
    },
    "flat top, flattop": {"hair_style": "crew_cut", "hair_volume": 0.9, "not_built": "made as a crew cut"},
    "very short hair": {"hair_long": 0.18},
    "side part, side parting, parted hair, parting, hair parting, gentleman's cut": {"hair_parting": "side"},
    "left parting, left side parting, left part, left side part": {"hair_parting": "left"},
    "right parting, right side parting, right part, right side part": {"hair_parting": "right"},
    "middle parting, middle part, centre parting, center parting, centre part, center part, central parting, "
    "curtain hair": {"hair_parting": "middle"},
    "quiff, pompadour, pomp, coiffed quiff, ducktail, rockabilly quiff, brush up": {"hair_style": "quiff"},
    "spikes, liberty spikes": {"hair_style": "quiff", "hair_volume": 0.9, "not_built": "made as a quiff"},
    "fauxhawk, faux hawk": {"hair_style": "mohawk", "hair_long": 0.28},
    "mohawk, mohican, mohawks, mohican cut, iroquois": {"hair_style": "mohawk"},
    "pixie cut, pixie, pixie crop, elfin cut, boyish cut, boy cut": {"hair_style": "pixie"},
    "bob, bob cut, bobbed hair, blunt bob, french bob, chin length bob": {"hair_style": "bob"},
    "long bob, lob, long bob cut": {"hair_style": "bob", "hair_long": 0.62},
    "bowl cut, pageboy, pageboy cut, pudding bowl cut": {
        "hair_style": "bob",
        "hair_long": 0.4,
        "hair_fringe": 0.95,
        "hair_texture": 0.0,
        "not_built": "made as a bob with a fringe",
    },
    "curls, curl, loose curls, big curls": {"hair_texture": 0.68},
    "ringlets, ringlet, corkscrew curls, spiral curls, corkscrews, tight curls, jheri curl": {"hair_texture": 0.8},
    "perm, permed hair": {"hair_texture": 0.72, "hair_volume": 0.7},
    "waves, wave, beach waves, loose waves, soft waves, finger waves": {"hair_texture": 0.36},
    "afro, fro, afros, afro hair, afro hairstyle, natural afro": {"hair_style": "afro"},
    "afro puffs, afro puff": {"hair_style": "afro", "not_built": "made as one afro"},
    "coils, tight coils, kinks": {"hair_texture": 1.0},
    "dreadlocks, dreadlock, dreads, locs, rasta locks, rasta hair": {"hair_style": "locs"},
    "cornrows, cornrow, braids, plaits, box braids, box braid, microbraids, micro braids, canerows, braided hair, "
    "tight braids": {"hair_style": "braids"},
    "bantu knots": {"hair_style": "braids", "not_built": "made as braids"},
    "braid, plait, french braid, french braids, dutch braids, fishtail braid, fishtail plait, crown braid": {
        "hair_style": "braids",
        "not_built": "made as many thin braids",
    },
    "ponytail, pony tail, ponytails, high ponytail, low ponytail": {"hair_style": "ponytail"},
    "pigtails, pigtail, bunches, twin tails": {"hair_style": "ponytail", "not_built": "made as one ponytail"},
    "bun, topknot, top knot, topknots, man bun, chignon, updo, updos, hair bun, ballet bun, messy bun, low bun, "
    "high bun, french twist": {"hair_style": "bun"},
    "beehive, space buns, victory rolls, bouffant": {"hair_style": "bun", "not_built": "made as a bun"},
    "bangs, fringe, blunt fringe, blunt bangs, full fringe, curtain bangs, choppy fringe": {"hair_fringe": 0.85},
    "forelock, kiss curl": {"hair_fringe": 0.4},
    "undercut, side cut, sidecut, shaved sides, shaved at the sides, shaved side": {"hair_fade": 1.0},
    "short sides, short at the sides, shorter sides": {"hair_fade": 0.7},
    "fade, fade haircut, skin fade, high fade, low fade, taper fade, tapered sides, faded sides, taper": {
        "hair_fade": 0.85
    },
    "mullet": {"hair_long": 0.6, "hair_fringe": 0.3, "not_built": "made as one length to the shoulders"},
    "shag, shag cut": {"hair_long": 0.55, "hair_frizz": 0.5, "hair_fringe": 0.5},
    "layers, long layers": {"hair_frizz": 0.3},
    "bedhead, bed head, mop, mop top, shock": {"hair_frizz": 0.6, "hair_volume": 0.75},
    "greying temples, graying temples, grey temples, gray temples, grey at the temples, gray at the temples, "
    "greying at the temples, graying at the temples, grey hairs, gray hairs, touch of grey, white temples": {
        "hair_grey": 0.35
    },
    "hairline": {},
    "receding hairline, receded hairline, receding hair, deep temples": {"hair_recession": 0.6},
    "high hairline": {"hair_recession": 0.35},
    "widow's peak": {"hair_recession": 0.4, "not_built": "made as a hairline that goes back at the temples"},
    "thinning hair, hair loss": {"hair_density": 0.32, "hair_crown": 0.45, "hair_recession": 0.3},
    "bald spot, bald patch, bald crown, bald patches": {"hair_crown": 0.75},
    "tonsure": {"hair_crown": 1.0},
    "comb over, combover": {
        "hair_style": "side_part",
        "hair_parting": "side",
        "hair_crown": 0.55,
        "hair_density": 0.3,
    },
    "highlights, lowlights, streaks, streak, balayage, ombre, dip dye, frosted tips": {"not_built": _ONE_COLOUR},
    "wig, toupee, hairpiece, extensions, hair extensions, weave": {"not_built": "made as hair of their own"},
    "cowlick": {"not_built": "single tufts are not made"},
}

HAIR: Final = Feature(
    name="hair",
    nouns={"hair, hairs, locks, tresses, mane, hairdo, haircut, hairstyle, hair style, head of hair": {}, **STYLES},
    compounds="haired, tressed, maned, topped",
    adjectives={
        **{words: {"hair_colour": colour} for colour, words in COLOURS.items()},
        **{words: {"hair_dye": dye} for dye, words in DYES.items()},
        "dark, darkish": {"hair_shade": "dark"},
        "light, pale": {"hair_shade": "light"},
        "dyed, coloured, colored, tinted, bright, brightly coloured, brightly colored, colourful, colorful, punk": {
            "hair_dyed": 1.0
        },
        "rainbow, multicoloured, multicolored, two tone, two toned, highlighted, streaked": {"not_built": _ONE_COLOUR},
        "cropped, crew cut, close cropped, closely cropped, short cropped, clipped, military, close cut": {
            "hair_style": "crew_cut"
        },
        "buzzed, buzz cut, shorn, closely shorn, stubbly, razored": {"hair_style": "buzz_cut"},
        "shaved, shaven": {"hair_style": "bald", "cropped_hair": 0.25},
        "receding": {"hair_recession": 0.6},
        "thinning, balding": {"hair_density": 0.32, "hair_crown": 0.45, "hair_recession": 0.4},
        "sparse, thin, wispy, scanty, fine, limp, lank, flat": {"hair_density": 0.35, "hair_volume": 0.3},
        "short, trimmed": {"hair_long": 0.3},
        "shortish, ear length": {"hair_long": 0.4},
        "chin length, jaw length, medium short, bobbed": {"hair_long": 0.5},
        "shoulder length, mid length, medium, medium length, half long, collar length": {"hair_long": 0.63},
        "longish": {"hair_long": 0.68},
        "long, flowing": {"hair_long": 0.82},
        "waist length, floor length, hip length": {"hair_long": 1.0},
        "straight, poker straight, pin straight, straightened, ironed": {"hair_texture": 0.0},
        "sleek, silky, smooth": {"hair_texture": 0.0, "hair_frizz": 0.0, "hair_volume": 0.35},
        "wavy, crimped, waved, beachy": {"hair_texture": 0.36},
        "curly, curled, permed, bouncy, springy, ringleted": {"hair_texture": 0.68},
        "short curly": {"hair_texture": 0.68, "hair_long": 0.3},
        "loose": {"hair_texture": 0.5},
        "tight, tightly curled": {"hair_texture": 0.9},
        "kinky, coiled, coily, nappy, woolly, wooly, afro textured, tightly coiled, afro": {"hair_texture": 1.0},
        "frizzy, dry, fuzzy": {"hair_frizz": 0.85, "hair_volume": 0.65},
        "messy, tousled, unkempt, wild, dishevelled, disheveled, unruly, scruffy, ruffled, windswept, tangled, "
        "matted, shaggy, choppy, wayward": {"hair_frizz": 0.65, "hair_volume": 0.65},
        "neat, tidy, combed, well combed, brushed, sharp": {"hair_frizz": 0.03},
        "thick, full, dense, lush, luxurious, coarse, strong": {"hair_density": 0.95, "hair_volume": 0.6},
        "voluminous, big, bushy, backcombed, huge, teased": {"hair_volume": 0.95, "hair_density": 0.9},
        "spiky, spiked": {"hair_style": "quiff", "hair_frizz": 0.4, "not_built": "made as a quiff"},
        "slicked back, slicked, swept back, swept, combed back, gelled, brushed back": {
            "hair_style": "quiff",
            "hair_volume": 0.1,
            "hair_frizz": 0.0,
        },
        "tied back, pulled back, tied": {"hair_style": "ponytail"},
        "tied up, pinned up, put up": {"hair_style": "bun"},
        "braided, plaited, cornrowed": {"hair_style": "braids"},
        "dreadlocked, dreaded, locked": {"hair_style": "locs"},
        "parted, side parted, parted on the side": {"hair_parting": "side"},
        "parted on the left, parted to the left, left parted": {"hair_parting": "left"},
        "parted on the right, parted to the right, right parted": {"hair_parting": "right"},
        "parted in the middle, middle parted, centre parted, center parted, parted down the middle, "
        "parted in the centre, parted in the center": {"hair_parting": "middle"},
        "fringed": {"hair_fringe": 0.85},
        "faded, undercut, tapered": {"hair_fade": 0.9},
        "layered, feathered": {"hair_frizz": 0.3},
        "natural, beautiful, soft, lovely, healthy, simple, plain, worn, styled, cut, gathered, worn down, "
        "worn loose": {},
        "greasy, oily, wet, shiny, glossy, dirty": {"not_built": _SHINE},
    },
    absence={"hair_style": "bald"},
    absence_of={
        "hair_parting": "",
        "hair_texture": 0.0,
        "hair_fringe": 0.0,
        "hair_recession": 0.0,
        "hair_crown": 0.0,
        "hair_fade": 0.0,
        "hair_grey": 0.0,
    },
)

FEATURES: Final = (HAIR,)
