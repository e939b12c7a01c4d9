"""Small all-quad building blocks: a disc filled by a grid, rings stitched by quads, rows, mirroring, joining.

Everything is plain numpy. Faces are int32 [F, 4], counter-clockwise seen from outside; uv_faces index a uv array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Faces = NDArray[np.int32]


@dataclass(frozen=True)
class QuadMesh:
    """positions [V, 3] metres; faces [F, 4]; uvs [T, 2]; uv_faces [F, 4] into uvs."""

    positions: Points
    faces: Faces
    uvs: Points
    uv_faces: Faces

    def mirrored(self) -> QuadMesh:
        """The mesh reflected at x = 0 with its winding kept outward; vertex i stays vertex i."""
        flip = np.array([-1.0, 1.0, 1.0])
        return QuadMesh(self.positions * flip, self.faces[:, ::-1].copy(), self.uvs, self.uv_faces[:, ::-1].copy())


def disc_grid(n: int) -> tuple[Points, Faces, NDArray[np.int32]]:
    """A unit disc filled by n x n quads, counter-clockwise in the plane.

    Returns points [(n+1)^2, 2], faces [n*n, 4] and the 4n boundary vertices in counter-clockwise order that start at
    the angle -135 degrees. The square is taken to the disc by blending max-norm circles towards round ones, which
    keeps the corner quads from collapsing as a plain radial map would.
    """
    line = np.linspace(-1.0, 1.0, n + 1)
    x, y = np.meshgrid(line, line)
    disc = np.stack([x * np.sqrt(1.0 - y**2 / 2.0), y * np.sqrt(1.0 - x**2 / 2.0)], axis=-1).reshape(-1, 2)
    index = np.arange((n + 1) ** 2, dtype=np.int32).reshape(n + 1, n + 1)
    faces = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)
    rim = np.concatenate([index[0, :-1], index[:-1, -1], index[-1, :0:-1], index[:0:-1, 0]])
    return np.asarray(disc, dtype=np.float64), faces, rim


def strips(rings: Sequence[NDArray[np.int32]] | NDArray[np.int32], closed: bool = True) -> Faces:
    """Quads between consecutive rings (each [n] vertex numbers); `closed` joins the last of a ring to the first.

    Seen from outside, rings run counter-clockwise around the axis that points from the last ring to the first.
    """
    rows = np.asarray(rings, dtype=np.int32)
    if closed:
        rows = np.concatenate([rows, rows[:, :1]], axis=1)
    a, b = rows[:-1], rows[1:]
    return np.stack([a[:, :-1], b[:, :-1], b[:, 1:], a[:, 1:]], axis=-1).reshape(-1, 4).astype(np.int32)


def revolve(profile: Points, cap: int, close_back: bool) -> tuple[Points, Points, Faces]:
    """A quad-only solid of revolution about +z with a grid-filled front pole.

    profile: [R, 2] (radius, z) from the front pole's rim backwards; the disc inside the first radius is filled by a
    `cap` x `cap` grid (so rings have 4*cap segments). With close_back the last ring is filled in the same way.
    Returns positions [V, 3], the parameters [V, 2] (profile row as float, azimuth in radians) for texture layouts
    (rows below 0 lie on the front cap: row = relative radius - 1), and faces.
    """
    disc, cap_faces, rim = disc_grid(cap)
    azimuth = np.arctan2(disc[rim, 1], disc[rim, 0])
    radius = np.linalg.norm(disc, axis=1)
    positions = [np.column_stack([disc * profile[0, 0], np.full(len(disc), profile[0, 1])])]
    rows = [np.column_stack([radius - 1.0, np.arctan2(disc[:, 1], disc[:, 0])])]
    rings = [rim]
    count = len(disc)
    for row, (ring_radius, z) in enumerate(profile[1:], start=1):
        positions.append(
            np.column_stack([np.cos(azimuth) * ring_radius, np.sin(azimuth) * ring_radius, np.full(4 * cap, z)])
        )
        rows.append(np.column_stack([np.full(4 * cap, float(row)), azimuth]))
        rings.append(np.arange(count, count + 4 * cap, dtype=np.int32))
        count += 4 * cap
    faces = [cap_faces, strips(rings)]
    if close_back:
        inner = np.setdiff1d(np.arange(len(disc)), rim)
        number = np.empty(len(disc), dtype=np.int32)
        number[rim] = rings[-1]
        number[inner] = count + np.arange(len(inner))
        positions.append(np.column_stack([disc[inner] * profile[-1, 0], np.full(len(inner), profile[-1, 1])]))
        last = len(profile) - 1
        rows.append(np.column_stack([last + 1.0 - radius[inner], np.arctan2(disc[inner, 1], disc[inner, 0])]))
        faces.append(number[cap_faces][:, ::-1])
    return np.concatenate(positions), np.concatenate(rows), np.concatenate(faces).astype(np.int32)


def join(meshes: Sequence[QuadMesh]) -> QuadMesh:
    """Several meshes as one, in order, without welding."""
    vertex = np.cumsum([0] + [len(mesh.positions) for mesh in meshes])
    corner = np.cumsum([0] + [len(mesh.uvs) for mesh in meshes])
    return QuadMesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([mesh.faces + vertex[i] for i, mesh in enumerate(meshes)]).astype(np.int32),
        np.concatenate([mesh.uvs for mesh in meshes]),
        np.concatenate([mesh.uv_faces + corner[i] for i, mesh in enumerate(meshes)]).astype(np.int32),
    )


def smoothstep(low: float, high: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 below low, 1 above high, the cubic between (low > high runs the other way)."""
    t = np.clip((np.asarray(x) - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
