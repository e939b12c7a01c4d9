"""Rings of quads and closed curves: the pure part of the skin layout (numpy only, no data needed)."""

from __future__ import annotations

import numpy as np


def ring_faces(rings: np.ndarray, closed: bool) -> np.ndarray:
    """Quads [F, 4] between successive rings [R, N] of vertex indices.

    Ring 0 is the outer one; with its vertices counter-clockwise seen from outside the surface, so are
    the faces. `closed` joins the last vertex of each ring to its first.
    """
    rings = np.asarray(rings)
    nxt = np.roll(rings, -1, axis=1)
    stop = rings.shape[1] if closed else rings.shape[1] - 1
    quads = np.stack([rings[:-1], nxt[:-1], nxt[1:], rings[1:]], axis=-1)
    return quads[:, :stop].reshape(-1, 4)


def grid_cap(loop: np.ndarray, first_new: int) -> tuple[np.ndarray, np.ndarray]:
    """Fill a closed loop of N vertex indices (counter-clockwise) with a square-ish grid.

    Returns faces [F, 4] and, for every new vertex (numbered from `first_new`), its weights [K, N] over the
    loop by transfinite interpolation. An odd N costs exactly one triangle (-1 last).
    """
    loop = np.asarray(loop)
    n = len(loop)
    # An odd loop counts its last vertex twice; the quad there degenerates to the triangle.
    index = np.arange(n) if n % 2 == 0 else np.r_[np.arange(n), n - 1]
    even = len(index)
    a = even // 4
    b = even // 2 - a
    south = index[: a + 1]
    east = index[a : a + b + 1]
    north = index[a + b : 2 * a + b + 1][::-1]
    west = np.r_[index[2 * a + b :], index[0]][::-1]
    return _transfinite_grid(loop, south, east, north, west, first_new)


