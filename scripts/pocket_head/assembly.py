"""Everything put together: skin layout, parts, population, shapes and landmarks become one fitted head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.evaluation.surface_distance import closest_points
from headsmith_server.heads.ict_facekit import IctModel
from headsmith_server.heads.measurements import measure
from headsmith_server.heads.protocol import PartTopology, SurfacePoints, Topology
from headsmith_shared.arkit import ARKIT_NAMES
from scripts.pocket_head.folds import SkinMesh, mend, mend_modes
from scripts.pocket_head.following import GROUP_OF_PART, GROUPS, expand
from scripts.pocket_head.layout import SkinLayout
from scripts.pocket_head.lip_contact import LipContact
from scripts.pocket_head.pack import FittedHead, PackedPart, Row
from scripts.pocket_head.parts import PocketParts, build_parts
from scripts.pocket_head.picture import triangles_of
from scripts.pocket_head.registration import Registration
from scripts.pocket_head.rig import JOINTS, skin_weights
from scripts.pocket_head.semantics import Direction
from scripts.pocket_head.shapes import AUTHORED, arkit_fields, other_side
from scripts.pocket_head.skin_frame import SkinFrame
from scripts.pocket_head.statistics import MAKEHUMAN_SHARE, SEMANTIC_SHARE, build_basis, parted

REGION_WEIGHTS: Final[Mapping[str, float]] = {
    "face_region": 1.0, "ear_l": 0.6, "ear_r": 0.6, "scalp": 0.3, "neck": 0.1,
    "mouth_cavity": 0.1, "inner_lid": 0.4, "nostril_inside": 0.2,
}  # fmt: skip
"""How much a region counts, for its area, when modes are chosen."""
SEALED: Final = ("cheekPuff",)
"""Shapes that hold the breath: the lips stay together, which ICT's leave a little apart."""
SPREAD_DRAWS: Final = 200
FOLD_DRAWS: Final = 150
IRIS: Final = {"mediapipe_478": (range(468, 473), range(473, 478))}
"""MediaPipe's iris points: the subject's right eye, then the left."""


