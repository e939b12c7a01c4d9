"""Specs: what is refused before it travels, and the hash that tells whether two are the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import check_spec, decode_spec, encode, encode_spec, new_job_id, spec_hash, spec_label
from headsmith_shared.protocol.messages import Submit
from headsmith_shared.specs import MAX_PROMPT_LENGTH, GenerateSpec

GOOD = GenerateSpec("an old sailor")

prompts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=MAX_PROMPT_LENGTH
).filter(str.strip)


@given(prompts, st.integers(0, 2**32 - 1))
def test_a_spec_survives_the_wire(prompt: str, seed: int) -> None:
    spec = GenerateSpec(prompt, seed)
    assert decode_spec(json.loads(json.dumps(encode_spec(spec)))) == spec


def test_the_longest_prompt_fits_a_header() -> None:
    for letter in ("\U0001f9d4", "\x01", '"', "é"):
        plain = encode_spec(GenerateSpec(letter * MAX_PROMPT_LENGTH))
        encode(Submit(new_job_id(), plain, spec_hash(plain)))


def test_the_hash_does_not_depend_on_order_and_depends_on_all_else() -> None:
    plain = encode_spec(GOOD)
    assert spec_hash(dict(reversed(plain.items()))) == spec_hash(plain)
    others = [replace(GOOD, prompt="an old Sailor"), replace(GOOD, seed=1), replace(GOOD, texture_size=1024)]
    assert len({spec_hash(encode_spec(spec)) for spec in (GOOD, *others)}) == 4


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (replace(GOOD, prompt=""), ErrorCode.BAD_INPUT),
        (replace(GOOD, prompt=" \n\t"), ErrorCode.BAD_INPUT),
        (replace(GOOD, prompt="x" * 20_000), ErrorCode.TOO_LARGE),
        (replace(GOOD, prompt="half \ud800"), ErrorCode.BAD_INPUT),
        (replace(GOOD, prompt="a\0b"), ErrorCode.BAD_INPUT),
        (replace(GOOD, seed=-1), ErrorCode.BAD_INPUT),
        (replace(GOOD, seed=2**32), ErrorCode.BAD_INPUT),
        (replace(GOOD, texture_size=2047), ErrorCode.BAD_INPUT),
        (replace(GOOD, quality="best"), ErrorCode.BAD_INPUT),  # type: ignore[arg-type]
        (replace(GOOD, head="../x"), ErrorCode.BAD_INPUT),
        (replace(GOOD, head=""), ErrorCode.BAD_INPUT),
    ],
)
def test_bad_specs_are_named(spec: GenerateSpec, code: ErrorCode) -> None:
    for check in (check_spec, encode_spec):
        with pytest.raises(HeadsmithError) as caught:
            check(spec)
        assert caught.value.code is code
        assert caught.value.remedy
        assert caught.value.code.exit_code == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "photo"}, ErrorCode.UNSUPPORTED),
        ({"kind": None}, ErrorCode.UNSUPPORTED),
        ({"kind": ["generate"]}, ErrorCode.UNSUPPORTED),
        ({"hair": "long"}, ErrorCode.UNSUPPORTED),
        ({"seed": "1"}, ErrorCode.BAD_INPUT),
        ({"seed": 1.5}, ErrorCode.BAD_INPUT),
        ({"prompt": 5}, ErrorCode.BAD_INPUT),
    ],
)
def test_bad_plain_specs_are_named(change: dict[str, object], code: ErrorCode) -> None:
    with pytest.raises(HeadsmithError) as caught:
        decode_spec({**encode_spec(GOOD), **change})
    assert caught.value.code is code


def test_a_label_is_one_short_printable_line() -> None:
    assert spec_label(GOOD) == "an old sailor"
    label = spec_label(GenerateSpec("a\n\tb\x01" + "c" * 100))
    assert label.startswith("a bc")
    assert len(label) == 60
    assert label.isprintable()
