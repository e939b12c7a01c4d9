"""The studio: a pivot at the head with a camera and lights around it, and a backdrop that only the camera sees.

Everything lives in one collection, is made once, and follows the head when another one is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, cos, radians, sin, tan
from typing import Final, Literal

import bpy
import numpy as np
from mathutils import Vector

from headsmith_shared.errors import ErrorCode, HeadsmithError

from ..builders import lookup

View = Literal["front", "three_quarter", "profile"]

COLLECTION: Final = "Headsmith portrait"
YAW: Final = {"front": 0.0, "three_quarter": 36.0, "profile": 82.0}
_LENS_MM: Final = 85.0
_SENSOR_MM: Final = 24.0
_HEAD_METRES: Final = 0.32  # the head height for which the lights below are meant
_HEADROOM: Final = 0.09
_CROP: Final = 0.075  # of the height at the collar, where the mesh ends
_SIDE_ROOM: Final = 1.06  # of the width that hair takes up
_MOST_HAIR: Final = 99.0  # per cent of its points; single strands may leave the picture
_WIDEST: Final = 1.4  # of the bare head's picture: a braid held out sideways must not shrink the face further
_DOWNWARDS: Final = 0.4  # of what a wider picture is higher by, as far as there is a neck


@dataclass(frozen=True)
class Softbox:
    """An area light. azimuth and elevation in degrees seen from the head, 0 is the camera, + is the camera's right."""

    name: str
    azimuth: float
    elevation: float
    distance: float
    size: tuple[float, float]
    watts: float
    colour: tuple[float, float, float]


LIGHTS: Final = (
    Softbox("key", -42.0, 34.0, 1.15, (0.55, 0.8), 15.0, (1.0, 0.955, 0.905)),
    Softbox("fill", 48.0, 6.0, 1.5, (1.2, 1.2), 4.4, (0.90, 0.95, 1.0)),
    Softbox("rim left", -148.0, 26.0, 1.1, (0.25, 0.9), 7.5, (1.0, 0.97, 0.93)),
    Softbox("rim right", 142.0, 32.0, 1.1, (0.25, 0.9), 11.0, (0.93, 0.96, 1.0)),
)


@dataclass(frozen=True)
class Framing:
    """What the camera looks at, in the head's own space (metres): centre, height of the picture, the eyes."""

    centre: Vector
    height: float
    eyes: Vector


def set_up(head_id: str, *, view: View, scene: bpy.types.Scene) -> bpy.types.Object:
    """Make or move the studio for a head; returns the camera, which becomes the scene's.

    The scene's resolution must be set before: hair has to fit into the picture's width.
    """
    obj = lookup.find_head(head_id)
    if obj is None:
        raise HeadsmithError(ErrorCode.NOT_FOUND, f"no head {head_id!r} in this file", "choose one from the history")
    for layer in scene.view_layers:
        layer.update()  # a head that was moved just now has its old matrix until then
    width = scene.render.resolution_x * scene.render.pixel_aspect_x
    aspect = width / (scene.render.resolution_y * scene.render.pixel_aspect_y)
    framing = frame(obj, hair_points(head_id), aspect, radians(YAW[view]))
    collection = _collection(scene)
    pivot = _object(collection, "pivot", None)
    world = obj.matrix_world
    pivot.location = world @ framing.centre
    forward = world.to_quaternion() @ Vector((0.0, -1.0, 0.0))
    turned = Vector((0.0, -1.0)).angle_signed(forward.xy, 0.0) if forward.xy.length > 1e-6 else 0.0
    pivot.rotation_euler = (0.0, 0.0, -turned + radians(YAW[view]))
    size = framing.height * world.median_scale
    for light in LIGHTS:
        _light(collection, pivot, light, size / _HEAD_METRES)
    camera = _camera(collection, pivot, framing, size, world.median_scale)
    scene.camera = camera
    _backdrop(scene)
    return camera


def clear(scene: bpy.types.Scene) -> None:
    """Remove the studio with its lights, camera and world."""
    collection = next((c for c in scene.collection.children if c.name.startswith(COLLECTION)), None)
    if collection is None:
        return
    members = list(collection.objects)
    blocks: list[bpy.types.ID] = [*members, *(m.data for m in members if m.data is not None), collection]
    if scene.world is not None and scene.world.get(lookup.KIND) == "backdrop":
        blocks.append(scene.world)
    bpy.data.batch_remove(blocks)


def hair_points(head_id: str) -> np.ndarray:
    """Points of a head's hair in its own space, float32 [N, 3]; hidden hair does not count."""
    found = [np.empty((0, 3), np.float32)]
    for obj in lookup.find_strands(head_id):
        position = obj.data.attributes.get("position")
        if obj.hide_render or position is None or not len(position.data):
            continue
        points = np.empty(3 * len(position.data), np.float32)
        position.data.foreach_get("vector", points)
        found.append(points.reshape(-1, 3))
    return np.concatenate(found)


