"""Where facial hair grows: densities of beards and moustaches over the mean head, from its landmarks and lips.

All places are millimetres on the mean head; both sides of a face are alike but for the noise that frays their borders.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.hairline import azimuth, inside_mm, smoothstep
from headsmith_server.hair.parameters import BeardParameters
from headsmith_server.hair.scalp import Scalp, scalp_of
from headsmith_server.heads.protocol import HeadModel

Float32 = NDArray[np.float32]

LIP_GAP_MM: Final = 0.8
"""Roots stay so far from the red of the lips."""
EAR_GAP_MM: Final = 2.0
FAR_MM: Final = 6.0


@dataclass(frozen=True)
class LowerFace:
    """What beards need of a model. ground: the skin below the eyes as something to plant on; lips [N, 3]: the outer
    line of the lips, closed; ears [N, 3]: where they join the head; marks [68, 3]: multi_pie_68; scale: chin to nose
    against 63 mm."""

    ground: Scalp
    lips: Float32
    ears: Float32
    marks: Float32
    scale: float

    def lip_distance(self, points: Float32) -> Float32:
        """Millimetres [N] to the outer line of the lips, FAR_MM where it is farther."""
        out = np.full(len(points), FAR_MM, np.float32)
        low, high = self.lips.min(axis=0) - FAR_MM, self.lips.max(axis=0) + FAR_MM
        near = np.flatnonzero(((points > low) & (points < high)).all(axis=1))
        out[near] = np.minimum(_gap(points[near], self.lips), FAR_MM)
        return out

    def ear_distance(self, points: Float32) -> Float32:
        """Millimetres [N] to where the nearer ear joins the head."""
        return _gap(points, self.ears)


def _gap(points: Float32, others: Float32) -> Float32:
    return torch.cdist(torch.from_numpy(np.ascontiguousarray(points)), torch.from_numpy(others)).amin(1).numpy()


_FACES: dict[str, LowerFace] = {}


def lower_face(model: HeadModel) -> LowerFace:
    """The model's lower face, computed once for its sha256 in a process."""
    if model.sha256 not in _FACES:
        _FACES[model.sha256] = _build(model)
    return _FACES[model.sha256]


def _build(model: HeadModel) -> LowerFace:
    scalp, topology = scalp_of(model), model.topology
    mean = scalp.mean
    marks = topology.landmarks["multi_pie_68"].positions(mean)
    skin = topology.part("skin")
    quads = np.where(skin.faces < 0, skin.faces[:, :1], skin.faces).astype(np.int64)
    uv_quads = np.where(skin.faces < 0, skin.uv_faces[:, :1], skin.uv_faces).astype(np.int64)
    corners = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    uv_corners = np.concatenate([uv_quads[:, [0, 1, 2]], uv_quads[:, [0, 2, 3]]])
    barred = np.zeros(len(mean), bool)
    for name in ("lips", "mouth_cavity", "inner_lid", "nostril_inside", "ear_l", "ear_r"):
        barred[topology.sets.get(name, np.zeros(0, np.int32))] = True
    eye_y = float(marks[[36, 45], 1].mean())
    usable = ~barred[corners].any(axis=1) & (mean[corners][..., 1].max(axis=1) < eye_y + 12.0)
    corners, uv_corners = corners[usable], uv_corners[usable]
    # From top to bottom, in strips: neighbours in the list are near each other, so that slices of it spread evenly.
    middle = mean[corners].mean(axis=1)
    strip = np.floor(middle[:, 1] / 4.0)
    order = np.lexsort((middle[:, 0] * np.where(strip % 2 == 0, 1.0, -1.0), strip))
    corners, uv_corners = corners[order], uv_corners[order]
    a, b, c = (mean[corners[:, number]] for number in range(3))
    areas = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    whole = areas > 1e-6
    ground = replace(
        scalp,
        corners=corners[whole],
        uv_corners=skin.uvs[uv_corners[whole]].astype(np.float32),
        areas=areas[whole].astype(np.float32),
    )
    outline = mean[topology.loops["lips_outer"]]
    after = np.roll(outline, -1, axis=0)
    steps = np.linspace(0.0, 1.0, 4, endpoint=False, dtype=np.float32)[None, :, None]
    lips = (outline[:, None] * (1 - steps) + after[:, None] * steps).reshape(-1, 3)
    scale = float(marks[33, 1] - marks[8, 1]) / 63.3
    # Where the ears join the head.
    ear = np.zeros(len(mean), bool)
    for name in ("ear_l", "ear_r"):
        ear[topology.sets.get(name, np.zeros(0, np.int32))] = True
    joining = quads[ear[quads].any(axis=1) & ~ear[quads].all(axis=1)]
    ears = mean[np.unique(joining[ear[joining]])]
    return LowerFace(ground, np.ascontiguousarray(lips, np.float32), ears, marks.astype(np.float32), scale)


