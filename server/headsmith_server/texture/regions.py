"""Where what is on a face: soft masks over the skin, drawn from the mean head's landmarks, loops and sets.

All masks live on the mean head's surface, so they follow every identity through the UV layout. Landmarks are the 68 of
Multi-PIE (0..16 jaw from the subject's right ear, 17..26 brows, 27..35 nose, 36..47 eyes, 48..67 mouth).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.heads.protocol import Topology
from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import Canvas

REGION_NAMES: Final = (
    "mucosa", "lips", "perioral", "lid_upper", "lid_lower", "lid_margin", "lid_crease", "periorbital", "tear_trough",
    "inner_corner", "brow", "nose", "nose_tip", "alae", "nostril", "cheek", "malar", "forehead", "glabella", "temple",
    "chin", "philtrum", "jaw", "beard", "moustache", "scalp", "scalp_receding", "ear", "neck", "front", "t_zone", "sun",
)  # fmt: skip


@dataclass(frozen=True)
class Regions:
    """Masks 0..1 by name, each float32 [R, R] on a raster of R = `size` texels; positions_mm [R, R, 3] on the mean.

    lid_edges: the left eye's upper and lower lid edge in mm, [N, 3], each from the inner to the outer corner.
    """

    size: int
    positions_mm: Field
    masks: Mapping[str, Field]
    lid_edges: tuple[Field, Field]

    def __getitem__(self, name: str) -> Field:
        return self.masks[name]


def smoothstep(low: float, high: float, value: Field) -> Field:
    """0 at low and beyond, 1 at high and beyond, smooth between; low may exceed high."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def polyline_distance(points: Field, line: Field, reach: float) -> Field:
    """Distance of points [..., 3] to an open polyline [N, 3]; exact up to `reach`, at least reach beyond."""
    flat = points.reshape(-1, 3)
    near = np.flatnonzero(np.all((flat > line.min(axis=0) - reach) & (flat < line.max(axis=0) + reach), axis=1))
    chosen = flat[near]
    best = np.full(len(near), reach * reach, np.float32)
    for a, b in itertools.pairwise(line):
        ab = (b - a).astype(np.float32)
        offset = chosen - a.astype(np.float32)
        t = np.clip(offset @ ab / np.float32(max(float(ab @ ab), 1e-12)), 0.0, 1.0)
        offset -= t[:, None] * ab
        best = np.minimum(best, np.einsum("nc,nc->n", offset, offset))
    result = np.full(len(flat), reach, np.float32)
    result[near] = np.sqrt(best)
    return result.reshape(points.shape[:-1])


class _Face:
    """The mean head in millimetres, and the ways in which masks are drawn on it."""

    def __init__(self, topology: Topology, mean: Field, canvas: Canvas) -> None:
        self.canvas = canvas
        self.topology = topology
        self.count = len(topology.part("skin").vertices)
        self.vertices = mean[: self.count] * np.float32(1000.0)
        self.points = canvas.interpolate(self.vertices)
        self.landmarks = topology.landmarks["multi_pie_68"].positions(mean) * np.float32(1000.0)

    def of(self, *indices: int) -> Field:
        return self.landmarks[list(indices)].mean(axis=0)

    def membership(self, names: Sequence[str], rings: int = 0) -> Field:
        """1 on the triangles whose corners all are in one of the named sets, 0 elsewhere.

        The passage is drawn on the mesh (half way on the border, widened by `rings` rings of faces), not in the UV
        layout, so that islands which meet there agree.
        """
        corners = self.canvas.triangles.corners
        inside = np.zeros(len(corners))
        for name in names:
            if name in self.topology.sets:
                member = np.zeros(self.count, bool)
                member[self.topology.sets[name]] = True
                inside = np.maximum(inside, member[corners].all(axis=1))
        faces_at = np.maximum(np.bincount(corners.ravel(), minlength=self.count), 1)
        value = np.bincount(corners.ravel(), np.repeat(inside, 3), self.count) / faces_at
        for _ in range(rings):
            value = np.bincount(corners.ravel(), np.repeat(value[corners].mean(axis=1), 3), self.count) / faces_at
        return self.canvas.interpolate(value.astype(np.float32))

    def blob(self, centre: Field | Sequence[float], radii: Sequence[float]) -> Field:
        offset = (self.points - np.asarray(centre, np.float32)) / np.asarray(radii, np.float32)
        return np.exp(-np.einsum("ijk,ijk->ij", offset, offset))

    def blobs(self, centre: Field | Sequence[float], radii: Sequence[float]) -> Field:
        """The blob and its mirror image."""
        mirrored = np.asarray(centre, np.float32) * np.array([-1, 1, 1], np.float32)
        return np.maximum(self.blob(centre, radii), self.blob(mirrored, radii))

    def stroke(self, line: Sequence[Field] | Field, width: float) -> Field:
        distance = polyline_distance(self.points, np.asarray(line, np.float32), 3.0 * width)
        return np.exp(-((distance / np.float32(width)) ** 2))

    def strokes(self, line: Sequence[Field] | Field, width: float) -> Field:
        line = np.asarray(line, np.float32)
        return np.maximum(self.stroke(line, width), self.stroke(line * np.array([-1, 1, 1], np.float32), width))