def half_cap(arc: np.ndarray, first_new: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fill half a disk whose arc of N+1 vertices runs from the straight side's one end to its other.

    Returns faces, weights [K, N+1] of the new vertices over the arc, and the mask of the new vertices on the
    straight side, from the arc's last vertex towards its first. N must be even or odd alike: the sides take
    what is left over.
    """
    arc = np.asarray(arc)
    n = len(arc) - 1
    side = max(1, n // 4)
    width = n - 2 * side
    index = np.arange(n + 1)
    south, east, north = index[: side + 1], index[side : side + width + 1], index[side + width :][::-1]
    k = width - 1
    straight = np.linspace(0.0, 1.0, width + 1)[1:-1]
    extended = np.r_[arc, first_new + np.arange(k)]
    west = np.r_[0, n + 1 + np.arange(k), n]
    faces, weights = _transfinite_grid(extended, south, east, north, west, first_new + k)
    on_side = np.zeros((k, n + 1))
    on_side[:, 0], on_side[:, n] = 1 - straight, straight
    inner = weights[:, : n + 1] + weights[:, n + 1 :] @ on_side
    mask = np.r_[np.ones(k, bool), np.zeros(len(inner), bool)]
    return faces, np.concatenate([on_side, inner]), mask


def _transfinite_grid(loop, south, east, north, west, first_new):
    """Grid faces and interior weights of a four-sided loop; sides are positions in `loop`."""
    a, b = len(south) - 1, len(east) - 1
    n = len(loop)
    grid = np.empty((a + 1, b + 1), dtype=np.int64)
    grid[:, 0], grid[:, b] = loop[south], loop[north]
    grid[0, :], grid[a, :] = loop[west], loop[east]
    weights = []
    for i in range(1, a):
        for j in range(1, b):
            u, v = i / a, j / b
            row = np.zeros(n)
            row[south[i]] += 1 - v
            row[north[i]] += v
            row[west[j]] += 1 - u
            row[east[j]] += u
            row[south[0]] -= (1 - u) * (1 - v)
            row[south[a]] -= u * (1 - v)
            row[north[0]] -= (1 - u) * v
            row[north[a]] -= u * v
            grid[i, j] = first_new + len(weights)
            weights.append(row)
    faces = []
    for i in range(a):
        for j in range(b):
            quad = [grid[i, j], grid[i + 1, j], grid[i + 1, j + 1], grid[i, j + 1]]
            quad = [q for k, q in enumerate(quad) if q != quad[k - 1]]
            faces.append(quad + [-1] * (4 - len(quad)))
    return np.array(faces), np.array(weights).reshape(-1, n)


def arc_length(points: np.ndarray, closed: bool = False) -> np.ndarray:
    """Length from the first point to each [N] (closed: [N + 1], the last being the whole length)."""
    line = np.concatenate([points, points[:1]]) if closed else points
    return np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]


def polyline_parameters(curve: np.ndarray, queries: np.ndarray, closed: bool) -> np.ndarray:
    """Arc length along a polyline [N, D] of the point closest to each query [M, D]."""
    line = np.concatenate([curve, curve[:1]]) if closed else curve
    start, step = line[:-1], np.diff(line, axis=0)
    length2 = (step * step).sum(1) + 1e-30
    t = ((queries[:, None] - start) * step).sum(-1) / length2
    t = np.clip(t, 0.0, 1.0)
    gap = np.linalg.norm(start + t[..., None] * step - queries[:, None], axis=-1)
    best = gap.argmin(1)
    rows = np.arange(len(queries))
    return arc_length(curve, closed)[best] + t[rows, best] * np.sqrt(length2[best])


def polyline_weights(curve: np.ndarray, parameters: np.ndarray, closed: bool) -> np.ndarray:
    """Weights [M, N] over a polyline's points at the given arc lengths."""
    total = arc_length(curve, closed)
    n = len(curve)
    s = np.mod(parameters, total[-1]) if closed else np.clip(parameters, 0.0, total[-1])
    k = np.clip(np.searchsorted(total, s, side="right") - 1, 0, len(total) - 2)
    t = (s - total[k]) / np.maximum(total[k + 1] - total[k], 1e-12)
    weights = np.zeros((len(s), n))
    rows = np.arange(len(s))
    weights[rows, k] += 1 - t
    weights[rows, (k + 1) % n] += t
    return weights


def spread_open(parameters: np.ndarray, smoothing: int) -> np.ndarray:
    """Monotone, evened-out parameters with both ends kept."""
    t = np.maximum.accumulate(parameters)
    t = np.r_[parameters[0], np.clip(t[1:-1], parameters[0], parameters[-1]), parameters[-1]]
    for _ in range(smoothing):
        t[1:-1] = 0.5 * t[1:-1] + 0.25 * (t[:-2] + t[2:])
    return t


def spread_closed(parameters: np.ndarray, period: float, smoothing: int) -> np.ndarray:
    """Monotone, evened-out parameters around a closed curve; the result may exceed the period."""
    step = np.mod(np.diff(parameters, append=parameters[:1]), period)
    step = np.where(step > period / 2, 0.0, step)
    step *= period / step.sum()
    for _ in range(smoothing):
        step = 0.5 * step + 0.25 * (np.roll(step, 1) + np.roll(step, -1))
    return parameters[0] + np.r_[0.0, np.cumsum(step)[:-1]]


def graded(count: int, growth: float) -> np.ndarray:
    """`count` + 1 fractions from 0 to 1 whose steps shrink (growth < 1) or grow (> 1) by `growth` each."""
    steps = growth ** np.arange(count)
    return np.r_[0.0, np.cumsum(steps) / steps.sum()]


def turned(faces: np.ndarray) -> np.ndarray:
    """The same faces [F, 4] seen from the other side; -1 stays last."""
    return np.where((faces[:, 3] >= 0)[:, None], faces[:, [0, 3, 2, 1]], faces[:, [0, 2, 1, 3]])


def mirror_faces(faces: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """The faces on the other side: mirrored indices in reversed order; -1 stays last."""
    return turned(np.where(faces >= 0, mirror[faces], -1))