def beard_share(face: LowerFace, points: Float32, beard: BeardParameters) -> Float32:
    """How densely the beard without its moustache grows, 0..1 [N], at places [N, 3] mm on the mean head's skin."""
    if beard.style == "none":
        return np.zeros(len(points), np.float32)
    return _kept_off(face, points, _STYLES[beard.style](_Places.of(face, points), beard))


def moustache_share(face: LowerFace, points: Float32, beard: BeardParameters) -> Float32:
    """How densely the moustache grows, 0..1 [N], at places [N, 3] mm on the mean head's skin."""
    if beard.moustache == "none":
        return np.zeros(len(points), np.float32)
    at = _Places.of(face, points)
    share = _moustache(at, beard.moustache)
    if beard.style in ("stubble", "short", "full", "long") and beard.moustache in ("natural", "chevron", "walrus"):
        # It goes on around the mouth's corners into the beard.
        bridge = smoothstep(at.corner - 1.0, at.corner + 2.0, at.x) * smoothstep(
            at.corner + 11.0, at.corner + 5.0, at.x
        )
        share = np.maximum(share, 0.55 * bridge * smoothstep(-13.0, -6.0, at.y) * smoothstep(7.0, 1.0, at.y))
    return _kept_off(face, points, share)


def facial_density(model: HeadModel, beard: BeardParameters) -> Float32:
    """Density at each skin vertex, float32 [skin V], 0..1: beard and moustache, for painting the skin under them."""
    face = lower_face(model)
    mean = face.ground.mean
    out = np.zeros(len(mean), np.float32)
    used = np.unique(face.ground.corners)
    points = mean[used]
    out[used] = np.maximum(beard_share(face, points, beard), moustache_share(face, points, beard))
    return out


@dataclass(frozen=True)
class _Places:
    """Coordinates of N places, in millimetres of an ordinary face.

    x from the middle, y above the mouth's corners; ear: to the nearest ear; cheek: above the cheek line; jaw: above the
    jaw's edge; neck: above the neck line; lip: above the upper lip; nose: below its base; below_lip: below the lower
    lip; hairline: inside the scalp's hair; ragged: smooth noise of about unit size. chin, corner, wing: the chin's y,
    and how far from the middle the mouth's corners and the wings of the nose are.
    """

    x: Float32
    y: Float32
    ear: Float32
    cheek: Float32
    jaw: Float32
    neck: Float32
    lip: Float32
    nose: Float32
    below_lip: Float32
    hairline: Float32
    ragged: Float32
    chin: float
    corner: float
    wing: float

    @staticmethod
    def of(face: LowerFace, points: Float32) -> _Places:
        m, s, marks = face.ground.measures, face.scale, face.marks
        px, py, pz = points.T
        x, y, turn = np.abs(px) / s, (py - m.mouth_y) / s, azimuth(m, points)
        ear = face.ear_distance(points) / s
        # From the strip before the ear the line swings down to the mouth's corner.
        cheek = np.interp(ear, (0, 13, 17, 23, 33, 48, 62, 90), (80, 78, 54, 34, 18, 10, 6, 4))
        chin = float(marks[8, 1] - m.mouth_y) / s
        jaw = np.interp(turn, (0, 20, 40, 60, 75, 90), chin + np.array([0.0, 4.0, 11.0, 23.0, 38.0, 52.0]))
        neck = np.interp(turn, (0, 40, 65, 90, 180), (chin - 17, chin - 15, chin - 4, chin + 16, chin + 26))
        corner = float(np.abs(marks[[48, 54], 0]).mean()) / s
        wing = float(np.abs(marks[[31, 35], 0]).mean()) / s
        base = float(marks[33, 1] - m.mouth_y) / s
        nose = np.interp(x, (0, wing - 3, wing + 3, corner + 3, corner + 12), (base - 2, base - 2, base - 3.5, 5, -6))
        ragged = 0.8 * np.sin(0.41 * px + 0.27 * py) + 0.6 * np.sin(0.83 * py - 0.35 * px + 0.5 * pz + 1.3)
        return _Places(
            x=x.astype(np.float32),
            y=y.astype(np.float32),
            ear=ear.astype(np.float32),
            cheek=(y - cheek).astype(np.float32),
            jaw=(y - jaw).astype(np.float32),
            neck=(y - neck).astype(np.float32),
            lip=(y - _edge(face, px, True)).astype(np.float32),
            nose=(nose - y).astype(np.float32),
            below_lip=(_edge(face, px, False) - y).astype(np.float32),
            hairline=(inside_mm(m, points) / s).astype(np.float32),
            ragged=ragged.astype(np.float32),
            chin=chin,
            corner=corner,
            wing=wing,
        )


