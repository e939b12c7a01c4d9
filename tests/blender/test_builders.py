"""A head in Blender is what the asset says: places, keys, names, weights, UVs, bones, materials, provenance."""

from __future__ import annotations

import importlib
import json
from types import ModuleType

import numpy as np
import pytest

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import (
    MATERIAL_NAMES,
    PART_NAMES,
    HeadAsset,
    Joint,
    Part,
    Provenance,
    SparseDeltas,
)
from tests.blender.synthetic_head import JOINTS, synthetic_head


def positions(owner, attribute: str = "co") -> np.ndarray:
    values = np.empty(len(owner) * 3, np.float32)
    owner.foreach_get(attribute, values)
    return values.reshape(-1, 3)


def turned(points: np.ndarray) -> np.ndarray:
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)


@pytest.fixture
def asset():
    return synthetic_head()


@pytest.fixture
def built(api, asset):
    return api.build_head(asset, name="Ada")


def test_one_mesh_holds_all_parts_in_order_and_in_blenders_axes(bpy, api, built, asset):
    obj = api.find_head(built.head_id)
    wanted = turned(np.concatenate([part.positions for part in asset.parts]))
    assert np.array_equal(positions(obj.data.vertices), wanted)
    faces = np.empty(len(obj.data.polygons), np.int32)
    obj.data.attributes["headsmith_part"].data.foreach_get("value", faces)
    assert [int((faces == i).sum()) for i in range(len(PART_NAMES))] == [len(part.faces) for part in asset.parts]


def test_the_mesh_is_valid_and_its_faces_look_outwards(bpy, api, built):
    mesh = api.find_head(built.head_id).data
    assert not mesh.validate(verbose=True)
    centres, normals = positions(mesh.polygons, "center"), positions(mesh.polygons, "normal")
    faces = np.empty(len(mesh.polygons), np.int32)
    mesh.attributes["headsmith_part"].data.foreach_get("value", faces)
    for part in range(len(PART_NAMES)):
        outward = centres[faces == part] - centres[faces == part].mean(0)
        assert ((outward * normals[faces == part]).sum(1) > 0).all(), PART_NAMES[part]


def test_keys_have_apples_names_in_apples_order_after_the_basis(bpy, api, built):
    blocks = api.find_head(built.head_id).data.shape_keys.key_blocks
    assert tuple(block.name for block in blocks) == ("Basis", *ARKIT_NAMES)
    assert all(block.value == 0.0 and not block.mute for block in blocks[1:])


def test_each_key_moves_exactly_the_vertices_of_its_deltas(bpy, api, built, asset):
    mesh = api.find_head(built.head_id).data
    basis = positions(mesh.shape_keys.key_blocks[0].points)
    for name in ("eyeBlinkLeft", "jawOpen", "tongueOut"):
        wanted, first = basis.copy(), 0
        for part in asset.parts:
            wanted[part.keys[name].indices + first] += turned(part.keys[name].deltas)
            first += len(part.positions)
        assert np.allclose(positions(mesh.shape_keys.key_blocks[name].points), wanted, atol=1e-7), name


def test_the_evaluated_mesh_follows_a_key(bpy, api, built):
    obj = api.find_head(built.head_id)
    api.set_expression(built.head_id, {"jawOpen": 1.0})
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    wanted = positions(obj.data.shape_keys.key_blocks["jawOpen"].points)
    assert np.allclose(positions(evaluated.data.vertices), wanted, atol=1e-6)
    api.clear_expression(built.head_id)
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert np.allclose(positions(evaluated.data.vertices), positions(obj.data.vertices), atol=1e-6)


def test_uvs_are_per_corner(bpy, api, built, asset):
    mesh = api.find_head(built.head_id).data
    assert [layer.name for layer in mesh.uv_layers] == ["UVMap"]
    uvs = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers[0].uv.foreach_get("vector", uvs)
    wanted = np.concatenate([part.uvs[part.uv_faces[part.uv_faces >= 0]] for part in asset.parts])
    assert np.array_equal(uvs.reshape(-1, 2), wanted)


def test_weights_are_vertex_groups_of_the_joints(bpy, api, built, asset):
    obj = api.find_head(built.head_id)
    assert [group.name for group in obj.vertex_groups] == [joint.name for joint in JOINTS]
    found = np.zeros((len(obj.data.vertices), len(JOINTS)), np.float32)
    for vertex in obj.data.vertices:
        for element in vertex.groups:
            found[vertex.index, element.group] = element.weight
    wanted = np.concatenate([part.weights for part in asset.parts])
    assert np.abs(found - wanted).max() <= 0.5 / 1024 + 1e-6


