"""Whether training data comes out the same: on any number of workers, and after a run was killed and continued."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from headsmith_server.synthesis.shards.kinds import find_kind
from headsmith_server.synthesis.shards.manifest import NAME, plan, read_manifest
from headsmith_server.synthesis.shards.pool import Pool
from headsmith_server.synthesis.shards.write import write_shards
from headsmith_shared.errors import ErrorCode, HeadsmithError

SEED: Final = 7
_POLL_S: Final = 0.02
_TIMEOUT_S: Final = 600.0


def workers_identical(
    kind: str, folder: Path, *, count: int, shard_size: int, size: int, workers: tuple[int, int] = (1, 3)
) -> bool:
    """Whether one number of workers and another write the same bytes. folder: an empty one for both runs."""
    few, many = folder / "few-workers", folder / "many-workers"
    for out, number in zip((few, many), workers, strict=True):
        _make(kind, out, count, shard_size, size, number)
    return contents(few) == contents(many)


def resume_identical(kind: str, folder: Path, *, count: int, shard_size: int, size: int, workers: int = 2) -> bool:
    """Whether a run that is killed (SIGKILL) once its first shard is there, and continued, ends with the bytes of one
    that was left alone; and whether it held whole shards only when it was dead. folder: an empty one for both.

    Raises HeadsmithError JOB_FAILED when the run cannot be killed in its middle (it failed, or was done too soon).
    """
    whole, killed = folder / "undisturbed", folder / "killed"
    _make(kind, whole, count, shard_size, size, workers=1)
    wanted = contents(whole)
    arguments = _arguments(kind, killed, count, shard_size, size, workers)
    kill_in_the_middle(arguments, killed)
    left = {name: data for name, data in contents(killed).items() if name != NAME}
    only_whole = all(wanted.get(name) == data for name, data in left.items())
    done = subprocess.run(arguments, capture_output=True, timeout=_TIMEOUT_S, env=_environment())
    if done.returncode:
        raise HeadsmithError(ErrorCode.JOB_FAILED, f"the run did not go on: {_last_line(done.stderr)}", "see there")
    return only_whole and contents(killed) == wanted


def kill_in_the_middle(arguments: list[str], folder: Path) -> None:
    """Start `headsmith synth` and kill it with SIGKILL when its first shard is there and others are not."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment())
    deadline = time.monotonic() + _TIMEOUT_S
    try:
        while time.monotonic() < deadline and process.poll() is None:
            manifest = read_manifest(folder)
            if manifest is not None and manifest.shards:
                break
            time.sleep(_POLL_S)
    finally:
        process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
    manifest = read_manifest(folder)
    if process.returncode != -signal.SIGKILL or manifest is None or not manifest.shards or manifest.complete:
        raise HeadsmithError(
            ErrorCode.JOB_FAILED,
            f"the run could not be killed in its middle: {_last_line(errors)}",
            "ask for more samples",
        )


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every shard and of the manifest by name."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        # What a killed run was writing has no name yet, and is taken away by the run that continues.
        if not path.name.startswith(".")
    }


def _make(kind: str, folder: Path, count: int, shard_size: int, size: int, workers: int) -> None:
    made = find_kind(kind)
    options = made.options(size)
    folder.mkdir(parents=True)
    run = plan(made, SEED, count, shard_size, options, "cpu")
    write_shards(run, folder, lambda: Pool(kind, SEED, options, "cpu", workers))


def _arguments(kind: str, folder: Path, count: int, shard_size: int, size: int, workers: int) -> list[str]:
    numbers = {"count": count, "seed": SEED, "shard-size": shard_size, "size": size, "workers": workers}
    options = {**numbers, "device": "cpu"}
    command = [sys.executable, "-m", "headsmith_server", "synth", kind, "--out", str(folder), "--quiet"]
    return command + [f"--{name}={value}" for name, value in options.items()]


def _last_line(errors: bytes) -> str:
    return (errors.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"])[-1][:200]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
