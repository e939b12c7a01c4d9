"""The whole way with the real head, painters and Blender's module: a sentence becomes files that open again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import CARD_NAMES, MATERIAL_NAMES, PART_NAMES
from headsmith_shared.headfile import read_head

PROMPT = "an elderly sailor with weathered dark skin, a broad nose, a full grey beard, a parrot and a pigtail"

# What a glTF importer finds in the file, asked of Blender in a process of its own: names of shapes, bones, images.
LOOK = """
import bpy, json, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
path = sys.argv[1]
if path.endswith(".glb"):
    bpy.ops.import_scene.gltf(filepath=path)
else:
    bpy.ops.wm.open_mainfile(filepath=path)
def meshes_of(end):
    return [o for o in bpy.data.objects if o.type == "MESH" and o.name.split(".")[0].endswith(end)]
meshes = [o for o in bpy.data.objects if o.type == "MESH" and o.data.shape_keys]
rig = next(o for o in bpy.data.objects if o.type == "ARMATURE")
unpacked = [i.name for i in bpy.data.images if i.source == "FILE" and not i.packed_file]
print("FOUND " + json.dumps({
    "keys": sorted({k.name for o in meshes for k in o.data.shape_keys.key_blocks} - {"Basis"}),
    "bones": sorted(rig.data.bones.keys()),
    "materials": len({s.material.name for o in bpy.data.objects if o.type == "MESH" for s in o.material_slots}),
    "curves": sorted(o["headsmith_strands"] for o in bpy.data.objects if o.type == "CURVES"),
    "cards": sorted(o.name for o in meshes_of(" cards")),
    "images": len([i for i in bpy.data.images if i.source == "FILE"]),
    "unpacked": unpacked,
    "moves": max(
        (k.points[i].co - b.points[i].co).length
        for o in meshes if "jawOpen" in o.data.shape_keys.key_blocks
        for b, k in [(o.data.shape_keys.key_blocks[0], o.data.shape_keys.key_blocks["jawOpen"])]
        for i in range(0, len(b.points), 97)
    ),
}))
sys.stdout.flush()
import os; os._exit(0)
"""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server of our own, which ends with the module."""
    folder = tmp_path_factory.mktemp("state")
    yield folder
    subprocess.run(
        [sys.executable, "-m", "headsmith_server", "stop"], env=_environment(folder), check=False, capture_output=True
    )


@pytest.fixture(scope="module")
def made(state: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What `headsmith generate` says of the head that it has made."""
    pytest.importorskip("bpy", reason="needs the extra 'blender'")
    out = tmp_path_factory.mktemp("out")
    return _generate(state, out, "--blend", "--glb")


def _environment(state: Path) -> dict[str, str]:
    return {**os.environ, "HEADSMITH_STATE_DIR": str(state)}


def _generate(state: Path, out: Path, *options: str) -> dict[str, object]:
    command = [sys.executable, "-m", "headsmith_server", "generate", PROMPT, "--seed", "7", "--texture-size", "1024"]
    done = subprocess.run(
        [*command, "--out", str(out), "--json", *options],
        env=_environment(state),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _look(path: str) -> dict[str, list[str]]:
    done = subprocess.run([sys.executable, "-c", LOOK, path], capture_output=True, text=True, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("FOUND ")), None)
    assert line is not None, done.stdout + done.stderr
    return json.loads(line.removeprefix("FOUND "))


@pytest.mark.slow
def test_the_head_is_whole(made: dict[str, dict[str, str]]) -> None:
    head = read_head(made["files"]["head"])
    assert tuple(part.name for part in head.parts) == (*PART_NAMES, *CARD_NAMES)
    assert {part.material for part in head.parts} == set(MATERIAL_NAMES)
    skin = {texture.channel for texture in head.maps if texture.material == "skin"}
    assert skin == {"albedo", "specular", "roughness", "normal", "displacement"}
    assert all(set(part.keys) <= set(ARKIT_NAMES) for part in head.parts)
    assert [strands.name for strands in head.strands] == ["hair", "beard", "moustache"]
    assert all(len(strands.root_uvs) == len(strands.counts) for strands in head.strands)
    for material in CARD_NAMES:
        assert {t.channel for t in head.maps if t.material == material} == {"albedo", "alpha", "normal"}
        assert head.materials[material]["grey_share"] > 0.3
    assert head.provenance.prompt == PROMPT
    assert head.provenance.checkpoints


@pytest.mark.slow
def test_what_was_not_understood_is_named(made: dict[str, dict[str, list[str]]]) -> None:
    notes = made["notes"]
    assert any("parrot" in text for text in notes["not_understood"])
    assert any("pigtail" in text for text in notes["not_built"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["blend", "glb"])
def test_the_files_open_again_with_all_shapes_and_bones(made: dict[str, dict[str, str]], kind: str) -> None:
    found = _look(made["files"][kind])
    assert sorted(found["keys"]) == sorted(ARKIT_NAMES)
    assert {"neck", "head", "jaw", "eye_l", "eye_r"} <= set(found["bones"])
    assert found["materials"] == len(MATERIAL_NAMES)
    assert found["unpacked"] == []
    assert found["moves"] > 0.01
    assert found["curves"] == (["beard", "hair", "moustache"] if kind == "blend" else [])
    assert len(found["cards"]) == len(CARD_NAMES)


@pytest.mark.slow
def test_the_same_request_gives_the_same_bytes(made: dict[str, dict[str, str]], state: Path, tmp_path: Path) -> None:
    # A new server, so that nothing remembered from the first time can help.
    subprocess.run(
        [sys.executable, "-m", "headsmith_server", "stop"], env=_environment(state), check=True, capture_output=True
    )
    again = _generate(state, tmp_path)
    assert again["sha256"] == made["sha256"]
    first = Path(made["files"]["head"]).read_bytes()
    assert hashlib.sha256(first).hexdigest() == made["sha256"]
