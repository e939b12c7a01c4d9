"""Where skin is so thin over the eye that light walking under it would come out of the eyeball.

Skin and eyes are one mesh, and Cycles' random walk leaves through any surface of the mesh: without this mask the iris
shows through closed lids.
"""

from __future__ import annotations

import numpy as np

from headsmith_shared.asset import Float32, HeadAsset

ATTRIBUTE = "headsmith_thin_skin"
_NEAR_M, _FAR_M = 0.003, 0.009
_POSES = ("eyeBlink", "eyeLookDown")


def thin_skin(asset: HeadAsset) -> Float32:
    """1 on skin that ever lies on an eye, fading to 0 within millimetres; float32 [V] over all parts."""
    masks = [np.zeros(len(part.positions), np.float32) for part in asset.parts]
    parts = {part.name: number for number, part in enumerate(asset.parts)}
    joints = {joint.name: joint for joint in asset.joints}
    if "skin" in parts:
        skin = asset.parts[parts["skin"]]
        for eye, side in (("eye_l", "Left"), ("eye_r", "Right")):
            shell = f"cornea_{eye[-1]}"
            if eye not in joints or shell not in parts:
                continue
            centre = np.asarray(joints[eye].head, np.float32)
            reach = np.linalg.norm(asset.parts[parts[shell]].positions - centre, axis=1).max(initial=0.0)
            nearest = np.linalg.norm(skin.positions - centre, axis=1)
            for pose in _POSES:
                key = skin.keys.get(pose + side)
                if key is not None:
                    moved = skin.positions[key.indices] + key.deltas
                    distance = np.linalg.norm(moved - centre, axis=1)
                    nearest[key.indices] = np.minimum(nearest[key.indices], distance)
            share = np.clip((reach + _FAR_M - nearest) / (_FAR_M - _NEAR_M), 0.0, 1.0)
            mask = masks[parts["skin"]]
            np.maximum(mask, (share * share * (3.0 - 2.0 * share)).astype(np.float32), out=mask)
    return np.concatenate(masks)
