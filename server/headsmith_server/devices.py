"""Which device and how many cores this process may use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headsmith_shared.errors import ErrorCode, HeadsmithError

if TYPE_CHECKING:
    import torch


def choose_device(name: str) -> torch.device:
    """The device of that name ("auto": the first CUDA device, else the CPU); HeadsmithError BAD_USAGE when absent."""
    import torch

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
