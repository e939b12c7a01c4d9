"""Twenty-eight teeth from a table of crown sizes: where each stands on its arch, and its crown as a quad mesh.

Crown sizes are textbook means (Wheeler's Dental Anatomy, table of measurements), scaled to the arch; the arches are
placed for a mouth whose lip line lies near (0, -0.034, 0.113) m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from scripts.pocket_head.quads import Points, QuadMesh, disc_grid, join, smoothstep, strips

Kind = Literal["incisor", "canine", "premolar", "molar"]
Jaw = Literal["upper", "lower"]
MM: Final = 0.001
CAP: Final = 5  # quads along one side of the chewing surface; 20 segments around a crown
COLUMNS: Final = 14  # teeth per arch, one texture column each, from the subject's right to the left
SIDE_V: Final = 0.70  # of a texture cell's height, the crown's side; the rest is its chewing surface


@dataclass(frozen=True)
class ToothShape:
    """One tooth of the left side. Millimetres and degrees: mesiodistal width, labiolingual depth, crown height from
    neck to tip, height of the tip in head space, torque (positive leans the tip to the lips)."""

    kind: Kind
    width: float
    depth: float
    height: float
    tip_y: float
    torque: float


UPPER: Final = (
    ToothShape("incisor", 8.5, 6.8, 10.6, -35.9, 10.0),
    ToothShape("incisor", 6.7, 6.0, 9.2, -35.3, 8.0),
    ToothShape("canine", 7.5, 7.6, 10.0, -35.7, 0.0),
    ToothShape("premolar", 6.9, 8.6, 8.0, -34.3, -4.0),
    ToothShape("premolar", 6.7, 8.6, 7.6, -34.0, -5.0),
    ToothShape("molar", 9.8, 10.4, 7.2, -33.6, -7.0),
    ToothShape("molar", 9.2, 10.4, 6.8, -33.2, -7.0),
)
LOWER: Final = (
    ToothShape("incisor", 5.5, 5.8, 8.6, -33.6, 6.0),
    ToothShape("incisor", 6.0, 6.0, 8.8, -33.6, 4.0),
    ToothShape("canine", 6.8, 7.2, 9.8, -33.2, 0.0),
    ToothShape("premolar", 6.9, 7.4, 8.2, -33.3, -6.0),
    ToothShape("premolar", 7.0, 7.8, 7.8, -33.2, -10.0),
    ToothShape("molar", 10.6, 9.6, 7.2, -32.9, -14.0),
    ToothShape("molar", 10.0, 9.4, 6.8, -32.5, -14.0),
)
# Centre line of the incisal edges and chewing surfaces in the horizontal plane: x, z in mm, left half from the middle.
UPPER_ARCH: Final = ((0.0, 105.4), (7.5, 103.6), (13.2, 99.0), (17.0, 92.5), (20.0, 83.5), (22.4, 73.5), (24.6, 62.0))
LOWER_ARCH: Final = ((0.0, 102.2), (6.5, 100.6), (11.8, 96.4), (15.6, 90.0), (18.6, 81.5), (21.0, 72.0), (23.2, 60.0))


@dataclass(frozen=True)
class PlacedTooth:
    """A tooth with its frame: tip [3] metres; columns of `axes` [3, 3] are mesiodistal (away from the middle),
    labial and apical (to the root) directions, all for the left side."""

    shape: ToothShape
    tip: Points
    axes: Points

    @property
    def neck(self) -> Points:
        """Centre of the crown's neck, where the gum starts, in metres."""
        return self.tip + self.axes[:, 2] * self.shape.height * MM


def arch_curve(points: tuple[tuple[float, float], ...]) -> CubicSpline:
    """The whole arch (x, z) in metres by arc length from the middle; odd in x, even in z."""
    half = np.array(points) * MM
    whole = np.concatenate([half[:0:-1] * [-1.0, 1.0], half])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(half, axis=0), axis=1))])
    knots = np.concatenate([-length[:0:-1], length])
    coarse = CubicSpline(knots, whole)
    # Chords are shorter than arcs: measure the spline and parametrise it by its own length.
    fine = np.linspace(0.0, knots[-1], 400)
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(coarse(fine), axis=0), axis=1))])
    knots = np.interp(length, fine, run)
    return CubicSpline(np.concatenate([-knots[:0:-1], knots]), whole)


