"""Captions say what is true, in many ways, and leave the held-out words alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from headsmith_server.heads import head_model
from headsmith_server.prompt import parse
from headsmith_server.prompt.lexicon.compile import LEXICON
from headsmith_server.prompt.reading import Statement
from headsmith_server.synthesis.captions import Facts, facts_of, held_out, write_caption
from headsmith_server.synthesis.captions.phrases import NOUNS, article
from headsmith_server.synthesis.captions.subject import _GROUP_OF, _WORDS, ORDINARY
from headsmith_server.synthesis.captions.truth import judge
from headsmith_server.synthesis.people import person
from headsmith_shared.errors import HeadsmithError


def facts(index: int) -> Facts:
    model = head_model("pocket", torch.device("cpu"))
    somebody = person(7, index, model)
    identity = torch.from_numpy(somebody.identity)
    with torch.no_grad():
        vertices = model.vertices(identity[None])[0].numpy()
    return facts_of(model, identity, vertices, somebody.description)


@pytest.fixture(scope="module")
def people() -> list[Facts]:
    return [facts(index) for index in range(24)]


def test_everything_that_the_reader_takes_from_a_caption_is_true(people: list[Facts]) -> None:
    claims = 0
    for number, one in enumerate(people):
        for draw in range(4):
            caption = write_caption(one, np.random.default_rng([number, draw]))
            verdicts = [judge(said, one) for said in parse(caption.text).statements]
            assert False not in verdicts, caption.text
            claims += sum(verdict is True for verdict in verdicts)
    assert claims > 300


def test_the_claims_of_a_caption_are_true_by_themselves(people: list[Facts]) -> None:
    for number, one in enumerate(people):
        caption = write_caption(one, np.random.default_rng(number))
        assert all(judge(said, one) for said in caption.claims), caption


def test_the_judge_tells_a_lie_from_the_truth(people: list[Facts]) -> None:
    """Somebody else's captions are mostly false of a person: the judge does not say yes to everything."""
    strange = [
        judge(said, people[(number + 7) % len(people)])
        for number, one in enumerate(people)
        for said in write_caption(one, np.random.default_rng(number), "long").claims
    ]
    assert np.mean([verdict is False for verdict in strange]) > 0.25


def test_the_same_generator_state_gives_the_same_text(people: list[Facts]) -> None:
    first, second = (write_caption(people[0], np.random.default_rng(3)) for _ in range(2))
    assert first == second


def test_captions_vary_in_form_length_and_words(people: list[Facts]) -> None:
    captions = [write_caption(one, np.random.default_rng([at, n])) for at, one in enumerate(people) for n in range(5)]
    assert {caption.form for caption in captions} == {"sentence", "sentences", "list", "sheet"}
    assert {caption.length for caption in captions} == {"short", "medium", "long"}
    assert len({caption.text for caption in captions}) == len(captions)
    assert any("no " in caption.text or "without" in caption.text for caption in captions)
    assert any(any(letter.isdigit() for letter in caption.text) for caption in captions)
    words = {word.strip(".,;:").lower() for caption in captions for word in caption.text.split()}
    assert len(words) > 250


def test_an_unknown_length_is_refused(people: list[Facts]) -> None:
    with pytest.raises(ValueError, match="unknown length"):
        write_caption(people[0], np.random.default_rng(0), "endless")


def test_held_out_words_are_in_no_lexicon_and_no_caption(people: list[Facts]) -> None:
    for entry in held_out.SYNONYMS:
        phrase = LEXICON.phrases.get(tuple(entry.word.split()))
        assert phrase is None or entry.feature not in phrase.senses, entry.word
        assert entry.feature in LEXICON.features
    single = {entry.word for entry in held_out.SYNONYMS if " " not in entry.word}
    for number, one in enumerate(people):
        text = write_caption(one, np.random.default_rng(number), "long").text.lower()
        assert not single & {word.strip(".,;:") for word in text.split()}


def test_what_is_held_out_never_changes() -> None:
    assert held_out.digest() == "171cbf514323cde988db62bbbc869034c70c6dd62a841e62305b346b3b89affd"


