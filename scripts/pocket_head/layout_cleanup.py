"""Small repairs of connectivity: flat corners on the outline, and mirroring across the centre line."""

from __future__ import annotations

import numpy as np

from scripts.pocket_head.layout_surface import boundary_loops
from scripts.pocket_head.loops import mirror_faces

FLAT = np.cos(np.radians(155.0))
"""Cosine of the corner angle from which an outline vertex of a single quad counts as flat."""


def flat_corners(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Outline vertices that belong to one quad only and make a straight angle there."""
    uses = np.bincount(faces[faces >= 0], minlength=len(points))
    result = []
    for loop in boundary_loops(faces):
        before, after = points[np.roll(loop, 1)] - points[loop], points[np.roll(loop, -1)] - points[loop]
        cosine = (before * after).sum(1) / (np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1))
        result.append(loop[(uses[loop] == 1) & (cosine < FLAT)])
    return np.concatenate(result)


def without_vertices(faces: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Faces [F, 4] with some vertices left out of their polygons; a quad becomes a triangle (-1 last)."""
    result = faces.copy()
    for f in np.flatnonzero(np.isin(faces, gone).any(axis=1)):
        corners = [int(v) for v in faces[f] if v >= 0 and v not in gone]
        result[f] = corners + [-1] * (4 - len(corners))
    return result


def compact(faces: np.ndarray, count: int, named: dict[str, np.ndarray]):
    """Renumber to the vertices in use; returns faces, the old index of each vertex, and the named lists."""
    old = np.unique(faces[faces >= 0])
    new = np.full(count + 1, -1)
    new[old] = np.arange(len(old))
    renamed = {}
    for name, vertices in named.items():
        moved = new[vertices]
        renamed[name] = moved[moved >= 0] if moved.ndim == 1 else moved
    return new[faces], old, renamed


def whole_faces(faces: np.ndarray, mirror: np.ndarray, seamless: np.ndarray) -> np.ndarray:
    """The half's faces and their mirror images; `mirror` [V_whole] maps centre vertices to themselves.

    Two triangles that face each other across an edge on the centre line become one quad, where all their
    vertices are `seamless` (elsewhere the centre line is a UV seam).
    """
    on_centre = np.append(mirror == np.arange(len(mirror)), False)
    triangle = faces[:, 3] < 0
    paired = triangle & (on_centre[faces[:, :3]].sum(axis=1) == 2) & seamless[faces[:, :3]].all(axis=1)
    merged = []
    for a, b, c in faces[paired][:, :3]:
        while on_centre[c]:
            a, b, c = b, c, a
        merged.append([a, mirror[c], b, c])
    rest = faces[~paired]
    parts = [rest, mirror_faces(rest, mirror)]
    if merged:
        parts.append(np.array(merged))
    return np.concatenate(parts).astype(np.int32)
