"""Runs into folders: whole shards only, continued where they stopped, never mixed with another run."""

from __future__ import annotations

import contextlib
import hashlib
import json
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from headsmith_server.synthesis.shards.manifest import NAME, read_manifest
from headsmith_server.synthesis.shards.pool import Task
from headsmith_server.synthesis.shards.write import tasks
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.server.synthesis.shards.small_kinds import SMALL, VIEWS


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextlib.contextmanager
def refused(code: ErrorCode, *words: str) -> Iterator[None]:
    with pytest.raises(HeadsmithError) as caught:
        yield
    assert caught.value.code is code
    assert all(word in str(caught.value) for word in words)


def test_the_manifest_tells_all_there_is(write: Any, tmp_path: Path) -> None:
    written, _ = write(SMALL, tmp_path, 7, 3)
    assert sorted(files(tmp_path)) == [NAME, "small-1-000000.tar", "small-1-000001.tar", "small-1-000002.tar"]
    document = json.loads((tmp_path / NAME).read_text())
    assert (document["kind"], document["seed"], document["count"]) == ("small", 1, 7)
    assert document["options"] == {"size": 16, "views": 1}
    assert {"headsmith", "torch", "numpy", "opencv", "code"} == document["versions"].keys()
    for entry in document["shards"]:
        data = (tmp_path / entry["file"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry["sha256"], entry["size"])
    assert [(entry["first"], entry["count"]) for entry in document["shards"]] == [(0, 3), (3, 3), (6, 1)]
    assert read_manifest(tmp_path) == written.manifest


@pytest.mark.parametrize("shard_size", [1, 3, 4, 6, 100])
def test_samples_do_not_depend_on_how_they_are_cut_into_shards(write: Any, tmp_path: Path, shard_size: int) -> None:
    """Also where a group of four views lies in two shards."""
    write(VIEWS, tmp_path / "cut", 10, shard_size)
    write(VIEWS, tmp_path / "one", 10, 10)
    one = (tmp_path / "one" / "views-1-000000.tar").read_bytes()[:-1024]
    cut = b"".join(data[:-1024] for name, data in sorted(files(tmp_path / "cut").items()) if name != NAME)
    assert cut == one


def test_tasks_cover_a_range_once() -> None:
    assert list(tasks(range(3, 9), 4)) == [Task(0, 3, 4), Task(1, 0, 4), Task(2, 0, 1)]
    assert list(tasks(range(4, 8), 4)) == [Task(1, 0, 4)]
    assert list(tasks(range(5, 7), 1)) == [Task(5, 0, 1), Task(6, 0, 1)]


def test_a_whole_run_is_left_alone(write: Any, tmp_path: Path) -> None:
    write(SMALL, tmp_path, 5, 2)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.tar")}
    written, made = write(SMALL, tmp_path, 5, 2)
    assert (written.made, written.found, made) == (0, 5, [])
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.tar")} == before


def test_only_missing_and_shortened_shards_are_made_again(write: Any, tmp_path: Path) -> None:
    write(SMALL, tmp_path, 8, 2)
    whole = files(tmp_path)
    (tmp_path / "small-1-000001.tar").unlink()
    (tmp_path / "small-1-000003.tar").write_bytes(whole["small-1-000003.tar"][:1000])
    written, made = write(SMALL, tmp_path, 8, 2)
    assert [task.group for task in made] == [2, 3, 6, 7]
    assert (written.made, written.found) == (4, 4)
    assert files(tmp_path) == whole


def test_a_run_may_be_made_longer(write: Any, tmp_path: Path) -> None:
    write(VIEWS, tmp_path / "a", 9, 6)
    written, made = write(VIEWS, tmp_path / "a", 17, 6)
    assert [task.group for task in made] == [1, 2, 3, 4]  # the first shard stays
    assert written.found == 6
    write(VIEWS, tmp_path / "b", 17, 6)
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"seed": 2}, "another seed (1, not 2)"), ({"size": 64}, "another size (16, not 64)"),
        ({"shard_size": 3}, "another shard size (2, not 3)"), ({"kind": VIEWS}, "another kind (small, not views)"),
        ({"count": 3}, "--count 5 or more"),
    ],
)  # fmt: skip
def test_another_run_does_not_mix_with_what_is_there(
    changed: dict[str, Any], words: str, write: Any, tmp_path: Path
) -> None:
    write(SMALL, tmp_path, 5, 2)
    before = files(tmp_path)
    arguments = {"kind": SMALL, "count": 5, "shard_size": 2, **changed}
    with refused(ErrorCode.BAD_INPUT, str(tmp_path), words):
        write(folder=tmp_path, **arguments)
    assert files(tmp_path) == before


