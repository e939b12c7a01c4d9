"""The eye: rings from the orbital oval over the lid margin into the socket."""

from __future__ import annotations

import numpy as np

from scripts.pocket_head.layout_half import HalfMesh
from scripts.pocket_head.layout_patches import circle, flatten, loop_positions, rows_from, split_socket, spokes
from scripts.pocket_head.layout_regions import EYE_CENTRE, EYE_RADII, MOUTH_SOCKET
from scripts.pocket_head.layout_surface import Surface
from scripts.pocket_head.loops import arc_length, graded, ring_faces
from scripts.pocket_head.obj import SKIN_VERTICES

LID_OUTER_ROW, LID_INNER_ROW = 4.0, 1.0
"""ICT's vertex rows, counted from the eye opening, that are the two edges of the lid margin."""

INNER = 0.4
"""Radius of the lid opening when the patch is flattened into the unit disk."""


def add_eye(mesh: HalfMesh, piece: Surface, ring: np.ndarray) -> None:
    """Rings from the orbital oval to the lid margin, over it and three rows into the socket."""
    skin, socket = split_socket(piece, MOUTH_SOCKET.stop, SKIN_VERTICES)
    loops = sorted(skin.boundary_loops(), key=lambda loop: np.ptp(skin.points[loop, 1]))
    inner, outer = loops
    flat = flatten(
        skin,
        np.r_[outer, inner],
        np.concatenate([circle(_oval_angles(skin.points[outer])), circle(_almond_angles(skin.points[inner]), INNER)]),
    )
    angle = np.mod(_oval_angles(mesh.points(ring)), 2 * np.pi)
    temporal = int(np.minimum(angle, 2 * np.pi - angle).argmin())
    ring, angle = np.roll(ring, -temporal), np.roll(angle, -temporal)
    angle[0] -= 2 * np.pi if angle[0] > np.pi else 0
    nasal = int(np.abs(angle - np.pi).argmin())
    n = len(ring)
    # Spokes end at even steps on each lid, and exactly at the corners of the eye.
    aim = np.r_[np.linspace(0, np.pi, nasal + 1), np.linspace(np.pi, 2 * np.pi, n - nasal + 1)[1:-1]]
    fan = spokes(flat, loop_positions(flat, outer, mesh.points(ring)), circle(aim, INNER))
    row = rows_from(skin, inner)
    margin = fan.first_below(row, np.full(n, LID_OUTER_ROW))
    edge = fan.first_below(row, np.full(n, LID_INNER_ROW))
    rows = np.concatenate([graded(8, 0.86)[1:, None] * margin, [0.5 * (margin + edge), edge, fan.lengths[:, -1]]])
    rings = np.concatenate([ring[None], mesh.add(fan.at(rows)).reshape(-1, n)])
    opening = max(socket.boundary_loops(), key=len)
    flat = flatten(socket, opening, circle(_almond_angles(socket.points[opening])))
    inward = spokes(flat, circle(aim), circle(aim, 0.02))
    deep = mesh.add(inward.at(np.array([0.12, 0.28, 0.5])[:, None] * np.ones(n)))
    rings = np.concatenate([rings, deep.reshape(-1, n)])
    mesh.add_faces(ring_faces(rings, closed=True))
    from_nasal_over_upper_lid = (nasal - np.arange(n)) % n
    mesh.named["lid_margin"] = rings[8][from_nasal_over_upper_lid]
    mesh.named["lid_inner"] = rings[10][from_nasal_over_upper_lid]
    mesh.named["inner_lid_seam"] = rings[11:, nasal]
    mesh.named["inner_lid"] = rings[11:].ravel()
    near = np.r_[nasal - 2 : nasal + 3, -2:3] % n
    mesh.named["eye_corners"] = rings[5:10][:, near].ravel()
    mesh.named["eye_soft"] = rings[1:6].ravel()


def _oval_angles(points: np.ndarray) -> np.ndarray:
    oval = (points[:, :2] - EYE_CENTRE) / EYE_RADII
    return np.arctan2(oval[:, 1], oval[:, 0])


def _almond_angles(loop: np.ndarray) -> np.ndarray:
    """Angle of each vertex of a lid loop by arc length; 0 at the temporal corner, pi at the nasal one."""
    n = len(loop)
    temporal, nasal = int(loop[:, 0].argmax()), int(loop[:, 0].argmin())
    at = arc_length(loop, closed=True)
    s = np.mod(at[:n] - at[temporal], at[-1])
    half = s[nasal]
    angle = np.where(s <= half, s / half * np.pi, np.pi + (s - half) / (at[-1] - half) * np.pi)
    between = loop[(temporal + np.arange(1, n)) % n][: (nasal - temporal) % n - 1]
    return angle if between[:, 1].mean() > loop[:, 1].mean() else 2 * np.pi - angle
