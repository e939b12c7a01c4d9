"""File names from prompts are safe everywhere and still recall the prompt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headsmith_server.commands.naming import checked_name, slug, write_unclaimed
from headsmith_shared.errors import ErrorCode, HeadsmithError


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("an elderly sailor with weathered dark skin, a broad nose", "elderly-sailor-with-weathered-dark-skin-a-broad"),
        ("A", "a"),
        ("the Woman", "woman"),
        ("\u00c5sa M\u00fcller", "asa-muller"),
        ("\u8001\u4eba", "head"),
        ("!!!", "head"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-head"),
        ("x" * 500, "x" * 48),
        ("a\0b", "b"),
    ],
)
def test_a_prompt_gives_this_name(prompt: str, name: str) -> None:
    assert slug(prompt) == name


@given(st.text())
def test_every_prompt_gives_a_safe_name(prompt: str) -> None:
    name = slug(prompt)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= 53
    assert checked_name(name) == name


@given(st.text(max_size=300))
def test_a_chosen_name_is_safe_or_refused(text: str) -> None:
    try:
        name = checked_name(text)
    except HeadsmithError as error:
        code = error.code
    else:
        code = None
        assert Path(name).name == name
        assert not set('/\\:*?"<>|\0\n') & set(name)
    assert code in (None, ErrorCode.BAD_USAGE)


def test_a_taken_picture_counts_as_taken(tmp_path: Path) -> None:
    (tmp_path / "man.png").write_bytes(b"a photo of the user's")
    assert write_unclaimed(tmp_path, "man", b"1", (".png",), force=False).name == "man-2.head"
    assert write_unclaimed(tmp_path, "man", b"1", (), force=False).name == "man.head"
