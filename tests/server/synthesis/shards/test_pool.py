"""Worker processes: the same bytes from any number of them, and clear words when one dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headsmith_server.evaluation.synth_reproducible import contents, resume_identical, workers_identical
from headsmith_server.synthesis.shards.kind import Kind
from headsmith_server.synthesis.shards.pool import Pool, Task
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.server.synthesis.shards.small_kinds import CRASH_FILE, CRASHING, FAILING, IMPURE, SLOW, VIEWS, place


def pool_of(kind: Kind, notes: list[str] | None = None, workers: int = 1) -> Pool:
    return Pool(place(kind), 1, kind.options(), "cpu", workers, (notes if notes is not None else []).append)


def test_one_worker_and_three_give_the_same_bytes(tmp_path: Path) -> None:
    assert workers_identical(place(VIEWS), tmp_path, count=18, shard_size=5, size=16)
    assert len(contents(tmp_path / "many-workers")) == 5


def test_a_kind_that_depends_on_its_worker_is_found_out(tmp_path: Path) -> None:
    assert not workers_identical(place(IMPURE), tmp_path, count=4, shard_size=2, size=16, workers=(1, 2))


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    assert resume_identical(place(SLOW), tmp_path, count=60, shard_size=4, size=16, workers=1)


def test_a_worker_that_dies_is_replaced_and_its_samples_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CRASH_FILE, str(tmp_path / "crashed"))
    notes: list[str] = []
    with pool_of(CRASHING, notes) as pool:
        results = list(pool.run([Task(group, 0, 2) for group in range(4)]))
    assert [task.group for task, _ in results] == [0, 1, 2, 3]
    assert all(len(samples) == 2 for _, samples in results)
    (note,) = notes
    assert "samples 4 to 5" in note
    assert "exit code 7" in note


def test_samples_that_kill_two_workers_end_the_run() -> None:
    with pool_of(CRASHING) as pool, pytest.raises(HeadsmithError) as caught:
        list(pool.run([Task(group, 0, 1) for group in range(4)]))
    assert caught.value.code is ErrorCode.WORKER_DIED
    assert caught.value.code.exit_code == 4
    assert "sample 4" in caught.value.message
    assert caught.value.remedy


def test_an_error_of_the_kind_is_told_with_its_samples() -> None:
    with pool_of(FAILING) as pool, pytest.raises(HeadsmithError) as caught:
        list(pool.run([Task(group, 0, 2) for group in range(4)]))
    assert caught.value.code is ErrorCode.JOB_FAILED
    assert "samples 4 to 5: ArithmeticError: a head without a face" in caught.value.message


def test_a_worker_ends_with_its_owner() -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "headsmith_server.synthesis.shards.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(30) == 0


@pytest.mark.parametrize("workers", [0, -1, 100_000])
def test_an_impossible_number_of_workers_is_refused(workers: int) -> None:
    with pytest.raises(HeadsmithError) as caught:
        pool_of(VIEWS, workers=workers)
    assert caught.value.code is ErrorCode.BAD_USAGE