def draw_regions(topology: Topology, mean: Field, canvas: Canvas) -> Iterator[Regions | None]:
    """Draw all masks on a canvas; yields None between them (a place to tick) and the Regions at the end.

    mean: the mean head's vertices [V, 3] in metres.
    """
    face = _Face(topology, mean, canvas)
    masks: dict[str, Field] = {}
    for painter in (_surface, _eyes, _nose_and_mouth, _planes, _hairy):
        painter(face, masks)
        yield None
    outer = 1.0 - masks["mucosa"]
    for name in REGION_NAMES:
        mask = masks[name] if name in ("mucosa", "scalp", "scalp_receding", "nostril") else masks[name] * outer
        masks[name] = np.clip(mask, 0.0, 1.0).astype(np.float32)
    yield Regions(canvas.size, face.points, masks, _lid_edges(face))


def _surface(face: _Face, masks: dict[str, Field]) -> None:
    masks["mucosa"] = np.maximum(
        smoothstep(0.2, 0.85, face.membership(("mouth_cavity",))),
        smoothstep(0.1, 0.95, face.membership(("inner_lid",), 1)),
    )
    masks["ear"] = smoothstep(0.1, 0.9, face.membership(("ear_l", "ear_r"), 2))
    chin_y = face.of(8)[1]
    masks["neck"] = np.maximum(
        face.membership(("neck",), 4), smoothstep(chin_y - 4, chin_y - 22, face.points[..., 1])
    ) * (1.0 - masks["ear"])
    masks["nostril"] = np.maximum(
        smoothstep(0.1, 0.9, face.membership(("nostril_inside",), 1)),
        face.blobs((face.of(32) + face.of(31)) / 2 + np.array([0, 1.0, -4.0]), (3.0, 4.0, 4.5)),
    )
    masks["front"] = smoothstep(20, 60, face.points[..., 2])


def _eyes(face: _Face, masks: dict[str, Field]) -> None:
    upper, lower = _lid_edges(face)
    centre = face.of(42, 43, 44, 45, 46, 47)
    brow = face.landmarks[[22, 23, 24, 25, 26]]
    ends = np.linspace(-1.0, 1.0, len(upper), dtype=np.float32)[:, None]
    crease = upper + np.array([0.8, 5.2, -0.5], np.float32) - np.array([-1.2, 2.6, 0.8], np.float32) * ends**4
    lid_area = face.blobs(centre + np.array([0, 6, 0]), (21, 9, 16))
    masks["lid_margin"] = np.maximum(face.strokes(upper, 1.0), face.strokes(lower, 0.9))
    masks["lid_upper"] = np.clip(face.strokes((upper + crease) / 2, 3.6), 0, 1)
    masks["lid_crease"] = face.strokes(crease, 1.6)
    trough = np.stack([
        centre + np.array([-14, -8, 4]), centre + np.array([-8, -13, 4]), centre + np.array([2, -15, 3]),
        centre + np.array([12, -13, -2]),
    ])  # fmt: skip
    masks["lid_lower"] = face.strokes(lower + np.array([0, -3.5, 0], np.float32), 3.6)
    masks["tear_trough"] = face.strokes(trough, 3.8)
    masks["periorbital"] = np.maximum(
        np.maximum(face.blobs(centre + np.array([-1, -6, 0]), (19, 10, 18)), 0.85 * lid_area),
        0.9 * face.blobs(centre + np.array([-14, 2, 2]), (6, 9, 12)),
    )
    masks["inner_corner"] = face.blobs(face.of(42), (3.0, 3.0, 4.0))
    masks["brow"] = face.strokes(brow, 3.6)


