"""How good the pocket head is: topology, reproduction of unseen heads and shapes, folds, UVs and size.

Errors are measured against ICT-FaceKit's own meshes, never against what the fitting made of them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.checkpoints import registry
from headsmith_server.evaluation import layout_figures
from headsmith_server.evaluation.folds import folded
from headsmith_server.evaluation.surface_distance import Closest, candidate_triangles, closest_points
from headsmith_server.figures import Figure, Figures
from headsmith_server.heads.ict_facekit import FACE_RANGES, VERTEX_RANGES, IctModel, load_ict
from headsmith_server.heads.pocket import CHECKPOINT, PocketHead, load_pocket_head
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES

SEED: Final = 20260
UNSEEN: Final = 100
FOLD_IDENTITIES: Final = 1000
SIGMA: Final = 2.5
MOVING: Final = 0.0005
"""Metres: where an expression of ICT's moves its skin by more than this, it counts."""
EDGE: Final = 0.004
"""Metres: surface so close to the other mesh's border is not compared; it has no counterpart."""
JOINED: Final[Mapping[str, tuple[str, ...]]] = {
    "browInnerUp": ("browInnerUp_L", "browInnerUp_R"),
    "cheekPuff": ("cheekPuff_L", "cheekPuff_R"),
}
MIDDLE: Final = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")


