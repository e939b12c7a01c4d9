"""`headsmith generate` as a user meets it: a process with arguments, files, streams and an exit code."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headsmith_shared.client import status
from headsmith_shared.connection import find_local_server
from headsmith_shared.headfile import read_head
from tests.server.cli.conftest import Ran, Run, environment


def assert_one_line(ran: Ran, *words: str) -> None:
    """The error is one line with cause and remedy, and no traceback."""
    lines = [line for line in ran.err.splitlines() if not line.startswith("headsmith: connecting")]
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("headsmith: ")
    assert "; " in lines[0]
    for word in words:
        assert word in lines[0]


def test_a_sentence_becomes_a_file_named_after_it(headsmith: Run, tmp_path: Path) -> None:
    ran = headsmith("generate", "An old Sailor, with grey stubble", "--seed", "3")
    assert ran.code == 0, ran.err
    path = tmp_path / "old-sailor-with-grey-stubble.head"
    assert ran.out == "old-sailor-with-grey-stubble.head\n"
    head = read_head(path)
    assert (head.provenance.prompt, head.provenance.seed) == ("An old Sailor, with grey stubble", 3)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert "geometry" in ran.err
    assert "done in" in ran.err


def test_json_is_one_object_with_files_notes_and_times(headsmith: Run, tmp_path: Path) -> None:
    ran = headsmith("generate", "a florble plait", "--json", "--out", str(tmp_path / "deep" / "out"))
    assert ran.code == 0, ran.err
    answer = ran.json
    data = Path(answer["files"]["head"]).read_bytes()
    assert answer["sha256"] == hashlib.sha256(data).hexdigest()
    assert answer["notes"] == {"not_understood": ["florble"], "not_built": ["a plait"], "warning": []}
    assert answer["stages"]
    assert answer["prompt"] == "a florble plait"
    assert "headsmith: not understood: florble" in ran.err
    assert "headsmith: understood, but cannot be built yet: a plait" in ran.err


def test_quiet_says_no_progress_but_what_was_not_understood(headsmith: Run) -> None:
    ran = headsmith("generate", "a florble", "--quiet")
    assert ran.err == "headsmith: not understood: florble\n"


def test_the_same_head_keeps_its_name_and_another_gets_a_number(headsmith: Run, tmp_path: Path) -> None:
    assert headsmith("generate", "a man").out == "man.head\n"
    assert headsmith("generate", "a man").out == "man.head\n"
    assert headsmith("generate", "a man", "--seed", "1").out == "man-2.head\n"
    (tmp_path / "man-2.head").write_bytes(b"something of the user's")
    assert headsmith("generate", "a man", "--seed", "1").out == "man-3.head\n"
    assert (tmp_path / "man-2.head").read_bytes() == b"something of the user's"
    assert headsmith("generate", "a man", "--seed", "2", "--name", "man-2", "--force").out == "man-2.head\n"
    assert read_head(tmp_path / "man-2.head").provenance.seed == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["generate", ""], ["prompt is empty"]),
        (["generate", " \n "], ["prompt is empty"]),
        (["generate", "x" * 20_000], ["20000 characters"]),
        (["generate", "a man", "--seed", "-1"], ["--seed -1"]),
        (["generate", "a man", "--seed", "99999999999"], ["--seed"]),
        (["generate", "a man", "--seed", "x"], ["--seed", "--help"]),
        (["generate", "a man", "--quality", "best"], ["--quality", "draft"]),
        (["generate", "a man", "--texture-size", "3000"], ["--texture-size", "2048"]),
        (["generate", "a man", "--name", "../up"], ["--name", "file name"]),
        (["generate", "a man", "--name", "con"], ["reserved"]),
        (["generate", "a man", "--blend", "a.txt"], ["--blend a.txt", ".blend"]),
        (["generate", "a man", "--blend", "none/a.blend"], ["no folder none"]),
        (["generate", "a man", "--glb", "a.glb", "--render", "x.jpg"], ["--render x.jpg"]),
        (["generate", "a man", "--render-size", "7"], ["WIDTHxHEIGHT"]),
        (["generate", "a man", "--server-key", "abc"], ["--server"]),
        (["generate", "a man", "--server", "127.0.0.1:1"], ["key"]),
        (["generate", "a man", "--out", "/proc/none/x"], ["/proc/none"]),
        (["generate"], ["prompt", "--help"]),
        (["generate", "a man", "--sneed", "3"], ["--sneed"]),
        (["frobnicate"], ["frobnicate", "generate"]),
        ([], ["COMMAND"]),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    headsmith: Run, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    ran = headsmith(*arguments)
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert_one_line(ran, *words)
    assert not list(tmp_path.iterdir())


def test_an_error_is_json_too_when_json_is_wanted(headsmith: Run) -> None:
    ran = headsmith("generate", "", "--json")
    assert ran.code == 2
    assert ran.json["error"]["code"] == "bad_input"
    assert ran.json["error"]["remedy"]
    ran = headsmith("generate", "--json", "--seed", "x", "a man")
    assert ran.code == 2
    assert ran.json["error"]["code"] == "bad_usage"


def test_a_failing_job_is_exit_code_4_with_its_remedy(headsmith: Run, tmp_path: Path) -> None:
    ran = headsmith("generate", "fail please", "--quiet", "--out", "new/folder")
    assert ran.code == 4
    assert_one_line(ran, "pocket.safetensors: is missing; install it again")
    ran = headsmith("generate", "crash please", "--quiet")
    assert ran.code == 4
    assert_one_line(ran, "ZeroDivisionError")
    assert not list(tmp_path.iterdir())


def test_no_server_there_is_exit_code_3(headsmith: Run, tmp_path: Path) -> None:
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    for server in (["--server", "tcp://127.0.0.1:1", "--server-key", key], ["--server", str(tmp_path / "none.json")]):
        ran = headsmith("generate", "a man", "--quiet", *server, state_dir=tmp_path / "state")
        assert ran.code == 3, ran.err
        assert_one_line(ran)
    assert not (tmp_path / "man.head").exists()


def test_a_wrong_server_key_is_exit_code_3(headsmith: Run, state: Path, tmp_path: Path) -> None:
    info = find_local_server(state)
    assert info is not None
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    ran = headsmith("generate", "a man", "--quiet", "--server", info.control, "--server-key", key)
    assert ran.code == 3, ran.err
    assert_one_line(ran)
    assert not list(tmp_path.iterdir())


def test_an_address_with_the_right_key_works(headsmith: Run, state: Path) -> None:
    info = find_local_server(state)
    assert info is not None
    ran = headsmith("generate", "a man", "--quiet", "--server", info.control, "--server-key", info.server_key)
    assert ran.code == 0, ran.err
    ran = headsmith("generate", "a man", "--quiet", "--server", str(state / "connection.json"))
    assert ran.code == 0, ran.err


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cancels_the_job_and_leaves_nothing(state: Path, tmp_path: Path, number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "headsmith_server", "generate", "slow and steady"],
        env=environment(state), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "skin albedo" in line:
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "headsmith: cancelled"
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())
    deadline = time.monotonic() + 5
    while status(find_local_server(state)).server.running:
        assert time.monotonic() < deadline, "the job still runs"
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="file-size limits")
def test_a_full_disk_is_told_and_leaves_nothing(state: Path, tmp_path: Path) -> None:
    # A file-size limit ends the write half-way, as a full disk does.
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "from headsmith_server.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "generate", "a man", "--quiet"],
        env=environment(state), cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert done.stderr.startswith("headsmith: man.head: no room left to write it; free some disk space")
    assert not list(tmp_path.iterdir())
