"""The left half of the skin as it grows, and its free-flowing part with boundaries on the cut curves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from scripts.pocket_head.layout_flow import closest_points, quads
from scripts.pocket_head.layout_regions import Regions
from scripts.pocket_head.layout_surface import Surface, boundary_loops
from scripts.pocket_head.loops import arc_length, polyline_parameters, polyline_weights, spread_closed, spread_open

TARGET_FACES = (3350, 3100)
"""QuadriFlow face counts to try, in order, until one keeps all boundaries and corners."""


@dataclass
class HalfMesh:
    """Growing half of the skin: weight rows per vertex, faces, and named ordered vertex lists."""

    ict_points: np.ndarray
    rows: list[sp.csr_matrix] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)
    named: dict[str, np.ndarray] = field(default_factory=dict)
    count: int = 0

    def add(self, rows: sp.spmatrix) -> np.ndarray:
        """Append vertices by their weight rows; returns their indices."""
        self.rows.append(sp.csr_matrix(rows))
        first, self.count = self.count, self.count + rows.shape[0]
        return np.arange(first, self.count)

    def add_faces(self, faces: np.ndarray) -> None:
        """Append faces [F, 3 or 4]; triangles are padded with -1."""
        if faces.shape[1] == 3:
            faces = np.c_[faces, np.full(len(faces), -1)]
        self.faces.append(faces)

    def weights(self) -> sp.csr_matrix:
        """All rows [V, n_ict]."""
        return sp.csr_matrix(sp.vstack(self.rows))

    def points(self, vertices: np.ndarray | None = None) -> np.ndarray:
        """Positions [V, 3] in cm of all or some vertices."""
        weights = self.weights() if vertices is None else self.weights()[vertices]
        return weights @ self.ict_points


@dataclass(frozen=True)
class FlowRings:
    """Where the flow part meets the patches: vertex indices, each loop in the patch's own direction."""

    eye: np.ndarray
    ear: np.ndarray
    nostril: np.ndarray
    mouth: np.ndarray


def add_flow(mesh: HalfMesh, regions: Regions) -> FlowRings:
    """Add the QuadriFlow part with its boundary vertices exactly on the cut curves."""
    flow = regions.flow
    curves = {name: _matching_loop(flow, getattr(regions, name)) for name in ("eye", "ear", "nostril")}
    plugged = _plug(flow, curves["nostril"])
    points, faces = _best_quads(plugged)
    faces, nostril_loop = _open_nostril(points, faces, plugged, len(flow.triangles))
    _, triangle, bary = closest_points(flow.points, flow.triangles, points)
    n = len(points)
    bind = sp.csr_matrix(
        (bary.ravel(), (np.repeat(np.arange(n), 3), flow.triangles[triangle].ravel())), (n, len(flow.points))
    ).tolil()
    loops = sorted(boundary_loops(faces), key=len, reverse=True)
    rim = next(loop for loop in loops if set(loop) == set(nostril_loop))
    others = [loop for loop in loops[1:] if loop is not rim]
    others.sort(key=lambda loop: points[loop, 0].mean())
    eye, ear = others
    found = {"eye": eye, "ear": ear, "nostril": rim}
    for name, loop in found.items():
        curve = curves[name]
        line = flow.points[curve]
        period = arc_length(line, closed=True)[-1]
        where = polyline_parameters(line, points[loop], closed=True)
        where = spread_closed(where, period, 200 if name == "nostril" else 12)
        bind[loop] = _on_curve(polyline_weights(line, where, True), curve, len(flow.points))
    mouth = _snap_outer_loop(bind, points, loops[0], flow)
    bind = bind.tocsr()
    used = np.unique(faces)
    new = np.full(n, -1)
    new[used] = mesh.add(bind[used] @ flow.weights)
    mesh.add_faces(new[faces])
    mesh.named["flow"] = new[used]
    # Loops run along the flow's faces, so they go around each hole clockwise seen from outside.
    return FlowRings(new[eye][::-1], new[ear][::-1], new[rim][::-1], new[mouth])


def _on_curve(weights: np.ndarray, curve: np.ndarray, size: int) -> sp.lil_matrix:
    scatter = sp.csr_matrix((np.ones(len(curve)), (np.arange(len(curve)), curve)), (len(curve), size))
    return sp.lil_matrix(sp.csr_matrix(weights) @ scatter)


def _matching_loop(flow: Surface, piece: Surface) -> np.ndarray:
    """The flow's boundary loop that a piece's outer loop was cut from."""
    target = piece.points[piece.boundary_loops()[0]].mean(0)
    return min(flow.boundary_loops(), key=lambda loop: np.linalg.norm(flow.points[loop].mean(0) - target))


