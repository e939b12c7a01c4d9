"""Runs without worker processes, for what is not about them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from headsmith_server.synthesis.shards.kind import Kind, Options
from headsmith_server.synthesis.shards.manifest import Manifest, plan
from headsmith_server.synthesis.shards.parts import encode_sample
from headsmith_server.synthesis.shards.pool import Encoded, Task
from headsmith_server.synthesis.shards.write import Written, write_shards


class Inline:
    """A pool that works in this process and counts what it makes; `fail_at` makes it raise at that task."""

    def __init__(self, kind: Kind, seed: int, options: Options, error: BaseException | None, fail_at: int) -> None:
        self.made: list[Task] = []
        self._kind, self._seed, self._options, self._error, self._at = kind, seed, options, error, fail_at

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, list[Encoded]]]:
        for number, task in enumerate(tasks):
            if self._error is not None and number == self._at:
                raise self._error
            self.made.append(task)
            samples = list(self._kind.make(self._seed, task.group, self._options, torch.device("cpu")))
            yield task, [encode_sample(sample) for sample in samples[task.first : task.last]]


Runs = Callable[..., tuple[Written, list[Task]]]


def run_of(kind: Kind, count: int, shard_size: int, seed: int = 1, **options: Any) -> Manifest:
    return plan(kind, seed, count, shard_size, kind.options(**options), "cpu")


@pytest.fixture
def write() -> Runs:
    """write(kind, folder, count, shard_size): the result and the tasks that were made for it."""

    def run(
        kind: Kind, folder: Path, count: int, shard_size: int, *, seed: int = 1,
        error: BaseException | None = None, fail_at: int = 0, note: Any = print, **options: Any,
    ) -> tuple[Written, list[Task]]:  # fmt: skip
        folder.mkdir(exist_ok=True, parents=True)
        pool: Any = Inline(kind, seed, kind.options(**options), error, fail_at)
        manifest = run_of(kind, count, shard_size, seed, **options)
        return write_shards(manifest, folder, lambda: contextlib.nullcontext(pool), note=note), pool.made

    return run
