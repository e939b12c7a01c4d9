"""Anthropometric measurements in millimetres, as functions of a head's mesh.

Names and definitions follow Farkas, Anthropometry of the Head and Face (1994) as far as surface points allow; points
are MediaPipe's 478 (m) and the Multi-PIE 68 (p) landmarks of the topology, or sets of skin vertices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.heads.protocol import Topology

MILLIMETRES: Final = 1000.0
NECK_DEPTH: Final = 0.020
"""The neck is measured so far (metres) below the chin."""

DISTANCES: Final[Mapping[str, tuple[int, int]]] = {
    "face_width": (234, 454),
    "jaw_width": (172, 397),
    "cheekbone_width": (117, 346),
    "forehead_width": (54, 284),
    "chin_width": (176, 400),
    "face_height": (168, 152),
    "forehead_height": (10, 9),
    "lower_face_height": (2, 152),
    "nose_length": (168, 1),
    "nose_height": (168, 2),
    "nose_width": (64, 294),
    "nose_bridge_width": (193, 417),
    "mouth_width": (61, 291),
    "upper_lip_height": (0, 13),
    "lower_lip_height": (14, 17),
    "lips_height": (0, 17),
    "philtrum_length": (2, 0),
    "chin_height": (17, 152),
    "intercanthal_width": (133, 362),
    "outer_canthal_width": (33, 263),
    "palpebral_fissure_length_left": (362, 263),
    "palpebral_fissure_length_right": (33, 133),
    "palpebral_fissure_height_left": (386, 374),
    "palpebral_fissure_height_right": (159, 145),
    "brow_to_eye_left": (282, 386),
    "brow_to_eye_right": (52, 159),
}
"""Straight distances between two of MediaPipe's landmarks."""


@dataclass(frozen=True)
class _Mesh:
    marks: NDArray[np.float64]
    vertices: NDArray[np.float64]
    topology: Topology

    def set(self, name: str) -> NDArray[np.float64]:
        return self.vertices[self.topology.sets[name]]

    def centre(self, part: str) -> NDArray[np.float64]:
        own = self.topology.part(part).vertices
        return self.vertices[own.start : own.stop].mean(0)


def measure(topology: Topology, vertices: NDArray[np.floating]) -> dict[str, float]:
    """All measurements of a head [V, 3] (metres): millimetres, degrees for eye_tilt, by name.

    Besides DISTANCES: interpupillary_distance (eyeball centres); nose_protrusion (tip before the line from
    subnasale to nasion, along the face); nose_tip_angle (degrees that the underside of the nose looks up);
    nose_bridge_convexity (bridge before the line from nasion to tip); chin_protrusion and brow_protrusion (before
    the lower lip and before the eye, along z); cheek_depth (cheek before the ear, along z); eye_tilt (degrees, outer
    corner up); ear_length, ear_width, ear_protrusion, neck_width, head_width, head_length and
    head_circumference (convex, at brow height).
    """
    points = topology.landmarks["mediapipe_478"].positions(np.asarray(vertices, dtype=np.float32))
    mesh = _Mesh(points.astype(np.float64), np.asarray(vertices, dtype=np.float64), topology)
    marks = mesh.marks
    metres = {name: float(np.linalg.norm(marks[a] - marks[b])) for name, (a, b) in DISTANCES.items()}
    metres["interpupillary_distance"] = float(np.linalg.norm(mesh.centre("eye_l") - mesh.centre("eye_r")))
    metres["nose_protrusion"] = _beyond_line(marks[1], marks[168], marks[2])
    metres["nose_bridge_convexity"] = _beyond_line(marks[[197, 195]].mean(0), marks[168], marks[4])
    metres["chin_protrusion"] = float(marks[[199, 175]].mean(0)[2] - marks[17][2])
    metres["brow_protrusion"] = float(marks[[65, 295]].mean(0)[2] - marks[[159, 386]].mean(0)[2])
    metres["cheek_depth"] = float(marks[[50, 280]].mean(0)[2] - marks[[234, 454]].mean(0)[2])
    metres |= _ears(mesh) | _cranium(mesh)
    millimetres = {name: MILLIMETRES * value for name, value in metres.items()}
    millimetres["eye_tilt"] = _eye_tilt(marks)
    base = marks[1] - marks[2]
    millimetres["nose_tip_angle"] = float(np.degrees(np.arctan2(base[1], base[2])))
    return millimetres


def _beyond_line(point: NDArray[np.float64], top: NDArray[np.float64], bottom: NDArray[np.float64]) -> float:
    """How far a midline point stands before the line from top to bottom, in the sagittal plane."""
    along = (bottom - top)[1:]
    along = along / np.linalg.norm(along)
    away = (point - top)[1:]
    return float(along[1] * away[0] - along[0] * away[1])


def _eye_tilt(marks: NDArray[np.float64]) -> float:
    left, right = marks[263] - marks[362], marks[33] - marks[133]
    return float(np.degrees(0.5 * (np.arctan2(left[1], left[0]) + np.arctan2(right[1], -right[0]))))


def _ears(mesh: _Mesh) -> dict[str, float]:
    sizes = []
    for side in ("ear_l", "ear_r"):
        ear = mesh.set(side)
        low, high = ear.min(0), ear.max(0)
        sizes.append((high[1] - low[1], high[2] - low[2], high[0] - low[0]))
    length, width, protrusion = np.mean(sizes, axis=0)
    return {"ear_length": float(length), "ear_width": float(width), "ear_protrusion": float(protrusion)}


def _cranium(mesh: _Mesh) -> dict[str, float]:
    marks = mesh.marks
    neck = mesh.set("neck")
    ring = neck[np.abs(neck[:, 1] - marks[152][1] + NECK_DEPTH) < 0.008]
    brow = marks[9][1]
    cut = _section(mesh, brow)
    hull = _convex_hull(cut)
    return {
        "neck_width": float(np.ptp(ring[:, 0])) if len(ring) else 0.0,
        "head_width": float(np.ptp(cut[:, 0])),
        "head_length": float(np.ptp(cut[:, 1])),
        "head_circumference": float(np.linalg.norm(hull - np.roll(hull, -1, axis=0), axis=1).sum()),
    }


def _section(mesh: _Mesh, height: float) -> NDArray[np.float64]:
    """(x, z) where the skin's edges, ears and insides left out, cross the level y = height."""
    skin = mesh.topology.part("skin")
    left_out = np.zeros(len(mesh.vertices), dtype=bool)
    for name in ("ear_l", "ear_r", "inner_lid", "mouth_cavity", "nostril_inside"):
        left_out[mesh.topology.sets[name]] = True
    faces = skin.faces
    ends = np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2)
    ends = ends[(ends >= 0).all(1)]
    ends = ends[~left_out[ends].any(1)]
    a, b = mesh.vertices[ends[:, 0]], mesh.vertices[ends[:, 1]]
    crossing = (a[:, 1] - height) * (b[:, 1] - height) < 0
    a, b = a[crossing], b[crossing]
    share = ((height - a[:, 1]) / (b[:, 1] - a[:, 1]))[:, None]
    return (a + share * (b - a))[:, [0, 2]]


def _convex_hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners of the convex hull of [N, 2], in order (Andrew's monotone chain)."""
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]

    def half(sequence: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        chain: list[NDArray[np.float64]] = []
        for point in sequence:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-1] - chain[-2], point - chain[-2]
                if ax * by - ay * bx > 0:
                    break
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))
