"""Named regions of the skin as masks over its faces."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp


def face_field(points: np.ndarray) -> np.ndarray:
    """Positive inside the face as seen from the front: hairline to under the chin, ear to ear (cm)."""
    _, y, z = points.T
    back = 2.3 + 0.061 * np.maximum(0.0, y - 0.5) ** 2 + 0.14 * np.maximum(0.0, -4.0 - y) ** 2
    return z - back


def neck_field(points: np.ndarray) -> np.ndarray:
    """Positive on the neck: below a plane from under the chin to the nape (cm)."""
    _, y, z = points.T
    return (-8.2 - 0.55 * (z - 4.0)) - y - 1.0 * np.clip(-z - 2.0, 0.0, 4.0) * 0.3


def face_sets(
    points: np.ndarray, faces: np.ndarray, named: dict[str, np.ndarray], mirror: np.ndarray
) -> dict[str, np.ndarray]:
    """Masks [F] by name; `named` holds the left half's vertex lists (see SkinLayout.sets)."""

    def touching(vertices: np.ndarray) -> np.ndarray:
        member = np.zeros(len(points) + 1, bool)  # the last entry serves the -1 of triangles
        member[vertices] = True
        inside = member[faces]
        inside[faces < 0] = True
        return inside.all(axis=1)

    def both(name: str) -> np.ndarray:
        return touching(named[name]) | touching(mirror[named[name]])

    sets = {name: both(name) for name in ("mouth_cavity", "inner_lid", "nostril_inside")}
    sets["ear_l"] = touching(named["ear"])
    sets["ear_r"] = touching(mirror[named["ear"]])
    taken = np.any(list(sets.values()), axis=0)
    centre = points[np.where(faces < 0, faces[:, :1], faces)].mean(axis=1)
    outer = ~taken
    sets["face_region"] = _even_outline(outer & (face_field(centre) > 0), outer, faces)
    sets["neck"] = _even_outline(outer & ~sets["face_region"] & (neck_field(centre) > 0), outer, faces)
    sets["scalp"] = ~taken & ~sets["face_region"] & ~sets["neck"]
    sets["lips"] = both("lips")
    return sets


def _even_outline(mask: np.ndarray, within: np.ndarray, faces: np.ndarray, rounds: int = 6) -> np.ndarray:
    """The mask without teeth and notches: faces follow the majority of their neighbours in `within`."""
    neighbours = _neighbours(faces)
    result = mask.copy()
    degree = np.asarray(neighbours @ within.astype(float)).ravel()
    for _ in range(rounds):
        inside = np.asarray(neighbours @ (result & within).astype(float)).ravel()
        grow, shrink = inside > 0.6 * degree, inside < 0.4 * degree
        result = within & ((result & ~shrink) | grow)
    return result


def _neighbours(faces: np.ndarray) -> sp.csr_matrix:
    """Adjacency [F, F] of faces that share an edge."""
    owner: dict[tuple[int, int], int] = {}
    rows, columns = [], []
    for f, face in enumerate(faces.tolist()):
        corners = [v for v in face if v >= 0]
        for i, j in zip(corners, corners[1:] + corners[:1], strict=True):
            other = owner.setdefault((min(i, j), max(i, j)), f)
            if other != f:
                rows += [f, other]
                columns += [other, f]
    return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), (len(faces), len(faces)))