def place_teeth(jaw: Jaw) -> tuple[PlacedTooth, ...]:
    """The left side's seven teeth from the middle outwards, side by side along their arch."""
    shapes, arch = (UPPER, arch_curve(UPPER_ARCH)) if jaw == "upper" else (LOWER, arch_curve(LOWER_ARCH))
    apical = np.array([0.0, 1.0 if jaw == "upper" else -1.0, 0.0])
    placed = []
    start = -0.10 * MM
    for shape in shapes:
        middle = start + 0.5 * shape.width * MM
        start += shape.width * MM * 0.965  # neighbours touch: rounded outlines overlap a little
        x, z = arch(middle)
        dx, dz = arch(middle, 1)
        along = np.array([dx, 0.0, dz]) / np.hypot(dx, dz)
        labial = np.array([-along[2], 0.0, along[0]])
        labial *= np.sign(labial @ np.array([x, 0.0, z - 0.06]))
        lean = np.radians(shape.torque)
        axis = apical * np.cos(lean) - labial * np.sin(lean)
        outward = labial * np.cos(lean) + apical * np.sin(lean)
        tip = np.array([x, shape.tip_y * MM, z])
        placed.append(PlacedTooth(shape, tip, np.column_stack([along, outward, axis])))
    return tuple(placed)


@dataclass(frozen=True)
class _Profile:
    """Crown outline over height 0 (neck) .. 1 (tip) in half widths and half depths."""

    mesial: PchipInterpolator
    distal: PchipInterpolator
    labial: PchipInterpolator
    lingual: PchipInterpolator
    boxiness: PchipInterpolator


_HEIGHTS: Final = np.array([-0.4, 0.0, 0.2, 0.45, 0.7, 0.9, 1.0])


def _profile(kind: Kind) -> _Profile:
    rows = {
        "incisor": (
            (0.56, 0.76, 0.85, 0.94, 1.00, 1.00, 0.96),
            (0.56, 0.76, 0.85, 0.95, 1.00, 0.96, 0.87),
            (0.62, 0.86, 0.97, 0.95, 0.80, 0.62, 0.50),
            (0.66, 0.96, 0.98, 0.55, 0.18, -0.06, -0.16),
            (2.0, 2.1, 2.3, 2.6, 3.0, 3.2, 3.2),
        ),
        "canine": (
            (0.56, 0.76, 0.85, 0.95, 1.00, 0.86, 0.60),
            (0.56, 0.76, 0.86, 0.97, 1.00, 0.80, 0.54),
            (0.66, 0.90, 1.00, 0.98, 0.82, 0.55, 0.36),
            (0.70, 0.98, 1.00, 0.66, 0.34, 0.14, 0.02),
            (2.0, 2.1, 2.2, 2.4, 2.5, 2.4, 2.3),
        ),
        "premolar": (
            (0.62, 0.84, 0.92, 0.99, 1.00, 0.95, 0.87),
            (0.62, 0.84, 0.92, 0.99, 1.00, 0.95, 0.87),
            (0.66, 0.88, 0.98, 1.00, 0.90, 0.74, 0.64),
            (0.66, 0.90, 0.98, 1.00, 0.92, 0.76, 0.66),
            (2.0, 2.2, 2.4, 2.6, 2.7, 2.7, 2.7),
        ),
        "molar": (
            (0.62, 0.80, 0.90, 0.98, 1.00, 0.94, 0.86),
            (0.62, 0.80, 0.90, 0.98, 1.00, 0.94, 0.86),
            (0.66, 0.90, 0.99, 1.00, 0.91, 0.78, 0.70),
            (0.66, 0.90, 0.98, 1.00, 0.93, 0.80, 0.72),
            (2.2, 2.6, 2.9, 3.2, 3.3, 3.3, 3.3),
        ),
    }[kind]
    return _Profile(*(PchipInterpolator(_HEIGHTS, np.array(row)) for row in rows))


