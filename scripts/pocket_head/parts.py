"""All parts of the pocket head but the skin, and how they follow it: the one door that the fitting script uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.binding import SurfaceBinding, bind
from scripts.pocket_head.eyes import Eyeball, cornea_mesh, eyeball_mesh, fit_ball
from scripts.pocket_head.following import GROUP_OF_PART, GROUPS, Follower, expand, make_follower
from scripts.pocket_head.gaze import gaze_affine
from scripts.pocket_head.gums import gum_mesh
from scripts.pocket_head.hairs import Hairs, grow_brows, grow_lashes
from scripts.pocket_head.lid_grid import INNER_ROW, LidGrid, lid_grid, seat
from scripts.pocket_head.lids import Lids
from scripts.pocket_head.lips import part_lips
from scripts.pocket_head.quads import Points, QuadMesh
from scripts.pocket_head.rig import JOINTS, JointRule, make_joints
from scripts.pocket_head.skin_frame import SkinFrame
from scripts.pocket_head.teeth import teeth_mesh
from scripts.pocket_head.tongue import tongue_mesh, tongue_out

# Between the back edge of the lid margin, on average, and the ball; the film over the sclera fills it.
LID_CLEARANCE: Final = 0.00012
# Where a ball may be, for want of depth in a lid margin: the turning point of the scanned mean's eyes.
EYE_PRIOR: Final = np.array([0.0312, 0.0360, 0.0798])

_MATERIALS: Final = {
    "eye_l": "eyes", "eye_r": "eyes", "cornea_l": "cornea", "cornea_r": "cornea",
    "teeth_upper": "teeth", "teeth_lower": "teeth", "gums_upper": "gums", "gums_lower": "gums", "tongue": "tongue",
    "lashes": "lashes", "brows": "brows",
}  # fmt: skip
_JOINT_OF_GROUP: Final = {"eye_l": "eye_l", "eye_r": "eye_r", "upper": "head", "lower": "jaw"}


@dataclass(frozen=True)
class PartMesh:
    """One part on the mean head: positions float32 [V, 3] metres; faces int32 [F, 4] quads; uvs float32 [T, 2] in
    0..1; uv_faces int32 [F, 4]; weights float32 [V, 5] in rig.JOINTS order."""

    name: str
    material: str
    positions: NDArray[np.float32]
    faces: NDArray[np.int32]
    uvs: NDArray[np.float32]
    uv_faces: NDArray[np.int32]
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class PocketParts:
    """Every part but the skin in PART_NAMES order, free parts (which follow by affine maps) first, bound parts
    (lashes, brows) last; the eyeballs; how they follow; the joints; the lids. `skin` is the mean skin with its lids
    laid onto the eyes: its positions replace the layout's."""

    meshes: tuple[PartMesh, ...]
    balls: dict[str, Eyeball]
    follower: Follower
    binding: SurfaceBinding
    joints: tuple[JointRule, ...]
    lids: Lids
    skin: SkinFrame

    @cached_property
    def free(self) -> tuple[PartMesh, ...]:
        """The parts that follow by affine maps."""
        return tuple(mesh for mesh in self.meshes if mesh.name in GROUP_OF_PART)

    @cached_property
    def free_count(self) -> int:
        """Vertices of the free parts together."""
        return sum(len(mesh.positions) for mesh in self.free)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Each part's rows in the concatenation of all parts."""
        ends = np.cumsum([0] + [len(mesh.positions) for mesh in self.meshes])
        return {mesh.name: slice(int(ends[i]), int(ends[i + 1])) for i, mesh in enumerate(self.meshes)}

    def spread(self, affine: NDArray[np.float64]) -> Points:
        """Offsets [.., free_count, 3] of the free parts under maps [.., 4 groups, 3, 4]."""
        rows = []
        for mesh in self.free:
            group = GROUPS.index(GROUP_OF_PART[mesh.name])
            rows.append(
                expand(affine[..., group, :, :], mesh.positions.astype(np.float64), self.follower.origins[group])
            )
        return np.concatenate(rows, axis=-2)

    def identity_affine(self, skin: NDArray[np.floating], ict: NDArray[np.floating] | None = None) -> Points:
        """Maps [.., 4, 3, 4] of the groups for identity displacements of our skin [.., S, 3] and, where the
        displacement comes from ICT-FaceKit, of its vertices [.., 26719, 3]; metres; linear in both."""
        skin = np.asarray(skin, dtype=np.float64)
        return self.follower.identity(skin, None if ict is None else np.asarray(ict, dtype=np.float64))

    def identity_offsets(
        self, skin: NDArray[np.floating], ict: NDArray[np.floating] | None = None
    ) -> tuple[Points, Points]:
        """Skin displacements [.., S, 3] with the lids kept on the eyes, and offsets [.., free_count, 3] of the free
        parts, for identity displacements as in `identity_affine`; linear."""
        affine = self.identity_affine(skin, ict)
        eyes = {name: affine[..., GROUPS.index(name), :, :] for name in ("eye_l", "eye_r")}
        return self.lids.conform(np.asarray(skin, dtype=np.float64), eyes), self.spread(affine)

    def expression_affine(self, name: str, ict: NDArray[np.floating] | None) -> Points:
        """Maps [4, 3, 4] of an ARKit shape at weight 1; ict: displacement [26719, 3], None where ICT has no shape."""
        affine = np.zeros((len(GROUPS), 3, 4)) if ict is None else self.follower.expression(np.asarray(ict, np.float64))
        turn = gaze_affine(name)
        if turn is not None:
            affine[GROUPS.index(turn[0])] = turn[1]
        return affine

    def expression_offsets(
        self, name: str, skin: NDArray[np.floating], ict: NDArray[np.floating] | None
    ) -> tuple[Points, Points]:
        """The skin displacement [S, 3] mended (blinks close, lids stay off the eyes, lips part for the tongue) and the
        free parts' offsets [free_count, 3] of an ARKit shape at weight 1 on the mean head."""
        offsets = self.spread(self.expression_affine(name, ict))
        mended = self.lids.shape(name, np.asarray(skin, dtype=np.float64))
        if name == "tongueOut":
            offsets[self.slices["tongue"]] += tongue_out()
            mended = mended + part_lips(self.skin)
        return mended, offsets


