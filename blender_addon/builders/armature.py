"""The armature of a head: neck, head, jaw, eye_l and eye_r, at rest where the asset says.

Jaw and eye bones are additive controls: the shape keys are complete without them, so nothing drives them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np
from mathutils import Vector

from headsmith_shared.asset import HeadAsset

from .flatten import to_blender

_SAME_METRES = 1e-6


def write_bones(rig: bpy.types.Object, asset: HeadAsset) -> None:
    """Make or move the bones of the asset's joints. Poses, constraints and the user's own bones are kept."""
    ends = np.array([(joint.head, joint.tail) for joint in asset.joints], np.float32)
    ends = to_blender(ends.reshape(-1, 3)).reshape(-1, 2, 3)
    if _at_rest(rig, asset, ends):
        return
    with _edit_mode(rig) as bones:
        for joint, (head, tail) in zip(asset.joints, ends.tolist(), strict=True):
            bone = bones.get(joint.name) or bones.new(joint.name)
            bone.head, bone.tail = head, tail
            # The axis is in the symmetry plane or parallel to it: left and right bones get mirrored axes.
            bone.align_roll(Vector((0.0, 0.0, 1.0)) if abs(tail[2] - head[2]) < 0.5 * bone.length else
                            Vector((0.0, -1.0, 0.0)))  # fmt: skip
            bone.use_connect = False
            if joint.parent is not None:
                bone.parent = bones[joint.parent]


def _at_rest(rig: bpy.types.Object, asset: HeadAsset, ends: np.ndarray) -> bool:
    bones = rig.data.bones
    for joint, (head, tail) in zip(asset.joints, ends.tolist(), strict=True):
        bone = bones.get(joint.name)
        if bone is None or (bone.head_local - Vector(head)).length > _SAME_METRES:
            return False
        if (bone.tail_local - Vector(tail)).length > _SAME_METRES:
            return False
    return True


@contextmanager
def _edit_mode(rig: bpy.types.Object) -> Iterator[bpy.types.ArmatureEditBones]:
    """Edit Mode for one armature in a scene of its own: the user's mode, selection and active object stay."""
    scene = bpy.data.scenes.new("headsmith bones")
    try:
        scene.collection.objects.link(rig)
        layer = scene.view_layers[0]
        layer.objects.active = rig
        with bpy.context.temp_override(
            scene=scene, view_layer=layer, active_object=rig, object=rig, selected_objects=[rig]
        ):
            bpy.ops.object.mode_set(mode="EDIT")
            try:
                yield rig.data.edit_bones
            finally:
                bpy.ops.object.mode_set(mode="OBJECT")
    finally:
        bpy.data.scenes.remove(scene)
