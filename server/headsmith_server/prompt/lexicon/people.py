"""Persons: sex, family, callings and builds. sex is certain, sex_hint is log odds (positive: male)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.lexicon import ages, ancestries
from headsmith_server.prompt.lexicon.feature import Effects, Feature

SEXES: Final[Mapping[str, Effects]] = {
    "man, men, male, males, gentleman, gentlemen, guy, guys, bloke, blokes, chap, fellow, fella, dude, gent, sir, "
    "mister, mr, menfolk": {"sex": 1.0, "adult": 1.0},
    "woman, women, female, females, lady, ladies, dame, gal, mrs, ms, madam, womenfolk, womanhood": {
        "sex": -1.0,
        "adult": 1.0,
    },
    "miss, maiden, damsel, young miss, bride": {"sex": -1.0, "adult": 1.0, "age_word": 24.0},
    "groom, bridegroom, bachelor": {"sex": 1.0, "adult": 1.0, "age_word": 30.0},
    "person, people, human, human being, individual, adult person, figure, soul, folk, somebody's face, "
    "citizen, local, villager, townsperson, stranger, subject, humans, persons, civilian, native": {},
}

FAMILY: Final[Mapping[str, Effects]] = {
    "father, dad, daddy, papa, husband, uncle, stepfather, widower, fathers": {
        "sex": 1.0,
        "age_word": 44.0,
        "adult": 1.0,
    },
    "mother, mum, mom, mummy, mommy, mama, wife, aunt, auntie, stepmother, housewife, mothers": {
        "sex": -1.0,
        "age_word": 42.0,
        "adult": 1.0,
    },
    "widow": {"sex": -1.0, "age_word": 64.0, "adult": 1.0},
    "parent, guardian, parents, spouse": {"age_word": 43.0, "adult": 1.0},
    "grandfather, granddad, grandad, grandpa, gramps, grandpapa": {"sex": 1.0, "age_word": 72.0},
    "great grandfather": {"sex": 1.0, "age_word": 86.0},
    "grandmother, grandma, granny, gran, nan, nana, babushka": {"sex": -1.0, "age_word": 72.0},
    "great grandmother": {"sex": -1.0, "age_word": 86.0},
    "grandparent, grandparents": {"age_word": 72.0},
    "brother, son, nephew, boyfriend, brothers": {"sex": 1.0},
    "sister, daughter, niece, girlfriend, sisters": {"sex": -1.0},
    "cousin, sibling, friend, neighbour, neighbor, twin": {},
}

CALLINGS: Final[Mapping[str, Effects]] = {
    "sailor, seaman, mariner, seafarer, sea captain, old salt, sea dog, boatswain, bosun, deckhand, whaler": {
        "sex_hint": 1.6,
        "adult": 1.0,
        "weathering": 0.45,
    },
    "fisherman, fishermen, trawlerman, lobsterman": {"sex": 1.0, "adult": 1.0, "weathering": 0.5},
    "captain, ship's captain, skipper, pilot, helmsman": {"sex_hint": 1.2, "adult": 1.0, "weathering": 0.2},
    "farmer, farmhand, farm worker, peasant, shepherd, rancher, herder, gardener, field hand, drover, ploughman": {
        "sex_hint": 0.9,
        "adult": 1.0,
        "weathering": 0.4,
    },
    "shepherdess, milkmaid, farmer's wife, peasant woman, farm girl": {"sex": -1.0, "weathering": 0.25},
    "cowboy, gaucho, woodsman, lumberjack, mountain man, frontiersman": {"sex": 1.0, "adult": 1.0, "weathering": 0.45},
    "cowgirl": {"sex": -1.0, "adult": 1.0, "weathering": 0.3},
    "mountaineer, climber, hiker, explorer, nomad, hunter, trapper, fisher, builder, bricklayer, roofer, labourer, "
    "laborer, construction worker, miner, coal miner, docker, stevedore, trucker, truck driver, lorry driver, "
    "ranger": {
        "sex_hint": 1.3,
        "adult": 1.0,
        "weathering": 0.3,
    },
    "pirate, buccaneer, corsair, viking, norseman, berserker, gladiator, barbarian, mercenary": {
        "sex_hint": 1.8,
        "adult": 1.0,
        "weathering": 0.35,
        "jaw_width": 0.3,
    },
    "soldier, warrior, fighter, guard, guardsman, veteran, sergeant, commando, marine, trooper, knight, general, "
    "colonel, officer, samurai, bodyguard, bouncer, legionary, centurion": {
        "sex_hint": 1.4,
        "adult": 1.0,
        "jaw_width": 0.25,
    },
    "boxer, prizefighter, pugilist, cage fighter, kickboxer": {
        "sex_hint": 1.5,
        "adult": 1.0,
        "nose_width": 0.5,
        "nose_bridge": -0.5,
        "neck_width": 0.6,
    },
    "wrestler, sumo wrestler, weightlifter, weight lifter, bodybuilder, body builder, rugby player, strongman, "
    "powerlifter, linebacker, shot putter": {"sex_hint": 1.5, "adult": 1.0, "neck_width": 0.9, "jaw_width": 0.4},
    "athlete, runner, swimmer, footballer, basketball player, dancer, ballet dancer, gymnast, marathon runner, "
    "cyclist, jockey, tennis player, soccer player, skier, surfer, yogi": {"adult": 1.0, "heaviness": -0.35},
    "ballerina": {"sex": -1.0, "heaviness": -0.5},
    "actor, waiter, host, steward, landlord, policeman, fireman, postman, milkman, businessman, salesman, craftsman, "
    "chairman, congressman, mailman, handyman, workman, tradesman, watchman, spokesman, sportsman, clergyman": {
        "sex": 1.0,
        "adult": 1.0,
    },
    "actress, waitress, hostess, stewardess, landlady, policewoman, seamstress, businesswoman, saleswoman, nun, "
    "sportswoman, midwife, governess, barmaid, maid, heroine, congresswoman": {"sex": -1.0, "adult": 1.0},
    "nurse, secretary, receptionist, nanny, librarian, florist, hairdresser, flight attendant, beautician": {
        "sex_hint": -1.2,
        "adult": 1.0,
    },
    "model, fashion model, pop star, film star, movie star, influencer, supermodel": {
        "adult": 1.0,
        "age_word": 25.0,
        "cheekbones": 0.5,
    },
    "doctor, lawyer, teacher, engineer, scientist, artist, painter, writer, poet, singer, musician, chef, cook, "
    "baker, banker, clerk, accountant, programmer, driver, pianist, violinist, guitarist, dentist, surgeon, "
    "architect, journalist, politician, worker, shopkeeper, tailor, weaver, potter, scholar, philosopher, "
    "merchant, barber, bartender, detective, spy, astronaut, photographer, officer worker, office worker, beggar, "
    "tramp, hobo, executive, manager, minister, mayor, ambassador, diplomat, author, composer, student nurse, "
    "hero, villain, thief, assassin, rogue, adventurer, traveller, traveler, villagers, patient, customer": {
        "adult": 1.0
    },
    "student, undergraduate, freshman, intern, apprentice, cadet, recruit, private": {"age_word": 21.0},
    "professor, judge, bishop, senator, president, prime minister, ambassador emeritus, statesman, conductor": {
        "adult": 1.0,
        "age_word": 60.0,
        "sex_hint": 0.5,
    },
    "pope, rabbi, priest, vicar, pastor, imam, druid": {"adult": 1.0, "age_word": 56.0, "sex_hint": 2.0},
    "monk, friar, buddhist monk, abbot": {"sex": 1.0, "adult": 1.0, "hair_style": "bald", "cropped_hair": 0.25},
    "blacksmith, smith, carpenter, mechanic, plumber, butcher, electrician, welder, woodworker, mason, stonemason": {
        "sex_hint": 1.8,
        "adult": 1.0,
    },
    "king, emperor, sultan, lord, duke, earl, baron, tsar, count, viscount, nobleman, pharaoh, chieftain": {
        "sex": 1.0,
        "adult": 1.0,
        "age_word": 52.0,
    },
    "prince": {"sex": 1.0, "age_word": 24.0},
    "queen, empress, duchess, countess, baroness, noblewoman, tsarina": {"sex": -1.0, "adult": 1.0, "age_word": 46.0},
    "princess": {"sex": -1.0, "age_word": 20.0},
    "wizard, sorcerer, sage, hermit, prophet, warlock, mage": {"sex_hint": 2.2, "adult": 1.0, "age_word": 72.0},
    "witch, sorceress, enchantress, priestess, fortune teller": {"sex": -1.0, "adult": 1.0, "nose_bridge": 0.4},
    "chief": {"sex_hint": 1.2, "adult": 1.0, "age_word": 58.0},
    "biker, motorcyclist, convict, prisoner, gangster, thug, mobster, mafioso, outlaw, bandit, sheriff, cop, "
    "police officer, "
    "firefighter, shaman, rapper, ninja, wrangler, executioner, hitman, smuggler, poacher, butler": {
        "sex_hint": 1.3,
        "adult": 1.0,
    },
    "clown, entrepreneur, businessperson, barista, paramedic, rock star, punk rocker, hipster, hippie, nerd, geek, "
    "shop assistant, salesperson, professional, expert, tourist, pilgrim, survivor, "
    "refugee, migrant, settler, colonist, magician, juggler, acrobat, comedian, schoolteacher, caretaker, caregiver, "
    "colleague, coach, trainer, director, producer, editor, designer, developer, researcher, inventor, surveyor": {
        "adult": 1.0
    },
    "schoolmistress, headmistress, geisha, courtesan, cheerleader, showgirl, matron, spinster, "
    "washerwoman, laundress, schoolmarm": {"sex": -1.0, "adult": 1.0},
    "schoolmaster, headmaster, squire, ringmaster, lumberman, oilman": {"sex": 1.0, "adult": 1.0},
    "smoker, chain smoker": {"adult": 1.0, "whiteness": 0.25, "wrinkles": 0.1},
    "drunk, drunkard, alcoholic": {"adult": 1.0, "redness": 0.6, "eye_redness": 0.5},
}

LOOKS: Final[Mapping[str, Effects]] = {
    "trans, transgender, transsexual, cisgender, straight, gay, queer, lesbian": {},
    "masculine, manly, virile, macho, mannish, butch, laddish": {"masculinity": 1.0},
    "feminine, womanly, ladylike, effeminate, girly": {"masculinity": -1.0},
    "androgynous, gender neutral, genderless, nonbinary, non binary, unisex, gender fluid, agender": {"sex": 0.0},
    "tall, tallish, lanky, leggy": {"face_length": 0.35, "not_built": "only the head is made"},
    "muscular, muscled, burly, beefy, brawny, stocky, thickset, thick set, sturdy, bull necked, powerfully built, "
    "broad shouldered, well built, athletic, strapping, hulking, buff, jacked, heavily built, strong, solid, "
    "robust": {
        "neck_width": 0.8,
        "jaw_width": 0.5,
    },
    "fat, obese, overweight, heavy, heavyset, heavy set, corpulent, rotund, portly, stout, tubby, large, big, "
    "full figured, plus size, plus sized, roly poly, flabby, morbidly obese, porky, well fed": {
        "heaviness": 1.0,
        "cheek_fullness": 0.2,
    },
    "chubby, plump, pudgy, podgy, round faced, moon faced, buxom, curvy, dumpy, tubbyish, chunky, cherubic": {
        "heaviness": 0.7,
        "cheek_fullness": 0.6,
    },
    "thin, skinny, slim, slender, lean, wiry, slight, lithe, svelte, willowy, thinnish, spare, trim, fit, waifish, "
    "rangy, scrawny, underweight, waiflike, bony, gangly, weedy, spindly, petite, small, elfin, delicate": {
        "heaviness": -0.8
    },
    "gaunt, emaciated, starved, skeletal, haggard, anorexic, malnourished, cadaverous, starving, famished, wasted": {
        "heaviness": -1.3,
        "cheek_fullness": -0.9,
        "dark_circles": 0.5,
    },
    "handsome, good looking, dashing, attractive, debonair": {"jaw_width": 0.25, "chin": 0.25, "cheekbones": 0.35},
    "beautiful, pretty, lovely, gorgeous, stunning, glamorous, sexy, fair of face, striking looking, alluring": {
        "cheekbones": 0.45,
        "lip_fullness": 0.3,
        "eye_size": 0.3,
        "smoothness": 0.5,
    },
    "cute, adorable, sweet, doll like, doll faced": {"eye_size": 0.5, "cheek_fullness": 0.4, "nose_length": -0.3},
    "ugly, homely, hideous, grotesque, unattractive, hag like, plain looking, coarse featured": {
        "nose_width": 0.5,
        "nose_length": 0.4,
        "brow_ridge": 0.4,
        "eye_size": -0.4,
    },
    "rugged, craggy, tough, hard bitten, hardened, grizzled, battle hardened, tough looking, hard faced, roughneck, "
    "coarse, rough looking": {"weathering": 0.55, "jaw_width": 0.4, "brow_ridge": 0.4},
    "noble, aristocratic, regal, patrician, stately, majestic, royal, imperious, dignified, distinguished": {
        "nose_bridge": 0.45,
        "cheekbones": 0.4,
        "face_length": 0.3,
    },
    "ordinary, average, normal, plain, typical, regular, usual, standard, common, unremarkable, everyday, "
    "nondescript": {},
    "neanderthal, brutish, ape like, simian, neolithic": {
        "brow_ridge": 1.3,
        "jaw_width": 0.7,
        "chin": -0.6,
        "forehead_height": -0.9,
    },
    "tired, exhausted, weary, fatigued, sleepy, sleepless, sleep deprived, worn out, careworn, world weary, jaded, "
    "drained, hungover, overworked, bleary, bedraggled": {
        "dark_circles": 0.75,
        "eyelid_hooding": 0.4,
        "eye_redness": 0.35,
    },
    "sickly, ill, sick, unwell, consumptive, feverish, ailing, dying": {
        "melanin_shift": -0.05,
        "dark_circles": 0.6,
        "haemoglobin": 0.25,
    },
    "healthy, vital, glowing, radiant, vigorous, fresh, wholesome": {
        "haemoglobin": 0.6,
        "dark_circles": 0.05,
        "smoothness": 0.3,
    },
    "jaundiced": {"eye_yellowness": 0.9, "undertone": 0.8},
    "outdoorsy": {"weathering": 0.4},
}

HAIR_PERSONS: Final[Mapping[str, Effects]] = {
    "redhead, redheads, ginger": {"hair_colour": "red"},
    "blonde woman, blonde lady, blonde girl": {"hair_colour": "blond", "sex": -1.0},
    "brunette, brunettes": {"hair_colour": "brown", "sex": -1.0},
    "albino": {"melanin": 0.0, "hair_colour": "white blond", "iris": "blue", "haemoglobin": 0.6},
    "skinhead": {"hair_style": "buzz_cut", "hair_long": 0.05, "sex_hint": 1.5},
}

BEINGS: Final[Mapping[str, Effects]] = {
    "caveman, neanderthal man, ape man": {"sex": 1.0, "brow_ridge": 1.3, "jaw_width": 0.7, "chin": -0.6},
    "cavewoman": {"sex": -1.0, "brow_ridge": 1.1, "jaw_width": 0.6, "chin": -0.6},
    "elf, orc, goblin, dwarf, zombie, alien, robot, cyborg, demon, angel, troll, ogre, giant, werewolf, hobbit, "
    "gnome, "
    "monster, devil, ghost, android, halfling, golem": {"not_built": "made as a human"},
    "vampire": {"melanin": 0.03, "haemoglobin": 0.25, "not_built": "made as a human"},
    "mermaid, fairy, succubus, nymph, goddess, valkyrie, giantess": {"sex": -1.0, "not_built": "made as a human"},
    "god, merman, satyr, titan": {"sex": 1.0, "not_built": "made as a human"},
}

PERSON: Final = Feature(
    name="person",
    nouns={**SEXES, **ages.NOUNS, **FAMILY, **CALLINGS, **HAIR_PERSONS, **BEINGS},
    adjectives={
        **{key: effects for key, effects in SEXES.items() if key.startswith(("man,", "woman,"))},
        **ages.ADJECTIVES,
        **ancestries.ADJECTIVES,
        **LOOKS,
        "blond, blonde, fair haired, towheaded, flaxen": {"hair_colour": "blond"},
        "ginger, redheaded, red headed": {"hair_colour": "red"},
        "brunette": {"hair_colour": "brown"},
        "grey, gray, greying, graying, silver": {"hair_grey": 0.85},
        "bald, bald headed, baldheaded, hairless, bald pated": {"hair_style": "bald"},
        "shaven headed, shaved": {"hair_style": "bald", "cropped_hair": 0.25},
        "close cropped, crew cut, cropped": {"hair_style": "crew_cut"},
        "buzz cut": {"hair_style": "buzz_cut"},
        "balding, receding, thinning": {"hair_recession": 0.65, "hair_crown": 0.5},
        "dreadlocked": {"hair_style": "locs"},
        "shaven, clean shaven, cleanshaven, clean shaved, smooth shaven, beardless, smooth cheeked, fresh shaved, "
        "freshly shaved, freshly shaven, well shaven": {"stubble": 0.0, "beard_style": "none", "moustache": "none"},
        "unshaven, unshaved, stubbly, stubbled, scruffy, bristly, badly shaven": {"stubble": 0.6, "sex_hint": 3.0},
        "bearded, whiskered, bewhiskered, hirsute, full bearded": {"beard_style": "full", "sex_hint": 4.0},
        "long bearded": {"beard_style": "long", "sex_hint": 4.0},
        "moustached, mustached, moustachioed, mustachioed": {"moustache": "natural", "sex_hint": 4.0},
        "goateed": {"beard_style": "goatee", "sex_hint": 4.0},
        "pale, pallid, pasty, wan, ashen, light, white faced, pale faced, pale skinned": {
            "melanin": 0.07,
            "haemoglobin": 0.35,
        },
        "fair": {"melanin": 0.12},
        "dark, swarthy, dusky": {"melanin_shift": 0.28},
        "tan, tanned, sun tanned, suntanned, sun kissed, bronzed": {"melanin_shift": 0.16, "weathering": 0.1},
        "sunburnt, sunburned, sun burnt, sun burned": {"sunburn": 0.75},
        "ruddy, florid, red faced, rosy, rosy cheeked, apple cheeked, flushed, blushing": {
            "haemoglobin": 0.8,
            "redness": 0.5,
        },
        "weathered, weather beaten, weatherbeaten, wind burned, sun worn, sun dried, storm beaten, wind worn, "
        "windburned, windburnt, leathery, windswept, "
        "sun beaten": {"weathering": 0.85},
        "wrinkled, wrinkly, lined, creased, furrowed, crinkled, weazened, crinkly, crumpled": {"wrinkles": 0.8},
        "wrinkle free, unwrinkled, unlined, lineless, smooth faced": {"wrinkles": 0.0, "smoothness": 0.6},
        "freckled, freckly, freckle faced, befreckled": {"freckles": 0.7},
        "scarred, battle scarred, scar faced": {"scar": ""},
        "pockmarked, pocked, pitted, pock marked, acne scarred": {"acne_scars": 0.8, "smoothness": -0.4},
        "spotty, pimply, pimpled, acned": {"acne": 0.65},
        "tattooed, inked, heavily tattooed": {"tattoo": ""},
        "bruised": {"bruise": 0.7},
        "dirty, grimy, grubby, muddy, unwashed": {"dirt": 0.6},
        "sooty, soot stained": {"soot": 0.65},
        "bloodshot": {"eye_redness": 0.9},
        "hollow cheeked, sunken cheeked, lantern jawed": {"cheek_fullness": -1.0},
        "snub nosed": {"nose_tip": 1.0, "nose_length": -0.5},
        "hawk nosed, hawk faced": {"nose_bridge": 1.3},
        "lantern jaw": {"jaw_width": 1.0, "chin": 0.8},
        "square jawed": {"jaw_width": 1.1, "chin": 0.4},
        "weak chinned, chinless": {"chin": -1.3},
        "beetle browed": {"brow_ridge": 1.2, "brow_density": 0.9},
        "thick necked": {"neck_width": 1.1},
        "jug eared, bat eared": {"ear_protrusion": 1.4},
        "doe eyed": {"eye_size": 1.1},
        "bug eyed, goggle eyed, pop eyed": {"eye_size": 1.3, "eyelid_hooding": -0.8},
        "beady eyed": {"eye_size": -1.2},
        "thin lipped, tight lipped": {"lip_fullness": -1.1},
        "high cheekboned": {"cheekbones": 1.0},
        "horse faced": {"face_length": 1.5},
        "hatchet faced": {"face_width": -1.0, "nose_bridge": 0.6},
    },
)
