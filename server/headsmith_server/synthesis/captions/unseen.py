"""Captions in held-out words and phrasings: for measuring whether a network understands what it never read."""

from __future__ import annotations

import numpy as np

from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions.facts import Facts
from headsmith_server.synthesis.captions.held_out import PHRASINGS, SYNONYMS
from headsmith_server.synthesis.captions.phrases import NOUNS, Phrase, true_phrases
from headsmith_server.synthesis.captions.subject import subject
from headsmith_server.synthesis.captions.truth import judge
from headsmith_server.synthesis.captions.write import Caption


def unseen_synonyms(facts: Facts, generator: np.random.Generator, count: int = 2) -> Caption | None:
    """A plain sentence that says up to `count` true things in held-out words; None when none of them is true."""
    true = []
    for entry in (SYNONYMS[at] for at in generator.permutation(len(SYNONYMS))):
        statement = Statement(entry.channel, float(entry.side))
        if judge(statement, facts) and not any(entry.channel in phrase.about for phrase in true):
            noun = NOUNS[entry.feature][0]
            true.append(Phrase(entry.feature, entry.word, noun, noun.endswith("s"), (statement,)))
    if not true:
        return None
    who = subject(facts, generator)
    chosen = true[:count]
    text = f"{who.with_article} with {' and '.join(phrase.text for phrase in chosen)}"
    return Caption(text, "sentence", "short", (*who.statements, *(s for phrase in chosen for s in phrase.statements)))


def unseen_phrasing(facts: Facts, generator: np.random.Generator) -> Caption | None:
    """Known words in a held-out phrasing; None when fewer than two things are true."""
    phrases: list[Phrase] = []
    for phrase in true_phrases(facts, generator):
        if not any(phrase.about & other.about or phrase.feature == other.feature for other in phrases):
            phrases.append(phrase)
        if len(phrases) == 3:
            break
    if len(phrases) < 2:
        return None
    who = subject(facts, generator)
    template = PHRASINGS[int(generator.integers(len(PHRASINGS)))]
    text = template.format(
        subject=who.with_article,
        the_first=phrases[0].text,
        the_rest=" and ".join(phrase.text for phrase in phrases[1:]),
    )
    claims = (*who.statements, *(said for phrase in phrases for said in phrase.statements))
    return Caption(text[0].upper() + text[1:], "sentence", "medium", claims)
