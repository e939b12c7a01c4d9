"""The set-up that stands before everything: remedies, reuse, and what it asks the installers for."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from scripts import environment

ROOT = Path(__file__).resolve().parents[2]


class Recorder:
    """Stands for the installers: notes the commands and makes an interpreter appear."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path, uv: str, fail: str = "") -> None:
        self.commands: list[str] = []
        self.fail = fail
        venv = root / ".venv"
        for name in ("pyproject.toml", "constraints.txt"):
            (root / name).write_text(name)
        monkeypatch.setattr(environment, "ROOT", root)
        monkeypatch.setattr(environment, "VENV", venv)
        monkeypatch.setattr(environment, "STAMP", venv / "stamp.json")
        monkeypatch.setattr(environment, "_uv", lambda: uv)
        monkeypatch.setattr(environment, "_check_imports", lambda extras: None)
        monkeypatch.setattr(environment, "_run", self.run)
        monkeypatch.setattr(environment, "SUPPORTED", (environment.sys.version_info[:2],))
        monkeypatch.setattr(environment, "BPY_PYTHON", environment.sys.version_info[:2])

    def run(self, command: list[str]) -> None:
        line = " ".join(command)
        self.commands.append(line)
        if self.fail and self.fail in line:
            raise environment.SetupError("failed")
        if " venv " in f"{line} ":
            python = environment.venv_python()
            python.parent.mkdir(parents=True)
            python.touch()


def test_the_second_call_reuses_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recorder = Recorder(monkeypatch, tmp_path, uv="")
    environment.ensure(("blender",))
    made = len(recorder.commands)
    environment.ensure(("blender",))
    assert len(recorder.commands) == made


def test_extras_add_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recorder = Recorder(monkeypatch, tmp_path, uv="")
    environment.ensure(("blender",))
    environment.ensure(("dev",))
    assert recorder.commands[-1].endswith("[blender,dev]")
    assert json.loads(environment.STAMP.read_text())["extras"] == ["blender", "dev"]


def test_a_failed_set_up_is_not_taken_for_a_finished_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recorder = Recorder(monkeypatch, tmp_path, uv="", fail="-e ")
    with pytest.raises(environment.SetupError):
        environment.ensure(("blender",))
    recorder.fail = ""
    environment.ensure(("blender",))
    assert environment.STAMP.exists()


def test_uv_chooses_the_torch_backend_and_falls_back_to_plain_torch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    recorder = Recorder(monkeypatch, tmp_path, uv="uv", fail="--torch-backend")
    environment.ensure(("blender",))
    torch = [line for line in recorder.commands if environment.TORCH in line]
    assert "--torch-backend=auto" in torch[0]
    assert "--torch-backend" not in torch[1]


def test_pip_find_links_reaches_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    recorder = Recorder(monkeypatch, tmp_path, uv="uv")
    environment.ensure(("blender",))
    assert all("--find-links wheels" in line for line in recorder.commands if "install" in line)
    assert not any("torch-backend" in line for line in recorder.commands)


def test_blender_asks_for_its_own_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recorder = Recorder(monkeypatch, tmp_path, uv="")
    monkeypatch.setattr(environment, "BPY_PYTHON", (3, 7))
    with pytest.raises(environment.SetupError, match=r"needs Python 3\.7.*python3\.7, or install uv"):
        environment.ensure(("blender",))
    assert recorder.commands == []
    environment.ensure(("dev",))


def test_uv_makes_the_python_that_blender_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recorder = Recorder(monkeypatch, tmp_path, uv="uv")
    monkeypatch.setattr(environment, "BPY_PYTHON", (3, 7))
    environment.ensure(("blender",))
    assert "--python 3.7" in recorder.commands[0]


def test_a_disk_error_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Recorder(monkeypatch, tmp_path, uv="")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device", ".venv")

    monkeypatch.setattr(environment, "_install", full)
    with pytest.raises(environment.SetupError, match="No space left"):
        environment.ensure(("dev",))


def test_constraints_name_no_host_and_leave_torch_to_the_set_up() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert not re.search(r"://|\bfile:|^-|@", text, re.MULTILINE)
    assert not re.search(r"^(torch|triton|nvidia-)", text, re.MULTILINE)


def test_torchvision_is_absent() -> None:
    # Beside a CPU torch it breaks `from transformers import CLIPTextModel`, even when only installed.
    assert importlib.util.find_spec("torchvision") is None


def test_only_one_opencv_is_installed() -> None:
    from importlib import metadata

    names = {distribution.metadata["Name"] for distribution in metadata.distributions()}
    assert names & {"opencv-python", "opencv-contrib-python"} == {"opencv-contrib-python"}