def _edge(face: LowerFace, x: Float32, upper: bool) -> Float32:
    """Height of the lips' upper or lower outline above the mouth's corners at x [N] mm, in ordinary millimetres."""
    mouth_y = face.ground.measures.mouth_y
    line = face.lips[face.lips[:, 1] > mouth_y - 1.0] if upper else face.lips[face.lips[:, 1] < mouth_y]
    line = line[np.argsort(line[:, 0], kind="stable")]
    return (np.interp(x, line[:, 0], line[:, 1] - mouth_y) / face.scale).astype(np.float32)


def _full(at: _Places, beard: BeardParameters) -> Float32:
    inside = smoothstep(4.0, -6.0, at.cheek + at.ragged) * smoothstep(-6.0, 6.0, at.neck + at.ragged)
    # Thin beside the soul patch and under the mouth's corners.
    bare = np.exp(-np.square((at.x - 15.0) / 6.5) - np.square((at.y + 15.0) / 5.0))
    amount = {"stubble": 0.6, "short": 0.5}.get(beard.style, 0.3)
    return inside * _below_hairline(at) * (1.0 - amount * bare) * _beside_mouth(at)


def _below_hairline(at: _Places) -> Float32:
    """Sideburns end a little inside the hair of the head."""
    return smoothstep(9.0, 3.0, at.hairline)


def _beside_mouth(at: _Places) -> Float32:
    """0 on the upper lip, which is the moustache's, 1 elsewhere."""
    above = smoothstep(-5.0, -1.0, at.y)
    return 1.0 - above * smoothstep(at.corner + 7.0, at.corner + 2.0, at.x)


def _soul_patch(at: _Places, beard: BeardParameters) -> Float32:
    narrowing = (0.16 * np.clip(at.below_lip, 0.0, 20.0)).astype(np.float32)
    across = smoothstep(9.0, 4.0, at.x + narrowing + 0.6 * at.ragged)
    return np.asarray(
        across * smoothstep(0.0, 1.5, at.below_lip) * smoothstep(15.0, 9.0, at.below_lip + at.ragged), np.float32
    )


def _chin(at: _Places, half: float, high: float) -> Float32:
    """The chin and a little beneath it: half its width in mm; high: mm below the mouth where it begins."""
    # Rounded above, so that no corner shows beside the soul patch.
    reach = np.sqrt(np.square(at.x / half) + np.square(np.clip(at.y - (at.chin + 14.0), 0.0, None) / (high - 6.0)))
    across = smoothstep(1.18, 0.82, reach + 0.04 * at.ragged)
    return np.asarray(across * smoothstep(-2.0, 6.0, at.neck + at.ragged), np.float32)


