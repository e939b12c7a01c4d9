"""What a pipeline is given by whoever runs it: a device and a place to report to and be cancelled at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch


class Context(Protocol):
    """tick() is called at least every 100 ms of work; it raises Cancelled (HeadsmithError) once the job is."""

    @property
    def device(self) -> torch.device: ...

    def tick(self, fraction: float | None = None, stage: str | None = None) -> None: ...
