"""The mouth: half rings from the mouth oval over vermilion border and lip line to a closed throat."""

from __future__ import annotations

import numpy as np

from scripts.pocket_head.layout_half import HalfMesh
from scripts.pocket_head.layout_patches import FlatPiece, circle, flatten, rows_from, split_socket, spokes
from scripts.pocket_head.layout_regions import (
    MOUTH_CENTRE_Y,
    MOUTH_RADIUS_DOWN,
    MOUTH_RADIUS_UP,
    MOUTH_RADIUS_X,
    MOUTH_SOCKET,
)
from scripts.pocket_head.layout_surface import Surface
from scripts.pocket_head.loops import (
    arc_length,
    graded,
    half_cap,
    polyline_parameters,
    polyline_weights,
    ring_faces,
    turned,
)

LIP_LINE_ROW = 7.0
"""ICT's vertex row, counted from the mouth socket, where the lips meet."""

INNER = 0.4
"""Radius of the lips' inner end when the patch is flattened into the unit half disk."""


def add_mouth(mesh: HalfMesh, piece: Surface, arc: np.ndarray, landmarks: np.ndarray) -> None:
    """Half rings from the mouth oval over vermilion border and lip line to a closed throat.

    `arc` runs from the upper centre to the lower one; `landmarks` are ICT's 68.
    """
    skin, socket = split_socket(piece, MOUTH_SOCKET.start, MOUTH_SOCKET.stop)
    inner_set = _shared_points(skin, socket)
    chain, upper, inner, lower = _half_annulus(skin, inner_set)
    outer_angle = _oval_half_angles(skin.points[chain])
    inner_angle = _half_lip_angles(skin.points[inner])
    upper_r = 1 - (1 - INNER) * _fraction(skin.points[upper])
    lower_r = 1 - (1 - INNER) * _fraction(skin.points[lower])
    flat = flatten(
        skin,
        np.r_[chain, inner, upper[1:-1], lower[1:-1]],
        np.concatenate(
            [
                circle(outer_angle),
                circle(inner_angle, INNER),
                np.outer(upper_r[1:-1], [0.0, 1.0]),
                np.outer(lower_r[1:-1], [0.0, -1.0]),
            ]
        ),
    )
    n = len(arc)
    start = _open_positions(flat, chain, mesh.points(arc))
    angle = np.arctan2(start[:, 1], start[:, 0])
    corner = int(np.abs(angle).argmin())
    aim = np.r_[np.linspace(np.pi / 2, 0, corner + 1), np.linspace(0, -np.pi / 2, n - corner)[1:]]
    end = circle(aim, INNER)
    start[[0, -1], 0] = end[[0, -1], 0] = 0.0
    fan = spokes(flat, start, end)
    row = rows_from(skin, inner)
    border = fan.first_below(row, _border_rows(flat, row, aim, landmarks))
    line = fan.first_below(row, np.full(n, LIP_LINE_ROW))
    total = fan.lengths[:, -1]
    rows = np.concatenate(
        [
            graded(5, 0.9)[1:, None] * border,
            border + graded(5, 0.95)[1:, None] * (line - border),
            line + graded(3, 1.2)[1:, None] * (total - line),
        ]
    )
    rings = np.concatenate([arc[None], mesh.add(fan.at(rows)).reshape(-1, n)])
    cavity_rings, cap = _add_cavity(mesh, socket, aim)
    rings = np.concatenate([rings, cavity_rings])
    # Rings run clockwise here (upper to lower on the +X side), hence the turned faces.
    mesh.add_faces(ring_faces(rings, closed=False)[:, ::-1])
    mesh.add_faces(turned(cap))
    mesh.named["lips_outer"] = rings[5]
    mesh.named["lip_line_upper"] = rings[10][: corner + 1]
    mesh.named["lip_line_lower"] = rings[10][corner:]
    mesh.named["throat"] = np.unique(np.r_[rings[15:].ravel(), cap.ravel()])
    mesh.named["mouth_cavity"] = np.unique(np.r_[rings[12:].ravel(), cap.ravel()])
    mesh.named["lip_rails"] = rings[[5, 10]]
    mesh.named["lips"] = rings[5:13].ravel()
    mesh.named["mouth_corner"] = rings[6:15, corner - 3 : corner + 4].ravel()
    mesh.named["mouth_soft"] = rings[1:4].ravel()


