"""Regular comparatives and superlatives of short adjectives, so that the tables list plain forms only."""

from __future__ import annotations

import re
from typing import Final

from headsmith_server.prompt.listed import listed

_UNGRADED_ENDINGS: Final = listed(
    "ed, ing, ful, ish, ous, ent, ive, al, an, ese, less, ic, en, ant, ate, ern, or, er, ary, th, set, like, "
    "ine, on, ile, et, it, ot, oe, ex, ux, olive"
)
_GRADED: Final = frozenset(
    listed(
        "narrow, sallow, hollow, shallow, mellow, gentle, simple, slender, tender, clever, sparse, "
        "handsome, thin, dim, slim, grim, flat, fat, wet, red, open, round, long, wan, tan, square, coarse, "
        "light, tight, bright"
    )
)
_NEVER: Final = frozenset(
    listed(
        "apple, batt, bat, beak, beet, beetle, beige, black, blue, bloke, bronze, buff, bug, bull, burnt, "
        "butt, button, cat, chap, cherry, clown, cream, dame, doe, doubl, double, dude, eagle, early, egg, "
        "elf, faint, fake, false, few, first, fox, frog, giant, goggle, greek, growth, grown, guy, "
        "guys, heart, hook, hump, ill, immense, iron, jug, lad, lady, left, male, many, marble, massive, "
        "matt, matte, mauve, milk, minute, mouse, mrs, much, needle, none, norse, nude, parrot, peach, pear, "
        "pie, plum, prim, pug, puppy, purple, rose, ruby, saddle, sand, shorn, single, sir, slit, slope, "
        "snub, spare, spread, sun, swan, tan, teak, wall, wheat, worn, gold, huge, tiny, wine, nut, wing, "
        "chalk, potato, clear, sculpt, spiral, broken, bent, shut, made, set, cut, split, sleek"
    )
) - {"black", "clear", "few", "tiny", "huge"}
"""Nouns and participles that stand as adjectives, and adjectives that nobody grades."""
_VOWEL_GROUPS: Final = re.compile(r"[aeiouy]+")
_IRREGULAR: Final = {"good": ("better", "best"), "bad": ("worse", "worst"), "old": ("older", "oldest")}


def graded_forms(adjective: str) -> tuple[str, str] | None:
    """(comparative, superlative) of a one-word adjective that takes -er and -est, else None.

    Short words only: one syllable, or two with a final -y. Follows the usual spelling rules (big, bigger; wide,
    wider; bony, bonier).
    """
    if adjective in _IRREGULAR:
        return _IRREGULAR[adjective]
    if " " in adjective or "'" in adjective or len(adjective) < 3:
        return None
    if adjective in _NEVER or (adjective not in _GRADED and adjective.endswith(_UNGRADED_ENDINGS)):
        return None
    syllables = len(_VOWEL_GROUPS.findall(adjective.removesuffix("e")))
    if adjective.endswith("y") and not adjective.endswith(("ay", "ey", "oy")):
        return (adjective[:-1] + "ier", adjective[:-1] + "iest") if syllables <= 2 else None
    if syllables > 1 and adjective not in _GRADED:
        return None
    if adjective.endswith("e"):
        return adjective + "r", adjective + "st"
    if re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", adjective):
        return adjective + adjective[-1] + "er", adjective + adjective[-1] + "est"
    return adjective + "er", adjective + "est"
