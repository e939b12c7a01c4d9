"""Heads written by earlier versions still load."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from headsmith_shared.headfile import head_to_bytes, read_head
from tests.shared.equality import assert_identical
from tests.shared.head_fixtures import small_head

VERSION_1 = Path(__file__).parent / "golden" / "version-1.head"


def test_a_file_of_version_1_is_read_whole() -> None:
    head = read_head(VERSION_1)
    (strands,) = head.strands
    assert strands.root_uvs.shape == (0, 2)
    assert strands.shade.shape == (0,)
    assert strands.material == "hair"
    known = small_head()
    empty = (np.empty((0, 2), np.float32), np.empty(0, np.float32))
    assert_identical(head, replace(known, strands=(replace(known.strands[0], root_uvs=empty[0], shade=empty[1]),)))


def test_it_is_written_again_as_the_present_version() -> None:
    again = head_to_bytes(read_head(VERSION_1))
    assert again != VERSION_1.read_bytes()
    assert head_to_bytes(read_head(again)) == again
