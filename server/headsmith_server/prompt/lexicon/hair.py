"""Hair and beard: colours are used everywhere, cropped hair and stubble are painted, "
"all longer hair is later work."""

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

HAIR_NOTE: Final = "only its colour is used, on brows, lashes, stubble and cropped hair"

HAIR: Final = Feature(
    name="hair",
    nouns={
        "hair, hairs, locks, tresses, mane, hairdo, haircut, hairstyle": {},
        "bald head, bald pate, baldness, bald scalp, shaved scalp, smooth scalp": {"cropped_hair": 0.0},
        "shaved head, shaven head, clean shaven head, shaven scalp": {"cropped_hair": 0.25},
        "crew cut, buzz cut, crewcut, buzzcut, cropped hair, close cropped hair, shorn hair, "
        "closely cropped hair, military haircut, "
        "very short hair, hair shadow, induction cut, number one cut, stubbly hair, shorn head, buzzed hair, "
        "short cropped hair, "
        "military cut, number two cut, fade, fade haircut, peach fuzz hair, close crop, closely shaved hair": {
            "cropped_hair": 0.85
        },
        "greying temples, graying temples, grey temples, gray temples, grey at the temples, gray at the temples, "
        "greying at the temples, graying at the temples, grey hairs, gray hairs, touch of grey, white temples": {
            "hair_grey": 0.35
        },
        "receding hairline, widow's peak, thinning hair, hairline, high hairline, bald spot, tonsure, "
        "comb over, combover, bald patch, "
        "receding hair": {"cropped_hair": 0.4, "not_built": "shown as a faint shadow of hair"},
        "bangs, fringe, ponytail, pony tail, pigtails, braid, braids, plait, plaits, dreadlocks, dreads, locs, "
        "cornrows, bun, "
        "topknot, top knot, bob, pixie cut, pixie, afro, mohawk, mohican, mullet, curls, ringlets, waves, "
        "quiff, undercut, "
        "pompadour, man bun, dreadlock, spikes, side parting, parting, highlights, wig, toupee, hairpiece, "
        "bowl cut, perm, beehive, "
        "chignon, updo, layers, shag, sidecut, bedhead, cowlick, extensions, bouffant, pageboy, afro puffs, "
        "space buns, bantu knots, "
        "long bob, lob, french braid, updos, topknots, forelock, jheri curl, streaks": {
            "not_built": "hair styles are not made"
        },
    },
    compounds="haired, tressed, maned, topped",
    adjectives={
        **{words: {"hair_colour": colour, "not_built": HAIR_NOTE} for colour, words in COLOURS.items()},
        "dark, darkish": {"hair_shade": "dark", "not_built": HAIR_NOTE},
        "light, pale": {"hair_shade": "light", "not_built": HAIR_NOTE},
        "cropped, buzzed, shorn, close cropped, closely cropped, crew cut, short cropped, clipped, closely shorn, "
        "military, trimmed, "
        "close cut, stubbly, buzz cut": {"cropped_hair": 0.85},
        "shaved, shaven": {"cropped_hair": 0.25},
        "receding, thinning, balding, sparse, thin, wispy, scanty": {
            "cropped_hair": 0.4,
            "not_built": "shown as a faint shadow of hair",
        },
        "short": {"cropped_hair": 0.9, "not_built": "shown as a shadow of cropped hair"},
        "long, longish, shoulder length, curly, wavy, straight, frizzy, kinky, thick, bushy, messy, tousled, "
        "unkempt, spiky, slicked back, "
        "braided, plaited, tied back, tied up, flowing, bobbed, tangled, matted, greasy, oily, combed, parted, "
        "feathered, bouncy, lank, limp, "
        "fine, full, voluminous, coarse, woolly, wooly, windswept, wild, dishevelled, disheveled, silky, shiny, "
        "glossy, sleek, chin length, "
        "waist length, layered, permed, dyed, coloured, colored, beautiful, medium, medium length, afro, nappy, "
        "ruffled, neat, big, "
        "slicked, swept back, swept, side parted, dreadlocked, cornrowed, lush, luxurious, curled, mid length, "
        "tidy, dirty, gelled, "
        "coiled, springy, tight, loose, soft, dry, unruly, scruffy, shaggy, choppy, wet, highlighted, streaked, "
        "short curly, backcombed, "
        "crimped, pinned up, pulled back, natural": {"not_built": "hair styles are not made"},
        "blue, green, pink, purple, violet, turquoise, rainbow, multicoloured, multicolored, teal, lilac, "
        "lavender, neon": {"not_built": "dyed hair is not made"},
    },
    absence={"cropped_hair": 0.0},
)

