"""docs/prompts.md is what the lexicon says."""

from __future__ import annotations

from pathlib import Path

from headsmith_server.prompt import parse
from headsmith_server.prompt.guide import page
from headsmith_server.prompt.lexicon import LEXICON
from headsmith_server.prompt.lexicon.compile import FEATURES
from headsmith_server.prompt.listed import listed

PAGE = Path(__file__).parents[3] / "docs" / "prompts.md"


def test_the_page_is_the_lexicons() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m headsmith_server.prompt.guide > docs/prompts.md"


def test_the_page_names_every_listed_word() -> None:
    text = page()
    for feature in FEATURES:
        for key in (*feature.nouns, *feature.adjectives):
            for word in listed(key.removeprefix("@")):
                assert word in text


def test_the_pages_own_examples_are_understood() -> None:
    examples = [line[3:-1] for line in page().splitlines() if line.startswith("- *") and line.endswith("*")]
    assert len(examples) >= 3
    for example in examples:
        reading = parse(example)
        assert not reading.not_understood, example
        assert not reading.not_built, example
    assert len(LEXICON.surface_forms()) > 1000