def frame(obj: bpy.types.Object, hair: np.ndarray, aspect: float, yaw: float) -> Framing:
    """Head, neck and hair with some headroom, cropped just above the collar, and wide enough for the hair.

    hair: float32 [N, 3] in the head's space; aspect: width of the picture by its height; yaw: radians of the view.
    """
    mesh = obj.data
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.attributes["position"].data.foreach_get("vector", points)
    points = points.reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    tall = float(high[2] - low[2])
    crown = max(float(high[2]), float(hair[:, 2].max(initial=-np.inf)))
    bottom, top = float(low[2]) + _CROP * tall, crown + _HEADROOM * tall
    rig = obj.find_armature()
    eyes = [bone.head_local for name in ("eye_l", "eye_r") if rig and (bone := rig.data.bones.get(name))]
    middle = sum(eyes, Vector()) / len(eyes) if eyes else Vector((0.0, float(low[1]), float(high[2])))
    centre = np.array(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2), np.float32)
    height = top - bottom
    beside = hair[hair[:, 2] > bottom][:, :2] - centre
    sideways = np.abs(beside @ np.array((cos(yaw), sin(yaw)), np.float32))
    reach = float(np.percentile(sideways, _MOST_HAIR)) if len(sideways) else 0.0
    wanted = min(max(height, 2.0 * reach * _SIDE_ROOM / aspect), _WIDEST * height)
    bottom -= min(_DOWNWARDS * (wanted - height), 0.8 * _CROP * tall)
    return Framing(Vector((float(centre[0]), float(centre[1]), bottom + wanted / 2)), wanted, middle)


def _collection(scene: bpy.types.Scene) -> bpy.types.Collection:
    for collection in scene.collection.children:
        if collection.name.startswith(COLLECTION):
            return collection
    collection = bpy.data.collections.new(COLLECTION)
    scene.collection.children.link(collection)
    return collection


def _object(collection: bpy.types.Collection, role: str, data: bpy.types.ID | None) -> bpy.types.Object:
    for obj in collection.objects:
        if obj.get(lookup.KIND) == role:
            return obj
    obj = bpy.data.objects.new(f"Portrait {role}", data)
    obj[lookup.KIND] = role
    collection.objects.link(obj)
    return obj


def _light(collection: bpy.types.Collection, pivot: bpy.types.Object, light: Softbox, scale: float) -> None:
    existing = next((o for o in collection.objects if o.get(lookup.KIND) == light.name), None)
    data = existing.data if existing else bpy.data.lights.new(f"Portrait {light.name}", "AREA")
    obj = existing or _object(collection, light.name, data)
    obj.parent = pivot
    data.shape, data.color = "RECTANGLE", light.colour
    data.size, data.size_y = light.size[0] * scale, light.size[1] * scale
    data.energy = light.watts * scale * scale
    azimuth, elevation = radians(light.azimuth), radians(light.elevation)
    # The camera is at -Y of the pivot, its right is +X.
    direction = Vector((sin(azimuth) * cos(elevation), -cos(azimuth) * cos(elevation), sin(elevation)))
    obj.location = direction * light.distance * scale
    obj.rotation_euler = direction.to_track_quat("Z", "Y").to_euler()


def _camera(
    collection: bpy.types.Collection, pivot: bpy.types.Object, framing: Framing, size: float, scale: float
) -> bpy.types.Object:
    existing = next((o for o in collection.objects if o.get(lookup.KIND) == "camera"), None)
    data = existing.data if existing else bpy.data.cameras.new("Portrait camera")
    camera = existing or _object(collection, "camera", data)
    data.lens, data.sensor_fit, data.sensor_height = _LENS_MM, "VERTICAL", _SENSOR_MM
    half_angle = atan(_SENSOR_MM / 2 / _LENS_MM)
    distance = size / 2 / tan(half_angle)
    camera.parent = pivot
    camera.location = (0.0, -distance, 0.0)
    camera.rotation_euler = (radians(90.0), 0.0, 0.0)
    data.clip_start, data.clip_end = distance / 50, distance * 50
    data.dof.use_dof = True
    # The eyes must be sharp, whatever the view: their depth along the camera's axis.
    eyes = (framing.eyes - framing.centre) * scale
    yaw = pivot.rotation_euler.z
    data.dof.focus_distance = distance + eyes.y * cos(yaw) - eyes.x * sin(yaw)
    data.dof.aperture_fstop = 11.0 * scale
    return camera


def _backdrop(scene: bpy.types.Scene) -> None:
    """A grey paper roll as the camera sees it, a dim even room for all other rays."""
    if scene.world is not None and scene.world.get(lookup.KIND) == "backdrop":
        return
    world = bpy.data.worlds.new(COLLECTION)
    world[lookup.KIND] = "backdrop"
    scene.world = world
    if world.node_tree is None:
        world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    output = nodes.new("ShaderNodeOutputWorld")
    mix = nodes.new("ShaderNodeMixShader")
    path = nodes.new("ShaderNodeLightPath")
    room = nodes.new("ShaderNodeBackground")
    room.inputs["Color"].default_value = (0.80, 0.88, 1.0, 1.0)
    room.inputs["Strength"].default_value = 0.10
    paper = nodes.new("ShaderNodeBackground")
    ramp = nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.interpolation = "EASE"
    ramp.color_ramp.elements[0].color = (0.105, 0.112, 0.122, 1.0)
    ramp.color_ramp.elements[1].color = (0.012, 0.013, 0.015, 1.0)
    ramp.color_ramp.elements[1].position = 0.78
    distance = nodes.new("ShaderNodeVectorMath")
    distance.operation = "DISTANCE"
    distance.inputs[1].default_value = (0.5, 0.52, 0.0)
    window = nodes.new("ShaderNodeTexCoord")
    links.new(window.outputs["Window"], distance.inputs[0])
    links.new(distance.outputs["Value"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], paper.inputs["Color"])
    links.new(path.outputs["Is Camera Ray"], mix.inputs[0])
    links.new(room.outputs["Background"], mix.inputs[1])
    links.new(paper.outputs["Background"], mix.inputs[2])
    links.new(mix.outputs["Shader"], output.inputs["Surface"])
