"""Progress for people on standard error: one line that changes on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from typing import Final, TextIO

_LEAST_SECONDS: Final = 0.1
_BAR_WIDTH: Final = 24
_PLAIN_STEP: Final = 0.25


class ProgressLine:
    """Says which stage runs and how far the job is. Use it as a context manager, so that the line is ended.

    quiet: say nothing but `note`s. On a terminal at most ten updates a second; elsewhere a line a stage and a
    quarter, so that logs stay short.
    """

    def __init__(self, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = ""
        self._said: tuple[str, int] | None = None
        self._last = 0.0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._wipe()

    def show(self, stage: str, fraction: float | None = None, remaining: float | None = None, detail: str = "") -> None:
        """The stage's name, the fraction of the whole job (0..1), the seconds that remain and a rate or the like, where
        known."""
        if self._quiet:
            return
        if not self._terminal:
            step = (stage, int((fraction or 0.0) / _PLAIN_STEP))
            if step != self._said:
                self._said = step
                percent = "" if fraction is None else f" ({fraction:.0%})"
                if detail:
                    percent += f", {detail}" + ("" if remaining is None else f", {_clock(remaining)} left")
                print(f"headsmith: {stage}{percent}", file=self._stream, flush=True)
            return
        now = time.monotonic()
        if now - self._last < _LEAST_SECONDS and self._said == (stage, 0):
            return
        self._last, self._said = now, (stage, 0)
        text = stage
        if fraction is not None:
            filled = round(min(max(fraction, 0.0), 1.0) * _BAR_WIDTH)
            text = f"[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {fraction:4.0%}  {stage}"
        if detail:
            text += f", {detail}"
        if remaining is not None:
            text += f", {_clock(remaining)} left"
        self._wipe()
        print(text, end="", file=self._stream, flush=True)
        self._shown = text

    def note(self, text: str) -> None:
        """A line that stays."""
        self._wipe()
        print(f"headsmith: {text}", file=self._stream, flush=True)

    def _wipe(self) -> None:
        if self._shown:
            print("\r" + " " * len(self._shown) + "\r", end="", file=self._stream, flush=True)
            self._shown = ""


def _clock(seconds: float) -> str:
    """Seconds, or hours and minutes from a quarter of an hour on."""
    if seconds < 900:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
