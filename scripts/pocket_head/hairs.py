"""Lashes and brows: tapered hairs grown from the lid margins and along the brow by a seeded generator.

Every hair has the same number of vertices, so a head can drop hairs by cutting faces; hairs alternate left, right and
are sorted so that the first share of a brow is the same brow, thinner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head.lid_grid import LidGrid
from scripts.pocket_head.quads import Points
from scripts.pocket_head.skin_frame import SkinFrame, throw_on_front
from scripts.pocket_head.teeth import MM

LASH_ROWS: Final = 6
LASH_SIDES: Final = 3
BROW_ROWS: Final = 4
UPPER_LASHES: Final = 104
LOWER_LASHES: Final = 56
BROW_HAIRS: Final = 390
SEED: Final = 20

# Middle line of the left brow in the frontal plane, mm: x, y, half height of the hairy band.
_BROW: Final = np.array(
    [
        (9.0, 53.4, 3.4),
        (14.0, 55.2, 4.5),
        (21.0, 57.2, 4.9),
        (29.0, 58.7, 4.6),
        (37.0, 59.0, 3.9),
        (45.0, 57.5, 3.0),
        (52.0, 54.0, 2.1),
        (57.5, 50.0, 1.1),
    ]
)


@dataclass(frozen=True)
class Hairs:
    """Both sides' hairs. positions [V, 3] metres; faces [F, 4]; uvs (u across, v root to tip), shared by all hairs;
    corners [V, 3] skin vertices each point hangs on and barycentrics [V, 3] its foot there; per_hair vertices of one
    hair, which follow one another."""

    positions: Points
    faces: NDArray[np.int32]
    uvs: Points
    uv_faces: NDArray[np.int32]
    corners: NDArray[np.int32]
    barycentrics: Points
    per_hair: int


def grow_lashes(skin: SkinFrame, grid: LidGrid) -> Hairs:
    """Upper and lower lashes of both eyes; `grid` is the left eye's."""
    rng = np.random.default_rng(SEED)
    centre = grid.centre
    count = grid.vertices.shape[1]
    upper = np.arange(grid.outer + 1)
    lower = np.concatenate([[0], np.arange(count - 1, grid.outer - 1, -1)])
    spines, corners = [], []
    for columns, hairs, is_upper in ((upper, UPPER_LASHES, True), (lower, LOWER_LASHES, False)):
        more_spines, more_corners = _lash_row(skin, grid, columns, hairs, is_upper, rng)
        spines.append(more_spines)
        corners.append(more_corners)
    spine = np.concatenate(spines)  # [H, rows, 3]
    corner = np.concatenate(corners)  # [H, 3]
    length = np.linalg.norm(spine[:, -1] - spine[:, 0], axis=1)
    root_radius = np.where(np.arange(len(spine)) < UPPER_LASHES, 0.09, 0.06) * MM
    t = np.linspace(0.0, 1.0, LASH_ROWS)
    radius = root_radius[:, None] * (1.0 - t**1.6 * 0.88) * np.clip(length / 0.006, 0.8, 1.15)[:, None]
    across, facing = _frames(spine, spine[:, :1] - centre)
    points = []
    for side in range(LASH_SIDES):
        angle = 2 * np.pi * side / LASH_SIDES
        points.append(spine + radius[..., None] * (np.cos(angle) * across + np.sin(angle) * facing))
    tube = np.stack(points, axis=2)  # [H, rows, sides, 3]
    order = rng.permutation(len(tube))
    feet = np.repeat(corner[order, None], LASH_ROWS * LASH_SIDES, axis=1)
    on_margin = np.broadcast_to([0.0, 0.0, 1.0], feet.shape)
    return _both_sides(skin, tube[order].reshape(len(tube), -1, 3), feet, on_margin, LASH_SIDES)


