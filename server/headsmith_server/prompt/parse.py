"""parse: a prompt in English becomes a Reading."""

from __future__ import annotations

from headsmith_server.prompt.grammar import Grammar
from headsmith_server.prompt.items import Item, ItemKind, group, mend_spelling
from headsmith_server.prompt.lexicon.degrees import ENGLISH_EVIDENCE, FOREIGN_EVIDENCE
from headsmith_server.prompt.reading import Reading, unique
from headsmith_server.prompt.text import Token, TokenKind, check_length, check_script, fold, not_english, tokenise


def parse(prompt: str) -> Reading:
    """Read a prompt; time grows linearly with its length, which MAX_PROMPT_LENGTH bounds.

    Raises HeadsmithError: BAD_INPUT for an empty prompt or one that is not English, TOO_LARGE for a long one.

    >>> [(said.channel, said.value) for said in parse("a 31-year-old with a broad nose").statements]
    [('years', 31.0), ('nose_width', 1.1)]
    """
    check_length(prompt)
    check_script(prompt)
    tokens, read_as = mend_spelling(tokenise(fold(prompt)))
    items = group(tokens)
    if _is_foreign(tokens, items):
        raise not_english(prompt)
    found = Grammar(items).read()
    return Reading(
        prompt=prompt,
        statements=tuple(found.statements),
        not_understood=unique(found.not_understood),
        not_built=unique(found.not_built),
        read_as=tuple(read_as),
    )


def _is_foreign(tokens: list[Token], items: list[Item]) -> bool:
    """True where nothing is English, or other languages' small words outweigh the English ones."""
    words = [token.text for token in tokens if token.kind is TokenKind.WORD]
    english = sum(word in ENGLISH_EVIDENCE for word in words)
    foreign = sum(word in FOREIGN_EVIDENCE for word in words)
    unknown = sum(item.kind is ItemKind.UNKNOWN for item in items)
    known = sum(_says_something(item) for item in items)
    if not words:
        return False
    if known == 0 and english == 0:
        return unknown >= 2
    return foreign >= 2 and foreign > english and unknown >= known


def _says_something(item: Item) -> bool:
    if item.kind is ItemKind.AGE:
        return True
    phrase = item.phrase
    return phrase is not None and bool(phrase.noun or phrase.senses or phrase.unbuilt_noun or phrase.unbuilt_adjective)
