"""Kinds of data that cost nothing, and ones that misbehave, for the tests of shards."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from headsmith_server.synthesis.shards.kind import Kind, Options, Sample

HERE = "tests.server.synthesis.shards.small_kinds"
CRASH_FILE = "HEADSMITH_TEST_CRASH"


def make(seed: int, group: int, options: Options, device: Any) -> Iterator[Sample]:
    """One part of every sort."""
    for view in range(options.views):
        random = np.random.default_rng([seed, group, view])
        yield {
            "image.png": random.integers(0, 256, (options.size, options.size, 3), np.uint8),
            "height.png": random.integers(0, 65536, (options.size, options.size), np.uint16),
            "depth.exr": random.standard_normal((options.size, options.size)).astype(np.float16),
            "arrays.safetensors": {"identity": random.standard_normal(5).astype(np.float32)},
            "meta.json": {"seed": seed, "group": group, "view": view, "device": str(device)},
            "caption.txt": f"person {group}, view {view}",
        }


def slow(seed: int, group: int, options: Options, device: Any) -> Iterator[Sample]:
    """Time enough to be interrupted."""
    for sample in make(seed, group, options, device):
        time.sleep(0.02)
        yield sample


def impure(seed: int, group: int, options: Options, device: Any) -> Iterator[Sample]:
    """What a kind must not be: it depends on who makes it."""
    yield {"meta.json": {"process": os.getpid()}}


def crashing(seed: int, group: int, options: Options, device: Any) -> Iterator[Sample]:
    """Takes its process down at group 2, once when there is a file to remember it by, else every time."""
    if group == 2:
        remembered = os.environ.get(CRASH_FILE)
        if not remembered or not Path(remembered).exists():
            if remembered:
                Path(remembered).touch()
            os._exit(7)
    yield from make(seed, group, options, device)


def failing(seed: int, group: int, options: Options, device: Any) -> Iterator[Sample]:
    """Raises at group 2."""
    if group == 2:
        raise ArithmeticError("a head without a face")
    yield from make(seed, group, options, device)


def _kind(name: str, function: Any, views: int = 1) -> Kind:
    return Kind(name, "for tests", function, 16, (4, 16, 64, 256), views, max(views, 1), rooms=())


SMALL = _kind("small", make)
VIEWS = _kind("views", make, 4)
SLOW = _kind("slow", slow)
IMPURE = _kind("impure", impure)
CRASHING = _kind("crashing", crashing, 2)
FAILING = _kind("failing", failing, 2)


def place(kind: Kind) -> str:
    """What find_kind and the command line take."""
    return f"{HERE}:{kind.name.upper()}"
