"""No room, no process: the export child fails by name and leaves nothing; an old file is never lost."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any

import pytest

from headsmith_server.export import ExportChild, process
from headsmith_shared.errors import ErrorCode, HeadsmithError


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["mkdtemp", "TemporaryFile"])
def test_a_full_temporary_folder_is_named_and_left_empty(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, step, full)
    with pytest.raises(HeadsmithError) as caught, ExportChild(extension=tmp_path):
        pass
    assert caught.value.code is ErrorCode.DISK_FULL
    assert str(tmp_path) in caught.value.message
    assert not list(tmp_path.iterdir())


def test_a_process_that_cannot_start_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(HeadsmithError) as caught, ExportChild(extension=tmp_path, python="/no/such/python"):
        pass
    assert caught.value.code is ErrorCode.WORKER_DIED
    assert "/no/such/python" in caught.value.message
    assert not list(tmp_path.iterdir())


def test_the_old_blend_is_kept_as_blend1_and_put_back_when_the_new_one_cannot_come(tmp_path: Path) -> None:
    path, staging = tmp_path / "ada.blend", tmp_path / "staging"
    staging.mkdir()
    path.write_text("old")
    with pytest.raises(HeadsmithError):
        process._move(staging / "missing.blend", path)
    assert path.read_text() == "old"
    (staging / "ada.blend").write_text("new")
    process._move(staging / "ada.blend", path)
    assert (path.read_text(), (tmp_path / "ada.blend1").read_text()) == ("new", "old")
