"""Pipelines for tests: no networks, steered by the prompt. Given to a worker as "fake_pipeline:run"."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import time
from collections.abc import Iterator
from typing import Any

from headsmith_server.pipelines.events import Artifact, Note, PipelineEvent, Progress
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import GenerateSpec


def warm_up(device: str) -> str:
    """A device that needs nothing."""
    return "cpu" if device == "auto" else device


def broken_warm_up(device: str) -> str:
    """A worker whose checkpoint is missing."""
    raise HeadsmithError(ErrorCode.MISSING_CHECKPOINT, "pocket.safetensors is missing", "install it again")


def deadly_warm_up(device: str) -> str:
    """A worker that dies while it starts."""
    os.kill(os.getpid(), signal.SIGKILL)
    return device


def run(spec: GenerateSpec, context: Any) -> Iterator[PipelineEvent]:
    """The prompt's first word chooses what happens."""
    word, _, argument = spec.prompt.partition(" ")
    return PIPELINES[word](spec, context, argument)


def blob(name: str, seed: int, size: int) -> bytes:
    """Bytes that anyone can make again."""
    seedling = hashlib.sha256(f"{name} {seed}".encode()).digest()
    return (seedling * (size // 32 + 1))[:size]


def _head(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    size = int(argument or 3_000_000)
    yield Note("not_understood", "florble")
    context.tick(0.1, "geometry")
    yield Artifact("geometry", "geometry.head", "application/x-headsmith-head", blob("geometry", spec.seed, 100_000))
    yield Progress("skin", 0.4)
    yield Artifact("map", "skin albedo", "image/png", blob("map", spec.seed, 50_000), {"channel": "albedo"})
    context.tick(0.9)
    yield Artifact("head", "face.head", "application/x-headsmith-head", blob("head", spec.seed, size))


def _slow(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    yield Artifact("geometry", "geometry.head", "application/x-headsmith-head", blob("geometry", spec.seed, 1000))
    steps = int(float(argument or 60) / 0.01)
    for step in range(steps):
        time.sleep(0.01)
        context.tick(step / steps, "skin")


def _deaf(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    context.tick(0.1, "deaf")
    time.sleep(60)
    yield Progress("never", 1.0)


def _die(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    yield Progress("dying", 0.5)
    os.kill(os.getpid(), signal.SIGKILL)


def _fail(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    yield Progress("failing", 0.5)
    raise HeadsmithError(ErrorCode.MISSING_CHECKPOINT, "pocket.safetensors is missing", "install it again")


def _crash(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    yield Progress("crashing", 0.5)
    raise ZeroDivisionError("a line\nand another")


def _hungry(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    yield Progress("eating", 0.5)
    raise MemoryError


def _chatty(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    print("a library that prints to standard output")
    for number in range(int(argument or 300)):
        yield Note("warning", f"note {number}")


def _full(spec: GenerateSpec, context: Any, argument: str) -> Iterator[PipelineEvent]:
    """The store's disk is full: no file of this process may grow beyond 64 KiB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, hard))
    try:
        yield Artifact("head", "face.head", "application/x-headsmith-head", os.urandom(1_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


PIPELINES = {
    "head": _head, "slow": _slow, "deaf": _deaf, "die": _die, "fail": _fail, "crash": _crash,
    "hungry": _hungry, "full": _full, "chatty": _chatty,
}  # fmt: skip
