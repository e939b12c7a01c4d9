"""The page on what one can say (docs/prompts.md), written from the lexicon itself.

`python -m headsmith_server.prompt.guide > docs/prompts.md` writes it; a test holds the page to the lexicon.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Final

from headsmith_server.prompt.channels import ATTRIBUTES, NOT_BUILT
from headsmith_server.prompt.lexicon import LEXICON, ancestries, degrees, unbuilt
from headsmith_server.prompt.lexicon.compile import FEATURES
from headsmith_server.prompt.lexicon.feature import Effects, Feature
from headsmith_server.prompt.lexicon.sizes import FAMILIES
from headsmith_server.prompt.listed import listed
from headsmith_server.prompt.strengths import MOST_SD, PLAIN_SD

INTRODUCTION: Final = """\
# What one can say

<!-- Written by `python -m headsmith_server.prompt.guide`; change the tables in prompt/lexicon, not this page. -->

A prompt describes one head, in English, in up to 2,000 characters. Sentences and lists of catchwords are read alike:

- *an elderly sailor with weathered dark skin, a broad nose and grey stubble*
- *Her nose is long and slightly hooked. She is in her late 40s, not very thin, with one blue eye and one brown eye.*
- *face: round; lips: full; woman, 31, half Japanese, half Irish; no freckles*

Headsmith knows {count:,} words and phrases. What it does not understand, and what it understands but cannot build, it \
names; nothing is dropped in silence. A slip in a long word ("freckels") is mended, and said. What you leave open is \
drawn from the seed: age, sex and ancestry first, then colours and shapes that go with them. One more word changes \
what it is about and leaves the rest of that seed's person alone.

## How it is read

- **Adjectives** belong to the noun they stand before (*broad, flat nose and thick lips*), or follow it (*her nose is \
broad and flat*, *eyes that are wide set*, *lips: thin*). Hyphens are free: *blue-eyed*, *thin-lipped*.
- **Degrees** make more or less of an adjective: a plain one moves a feature by about {plain:g} standard deviations of \
what people have, the strongest degree by up to {most:g}. Comparatives (*wider*) say a little less than the plain \
word, superlatives (*widest*) more.
- **Denial**: *no freckles*, *without a beard, moustache or glasses*, *neither old nor fat*, *not very wide* (a little \
on the narrow side).
- **Age**: *31*, *31 years old*, *thirty-one*, *in her late 40s*, *mid-thirties*, *between 30 and 40*, *a \
septuagenarian*, or the words below.
- **Places of scars and tattoos**: *a scar on the left cheek*, *over his right eyebrow*, *a tattoo on her neck*; left \
and right are the person's own.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [
        INTRODUCTION.format(count=len(LEXICON.surface_forms()), plain=PLAIN_SD, most=MOST_SD),
        _degrees(),
        _families(),
        *(_feature(feature) for feature in FEATURES),
        _not_built(),
    ]
    return "\n".join(parts)


def _degrees() -> str:
    rows = [(texts, f"x {factor:g}") for texts, factor in degrees.DEGREES.items()]
    denials = ", ".join(listed(degrees.NEGATIONS))
    return f"## Degrees\n\n{_table('words', 'strength', rows)}\nDenials: {denials}.\n"


def _families() -> str:
    rows = [
        (
            name.removeprefix("@"),
            ", ".join(word if factor == 1 else f"{word} (x {factor:g})" for word, factor in words.items()),
        )
        for name, words in FAMILIES.items()
    ]
    lead = "Sizes and shapes that many features share; a row below that says **wide** stands for all of them."
    return f"## Common adjectives\n\n{lead}\n\n{_table('family', 'words', rows)}"


def _feature(feature: Feature) -> str:
    rows = [(_words(key), _effects(effects)) for key, effects in feature.nouns.items() if effects]
    plain = [word for key, effects in feature.nouns.items() if not effects for word in listed(key)]
    rows += [(_words(key), _effects(effects)) for key, effects in feature.adjectives.items() if effects]
    usual = [word for key, effects in feature.adjectives.items() if not effects for word in listed(key)]
    lines = [f"## {feature.name.capitalize()}", ""]
    if plain:
        lines += [f"Nouns: {', '.join(plain)}.", ""]
    if feature.compounds:
        lines += [f"In compounds: {', '.join('-' + word for word in listed(feature.compounds))}.", ""]
    if usual:
        lines += [f"Understood and nothing out of the ordinary: {', '.join(usual)}.", ""]
    if feature.parents:
        lines += [f"Also everything that is said of: {', '.join(feature.parents)}.", ""]
    return "\n".join(lines) + "\n" + _table("words", "what they do", rows)


def _not_built() -> str:
    nouns, adjectives = ", ".join(listed(unbuilt.NOUNS)), ", ".join(listed(unbuilt.ADJECTIVES))
    around = ", ".join(listed(ancestries.FILLERS))
    return (
        "## Understood, but not built\n\nThese are named to you after a head is made.\n\n"
        f"{nouns}.\n\n{adjectives}.\n\n## Small words\n\nWords around an ancestry that add nothing to it: {around}.\n"
    )


def _words(key: str) -> str:
    return f"**{key.removeprefix('@')}**" if key.startswith("@") else ", ".join(listed(key))


def _effects(effects: Effects) -> str:
    said = [_effect(channel, value) for channel, value in effects.items() if channel != NOT_BUILT]
    note = str(effects.get(NOT_BUILT, ""))
    return "; ".join([*(text for text in said if text), *([note] if note else [])])


def _effect(channel: str, value: float | str) -> str:
    name = _NAMES.get(channel, channel.replace("_", " "))
    if isinstance(value, str):
        return f"{name}: {value}" if value else name
    if channel in ATTRIBUTES or channel in _SHIFTS:
        return f"{'+' if value > 0 else '−'}{abs(value):g} {name}"
    return f"{name} {value:g}"


_NAMES: Final[Mapping[str, str]] = {
    "age_word": "about this many years:", "childhood": "a child of", "years": "years:", "sex_hint": "male (odds)",
    "adult": "grown up", "melanin_shift": "melanin", "sex": "sex (1 male, -1 female)",
}  # fmt: skip
_SHIFTS: Final = frozenset({"melanin_shift", "smoothness", "undertone", "brow_thickness", "sex_hint"})


def _table(left: str, right: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {left} | {right} |", "|---|---|"]
    lines += [f"| {words} | {meaning} |" for words, meaning in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