def _lid_edges(face: _Face) -> tuple[Field, Field]:
    """The left eye's upper and lower lid edges in mm, each from the inner to the outer corner."""
    loop = face.topology.loops.get("lid_margin_l")
    if loop is None:
        return face.landmarks[[42, 43, 44, 45]], face.landmarks[[42, 47, 46, 45]]
    ring = face.vertices[loop]
    ring = np.roll(ring, -int(np.argmin(ring[:, 0])), axis=0)
    outer = int(np.argmax(ring[:, 0]))
    one, other = ring[: outer + 1], np.concatenate([ring[outer:], ring[:1]])[::-1]
    edges = (one, other) if one[:, 1].mean() > other[:, 1].mean() else (other, one)
    return edges[0][np.linspace(0, len(edges[0]) - 1, 9).astype(int)], edges[1][
        np.linspace(0, len(edges[1]) - 1, 9).astype(int)
    ]


def _nose_and_mouth(face: _Face, masks: dict[str, Field]) -> None:
    tip, base = face.of(30), face.of(33)
    wing = face.of(35)
    masks["nose_tip"] = face.blob(tip + np.array([0, -1, -2]), (10, 9, 11))
    masks["alae"] = face.blobs(wing + np.array([2.5, 4, -2]), (6, 7, 9))
    bridge = face.stroke(face.landmarks[27:31], 9.0)
    masks["nose"] = np.maximum(np.maximum(bridge, masks["nose_tip"]), np.maximum(masks["alae"], face.stroke(
        np.stack([face.of(31), base, face.of(35)]), 5.0
    )))  # fmt: skip
    upper = np.concatenate([face.landmarks[48:55], face.landmarks[54:55]])
    lower = np.concatenate([face.landmarks[54:60], face.landmarks[48:49]])
    inner = np.concatenate([face.landmarks[60:68], face.landmarks[60:61]])
    lips = np.maximum(np.maximum(face.stroke(upper, 2.5), face.stroke(lower, 3.0)), face.stroke(inner, 3.5))
    masks["lips"] = smoothstep(0.2, 0.9, lips)
    masks["perioral"] = face.blob(face.of(48, 54) + np.array([0, 0, 6]), (34, 24, 34))
    masks["philtrum"] = face.stroke(np.stack([base + np.array([0, -3, 0]), face.of(51)]), 4.5)
    masks["chin"] = face.blob(face.of(8) + np.array([0, 11, 4]), (17, 14, 20))
    masks["moustache"] = _between(face, face.of(33)[1] - 1.0, face.of(51)[1] - 1.5) * face.blob(
        (face.of(33) + face.of(51)) / 2, (33, 30, 40)
    )


def _between(face: _Face, above: float, below: float) -> Field:
    y = face.points[..., 1]
    return smoothstep(above + 2.0, above - 3.0, y) * smoothstep(below - 9.0, below - 3.0, y)


