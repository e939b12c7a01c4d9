"""Files for other programs keep names, keys, bones and maps: proved by reading them back."""

from __future__ import annotations

import errno
import json
import struct

import numpy as np
import pytest

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.blender.synthetic_head import JOINTS, synthetic_head
from tests.blender.test_builders import positions

NAMES = {joint.name for joint in JOINTS}


@pytest.fixture
def built(api):
    return api.build_head(synthetic_head(detail=0.4))


def glb_json(path) -> dict:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length])


def read_back(bpy, importer, path):
    """The mesh object and the armature of a file, in an otherwise empty scene."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    importer(filepath=str(path))
    meshes = [o for o in bpy.data.objects if o.type == "MESH" and o.data.shape_keys is not None]
    rigs = [o for o in bpy.data.objects if o.type == "ARMATURE"]
    return meshes, rigs


def size_of_key(obj, name: str) -> float:
    blocks = obj.data.shape_keys.key_blocks
    return float(np.linalg.norm(positions(blocks[name].points) - positions(blocks[0].points), axis=1).max())


def test_glb_keeps_the_52_names_the_skeleton_and_the_maps(bpy, api, built, tmp_path):
    path = api.export_glb(tmp_path / "ada.glb", head_id=built.head_id)
    document = glb_json(path)
    (mesh,) = document["meshes"]
    assert tuple(mesh["extras"]["targetNames"]) == ARKIT_NAMES
    assert all(len(primitive["targets"]) == 52 for primitive in mesh["primitives"])
    (skin,) = document["skins"]
    assert {document["nodes"][joint]["name"] for joint in skin["joints"]} == NAMES
    materials = {material["name"].split(".")[0]: material for material in document["materials"]}
    assert "baseColorTexture" in materials["Ada skin"]["pbrMetallicRoughness"]
    assert "normalTexture" in materials["Ada skin"]
    assert materials["Ada lashes"]["alphaMode"] != "OPAQUE"
    assert materials["Ada cornea"]["alphaMode"] == "BLEND"
    assert materials["Ada cornea"]["pbrMetallicRoughness"]["baseColorFactor"][3] < 0.2


def test_glb_read_back_has_the_same_keys_bones_and_size(bpy, api, built, tmp_path):
    original = api.find_head(built.head_id)
    span = np.ptp(positions(original.data.vertices), axis=0)
    jaw = size_of_key(original, "jawOpen")
    head = tuple(api.find_rig(built.head_id).data.bones["jaw"].head_local)
    path = api.export_glb(tmp_path / "ada.glb", head_id=built.head_id)
    (obj,), (rig,) = read_back(bpy, bpy.ops.import_scene.gltf, path)
    assert [b.name for b in obj.data.shape_keys.key_blocks[1:]] == list(ARKIT_NAMES)
    assert {bone.name for bone in rig.data.bones} == NAMES
    assert np.allclose(np.ptp(positions(obj.data.vertices), axis=0), span, atol=1e-5)
    assert size_of_key(obj, "jawOpen") == pytest.approx(jaw, abs=1e-5)
    assert np.allclose(rig.matrix_world @ rig.data.bones["jaw"].head_local, head, atol=1e-5)
    # At rest nothing is turned a second time: the evaluated mesh is the mesh.
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert np.allclose(positions(evaluated.data.vertices), positions(obj.data.vertices), atol=1e-5)


def test_glb_of_an_animated_face_and_head_is_one_clip(bpy, api, built, tmp_path):
    if bpy.app.version < (4, 4, 0):
        pytest.skip("Actions have slots from Blender 4.4 on")
    obj, rig = api.find_head(built.head_id), api.find_rig(built.head_id)
    action = bpy.data.actions.new("Take")
    for block, path in (
        (obj.data.shape_keys, 'key_blocks["jawOpen"].value'),
        (rig, 'pose.bones["head"].rotation_quaternion'),
    ):
        data = block.animation_data_create()
        data.action = action
        data.action_slot = action.slots.new(id_type=block.id_type, name=block.name)
        curve = action.fcurve_ensure_for_datablock(block, path, index=0)
        curve.keyframe_points.add(2)
        curve.keyframe_points.foreach_set("co", [1.0, 0.0, 10.0, 1.0])
        curve.update()
    (clip,) = glb_json(api.export_glb(tmp_path / "ada.glb", head_id=built.head_id))["animations"]
    assert {channel["target"]["path"] for channel in clip["channels"]} >= {"weights", "rotation"}


def test_fbx_read_back_has_the_names_and_the_bones(bpy, api, built, tmp_path):
    height = float(np.ptp(positions(api.find_head(built.head_id).data.vertices)[:, 2]))
    path = api.export_fbx(tmp_path / "ada.fbx", head_id=built.head_id)
    (obj,), (rig,) = read_back(bpy, bpy.ops.import_scene.fbx, path)
    assert {block.name for block in obj.data.shape_keys.key_blocks} >= set(ARKIT_NAMES)
    assert {bone.name for bone in rig.data.bones} == NAMES
    assert obj.dimensions.z == pytest.approx(height, rel=0.01) or obj.dimensions.y == pytest.approx(height, rel=0.01)


def test_usd_read_back_has_the_names_and_the_bones(bpy, api, built, tmp_path):
    path = api.export_usd(tmp_path / "ada.usdc", head_id=built.head_id)
    (obj,), (rig,) = read_back(bpy, bpy.ops.wm.usd_import, path)
    assert {block.name for block in obj.data.shape_keys.key_blocks} >= set(ARKIT_NAMES)
    assert {bone.name for bone in rig.data.bones} == NAMES


def test_exporting_leaves_the_scene_and_the_materials_as_they_were(bpy, api, built, tmp_path):
    other = api.build_head(synthetic_head("Bartholomew", detail=0.4))
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    obj = api.find_head(built.head_id)
    before = [material.name for material in obj.data.materials], len(bpy.data.materials), len(bpy.data.scenes)
    for export, name in ((api.export_glb, "a.glb"), (api.export_fbx, "a.fbx"), (api.export_usd, "a.usdc")):
        export(tmp_path / name, head_id=built.head_id)
        assert bpy.context.mode == "EDIT_MESH", name
        assert bpy.context.view_layer.objects.active == cube, name
        after = [material.name for material in obj.data.materials], len(bpy.data.materials), len(bpy.data.scenes)
        assert after == before, name
    assert len(glb_json(tmp_path / "a.glb")["meshes"]) == 1
    assert other.object_name.encode() not in (tmp_path / "a.fbx").read_bytes()


def test_a_blend_packs_everything_and_reads_back(bpy, api, built, tmp_path):
    texture = tmp_path / "other.png"
    from tests.blender.synthetic_head import png

    texture.write_bytes(png(np.zeros((4, 4, 3), np.uint8)))
    image = bpy.data.images.load(str(texture))
    image.use_fake_user = True
    path = api.save_blend(tmp_path / "ada.blend")
    texture.unlink()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert all(i.packed_file is not None for i in bpy.data.images if i.source == "FILE")
    obj = api.find_head(built.head_id)
    assert [b.name for b in obj.data.shape_keys.key_blocks[1:]] == list(ARKIT_NAMES)
    assert obj.find_armature() == api.find_rig(built.head_id)
    assert obj["headsmith_prompt"] == "a synthetic head"
    assert json.loads(obj["headsmith_provenance"])["seed"] == 7
    skin = obj.data.materials[0].node_tree.nodes["Principled BSDF"]
    assert tuple(skin.inputs["Base Color"].links[0].from_node.image.size) == (32, 32)


def test_an_unpacked_blend_refers_to_its_maps_relatively(bpy, api, tmp_path):
    built = api.build_head(synthetic_head(detail=0.4), pack=False, texture_dir=tmp_path / "one" / "maps")
    path = api.save_blend(tmp_path / "one" / "ada.blend", pack=False)
    (tmp_path / "one").rename(tmp_path / "two")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "two" / path.name))
    images = [i for i in bpy.data.images if i.get("headsmith_id") == built.head_id]
    assert images
    for image in images:
        assert image.filepath.startswith("//maps/")
        assert tuple(image.size) == (32, 32)


def test_only_a_full_disk_is_called_full(bpy, tmp_path, headsmith):
    for number, code in ((errno.ENOSPC, ErrorCode.DISK_FULL), (errno.EACCES, ErrorCode.BAD_INPUT)):
        with pytest.raises(HeadsmithError) as raised, headsmith("exporters.files").whole_file(tmp_path / "ada.glb"):
            raise OSError(number, "no")
        assert raised.value.code is code
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["export_glb", "export_fbx", "export_usd"])
def test_an_unknown_head_is_an_error_and_leaves_no_file(bpy, api, tmp_path, name):
    with pytest.raises(HeadsmithError) as raised:
        getattr(api, name)(tmp_path / "x.out", head_id="nobody")
    assert raised.value.code is ErrorCode.NOT_FOUND
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_an_error_with_a_remedy(bpy, api, built, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HeadsmithError) as raised:
        api.export_glb(tmp_path / "file" / "ada.glb", head_id=built.head_id)
    assert raised.value.code is ErrorCode.BAD_INPUT
    assert raised.value.remedy


def test_a_failing_exporter_leaves_nothing_behind(bpy, api, built, tmp_path, headsmith, monkeypatch):
    target = tmp_path / "ada.glb"
    target.write_bytes(b"the former one")
    files = headsmith("exporters.files")

    def exporter():
        with files.whole_file(target) as partial:
            partial.write_bytes(b"half")
            raise RuntimeError("Error: disk went away\n")

    with pytest.raises(HeadsmithError) as raised:
        exporter()
    assert "disk went away" in str(raised.value)
    assert target.read_bytes() == b"the former one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["ada.glb"]


def test_the_operators_take_keywords(bpy, api, built, tmp_path):
    for name in ("glb", "fbx"):
        path = tmp_path / f"operator.{name}"
        operator = getattr(bpy.ops.headsmith, f"export_{name}")
        assert operator(filepath=str(path), head_id=built.head_id) == {"FINISHED"}
        assert path.stat().st_size > 10_000