def grow_brows(skin: SkinFrame) -> Hairs:
    """Both brows, sorted so that leading hairs lie near the brow's middle line."""
    rng = np.random.default_rng(SEED + 1)
    s = (np.arange(BROW_HAIRS) + rng.uniform(0.0, 1.0, BROW_HAIRS)) / BROW_HAIRS
    # As many hairs along the brow as its band is wide, fewer at the soft start near the nose.
    fine = np.linspace(0.0, 1.0, 200)
    crowd = np.cumsum(np.interp(fine, [0.0, 0.1, 0.35, 0.75, 1.0], [0.45, 0.95, 1.1, 0.85, 0.35]))
    s = np.interp(s, (crowd - crowd[0]) / (crowd[-1] - crowd[0]), fine)
    v = rng.permutation((np.arange(BROW_HAIRS) + 0.5) / BROW_HAIRS * 2.0 - 1.0)
    v = np.sign(v) * np.abs(v) ** 1.1
    station = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(_BROW[:, :2], axis=0), axis=1))])
    station /= station[-1]

    def at(share: Points, column: int) -> Points:
        return np.interp(share, station, _BROW[:, column])

    angle = np.interp(s, [0.0, 0.08, 0.22, 0.42, 1.0], [82.0, 66.0, 40.0, 17.0, 4.0])
    angle = angle - v * np.interp(s, [0.0, 0.15, 0.45, 1.0], [4.0, 14.0, 26.0, 20.0])
    angle = np.radians(angle + rng.normal(0.0, 5.0, BROW_HAIRS))
    length = np.interp(s, [0.0, 0.2, 0.5, 0.8, 1.0], [5.5, 7.8, 8.4, 7.2, 4.6]) * rng.uniform(0.78, 1.12, BROW_HAIRS)
    ahead, behind = np.minimum(s + 0.02, 1.0), np.maximum(s - 0.02, 0.0)
    along = np.column_stack([at(ahead, 0) - at(behind, 0), at(ahead, 1) - at(behind, 1)])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    over = np.column_stack([-along[:, 1], along[:, 0]])
    # Hairs start below their place in the band and grow into it.
    root = np.column_stack([at(s, 0), at(s, 1)]) + over * (v * at(s, 2) - 0.25 * length * np.sin(angle))[:, None]
    rows = [root]
    t = np.linspace(0.0, 1.0, BROW_ROWS)
    for step in np.diff(t):
        bend = angle * (1.0 - 0.45 * t[len(rows)])
        direction = np.cos(bend)[:, None] * along + np.sin(bend)[:, None] * over
        rows.append(rows[-1] + direction * (length * step)[:, None])
    plane = np.stack(rows, axis=1) * MM  # [H, rows, 2]
    hits = throw_on_front(skin, plane.reshape(-1, 2))
    shape = plane.shape[:2]
    normal = hits.normals.reshape(*shape, 3)
    lift = (0.05 + rng.uniform(0.25, 0.75, (BROW_HAIRS, 1)) * np.sin(np.pi * 0.6 * t) ** 1.0) * MM
    spine = hits.points.reshape(*shape, 3) + normal * lift[..., None]
    tangent = np.gradient(spine, axis=1)
    across = np.cross(normal, tangent)
    across /= np.linalg.norm(across, axis=-1, keepdims=True)
    # Wider than a real hair (0.08 mm): a third of a real brow's hairs must fill it.
    half = (0.115 * rng.uniform(0.8, 1.15, (BROW_HAIRS, 1)) * (1.0 - 0.8 * t**2)) * MM
    ribbon = np.stack([spine - across * half[..., None], spine + across * half[..., None]], axis=2)
    corners = np.repeat(hits.corners.reshape(*shape, 1, 3), 2, axis=2)
    weights = np.repeat(hits.barycentrics.reshape(*shape, 1, 3), 2, axis=2)
    core = np.abs(v + 0.15) * 0.75 + 0.35 * np.abs(s - 0.45) + rng.uniform(0.0, 0.55, BROW_HAIRS)
    order = np.argsort(core)
    points, corners, weights = (array[order].reshape(BROW_HAIRS, -1, 3) for array in (ribbon, corners, weights))
    return _both_sides(skin, points, corners, weights, 2)


