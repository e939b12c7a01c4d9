"""What a worker process is told at its start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerConfig:
    """pipeline, warm_up: "module:function". python_path: folders put before the worker's own.

    pipeline is called as run(spec, context) and yields pipelines.events; warm_up as warm_up(device name), once at the
    start, and gives the name of the device in use. cancel_grace_s: how long a job may take to notice a cancel before
    its process is killed.
    """

    pipeline: str = "headsmith_server.pipelines:run"
    warm_up: str = "headsmith_server.executors.torch_device:warm_up"
    python_path: tuple[str, ...] = ()
    cancel_grace_s: float = 2.0
