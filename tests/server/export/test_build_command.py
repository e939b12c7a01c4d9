"""`headsmith build`: files of a head from the command line, and one-line errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.export.conftest import needs_bpy


def build(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "headsmith_server", "build", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, env=dict(os.environ),
    )  # fmt: skip


@needs_bpy
@pytest.mark.slow
def test_files_are_named_after_the_head_unless_named(head: Path, tmp_path: Path) -> None:
    done = build(tmp_path, "ada.head", "--blend", "--glb", "other.glb", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["files"] == {"blend": "ada.blend", "glb": "other.glb"}
    assert set(report["blender_seconds"]) == {"start", "build", "portrait", "blend", "glb"}
    assert {path.name for path in tmp_path.iterdir()} == {"ada.head", "ada.blend", "other.glb"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ada.head"], "nothing to make of it; add --blend"),
        (["none.head", "--blend"], "none.head: cannot be read, no such file"),
        (["noise.head", "--blend"], "noise.head: is not a Headsmith file"),
        (["ada.head", "--usd", "a.png"], "--usd a.png: does not end in .usd"),
        (["ada.head", "--glb", "x/a.glb"], "no folder x"),
        (["ada.head", "--samples", "0", "--render"], "--samples"),
        (["ada.head", "--fbx", "a.fbx", "--blend", "b.fbx"], "--blend b.fbx"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(head: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "noise.head").write_bytes(b"noise")
    done = build(tmp_path, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} == {"ada.head", "noise.head"}
