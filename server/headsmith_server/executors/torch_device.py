"""Warms a worker up: torch imported, its threads set, the pipelines' models loaded."""

from __future__ import annotations

import os

import torch

from headsmith_server import pipelines


def warm_up(device: str) -> str:
    """Prepares `device` ("auto": the first CUDA device, else the CPU) and gives its name, for instance "cpu"."""
    chosen = choose_device(device)
    torch.set_num_threads(available_cores())
    torch.set_grad_enabled(False)
    prepare = getattr(pipelines, "warm_up", None)
    if prepare is not None:
        prepare(chosen)
    return str(chosen)


def choose_device(name: str) -> torch.device:
    """The device of that name; HeadsmithError(BAD_USAGE) when it is not there."""
    from headsmith_shared.errors import ErrorCode, HeadsmithError

    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"device {name}: unknown", "use auto, cpu or cuda") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"device {name}: no CUDA device is usable", "use --device cpu")
    return device


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
