"""`status`, `jobs`, `cancel`, `stop`, `serve`: a server seen from the command line."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headsmith_shared.connection import find_local_server
from headsmith_shared.protocol.ids import new_job_id
from tests.server.cli.conftest import Run, environment


def test_status_tells_of_the_running_server(headsmith: Run) -> None:
    ran = headsmith("status")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("server 0.")
    answer = headsmith("status", "--json").json
    assert answer["worker"] in ("starting", "idle")
    assert answer["address"].startswith("tcp://127.0.0.1:")
    assert "secret" not in str(answer)


@pytest.mark.parametrize("command", [["status"], ["jobs"], ["stop"], ["cancel", new_job_id()]])
def test_without_a_server_they_say_so_with_exit_code_3_and_start_none(
    headsmith: Run, tmp_path: Path, command: list[str]
) -> None:
    ran = headsmith(*command, state_dir=tmp_path / "state")
    assert ran.code == 3
    assert ran.err.startswith("headsmith: no local server runs; ")
    assert ran.err.count("\n") == 1
    assert find_local_server(tmp_path / "state") is None


def test_jobs_lists_what_was_made_and_cancel_stops_what_runs(headsmith: Run, state: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "headsmith_server", "generate", "slow one"],
        env=environment(state), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "skin albedo" in line:
            break
    running = [job for job in headsmith("jobs", "--json").json["jobs"] if job["state"] == "running"]
    assert len(running) == 1
    job = running[0]["job"]
    assert job in headsmith("jobs").out
    ran = headsmith("cancel", job)
    assert (ran.code, ran.err) == (0, "")
    process.communicate(timeout=20)
    assert process.returncode == 130
    states = {entry["job"]: entry["state"] for entry in headsmith("jobs", "--json").json["jobs"]}
    assert states[job] == "cancelled"


def test_cancel_wants_a_job_that_exists(headsmith: Run) -> None:
    ran = headsmith("cancel", "nonsense")
    assert ran.code == 2
    assert ran.err == "headsmith: 'nonsense' is no job id; see `headsmith jobs`\n"
    ran = headsmith("cancel", new_job_id())
    assert ran.code == 4
    assert ran.err.count("\n") == 1


def test_an_occupied_port_is_told_with_a_remedy(headsmith: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = headsmith("serve", "--port", str(port), "--state-dir", str(tmp_path / "state"))
    assert ran.code in (2, 3)
    assert str(port) in ran.err
    assert ran.err.strip().count("\n") == 0
    assert not (tmp_path / "state" / "connection.json").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--host", "0.0.0.0"], "0.0.0.0"), (["--port", "70000"], "70000")],
)
def test_options_that_cannot_be_served_are_refused(
    headsmith: Run, tmp_path: Path, arguments: list[str], word: str
) -> None:
    ran = headsmith("serve", *arguments, "--state-dir", str(tmp_path / "state"))
    assert ran.code == 2
    assert word in ran.err
    assert ran.err.strip().count("\n") == 0


@pytest.mark.slow
def test_a_server_is_started_once_found_again_and_stopped(headsmith: Run, tmp_path: Path) -> None:
    state = tmp_path / "state"
    server = subprocess.Popen(
        [sys.executable, "-m", "headsmith_server", "serve", "--state-dir", str(state)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr is not None
    try:
        line = server.stderr.readline()
        assert line.startswith("headsmith: listening at tcp://127.0.0.1:")
        assert line.endswith(f"connection file {state / 'connection.json'}\n")
        deadline = time.monotonic() + 30
        while find_local_server(state) is None:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert headsmith("status", state_dir=state).code == 0
        ran = headsmith("stop", state_dir=state)
        assert (ran.code, ran.out) == (0, "server stopped\n")
        assert server.wait(10) == 0
        assert headsmith("stop", state_dir=state).code == 3
    finally:
        server.kill()
        server.stderr.close()
