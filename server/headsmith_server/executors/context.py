"""What a pipeline is given: the device, and a tick that carries progress out and a cancel in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from headsmith_shared.errors import ErrorCode, HeadsmithError

if TYPE_CHECKING:
    import torch

_REPORT_EVERY_S: Final = 0.05


class JobContext:
    """The `context` of pipelines.run. report: called with (stage, fraction), at most every 50 ms and at each stage."""

    def __init__(self, device_name: str, cancelled: threading.Event, report: Callable[[str, float], None]) -> None:
        self._device_name = device_name
        self._cancelled = cancelled
        self._report = report
        self._started = self._stage_started = time.monotonic()
        self._reported = 0.0
        self._fraction = 0.0
        self.stage = ""
        self._stages: dict[str, float] = {}

    @cached_property
    def device(self) -> torch.device:
        """Where to compute."""
        import torch  # not at the top: a pipeline without networks needs none

        return torch.device(self._device_name)

    def tick(self, fraction: float | None = None, stage: str | None = None) -> None:
        """Call at each step. fraction: of the whole job, 0..1, never taken back. HeadsmithError(CANCELLED)."""
        if self._cancelled.is_set():
            raise HeadsmithError(ErrorCode.CANCELLED, "the job was cancelled")
        now = time.monotonic()
        changed = stage is not None and stage != self.stage
        if changed:
            self._close_stage(now)
            self.stage = stage or ""
        if fraction is not None:
            self._fraction = max(self._fraction, min(1.0, fraction))
        if changed or (fraction is not None and now - self._reported >= _REPORT_EVERY_S):
            self._reported = now
            self._report(self.stage, self._fraction)

    def finish(self) -> tuple[float, dict[str, float]]:
        """(seconds of the whole job, seconds by stage)."""
        now = time.monotonic()
        self._close_stage(now)
        return now - self._started, {name: round(seconds, 4) for name, seconds in self._stages.items()}

    def _close_stage(self, now: float) -> None:
        if self.stage:
            self._stages[self.stage] = self._stages.get(self.stage, 0.0) + now - self._stage_started
        self._stage_started = now
