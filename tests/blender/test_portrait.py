"""The studio frames the head, lights it, and can be taken away again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.blender.synthetic_head import synthetic_head
from tests.blender.test_builders import positions


@pytest.fixture
def built(api):
    return api.build_head(synthetic_head(detail=0.4))


def in_picture(bpy, obj) -> np.ndarray:
    """Where the head's vertices are in the picture: 0..1 from left to right and from bottom to top."""
    from bpy_extras.object_utils import world_to_camera_view

    scene = bpy.context.scene
    bpy.context.view_layer.update()
    points = positions(obj.data.vertices)[::7]
    from mathutils import Vector

    return np.array([world_to_camera_view(scene, scene.camera, obj.matrix_world @ Vector(p)) for p in points])


@pytest.mark.parametrize("view", ["front", "three_quarter", "profile"])
@pytest.mark.parametrize("moved", [False, True])
def test_the_head_fills_the_picture_with_some_headroom(bpy, api, built, view, moved):
    if moved:
        rig = api.find_rig(built.head_id)
        rig.location, rig.rotation_euler, rig.scale = (3.0, -2.0, 1.0), (0.0, 0.0, 1.2), (2.0, 2.0, 2.0)
    name = api.portrait(built.head_id, view=view, engine="WORKBENCH")
    assert bpy.context.scene.camera.name == name
    seen = in_picture(bpy, api.find_head(built.head_id))
    assert seen[:, 2].min() > 0  # in front of the camera
    assert 0.86 < seen[:, 1].max() < 0.97
    assert seen[:, 1].min() < 0.05
    assert seen[:, 0].min() > 0.02
    assert seen[:, 0].max() < 0.98


def test_the_camera_is_in_front_of_the_face_and_has_a_portrait_lens(bpy, api, built):
    api.portrait(built.head_id, view="front", engine="WORKBENCH")
    camera = bpy.context.scene.camera
    bpy.context.view_layer.update()
    assert camera.data.lens == 85.0
    assert camera.matrix_world.translation.y < -0.8
    assert abs(camera.matrix_world.translation.x) < 1e-4


def test_another_view_moves_the_same_studio(bpy, api, built):
    api.portrait(built.head_id, view="front", engine="WORKBENCH")
    before = len(bpy.data.objects), len(bpy.data.lights), len(bpy.data.worlds)
    api.portrait(built.head_id, view="profile", engine="WORKBENCH")
    assert before == (len(bpy.data.objects), len(bpy.data.lights), len(bpy.data.worlds))


def test_the_studio_can_be_removed_without_the_head(bpy, api, built):
    api.portrait(built.head_id, engine="WORKBENCH")
    assert bpy.data.lights
    api.clear_portrait()
    assert not bpy.data.lights
    assert not bpy.data.cameras
    assert api.find_head(built.head_id) is not None


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["WORKBENCH", "CYCLES"])
def test_a_rendered_portrait_shows_a_lit_head_on_a_dark_ground(bpy, api, built, tmp_path, engine):
    api.portrait(built.head_id, view="front", engine=engine, samples=4, size=(96, 120))
    path = api.render(tmp_path / "portrait.png")
    image = bpy.data.images.load(str(path))
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)
    assert tuple(image.size) == (96, 120)
    assert pixels[40:60, 40:56, :3].mean() > 0.2
    assert pixels[100:, :16, :3].mean() < 0.3


@pytest.mark.parametrize("view", ["front", "profile"])
@pytest.mark.parametrize(("wide", "high"), [(1.0, 1.0), (1.7, 1.25), (1.2, 1.7)])
def test_the_picture_holds_the_hair(bpy, api, view, wide, high):
    """An afro beside the head, a mohawk above it."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    asset = synthetic_head(detail=0.4, strands=300)
    hair = asset.strands[0]
    spread = hair.points * np.array([wide, high, 0.5 * wide + 0.5], np.float32)
    built = api.build_head(replace(asset, strands=(replace(hair, points=spread.astype(np.float32)),)))
    api.portrait(built.head_id, view=view, engine="WORKBENCH", size=(480, 600))
    bpy.context.view_layer.update()
    (obj,) = api.find_strands(built.head_id)
    points = np.empty(3 * len(obj.data.points), np.float32)
    obj.data.attributes["position"].data.foreach_get("vector", points)
    scene = bpy.context.scene
    seen = np.array([
        world_to_camera_view(scene, scene.camera, obj.matrix_world @ Vector(p)) for p in points.reshape(-1, 3)[::3]
    ])  # fmt: skip
    assert seen[:, 1].max() < 0.985
    assert np.mean((seen[:, 0] > 0.0) & (seen[:, 0] < 1.0)) > 0.975
    head = in_picture(bpy, api.find_head(built.head_id))
    assert np.ptp(head[:, 1]) > 0.55, "the face is still the subject"
