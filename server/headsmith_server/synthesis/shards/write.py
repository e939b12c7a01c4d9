"""write_shards: a run into a folder, shard by shard; what is there already is not made again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from headsmith_server.synthesis.shards.manifest import Manifest, Shard, continued, read_manifest
from headsmith_server.synthesis.shards.pool import Encoded, Pool, Task
from headsmith_server.synthesis.shards.tar import END, sample_pieces
from headsmith_shared.atomic import replacing, write_error
from headsmith_shared.errors import ErrorCode, HeadsmithError


@dataclass(frozen=True)
class Written:
    """What a run did. made: samples of this run; found: samples that were there; seconds: for the made ones."""

    manifest: Manifest
    made: int
    found: int
    seconds: float


Progress = Callable[[int, int, float], None]
"""Hears (samples made in this run, samples to make in this run, seconds since its start)."""


def write_shards(
    run: Manifest,
    folder: Path,
    pool: Callable[[], contextlib.AbstractContextManager[Pool]],
    progress: Progress = lambda made, wanted, seconds: None,
) -> Written:
    """Make the missing shards of a run in an existing folder. pool: opened only when something is missing.

    A shard has its name only once it is whole and on the disk; the manifest follows each. However this ends, the
    folder holds whole shards, and the same call continues. Raises HeadsmithError: BAD_INPUT (another run lies there,
    the folder cannot be written), CONFLICT (another process writes there), DISK_FULL, and what Pool.run raises.
    """
    with _alone(folder):
        _sweep(run, folder)
        run = _continue(run, folder)
        missing = [number for number in range(len(run.ranges)) if not _whole(run, number)]
        wanted = sum(len(run.ranges[number]) for number in missing)
        run.write(folder)
        started = time.monotonic()
        if not missing:
            return Written(run, 0, run.count, 0.0)
        made = 0
        with pool() as workers:
            results = workers.run(_tasks(run, missing))
            for number in missing:
                wide = run.ranges[number]
                counted = _counted(_samples(results, wide, run.options["views"]))
                shard = _write_shard(folder / run.file(number), wide, counted, lambda done: progress(
                    made + done, wanted, time.monotonic() - started))  # fmt: skip
                made += len(wide)
                run = run.with_shard(shard)
                run.write(folder)
        return Written(run, made, run.count - made, time.monotonic() - started)
