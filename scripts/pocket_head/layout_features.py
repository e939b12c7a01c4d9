"""Eye, mouth, nostril and ear: ring patches from the flow's cut curves inward."""

from __future__ import annotations

import numpy as np

from scripts.pocket_head.layout_half import HalfMesh
from scripts.pocket_head.layout_patches import FlatPiece, Spokes, centred, circle, flatten, spokes
from scripts.pocket_head.layout_regions import (
    EYE_CENTRE,
    EYE_RADII,
    MOUTH_CENTRE_Y,
    MOUTH_RADIUS_DOWN,
    MOUTH_RADIUS_UP,
    MOUTH_RADIUS_X,
    MOUTH_SOCKET,
    NOSTRIL_APEX,
)
from scripts.pocket_head.layout_surface import Surface, vertex_rings
from scripts.pocket_head.loops import (
    arc_length,
    graded,
    grid_cap,
    half_cap,
    polyline_parameters,
    polyline_weights,
    ring_faces,
    turned,
)
from scripts.pocket_head.obj import SKIN_VERTICES

LID_OUTER_ROW, LID_INNER_ROW = 4.0, 1.0
"""ICT's vertex rows, counted from the eye opening, that are the two edges of the lid margin."""

LIP_LINE_ROW = 7.0
"""ICT's vertex row, counted from the mouth socket, where the lips meet."""

CONCHA = np.array([6.81, 0.58, 0.30])
"""Middle of the ear's hollow on ICT's neutral head, cm: where the ear's rings close."""

INNER = 0.4
"""Radius of a patch's inner curve when flattened."""


def add_eye(mesh: HalfMesh, piece: Surface, ring: np.ndarray) -> None:
    """Rings from the orbital oval to the lid margin, over it and three rows into the socket."""
    skin, socket = _split_socket(piece, MOUTH_SOCKET.stop, SKIN_VERTICES)
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
    fan = spokes(flat, _loop_positions(flat, outer, mesh.points(ring)), circle(aim, INNER))
    row = _rows_from(skin, inner)
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


def add_mouth(mesh: HalfMesh, piece: Surface, arc: np.ndarray, landmarks: np.ndarray) -> None:
    """Half rings from the mouth oval over vermilion border and lip line to a closed throat.

    `arc` runs from the upper centre to the lower one; `landmarks` are ICT's 68.
    """
    skin, socket = _split_socket(piece, MOUTH_SOCKET.start, MOUTH_SOCKET.stop)
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
    row = _rows_from(skin, inner)
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


def add_nostril(mesh: HalfMesh, piece: Surface, ring: np.ndarray) -> None:
    """Rings from the nostril's rim into its pouch, closed by a small grid."""
    fan = _disk_fan(mesh, piece, ring, NOSTRIL_APEX, inner=0.01, evening=0.0)
    rings = _add_disk(mesh, fan, ring, graded(6, 1.0)[1:-1, None] * np.ones(len(ring)))
    mesh.named["nostril"] = rings[1]
    mesh.named["nostril_inside"] = np.arange(rings[1].min(), mesh.count)


def add_ear(mesh: HalfMesh, piece: Surface, ring: np.ndarray) -> None:
    """Rings from around the ear over its back, exactly along the helix rim, into the concha."""
    fan = _disk_fan(mesh, piece, ring, CONCHA, inner=0.13, evening=0.7)
    rim = _helix_rim(fan)
    fractions = np.concatenate([graded(8, 0.93)[1:, None] * rim, rim + graded(11, 0.97)[1:, None] * (1 - rim)])
    rings = _add_disk(mesh, fan, ring, fractions)
    mesh.named["ear"] = np.arange(rings[1].min(), mesh.count)
    mesh.named["helix"] = rings[8]
    mesh.named["ear_back"] = rings[1:9].ravel()
    front = int(mesh.points(ring)[:, 2].argmax())
    mesh.named["ear_back_seam"] = rings[1:9, front]


