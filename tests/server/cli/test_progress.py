"""Progress is one living line on a terminal and few plain lines in a log."""

from __future__ import annotations

import io

import pytest

from headsmith_server.commands import progress
from headsmith_server.commands.progress import ProgressLine


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_a_stage_and_quarter() -> None:
    stream = io.StringIO()
    with ProgressLine(stream=stream) as line:
        for percent in range(100):
            line.show("skin", percent / 100)
        line.show("eyes", 1.0)
    assert stream.getvalue().splitlines() == [
        "headsmith: skin (0%)", "headsmith: skin (25%)", "headsmith: skin (50%)", "headsmith: skin (75%)",
        "headsmith: eyes (100%)",
    ]  # fmt: skip


def test_a_terminal_gets_one_line_that_is_wiped_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_LEAST_SECONDS", 0.0)
    stream = Terminal()
    with ProgressLine(stream=stream) as line:
        line.show("skin", 0.5, remaining=3.2)
        assert stream.getvalue() == "[############............]  50%  skin, 3 s left"
        line.show("eyes")
        line.note("not understood: florble")
        line.show("teeth")
    screen = stream.getvalue()
    assert "\n" not in screen.replace("headsmith: not understood: florble\n", "")
    assert screen.endswith("\r     \r")


def test_a_terminal_is_updated_ten_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with ProgressLine(stream=stream) as line:
        for step in range(1000):
            line.show("skin", step / 1000)
    assert stream.getvalue().count("%") <= 3


def test_quiet_keeps_the_notes() -> None:
    stream = io.StringIO()
    with ProgressLine(quiet=True, stream=stream) as line:
        line.show("skin", 0.5)
        line.note("hello")
    assert stream.getvalue() == "headsmith: hello\n"
