"""The doctor finds what is wrong, names the remedy, and can keep a secret."""

from __future__ import annotations

import getpass
import importlib.metadata
import json
import os
import shutil
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headsmith_server import cli
from headsmith_server.doctor import Mask, Verdict, examine, machine, software
from headsmith_server.doctor.check import Check, Probe, probe
from headsmith_shared.connection import connection_file, load_keys, write_private


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("HEADSMITH_STATE_DIR", str(folder))
    return folder


def installed(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    """Pretend that exactly these distributions are installed."""

    def version(name: str) -> str:
        if name.replace("-", "_") not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name.replace("-", "_")]

    monkeypatch.setattr(importlib.metadata, "version", version)


def probing(module: Any, monkeypatch: pytest.MonkeyPatch, result: Probe) -> None:
    monkeypatch.setattr(module, "probe", lambda code: result)


def assert_failed(check: Check, found: str, remedy: str) -> None:
    assert check.verdict is Verdict.FAILED
    assert found in check.found
    assert remedy in check.remedy


def test_every_failed_check_names_its_remedy_here() -> None:
    checks = examine()
    assert [check.name for check in checks].count("torch") == 1
    for check in checks:
        assert check.found
        assert "\n" not in check.found + check.remedy
        if check.verdict is Verdict.FAILED:
            assert check.remedy, check


def test_a_python_that_is_too_new_or_old_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software.sys, "version_info", (3, 14, 0))
    assert_failed(software.python(), "not supported", "3.11")


def test_a_broken_torch_is_told_by_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    probing(software, monkeypatch, Probe(error="ImportError: libcudart.so.12: no such file"))
    assert_failed(software.torch(), "libcudart", "reinstall")


def test_two_opencvs_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, opencv_python="4.12", opencv_contrib_python="4.11")
    assert_failed(software.opencv(), "overwrite each other", "pip uninstall -y opencv-python &&")


def test_an_installed_torchvision_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, torchvision="0.28")
    assert_failed(software.torchvision(), "0.28", "pip uninstall -y torchvision")
    installed(monkeypatch)
    assert software.torchvision().verdict is Verdict.OK


def test_optional_packages_are_absent_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    assert software.mediapipe().verdict is Verdict.ABSENT
    assert "non-commercial" in software.nvdiffrast().found
    installed(monkeypatch, nvdiffrast="0.3")
    check = software.nvdiffrast()
    assert check.verdict is Verdict.WARNING
    assert "non-commercial" in check.found


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, numpy="1")
    assert_failed(software.packages(), "diffusers, transformers", "install")


