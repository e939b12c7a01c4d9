"""Exact signed distance to a head's outer skin, computed independently of the growers' own distance field."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from headsmith_server.heads.protocol import Topology

CANDIDATES = 12
HIDDEN = ("mouth_cavity", "inner_lid", "nostril_inside")


def outer_triangles(topology: Topology) -> np.ndarray:
    """Triangles [T, 3] of the skin that is seen from outside."""
    skin = topology.part("skin")
    hidden = np.zeros(len(skin.vertices), bool)
    for name in HIDDEN:
        hidden[topology.sets[name]] = True
    quads = np.where(skin.faces < 0, skin.faces[:, :1], skin.faces)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    triangles = triangles[~hidden[triangles].any(axis=1)]
    whole = (triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2])
    return triangles[whole & (triangles[:, 0] != triangles[:, 2])]


def signed_distance(topology: Topology, vertices: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Metres [N], negative inside: to the closest point of the nearest triangles (Ericson 2005, 5.1.5), its sign from
    the angle-weighted normals there (Baerentzen and Aanaes 2005)."""
    triangles = outer_triangles(topology)
    corners = vertices[triangles].astype(np.float64)
    normals = _pseudo_normals(vertices, triangles, corners)
    _, near = KDTree(corners.mean(axis=1)).query(points, k=CANDIDATES)
    best, signed = np.full(len(points), np.inf), np.zeros(len(points))
    for column in np.asarray(near).T:
        a, b, c = corners[column].transpose(1, 0, 2)
        foot = _closest(points.astype(np.float64), a, b, c)
        away = points - foot
        distance = np.linalg.norm(away, axis=1)
        areas = np.stack(
            [np.linalg.norm(np.cross(p - foot, q - foot), axis=1) for p, q in ((b, c), (c, a), (a, b))], axis=1
        )
        weights = areas / np.maximum(areas.sum(axis=1, keepdims=True), 1e-20)
        normal = (normals[triangles[column]] * weights[..., None]).sum(axis=1)
        closer = distance < best
        best[closer] = distance[closer]
        signed[closer] = (np.sign((away * normal).sum(axis=1)) * distance)[closer]
    return signed


def _pseudo_normals(vertices: np.ndarray, triangles: np.ndarray, corners: np.ndarray) -> np.ndarray:
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-20)
    normals = np.zeros((len(vertices), 3))
    for k in range(3):
        one, other = corners[:, (k + 1) % 3] - corners[:, k], corners[:, (k + 2) % 3] - corners[:, k]
        cosine = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        np.add.at(normals, triangles[:, k], face * np.arccos(np.clip(cosine, -1, 1))[:, None])
    return normals


def _closest(p: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    def dot(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return (u * v).sum(axis=1)

    def over(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
        return top / np.where(np.abs(bottom) < 1e-20, 1e-20, bottom)

    ab, ac = b - a, c - a
    d1, d2, d3, d4 = dot(ab, p - a), dot(ac, p - a), dot(ab, p - b), dot(ac, p - b)
    d5, d6 = dot(ab, p - c), dot(ac, p - c)
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    whole = va + vb + vc
    foot = a + ab * over(vb, whole)[:, None] + ac * over(vc, whole)[:, None]
    for where, other in (
        ((vc <= 0) & (d1 >= 0) & (d3 <= 0), a + ab * over(d1, d1 - d3)[:, None]),
        ((vb <= 0) & (d2 >= 0) & (d6 <= 0), a + ac * over(d2, d2 - d6)[:, None]),
        ((va <= 0) & (d4 >= d3) & (d5 >= d6), b + (c - b) * over(d4 - d3, (d4 - d3) + (d5 - d6))[:, None]),
        ((d1 <= 0) & (d2 <= 0), a),
        ((d3 >= 0) & (d4 <= d3), b),
        ((d6 >= 0) & (d5 <= d6), c),
    ):
        foot[where] = other[where]
    return foot
