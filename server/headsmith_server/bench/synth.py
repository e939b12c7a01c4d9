"""`headsmith bench synth`: how many samples a second `headsmith synth` writes, encoded and on the disk.

Workers are started and have made one sample each before the clock starts; from then on everything counts: making,
encoding, collecting, writing, checksums and the flush of every shard.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headsmith_server.checkpoints.registry import checkpoints
from headsmith_server.devices import available_cores, choose_device
from headsmith_server.figures import Figure, Figures
from headsmith_server.synthesis.shards.kinds import KINDS, find_kind
from headsmith_server.synthesis.shards.manifest import plan
from headsmith_server.synthesis.shards.pool import Pool
from headsmith_server.synthesis.shards.write import write_shards

WORKERS: Final = 2
SEED: Final = 11
_WARM_GROUP: Final = 1_000_000
"""Far away from the groups that are measured."""


@dataclass(frozen=True)
class Work:
    """What one figure measures. count: samples; goal: samples a second."""

    figure: str
    kind: str
    size: int
    views: int
    count: int
    quick_count: int
    goal: float


ON_CPU: Final = (
    Work("portraits_per_s", "portraits", 256, 8, 160, 48, 6.0),
    Work("textures_per_s", "textures", 512, 1, 60, 16, 4.0),
)
ON_CUDA: Final = (Work("portraits_cuda_per_s", "portraits", 256, 8, 8000, 1600, 1000.0),)


def run(*, quick: bool = False) -> Figures:
    """Samples a second with two workers on the CPU, and on the first CUDA device where there is one.

    quick: fewer samples. What cannot be measured here is left out with its reason.
    """
    started = time.monotonic()
    left_out: list[str] = []
    figures = [_figure(work, "cpu", WORKERS, quick) for work in ON_CPU if _known(work, left_out)]
    device = choose_device("auto")
    if device.type == "cuda":
        workers = min(16, available_cores())
        figures += [_figure(work, str(device), workers, quick) for work in ON_CUDA if _known(work, left_out)]
    else:
        left_out += [f"{work.figure}: no CUDA device is usable here" for work in ON_CUDA]
    return Figures(
        name="synth",
        device=f"{_name(device.type)}, {os.cpu_count()} cores, {WORKERS} workers",
        seconds=time.monotonic() - started,
        figures=tuple(figures),
        checkpoints={name: checkpoint.sha256 for name, checkpoint in checkpoints().items()},
        left_out=tuple(left_out),
    )


def rate(work: Work, device: str, workers: int, count: int) -> float:
    """Samples a second of that work, written into shards in a temporary folder."""
    kind = find_kind(work.kind)
    options = kind.options(work.size, work.views)
    shard_size = max(work.views, count // 4)
    planned = plan(kind, SEED, count, shard_size, options, device.partition(":")[0])
    with (
        tempfile.TemporaryDirectory(prefix="headsmith-bench-") as folder,
        Pool(work.kind, SEED, options, device, workers) as pool,
    ):
        pool.warm_up(_WARM_GROUP)
        written = write_shards(planned, Path(folder), lambda: contextlib.nullcontext(pool))
    return written.made / written.seconds


def _figure(work: Work, device: str, workers: int, quick: bool) -> Figure:
    count = work.quick_count if quick else work.count
    return Figure(work.figure, rate(work, device, workers, count), "1/s", work.goal, "higher", count)


def _known(work: Work, left_out: list[str]) -> bool:
    if work.kind in KINDS:
        return True
    left_out.append(f"{work.figure}: this version makes no {work.kind}")
    return False


def _name(device: str) -> str:
    if device != "cuda":
        return device
    import torch

    return f"cuda:0 {torch.cuda.get_device_name(0)}"