def run(data: Path, quick: bool = False) -> Figures:
    """The figures of the pocket head. data: a folder with ICT-FaceKit (heads/ict-facekit.tar.xz or unpacked).

    Unseen identities are fresh draws from N(0, I) over ICT's 100 modes; quick takes a twentieth of them and of
    the folding draws, and every fourth shape. Raises HeadsmithError: NOT_FOUND without ICT-FaceKit,
    MISSING_CHECKPOINT without the model.
    """
    started = time.perf_counter()
    head = load_pocket_head()
    with tempfile.TemporaryDirectory() as work:
        ict = load_ict(data, Path(work))
    part = 20 if quick else 1
    generator = np.random.default_rng(SEED)
    pair = Correspondence.of(head, ict)
    face, rest = identity_errors(head, ict, pair, UNSEEN // part, generator)
    expression = expression_errors(head, ict, pair, ARKIT_NAMES[:: 4 if quick else 1])
    folds, fold_count = folded_quads(head, FOLD_IDENTITIES // part, generator)
    skin = head.topology.part("skin")
    uv = layout_figures.uv_figures(head)
    figures = (
        Figure("quad_share", float((skin.faces[:, 3] >= 0).mean()), "", 0.99, "higher", len(skin.faces)),
        Figure("symmetry_residual_mm", layout_figures.symmetry_residual(head) * 1e3, "mm", 0.001, "lower"),
        Figure("eye_loops", float(layout_figures.eye_loops(head)), "", 3, "higher", 2),
        Figure("mouth_loops", float(layout_figures.mouth_loops(head)), "", 4, "higher"),
        Figure("identity_error_face_mm", face * 1e3, "mm", 0.3, "lower", UNSEEN // part),
        Figure("identity_error_rest_mm", rest * 1e3, "mm", 1.0, "lower", UNSEEN // part),
        Figure("expression_error_mm", float(np.median(list(expression.values()))) * 1e3, "mm", 0.3, "lower",
               len(expression)),
        Figure("folded_quads", folds, "quads", 2, "lower", fold_count),
        Figure("uv_overlap", uv.overlap, "share", 0, "lower"),
        Figure("uv_face_share", uv.face_share, "share", 0.5, "higher"),
        Figure("uv_area_distortion_p99", uv.area_distortion_p99, "ratio", 3, "lower"),
        Figure("checkpoint_mb", registry.checkpoint(CHECKPOINT).path.stat().st_size / 1e6, "MB", 12, "lower"),
    )  # fmt: skip
    return Figures(
        name="pocket-head",
        device="cpu",
        seconds=time.perf_counter() - started,
        figures=figures,
        checkpoints={CHECKPOINT: head.sha256},
    )


@dataclass(frozen=True)
class Correspondence:
    """How our skin and ICT's lie on each other on the mean; all vertex numbers, positions in metres.

    ours: our outer skin vertices that lie on ICT's skin; on_ict: their ICT triangles [N, 3] and barycentrics;
    theirs: ICT's skin vertices that lie on ours; face: which of them belong to the face.
    """

    triangles: torch.Tensor
    ict_triangles: torch.Tensor
    ours: torch.Tensor
    ict_corners: torch.Tensor
    ict_barycentrics: torch.Tensor
    candidates_on_ict: torch.Tensor
    theirs: torch.Tensor
    candidates_on_ours: torch.Tensor
    face: torch.Tensor
    ours_face: torch.Tensor

    @classmethod
    def of(cls, head: PocketHead, ict: IctModel) -> Correspondence:
        """Closest points on the two means. Vertices of insides (mouth cavity, inner lids, nostrils; ICT's sockets) are
        left out, but not the surface there, so that lips and lids have it to lie on; so is what lies at a border."""
        skin = head.topology.part("skin")
        mean = head.vertices(torch.zeros(1, head.identity_size))[0, : len(skin.vertices)]
        inside = np.zeros(len(skin.vertices), dtype=bool)
        for name in ("mouth_cavity", "inner_lid", "nostril_inside"):
            inside[head.topology.sets[name]] = True
        own = torch.from_numpy(two_triangles(skin.faces)).long()
        faces = ict.faces[: FACE_RANGES["eye_socket_r"].stop]
        ict_triangles = torch.from_numpy(two_triangles(faces)).long()
        neutral = torch.from_numpy(ict.neutral)
        ours = torch.from_numpy(np.flatnonzero(~inside)).long()
        on_ict_candidates = candidate_triangles(mean[ours], neutral, ict_triangles)
        on_ict = closest_points(mean[ours], neutral, ict_triangles, on_ict_candidates)
        theirs = torch.arange(VERTEX_RANGES["head_and_neck"].stop)
        on_ours_candidates = candidate_triangles(neutral[theirs], mean, own)
        on_ours = closest_points(neutral[theirs], mean, own, on_ours_candidates)
        keep = (on_ict.distance < EDGE / 2) & ~_at_border(on_ict, ict_triangles, EDGE, neutral)
        keep_theirs = (on_ours.distance < EDGE / 2) & ~_at_border(on_ours, own, EDGE, mean)
        region = np.zeros(len(skin.vertices), dtype=bool)
        region[head.topology.sets["face_region"]] = True
        corner = own[on_ours.triangle].gather(1, on_ours.barycentrics.argmax(1, keepdim=True))[:, 0]
        return cls(
            triangles=own,
            ict_triangles=ict_triangles,
            ours=ours[keep],
            ict_corners=ict_triangles[on_ict.triangle[keep]],
            ict_barycentrics=on_ict.barycentrics[keep],
            candidates_on_ict=on_ict_candidates[keep],
            theirs=theirs[keep_theirs],
            candidates_on_ours=on_ours_candidates[keep_theirs],
            face=torch.from_numpy(region)[corner[keep_theirs]],
            ours_face=torch.from_numpy(region)[ours[keep]],
        )

    def distances(self, ours: torch.Tensor, theirs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(face, rest): point-to-surface distances both ways between our skin [V, 3] and ICT's vertices."""
        forth = closest_points(theirs[self.theirs], ours, self.triangles, self.candidates_on_ours).distance
        back = closest_points(ours[self.ours], theirs, self.ict_triangles, self.candidates_on_ict).distance
        return (
            torch.cat([forth[self.face], back[self.ours_face]]),
            torch.cat([forth[~self.face], back[~self.ours_face]]),
        )


def identity_errors(
    head: PocketHead, ict: IctModel, pair: Correspondence, count: int, generator: np.random.Generator
) -> tuple[float, float]:
    """(face, rest) in metres: the median, over the heads, of the median surface distance between an unseen ICT head
    and the pocket head fitted to it.

    The fit is linear least squares on our vertices' corresponding points on ICT's surface, then twice on the
    distance along ICT's normals at the closest points. The rest is ears, scalp, neck and shoulders.
    """
    skin = len(head.topology.part("skin").vertices)
    mean = head.vertices(torch.zeros(1, head.identity_size))[0, :skin]
    whole = _identity_basis(head, skin)
    basis = whole[:, pair.ours]
    flat = basis.flatten(1).T.double()
    found: list[tuple[float, float]] = []
    for _ in range(count):
        coefficients = generator.standard_normal(len(ict.identity)).astype(np.float32)
        target = torch.from_numpy(ict.draw(coefficients))
        aim = (target[pair.ict_corners] * pair.ict_barycentrics[..., None]).sum(1)
        identity = _least_squares(flat, (aim - mean[pair.ours]).flatten())
        for _ in range(2):
            ours = mean + torch.tensordot(identity.float(), whole, dims=1)
            closest = closest_points(ours[pair.ours], target, pair.ict_triangles, pair.candidates_on_ict)
            normal, point = _surface(closest, target, pair.ict_triangles)
            rows = torch.einsum("knx,nx->nk", basis, normal).double()
            off = ((point - mean[pair.ours]) * normal).sum(1).double()
            # A tenth of the plain correspondences keeps vertices from sliding along the surface.
            identity = _least_squares(
                torch.cat([rows, 0.1 * flat]), torch.cat([off, 0.1 * (aim - mean[pair.ours]).flatten().double()])
            )
        ours = mean + torch.tensordot(identity.float(), whole, dims=1)
        face, rest = pair.distances(ours, target)
        found.append((float(face.median()), float(rest.median())))
    face, rest = np.median(np.array(found), axis=0)
    return float(face), float(rest)


def expression_errors(
    head: PocketHead, ict: IctModel, pair: Correspondence, names: Sequence[str] = ARKIT_NAMES
) -> dict[str, float]:
    """ARKit name -> median error in metres of the shape at 1 on the mean head, where ICT's shape moves the skin.

    Both ways: how far our vertices are from the points of ICT's surface that lay under them (not the closest ones), and
    how far ICT's vertices are from our surface. Shapes that ICT lacks are left out.
    """
    skin = len(head.topology.part("skin").vertices)
    zero = torch.zeros(1, head.identity_size)
    neutral = torch.from_numpy(ict.neutral)
    errors: dict[str, float] = {}
    for name in names:
        number = ARKIT_INDEX[name]
        files = ict_names(name)
        if not all(file in ict.expressions for file in files):
            continue
        field = torch.from_numpy(np.sum([ict.expressions[file] for file in files], axis=0))
        weights = torch.eye(len(ARKIT_NAMES))[number : number + 1]
        ours, theirs = head.vertices(zero, weights)[0, :skin], neutral + field
        aim = (theirs[pair.ict_corners] * pair.ict_barycentrics[..., None]).sum(1)
        moved = (field[pair.ict_corners] * pair.ict_barycentrics[..., None]).sum(1).norm(dim=1) > MOVING
        forth = (ours[pair.ours] - aim)[moved].norm(dim=1)
        back_rows = field[pair.theirs].norm(dim=1) > MOVING
        back = closest_points(
            theirs[pair.theirs][back_rows], ours, pair.triangles, pair.candidates_on_ours[back_rows]
        ).distance
        errors[name] = float(torch.cat([forth, back]).median())
    return errors


def folded_quads(head: PocketHead, identities: int, generator: np.random.Generator) -> tuple[float, int]:
    """(mean count, how many heads): quads of all parts that fold and do not fold in the mean, over `identities`
    draws with every coefficient within SIGMA, each ARKit shape at 1, and mouthClose together with jawOpen."""
    faces = np.concatenate(
        [np.where(part.faces < 0, -1, part.vertices.start + part.faces) for part in head.topology.parts]
    )
    zero = torch.zeros(1, head.identity_size)
    allowed = folded(head.vertices(zero)[0].numpy(), faces)
    counts = []
    for _ in range(identities):
        draw = np.clip(generator.standard_normal(head.identity_size), -SIGMA, SIGMA).astype(np.float32)
        counts.append(int((folded(head.vertices(torch.from_numpy(draw)[None])[0].numpy(), faces) & ~allowed).sum()))
    combinations = [(name,) for name in ARKIT_NAMES] + [("mouthClose", "jawOpen")]
    for names in combinations:
        weights = torch.zeros(1, len(ARKIT_NAMES))
        weights[0, [ARKIT_INDEX[name] for name in names]] = 1.0
        counts.append(int((folded(head.vertices(zero, weights)[0].numpy(), faces) & ~allowed).sum()))
    return float(np.mean(counts)), len(counts)


def ict_names(name: str) -> tuple[str, ...]:
    """ICT's file names whose sum is that ARKit shape (tongueOut has no file)."""
    if name in JOINED:
        return JOINED[name]
    for side, letter in (("Left", "_L"), ("Right", "_R")):
        if name.endswith(side) and name not in MIDDLE:
            return (name.removesuffix(side) + letter,)
    return (name,)


def two_triangles(faces: NDArray[np.integer]) -> NDArray[np.int64]:
    """int64 [T, 3]: quads cut along their first diagonal, triangles (-1 last) as they are."""
    quads = faces[faces[:, 3] >= 0]
    return np.concatenate([faces[:, :3], quads[:, [0, 2, 3]]]).astype(np.int64)


def _identity_basis(head: PocketHead, skin: int) -> torch.Tensor:
    """[K, S, 3]: the skin's offset for each coefficient at 1."""
    mean = head.vertices(torch.zeros(1, head.identity_size))[0, :skin]
    rows = torch.eye(head.identity_size).split(16)
    return torch.cat([head.vertices(part)[:, :skin] - mean for part in rows])


def _least_squares(matrix: torch.Tensor, aim: torch.Tensor) -> torch.Tensor:
    ridge = 1e-10 * torch.eye(matrix.shape[1], dtype=torch.float64)
    return torch.linalg.solve(matrix.T @ matrix + ridge, matrix.T @ aim.double())


def _surface(closest: Closest, vertices: torch.Tensor, triangles: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    corners = vertices[triangles[closest.triangle]]
    normal = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal = normal / normal.norm(dim=1, keepdim=True).clamp_min(1e-20)
    return normal, (corners * closest.barycentrics[..., None]).sum(1)


def _at_border(closest: Closest, triangles: torch.Tensor, margin: float, vertices: torch.Tensor) -> torch.Tensor:
    """Whether the closest point lies within `margin` metres of the mesh's open border."""
    edges = torch.cat([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).sort(1).values
    unique, counts = edges.unique(dim=0, return_counts=True)
    border = vertices[unique[counts == 1].unique()]
    _, points = _surface(closest, vertices, triangles)
    if not len(border):
        return torch.zeros(len(points), dtype=torch.bool)
    return torch.cat([torch.cdist(part, border).amin(1) for part in points.split(2048)]) < margin
