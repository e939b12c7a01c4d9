"""Gums: one quad sheet per jaw, scalloped around the teeth and closed across the mouth by palate or floor."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from scripts.pocket_head.quads import Points, QuadMesh, smoothstep, strips
from scripts.pocket_head.teeth import MM, Jaw, place_teeth

_LINGUAL: Final = 12  # the sheet's row where the ridge's inner side ends
PER_TOOTH: Final = 8  # columns of the sheet per tooth
MARGIN_V: Final = 0.42  # texture v (within the jaw's half) of the gum line on the lip side
# Height of the middle of the palate and of the mouth's floor over z, both in mm.
_PALATE: Final = (
    (45.0, -15.5),
    (60.0, -14.0),
    (75.0, -14.0),
    (85.0, -17.0),
    (93.0, -22.5),
    (97.0, -26.0),
    (101.0, -27.0),
)
_FLOOR: Final = ((45.0, -50.0), (60.0, -49.0), (75.0, -48.5), (88.0, -48.0), (94.0, -47.0), (101.0, -45.0))


def gum_mesh(jaw: Jaw) -> QuadMesh:
    """The sheet from the lips' vestibule over the ridge to the middle of the mouth.

    Texture: u runs along the arch from the subject's right to the left; v within the jaw's half of the tile (lower
    jaw 0..0.5, upper 0.5..1) runs from the vestibule (0) over the gum line (MARGIN_V) to the middle of the mouth (1).
    """
    teeth = place_teeth(jaw)
    apical = 1.0 if jaw == "upper" else -1.0
    necks = np.array([tooth.neck for tooth in teeth])
    labial = np.array([tooth.axes[:, 1] for tooth in teeth])
    labial[:, 1] = 0.0
    labial /= np.linalg.norm(labial, axis=1, keepdims=True)
    depths = np.array([tooth.shape.depth * MM for tooth in teeth])
    # The ridge goes on behind the last molar.
    behind = necks[-1] + (necks[-1] - necks[-2]) * 0.85 + [0.0, 0.0025 * -apical, 0.0]
    necks = np.concatenate([necks, [behind]])
    labial = np.concatenate([labial, labial[-1:]])
    depths = np.concatenate([depths, [depths[-1] * 0.8]])
    tooth_number = np.arange(len(necks)) + 0.5
    whole = np.concatenate([-tooth_number[::-1], tooth_number])
    flip = np.array([-1.0, 1.0, 1.0])
    neck_at = CubicSpline(whole, np.concatenate([(necks * flip)[::-1], necks]))
    side_at = CubicSpline(whole, np.concatenate([(labial * flip)[::-1], labial]))
    depth_at = PchipInterpolator(whole, np.concatenate([depths[::-1], depths]))

    s = np.linspace(0.0, 7.5, int(7.5 * PER_TOOTH) + 1)
    base = neck_at(s)
    out = side_at(s)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    half = 0.5 * depth_at(s)
    ridge = np.convolve(np.pad(half, 2 * PER_TOOTH, mode="reflect"), np.hanning(4 * PER_TOOTH + 3)[1:-1], "valid")
    ridge = ridge / np.hanning(4 * PER_TOOTH + 3)[1:-1].sum()  # the bone under the gum knows no single teeth
    between = np.cos(np.pi * s) ** 2  # 1 between two teeth, 0 in the middle of one
    between = np.where(s > 7.0, 1.0, between)
    papilla = between**2.6
    front = 1.0 - smoothstep(2.0, 4.0, s)
    up = np.array([0.0, apical, 0.0])
    # The gum line sits a little on the crown and climbs into the gaps between the teeth.
    line = MM * (-0.25 - (2.0 + 1.2 * front) * papilla)
    pinch = MM * (0.2 + 1.5 * between**1.5)
    rows: list[Points] = []

    def add(height: NDArray[np.float64] | float, outward: NDArray[np.float64] | float) -> None:
        rows.append(base + np.asarray(height).reshape(-1, 1) * up + np.asarray(outward).reshape(-1, 1) * out)

    bulge = MM * 0.3 * (1.0 - between)
    deep = np.where(s > 6.5, 6.0, 8.5) * MM
    full = 1.0 if jaw == "upper" else 0.6  # the lower lip's fold lies close to the roots
    add(deep, ridge * (0.55 if jaw == "upper" else 0.1))
    add(deep * 0.78, full * (ridge * 0.80 + 0.0006))
    add(MM * 4.0, ridge * (0.72 + 0.20 * full) + full * 0.0008 + 0.6 * bulge)
    add(MM * 1.9, 0.5 * (ridge + half) * 0.95 + 0.0008 + bulge - 0.15 * pinch)
    add(line + MM * 0.8, half * 0.94 + 0.0005 - 0.45 * pinch)
    add(line + MM * 0.12, half * 0.90 + 0.00025 - 0.75 * pinch)
    add(line, half * 0.86 - 0.0001 - pinch)
    add(line + MM * 0.9, half * 0.55)
    add(line * 0.6 + MM * 0.9, -half * 0.55)
    add(line * 0.6, -half * 0.95 - 0.0001 + pinch)
    add(line * 0.6 + MM * 0.15, -half * 0.98 - 0.0006 + 0.8 * pinch)
    add(line * 0.6 + MM * 1.2, -half - 0.0010 + 0.4 * pinch)
    add(MM * 3.2, -half - 0.0016)
    lingual = rows[-1]

    # From the lingual side to the middle of the mouth: each column ends on the midline at its own depth.
    middle_z = lingual[:, 2].copy()
    reach = lingual[0, 2] - 0.0015
    middle_z = reach - (reach - lingual[-1, 2]) * (1.0 - np.cos(0.5 * np.pi * np.linspace(0.0, 1.0, len(s)))) ** 0.8
    table = np.array(_PALATE if jaw == "upper" else _FLOOR) * MM
    middle_y = PchipInterpolator(table[:, 0], table[:, 1])(np.clip(middle_z, table[0, 0], table[-1, 0]))
    middle_y[0] = lingual[0, 1] + 0.3 * (middle_y[0] - lingual[0, 1])
    for t in (0.18, 0.36, 0.55, 0.77, 1.0):
        rise = np.sin(0.5 * np.pi * t) ** 0.9
        x = lingual[:, 0] * (1.0 - t)
        y = lingual[:, 1] + (middle_y - lingual[:, 1]) * rise
        z = lingual[:, 2] + (middle_z - lingual[:, 2]) * t
        rows.append(np.column_stack([x, y, z]))
    left = np.array(rows)  # [rows, columns, 3]
    if jaw == "upper":
        left = _with_soft_palate(left)
    left[:, 0, 0] = 0.0
    return _mirror_sheet(left, 0.5 if jaw == "upper" else 0.0, flip_winding=jaw == "lower")


def _with_soft_palate(left: Points) -> Points:
    """The half-sheet with columns added behind the hard palate, which bend down to the throat; the ridge, which has
    no continuation, is drawn in behind the cheeks."""
    last = left[:, -1]
    ahead = last[-1, 2]
    columns = [left]
    side = np.clip((_LINGUAL - np.arange(len(last))) / _LINGUAL, 0.0, 1.0)[:, None]
    flat = last[_LINGUAL] + side * [0.0035, 0.0045, 0.0]
    for k, (z, drop, spread) in enumerate(
        (
            (51.0, 0.2, 1.0),
            (44.0, 1.2, 1.0),
            (37.0, 3.6, 0.98),
            (31.0, 7.6, 0.94),
            (27.0, 12.4, 0.86),
            (25.5, 16.5, 0.76),
        )
    ):
        column = last.copy()
        fold = min(1.0, (k + 1) / 3)
        column[:_LINGUAL] += fold * (flat - last)[:_LINGUAL]
        share = np.clip((last[:, 0] / last[:, 0].max()), 0.0, 1.0)
        column[:, 0] *= spread
        column[:, 1] = last[:, 1] - drop * MM * (1.0 - 0.35 * share)
        column[:, 2] = last[:, 2] - (ahead - z * MM)
        columns.append(column[:, None])
    return np.concatenate(columns, axis=1)


def _mirror_sheet(left: Points, v_start: float, flip_winding: bool) -> QuadMesh:
    """The left half-sheet [rows, columns, 3] and its mirror image, welded along column 0 and along the last row."""
    rows, columns, _ = left.shape
    numbers = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    right = np.full((rows, columns), -1, dtype=np.int32)
    right[:, 0] = numbers[:, 0]
    right[-1] = numbers[-1]
    free = right < 0
    right[free] = rows * columns + np.arange(free.sum(), dtype=np.int32)
    positions = np.concatenate([left.reshape(-1, 3), left[free] * np.array([-1.0, 1.0, 1.0])])
    positions[numbers[-1], 0] = 0.0
    step = np.linalg.norm(np.diff(left, axis=0), axis=2).mean(axis=1)
    v = np.concatenate([[0.0], np.cumsum(step)])
    v /= v[-1]
    v = np.interp(v, [0.0, v[6], 1.0], [0.0, MARGIN_V, 1.0])
    u = np.linspace(0.5, 0.995, columns)
    uv_left: Points = np.stack(np.meshgrid(u, v_start + 0.005 + 0.49 * v), axis=-1).reshape(-1, 2)
    uv_right = uv_left * np.array([-1.0, 1.0]) + np.array([1.0, 0.0])
    faces_left = strips(numbers, closed=False)
    faces_right = strips(right, closed=False)[:, ::-1]
    uv_faces_right = strips(numbers, closed=False)[:, ::-1] + len(uv_left)
    faces = np.concatenate([faces_left, faces_right])
    uv_faces = np.concatenate([faces_left, uv_faces_right])
    if flip_winding:
        faces, uv_faces = faces[:, ::-1], uv_faces[:, ::-1]
    uvs: Points = np.concatenate([uv_left, uv_right])
    return QuadMesh(positions, faces.astype(np.int32), uvs, uv_faces.astype(np.int32))
