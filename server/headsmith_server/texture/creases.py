"""Where wrinkles run: curves between landmarks of the mean head, laid into the UV layout.

The groups and their order of appearance follow the usual clinical charts (Lemperle et al., "A classification of facial
wrinkles", 2001): forehead lines, glabella, crow's feet, under-eye, nasolabial fold, marionette lines, lips, neck.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.heads.protocol import Topology
from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import Canvas, no_tick
from headsmith_server.texture.regions import Regions


@dataclass(frozen=True)
class Crease:
    """A wrinkle's course, or the piece of it that lies in one island of the UV layout.

    number: of the course (pieces of one course share it); uv [N, 2] in 0..1; along [N]: place on the whole course,
    0..1; width_mm of the valley; depth_mm when fully developed (a ridge where negative); onset, full: wrinkle levels
    (0..1) at which it appears and is complete; always: the share of its depth that is there at any age.
    """

    number: int
    group: str
    uv: Field
    along: Field
    width_mm: float
    depth_mm: float
    onset: float
    full: float
    always: float = 0.0


@dataclass(frozen=True)
class _Course:
    group: str
    points: tuple[tuple[int, float, float], ...]  # landmark, offset outwards (to the left) and upwards in mm
    width_mm: float
    depth_mm: float
    onset: float
    full: float
    always: float = 0.0
    both_sides: bool = True


_NEVER: Final = 2.0
"""An onset that no wrinkle level reaches."""


def _courses() -> list[_Course]:
    found: list[_Course] = []
    for row, (rise, reach) in enumerate(((13, 0.86), (20, 1.0), (27.5, 1.0), (35, 0.9), (42, 0.7))):
        bow = 3.0 + row
        found.append(_Course("forehead", (
            (18, 22 * (1 - reach) - 3, rise - 0.6 * bow), (18, 4, rise), (19, 2, rise - 0.5), (20, 0, rise),
            (27, 0, rise + 22 - bow * 0.6), (23, 0, rise), (24, -2, rise - 0.5), (25, -4, rise),
            (25, -22 * (1 - reach) + 3, rise - 0.6 * bow),
        ), 1.9, 0.42, 0.22 + 0.05 * abs(row - 1.5), 0.95, 0.0, False))  # fmt: skip
    for out, lean, top in ((-6.5, -1.5, 17), (-4.0, 1.0, 10)):
        found.append(_Course("glabella", (
            (22, out, -4), (22, out + 0.3 * lean, 3), (22, out + lean, top - 6), (22, out + 1.6 * lean, top),
        ), 2.9, 0.30, 0.25, 0.9))  # fmt: skip
    found.append(
        _Course("glabella", ((27, -8, -1), (27, -3, 2), (27, 3, 2), (27, 8, -1)), 2.0, 0.35, 0.45, 1.0, 0.0, False)
    )
    for rise, run, onset in (
        (9, 21, 0.30),
        (5, 24, 0.22),
        (1, 24, 0.25),
        (-4, 23, 0.32),
        (-9, 20, 0.42),
        (-14, 16, 0.55),
    ):
        found.append(_Course("crows_feet", (
            (45, 5 + abs(rise) * 0.15, rise * 0.35), (45, 11, rise * 0.7 - 0.4), (45, 5 + run * 0.7, rise * 1.05 - 1.5),
            (45, 4 + run, rise * 1.35 - 3),
        ), 1.35, 0.24, onset, 0.95))  # fmt: skip
    for drop, depth, onset in ((-4.5, 0.15, 0.12), (-7.5, 0.13, 0.3), (-10.5, 0.11, 0.45), (-15.0, 0.16, 0.55)):
        found.append(_Course("under_eye", (
            (42, 0, drop * 0.75), (47, -2, drop), (47, 6, drop - 0.5), (46, 4, drop + 0.5), (45, 3, drop * 0.9 + 1),
        ), 1.0, depth, onset, 0.95, 0.12 if drop > -6 else 0.0))  # fmt: skip
    found.append(_Course("lid_crease", (
        (42, 1, 3.2), (43, 0, 5.4), (44, 0, 5.6), (45, 1.5, 3.0), (45, 6, 0.0),
    ), 1.3, 0.35, 0.0, 0.7, 0.5))  # fmt: skip
    found.append(_Course("lid_crease", ((43, -2, 8.6), (44, 0, 9.0), (45, 1, 6.5), (45, 7, 3)), 1.2, 0.18, 0.45, 1.0))
    found.append(_Course("nasolabial", (
        (35, 6.5, 6), (35, 10.5, 0), (35, 14.5, -8), (54, 7.0, 4), (54, 8.5, -4),
    ), 3.4, 0.95, 0.10, 1.0, 0.10))  # fmt: skip
    found.append(
        _Course("nasolabial", ((35, 13, 2), (35, 18, -6), (54, 12.5, 6), (54, 13.5, -3)), 1.8, 0.25, 0.55, 1.0)
    )
    found.append(_Course("marionette", (
        (54, 2.0, -2), (54, 4.0, -8), (54, 4.5, -15), (54, 3.5, -23),
    ), 2.8, 0.6, 0.35, 1.0))  # fmt: skip
    found.append(_Course("mentolabial", (
        (59, -1, -7), (58, 0, -7.5), (57, 0, -8), (56, 0, -7.5), (55, 1, -7),
    ), 3.0, 0.35, 0.2, 1.0, 0.15, False))  # fmt: skip
    for x in (1.5, 5.0, 8.5, 12.0, 15.5):
        found.append(_Course("lip_lines", (
            (51, x * 1.15, 10 - 0.22 * x), (51, x * 1.08, 6 - 0.2 * x), (51, x * 1.02, 2.2 - 0.22 * x),
        ), 1.1, 0.22, 0.45 + 0.01 * x, 1.0))  # fmt: skip
    for x in (4.0, 9.0, 13.5):
        found.append(_Course("lip_lines", (
            (57, x * 1.02, -2 + 0.12 * x), (57, x * 1.05, -6 + 0.12 * x),
        ), 1.1, 0.16, 0.6, 1.0))  # fmt: skip
    for out, onset in ((8, 0.5), (16, 0.55), (24, 0.6), (32, 0.7)):
        found.append(_Course("cheek_lines", (
            (54, out, 14), (54, out + 4.5, 2), (54, out + 6, -10), (54, out + 4, -24),
        ), 2.4, 0.17, onset, 1.0))  # fmt: skip
    for drop, depth, onset in ((-26, 0.24, 0.1), (-44, 0.32, 0.2), (-62, 0.24, 0.35)):
        found.append(_Course("neck", (
            (8, -48, drop + 14), (8, -30, drop + 5), (8, -14, drop), (8, 0, drop - 1), (8, 14, drop), (8, 30, drop + 5),
            (8, 48, drop + 14),
        ), 2.6, depth, onset, 1.0, 0.12, False))  # fmt: skip
    # What only an expression makes (no age does): bunny lines beside the bridge, cords of the neck.
    for rise, run, depth in ((4, 8, 0.26), (0, 10, 0.30), (-4, 10, 0.24)):
        found.append(_Course("bunny", (
            (28, 3, rise - 2), (28, 6, rise), (28, 3 + run, rise + 2.5), (28, 5 + run, rise + 6),
        ), 1.7, depth, _NEVER, _NEVER + 1.0))  # fmt: skip
    for out, lean in ((-26, 0.0), (-12, 2.0), (2, 5.0)):
        found.append(_Course("platysma", (
            (10, out, -9), (10, out + lean, -24), (10, out + 2 * lean, -40), (10, out + 3 * lean, -54),
        ), 5.5, -0.8, _NEVER, _NEVER + 1.0))  # fmt: skip
    # Slack skin of old age, all broad: ridges and hollows rather than lines.
    for group, points, width, depth, onset in (
        ("bag", ((42, 1, -7), (47, -1, -9), (47, 5, -9), (46, 3, -7), (45, 1, -5)), 7.5, -1.5, 0.40),
        ("bag", ((42, -2, -11), (47, -3, -15), (47, 5, -16.5), (46, 4, -14), (45, 4, -10)), 5.0, 1.1, 0.38),
        ("fold", ((35, 13, 6), (35, 18, -2), (35, 22, -10), (54, 15, 3), (54, 16, -4)), 13.0, -2.0, 0.30),
        ("jowl", ((54, 10, -8), (54, 14, -15), (54, 17, -22), (54, 17, -28)), 14.0, -2.3, 0.42),
        ("hollow", ((54, 25, 24), (54, 27, 14), (54, 28, 4), (54, 27, -6)), 17.0, 1.2, 0.5),
        ("hollow", ((26, 9, 14), (26, 11, 8), (26, 12, 2), (26, 11, -4)), 15.0, 1.1, 0.5),
    ):
        found.append(_Course(group, points, width, depth, onset, 1.0))
    return found


_COURSES: Final = tuple(_courses())
_MIRRORED: Final = {
    **{i: 16 - i for i in range(17)}, **{i: 43 - i for i in range(17, 27)}, **{i: i for i in range(27, 31)},
    31: 35, 32: 34, 33: 33, 34: 32, 35: 31, 36: 45, 37: 44, 38: 43, 39: 42, 40: 47, 41: 46, 42: 39, 43: 38, 44: 37,
    45: 36, 46: 41, 47: 40, 48: 54, 49: 53, 50: 52, 51: 51, 52: 50, 53: 49, 54: 48, 55: 59, 56: 58, 57: 57, 58: 56,
    59: 55,
}  # fmt: skip


def place_creases(
    topology: Topology, mean: Field, canvas: Canvas, regions: Regions, tick: Callable[[], None] = no_tick
) -> tuple[Crease, ...]:
    """Project all courses onto the skin and return them in UV; parts that cross a seam are cut off."""
    landmarks = topology.landmarks["multi_pie_68"].positions(mean) * np.float32(1000.0)
    courses: list[tuple[_Course, Field]] = []
    for course in _COURSES:
        points = np.array([landmarks[i] + (dx, dy, 0.0) for i, dx, dy in course.points], np.float32)
        courses.append((course, points))
        if course.both_sides:
            # The course is told on the subject's left; the right side has the mirrored landmarks and offsets.
            other = [landmarks[_MIRRORED[i]] + (-dx, dy, 0.0) for i, dx, dy in course.points]
            courses.append((course, np.array(other, np.float32)))
    dense = [open_spline(points, 8) for _, points in courses]
    uv = _project(np.concatenate(dense), canvas, regions, tick)
    creases = []
    start = 0
    for number, ((course, _), curve) in enumerate(zip(courses, dense, strict=True)):
        own = uv[start : start + len(curve)]
        along = np.linspace(0.0, 1.0, len(curve), dtype=np.float32)
        start += len(curve)
        for piece in _runs(own):
            smooth = _smooth(own[piece])
            fine = np.linspace(0.0, len(smooth) - 1.0, 3 * len(smooth), dtype=np.float32)
            at = np.arange(len(smooth))
            dense_uv = np.stack([np.interp(fine, at, smooth[:, i]) for i in range(2)], axis=1)
            creases.append(Crease(
                number, course.group, dense_uv.astype(np.float32),
                np.interp(fine, at, along[piece]).astype(np.float32), course.width_mm, course.depth_mm, course.onset,
                course.full, course.always,
            ))  # fmt: skip
    return tuple(creases)


def open_spline(points: Field, steps: int) -> Field:
    """Catmull-Rom curve through points [N, C] with repeated ends: [(N - 1) * steps + 1, C]."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = (np.arange(steps, dtype=np.float32) / np.float32(steps))[None, :, None]
    p0, p1, p2, p3 = (padded[i : len(points) - 1 + i, None, :] for i in range(4))
    curve = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return np.concatenate([curve.reshape(-1, points.shape[1]), points[-1:]]).astype(np.float32)


