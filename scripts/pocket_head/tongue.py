"""The tongue: a lofted quad body at rest behind the lower teeth, and the same body put out for tongueOut."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from scripts.pocket_head.quads import Points, QuadMesh, disc_grid, strips
from scripts.pocket_head.teeth import MM

CAP: Final = 6  # quads along one side of the tip's grid; 24 segments around
RINGS: Final = 26

# Stations from the tip (0) to the root (1): share of length, z, y of the axis, half width, rise above and below the
# axis, depth of the groove; mm.
_REST: Final = np.array(
    [
        (0.00, 96.6, -39.9, 4.6, 1.6, 1.6, 0.1),
        (0.04, 95.6, -39.7, 6.6, 2.6, 2.4, 0.3),
        (0.10, 93.0, -39.2, 9.2, 4.0, 3.4, 0.7),
        (0.20, 88.0, -38.6, 12.0, 5.4, 4.4, 1.1),
        (0.35, 80.0, -38.0, 14.6, 6.4, 5.6, 1.4),
        (0.55, 69.0, -38.2, 16.2, 7.0, 7.0, 1.4),
        (0.75, 57.0, -39.4, 16.4, 7.4, 8.0, 1.0),
        (0.90, 48.0, -42.0, 15.0, 7.6, 8.0, 0.5),
        (1.00, 43.0, -46.0, 13.0, 6.0, 6.0, 0.2),
    ]
)
# Put out: the same stations on a path over the lower teeth and lip. The axis turns downwards in front of the lips.
_OUT: Final = np.array(
    [
        (0.00, 127.6, -53.4, 3.8, 1.5, 1.5, 0.1),
        (0.04, 128.0, -51.6, 6.2, 2.4, 2.2, 0.3),
        (0.10, 128.2, -48.2, 8.8, 3.4, 3.0, 0.9),
        (0.20, 125.8, -41.8, 11.6, 4.2, 3.6, 1.3),
        (0.35, 114.5, -34.9, 13.0, 4.0, 3.4, 1.4),
        (0.55, 93.0, -34.0, 13.6, 4.6, 4.8, 1.3),
        (0.75, 68.0, -36.6, 15.4, 6.6, 7.0, 1.0),
        (0.90, 51.0, -41.2, 15.0, 7.4, 8.0, 0.5),
        (1.00, 43.0, -46.0, 13.0, 6.0, 6.0, 0.2),
    ]
)


def _loft(stations: Points) -> tuple[Points, Points]:
    """Positions [V, 3] in metres and (length, azimuth) [V, 2] of the body along its stations."""
    table = PchipInterpolator(stations[:, 0], stations[:, 1:])
    disc, _, rim = disc_grid(CAP)
    azimuth = np.arctan2(disc[rim, 1], disc[rim, 0])
    shares = np.linspace(0.0, 1.0, RINGS) ** 1.25
    positions, parameters = [], []
    inner = np.setdiff1d(np.arange(len(disc)), rim)
    around = [(share, np.ones(len(rim)), azimuth) for share in shares]
    tip_radius = np.linalg.norm(disc[inner], axis=1)
    around.append((0.0, tip_radius, np.arctan2(disc[inner, 1], disc[inner, 0])))
    for share, scale, angle in around:
        z, y, width, above, below, groove = table(share)
        ahead = table(max(share - 0.015, 0.0)) - table(min(share + 0.015, 1.0))
        forward = np.array([0.0, ahead[1], ahead[0]]) / np.hypot(ahead[0], ahead[1])
        upward = np.array([0.0, forward[2], -forward[1]])
        c, s = np.cos(angle), np.sin(angle)
        # Squarer than an ellipse below, rounder above; the groove runs along the middle of the back.
        lateral = width * scale * np.sign(c) * np.abs(c) ** 0.85
        rise = np.where(s > 0, above, below) * scale * np.sign(s) * np.abs(s) ** 0.9
        rise = rise - np.where(s > 0, groove * np.exp(-((lateral / 2.6) ** 2)), 0.0) * scale
        dome = 0.9 * (1.0 - scale**2)  # the tip's own roundness
        centre = np.array([0.0, y, z])
        positions.append(centre + lateral[:, None] * [1.0, 0.0, 0.0] + rise[:, None] * upward + dome[:, None] * forward)
        length = np.where(scale < 1.0, 0.03 * scale, 0.03 + 0.97 * share)
        parameters.append(np.column_stack([length, angle]))
    return np.concatenate(positions) * MM, np.concatenate(parameters)


def tongue_mesh() -> QuadMesh:
    """The tongue at rest. Texture: polar around the tip at (0.5, 0.5), the root at radius 0.49, its back upwards."""
    positions, parameters = _loft(_REST)
    disc, cap_faces, rim = disc_grid(CAP)
    rings = np.arange(RINGS * 4 * CAP, dtype=np.int32).reshape(RINGS, 4 * CAP)
    number = np.empty(len(disc), dtype=np.int32)
    number[rim] = rings[0]
    inner = np.setdiff1d(np.arange(len(disc)), rim)
    number[inner] = RINGS * 4 * CAP + np.arange(len(inner))
    faces = np.concatenate([number[cap_faces], strips(rings)]).astype(np.int32)
    radius = 0.49 * parameters[:, :1] ** 0.8
    uvs = 0.5 + radius * np.stack([np.cos(parameters[:, 1]), np.sin(parameters[:, 1])], axis=-1)
    return QuadMesh(positions, faces, uvs, faces.copy())


def tongue_out() -> Points:
    """Offsets [V, 3] in metres that put the resting tongue out, with the jaw closed."""
    return _loft(_OUT)[0] - _loft(_REST)[0]