def test_the_words_for_people_are_in_the_lexicon() -> None:
    assert set(ORDINARY) == set(_GROUP_OF)
    for word, years in _WORDS.items():
        said = parse(f"a {word} woman").about("age_word")
        assert [statement.value for statement in said] == [years]
    for feature, nouns in NOUNS.items():
        for noun in nouns:
            phrase = LEXICON.phrases[tuple(noun.split())]
            assert phrase.noun is not None
            assert phrase.noun.name == feature


def test_shape_claims_follow_the_percentile(people: list[Facts]) -> None:
    def of(percentile: float) -> Facts:
        return replace(people[0], percentiles={**people[0].percentiles, "nose_width": percentile})

    broad = Statement("nose_width", 1.1)
    assert judge(broad, of(0.9))
    assert not judge(broad, of(0.5))
    assert judge(Statement("nose_width", 1.1, negated=True), of(0.3))
    assert not judge(Statement("nose_width", 1.1, degree=1.4), of(0.75))
    assert judge(Statement("nose_width", 1.1, degree=0.45), of(0.55))


def test_percentiles_are_spread_over_the_population(people: list[Facts]) -> None:
    grown = [one for one in people if one.years >= 18]
    widths = [one.percentiles["nose_width"] for one in grown]
    assert min(widths) < 0.35
    assert max(widths) > 0.65


def test_a_population_of_another_head_is_refused() -> None:
    from headsmith_server.synthesis.captions.population import load_population

    with pytest.raises(HeadsmithError, match="another head model"):
        load_population("0" * 64)


def test_articles_follow_the_sound() -> None:
    assert [article(words) for words in ("oval face", "European", "8-year-old", "broad nose", "18-year-old")] == [
        "an", "a", "an", "a", "an"
    ]  # fmt: skip


def test_unseen_captions_are_true_and_use_only_held_out_words_or_phrasings(people: list[Facts]) -> None:
    from headsmith_server.synthesis.captions.unseen import unseen_phrasing, unseen_synonyms

    made = 0
    for number, one in enumerate(people):
        for caption in (
            unseen_synonyms(one, np.random.default_rng(number)),
            unseen_phrasing(one, np.random.default_rng(number)),
        ):
            if caption is not None:
                made += 1
                assert all(judge(said, one) for said in caption.claims)
    assert made > len(people)


def test_a_skins_caption_speaks_of_the_skin_alone(people: list[Facts]) -> None:
    from headsmith_server.synthesis.captions.write import SKIN_SCOPE

    for number, one in enumerate(people):
        caption = write_caption(one, np.random.default_rng(number), "medium", SKIN_SCOPE)
        assert "nose" not in caption.text
        assert "jaw" not in caption.text


def test_hair_is_named_as_it_is() -> None:
    from headsmith_server.hair.parameters import HairParameters
    from headsmith_server.synthesis.captions.hair_truth import judge_hair, long_of
    from headsmith_server.texture.parameters import HairColour

    black = HairColour(0.96, 0.08)
    bob = HairParameters(style="bob", colour=black)
    assert judge_hair(Statement("hair_style", "bob"), bob, black)
    assert not judge_hair(Statement("hair_style", "afro"), bob, black)
    assert judge_hair(Statement("hair_colour", "black"), bob, black)
    assert not judge_hair(Statement("hair_colour", "blond"), bob, black)
    assert judge_hair(Statement("hair_colour", "black"), bob, HairColour(0.96, 0.08, dye=(0.03, 0.34, 0.07))) is False
    assert long_of(HairParameters(style="straight", length=0.9)) > long_of(HairParameters(style="straight", length=0.2))
    assert judge_hair(Statement("hair_long", 0.82), HairParameters(style="crew_cut"), black) is False


def test_a_bald_head_has_no_hair_to_speak_of() -> None:
    from headsmith_server.hair.parameters import HairParameters
    from headsmith_server.synthesis.captions.hair_truth import judge_hair
    from headsmith_server.texture.parameters import HairColour

    bald = HairParameters(style="bald")
    assert judge_hair(Statement("hair_colour", "black"), bald, HairColour(0.96, 0.08)) is False
    assert judge_hair(Statement("hair_style", "bald"), bald, HairColour())


def test_captions_speak_of_hair_and_beards(people: list[Facts]) -> None:
    texts = " ".join(
        write_caption(one, np.random.default_rng([at, n]), "long").text for at, one in enumerate(people) for n in (1, 2)
    )
    assert "hair" in texts
    assert "stubble" in texts or "beard" in texts or "moustache" in texts