def build_parts(skin: SkinFrame, ict_neutral: NDArray[np.floating]) -> PocketParts:
    """Build every part on a mean skin; ict_neutral [26719, 3] in metres only says where ICT's parts rest."""
    ball = _fit_eye(skin)
    mirrored = Eyeball((-ball.centre[0], ball.centre[1], ball.centre[2]), ball.radius)
    balls = {"eye_l": ball, "eye_r": mirrored}
    left = lid_grid(skin, ball, skin.loops["lid_margin_l"])
    right = LidGrid(skin.mirror[left.vertices].astype(np.int32), left.outer, mirrored)
    positions = seat(right, seat(left, skin.positions))
    skin = replace(skin, positions=positions)
    lids = Lids(left, right, positions)
    lines = {"eye_l": left.row(INNER_ROW), "eye_r": right.row(INNER_ROW)}
    margins = {"eye_l": left.row(0), "eye_r": right.row(0)}
    centres = {name: np.array(ball.centre) for name, ball in balls.items()}
    eye, cornea = eyeball_mesh(balls["eye_l"]), cornea_mesh(balls["eye_l"])
    quads = {
        "eye_l": eye, "eye_r": eye.mirrored(), "cornea_l": cornea, "cornea_r": cornea.mirrored(),
        "teeth_upper": teeth_mesh("upper"), "teeth_lower": teeth_mesh("lower"),
        "gums_upper": gum_mesh("upper"), "gums_lower": gum_mesh("lower"), "tongue": tongue_mesh(),
    }  # fmt: skip
    meshes = [_part(name, mesh, _JOINT_OF_GROUP[GROUP_OF_PART[name]]) for name, mesh in quads.items()]
    lashes, brows = grow_lashes(skin, left), grow_brows(skin)
    meshes += [_part("lashes", _hair_mesh(lashes), "head"), _part("brows", _hair_mesh(brows), "head")]
    binding = bind(
        torch.from_numpy(np.concatenate([lashes.positions, brows.positions])),
        torch.from_numpy(np.concatenate([lashes.corners, brows.corners]).astype(np.int64)),
        torch.from_numpy(np.concatenate([lashes.barycentrics, brows.barycentrics])),
        torch.from_numpy(np.asarray(skin.positions, dtype=np.float64)),
    )
    return PocketParts(
        meshes=tuple(meshes),
        balls=balls,
        follower=make_follower(np.asarray(ict_neutral, dtype=np.float64), skin.positions, centres, lines),
        binding=binding,
        joints=make_joints(skin.positions, skin.mirror, centres, margins),
        lids=lids,
        skin=skin,
    )


def _fit_eye(skin: SkinFrame) -> Eyeball:
    """The left ball behind the back edge of the lid margins; the nasal corner, where the caruncle lies, is left out."""
    line = skin.positions[np.asarray(skin.loops["lid_inner_l"])]
    line = line[line[:, 0] > line[:, 0].min() + 0.15 * np.ptp(line[:, 0])]
    centre, radius = fit_ball(line, EYE_PRIOR)
    x, y, z = (float(v) for v in centre)
    return Eyeball((x, y, z), radius - LID_CLEARANCE)


def _hair_mesh(hairs: Hairs) -> QuadMesh:
    return QuadMesh(hairs.positions, hairs.faces, hairs.uvs, hairs.uv_faces)


def _part(name: str, mesh: QuadMesh, joint: str) -> PartMesh:
    weights = np.zeros((len(mesh.positions), len(JOINTS)), dtype=np.float32)
    weights[:, JOINTS.index(joint)] = 1.0
    return PartMesh(
        name,
        _MATERIALS[name],
        mesh.positions.astype(np.float32),
        mesh.faces.astype(np.int32),
        mesh.uvs.astype(np.float32),
        mesh.uv_faces.astype(np.int32),
        weights,
    )