def _relief(shape: ToothShape, m: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the chewing surface towards the tip, mm, over mesiodistal m and labial n in half widths (-1..1)."""
    if shape.kind == "incisor":
        return -0.35 * smoothstep(0.45, 1.0, m) - 0.12 * np.abs(m) ** 3
    if shape.kind == "canine":
        return 0.4 - 1.5 * np.abs(m + 0.06) - 0.35 * m
    if shape.kind == "premolar":
        buccal = 1.2 * np.exp(-((n - 0.52) ** 2 / 0.09 + m**2 / 0.40))
        lingual = 1.0 * np.exp(-((n + 0.52) ** 2 / 0.08 + m**2 / 0.38))
        return buccal + lingual - 1.0 - 0.35 * np.exp(-(n**2) / 0.01)
    cusps = np.zeros_like(m)
    for cm, cn, height in ((-0.48, 0.55, 1.35), (0.45, 0.55, 1.25), (-0.46, -0.55, 1.3), (0.46, -0.52, 1.1)):
        cusps = cusps + height * np.exp(-((m - cm) ** 2 / 0.10 + (n - cn) ** 2 / 0.10))
    groove = 0.45 * np.exp(-(n**2) / 0.008) + 0.35 * np.exp(-(m**2) / 0.008)
    return cusps - 1.05 - groove


def crown(tooth: PlacedTooth, column: int, row: int) -> QuadMesh:
    """One left tooth with its root stump inside the gum, textured in cell (column, row) of COLUMNS x 2.

    In a cell v runs from the root (0) over the neck (0.2) to the rim of the chewing surface (SIDE_V); above it lies
    the chewing surface as a disc. u runs once around from the middle of the lingual side.
    """
    shape = tooth.shape
    profile = _profile(shape.kind)
    disc, cap_faces, rim = disc_grid(CAP)
    azimuth = np.arctan2(disc[rim, 1], disc[rim, 0])  # 0 is distal, 90 degrees labial
    heights = np.array([-0.4, 0.0, 0.14, 0.32, 0.52, 0.72, 0.88, 0.97, 1.0])
    inset = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.94, 0.80])

    def ring(h: float, scale: float, direction: Points) -> Points:
        power = 2.0 / float(profile.boxiness(h))
        c, s = direction[:, 0], direction[:, 1]
        half = 0.5 * shape.width
        side = np.where(c > 0, float(profile.distal(h)), float(profile.mesial(h))) * half
        labial, lingual = float(profile.labial(h)) * shape.depth / 2, -float(profile.lingual(h)) * shape.depth / 2
        middle, reach = 0.5 * (labial + lingual), 0.5 * (labial - lingual)
        m = np.sign(c) * np.abs(c) ** power * side * scale
        n = middle + np.sign(s) * np.abs(s) ** power * reach * scale
        # A labial surface is curved across: its sides fall back towards the neighbours.
        n = n - np.where(s > 0, 0.10 * reach * (m / half) ** 2, 0.0)
        top = smoothstep(0.70, 1.0, np.full_like(m, h))
        tip = h * shape.height + top * _relief(shape, m / half, (n - middle) / (0.5 * shape.depth))
        return np.column_stack([m, n, tip])

    unit = np.column_stack([np.cos(azimuth), np.sin(azimuth)])
    rings = [ring(h, scale, unit) for h, scale in zip(heights, inset, strict=True)]
    inner = np.setdiff1d(np.arange(len(disc)), rim)
    radius = np.linalg.norm(disc[inner], axis=1)
    direction = disc[inner] / np.maximum(radius, 1e-9)[:, None]
    cap = np.concatenate([ring(1.0, inset[-1] * r, d[None]) for r, d in zip(radius, direction, strict=True)])
    local = np.concatenate([*rings, cap])
    segments = 4 * CAP
    numbers = np.arange(len(heights) * segments, dtype=np.int32).reshape(len(heights), segments)
    cap_number = np.empty(len(disc), dtype=np.int32)
    cap_number[rim] = numbers[-1]
    cap_number[inner] = len(heights) * segments + np.arange(len(inner))
    faces = np.concatenate([strips(numbers[::-1]), cap_number[cap_faces]])

    cell = np.array([1.0 / COLUMNS, 0.5])
    origin = np.array([column, row]) * cell
    turn = np.mod(azimuth / (2 * np.pi) + 0.25, 1.0)  # 0 in the middle of the lingual side
    start = int(np.argmin(turn))
    around = np.concatenate([np.roll(turn, -start), [turn[start] + 1.0]])
    v = 0.02 + (SIDE_V - 0.04) * (heights + 0.4) / 1.4
    side_uv = np.stack(np.meshgrid(0.03 + 0.94 * around / around.max(), v), axis=-1).reshape(-1, 2)
    grid = np.arange(len(side_uv), dtype=np.int32).reshape(len(heights), segments + 1)
    ordered = np.roll(numbers, -start, axis=1)
    side_faces = strips(np.concatenate([ordered, ordered[:, :1]], axis=1)[::-1], closed=False)
    side_uv_faces = strips(grid[::-1], closed=False)
    cap_uv = np.array([0.5, 0.5 * (1.0 + SIDE_V)]) + disc * np.array([0.45, 0.46 * (1.0 - SIDE_V)])
    faces = np.concatenate([side_faces, cap_number[cap_faces]]).astype(np.int32)
    uv_faces = np.concatenate([side_uv_faces, len(side_uv) + cap_faces]).astype(np.int32)
    uvs = origin + np.concatenate([side_uv, cap_uv]) * cell

    along, labial, apical = tooth.axes.T
    positions = tooth.tip + MM * (
        local[:, :1] * along + local[:, 1:2] * labial + (shape.height - local[:, 2:]) * apical
    )
    if np.linalg.det(np.column_stack([along, labial, -apical])) < 0:
        faces, uv_faces = faces[:, ::-1].copy(), uv_faces[:, ::-1].copy()
    return QuadMesh(positions, faces, uvs, uv_faces)


def teeth_mesh(jaw: Jaw) -> QuadMesh:
    """All fourteen teeth of a jaw, right side first from the back, left and right exact mirror images."""
    row = 1 if jaw == "upper" else 0
    left = [crown(tooth, 7 + i, row) for i, tooth in enumerate(place_teeth(jaw))]
    right = []
    for i, mesh in enumerate(left):
        flipped = mesh.mirrored()
        shift = np.array([(6 - i - (7 + i)) / COLUMNS, 0.0])
        right.append(QuadMesh(flipped.positions, flipped.faces, mesh.uvs + shift, flipped.uv_faces))
    return join([*reversed(right), *left])