def _planes(face: _Face, masks: dict[str, Field]) -> None:
    eye, mouth = face.of(42, 43, 44, 45, 46, 47), face.of(54)
    wing, brow_y = face.of(35), face.of(19, 24)[1]
    apple = np.array([eye[0] + 8, wing[1] + 9, wing[2] - 12])
    masks["malar"] = face.blobs(apple + np.array([6, 4, -4]), (17, 13, 24))
    masks["cheek"] = np.maximum(face.blobs(apple, (20, 17, 26)), 0.75 * face.blobs(
        (apple + mouth) / 2 + np.array([14, -4, -12]), (19, 24, 28)
    ))  # fmt: skip
    x, y = face.points[..., 0], face.points[..., 1]
    masks["forehead"] = (
        smoothstep(brow_y + 4, brow_y + 14, y)
        * smoothstep(brow_y + 66, brow_y + 50, y)
        * smoothstep(66, 46, np.abs(x))
        * masks["front"]
    )
    masks["glabella"] = face.blob(face.of(21, 22) + np.array([0, 2, 0]), (12, 12, 15))
    temple = face.of(26) + np.array([9, -2, -22])
    masks["temple"] = face.blobs(temple, (14, 20, 20))
    masks["jaw"] = np.clip(face.stroke(face.landmarks[1:16], 11.0), 0, 1)
    masks["t_zone"] = np.clip(
        0.9 * masks["forehead"] * smoothstep(55, 22, np.abs(x)) + masks["nose"] + 0.8 * masks["glabella"]
        + 0.6 * masks["chin"], 0, 1,
    )  # fmt: skip
    # What faces up and forward catches the sun: nose, cheekbones, forehead, the tops of the ears.
    masks["sun"] = np.clip(
        0.35 * masks["front"] + 0.75 * masks["forehead"] + 0.9 * masks["malar"] + 0.9 * masks["nose"]
        + 0.5 * masks["cheek"] + 0.4 * masks["ear"] - 0.7 * masks["periorbital"] - 0.9 * masks["neck"], 0, 1,
    )  # fmt: skip


def _hairy(face: _Face, masks: dict[str, Field]) -> None:
    ears = [face.vertices[face.topology.sets[n]] for n in ("ear_l", "ear_r") if n in face.topology.sets]
    ear = np.concatenate(ears)
    ear_z, ear_low, ear_top = ear[:, 2].mean(), ear[:, 1].min(), ear[:, 1].max()
    eye_y, brow_y, mouth_y = face.of(36, 45)[1], face.of(19, 24)[1], face.of(48, 54)[1]
    azimuth = np.degrees(np.arctan2(np.abs(face.points[..., 0]), face.points[..., 2] - ear_z + 6.0)).astype(np.float32)
    y = face.points[..., 1]
    angles = [0, 12, 26, 38, 47, 56, 66, 74, 80, 86, 92, 100, 112, 128, 150, 180]
    middle = (ear_low + ear_top) / 2

    def line(recession: float) -> Field:
        heights = [
            brow_y + 46 + 11 * recession, brow_y + 46 + 20 * recession, brow_y + 46 + 33 * recession,
            brow_y + 40 + 28 * recession, brow_y + 30 + 23 * recession, eye_y + 28 + 14 * recession,
            eye_y + 12 + 6 * recession, eye_y - 8, middle - 2, ear_top - 8, ear_top + 4, ear_top - 3, middle + 8,
            ear_low + 6, ear_low - 12, ear_low - 20,
        ]  # fmt: skip
        return np.interp(azimuth, angles, heights).astype(np.float32)

    not_ear = 1.0 - masks["ear"]
    # Signed millimetres above the hairline, packed into 0..1 (0.5 on the line, 1 at 25 mm inside).
    for name, recession in (("scalp", 0.0), ("scalp_receding", 1.0)):
        masks[name] = np.clip(0.5 + (y - line(recession)) / 50.0, 0.0, 1.0) * not_ear
    cheek_line = np.interp(
        azimuth, [0, 22, 34, 48, 62, 74, 82, 180],
        [mouth_y + 4, mouth_y + 4, mouth_y + 3, mouth_y + 8, middle - 16, eye_y - 14, eye_y - 10, eye_y - 12],
    ).astype(np.float32)  # fmt: skip
    low = face.of(8)[1] - 22
    beard = smoothstep(7.0, -9.0, y - cheek_line) * smoothstep(low - 9, low + 14, y) * smoothstep(110, 74, azimuth)
    lips = masks["lips"]
    bare = face.blobs((face.of(54) + face.of(10)) / 2 + np.array([-7, 3, 4]), (7, 6, 12))
    # Sparse beside the soul patch and under the corner of the mouth, dense on chin and jaw.
    beard = beard * (1.0 - 0.55 * bare) * not_ear
    masks["beard"] = np.maximum(beard * (1.0 - masks["nose"]), masks["moustache"] * (1.0 - 0.45 * masks["philtrum"]))
    masks["beard"] = masks["beard"] * (1.0 - lips)
