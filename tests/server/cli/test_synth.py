"""`headsmith synth` as its users meet it: what it prints, its exit codes, and what is left when it is stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headsmith_server import cli
from headsmith_server.synthesis.shards.kinds import KINDS
from headsmith_server.synthesis.shards.manifest import read_manifest
from headsmith_server.synthesis.shards.tar import ShardReader

ROOT = Path(__file__).parents[3]
SMALL = "tests.server.synthesis.shards.small_kinds:SMALL"
SLOW = "tests.server.synthesis.shards.small_kinds:SLOW"
BLOCKED = ("bpy", "mediapipe", "zmq", "msgspec", "diffusers", "transformers", "scipy", "PIL", "ray", "nvdiffrast")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "headsmith_server", "synth", *arguments]


def environment(*first: Path) -> dict[str, str]:
    paths = [*map(str, first), *(str(ROOT / name) for name in ("server", "shared", "."))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}


def whole_shards_only(folder: Path) -> set[str]:
    """The listed shards, which must all be there; one more may be, whole and not yet listed, and nothing else."""
    manifest = read_manifest(folder)
    assert manifest is not None
    listed = {shard.file: shard.size for shard in manifest.shards}
    found = {path.name: path.stat().st_size for path in folder.iterdir() if path.name != "manifest.json"}
    assert found.items() >= listed.items()
    for name in found.keys() - listed.keys():
        assert name == manifest.file(len(listed))
        numbers = manifest.ranges[len(listed)]
        ShardReader(folder / name, numbers.start, len(numbers)).close()
    return set(listed)


def test_one_json_object_and_progress_with_rate(tmp_path: Path) -> None:
    done = subprocess.run(
        command(SMALL, "--count", "5", "--out", str(tmp_path), "--shard-size", "2", "--workers", "1", "--json"),
        env=environment(), capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["kind"], report["count"], report["made"], report["found"]) == ("small", 5, 5, 0)
    assert set(report["shards"]) == whole_shards_only(tmp_path)
    assert report["per_s"] > 0
    assert "/s, " in done.stderr
    assert "left" in done.stderr


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kind": "portrait"}, "choose one of"),
        ({"--count": "0"}, "--count 0: must be 1 to"),
        ({"--count": "-3"}, "--count -3: must be 1 to"),
        ({"--count": "1000000000000"}, "must be 1 to 100000000"),
        ({"--count": "50000000", "--shard-size": "10"}, "use --shard-size 2500 or more"),
        ({"--shard-size": "0"}, "--shard-size 0: must be"),
        ({"--seed": "-1"}, "--seed -1: must be"),
        ({"--size": "100"}, "choose one of 64, 128"),
        ({"--views": "3"}, "leave out --views"),
        ({"--workers": "0"}, "--workers 0: must be 1"),
        ({"--device": "gpu"}, "use auto, cpu or cuda"),
        ({"--out": "/proc/headsmith"}, "/proc/headsmith: cannot be written"),
        ({"--out": __file__}, "cannot be written"),
    ],
)
def test_wrong_use_is_told_in_one_line_with_a_remedy(
    changed: dict[str, str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"kind": "textures", "--count": "4", "--out": str(tmp_path / "new" / "out"), "--workers": "1", **changed}
    kind = options.pop("kind")
    code = cli.main(["synth", kind, *(text for pair in options.items() for text in pair), "--json"])
    out, err = capsys.readouterr()
    assert code == 2
    assert err.count("\n") == 1
    assert words in err
    assert json.loads(out)["error"]["remedy"]
    assert not list(tmp_path.iterdir())


def test_every_kind_is_named_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["synth", "--help"])
    text = capsys.readouterr().out
    assert all(kind in text for kind in KINDS)


def test_ctrl_c_leaves_whole_shards(tmp_path: Path) -> None:
    """As from a terminal: the signal goes to the whole process group."""
    process = subprocess.Popen(
        command(SLOW, "--count", "2000", "--out", str(tmp_path), "--shard-size", "3", "--workers", "2"),
        env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("slow-0-00000[2-9].tar")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "headsmith: cancelled"
    assert "Traceback" not in errors
    assert len(whole_shards_only(tmp_path)) >= 2


@pytest.fixture
def small_disk() -> str:
    """A shell prefix that mounts a disk of 300 kB at $DISK, for one command alone."""
    unshare = shutil.which("unshare")
    probe = [unshare or "false", "-rm", "sh", "-c", "mount -t tmpfs -o size=300k none /mnt"]
    if subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a disk of their own")
    return "mount -t tmpfs -o size=300k none $DISK && "


def test_a_full_disk_ends_with_one_line_and_whole_shards_only(small_disk: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    synth = " ".join(command(SMALL, "--size=64", "--count=100", "--shard-size=4", "--workers=1", "--quiet"))
    script = f"{small_disk} {synth} --out=$DISK/out; echo $?; cp -r $DISK/out $COPY"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        env={**environment(), "DISK": str(disk), "COPY": str(tmp_path / "copy")},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.stdout == "4\n"
    warning, line = done.stderr.splitlines()
    assert "GB more will be needed" in warning
    assert "no room left" in line
    assert "free some disk space" in line
    assert len(whole_shards_only(tmp_path / "copy")) >= 1


def test_a_bare_machine_needs_no_blender_no_tracker_and_no_server(tmp_path: Path) -> None:
    """All rooms that make data import, and textures are made, where the optional packages cannot be imported."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {BLOCKED!r}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
    )
    program = (
        "import importlib, pkgutil, sys\n"
        "for room in ('render', 'hair', 'texture', 'synthesis'):\n"
        "    package = importlib.import_module(f'headsmith_server.{room}')\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(found.name)\n"
        "from headsmith_server.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", program, "synth", "textures", "--count=2", "--size=64", "--workers=1", f"--out={out}"],
        env=environment(tmp_path), capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert whole_shards_only(out) == {"textures-0-000000.tar"}
    probe = [sys.executable, "-c", "import zmq"]
    assert subprocess.run(probe, env=environment(tmp_path), capture_output=True).returncode == 1
