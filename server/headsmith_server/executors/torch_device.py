"""Warms a worker up: torch imported, its threads set, the pipelines' models loaded."""

from __future__ import annotations

import torch

from headsmith_server import pipelines
from headsmith_server.devices import available_cores, choose_device


def warm_up(device: str) -> str:
    """Prepares `device` ("auto": the first CUDA device, else the CPU) and gives its name, for instance "cpu"."""
    chosen = choose_device(device)
    torch.set_num_threads(available_cores())
    torch.set_grad_enabled(False)
    prepare = getattr(pipelines, "warm_up", None)
    if prepare is not None:
        prepare(chosen)
    return str(chosen)
