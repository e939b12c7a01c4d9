"""The export child makes whole files, and dies without leaving pieces."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from headsmith_server.export import ExportChild, ExportRequest, Portrait, process
from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.image_header import read_image_header
from tests.server.export.conftest import needs_bpy

pytestmark = [needs_bpy, pytest.mark.slow]

QUICK = Portrait(engine="WORKBENCH", size=(64, 80), samples=1)


@pytest.fixture(autouse=True)
def workspaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the children's private folders go; it must be empty again after each test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"temporary"}


def glb_json(path: Path) -> dict:
    data = path.read_bytes()
    assert data[:4] == b"glTF"
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length])


def test_all_files_are_made_whole_and_nothing_else_is_left(head: Path, tmp_path: Path, workspaces: Path) -> None:
    files = {kind: tmp_path / f"ada.{kind}" for kind in ("blend", "glb", "fbx", "usd")}
    files["render"] = tmp_path / "ada.png"
    steps: list[str] = []
    with ExportChild() as child:
        report = child.export(head, ExportRequest(files, portrait=QUICK), steps.append)
    assert steps == ["blender", "build", "blend", "glb", "fbx", "usd", "render"]
    assert dict(report.files) == files
    assert set(report.seconds) == {"start", "build", "portrait", *files}
    assert all(value >= 0 for value in report.seconds.values())
    assert report.versions["blender"].startswith("5.")
    assert names(tmp_path) == {"ada.head", "ada.blend", "ada.glb", "ada.fbx", "ada.usd", "ada.png"}
    assert not list(workspaces.iterdir())

    assert files["blend"].read_bytes()[:7] in (b"BLENDER", b"\x28\xb5\x2f\xfd" + files["blend"].read_bytes()[4:7])
    assert files["fbx"].read_bytes().startswith(b"Kaydara FBX Binary")
    header = read_image_header(files["render"].read_bytes())
    assert (header.width, header.height) == (64, 80)
    document = glb_json(files["glb"])
    targets = {name for mesh in document["meshes"] for name in mesh.get("extras", {}).get("targetNames", [])}
    assert targets == set(ARKIT_NAMES)
    joints = {document["nodes"][index]["name"] for skin in document["skins"] for index in skin["joints"]}
    assert {"neck", "head", "jaw", "eye_l", "eye_r"} <= joints


def test_unpacked_maps_lie_beside_the_blend_and_are_replaced_whole(head: Path, tmp_path: Path) -> None:
    blend = tmp_path / "out" / "ada.blend"
    blend.parent.mkdir()
    request = ExportRequest({"blend": blend}, pack=False, portrait=QUICK)
    first = b""
    for found in ({"ada.blend", "ada_textures"}, {"ada.blend", "ada.blend1", "ada_textures"}):
        with ExportChild() as child:
            report = child.export(head, request)
        assert names(blend.parent) == found
        textures = report.files["textures"]
        assert len(list(textures.iterdir())) > 3
        assert not (textures / "stale.png").exists()
        (textures / "stale.png").write_bytes(b"of an older head")
        first = first or blend.read_bytes()
    assert blend.with_suffix(".blend1").read_bytes() == first, "what somebody may have worked in is kept"
    script = (
        "import bpy, sys, os; bpy.ops.wm.open_mainfile(filepath=sys.argv[1]);"
        "paths = [(i.filepath, i.packed_file) for i in bpy.data.images if i.source == 'FILE'];"
        "assert paths and all(p.startswith('//') and not q for p, q in paths), paths;"
        "assert all(os.path.isfile(bpy.path.abspath(p)) for p, _ in paths), paths;"
        "print('GOOD', flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(blend)], capture_output=True, text=True, timeout=60)
    assert "GOOD" in done.stdout, done.stdout + done.stderr


def test_a_head_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.head"
    path.write_bytes(b"PK\3\4nonsense")
    with ExportChild() as child, pytest.raises(HeadsmithError, match=r"bad\.head") as error:
        child.export(path, ExportRequest({"blend": tmp_path / "a.blend"}, portrait=QUICK))
    assert error.value.code is ErrorCode.BAD_FILE
    assert names(tmp_path) == {"bad.head"}


def test_a_folder_that_cannot_be_written_is_told_before_blender_works(head: Path, tmp_path: Path) -> None:
    started = time.monotonic()
    with ExportChild() as child, pytest.raises(HeadsmithError, match="absent") as error:
        child.export(head, ExportRequest({"blend": tmp_path / "absent" / "a.blend"}))
    assert error.value.code is ErrorCode.BAD_INPUT
    assert time.monotonic() - started < 3


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_crash_is_a_named_error_and_leaves_nothing(head: Path, tmp_path: Path, workspaces: Path) -> None:
    with ExportChild() as child:
        child.ready()
        os.kill(child.pid, signal.SIGSEGV)
        with pytest.raises(HeadsmithError, match="SIGSEGV") as error:
            child.export(head, ExportRequest({"blend": tmp_path / "a.blend"}, portrait=QUICK))
    assert error.value.code is ErrorCode.WORKER_DIED
    assert error.value.remedy
    assert names(tmp_path) == {"ada.head"}
    assert not list(workspaces.iterdir())


def test_a_step_that_takes_too_long_is_ended(head: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(process.TIMEOUTS, "render", 0.4)  # type: ignore[arg-type]
    slow = Portrait(engine="CYCLES", size=(2048, 2048), samples=4096)
    files = {"blend": tmp_path / "a.blend", "render": tmp_path / "a.png"}
    with ExportChild() as child:
        pid = child.pid
        with pytest.raises(HeadsmithError, match="render took longer than 0 s") as error:
            child.export(head, ExportRequest(files, portrait=slow))
        assert not alive(pid)
    assert error.value.code is ErrorCode.JOB_FAILED
    assert names(tmp_path) == {"ada.head", "a.blend"}, "what was finished stays, what was not is gone"


def test_leaving_ends_a_render_that_runs(head: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def interrupt(step: str) -> None:
        if step == "render":
            threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()

    def stop(*_: object) -> None:
        raise Enough

    before = signal.signal(signal.SIGUSR1, stop)
    slow = Portrait(engine="CYCLES", size=(2048, 2048), samples=4096)
    pid = 0

    def cancelled() -> None:
        nonlocal pid
        with ExportChild() as child:
            pid = child.pid
            child.export(head, ExportRequest({"render": tmp_path / "a.png"}, portrait=slow), interrupt)

    try:
        with pytest.raises(Enough):
            cancelled()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert not alive(pid)
    assert names(tmp_path) == {"ada.head"}


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_parent_takes_its_child_and_its_pieces_along(head: Path, tmp_path: Path, workspaces: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from headsmith_server.export import ExportChild, ExportRequest, Portrait\n"
        "with ExportChild() as child:\n"
        "    print(child.pid, flush=True)\n"
        "    request = ExportRequest({'render': Path(sys.argv[2])}, True, Portrait(size=(2048, 2048), samples=4096))\n"
        "    child.export(Path(sys.argv[1]), request, lambda step: print(step, flush=True))\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(head), str(tmp_path / "a.png")],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(workspaces)},
    )  # fmt: skip
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    for line in parent.stdout:
        if line == "render\n":
            break
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while alive(pid) or names(tmp_path) != {"ada.head"} or list(workspaces.iterdir()):
        assert time.monotonic() < deadline, (alive(pid), names(tmp_path), list(workspaces.iterdir()))
        time.sleep(0.05)


def test_a_missing_module_is_named_with_its_line(head: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = tmp_path / "temporary" / "path" / "bpy.py"
    blocker.parent.mkdir()
    blocker.write_text("raise ImportError('libSM.so.6: cannot open shared object file: No such file or directory')")
    monkeypatch.setenv("PYTHONPATH", str(blocker.parent))
    with ExportChild() as child, pytest.raises(HeadsmithError, match=r"bpy: libSM\.so\.6") as error:
        child.export(head, ExportRequest({"blend": tmp_path / "a.blend"}))
    assert error.value.code is ErrorCode.MISSING_DEPENDENCY
    assert error.value.remedy.startswith("apt-get install -y libsm6 ")
    blocker.unlink()
    blocker.parent.rmdir()


def test_the_child_starts_while_the_head_is_made() -> None:
    started = time.monotonic()
    with ExportChild() as child:
        assert time.monotonic() - started < 0.2
        child.ready()
        ready = time.monotonic()
        child.ready()
        assert time.monotonic() - ready < 0.05


def test_an_extension_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSMITH_EXTENSION", str(tmp_path))
    with pytest.raises(HeadsmithError, match="no Headsmith extension") as error, ExportChild():
        pass
    assert error.value.code is ErrorCode.MISSING_DEPENDENCY


def alive(pid: int) -> bool:
    """Whether that process runs; one that ended and waits to be collected does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
