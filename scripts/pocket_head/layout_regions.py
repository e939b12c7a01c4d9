"""Where the half head is cut: eye, mouth, nostril and ear leave the free-flowing remainder as ring patches.

All numbers here are measured on ICT's neutral head, in centimetres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from scripts.pocket_head.layout_surface import Surface, width
from scripts.pocket_head.obj import SKIN_VERTICES

MOUTH_SOCKET = slice(11248, 13294)
"""ICT vertices that only the mouth socket uses; the eye sockets follow."""

FAR = 9.0
"""Field value where a cut must not reach."""

COLLAR_FRONT = np.array([0.0, -12.2, 4.0])
COLLAR_NORMAL = np.array([0.0, 1.0, 0.13])

EYE_CENTRE = np.array([3.28, 3.5])
EYE_RADII = np.array([1.9, 1.45])

MOUTH_CENTRE_Y = -3.45
MOUTH_RADIUS_X = 3.25
MOUTH_RADIUS_UP = 1.55
MOUTH_RADIUS_DOWN = 1.95

EAR_CENTRE = np.array([0.65, 0.1])
EAR_RADII = np.array([3.55, 2.3])
EAR_TILT = np.radians(12.0)

NOSTRIL_APEX = np.array([0.85, 0.75, 11.0])
NOSTRIL_LEVEL = 0.42


@dataclass(frozen=True)
class Regions:
    """The half skin in pieces; every piece shares its cut vertices' positions with `flow`."""

    flow: Surface
    eye: Surface
    mouth: Surface
    nostril: Surface
    ear: Surface


def cut_regions(half: Surface) -> Regions:
    """Cut the half skin (x >= 0) at collar, eye, mouth, nostril and ear."""
    _, rest = half.cut(collar_field(half.points))
    eye, rest = rest.cut(eye_field(rest))
    mouth, rest = rest.cut(mouth_field(rest))
    ear, rest = rest.cut(ear_field(rest.points))
    nostril, rest = rest.cut(NOSTRIL_LEVEL - nostril_field(rest))
    return Regions(rest, eye, mouth, nostril, ear)


def collar_field(points: np.ndarray) -> np.ndarray:
    """Signed height above the collar plane."""
    return (points - COLLAR_FRONT) @ COLLAR_NORMAL


def eye_field(surface: Surface) -> np.ndarray:
    """Negative inside the orbital oval, seen from the front, and in the whole eye socket."""
    reach = np.hypot(*((surface.points[:, :2] - EYE_CENTRE) / EYE_RADII).T) - 1
    reach = np.where(surface.points[:, 2] > 5.5, reach, FAR)
    return np.where(_share(surface, MOUTH_SOCKET.stop, SKIN_VERTICES) > 0.5, -FAR, reach)


def mouth_field(surface: Surface) -> np.ndarray:
    """Negative inside the oval around the lips and in the whole mouth cavity."""
    x, y, z = surface.points.T
    radius_y = np.where(y > MOUTH_CENTRE_Y, MOUTH_RADIUS_UP, MOUTH_RADIUS_DOWN)
    reach = np.hypot(x / MOUTH_RADIUS_X, (y - MOUTH_CENTRE_Y) / radius_y) - 1
    reach = np.where(z > 5.5, reach, FAR)
    return np.where(_share(surface, MOUTH_SOCKET.start, MOUTH_SOCKET.stop) > 0.5, -FAR, reach)


def _share(surface: Surface, first: int, end: int) -> np.ndarray:
    """How much of each vertex is made of ICT vertices first..end-1."""
    share = np.zeros(width(surface.weights))
    share[first:end] = 1.0
    return surface.weights @ share


def ear_field(points: np.ndarray) -> np.ndarray:
    """Negative inside a tilted ellipse around the ear, seen from the side."""
    y, z = points[:, 1] - EAR_CENTRE[0], points[:, 2] - EAR_CENTRE[1]
    c, s = np.cos(EAR_TILT), np.sin(EAR_TILT)
    along, across = y * c - z * s, y * s + z * c
    reach = np.hypot(along / EAR_RADII[0], across / EAR_RADII[1]) - 1
    return np.where(points[:, 0] > 4.0, reach, FAR)


def nostril_field(surface: Surface) -> np.ndarray:
    """Harmonic, 1 at the nostril's apex and 0 beyond two centimetres: its levels wrap the opening evenly."""
    distance = np.linalg.norm(surface.points - NOSTRIL_APEX, axis=1)
    apex = int(np.argmin(distance))
    fixed = np.flatnonzero(distance > 2.4)
    return harmonic(surface, np.r_[apex, fixed], np.r_[1.0, np.zeros(len(fixed))])


def harmonic(surface: Surface, fixed: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values on all vertices, given on some; positive (mean value) weights keep them in range."""
    operator = mean_value_operator(surface.points, surface.triangles)
    free = np.setdiff1d(np.arange(len(surface.points)), fixed)
    result = np.zeros((len(surface.points), *values.shape[1:]))
    result[fixed] = values
    right = -operator[free][:, fixed] @ values
    result[free] = spsolve(operator[free][:, free].tocsc(), right)
    return result


def mean_value_operator(points: np.ndarray, triangles: np.ndarray) -> sp.csr_matrix:
    """Row-normalised graph operator (I - averages) with Floater's mean value weights; [V, V]."""
    rows, columns, weights = [], [], []
    for k in range(3):
        i, j, m = triangles[:, k], triangles[:, (k + 1) % 3], triangles[:, (k + 2) % 3]
        to_j, to_m = points[j] - points[i], points[m] - points[i]
        length_j = np.linalg.norm(to_j, axis=1) + 1e-12
        length_m = np.linalg.norm(to_m, axis=1) + 1e-12
        cosine = np.clip((to_j * to_m).sum(1) / (length_j * length_m), -0.9999, 0.9999)
        half_tangent = np.sqrt((1 - cosine) / (1 + cosine))
        rows += [i, i]
        columns += [j, m]
        weights += [half_tangent / length_j, half_tangent / length_m]
    n = len(points)
    w = sp.csr_matrix((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
    average = sp.diags(1.0 / np.maximum(np.asarray(w.sum(axis=1)).ravel(), 1e-300)) @ w
    return sp.csr_matrix(sp.identity(n) - average)


__all__ = ["Regions", "cut_regions", "harmonic", "mean_value_operator"]
