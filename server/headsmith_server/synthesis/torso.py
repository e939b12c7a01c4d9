"""Shoulders and chest below the collar of a head, so that a portrait's neck stands on something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.heads.protocol import Topology
from headsmith_server.synthesis.streams import pick

Float32 = NDArray[np.float32]

ROWS: Final = 34
# Along a row's way down: how far out the side, the front and the back lie beyond the collar, and how far down, on a
# grown body of SHOULDER_M half width; metres.
_SIDE_OUT: Final = (0.000, 0.010, 0.025, 0.055, 0.090, 0.118, 0.134, 0.140, 0.142, 0.142)
_SIDE_DOWN: Final = (0.000, 0.015, 0.030, 0.047, 0.062, 0.084, 0.115, 0.168, 0.264, 0.420)
_FRONT_OUT: Final = (0.000, 0.004, 0.010, 0.022, 0.036, 0.050, 0.062, 0.070, 0.074, 0.074)
_FRONT_DOWN: Final = (0.000, 0.014, 0.028, 0.050, 0.076, 0.105, 0.140, 0.190, 0.280, 0.420)
_BACK_OUT: Final = (0.000, 0.006, 0.014, 0.026, 0.038, 0.046, 0.052, 0.055, 0.054, 0.050)
_BACK_DOWN: Final = (0.000, 0.014, 0.028, 0.050, 0.076, 0.105, 0.140, 0.190, 0.280, 0.420)
NECK_GOES_ON_M: Final = 0.045
NECKLINES: Final = {"crew": 0.42, "wide": 0.12, "v": 0.18, "high": 0.24, "deep v": 0.04}


@dataclass(frozen=True)
class Torso:
    """One person's shoulders.

    vertices [N, 3] metres, without the collar itself; triangles [T, 3] over the head's vertices followed by these
    (numbers from `first` on are these); uvs [U, 2], uv_triangles [T, 3]: u once around from the back over the right
    shoulder, the front and the left shoulder, v from 1 at the collar to 0; cut [columns]: v above which skin is bare;
    neckline: its name.
    """

    vertices: Float32
    triangles: NDArray[np.int64]
    uvs: Float32
    uv_triangles: NDArray[np.int64]
    cut: Float32
    neckline: str


def build_torso(
    topology: Topology,
    vertices: Float32,
    draws: np.random.Generator,
    years: float,
    masculinity: float,
) -> Torso:
    """Shoulders that hang on the collar and go on as the neck ends. vertices: the head's [V, 3], metres."""
    first = len(vertices)
    ring = _ordered(topology.loops["collar"], vertices)
    rim = vertices[ring].astype(np.float64)
    centre = rim.mean(0)
    angle = np.arctan2(rim[:, 0] - centre[0], rim[:, 2] - centre[2])
    grown = float(np.interp(years, [1.0, 6.0, 12.0, 17.0], [0.5, 0.64, 0.82, 1.0]))
    breadth = grown * (0.90 + 0.22 * masculinity) * draws.uniform(0.93, 1.08)
    depth = grown * draws.uniform(0.9, 1.15)
    slope = draws.uniform(0.85, 1.3)
    turn = np.radians(np.clip(draws.normal(0.0, 9.0), -22.0, 22.0))
    neckline = pick(draws, NECKLINES)

    steps = np.linspace(0.0, 1.0, ROWS) ** 1.25
    knots = np.linspace(0.0, 1.0, len(_SIDE_OUT))

    def profile(values: tuple[float, ...]) -> NDArray[np.float64]:
        return np.interp(steps, knots, values)

    side = np.abs(np.sin(angle))
    ahead = np.where(np.cos(angle) > 0, 1.0, 0.0)[:, None]
    out_z = depth * (ahead * profile(_FRONT_OUT) + (1.0 - ahead) * profile(_BACK_OUT))
    down_z = grown * (ahead * profile(_FRONT_DOWN) + (1.0 - ahead) * profile(_BACK_DOWN))
    out_x = breadth * profile(_SIDE_OUT)[None, :].repeat(len(rim), 0)
    down_x = slope * grown * profile(_SIDE_DOWN)[None, :].repeat(len(rim), 0)
    share = (side**1.6)[:, None]
    blend = np.clip(np.abs(np.cos(angle)) / 0.25, 0.0, 1.0)[:, None]  # front and back meet at the sides
    out_z = blend * out_z + (1.0 - blend) * 0.5 * depth * (profile(_FRONT_OUT) + profile(_BACK_OUT))
    down = share * down_x + (1.0 - share) * down_z
    x = rim[:, None, 0] + np.sin(angle)[:, None] * out_x
    z = rim[:, None, 2] + np.cos(angle)[:, None] * out_z
    # The collar itself is no level ring: its unevenness is lost on the way down.
    fade = np.exp(-((steps / 0.35) ** 2))[None, :]
    y = fade * rim[:, None, 1] + (1.0 - fade) * centre[1] - down
    # The neck goes on in its own direction for a while.
    along = np.stack([x, y, z], axis=-1)
    gone = np.cumsum(np.linalg.norm(np.diff(along, axis=1, prepend=along[:, :1]), axis=-1), axis=1)
    onward = rim[:, None] + _onward(topology, ring, vertices)[:, None] * gone[..., None]
    share = np.clip(gone / NECK_GOES_ON_M, 0.0, 1.0)[..., None]
    x, y, z = np.moveaxis(onward + (along - onward) * share * share * (3.0 - 2.0 * share), -1, 0)
    turned = (turn * np.clip((steps - 0.08) / 0.5, 0.0, 1.0) ** 1.5)[None, :]
    dx, dz = x - centre[0], z - centre[2]
    x = centre[0] + dx * np.cos(turned) + dz * np.sin(turned)
    z = centre[2] + dz * np.cos(turned) - dx * np.sin(turned)
    grid = np.stack([x, y, z], axis=-1)

    cut = _neckline(neckline, angle, steps, down, draws)
    cloth = np.clip((steps[None, :] - cut[:, None]) / 0.02, 0.0, 1.0)
    lift = _outward(grid) * (0.0035 * cloth)[..., None]
    grid = grid + lift
    columns = len(rim)
    around = (np.arange(columns + 1) / columns).astype(np.float32)
    uvs = np.stack(np.broadcast_arrays(around[:, None], (1.0 - steps)[None, :].astype(np.float32)), axis=-1)
    numbers = np.empty((columns, ROWS), np.int64)
    numbers[:, 0] = ring
    numbers[:, 1:] = first + np.arange(columns * (ROWS - 1)).reshape(columns, ROWS - 1)
    flat = np.arange((columns + 1) * ROWS).reshape(columns + 1, ROWS)
    here, there = np.arange(columns), (np.arange(columns) + 1) % columns

    def quads(table: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        p, q, r, s = table[a, :-1], table[b, :-1], table[b, 1:], table[a, 1:]
        return np.concatenate([np.stack([p, r, q], -1).reshape(-1, 3), np.stack([p, s, r], -1).reshape(-1, 3)])

    return Torso(
        vertices=grid[:, 1:].reshape(-1, 3).astype(np.float32),
        triangles=quads(numbers, here, there),
        uvs=uvs.reshape(-1, 2).astype(np.float32),
        uv_triangles=quads(flat, here, here + 1),
        cut=(1.0 - cut).astype(np.float32),
        neckline=neckline,
    )


def _ordered(collar: NDArray[np.int32], vertices: Float32) -> NDArray[np.int64]:
    """The loop from the back over the subject's right shoulder, the front and the left shoulder."""
    points = vertices[collar]
    centre = points.mean(0)
    angle = np.arctan2(points[:, 0] - centre[0], points[:, 2] - centre[2])
    return np.asarray(collar, np.int64)[np.argsort(angle, kind="stable")]


def _onward(topology: Topology, ring: NDArray[np.int64], vertices: Float32) -> NDArray[np.float64]:
    """Unit vectors [columns, 3] in which the neck's surface arrives at the collar, evened out along it."""
    faces = topology.part("skin").faces
    place = np.full(len(vertices), -1)
    place[ring] = np.arange(len(ring))
    ends = np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2)
    ends = np.concatenate([ends, ends[:, ::-1]])
    ends = ends[(ends >= 0).all(1) & (place[ends[:, 0]] >= 0) & (place[ends[:, 1]] < 0)]
    total = np.zeros((len(ring), 3))
    np.add.at(total, place[ends[:, 0]], vertices[ends[:, 0]] - vertices[ends[:, 1]])
    for _ in range(4):
        total = 0.5 * total + 0.25 * (np.roll(total, 1, axis=0) + np.roll(total, -1, axis=0))
    return total / np.linalg.norm(total, axis=1, keepdims=True).clip(1e-9)


def _neckline(
    name: str,
    angle: NDArray[np.float64],
    steps: NDArray[np.float64],
    down: NDArray[np.float64],
    draws: np.random.Generator,
) -> NDArray[np.float64]:
    """Where on the way down (0..1) cloth begins, for each column."""
    front = np.abs(angle)
    depth = {
        "crew": 0.012 + 0.012 * np.exp(-((front / 0.9) ** 2)),
        "wide": 0.022 + 0.03 * np.exp(-((front / 1.0) ** 2)),
        "high": np.full_like(front, -0.01),
        "v": 0.010 + 0.055 * np.clip(1.0 - front / 0.85, 0.0, 1.0),
        "deep v": 0.012 + 0.10 * np.clip(1.0 - front / 0.9, 0.0, 1.0),
    }[name]
    depth = depth * draws.uniform(0.85, 1.2)
    return np.array([np.interp(d, row, steps) if d > 0 else -0.05 for d, row in zip(depth, down, strict=True)])


def _outward(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit normals of the grid."""
    around = np.roll(grid, -1, axis=0) - np.roll(grid, 1, axis=0)
    along = np.gradient(grid, axis=1)
    normal = np.cross(along, around)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True).clip(1e-9)
