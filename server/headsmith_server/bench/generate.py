"""`headsmith bench generate`: from words to a head in Blender, at draft quality and 2K, with a warm server.

A private server runs for the measurement; the user's own is left alone. Times are what a client sees.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headsmith_server.checkpoints.registry import checkpoints
from headsmith_server.export import ExportChild, ExportRequest
from headsmith_server.figures import Figure, Figures
from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.client import (
    ArtifactReceived,
    Client,
    ConnectionInfo,
    InboxMessage,
    JobProgress,
    ThreadedClient,
    start_local_server,
    stop_local_server,
)
from headsmith_shared.client.inbox import JobCancelled, JobDone, JobFailed, JobRefused
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import GenerateSpec

PROMPTS: Final = (
    "a young woman with freckles, green eyes and very thick, long, wavy hair",
    "an elderly sailor with weathered dark skin, a broad nose and grey stubble",
    "a middle-aged East Asian man with a square jaw and black eyebrows",
    "a heavy old man with a hooked nose, blue eyes and deep wrinkles",
    "a girl of eight years with light brown skin and brown eyes",
)
STRANDS: Final = 10_000
"""hair_build_ms is of so many: the time of a head with fewer is raised in proportion."""
CANCEL_AT: Final = (0.02, 0.1, 0.25, 0.4, 0.6, 0.8)  # fractions of the job
_WARM_TIMEOUT_S: Final = 180.0
_JOB_TIMEOUT_S: Final = 300.0


def run(*, quick: bool = False) -> Figures:
    """Medians over the prompts, and the slowest of the cancels. quick: one prompt, three cancels.

    Without bpy `blend_s`, `build_ms` and `hair_build_ms` are left out, and said so.
    """
    started = time.monotonic()
    prompts = PROMPTS[:1] if quick else PROMPTS
    left_out: list[str] = []
    with tempfile.TemporaryDirectory(prefix="headsmith-bench-") as folder, _warm_server(Path(folder)) as connection:
        device = _device(connection)
        timed = [_timed_head(connection, GenerateSpec(prompt, seed)) for seed, prompt in enumerate(prompts)]
        cancels = [
            _cancel_seconds(connection, fraction, seed) for seed, fraction in enumerate(CANCEL_AT[:: 2 if quick else 1])
        ]
        figures = [
            Figure("first_geometry_s", _median([head.geometry_s for head in timed]), "s", 1.5, "lower", len(timed)),
            Figure("asset_s", _median([head.asset_s for head in timed]), "s", 12.0, "lower", len(timed)),
            Figure("cancel_ms", 1000 * max(cancels), "ms", 250.0, "lower", len(cancels)),
        ]
        try:
            blends = [
                _blend_seconds(connection, GenerateSpec(prompt, 100 + seed), Path(folder))
                for seed, prompt in enumerate(prompts)
            ]
            builds, hair = _build_milliseconds(timed[0].data, Path(folder), 3 if quick else 10)
        except HeadsmithError as error:
            if error.code is not ErrorCode.MISSING_DEPENDENCY:
                raise
            left_out.append(f"blend_s, build_ms, hair_build_ms: {error}")
        else:
            figures.insert(2, Figure("blend_s", _median(blends), "s", 20.0, "lower", len(blends)))
            figures.insert(3, Figure("build_ms", _median(builds), "ms", 150.0, "lower", len(builds)))
            figures.insert(4, Figure("hair_build_ms", _median(hair), "ms", 200.0, "lower", len(hair)))
    return Figures(
        name="generate",
        device=f"{device}, {os.cpu_count()} cores",
        seconds=time.monotonic() - started,
        figures=tuple(figures),
        checkpoints={name: checkpoint.sha256 for name, checkpoint in checkpoints().items()},
        left_out=tuple(left_out),
    )


@contextmanager
def _warm_server(folder: Path) -> Iterator[ConnectionInfo]:
    """A server of the bench's own whose worker has everything loaded and has made a head before."""
    state = folder / "state"
    connection = start_local_server([sys.executable, "-m", "headsmith_server", "serve"], 30.0, state)
    try:
        with Client(connection, name="bench") as client:
            deadline = time.monotonic() + _WARM_TIMEOUT_S
            while (worker := client.status().server.worker) != "idle":
                if worker == "failed" or time.monotonic() > deadline:
                    break  # the job's error says why, in the words that a user would see
                time.sleep(0.1)
            client.wait(client.submit(GenerateSpec(PROMPTS[-1], 300)))
        yield connection
    finally:
        stop_local_server(state)