@dataclass(frozen=True)
class Ground:
    """What does not change while fitting: the sources, our skin's mean and mesh, and our parts on it."""

    ict: IctModel
    layout: SkinLayout
    parts: PocketParts
    mesh: SkinMesh
    lips: LipContact
    topology: Topology
    mean: NDArray[np.float64]

    def skin(self, fields: NDArray[np.floating]) -> NDArray[np.float64]:
        """Fields on ICT's vertices [N, 26719, 3] as deltas of our skin [N, S, 3]."""
        return np.stack([self.layout.bind @ field for field in np.asarray(fields, dtype=np.float64)])

    def identity(self, fields: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Identity fields on ICT's vertices [N, 26719, 3] as deltas of our skin [N, S, 3], lids kept on the
        eyes and lips together, and maps of the free parts' groups [N, G, 3, 4]."""
        skin = np.stack([self.lips.closed(delta) for delta in self.skin(fields)])
        affine = self.parts.identity_affine(skin, fields)
        eyes = {name: affine[:, GROUPS.index(name)] for name in ("eye_l", "eye_r")}
        return self.parts.lids.conform(skin, eyes), affine

    def linear(self, skin: NDArray[np.floating], affine: NDArray[np.floating]) -> NDArray[np.float64]:
        """Skin deltas [.., S, 3] and group maps [.., G, 3, 4] as deltas of all linear vertices [.., L, 3]."""
        return np.concatenate([skin, self.parts.spread(affine)], axis=-2)


def make_ground(ict: IctModel, layout: SkinLayout, marks: NDArray[np.float64]) -> Ground:
    """Skin and parts on ICT's mean, with loops, sets and landmarks. marks: MediaPipe's 478 points on ICT's mean."""
    sets = {name: np.unique(layout.faces[mask][layout.faces[mask] >= 0]) for name, mask in layout.sets.items()}
    positions = np.asarray(layout.bind @ ict.neutral.astype(np.float64))
    positions = 0.5 * (positions + positions[layout.mirror] * (-1.0, 1.0, 1.0))
    lips = LipContact.of(layout, positions)
    positions = lips.sealed(positions)
    frame = SkinFrame(positions, layout.faces.astype(np.int32), layout.mirror, layout.loops)
    parts = build_parts(frame, ict.neutral)
    positions = parts.skin.positions
    free = np.concatenate([mesh.positions for mesh in parts.free]).astype(np.float64)
    mean = np.concatenate([positions, free])
    outside = ~np.any([layout.sets[name] for name in ("mouth_cavity", "inner_lid", "nostril_inside")], axis=0)
    eyes = {
        side: len(positions) + parts.meshes[index].faces + parts.slices[f"eye_{side}"].start
        for index, side in enumerate("lr")
    }
    landmarks = {
        "multi_pie_68": _on_surface(ict.neutral[ict.landmarks], mean, layout.faces[outside]),
        "mediapipe_478": _mediapipe(marks, mean, layout.faces[outside], eyes),
    }
    skin = PartTopology(
        "skin", "skin", range(len(positions)), layout.faces.astype(np.int32), layout.uvs.astype(np.float32),
        layout.uv_faces.astype(np.int32), np.zeros((len(positions), len(JOINTS)), dtype=np.float32),
    )  # fmt: skip
    rest = [
        PartTopology(
            mesh.name, mesh.material,
            range(len(positions) + parts.slices[mesh.name].start, len(positions) + parts.slices[mesh.name].stop),
            mesh.faces, mesh.uvs, mesh.uv_faces, mesh.weights,
        )
        for mesh in parts.meshes
    ]  # fmt: skip
    topology = Topology((skin, *rest), layout.loops, sets, layout.mirror, landmarks)
    return Ground(ict, layout, parts, SkinMesh.of(positions, layout.faces, layout.mirror), lips, topology, mean)


def _on_surface(
    points: NDArray[np.floating], vertices: NDArray[np.floating], faces: NDArray[np.integer]
) -> SurfacePoints:
    triangles = triangles_of(faces.astype(np.int32))
    found = closest_points(
        torch.from_numpy(np.asarray(points, dtype=np.float64)),
        torch.from_numpy(np.asarray(vertices, dtype=np.float64)),
        torch.from_numpy(triangles.astype(np.int64)),
    )
    return SurfacePoints(
        triangles[found.triangle.numpy()].astype(np.int32), found.barycentrics.numpy().astype(np.float32)
    )


def _mediapipe(
    points: NDArray[np.float64],
    vertices: NDArray[np.floating],
    faces: NDArray[np.integer],
    eyes: Mapping[str, NDArray[np.integer]],
) -> SurfacePoints:
    """468 points on the skin, the ten of the irises on the eyeballs (model vertex numbers)."""
    on_skin = _on_surface(points, vertices, faces)
    corners, barycentrics = on_skin.corners.copy(), on_skin.barycentrics.copy()
    for rows, side in zip(IRIS["mediapipe_478"], "rl", strict=True):
        on_eye = _on_surface(points[list(rows)], vertices, eyes[side])
        corners[list(rows)], barycentrics[list(rows)] = on_eye.corners, on_eye.barycentrics
    return SurfacePoints(corners, barycentrics)


def scaled(
    ground: Ground,
    directions: list[Direction],
    skin: NDArray[np.float64],
    affine: NDArray[np.float64],
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """float64 [A]: by how much each direction's field is multiplied, so that 1 moves its measurement by one standard
    deviation of ICT's population (its modes: skin [100, S, 3] and affine [100, G, 3, 4])."""

    def measured(linear: NDArray[np.float64]) -> dict[str, float]:
        # Lashes and brows, which are left out here, are not measured.
        return measure(ground.topology, linear)

    draws = generator.standard_normal((SPREAD_DRAWS, len(skin)))
    drawn = [
        measured(ground.mean + ground.linear(np.tensordot(row, skin, axes=1), np.tensordot(row, affine, axes=1)))
        for row in draws
    ]
    spread = {name: float(np.std([row[name] for row in drawn])) for name in drawn[0]}
    factors = []
    for direction in directions:
        factor = direction.amount
        if direction.measurement is not None:
            own = ground.linear(*ground.identity(direction.field[None]))[0]
            up, down = measured(ground.mean + 0.5 * own), measured(ground.mean - 0.5 * own)
            slope = up[direction.measurement] - down[direction.measurement]
            factor *= spread[direction.measurement] / slope
            print(f"  {direction.name}: {direction.measurement} spreads {spread[direction.measurement]:.2f}, "
                  f"full sliders {slope:.2f}, factor {factor:.2f}")  # fmt: skip
        factors.append(factor)
    return np.array(factors)


def fit(
    ground: Ground,
    registration: Registration,
    directions: list[Direction],
    population: NDArray[np.float64],
    seed: int,
) -> FittedHead:
    """The whole head. population float64 [N, 26719, 3]: MakeHuman's shapes beside ICT's."""
    generator = np.random.default_rng(seed)
    fields = [ground.ict.identity, population, np.stack([d.field for d in directions])]
    counts = [len(part) for part in fields]
    skin, affine = (np.concatenate(pair) for pair in zip(*map(ground.identity, fields), strict=True))
    skin = parted(skin, ground.mesh.mirror)
    factors = scaled(ground, directions, skin[: counts[0]], affine[: counts[0]], generator)
    skin[-counts[2] :] *= factors[:, None, None]
    affine[-counts[2] :] *= factors[:, None, None, None]
    spread = np.repeat([1.0, MAKEHUMAN_SHARE, SEMANTIC_SHARE], counts)
    weights, neck = _vertex_weights(ground)
    basis = build_basis(skin, spread, np.arange(counts[0] + counts[1], sum(counts)), weights, neck)
    modes = mend_modes(ground.mesh, np.tensordot(basis.mixture, skin, axes=1), generator, FOLD_DRAWS)
    modes = parted(modes, ground.mesh.mirror)
    fields_of_shapes = arkit_fields(ground.ict, registration.mirror)
    expressions = shapes(ground, fields_of_shapes)
    return FittedHead(
        mean=ground.mean,
        identity=modes,
        expressions=expressions,
        following={
            "groups": np.concatenate(
                [np.full(len(mesh.positions), GROUPS.index(GROUP_OF_PART[mesh.name])) for mesh in ground.parts.free]
            ),
            "origins": ground.parts.follower.origins,
            "identity": np.tensordot(basis.mixture, affine, axes=1),
            "expression": np.stack([_expression_affine(ground, name, fields_of_shapes) for name in ARKIT_NAMES]),
        },
        binding={
            "corners": ground.parts.binding.corners.numpy(),
            "barycentrics": ground.parts.binding.barycentrics.numpy(),
            "offsets": ground.parts.binding.offsets.numpy(),
            "spans": ground.parts.binding.spans.numpy(),
        },
        closures={
            name: (closure.rows, closure.columns, closure.values)
            for name, closure in ground.parts.lids.closures().items()
        },
        joints=[
            (
                rule.name,
                rule.parent,
                Row(rule.head.indices, rule.head.weights),
                Row(rule.tail.indices, rule.tail.weights),
            )
            for rule in ground.parts.joints
        ],
        attributes=[(d.name, d.low, d.high) for d in directions],
        directions=basis.directions,
        parts=_packed_parts(ground, expressions["jawOpen"], _expression_affine(ground, "jawOpen", fields_of_shapes)),
        loops=ground.topology.loops,
        sets=ground.topology.sets,
        mirror=ground.topology.mirror,
        landmarks={name: (p.corners, p.barycentrics) for name, p in ground.topology.landmarks.items()},
    )


def shapes(ground: Ground, fields: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """ARKit name -> deltas of the linear vertices [L, 3], mended; a left shape is the mirror image of the right.

    The free parts' rows hold only what is authored: the rest follows by their groups' maps.
    """
    flip = np.array([-1.0, 1.0, 1.0])
    mended: dict[str, NDArray[np.float64]] = {}
    authored: dict[str, NDArray[np.float64]] = {}
    for name in ARKIT_NAMES:
        if name in mended:
            continue
        own = ground.skin(fields[name][None])[0]
        delta, _ = mend(ground.mesh, ground.lips.closed(own) if name in SEALED else own)
        delta, offsets = ground.parts.expression_offsets(name, delta, None if name in AUTHORED else fields[name])
        left = int(ground.mesh.folded(ground.mesh.positions + delta).sum())
        if left:
            print(f"  {name}: {left} quads still fold")
        mended[name] = delta
        if other_side(name) != name:
            mended[other_side(name)] = delta[ground.mesh.mirror] * flip
        authored[name] = offsets - ground.parts.spread(_expression_affine(ground, name, fields))
    none = np.zeros((ground.parts.free_count, 3))
    return {name: np.concatenate([mended[name], authored.get(name, none)]) for name in ARKIT_NAMES}


def _vertex_weights(ground: Ground) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(weights [V] for choosing modes, neck [V] in 0..1 per area)."""
    corners = ground.mesh.positions[ground.mesh.faces]
    area = 0.5 * np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)
    weights, neck = np.zeros(len(ground.mesh.positions)), np.zeros(len(ground.mesh.positions))
    for name, mask in ground.layout.sets.items():
        for corner in range(4):
            there = mask & (ground.mesh.faces[:, 3] >= 0)
            rows = ground.mesh.faces[there, corner]
            np.add.at(weights, rows, 0.25 * area[there] * REGION_WEIGHTS.get(name, 0.0))
            if name == "neck":
                np.add.at(neck, rows, 0.25 * area[there])
    return weights, neck


def _expression_affine(ground: Ground, name: str, fields: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    return ground.parts.expression_affine(name, None if name in AUTHORED else fields[name])


def _packed_parts(ground: Ground, jaw_open: NDArray[np.float64], affine: NDArray[np.float64]) -> list[PackedPart]:
    skin = len(ground.mesh.positions)
    lower = GROUPS.index("lower")
    # What the jaw's own motion, continued to the skin, would do there.
    motion = expand(affine[lower], ground.mesh.positions, ground.parts.follower.origins[lower])
    weights = skin_weights(ground.mesh.positions, ground.mesh.faces, ground.topology.mirror, jaw_open[:skin], motion)
    packed = [PackedPart("skin", "skin", ground.layout.faces, ground.layout.uvs, ground.layout.uv_faces, weights)]
    return packed + [
        PackedPart(mesh.name, mesh.material, mesh.faces, mesh.uvs, mesh.uv_faces, mesh.weights)
        for mesh in ground.parts.meshes
    ]