def _add_cavity(mesh: HalfMesh, socket: Surface, aim: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rings [R, N] down ICT's mouth socket, and the faces of the half cap that closes the throat."""
    loop = max(socket.boundary_loops(), key=len)
    centre = np.abs(socket.points[loop, 0]) < 1e-6
    lips = _run(loop, ~centre, grow=1)
    spine = _run(loop, centre, grow=0)
    if socket.points[lips[0], 1] < socket.points[lips[-1], 1]:
        lips, spine = lips[::-1], spine[::-1]
    # The spine runs on from the lips' lower end, through the throat, to their upper end.
    height = -1 + 2 * _fraction(socket.points[spine])
    angles = _half_lip_angles(socket.points[lips])
    fixed = np.r_[lips, spine[1:-1]]
    flat = flatten(
        socket,
        fixed,
        np.concatenate([circle(angles), np.stack([0 * height, height], axis=1)[1:-1]]),
    )
    n = len(aim)
    start = circle(aim)
    start[[0, -1], 0] = 0.0
    fan = spokes(flat, start, 0.01 * start)
    rows = 0.9 * graded(11, 1.2)[1:, None] * fan.lengths[:, -1]
    weights = fan.at(rows)
    rings = mesh.add(weights).reshape(-1, n)
    last = rings[-1]
    faces, inner, _ = half_cap(last, mesh.count)
    mesh.add(flat.locate(inner @ fan.plane_at(rows[-1])) @ socket.weights)
    return rings, faces


def _border_rows(flat: FlatPiece, row: np.ndarray, aim: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """ICT row of the vermilion border on each spoke, interpolated between the outer lip landmarks."""
    vertex = np.asarray(flat.surface.weights.argmax(axis=1)).ravel()
    chosen = landmarks[[51, 52, 53, 54, 55, 56, 57]]
    where = [int(np.flatnonzero(vertex == i)[0]) for i in chosen]
    angles = np.arctan2(flat.flat[where, 1], flat.flat[where, 0])
    order = np.argsort(angles)
    return np.interp(aim, angles[order], row[where][order])


def _shared_points(one: Surface, other: Surface) -> set[int]:
    """Vertices of `one` that `other` has too (same ICT vertex)."""
    ours, theirs = one.weights.argmax(axis=1), other.weights.argmax(axis=1)
    return set(np.flatnonzero(np.isin(np.asarray(ours).ravel(), np.asarray(theirs).ravel())).tolist())


def _oval_half_angles(points: np.ndarray) -> np.ndarray:
    """pi/2 to -pi/2 along the mouth arc from its upper to its lower end; 0 straight out from the corner."""
    x, y = points[:, 0] / MOUTH_RADIUS_X, points[:, 1] - MOUTH_CENTRE_Y
    return np.arctan2(y / np.where(y > 0, MOUTH_RADIUS_UP, MOUTH_RADIUS_DOWN), x)


def _half_lip_angles(points: np.ndarray) -> np.ndarray:
    """pi/2 to -pi/2 along half a lip loop from its upper to its lower end; 0 at the corner (largest x)."""
    corner = int(points[:, 0].argmax())
    at = arc_length(points)
    first = np.pi / 2 * (1 - at[: corner + 1] / at[corner])
    rest = -np.pi / 2 * (at[corner + 1 :] - at[corner]) / (at[-1] - at[corner])
    return np.r_[first, rest]


def _fraction(points: np.ndarray) -> np.ndarray:
    at = arc_length(points)
    return at / at[-1]


def _half_annulus(skin: Surface, inner: set[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Outer arc, upper side, lip arc, lower side of the mouth's half annulus; arcs from top to bottom,
    sides from the outer arc to the lips."""
    loop = skin.boundary_loops()[0]
    lips = _run(loop, np.isin(loop, list(inner)), grow=0)
    centre = np.abs(skin.points[loop, 0]) < 1e-6
    outer = _run(loop, ~centre & ~np.isin(loop, list(inner)), grow=1)
    if skin.points[lips[0], 1] < skin.points[lips[-1], 1]:
        lips = lips[::-1]
    if skin.points[outer[0], 1] < skin.points[outer[-1], 1]:
        outer = outer[::-1]
    return outer, _between(loop, outer[0], lips[0]), lips, _between(loop, outer[-1], lips[-1])


def _run(loop: np.ndarray, mask: np.ndarray, grow: int) -> np.ndarray:
    """The one run of a closed loop where the mask holds, with `grow` more vertices at both ends."""
    first = int(np.flatnonzero(mask & ~np.roll(mask, 1))[0])
    count = int(mask.sum())
    return loop[(first - grow + np.arange(count + 2 * grow)) % len(loop)]


def _between(loop: np.ndarray, start: int, stop: int) -> np.ndarray:
    """The shorter way along a closed loop from one vertex to another, both included."""
    a, b = int(np.flatnonzero(loop == start)[0]), int(np.flatnonzero(loop == stop)[0])
    n = len(loop)
    forward = loop[(a + np.arange((b - a) % n + 1)) % n]
    backward = loop[(a - np.arange((a - b) % n + 1)) % n]
    return forward if len(forward) <= len(backward) else backward


def _open_positions(flat: FlatPiece, chain: np.ndarray, points: np.ndarray) -> np.ndarray:
    line = flat.surface.points[chain]
    return polyline_weights(line, polyline_parameters(line, points, False), False) @ flat.flat[chain]