def _helix_rim(fan: Spokes) -> np.ndarray:
    """Fraction [N] of each spoke at which the ear's silhouette, seen from the side, is reached.

    Spokes in front of the ear cross no silhouette; theirs are interpolated between their neighbours'.
    """
    space = (fan.weights @ fan.piece.surface.points).reshape(*fan.lengths.shape, 3)
    reach = np.hypot(space[..., 1] - CONCHA[1], space[..., 2] - CONCHA[2])
    rise = reach - np.minimum.accumulate(reach, axis=1)
    best = rise.argmax(1)
    n = fan.count
    found = rise[np.arange(n), best] > 0.12
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
    start = _loop_positions(flat, outline, mesh.points(ring))
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


def _split_socket(piece: Surface, first: int, end: int) -> tuple[Surface, Surface]:
    """A piece's skin and socket parts; the socket's own ICT vertices are first..end-1."""
    share = np.zeros(piece.weights.shape[1])
    share[first:end] = 1
    deep = (piece.weights @ share)[piece.triangles].max(1) > 0.5
    return piece.keep(~deep)[0], piece.keep(deep)[0]


def _shared_points(one: Surface, other: Surface) -> set[int]:
    """Vertices of `one` that `other` has too (same ICT vertex)."""
    ours, theirs = one.weights.argmax(axis=1), other.weights.argmax(axis=1)
    return set(np.flatnonzero(np.isin(np.asarray(ours).ravel(), np.asarray(theirs).ravel())).tolist())


def _rows_from(piece: Surface, start: np.ndarray) -> np.ndarray:
    """Number of ICT rows between each vertex and a starting curve."""
    result = np.full(len(piece.points), 99.0)
    for k, ring in enumerate(vertex_rings(piece.triangles, set(start.tolist()), 40)):
        result[list(ring)] = k
    return result


def _border_rows(flat: FlatPiece, row: np.ndarray, aim: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """ICT row of the vermilion border on each spoke, interpolated between the outer lip landmarks."""
    vertex = np.asarray(flat.surface.weights.argmax(axis=1)).ravel()
    chosen = landmarks[[51, 52, 53, 54, 55, 56, 57]]
    where = [int(np.flatnonzero(vertex == i)[0]) for i in chosen]
    angles = np.arctan2(flat.flat[where, 1], flat.flat[where, 0])
    order = np.argsort(angles)
    return np.interp(aim, angles[order], row[where][order])


def _oval_angles(points: np.ndarray) -> np.ndarray:
    oval = (points[:, :2] - EYE_CENTRE) / EYE_RADII
    return np.arctan2(oval[:, 1], oval[:, 0])


def _oval_half_angles(points: np.ndarray) -> np.ndarray:
    """pi/2 to -pi/2 along the mouth arc from its upper to its lower end; 0 straight out from the corner."""
    x, y = points[:, 0] / MOUTH_RADIUS_X, points[:, 1] - MOUTH_CENTRE_Y
    return np.arctan2(y / np.where(y > 0, MOUTH_RADIUS_UP, MOUTH_RADIUS_DOWN), x)


def _fraction(points: np.ndarray) -> np.ndarray:
    at = arc_length(points)
    return at / at[-1]


def _half_lip_angles(points: np.ndarray) -> np.ndarray:
    """pi/2 to -pi/2 along half a lip loop from its upper to its lower end; 0 at the corner (largest x)."""
    corner = int(points[:, 0].argmax())
    at = arc_length(points)
    first = np.pi / 2 * (1 - at[: corner + 1] / at[corner])
    rest = -np.pi / 2 * (at[corner + 1 :] - at[corner]) / (at[-1] - at[corner])
    return np.r_[first, rest]


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


def _loop_positions(flat: FlatPiece, outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Flat positions [N, 2] of points on a piece's closed outline."""
    line = flat.surface.points[outline]
    return polyline_weights(line, polyline_parameters(line, points, True), True) @ flat.flat[outline]


def _open_positions(flat: FlatPiece, chain: np.ndarray, points: np.ndarray) -> np.ndarray:
    line = flat.surface.points[chain]
    return polyline_weights(line, polyline_parameters(line, points, False), False) @ flat.flat[chain]