def _goatee(at: _Places, beard: BeardParameters) -> Float32:
    hair = np.maximum(_chin(at, 23.0, 21.0), _soul_patch(at, beard))
    if beard.moustache != "none":  # a circle beard: bars join the moustache with the chin
        middle = at.corner + 4.5 - 0.006 * np.square(np.clip(-at.y, 0.0, 40.0))
        bar = smoothstep(7.0, 3.0, np.abs(at.x - middle) + 0.6 * at.ragged)
        hair = np.maximum(hair, bar * smoothstep(7.0, 0.0, at.y) * smoothstep(-42.0, -30.0, at.y))
    return hair


def _van_dyke(at: _Places, beard: BeardParameters) -> Float32:
    return np.maximum(_chin(at, 15.0, 20.0), _soul_patch(at, beard))


def _chin_strap(at: _Places, beard: BeardParameters) -> Float32:
    band = smoothstep(13.0, 9.0, at.jaw + 0.5 * at.ragged) * smoothstep(-12.0, -6.0, at.jaw + 0.5 * at.ragged)
    front = band * smoothstep(14.0, 20.0, at.ear)
    return np.maximum(front, _sideburn(at, 17.0) * smoothstep(-12.0, -6.0, at.jaw))


def _sideburn(at: _Places, wide: float) -> Float32:
    """A strip before the ear, from the hair of the head down."""
    return smoothstep(wide + 2.5, wide - 2.5, at.ear + 0.6 * at.ragged) * _below_hairline(at)


def _sideburns(at: _Places, beard: BeardParameters) -> Float32:
    narrowed = replace(at, ear=(at.ear - 0.12 * np.clip(30.0 - at.y, 0.0, 40.0)).astype(np.float32))
    return _sideburn(narrowed, 16.0) * smoothstep(3.0, 9.0, at.y + at.ragged)


def _mutton_chops(at: _Places, beard: BeardParameters) -> Float32:
    wider = smoothstep(4.0, -6.0, at.cheek - 5.0 + at.ragged) * smoothstep(-9.0, -1.0, at.jaw + at.ragged)
    return wider * _below_hairline(at) * smoothstep(23.0, 31.0, at.x + at.ragged) * _beside_mouth(at)


def _moustache(at: _Places, style: str) -> Float32:
    above = smoothstep(0.2, 1.6, at.lip) * smoothstep(-0.8, 1.8, at.nose + 0.5 * at.ragged)
    below = smoothstep(-9.0, -4.0, at.y)
    if style == "pencil":
        # A thin line close to the lip, parted in the middle.
        line = smoothstep(0.5, 1.3, at.lip) * smoothstep(5.2, 3.6, at.lip + 0.3 * at.ragged)
        reach = smoothstep(at.corner + 5.0, at.corner + 1.0, at.x) * smoothstep(-4.0, -1.0, at.y)
        return np.asarray(line * reach * smoothstep(0.6, 2.4, at.x), np.float32)
    if style == "toothbrush":
        return np.asarray(above * smoothstep(at.wing - 0.5, at.wing - 2.5, at.x + 0.4 * at.ragged), np.float32)
    far = {"natural": 4.0, "chevron": 3.0, "handlebar": 6.0, "walrus": 7.0}[style]
    reach = smoothstep(at.corner + far + 2.0, at.corner + far - 3.0, at.x + at.ragged)
    parted = {"natural": 0.5, "chevron": 0.2, "handlebar": 0.75, "walrus": 0.15}[style]
    return above * below * reach * (1.0 - parted * np.exp(-np.square(at.x / 2.6)))


def _kept_off(face: LowerFace, points: Float32, share: Float32) -> Float32:
    gap, m = face.ear_distance(points), face.ground.measures
    clear = smoothstep(EAR_GAP_MM - 1.0, EAR_GAP_MM + 1.5, gap)
    clear *= smoothstep(m.ear_front - 20.0 * m.scale, m.ear_front - 12.0 * m.scale, points[:, 2])  # not on the nape
    lips = smoothstep(LIP_GAP_MM, LIP_GAP_MM + 0.8, face.lip_distance(points))
    return (share * clear * lips).astype(np.float32)


_STYLES: Final = {
    "stubble": _full, "short": _full, "full": _full, "long": _full, "goatee": _goatee, "van_dyke": _van_dyke,
    "chin_strap": _chin_strap, "soul_patch": _soul_patch, "mutton_chops": _mutton_chops, "sideburns": _sideburns,
}  # fmt: skip
