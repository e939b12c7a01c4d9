"""The command itself: quick to start, calm about its own bugs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from headsmith_server import cli
from headsmith_server.commands import COMMANDS
from headsmith_shared.errors import ErrorCode, HeadsmithError


def test_help_comes_quickly_and_without_torch() -> None:
    times = []
    for _ in range(3):
        # Processor time: a busy machine must not fail this.
        started = sum(os.times()[2:4])
        done = subprocess.run(
            [sys.executable, "-m", "headsmith_server", "--help"], capture_output=True, text=True, check=True
        )
        times.append(sum(os.times()[2:4]) - started)
    assert min(times) < 0.3
    assert all(name in done.stdout for name in COMMANDS)
    code = "import headsmith_server.cli, sys; print(*sorted({'torch', 'bpy', 'zmq', 'cv2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    assert stop.value.code == 0
    assert COMMANDS[name].summary in capsys.readouterr().out


def test_a_bug_is_one_line_unless_debugging(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("headsmith_server.doctor.examine", broken)
    assert cli.main(["doctor"]) == 4
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "doctor: ZeroDivisionError: one; this is a bug" in error
    with pytest.raises(ZeroDivisionError):
        cli.main(["doctor", "--debug"])


@pytest.mark.parametrize(
    ("code", "status"),
    [(ErrorCode.BAD_FILE, 2), (ErrorCode.NO_SERVER, 3), (ErrorCode.REFUSED, 3), (ErrorCode.DISK_FULL, 4),
     (ErrorCode.CANCELLED, 130)],
)  # fmt: skip
def test_errors_give_their_exit_codes(
    code: ErrorCode, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise HeadsmithError(code, "a thing:\nis wrong", "do this")

    monkeypatch.setattr("headsmith_server.doctor.examine", failing)
    assert cli.main(["doctor"]) == status
    assert capsys.readouterr().err == "headsmith: a thing: is wrong; do this\n"


def test_a_reader_that_goes_away_is_no_error() -> None:
    script = f"{sys.executable} -m headsmith_server evaluate list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert done.returncode == 0