def _project(points: Field, canvas: Canvas, regions: Regions, tick: Callable[[], None]) -> Field:
    """UV [N, 2] of the skin nearest to points [N, 3] in mm; depth counts less, since courses are told face on."""
    usable = canvas.covered & (regions["mucosa"] < 0.3) & (regions["nostril"] < 0.5)
    step = max(1, canvas.size // 100)
    rows, columns = np.nonzero(usable[::step, ::step])
    rows, columns = rows * step, columns * step
    weight = np.array([1.0, 1.0, 0.35], np.float32)
    candidates = regions.positions_mm[rows, columns]
    front = candidates[:, 2] > 15.0
    rows, columns, candidates = rows[front], columns[front], candidates[front] * weight
    result = np.empty((len(points), 2), np.float32)
    window = np.arange(-step, step + 1)
    for number, point in enumerate(points * weight):
        if number % 100 == 0:
            tick()
        nearest = int(np.argmin(((candidates - point) ** 2).sum(axis=1)))
        local_rows = np.clip(rows[nearest] + window, 0, canvas.size - 1)
        local_columns = np.clip(columns[nearest] + window, 0, canvas.size - 1)
        local = regions.positions_mm[np.ix_(local_rows, local_columns)] * weight
        distance = ((local - point) ** 2).sum(axis=2) + 1e6 * ~usable[np.ix_(local_rows, local_columns)]
        row, column = np.unravel_index(int(np.argmin(distance)), distance.shape)
        result[number] = (local_columns[column] + 0.5) / canvas.size, 1.0 - (local_rows[row] + 0.5) / canvas.size
    return result


def _runs(uv: Field) -> list[slice]:
    """Stretches of at least four points without a jump to another island."""
    jumps = np.flatnonzero(np.linalg.norm(np.diff(uv, axis=0), axis=1) > 0.04) + 1
    ends = [0, *jumps.tolist(), len(uv)]
    return [slice(a, b) for a, b in itertools.pairwise(ends) if b - a >= 4]


def _smooth(uv: Field) -> Field:
    for _ in range(4):
        uv = np.concatenate([uv[:1], 0.25 * uv[:-2] + 0.5 * uv[1:-1] + 0.25 * uv[2:], uv[-1:]])
    return uv
