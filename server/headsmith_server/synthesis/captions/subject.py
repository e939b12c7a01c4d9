"""Who a caption speaks of: words for age, sex and ancestry that are true of the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.prompt.lexicon import ancestries
from headsmith_server.prompt.listed import listed
from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions.facts import Facts
from headsmith_server.synthesis.captions.phrases import article
from headsmith_server.synthesis.captions.truth import judge

_WORDS: Final = {
    "young": 23.0, "youthful": 23.0, "mature": 47.0, "middle-aged": 50.0, "old": 68.0, "elderly": 72.0, "aged": 68.0,
    "senior": 68.0,
}  # fmt: skip
MEN: Final = ("man", "male", "gentleman", "guy")
WOMEN: Final = ("woman", "lady", "female")
CHILDREN: Final = {"boy": (10.0, 1.0), "girl": (10.0, -1.0), "child": (9.0, 0.0), "teenager": (16.0, 0.0)}
ORDINARY: Final = (
    "african", "nigerian", "ghanaian", "ethiopian", "somali", "kenyan", "jamaican", "moroccan", "egyptian", "arab",
    "turkish", "iranian", "indian", "pakistani", "bengali", "tamil", "nepali", "tibetan", "chinese", "japanese",
    "korean", "asian", "east asian", "vietnamese", "thai", "filipino", "indonesian", "mongolian", "kazakh", "swedish",
    "norwegian", "irish", "scottish", "english", "white", "caucasian", "european", "german", "french", "russian",
    "polish", "ukrainian", "italian", "spanish", "greek", "portuguese", "mexican", "brazilian", "colombian", "hispanic",
    "black", "maori", "samoan",
)  # fmt: skip
"""Names of peoples that captions use; all are in the lexicon."""
_GROUP_OF: Final = {
    word: group for group, words in ancestries.GROUPS.items() for word in listed(words) if word in ORDINARY
}
_DECADES: Final = {20: "twenties", 30: "thirties", 40: "forties", 50: "fifties", 60: "sixties", 70: "seventies",
                   80: "eighties"}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """noun: "young Kenyan woman"; age: "31 years old", "in her late forties" or ""; pronoun: "she", "he" or "they";
    statements: what is claimed of the person."""

    noun: str
    age: str
    pronoun: str
    statements: tuple[Statement, ...]

    @property
    def with_article(self) -> str:
        """ "a young Kenyan woman"."""
        return f"{article(self.noun)} {self.noun}"

    @property
    def possessive(self) -> str:
        """his, her, their."""
        return {"she": "her", "he": "his", "they": "their"}[self.pronoun]

    @property
    def has(self) -> str:
        """The verb that goes with the pronoun."""
        return "have" if self.pronoun == "they" else "has"


def subject(facts: Facts, generator: np.random.Generator) -> Subject:
    """One of the ways to name the person truthfully; what is not clear (a child's sex, a mixture) is not said."""
    noun, pronoun, said = _noun(facts, generator)
    words: list[str] = []
    age = ""
    way = generator.random()
    if facts.years >= 18.0 and way < 0.35:
        true = [word for word, years in _WORDS.items() if judge(Statement("age_word", years), facts)]
        if true:
            word = true[int(generator.integers(len(true)))]
            words.append(word)
            said.append(Statement("age_word", _WORDS[word]))
    elif way < 0.8:
        prefix, age = _number(facts, pronoun, generator)
        words += [prefix] if prefix else []
        said.append(Statement("years", float(_told(facts))))
    if generator.random() < 0.6:
        true = [w for w in ORDINARY if w in _GROUP_OF and judge(Statement("ancestry", _GROUP_OF[w]), facts)]
        if true:
            word = true[int(generator.integers(len(true)))]
            words.append(word.title())
            said.append(Statement("ancestry", _GROUP_OF[word]))
    return Subject(" ".join([*words, noun]), age, pronoun, tuple(said))


def _noun(facts: Facts, generator: np.random.Generator) -> tuple[str, str, list[Statement]]:
    male, female = (judge(Statement("sex", side), facts) for side in (1.0, -1.0))
    pronoun = "he" if male else "she" if female else "they"
    if facts.years >= 18.0:
        nouns = MEN if male else WOMEN if female else ("person", "adult")
        noun = nouns[int(generator.integers(len(nouns)))]
        if noun == "person":
            return noun, pronoun, []
        said = [Statement("adult", 1.0)]
        return noun, pronoun, said if noun == "adult" else [*said, Statement("sex", 1.0 if male else -1.0)]
    true = []
    for noun, (years, sex) in CHILDREN.items():
        said = [Statement("childhood", years), *([Statement("sex", sex)] if sex else [])]
        if all(judge(statement, facts) for statement in said):
            true.append((noun, said))
    if not true:
        return "person", pronoun, []
    noun, said = true[int(generator.integers(len(true)))]
    return noun, pronoun, said


def _told(facts: Facts) -> int:
    return max(1, round(facts.years))


def _number(facts: Facts, pronoun: str, generator: np.random.Generator) -> tuple[str, str]:
    """(before the noun, after it)."""
    years = _told(facts)
    decade = years // 10 * 10
    ways = ["before", "after", "aged"]
    if decade in _DECADES and pronoun != "they":
        ways.append("decade")
    way = ways[int(generator.integers(len(ways)))]
    if way == "before":
        return f"{years}-year-old", ""
    if way == "aged":
        return "", f"aged {years}"
    if way == "after":
        return "", f"{years} years old"
    third = ("early", "mid", "late")[0 if years % 10 < 4 else 1 if years % 10 < 7 else 2]
    return "", f"in {'his' if pronoun == 'he' else 'her'} {third} {_DECADES[decade]}"
