"""write_shards: a run into a folder, shard by shard; what is there already is not made again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
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
    note: Callable[[str], None] = lambda text: None,
) -> Written:
    """Make the missing shards of a run in an existing folder. pool: opened only when something is missing.

    A shard has its name only once it is whole and on the disk; the manifest follows each. However this ends, the
    folder holds whole shards, and the same call continues. note: hears after the first shard when the disk will not do.
    Raises HeadsmithError: BAD_INPUT (another run lies there,
    the folder cannot be written), CONFLICT (another process writes there), DISK_FULL, and what Pool.run raises.
    """
    with _alone(folder):
        _sweep(run, folder)
        run = _continue(run, folder)
        missing = [number for number in range(len(run.ranges)) if not _whole(run, number, folder)]
        wanted = sum(len(run.ranges[number]) for number in missing)
        run.write(folder)
        started = time.monotonic()
        if not missing:
            return Written(run, 0, run.count, 0.0)
        made = 0

        def told(samples: Iterator[Encoded]) -> Iterator[Encoded]:
            nonlocal made
            for sample in samples:
                yield sample
                made += 1
                progress(made, wanted, time.monotonic() - started)

        with pool() as workers:
            results = workers.run(_tasks(run, missing))
            for number in missing:
                path, numbers = folder / run.file(number), run.ranges[number]
                shard = _write_shard(path, numbers, told(_samples(results, numbers)))
                run = run.with_shard(shard)
                run.write(folder)
                if number == missing[0]:
                    _warn_of_room(folder, shard.size * (wanted - made) // shard.count, note)
        return Written(run, made, run.count - made, time.monotonic() - started)


def _warn_of_room(folder: Path, needed: int, note: Callable[[str], None]) -> None:
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(folder).free
        if needed > free:
            note(f"{folder}: about {needed / 1e9:.1f} GB more will be needed, {free / 1e9:.1f} GB are free")


def tasks(numbers: range, views: int) -> Iterator[Task]:
    """The groups that hold these samples, cut at both ends."""
    for group in range(numbers.start // views, -(-numbers.stop // views)):
        start = group * views
        yield Task(group, max(0, numbers.start - start), min(views, numbers.stop - start))


def _tasks(run: Manifest, missing: list[int]) -> Iterator[Task]:
    for number in missing:
        yield from tasks(run.ranges[number], run.options["views"])


def _samples(results: Iterator[tuple[Task, list[Encoded]]], numbers: range) -> Iterator[Encoded]:
    """The next len(numbers) samples of the results, which begin and end with a task at these numbers."""
    left = len(numbers)
    while left:
        _, samples = next(results)
        left -= len(samples)
        yield from samples


def _write_shard(path: Path, numbers: range, samples: Iterator[Encoded]) -> Shard:
    digest, size = hashlib.sha256(), 0
    with replacing(path) as temporary, temporary.open("xb") as file:
        for index, sample in zip(numbers, samples, strict=True):
            for piece in sample_pieces(index, sample):
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        file.write(END)
        file.flush()
    digest.update(END)
    return Shard(path.name, numbers.start, len(numbers), digest.hexdigest(), size + len(END))


def _continue(run: Manifest, folder: Path) -> Manifest:
    """The run with what the folder holds of it."""
    old = read_manifest(folder)
    if old is not None:
        return continued(old, run, folder)
    for number in range(len(run.ranges)):
        if (folder / run.file(number)).exists():
            raise HeadsmithError(
                ErrorCode.BAD_INPUT,
                f"{folder}: holds {run.file(number)} without a manifest",
                "choose another --out, or take the old shards away",
            )
    return run


def _whole(run: Manifest, number: int, folder: Path) -> bool:
    """Whether the manifest lists the shard with its whole range, and its file has the size that was written."""
    numbers = run.ranges[number]
    for shard in run.shards:
        if (shard.file, shard.first, shard.count) == (run.file(number), numbers.start, len(numbers)):
            try:
                return (folder / shard.file).stat().st_size == shard.size
            except OSError:
                return False
    return False


def _sweep(run: Manifest, folder: Path) -> None:
    """Take away what a killed run was writing."""
    stem = re.escape(f"{run.kind}-{run.seed}-")
    left = re.compile(rf"\.(?:{stem}\d{{6}}-[0-9a-f]{{12}}\.tar|manifest-[0-9a-f]{{12}}\.json)")
    for path in folder.iterdir():
        if left.fullmatch(path.name):
            with contextlib.suppress(OSError):
                path.unlink()


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None, None, None]:
    """Hold the folder: two runs in one would take each other's files for leftovers. Without a file of its own."""
    try:
        import fcntl
    except ImportError:  # Windows cannot lock a folder; there it is up to the user
        yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise write_error(folder, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HeadsmithError(
                ErrorCode.CONFLICT, f"{folder}: another run writes into it", "wait for it, or choose another --out"
            ) from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(descriptor)
