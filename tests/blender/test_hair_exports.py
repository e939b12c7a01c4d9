"""Hair in files for other programs: alpha-textured cards that move with the face, and no curves."""

from __future__ import annotations

import numpy as np
import pytest

from tests.blender.synthetic_head import synthetic_head
from tests.blender.test_builders import positions
from tests.blender.test_exporters import glb_json


@pytest.fixture
def asset():
    return synthetic_head(detail=0.4, strands=200)


@pytest.fixture
def built(api, asset):
    return api.build_head(asset, name="Ada")


def meshes(bpy) -> dict:
    return {obj.name.split(".")[0]: obj for obj in bpy.data.objects if obj.type == "MESH"}


def test_glb_holds_the_cards_cut_out_and_skinned(bpy, api, built, asset, tmp_path):
    document = glb_json(api.export_glb(tmp_path / "ada.glb", head_id=built.head_id))
    meshes = {mesh["name"]: mesh for mesh in document["meshes"]}
    assert set(meshes) == {"Ada", "Ada hair cards", "Ada beard cards"}
    materials = {material["name"]: material for material in document["materials"]}
    for name in ("Ada hair", "Ada beard"):
        material = materials[name]
        assert material["alphaMode"] == "MASK"
        assert 0.2 < material["alphaCutoff"] < 0.5
        assert material["doubleSided"]
        assert "baseColorTexture" in material["pbrMetallicRoughness"]
        assert "normalTexture" in material
    assert all("skin" in node for node in document["nodes"] if "mesh" in node)
    beard = meshes["Ada beard cards"]
    assert beard["extras"]["targetNames"] == ["jawOpen"]
    assert sum(document["accessors"][p["attributes"]["POSITION"]]["count"] for p in beard["primitives"]) == len(
        asset.part("beard").positions
    )


def test_glb_read_back_shows_the_cards_where_the_hair_is(bpy, api, built, asset, tmp_path):
    path = api.export_glb(tmp_path / "ada.glb", head_id=built.head_id)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    found = meshes(bpy)
    cards = found["Ada hair cards"]
    assert not cards.hide_render
    assert not cards.hide_viewport
    want = asset.part("hair").positions
    low, high = positions(cards.data.vertices).min(0), positions(cards.data.vertices).max(0)
    assert np.allclose(low, (want[:, 0].min(), -want[:, 2].max(), want[:, 1].min()), atol=1e-4)
    assert np.allclose(high, (want[:, 0].max(), -want[:, 2].min(), want[:, 1].max()), atol=1e-4)
    shader = next(n for n in cards.data.materials[0].node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    assert shader.inputs["Base Color"].is_linked
    assert shader.inputs["Alpha"].is_linked
    assert not [obj for obj in bpy.data.objects if obj.type == "CURVES"]


@pytest.mark.parametrize("name", ["fbx", "usdc"])
def test_other_formats_hold_the_cards_with_their_alpha(bpy, api, built, tmp_path, name):
    path = tmp_path / f"ada.{name}"
    (api.export_fbx if name == "fbx" else api.export_usd)(path, head_id=built.head_id)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    (bpy.ops.import_scene.fbx if name == "fbx" else bpy.ops.wm.usd_import)(filepath=str(path))
    used = {m.name.split(".")[0].replace("_", " ") for o in meshes(bpy).values() for m in o.data.materials if m}
    assert {"Ada hair", "Ada beard"} <= used
    material = next(m for m in bpy.data.materials if m.name.replace("_", " ").startswith("Ada hair"))
    shader = next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    assert shader.inputs["Base Color"].is_linked
    assert shader.inputs["Alpha"].is_linked


def test_exporting_leaves_hair_hidden_and_materials_alone(bpy, api, built, tmp_path):
    head, cards = api.find_head(built.head_id), api.find_cards(built.head_id)
    head.data.shape_keys.key_blocks["jawOpen"].value = 0.6
    trees = {obj.name: len(obj.data.materials[0].node_tree.nodes) for obj in cards}
    for export, name in ((api.export_glb, "a.glb"), (api.export_fbx, "a.fbx"), (api.export_usd, "a.usdc")):
        export(tmp_path / name, head_id=built.head_id)
        for obj in cards:
            assert obj.hide_viewport, name
            assert obj.hide_render, name
            tree = obj.data.materials[0].node_tree
            assert len(tree.nodes) == trees[obj.name], name
            alpha = tree.nodes["Principled BSDF"].inputs["Alpha"]
            assert alpha.links[0].from_node.type == "TEX_IMAGE", name
            keys = obj.data.shape_keys
            assert keys is None or all(block.value == 0 for block in keys.key_blocks[1:]), name
            assert keys is None or keys.animation_data is None, name


def test_the_beards_pose_and_clip_are_the_faces(bpy, api, built, tmp_path):
    head = api.find_head(built.head_id)
    keys = head.data.shape_keys
    keys.key_blocks["jawOpen"].value = 0.5
    document = glb_json(api.export_glb(tmp_path / "posed.glb", head_id=built.head_id))
    beard = next(mesh for mesh in document["meshes"] if mesh["name"] == "Ada beard cards")
    assert beard["weights"] == [pytest.approx(0.5)]
    keys.key_blocks["jawOpen"].keyframe_insert("value", frame=1)
    keys.key_blocks["jawOpen"].value = 1.0
    keys.key_blocks["jawOpen"].keyframe_insert("value", frame=10)
    document = glb_json(api.export_glb(tmp_path / "moving.glb", head_id=built.head_id))
    nodes = [
        document["nodes"][channel["target"]["node"]]["name"]
        for clip in document["animations"]
        for channel in clip["channels"]
        if channel["target"]["path"] == "weights"
    ]
    assert {"Ada", "Ada beard cards"} <= set(nodes)