def test_a_changed_checkpoint_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from headsmith_server.checkpoints import registry

    entry = {"name": "toy", "tier": "pocket", "file": "toy.safetensors", "source": "here", "licence": "Apache-2.0",
             "sha256": "0" * 64, "size": 3}  # fmt: skip
    (tmp_path / "registry.json").write_text(json.dumps([entry]))
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    monkeypatch.setattr(registry, "REGISTRY", tmp_path / "registry.json")
    assert_failed(software.checkpoints()[0], "missing", "reinstall")
    (tmp_path / "toy.safetensors").write_bytes(b"abc")
    assert_failed(software.checkpoints()[0], "not the registered", "reinstall")
    (tmp_path / "registry.json").write_text("[]")
    assert_failed(software.checkpoints()[0], "none", "reinstall")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("ModuleNotFoundError: No module named 'bpy'", "pip install 'headsmith[blender]'"),
        ("ImportError: libSM.so.6: cannot open shared object file: No such file", "apt-get install -y libsm6 libgl1"),
        ("ImportError: libXi.so.6: cannot open shared object file", "apt-get install -y libxi6 libgl1"),
        ("ImportError: libodd.so.3: cannot open shared object file", "apt-get install -y libgl1 libegl1 libsm6"),
        ("Segmentation fault", "force-reinstall"),
    ],
)
def test_a_bpy_that_does_not_load_names_what_to_install(
    error: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    probing(machine, monkeypatch, Probe(error=error))
    assert_failed(machine.bpy(), "not installed" if "'bpy'" in error else error, remedy)


def test_little_room_is_told_before_it_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def free(count: int) -> Callable[[Any], Any]:
        return lambda path: shutil._ntuple_diskusage(10**12, 10**12 - count, count)  # type: ignore[attr-defined]

    monkeypatch.setattr(shutil, "disk_usage", free(10**9))
    assert {check.verdict for check in machine.disk()} == {Verdict.WARNING}
    monkeypatch.setattr(shutil, "disk_usage", free(10**6))
    for check in machine.disk():
        assert_failed(check, "0.0 GB free", "free at least")


def test_a_server_that_never_ran_is_no_fault() -> None:
    assert machine.server().verdict is Verdict.OK


def test_a_machine_without_free_loopback_ports_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.port().verdict is Verdict.OK

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert_failed(machine.port(), "127.0.0.1: Operation not permitted", "firewall")


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_connection_file_that_others_can_read_fails(state: Path) -> None:
    write_private(connection_file(), {})
    connection_file().chmod(0o644)
    assert_failed(machine.server(), "other users can read", "chmod 600")
    connection_file().chmod(0o600)
    assert_failed(machine.server(), "not a connection file", "delete")


def test_a_server_that_died_is_told(state: Path) -> None:
    keys = load_keys()
    info = {
        "control": "tcp://127.0.0.1:1", "data": "tcp://127.0.0.1:2", "server_key": keys["server"][0],
        "client_public_key": keys["client"][0], "client_secret_key": keys["client"][1], "epoch": "e",
        "pid": 2**22 + 1, "version": "0",
    }  # fmt: skip
    write_private(connection_file(), info)
    assert stat.S_IMODE(connection_file().stat().st_mode) == 0o600
    check = machine.server()
    assert check.verdict is Verdict.WARNING
    assert "process is gone" in check.found


def test_a_broken_extension_folder_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSMITH_EXTENSION", str(tmp_path))
    assert_failed(machine.extension(), "no Headsmith extension", "checkout")
    (tmp_path / "blender_manifest.toml").write_text("id = 'headsmith'\n")
    assert_failed(machine.extension(), "schema_version, version, blender_version_min, __init__.py, api.py", "restore")
    (tmp_path / "blender_manifest.toml").write_text("= =")
    assert_failed(machine.extension(), "manifest", "restore")


def test_a_probe_survives_crashes_hangs_and_chatter() -> None:
    assert probe("import os; os.abort()").value is None
    assert "no answer" in probe("import time; time.sleep(9)", timeout=0.3).error
    assert probe("print('chatter'); print('{\"a\": 1}')").value == {"a": 1}
    assert probe("raise ValueError('this one')").error == "ValueError: this one"


def test_a_check_that_breaks_is_its_own_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Check:
        raise RuntimeError("oops")

    monkeypatch.setitem(examine.__globals__, "_CHECKS", (broken,))
    assert_failed(examine()[0], "RuntimeError: oops", "report")


def test_the_report_hides_person_and_machine() -> None:
    folders = {"~": Path("/home/jane doe"), "<state>": Path("/home/jane doe/.local/state/headsmith"),
               "<temp>": Path("/tmp")}  # fmt: skip
    mask = Mask(folders, "jane", "workbench.example.org")
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    text = mask(
        "read /home/jane doe/.local/state/headsmith/connection.json and /home/jane doe/heads/x.head, "
        f"/srv/projects/secret client/y.png by Jane on workbench.example.org (workbench) with {key}; "
        r"C:\Users\jane\Desktop\z.blend at tcp://127.0.0.1:5555"
    )
    for private in ("jane", "Jane", "workbench", "/srv", "projects", "Desktop", key):
        assert private not in text
    assert "<state>/connection.json" in text
    assert "~/heads/x.head" in text
    assert "y.png" in text
    assert "tcp://127.0.0.1:5555" in text
    for kept in ("apt-get install -y libsm6 libgl1", "pip uninstall -y torchvision", "sha256 0123456789ab"):
        assert mask(kept) == kept


def test_the_command_prints_a_report_without_private_paths(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    write_private(connection_file(), {"control": "x"})
    status = cli.main(["doctor", "--copy", "--json"])
    text = capsys.readouterr().out
    report = json.loads(text)
    assert report["healthy"] is (status == 0)
    assert status == 4
    assert str(state) not in text
    assert str(Path.home()) not in text or str(Path.home()) == "/"
    if len(getpass.getuser()) > 4:
        assert getpass.getuser() not in text
    assert "<state>/connection.json" in text