def test_bones_stand_where_the_joints_are(bpy, api, built):
    rig = api.find_rig(built.head_id)
    for joint in JOINTS:
        bone = rig.data.bones[joint.name]
        assert np.allclose(bone.head_local, turned(np.array([joint.head]))[0], atol=1e-6)
        assert np.allclose(bone.tail_local, turned(np.array([joint.tail]))[0], atol=1e-6)
        assert (bone.parent.name if bone.parent else None) == joint.parent


def test_bones_are_at_rest_and_nothing_drives_them_or_the_keys(bpy, api, built):
    obj, rig = api.find_head(built.head_id), api.find_rig(built.head_id)
    assert obj.data.shape_keys.animation_data is None
    assert rig.animation_data is None
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert np.allclose(positions(evaluated.data.vertices), positions(obj.data.vertices), atol=1e-6)


def test_a_bone_turns_what_is_weighted_to_it_and_nothing_else(bpy, api, built, asset):
    obj, rig = api.find_head(built.head_id), api.find_rig(built.head_id)
    rig.pose.bones["eye_l"].rotation_mode = "XYZ"
    rig.pose.bones["eye_l"].rotation_euler = (0.3, 0.0, 0.0)
    bpy.context.view_layer.update()
    moved = positions(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.vertices)
    distance = np.linalg.norm(moved - positions(obj.data.vertices), axis=1)
    weight = np.concatenate([part.weights for part in asset.parts])[:, [j.name for j in JOINTS].index("eye_l")]
    assert distance[weight == 0].max() < 1e-6
    assert distance[weight == 1].max() > 0.002


def test_materials_are_slots_in_the_agreed_order(bpy, api, built):
    mesh = api.find_head(built.head_id).data
    assert tuple(material["headsmith_material"] for material in mesh.materials) == MATERIAL_NAMES[:8]


def test_the_skin_scatters_and_reads_its_maps_in_their_colour_spaces(bpy, api, built):
    skin = api.find_head(built.head_id).data.materials[0]
    bsdf = skin.node_tree.nodes["Principled BSDF"]
    assert bsdf.subsurface_method == "RANDOM_WALK_SKIN"
    assert bsdf.inputs["Subsurface Weight"].default_value == 1.0
    radius = bsdf.inputs["Subsurface Radius"].default_value[0] * bsdf.inputs["Subsurface Scale"].default_value
    assert 0.001 < radius < 0.006  # metres
    for channel, space in (("Base Color", "sRGB"), ("Roughness", "Non-Color"), ("Specular IOR Level", "Non-Color")):
        assert bsdf.inputs[channel].links[0].from_node.image.colorspace_settings.name == space
    normal = bsdf.inputs["Normal"].links[0].from_node
    assert normal.type == "NORMAL_MAP"
    assert normal.inputs["Color"].links[0].from_node.image.colorspace_settings.name == "Non-Color"


def test_light_passes_the_cornea(bpy, api, built):
    cornea = api.find_head(built.head_id).data.materials[2]
    for engine in ("CYCLES", "EEVEE"):
        output = cornea.node_tree.get_output_node(engine)
        kinds, pending = set(), [output]
        while pending:
            node = pending.pop()
            kinds.add(node.type)
            pending += [link.from_node for socket in node.inputs for link in socket.links]
        assert "BSDF_TRANSPARENT" in kinds, engine


def test_images_are_the_assets_own_bytes_packed(bpy, api, built, asset):
    for texture in asset.maps:
        image = bpy.data.images[f"Ada {texture.material} {texture.channel}"]
        assert image.packed_file.data == texture.data
        assert tuple(image.size) == (texture.width, texture.height)


def test_unpacked_maps_are_files(bpy, api, asset, tmp_path):
    api.build_head(asset, pack=False, texture_dir=tmp_path / "maps")
    for texture in asset.maps:
        image = bpy.data.images[f"Ada {texture.material} {texture.channel}"]
        assert image.packed_file is None
        assert (tmp_path / "maps" / bpy.path.basename(image.filepath)).read_bytes() == texture.data


