"""A server of its own for the command's tests, and the command as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headsmith_shared.connection import find_local_server

_SERVER = Path(__file__).with_name("serve_small.py")


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, standard output and error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON object."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder of a running server."""
    folder = tmp_path_factory.mktemp("state")
    with (folder / "server.out").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(_SERVER)], env=environment(folder), stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + 30
    while find_local_server(folder) is None:
        assert process.poll() is None, (folder / "server.out").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield folder
    process.send_signal(signal.SIGTERM)
    process.wait(15)


@pytest.fixture
def headsmith(state: Path, tmp_path: Path) -> Run:
    """Runs `headsmith ARGUMENTS` beside the running server, in an empty folder."""

    def run(*arguments: str, state_dir: Path = state, cwd: Path = tmp_path, **variables: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "headsmith_server", *arguments],
            env=environment(state_dir) | variables, cwd=cwd, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


def environment(state: Path) -> dict[str, str]:
    """This process's environment with a state folder of its own."""
    return {**os.environ, "HEADSMITH_STATE_DIR": str(state)}