def _device(connection: ConnectionInfo) -> str:
    with Client(connection, name="bench") as client:
        return client.status().server.device


@dataclass(frozen=True)
class _TimedHead:
    """A head and how long a client waited for its first geometry and for the whole of it."""

    geometry_s: float
    asset_s: float
    data: bytes


def _timed_head(connection: ConnectionInfo, spec: GenerateSpec) -> _TimedHead:
    arrived: list[float] = []

    def hear(message: InboxMessage) -> None:
        if isinstance(message, ArtifactReceived) and message.artifact.kind == "geometry":
            arrived.append(time.monotonic())

    with Client(connection, name="bench", fetch=("geometry", "head")) as client:
        started = time.monotonic()
        result = client.wait(client.submit(spec), hear)
        ended = time.monotonic()
    if not arrived:
        raise HeadsmithError(ErrorCode.JOB_FAILED, "the job gave no geometry", "read the server's log")
    return _TimedHead(arrived[0] - started, ended - started, result.head())


def _cancel_seconds(connection: ConnectionInfo, fraction: float, seed: int) -> float:
    """From the call to the event, for a job that has come so far."""
    client = ThreadedClient(connection, name="bench", fetch=())
    client.start()
    try:
        job = client.submit(GenerateSpec(PROMPTS[seed % len(PROMPTS)], 200 + seed))
        deadline = time.monotonic() + _JOB_TIMEOUT_S
        asked = 0.0
        while time.monotonic() < deadline:
            message = client.inbox.wait(1.0)
            if isinstance(message, JobProgress) and message.fraction >= fraction and not asked:
                asked = time.monotonic()
                client.cancel(job)
            elif isinstance(message, JobCancelled):
                return time.monotonic() - asked
            elif isinstance(message, JobFailed | JobRefused):
                raise message.error
            elif isinstance(message, JobDone):
                break
    finally:
        client.stop()
    raise HeadsmithError(ErrorCode.JOB_FAILED, f"a cancel at {fraction:.0%} had no effect", "read the server's log")


def _blend_seconds(connection: ConnectionInfo, spec: GenerateSpec, folder: Path) -> float:
    """From the prompt to a packed .blend, Blender's start included, as `headsmith generate --blend` goes."""
    started = time.monotonic()
    with ExportChild() as child, Client(connection, name="bench") as client:
        head = folder / f"blend-{spec.seed}.head"
        head.write_bytes(client.wait(client.submit(spec)).head())
        child.export(head, ExportRequest({"blend": head.with_suffix(".blend")}))
        return time.monotonic() - started


def _build_milliseconds(data: bytes, folder: Path, runs: int) -> tuple[list[float], list[float]]:
    """Asset to objects with all keys, maps not packed; and its hair (curves of STRANDS strands, and cards)."""
    head = folder / "build.head"
    head.write_bytes(data)
    workspace = folder / "build"
    workspace.mkdir()
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(workspace)}
    done = subprocess.run(
        [sys.executable, "-m", "headsmith_server.bench.build_child", str(workspace), str(head), str(runs)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise HeadsmithError(ErrorCode.WORKER_DIED, f"Blender ended while building: {last[:300]}", "run it again")
    result = json.loads(done.stdout.strip().splitlines()[-1])
    if result["keys"] != len(ARKIT_NAMES):
        raise HeadsmithError(
            ErrorCode.JOB_FAILED, f"a built head has {result['keys']} keys, not {len(ARKIT_NAMES)}", "mend the builders"
        )
    if not result["strands"]:
        raise HeadsmithError(
            ErrorCode.JOB_FAILED, "the head of the first prompt has no hair", "mend the prompt reading"
        )
    share = max(1.0, STRANDS / result["strands"])
    return result["milliseconds"], [share * value for value in result["hair_milliseconds"]]


def _median(values: list[float]) -> float:
    return float(statistics.median(values))