def _plug(flow: Surface, loop: np.ndarray) -> Surface:
    """Close one hole by a fan, so that QuadriFlow does not pinch the narrow bands beside it."""
    centre = len(flow.points)
    points = np.concatenate([flow.points, flow.points[loop].mean(0, keepdims=True)])
    fan = np.stack([np.roll(loop, -1), loop, np.full(len(loop), centre)], axis=1)
    weights = sp.csr_matrix(sp.vstack([flow.weights, flow.weights[loop].mean(axis=0)]))
    return Surface(weights, points, np.concatenate([flow.triangles, fan]))


def _best_quads(plugged: Surface) -> tuple[np.ndarray, np.ndarray]:
    for target in TARGET_FACES:
        points, faces = quads(plugged, target)
        try:
            loops = boundary_loops(faces)
        except ValueError:
            continue
        valence = Counter(faces.ravel().tolist())
        corners = sum(valence[i] == 1 for i in loops[0].tolist())
        if len(loops) == 3 and corners >= 4 and (faces[:, 3] >= 0).all():
            return points, faces
    raise RuntimeError(f"QuadriFlow kept the boundaries at none of {TARGET_FACES}")


def _open_nostril(
    points: np.ndarray, faces: np.ndarray, plugged: Surface, real_triangles: int
) -> tuple[np.ndarray, np.ndarray]:
    """Remove the quads over the plug; returns the remaining faces and the hole's vertices."""
    centres = points[faces].mean(1)
    _, triangle, _ = closest_points(plugged.points, plugged.triangles, centres)
    near = np.linalg.norm(centres - plugged.points[-1], axis=1) < 1.5
    gone = (triangle >= real_triangles) & near
    # Fill notches: a face with three or more removed neighbours goes too.
    edges: dict[tuple[int, int], list[int]] = {}
    for f, quad in enumerate(faces.tolist()):
        for i, j in zip(quad, quad[1:] + quad[:1], strict=True):
            edges.setdefault((min(i, j), max(i, j)), []).append(f)
    for _ in range(3):
        votes = np.zeros(len(faces), dtype=int)
        for pair in edges.values():
            if len(pair) == 2:
                votes[pair[0]] += gone[pair[1]]
                votes[pair[1]] += gone[pair[0]]
        gone |= votes >= 3
        gone &= ~(votes <= 1)
    hole = boundary_loops(faces[gone])
    if len(hole) != 1:
        raise RuntimeError(f"the nostril opening came out as {len(hole)} loops")
    return faces[~gone], hole[0]


def _snap_outer_loop(bind, points: np.ndarray, loop: np.ndarray, flow: Surface) -> np.ndarray:
    """Put the outer loop on centre line, collar and mouth arc; returns the mouth arc, upper to lower centre."""
    outline = flow.boundary_loops()[0]
    line = flow.points[outline]
    on_centre = np.abs(line[:, 0]) < 1e-6
    # Corners: where the outline leaves or rejoins the centre line.
    corners = np.flatnonzero(on_centre & ~(np.roll(on_centre, 1) & np.roll(on_centre, -1)))
    if len(corners) != 4:
        raise RuntimeError(f"{len(corners)} corners on the half head's outline")
    picks = [int(np.linalg.norm(points[loop] - line[c], axis=1).argmin()) for c in corners]
    mouth = np.array([], dtype=int)
    for k in range(4):
        c0, c1 = corners[k], corners[(k + 1) % 4]
        p0, p1 = picks[k], picks[(k + 1) % 4]
        members = loop[np.arange(p0, p0 + (p1 - p0) % len(loop) + 1) % len(loop)]
        segment = outline[np.arange(c0, c0 + (c1 - c0) % len(outline) + 1) % len(outline)]
        curve = flow.points[segment]
        where = polyline_parameters(curve, points[members], closed=False)
        where[0], where[-1] = 0.0, arc_length(curve)[-1]
        where = spread_open(where, 12)
        bind[members] = _on_curve(polyline_weights(curve, where, False), segment, len(flow.points))
        middle = curve[len(curve) // 2]
        if middle[0] > 0.5 and middle[1] > -8:
            mouth = members
    if len(mouth) == 0:
        raise RuntimeError("no mouth arc on the half head's outline")
    upper_first = points[mouth[0], 1] > points[mouth[-1], 1]
    return mouth if upper_first else mouth[::-1]
