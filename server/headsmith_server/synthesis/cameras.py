"""Random cameras for portraits: lenses, angles and crops that photographs have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.render.cameras import Camera, camera, fov_of_focal_length, look_at, perspective

FOCAL_MM: Final = (24.0, 135.0)
MOST_YAW: Final = 60.0
NEAR_M: Final = 0.05
FAR_M: Final = 12.0
FACE_M: Final = 0.235
"""Crown to chin of a grown head, to which crops are related."""


@dataclass(frozen=True)
class Shot:
    """focal_mm: for a sensor of 36 x 24 mm whose short side is the picture's; yaw: degrees that the camera stands to
    the subject's left, pitch: above; roll: degrees that the picture is turned; fill: share of the picture's height
    from crown to chin; shift: of the face from the middle, in shares of the picture (right, up)."""

    focal_mm: float
    yaw: float
    pitch: float
    roll: float
    fill: float
    shift: tuple[float, float]


def draw_shot(draws: np.random.Generator) -> Shot:
    """A random shot: half of them within 20 degrees of frontal, the rest up to MOST_YAW."""
    yaw = float(draws.normal(0.0, 14.0)) if draws.random() < 0.55 else float(draws.uniform(-MOST_YAW, MOST_YAW))
    low, high = np.log(FOCAL_MM[0]), np.log(FOCAL_MM[1])
    focal = float(np.exp(low + (high - low) * draws.beta(3.2, 1.8)))
    return Shot(
        focal_mm=focal,
        yaw=float(np.clip(yaw, -MOST_YAW, MOST_YAW)),
        pitch=float(np.clip(draws.normal(1.0, 8.0), -20.0, 25.0)),
        roll=float(np.clip(draws.normal(0.0, 4.0), -12.0, 12.0)),
        fill=float(draws.uniform(0.56, 0.86)),
        shift=(
            float(np.clip(draws.normal(0.0, 0.03), -0.08, 0.08)),
            float(np.clip(draws.normal(0.02, 0.03), -0.06, 0.09)),
        ),
    )


def camera_of(shot: Shot, centre: NDArray[np.float32], height: float) -> Camera:
    """The camera of a shot. centre: middle between crown and chin in metres; height: metres from crown to chin."""
    fov = fov_of_focal_length(shot.focal_mm)
    seen = height / shot.fill
    distance = 0.5 * seen / np.tan(np.radians(fov) / 2.0) + 0.07  # the face stands before the head's middle
    yaw, pitch, roll = np.radians([shot.yaw, shot.pitch, shot.roll])
    back = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    right = np.cross([0.0, 1.0, 0.0], back)
    right = right / np.linalg.norm(right)
    up = np.cross(back, right)
    target = np.asarray(centre, np.float64) - seen * (shot.shift[0] * right + shot.shift[1] * up)
    tilted = np.cos(roll) * up + np.sin(roll) * right
    view = look_at(
        torch.from_numpy(target + distance * back).float(),
        torch.from_numpy(target).float(),
        torch.from_numpy(tilted).float(),
    )
    return camera(view, perspective(fov, 1.0, NEAR_M, FAR_M))
