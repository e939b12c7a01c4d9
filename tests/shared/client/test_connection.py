"""Connection files, keys, `--server`, and the recorded server command."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import zmq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headsmith_shared.connection import (
    ConnectionInfo,
    client_keys,
    connection_file,
    find_local_server,
    keys_file,
    load_keys,
    make_private_folder,
    parse_server,
    process_alive,
    read_connection,
    record_server_command,
    recorded_server_command,
    server_command_file,
    split_address,
    state_dir,
    write_connection,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError

PUBLIC, SECRET = (key.decode() for key in zmq.curve_keypair())
INFO = ConnectionInfo("tcp://127.0.0.1:5555", PUBLIC, PUBLIC, SECRET, "tcp://127.0.0.1:5556", "epoch", 1, "0.1.0")


def test_a_connection_file_is_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "connection.json"
    write_connection(path, INFO)
    assert read_connection(path) == INFO
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["connection.json"]


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(INFO)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b"[" * 10_000,
        b"\xff\xfe",
        json.dumps({**asdict(INFO), "control": "http://x"}).encode(),
        json.dumps({**asdict(INFO), "control": "tcp://127.0.0.1:99999"}).encode(),
        json.dumps({**asdict(INFO), "control": 5}).encode(),
        json.dumps({**asdict(INFO), "server_key": "short"}).encode(),
        json.dumps({**asdict(INFO), "pid": "1"}).encode(),
        b" " * 100_000,
    ],
)
def test_a_file_that_is_no_connection_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "connection.json"
    path.write_bytes(content)
    with pytest.raises(HeadsmithError) as caught:
        read_connection(path)
    assert caught.value.code is ErrorCode.BAD_FILE
    assert caught.value.code.exit_code == 2
    assert str(path) in caught.value.message
    assert find_local_server(tmp_path) is None


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_garbage_files_never_give_a_connection(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "connection.json"
    path.write_bytes(content)
    with pytest.raises(HeadsmithError):
        read_connection(path)


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, ErrorCode.DISK_FULL), (errno.EACCES, ErrorCode.BAD_USAGE)])
def test_a_state_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: ErrorCode
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(HeadsmithError) as caught:
        make_private_folder(tmp_path / "state")
    assert caught.value.code is code
    assert str(tmp_path / "state") in caught.value.message


def test_no_file_means_no_server(tmp_path: Path) -> None:
    with pytest.raises(HeadsmithError) as caught:
        read_connection(connection_file(tmp_path))
    assert caught.value.code is ErrorCode.NO_SERVER
    assert caught.value.code.exit_code == 3
    assert "headsmith serve" in caught.value.remedy


def test_unknown_members_of_a_newer_file_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    path.write_text(json.dumps({**asdict(INFO), "live": "tcp://127.0.0.1:1"}))
    assert read_connection(path) == INFO


def test_a_stale_file_is_not_believed(tmp_path: Path) -> None:
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    assert not process_alive(dead)
    assert process_alive(os.getpid())
    write_connection(connection_file(tmp_path), replace(INFO, pid=dead))
    assert find_local_server(tmp_path) is None
    write_connection(connection_file(tmp_path), replace(INFO, control="tcp://127.0.0.1:1", pid=os.getpid()))
    assert find_local_server(tmp_path) is None  # nobody listens


def test_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    pairs = load_keys(tmp_path)
    assert load_keys(tmp_path) == pairs
    assert pairs["server"] != pairs["client"]
    assert client_keys(tmp_path) == pairs["client"]
    assert stat.S_IMODE(keys_file(tmp_path).stat().st_mode) == 0o600
    assert zmq.curve_public(pairs["server"][1].encode()).decode() == pairs["server"][0]
    keys_file(tmp_path).write_text("{}")
    with pytest.raises(HeadsmithError, match="not a key file"):
        load_keys(tmp_path)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:5555", "127.0.0.1:5555", "render-7.example.org:80", "[::1]:5555"])
def test_server_by_address_and_key(tmp_path: Path, address: str) -> None:
    info = parse_server(address, PUBLIC, tmp_path)
    assert info.control == "tcp://" + address.removeprefix("tcp://")
    assert info.server_key == PUBLIC
    assert (info.client_public_key, info.client_secret_key) == client_keys(tmp_path)


def test_server_by_file(tmp_path: Path) -> None:
    write_connection(tmp_path / "c.json", INFO)
    assert parse_server(str(tmp_path / "c.json")) == INFO


@pytest.mark.parametrize(
    ("text", "key", "code"),
    [
        ("127.0.0.1:5555", "", ErrorCode.BAD_USAGE),
        ("127.0.0.1:5555", "tooshort", ErrorCode.BAD_USAGE),
        ("127.0.0.1:99999", PUBLIC, ErrorCode.BAD_USAGE),
        ("http://127.0.0.1:5555", PUBLIC, ErrorCode.BAD_USAGE),
        ("", PUBLIC, ErrorCode.BAD_USAGE),
        ("no/such/file.json", "", ErrorCode.NO_SERVER),
    ],
)
def test_bad_servers_are_named(tmp_path: Path, text: str, key: str, code: ErrorCode) -> None:
    with pytest.raises(HeadsmithError) as caught:
        parse_server(text, key, tmp_path)
    assert caught.value.code is code
    assert caught.value.remedy


def test_addresses_are_split() -> None:
    assert split_address("tcp://[::1]:80") == ("::1", 80)
    assert split_address("tcp://127.0.0.1:80") == ("127.0.0.1", 80)


def test_the_server_command_is_recorded(tmp_path: Path) -> None:
    assert recorded_server_command(tmp_path) is None
    path = record_server_command([sys.executable, "-m", "headsmith_server", "serve"], tmp_path)
    assert path == server_command_file(tmp_path)
    assert recorded_server_command(tmp_path) == [sys.executable, "-m", "headsmith_server", "serve"]
    for bad in ("", "[]", "{}", '{"command": []}', '{"command": "rm"}', '{"command": [1]}'):
        path.write_text(bad)
        with pytest.raises(HeadsmithError) as caught:
            recorded_server_command(tmp_path)
        assert caught.value.code is ErrorCode.BAD_FILE


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"XDG_STATE_HOME": "/x"}, "/x/headsmith"),
        ("linux", {}, "~/.local/state/headsmith"),
        ("darwin", {}, "~/Library/Application Support/Headsmith"),
        ("win32", {"LOCALAPPDATA": "/appdata"}, "/appdata/Headsmith"),
        ("linux", {"HEADSMITH_STATE_DIR": "/own", "XDG_STATE_HOME": "/x"}, "/own"),
    ],
)
def test_the_state_folder(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: str
) -> None:
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HEADSMITH_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert state_dir() == Path(expected).expanduser()