def test_other_code_is_another_run(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SMALL, tmp_path, 2, 2)
    monkeypatch.setattr("headsmith_server.synthesis.shards.manifest.code_fingerprint", lambda rooms: "f" * 64)
    with refused(ErrorCode.BAD_INPUT, "another code"):
        write(SMALL, tmp_path, 4, 2)


def test_shards_without_a_manifest_are_not_written_over(write: Any, tmp_path: Path) -> None:
    (tmp_path / "small-1-000001.tar").write_bytes(b"dear")
    with refused(ErrorCode.BAD_INPUT, "without a manifest"):
        write(SMALL, tmp_path, 4, 2)
    assert files(tmp_path) == {"small-1-000001.tar": b"dear"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": "other"}', '{"format": "headsmith-shards-1", "shards": 3}']
)
def test_a_damaged_manifest_is_told(text: str, write: Any, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    with refused(ErrorCode.BAD_FILE, NAME):
        write(SMALL, tmp_path, 4, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("file", "../x.tar"), ("file", "/etc/passwd"), ("file", "a/small-1-000000.tar"), ("first", -1), ("count", 0),
     ("count", 99), ("sha256", "0"), ("size", -5)],
)  # fmt: skip
def test_a_manifest_with_impossible_shards_is_refused(field: str, value: Any, write: Any, tmp_path: Path) -> None:
    write(SMALL, tmp_path, 4, 2)
    document = json.loads((tmp_path / NAME).read_text())
    document["shards"][0][field] = value
    (tmp_path / NAME).write_text(json.dumps(document))
    with refused(ErrorCode.BAD_FILE, NAME):
        read_manifest(tmp_path)


def test_what_a_killed_run_left_half_written_goes_and_nothing_else(write: Any, tmp_path: Path) -> None:
    leftovers = (".small-1-000002-0123456789ab.tar", ".manifest-0123456789ab.json")
    others = (".small-2-000002-0123456789ab.tar", "notes.txt", ".hidden.tar")
    for name in (*leftovers, *others):
        (tmp_path / name).write_bytes(b"x")
    write(SMALL, tmp_path, 2, 2)
    assert sorted(files(tmp_path)) == sorted([*others, NAME, "small-1-000000.tar"])


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), HeadsmithError(ErrorCode.WORKER_DIED, "two workers died there")]
)
def test_an_interrupted_run_leaves_whole_shards_and_goes_on(error: BaseException, write: Any, tmp_path: Path) -> None:
    with pytest.raises(type(error)):
        write(SMALL, tmp_path / "a", 8, 3, error=error, fail_at=5)
    assert sorted(files(tmp_path / "a")) == [NAME, "small-1-000000.tar"]
    _, made = write(SMALL, tmp_path / "a", 8, 3)
    assert [task.group for task in made] == [3, 4, 5, 6, 7]
    write(SMALL, tmp_path / "b", 8, 3)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_one_run_at_a_time(write: Any, tmp_path: Path) -> None:
    import fcntl
    import os

    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with refused(ErrorCode.CONFLICT, "another run"):
            write(SMALL, tmp_path, 2, 2)
    finally:
        os.close(descriptor)
    write(SMALL, tmp_path, 2, 2)


@pytest.fixture
def no_file_larger_than() -> Iterator[Any]:
    """Sets the largest file that this process may write: the kernel then answers as a full quota does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_no_room_for_a_shard_leaves_the_whole_ones_and_nothing_else(
    write: Any, tmp_path: Path, no_file_larger_than: Any
) -> None:
    write(SMALL, tmp_path, 2, 2)
    no_file_larger_than((tmp_path / "small-1-000000.tar").stat().st_size // 2)
    with refused(ErrorCode.DISK_FULL, "small-1-000001.tar", "no room left"):
        write(SMALL, tmp_path, 4, 2)
    assert sorted(files(tmp_path)) == [NAME, "small-1-000000.tar"]
    no_file_larger_than(resource.RLIM_INFINITY)
    write(SMALL, tmp_path, 4, 2)
    assert len(files(tmp_path)) == 3


def test_a_disk_that_will_not_do_is_told_after_the_first_shard(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    write(SMALL, tmp_path / "enough", 20, 2, note=notes.append)
    assert notes == []
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    write(SMALL, tmp_path / "not", 20, 2, note=notes.append)
    (note,) = notes
    assert "0.0 GB are free" in note
