"""A better version of a head arrives: it is rebuilt in place, and what the user has done stays."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.blender.synthetic_head import synthetic_head, synthetic_maps
from tests.blender.test_builders import positions, turned


@pytest.fixture
def built(api):
    return api.build_head(synthetic_head(maps=False), stage="geometry")


def rebuild(api, built, **changes):
    return api.build_head(synthetic_head(**changes), head_id=built.head_id)


def bsdf(api, built, slot: int = 0):
    return api.find_head(built.head_id).data.materials[slot].node_tree.nodes["Principled BSDF"]


def test_the_same_objects_get_the_new_shape_maps_and_bones(bpy, api, built):
    obj, rig = api.find_head(built.head_id), api.find_rig(built.head_id)
    again = rebuild(api, built, stretch=1.1)
    assert not again.created
    assert (again.object_name, again.armature_name) == (built.object_name, built.armature_name)
    assert api.find_head(built.head_id) == obj
    assert len(bpy.data.objects) == 2
    wanted = turned(np.concatenate([part.positions for part in synthetic_head(stretch=1.1).parts]))
    assert np.array_equal(positions(obj.data.vertices), wanted)
    assert np.array_equal(positions(obj.data.shape_keys.key_blocks[0].points), wanted)
    assert np.isclose(rig.data.bones["eye_l"].head_local.z, 0.036 * 1.1)
    assert bsdf(api, built).inputs["Base Color"].is_linked
    assert obj["headsmith_stage"] == "head"


def test_transforms_poses_names_and_the_selection_stay(bpy, api, built):
    obj, rig = api.find_head(built.head_id), api.find_rig(built.head_id)
    obj.name, rig.name = "Sailor", "Sailor bones"
    rig.location, obj.scale = (1.0, 2.0, 3.0), (2.0, 2.0, 2.0)
    rig.pose.bones["jaw"].rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    again = rebuild(api, built, stretch=1.1)
    assert (again.object_name, again.armature_name) == ("Sailor", "Sailor bones")
    assert tuple(rig.location) == (1.0, 2.0, 3.0)
    assert tuple(obj.scale) == (2.0, 2.0, 2.0)
    assert rig.pose.bones["jaw"].rotation_quaternion[1] == pytest.approx(0.1)
    assert bpy.context.view_layer.objects.active == cube
    assert cube.select_get()
    assert not obj.select_get()


def test_changed_material_values_stay_and_untouched_ones_follow(bpy, api, built):
    skin = bsdf(api, built)
    skin.inputs["Roughness"].default_value = 0.123
    skin.inputs["Coat Weight"].default_value = 0.77
    skin.subsurface_method = "BURLEY"
    material = api.find_head(built.head_id).data.materials[0]
    material.surface_render_method = "BLENDED"
    rebuild(api, built)
    assert skin.inputs["Roughness"].default_value == pytest.approx(0.123)
    assert skin.inputs["Coat Weight"].default_value == pytest.approx(0.77)
    assert skin.subsurface_method == "BURLEY"
    assert material.surface_render_method == "BLENDED"
    assert skin.inputs["Base Color"].links[0].from_node.image is not None
    changed = synthetic_head()
    changed = type(changed)(**{**changed.__dict__, "materials": {"skin": {"subsurface_scale": 0.002, "sheen": 0.5}}})
    api.build_head(changed, head_id=built.head_id)
    assert skin.inputs["Subsurface Scale"].default_value == pytest.approx(0.002)
    assert skin.inputs["Sheen Weight"].default_value == pytest.approx(0.5)


def test_changed_values_stay_through_several_versions(bpy, api, built):
    bsdf(api, built).inputs["IOR"].default_value = 1.9
    for stretch in (1.0, 1.05, 1.1):
        rebuild(api, built, stretch=stretch)
    assert bsdf(api, built).inputs["IOR"].default_value == pytest.approx(1.9)


def test_links_that_the_user_made_or_cut_stay(bpy, api, built):
    rebuild(api, built)
    material = api.find_head(built.head_id).data.materials[0]
    tree = material.node_tree
    noise = tree.nodes.new("ShaderNodeTexNoise")
    tree.links.new(noise.outputs[0], bsdf(api, built).inputs["Base Color"])
    tree.links.remove(bsdf(api, built).inputs["Roughness"].links[0])
    tree.nodes.remove(tree.nodes["Normal map"])
    rebuild(api, built, stretch=1.1)
    assert bsdf(api, built).inputs["Base Color"].links[0].from_node == noise
    assert not bsdf(api, built).inputs["Roughness"].is_linked
    assert not bsdf(api, built).inputs["Normal"].is_linked
    assert bsdf(api, built).inputs["Specular IOR Level"].is_linked


def test_a_link_made_before_the_map_came_is_kept(bpy, api, built):
    tree = api.find_head(built.head_id).data.materials[0].node_tree
    colour = tree.nodes.new("ShaderNodeRGB")
    tree.links.new(colour.outputs[0], bsdf(api, built).inputs["Base Color"])
    rebuild(api, built)
    assert bsdf(api, built).inputs["Base Color"].links[0].from_node == colour


def test_a_material_of_the_users_own_stays_in_its_slot(bpy, api, built):
    own = bpy.data.materials.new("my skin")
    mesh = api.find_head(built.head_id).data
    mesh.materials[0] = own
    rebuild(api, built)
    assert mesh.materials[0] == own
    assert mesh.materials[1]["headsmith_material"] == "eyes"


def test_new_pixels_reach_the_same_image(bpy, api, built):
    rebuild(api, built)
    image = bpy.data.images["Ada skin albedo"]
    before = image.pixels[0]
    asset = synthetic_head()
    darker = type(asset)(**{**asset.__dict__, "maps": synthetic_maps(tint=-80)})
    api.build_head(darker, head_id=built.head_id)
    assert bpy.data.images["Ada skin albedo"] == image
    assert image.pixels[0] == pytest.approx(before - 80 / 255, abs=0.01)
    assert len([i for i in bpy.data.images if i.get("headsmith_map") == "skin/albedo"]) == 1


@pytest.mark.parametrize("detail", [1.0, 1.3], ids=["same topology", "other topology"])
def test_actions_values_drivers_and_own_keys_stay(bpy, api, built, detail):
    obj = api.find_head(built.head_id)
    keys = obj.data.shape_keys
    keys.key_blocks["jawOpen"].value = 0.4
    keys.key_blocks["mouthPucker"].mute = True
    keys.key_blocks["mouthSmileLeft"].keyframe_insert("value", frame=1)
    keys.key_blocks["mouthSmileLeft"].value = 1.0
    keys.key_blocks["mouthSmileLeft"].keyframe_insert("value", frame=10)
    action, slot = keys.animation_data.action, getattr(keys.animation_data, "action_slot", None)
    keys.key_blocks["browInnerUp"].driver_add("value").driver.expression = "0.25"
    rebuild(api, built, stretch=1.1, detail=detail)
    keys = obj.data.shape_keys
    assert keys.key_blocks["jawOpen"].value == pytest.approx(0.4)
    assert keys.key_blocks["mouthPucker"].mute
    assert keys.animation_data.action == action
    assert getattr(keys.animation_data, "action_slot", None) == slot
    assert [driver.data_path for driver in keys.animation_data.drivers] == ['key_blocks["browInnerUp"].value']
    bpy.context.scene.frame_set(10)
    assert keys.key_blocks["mouthSmileLeft"].value == pytest.approx(1.0)


def test_the_users_own_key_keeps_its_offset(bpy, api, built):
    obj = api.find_head(built.head_id)
    own = obj.shape_key_add(name="scar", from_mix=False)
    own.points[5].co.z += 0.01
    rebuild(api, built, stretch=1.1)
    basis = obj.data.shape_keys.key_blocks[0]
    offset = np.array(obj.data.shape_keys.key_blocks["scar"].points[5].co) - np.array(basis.points[5].co)
    assert np.allclose(offset, (0, 0, 0.01), atol=1e-6)


def test_an_other_topology_replaces_the_mesh_and_keeps_the_object(bpy, api, built):
    obj = api.find_head(built.head_id)
    mesh, modifiers = obj.data, len(obj.modifiers)
    rebuild(api, built, detail=1.3)
    wanted = synthetic_head(detail=1.3)
    assert obj.data == mesh
    assert len(mesh.vertices) == sum(len(part.positions) for part in wanted.parts)
    assert len(mesh.shape_keys.key_blocks) == 53
    assert len(obj.modifiers) == modifiers
    assert len(mesh.materials) == 8
    assert len(bpy.data.meshes) == 1
    assert not mesh.validate()


def test_edit_mode_refuses_the_new_version_by_name(bpy, api, built):
    obj = api.find_head(built.head_id)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(HeadsmithError) as raised:
        rebuild(api, built)
    assert raised.value.code is ErrorCode.CONFLICT
    bpy.ops.object.mode_set(mode="OBJECT")
    assert not rebuild(api, built).created


def test_heads_are_found_again_after_undo_has_replaced_all_references(bpy, api, built, tmp_path):
    """Reading the file back does to references what undo does: every one of them dies."""
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    again = rebuild(api, built, stretch=1.1)
    assert not again.created
    assert len([o for o in bpy.data.objects if o.type == "MESH"]) == 1


def test_two_heads_do_not_touch_each_other(bpy, api, built):
    other = api.build_head(synthetic_head("Bob", stretch=0.9))
    before = positions(api.find_head(other.head_id).data.vertices)
    rebuild(api, built, stretch=1.2)
    assert np.array_equal(positions(api.find_head(other.head_id).data.vertices), before)


def test_a_deleted_mesh_comes_back_on_the_rig_that_was_left(bpy, api, built):
    api.find_rig(built.head_id).location.x = 2.0
    bpy.data.objects.remove(api.find_head(built.head_id))
    again = rebuild(api, built)
    assert again.created
    assert len([o for o in bpy.data.objects if o.type == "ARMATURE"]) == 1
    assert api.find_head(built.head_id).parent == api.find_rig(built.head_id)
    assert api.find_rig(built.head_id).location.x == 2.0


def test_a_deleted_rig_does_not_stop_a_rebuild(bpy, api, built):
    bpy.data.objects.remove(api.find_rig(built.head_id))
    assert rebuild(api, built, stretch=1.1).armature_name == ""
    assert len(api.find_head(built.head_id).data.shape_keys.key_blocks) == 53
