"""The two zips: valid for Blender's own checker, the same bytes twice, and installable in this bpy under their name."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = """
import os, sys
from pathlib import Path
os.environ["BLENDER_USER_RESOURCES"] = sys.argv[2]
sys.path.append(sys.argv[5])
import bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
print(bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True))
name = "bl_ext.user_default.headsmith"
assert name in {addon.module for addon in bpy.context.preferences.addons}, "not enabled"
import importlib, headsmith_shared, zmq
for module in (headsmith_shared, zmq):
    assert Path(module.__file__).is_relative_to(sys.argv[2]), module.__file__
api = importlib.import_module(name + ".api")
built = api.load_head(Path(sys.argv[3]))
assert len(api.find_head(built.head_id).data.shape_keys.key_blocks) == 53
print(bpy.ops.headsmith.export_glb(filepath=sys.argv[4], head_id=built.head_id))
print("EXERCISED", built.object_name)
sys.stdout.flush()
import addon_utils
addon_utils.disable(name)
os._exit(0)
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)


def index_is_unreachable(folder: Path) -> bool:
    """Whether pip cannot connect at all: it tells so only at its most talkative."""
    done = run("-m", "pip", "download", "-vv", "--retries", "0", "--timeout", "10", "--no-cache-dir",
               "--no-deps", "--dest", folder, "pyzmq==27.3.0")  # fmt: skip
    told = "connection error|ConnectionError|ConnectTimeout|ProxyError|Max retries exceeded|Failed to establish"
    return done.returncode != 0 and re.search(told, done.stdout + done.stderr, re.IGNORECASE) is not None


@pytest.fixture(scope="module")
def zips(tmp_path_factory) -> list[Path]:
    out = tmp_path_factory.mktemp("zips")
    done = run(ROOT / "scripts" / "build_extension.py", "--out", out)
    if done.returncode and "pip download" in done.stderr and index_is_unreachable(out / "probe"):
        pytest.skip(f"the package index cannot be reached: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.split()]


def test_there_is_one_zip_for_python_311_and_one_for_the_stable_abi(zips):
    assert [path.name.split("-", 2)[2] for path in zips] == ["blender-4.2.zip", "blender-5.1.zip"]
    for path, tag in zip(zips, ("cp311", "abi3"), strict=True):
        names = zipfile.ZipFile(path).namelist()
        wheels = [name for name in names if name.startswith("wheels/pyzmq")]
        assert len(wheels) == 4
        assert all(tag in name for name in wheels)
        assert len([name for name in names if name.startswith("wheels/headsmith_shared")]) == 1
        assert not [name for name in names if "__pycache__" in name]
        assert "LICENSE" in names


def test_blenders_own_checker_accepts_them(blender, zips):
    checker = Path(blender.utils.system_resource("SCRIPTS")) / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    for path in zips:
        done = run(checker, "validate", path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "error" not in done.stdout.lower()


def test_the_same_sources_give_the_same_bytes(zips, tmp_path):
    assert run(ROOT / "scripts" / "build_extension.py", "--out", tmp_path).returncode == 0
    for path in zips:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_the_zip_for_this_blender_installs_and_works_under_its_true_name(blender, zips, tmp_path):
    """With its own wheels, in a fresh Python that does not see this environment's headsmith_shared."""
    from headsmith_shared.headfile import write_head
    from tests.blender.synthetic_head import synthetic_head

    head, script = tmp_path / "ada.head", tmp_path / "install.py"
    write_head(synthetic_head(detail=0.3), head)
    script.write_text(INSTALL)
    zip_path = zips[0] if blender.app.version < (5, 1, 0) else zips[1]
    # Isolated and without site-packages: only what Blender itself brings is importable.
    bare = tmp_path / "only_bpy"
    bare.mkdir()
    for name in ("bpy", "numpy", "numpy.libs", "requests", "urllib3", "certifi", "idna", "charset_normalizer"):
        source = Path(sysconfig.get_paths()["platlib"]) / name
        if source.exists():
            (bare / name).symlink_to(source, target_is_directory=True)
    done = run("-I", "-S", script, zip_path, tmp_path / "user", head, tmp_path / "ada.glb", bare)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "EXERCISED Ada" in done.stdout
    assert (tmp_path / "ada.glb").stat().st_size > 10_000


def test_the_bare_zip_has_no_wheels(tmp_path):
    done = run(ROOT / "scripts" / "build_extension.py", "--bare", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(done.stdout.strip()).namelist()
    assert "blender_manifest.toml" in names
    assert not [name for name in names if name.endswith(".whl")]