def _lash_row(
    skin: SkinFrame, grid: LidGrid, columns: NDArray[np.intp], count: int, upper: bool, rng: np.random.Generator
) -> tuple[Points, NDArray[np.int32]]:
    """Spines [H, rows, 3] along one lid margin and the three skin vertices [H, 3] each hair hangs on."""
    edge = grid.row(0)[columns]
    centre = grid.centre
    line = skin.positions[edge]
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    run /= run[-1]
    first, last = (0.10, 0.985) if upper else (0.16, 0.96)
    s = first + (last - first) * (np.arange(count) + rng.uniform(0.15, 0.85, count)) / count

    def smooth(share: Points) -> Points:
        return np.column_stack([np.interp(share, run, line[:, k]) for k in range(3)])

    root = smooth(s)
    along = smooth(np.minimum(s + 0.04, 1.0)) - smooth(np.maximum(s - 0.04, 0.0))
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = root - centre
    out -= along * (out * along).sum(axis=1, keepdims=True)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    away = np.cross(out, along) * (1.0 if upper else -1.0)
    away *= np.sign((away * [0.0, 1.0 if upper else -1.0, 0.0]).sum(axis=1, keepdims=True))
    # Tips of neighbouring hairs gather in tufts.
    tuft = np.cumsum(rng.uniform(0.0, 1.0, count) < 0.36)
    middle = np.array([s[tuft == k].mean() for k in range(tuft.max() + 1)])[tuft]
    gather = np.clip((middle - s) * 1.6, -0.05, 0.05) * rng.uniform(0.4, 1.0, count)
    fan = 0.62 * (s - 0.42) + rng.normal(0.0, 0.05, count)
    if upper:
        longest = np.interp(s, [0.0, 0.12, 0.35, 0.65, 0.88, 1.0], [3.0, 4.4, 6.8, 8.2, 7.6, 4.6])
        start, end = np.radians(-26.0), np.radians(np.interp(s, [0.0, 0.5, 1.0], [32.0, 40.0, 32.0]))
    else:
        longest = np.interp(s, [0.0, 0.2, 0.5, 0.85, 1.0], [2.0, 2.8, 3.6, 4.4, 3.0])
        start, end = np.radians(-6.0), np.radians(np.full(count, 14.0))
    length = longest * rng.uniform(0.72, 1.0, count) * MM
    end = end + rng.normal(0.0, 0.09, count)
    root = root + out * 0.00015 + away * (rng.uniform(0.05, 0.75 if upper else 0.45, count) * MM)[:, None]
    points = [root]
    t = np.linspace(0.0, 1.0, LASH_ROWS)
    for i in range(1, LASH_ROWS):
        middle_t = 0.5 * (t[i] + t[i - 1])
        lean = start + (end - start) * middle_t**0.9
        side = np.sin(fan * (0.5 + 0.6 * middle_t))
        direction = np.cos(lean)[:, None] * out + np.sin(lean)[:, None] * away + side[:, None] * along
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        step = direction * (length * (t[i] - t[i - 1]))[:, None]
        step = step + along * (gather * (t[i] ** 1.5 - t[i - 1] ** 1.5) * 0.024)[:, None]
        points.append(points[-1] + step)
    # A hair stands on the nearest margin vertex and turns with the plane through it and both corners of the eye,
    # which is how a lid turns; the margin's own direction swings far more than lashes do.
    number = np.clip(np.abs(run[None] - s[:, None]).argmin(axis=1), 1, len(edge) - 2)
    corners = np.column_stack([np.full(count, edge[0]), np.full(count, edge[-1]), edge[number]])
    return np.stack(points, axis=1), corners.astype(np.int32)


def _frames(spine: Points, outward: Points) -> tuple[Points, Points]:
    tangent = np.gradient(spine, axis=1)
    tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True)
    across = np.cross(
        tangent,
        np.broadcast_to([0.0, 1.0, 0.0], tangent.shape)
        + 0.3 * outward / np.linalg.norm(outward, axis=-1, keepdims=True),
    )
    across /= np.linalg.norm(across, axis=-1, keepdims=True)
    return across, np.cross(across, tangent)


def _both_sides(skin: SkinFrame, points: Points, corners: NDArray[np.int32], barycentrics: Points, width: int) -> Hairs:
    """Left hairs [H, n, 3] and their mirror images, alternating; `width` points per row (2: ribbon, more: tube)."""
    count, per_hair, _ = points.shape
    rows = per_hair // width
    both = np.empty((2 * count, per_hair, 3))
    both[0::2], both[1::2] = points, points * [-1.0, 1.0, 1.0]
    feet = np.empty((2 * count, per_hair, 3), dtype=np.int32)
    feet[0::2], feet[1::2] = corners, skin.mirror[corners]
    grid = np.arange(per_hair, dtype=np.int32).reshape(rows, width)
    closed = width > 2
    columns = width + 1 if closed else width
    loop = np.concatenate([grid, grid[:, :1]], axis=1) if closed else grid
    uv_grid = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)

    def quads(table: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.stack([table[:-1, :-1], table[:-1, 1:], table[1:, 1:], table[1:, :-1]], axis=-1).reshape(-1, 4)

    one, one_uv = quads(loop), quads(uv_grid)
    start = (np.arange(2 * count, dtype=np.int32) * per_hair)[:, None, None]
    faces = one[None] + start
    uv_faces = np.repeat(one_uv[None], 2 * count, axis=0)
    faces[1::2] = faces[1::2, :, ::-1]
    uv_faces[1::2] = uv_faces[1::2, :, ::-1]
    u, v = np.meshgrid(np.linspace(0.02, 0.98, columns), np.linspace(0.02, 0.98, rows))
    uvs = np.column_stack([u.ravel(), v.ravel()])
    return Hairs(
        both.reshape(-1, 3),
        faces.reshape(-1, 4),
        uvs,
        uv_faces.reshape(-1, 4).astype(np.int32),
        feet.reshape(-1, 3),
        np.repeat(barycentrics, 2, axis=0).reshape(-1, 3),
        per_hair,
    )