def test_provenance_is_stored_on_object_and_collection(bpy, api, built, asset):
    for block in (api.find_head(built.head_id), api.find_collection(built.head_id)):
        assert block["headsmith_prompt"] == asset.provenance.prompt
        assert int(block["headsmith_seed"]) == asset.provenance.seed
        record = json.loads(block["headsmith_provenance"])
        assert record["checkpoints"] == dict(asset.provenance.checkpoints)
        assert record["licences"] == list(asset.provenance.licences)
        assert record["not_understood"] == ["zorgy"]


def test_building_leaves_mode_selection_and_scenes_of_the_user_alone(bpy, api, asset):
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    api.build_head(asset)
    assert bpy.context.mode == "EDIT_MESH"
    assert bpy.context.view_layer.objects.active == cube
    assert len(bpy.data.scenes) == 1
    bpy.ops.object.mode_set(mode="OBJECT")
    assert [o.name for o in bpy.context.view_layer.objects if o.select_get()] == [cube.name]


def test_a_broken_asset_is_refused_and_leaves_nothing(bpy, api, asset):
    from dataclasses import replace

    from headsmith_shared.errors import ErrorCode, HeadsmithError

    skin = asset.parts[0]
    faces = skin.faces.copy()
    faces[3, 1] = len(skin.positions)
    broken = replace(asset, parts=(replace(skin, faces=faces), *asset.parts[1:]))
    before = len(bpy.data.objects), len(bpy.data.meshes), len(bpy.data.collections)
    with pytest.raises(HeadsmithError) as raised:
        api.build_head(broken)
    assert raised.value.code is ErrorCode.BAD_FILE
    assert before == (len(bpy.data.objects), len(bpy.data.meshes), len(bpy.data.collections))


def test_deleting_a_head_removes_all_of_it_and_nothing_else(bpy, api, asset):
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    other = api.build_head(synthetic_head("Bob"))
    gone = api.build_head(asset)
    api.find_collection(gone.head_id).objects.link(cube)
    bpy.context.scene.collection.objects.unlink(cube)
    api.delete_head(gone.head_id)
    assert api.find_head(gone.head_id) is None
    assert api.find_rig(gone.head_id) is None
    assert not [b for blocks in (bpy.data.images, bpy.data.materials) for b in blocks if b.name.startswith("Ada")]
    assert api.find_head(other.head_id) is not None
    assert cube.name in bpy.context.scene.objects


def test_building_takes_at_most_a_few_hundred_milliseconds(bpy, api, asset, tmp_path):
    """The figure itself (150 ms on a free machine) is measured by `headsmith bench`; this catches a slow path."""
    built = api.build_head(asset, pack=False, texture_dir=tmp_path)
    assert built.milliseconds < 600


def test_long_names_of_any_script_keep_their_suffixes(bpy, api, asset):
    built = api.build_head(asset, name="老水手 with a very long name that goes on and on " * 3)
    assert len(built.object_name.encode()) <= 40
    assert built.object_name.startswith("老水手 with")
    assert api.find_head(built.head_id).data.materials[0].name.endswith(" skin")


def test_skin_over_the_eyes_is_marked_thin(blender: ModuleType) -> None:
    """Light walking under the closed lid would leave through the eyeball, which is part of the same mesh."""
    api = importlib.import_module("bl_ext.headsmith_tests.headsmith.builders.thin_skin")

    def part(name: str, positions: list[tuple[float, float, float]], keys: dict[str, SparseDeltas]) -> Part:
        points = np.array(positions, np.float32)
        none = np.zeros((0, 4), np.int32)
        uvs = np.zeros((0, 2), np.float32)
        return Part(name, "skin", points, none, uvs, none, np.ones((len(points), 1), np.float32), keys)

    blink = SparseDeltas(np.array([1], np.int32), np.array([[0.0, -0.02, 0.0]], np.float32))
    skin = part("skin", [(0, 0, 0.016), (0, 0.036, 0), (0, 0.1, 0)], {"eyeBlinkLeft": blink})
    asset = HeadAsset(
        "eye",
        (skin, part("cornea_l", [(0, 0, 0.015)], {})),
        (Joint("eye_l", None, (0, 0, 0), (0, 0, 0.01)),),
        (),
        Provenance("test", "", 0),
    )
    np.testing.assert_array_equal(api.thin_skin(asset), [1, 1, 0, 0])