BEARD_COLOURS: Final[Mapping[str, Effects]] = {words: {"beard_colour": colour} for colour, words in COLOURS.items()}

STUBBLE: Final = Feature(
    name="stubble",
    nouns={
        "stubble, whisker stubble, facial stubble, bristles, bristle, beard shadow, beard stubble, "
        "unshaven cheeks, scruff": {"stubble": 0.6, "sex_hint": 4.0},
        "five o'clock shadow, five oclock shadow, 5 o'clock shadow, 5 oclock shadow, five o clock shadow, "
        "5 o clock shadow, shaving shadow, shadow of a beard, "
        "day old stubble, beginnings of a beard, hint of a beard": {"stubble": 0.4, "sex_hint": 4.0},
        "designer stubble, three day beard, 3 day beard, three day stubble, 3 day stubble, two day stubble, "
        "several days stubble, "
        "few days stubble, week old beard": {"stubble": 0.7, "sex_hint": 4.0},
    },
    adjectives={
        **BEARD_COLOURS,
        "dark, darkish": {"beard_shade": "dark"},
        "pale": {"beard_shade": "light"},
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

BEARD: Final = Feature(
    name="beard",
    nouns={
        "beard, beards, facial hair, full beard, chin beard, chinstrap, chin strap, van dyke, vandyke, bushy beard": {
            "stubble": 0.95,
            "sex_hint": 4.0,
            "not_built": "shown as dense stubble",
        },
        "goatee, soul patch, circle beard, chin tuft, moustache and goatee": {
            "stubble": 0.55,
            "sex_hint": 4.0,
            "not_built": "shown as stubble",
        },
        "moustache, mustache, moustaches, tash, handlebar moustache, handlebar mustache, handlebars, "
        "walrus moustache, walrus mustache, "
        "pencil moustache, pencil mustache, toothbrush moustache": {
            "stubble": 0.5,
            "sex_hint": 4.0,
            "not_built": "shown as stubble",
        },
        "sideburns, sideburn, mutton chops, muttonchops, whiskers, side whiskers": {
            "stubble": 0.6,
            "sex_hint": 4.0,
            "not_built": "shown as stubble",
        },
    },
    compounds="",
    adjectives={
        **BEARD_COLOURS,
        "dark": {"beard_shade": "dark"},
        "pale": {"beard_shade": "light"},
        "long, flowing, bushy, full, thick, heavy, big, large, huge, curly, braided, wild, unkempt, shaggy, wiry, "
        "grizzly, massive, dense, magnificent, "
        "great, straggly, tangled, forked, plaited, wizard, wizardly, viking, lumberjack, enormous, epic, "
        "impressive, luxuriant, wavy": {"stubble": 1.0},
        "short, light, thin, sparse, trimmed, small, neat, wispy, scraggly, patchy, close cropped, stubbly, "
        "groomed, tidy, cropped, scruffy, "
        "little, pointed, well trimmed, clipped, curled, waxed, handlebar, pencil, walrus, drooping, downy, fine, "
        "slight": {"stubble": 0.75},
        "false, fake": {},
    },
    absence={"stubble": 0.0},
    located=True,
)

FEATURES: Final = (HAIR, STUBBLE, BEARD)
