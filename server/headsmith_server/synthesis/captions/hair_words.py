"""Phrases for hair and beard that are true of a sample: "long wavy red hair", "a green bob", "a full grey beard"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from headsmith_server.prompt.colours import DYES, HAIR_COLOURS
from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions.facts import Facts
from headsmith_server.synthesis.captions.hair_truth import alike
from headsmith_server.synthesis.captions.phrases import Phrase
from headsmith_server.synthesis.captions.truth import judge
from headsmith_server.texture.parameters import HairColour

STYLE_NOUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "buzz_cut": ("buzz cut", "induction cut"),
    "crew_cut": ("crew cut", "military haircut"),
    "quiff": ("quiff", "pompadour"),
    "pixie": ("pixie cut", "pixie crop", "elfin cut"),
    "bob": ("bob", "bob cut"),
    "afro": ("afro",),
    "locs": ("dreadlocks", "locs", "dreads"),
    "braids": ("cornrows", "braids", "box braids"),
    "ponytail": ("ponytail",),
    "bun": ("bun", "chignon", "topknot"),
    "mohawk": ("mohawk", "mohican"),
    "bald": ("bald head", "bald pate"),
}
COLOUR_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "black": ("black", "jet black", "raven"),
    "dark brown": ("dark brown", "espresso"),
    "brown": ("brown", "brunette", "walnut"),
    "chestnut": ("chestnut", "reddish brown"),
    "light brown": ("light brown", "caramel"),
    "blond": ("blond", "blonde", "golden", "flaxen"),
    "platinum": ("platinum blonde", "bleached"),
    "strawberry blond": ("strawberry blonde",),
    "red": ("red", "fiery red"),
    "ginger": ("ginger", "copper"),
    "auburn": ("auburn", "dark red"),
    "grey": ("grey", "silver"),
    "white": ("white", "snow white"),
    "salt and pepper": ("salt and pepper", "greying"),
}
LENGTHS: Final = (
    (0.3, ("short",)),
    (0.5, ("chin length",)),
    (0.63, ("shoulder length", "mid length")),
    (0.82, ("long",)),
)
TEXTURES: Final = ((0.0, ("straight",)), (0.36, ("wavy",)), (0.68, ("curly",)), (1.0, ("kinky", "coiled")))
BEARD_NOUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "stubble": ("stubble",),
    "short": ("short beard", "trimmed beard"),
    "full": ("full beard", "beard"),
    "long": ("long beard",),
    "goatee": ("goatee",),
    "van_dyke": ("van dyke", "circle beard"),
    "chin_strap": ("chin strap",),
    "soul_patch": ("soul patch",),
    "mutton_chops": ("mutton chops",),
    "sideburns": ("sideburns",),
}
MOUSTACHE_NOUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "natural": ("moustache", "mustache"),
    "chevron": ("chevron moustache",),
    "pencil": ("pencil moustache",),
    "handlebar": ("handlebar moustache",),
    "walrus": ("walrus moustache",),
    "toothbrush": ("toothbrush moustache",),
}


def hair_phrases(facts: Facts, generator: np.random.Generator) -> list[Phrase]:
    """What can be said of hair, beard and moustache: at most three phrases, each true."""
    made = [_hair(facts, generator), _beard(facts, generator), _moustache(facts, generator)]
    return [phrase for phrase in made if phrase is not None]


def _hair(facts: Facts, generator: np.random.Generator) -> Phrase | None:
    hair = facts.description.hair
    nouns = STYLE_NOUNS.get(hair.style)
    if hair.style == "bald":
        assert nouns
        return _phrase("hair", [], _one(nouns, generator), [Statement("hair_style", "bald")], facts)
    colour = _colour_word("hair", hair.colour, generator)
    words, said = ([colour[0]], [colour[1]]) if colour and generator.random() < 0.85 else ([], [])
    if nouns and generator.random() < 0.75:
        noun = _one(nouns, generator)
        return _phrase("hair", words, noun, [*said, Statement("hair_style", hair.style)], facts)
    before: list[str] = []
    for channel, options in (("hair_long", LENGTHS), ("hair_texture", TEXTURES)):
        true = [(word, value) for value, names in options for word in names if judge(Statement(channel, value), facts)]
        if true and generator.random() < 0.7:
            word, value = true[int(generator.integers(len(true)))]
            before.append(word)
            said.append(Statement(channel, value))
    return _phrase("hair", [*before, *words], "hair", said, facts) if said else None


def _beard(facts: Facts, generator: np.random.Generator) -> Phrase | None:
    beard = facts.description.beard
    nouns = BEARD_NOUNS.get(beard.style)
    if nouns is None:
        return None
    colour = _colour_word("beard", beard.colour, generator)
    words, said = ([colour[0]], [colour[1]]) if colour and generator.random() < 0.5 else ([], [])
    claim = Statement("stubble", 0.6) if beard.style == "stubble" else Statement("beard_style", beard.style)
    noun = _one(nouns, generator)
    if noun.startswith(("short ", "trimmed ", "full ", "long ")):  # size, colour, noun
        size, _, noun = noun.partition(" ")
        words = [size, *words]
    return _phrase("beard", words, noun, [*said, claim], facts)


def _moustache(facts: Facts, generator: np.random.Generator) -> Phrase | None:
    nouns = MOUSTACHE_NOUNS.get(facts.description.beard.moustache)
    if nouns is None:
        return None
    claim = Statement("moustache", facts.description.beard.moustache)
    return _phrase("moustache", [], _one(nouns, generator), [claim], facts)


def _colour_word(kind: str, colour: HairColour, generator: np.random.Generator) -> tuple[str, Statement] | None:
    """(a word for it, what it claims)."""
    if colour.dye is not None:
        for name, dye in DYES.items():
            if alike(colour, HairColour(dye=dye)):
                return name, Statement(f"{kind}_dye", name)
        return None
    names = [name for name, named in HAIR_COLOURS.items() if name in COLOUR_WORDS and alike(colour, named)]
    if not names:
        return None
    name = names[int(generator.integers(len(names)))]
    return _one(COLOUR_WORDS[name], generator), Statement(f"{kind}_colour", name)


def _phrase(feature: str, words: Sequence[str], noun: str, said: list[Statement], facts: Facts) -> Phrase | None:
    if not all(judge(statement, facts) for statement in said):
        return None
    return Phrase(feature, " ".join(words), noun, noun.endswith("s"), tuple(said))


def _one(options: Sequence[str], generator: np.random.Generator) -> str:
    return options[int(generator.integers(len(options)))]
