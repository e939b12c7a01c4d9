"""Nostril and ear: rings from a cut curve inward, closed by a grid."""

from __future__ import annotations

import numpy as np

from scripts.pocket_head.layout_half import HalfMesh
from scripts.pocket_head.layout_patches import (
    SAMPLES,
    FlatPiece,
    Spokes,
    centred,
    circle,
    flatten,
    loop_positions,
    spokes,
)
from scripts.pocket_head.layout_regions import NOSTRIL_APEX
from scripts.pocket_head.layout_surface import Surface
from scripts.pocket_head.loops import arc_length, graded, grid_cap, ring_faces

CONCHA = np.array([6.81, 0.58, 0.30])
"""Middle of the ear's hollow on ICT's neutral head, cm: where the ear's rings close."""

RIM_EVENING = 40
"""Rounds of smoothing of the spokes' spacing along the helix."""


def add_nostril(mesh: HalfMesh, piece: Surface, ring: np.ndarray) -> None:
    """Rings from the nostril's rim into its pouch, closed by a small grid."""
    fan = _disk_fan(mesh, piece, ring, NOSTRIL_APEX, inner=0.01, evening=0.0)
    rings = _add_disk(mesh, fan, ring, graded(6, 1.0)[1:-1, None] * np.ones(len(ring)))
    mesh.named["nostril"] = rings[1]
    mesh.named["nostril_inside"] = np.arange(rings[1].min(), mesh.count)


def add_ear(mesh: HalfMesh, piece: Surface, ring: np.ndarray) -> None:
    """Rings from around the ear over its back, exactly along the helix rim, into the concha."""
    straight = _disk_fan(mesh, piece, ring, CONCHA, inner=0.13, evening=0.7)
    rim_points = _evened_rim(straight, _helix_rim(straight))
    fan = spokes(straight.piece, straight.plane[:, 0], straight.plane[:, -1], logarithmic=True, via=rim_points)
    rim = fan.lengths[:, SAMPLES // 2] / fan.lengths[:, -1]
    fractions = np.concatenate([graded(8, 0.93)[1:, None] * rim, rim + graded(11, 0.97)[1:, None] * (1 - rim)])
    rings = _add_disk(mesh, fan, ring, fractions)
    mesh.named["ear"] = np.arange(rings[1].min(), mesh.count)
    mesh.named["helix"] = rings[8]
    mesh.named["ear_back"] = rings[1:9].ravel()
    front = int(mesh.points(ring)[:, 2].argmax())
    mesh.named["ear_back_seam"] = rings[1:9, front]


def _evened_rim(fan: Spokes, rim: np.ndarray) -> np.ndarray:
    """Points [N, 2] along the rim curve, spaced more evenly in space than the spokes cross it."""
    plane = fan.plane_at(rim * fan.lengths[:, -1])
    dense = np.concatenate(
        [
            a + np.linspace(0, 1, 20, endpoint=False)[:, None] * (b - a)
            for a, b in zip(plane, np.roll(plane, -1, 0), strict=True)
        ]
    )
    at = arc_length(fan.piece.locate(dense) @ fan.piece.surface.points, closed=True)
    own = at[:-1][::20]
    step = np.diff(np.r_[own, at[-1]])
    for _ in range(RIM_EVENING):
        step = 0.5 * step + 0.25 * (np.roll(step, 1) + np.roll(step, -1))
    # Evening only redistributes: turn the result so that the spokes are bent as little as possible.
    even = np.r_[0.0, np.cumsum(step)[:-1]]
    even += (own - even).mean()
    where = np.interp(np.mod(even, at[-1]), at, np.arange(len(at)))
    whole = np.concatenate([dense, dense[:1]])
    return np.stack([np.interp(where, np.arange(len(at)), whole[:, k]) for k in range(2)], axis=1)


def _helix_rim(fan: Spokes) -> np.ndarray:
    """Fraction [N] of each spoke at which the ear's silhouette, seen from the side, is reached.

    Spokes in front of the ear cross no silhouette; theirs are interpolated between their neighbours'.
    """
    space = (fan.weights @ fan.piece.surface.points).reshape(*fan.lengths.shape, 3)
    reach = np.hypot(space[..., 1] - CONCHA[1], space[..., 2] - CONCHA[2])
    rise = reach - np.minimum.accumulate(reach, axis=1)
    rise = np.where(fan.lengths < 0.8 * fan.lengths[:, -1:], rise, 0.0)  # not the hollow's own far wall
    best = rise.argmax(1)
    n = fan.count
    found = rise[np.arange(n), best] > 0.03
    fraction = fan.lengths[np.arange(n), best] / fan.lengths[:, -1]
    angle = np.arange(n, dtype=float)
    fraction = np.interp(angle, angle[found], fraction[found], period=n)
    for _ in range(2):
        smooth = 0.5 * fraction + 0.25 * (np.roll(fraction, 1) + np.roll(fraction, -1))
        fraction = np.where(found, fraction, smooth)
    return fraction


def _disk_fan(
    mesh: HalfMesh, piece: Surface, ring: np.ndarray, centre: np.ndarray, inner: float, evening: float
) -> Spokes:
    """Spokes from a ring on a disk's outline to a small circle about the vertex nearest to `centre`.

    `inner` is that circle's radius in the flat unit disk; `evening` 0..1 spreads the spokes' inner ends.
    """
    outline = piece.boundary_loops()[0]
    at = arc_length(piece.points[outline], closed=True)
    flat = flatten(piece, outline, circle(2 * np.pi * at[:-1] / at[-1]))
    vertex = int(np.linalg.norm(piece.points - centre, axis=1).argmin())
    flat = FlatPiece(piece, centred(flat.flat, vertex))
    start = loop_positions(flat, outline, mesh.points(ring))
    angle = np.unwrap(np.arctan2(start[:, 1], start[:, 0]))
    even = np.linspace(0, np.sign(angle[-1] - angle[0]) * 2 * np.pi, len(ring), endpoint=False)
    even += (angle - even).mean()
    return spokes(flat, start, circle((1 - evening) * angle + evening * even, inner), logarithmic=True)


def _add_disk(mesh: HalfMesh, fan: Spokes, ring: np.ndarray, fractions: np.ndarray) -> np.ndarray:
    """Rings at fractions [R, N] of the spokes' lengths, then a grid that closes the disk; returns the rings."""
    rows = fractions * fan.lengths[:, -1]
    rings = np.concatenate([ring[None], mesh.add(fan.at(rows)).reshape(-1, len(ring))])
    faces, weights = grid_cap(rings[-1], mesh.count)
    mesh.add(fan.piece.locate(weights @ fan.plane_at(rows[-1])) @ fan.piece.surface.weights)
    mesh.add_faces(ring_faces(rings, closed=True))
    mesh.add_faces(faces)
    return rings
