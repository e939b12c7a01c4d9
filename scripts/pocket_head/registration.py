"""ICT-FaceKit's mean laid onto MakeHuman's: one surface, so that MakeHuman's targets move ICT's vertices too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import scipy.sparse as sparse
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse.linalg import factorized, splu
from scipy.spatial import KDTree

from headsmith_server.evaluation.surface_distance import candidate_triangles, closest_points
from headsmith_server.heads.ict_facekit import VERTEX_RANGES, IctModel
from scripts.pocket_head.landmarks import look, throw_back
from scripts.pocket_head.makehuman import EYES, SKIN_END, MakeHuman, Similarity, fit_similarity
from scripts.pocket_head.picture import Camera, triangles_of, vertex_normals

SKIN: Final = 11248
"""ICT's face, head and neck: the vertices that are laid onto MakeHuman's skin."""
SKIN_COLOUR: Final = (0.6, 0.38, 0.29)
LIP_COLOUR: Final = (0.42, 0.14, 0.13)
IRIS_COLOUR: Final = (0.08, 0.04, 0.02)
EYE_COLOUR: Final = (0.75, 0.75, 0.75)
MIDLINE: Final = (
    0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 94, 151, 152, 164, 168, 175, 195, 197, 199, 200,
)  # fmt: skip
"""MediaPipe's landmarks on the middle of the face."""


@dataclass(frozen=True)
class Registration:
    """MakeHuman seen from ICT's vertices.

    similarity takes MakeHuman's adult mean into ICT's space; corners int64 [11248, 3] and barycentrics
    [11248, 3] say where on MakeHuman's skin each ICT skin vertex lies; distance [11248] how far off the laid mesh
    still was (metres); inner float32 [I, C] maps deltas at `centres` (skin vertices) to the other vertices.
    """

    similarity: Similarity
    corners: NDArray[np.int64]
    barycentrics: NDArray[np.float64]
    distance: NDArray[np.float64]
    centres: NDArray[np.int64]
    inner: NDArray[np.float32]
    smooth: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    mirror: NDArray[np.int64]
    ict: IctModel
    makehuman: MakeHuman
    mean: NDArray[np.float64]

    def transfer(self, body: NDArray[np.float64], keep_scale: float = 0.0, turn: bool = True) -> NDArray[np.float64]:
        """float64 [26719, 3]: how `body` (MakeHuman vertices, metres) differs in shape from the mean, on ICT.

        The body is first aligned to the mean by the head's similarity (turn) or left where it is (local targets);
        keep_scale 0..1 is the share of the body's own size that stays.
        """
        aligned = body
        if turn:
            head = self.makehuman.head()
            to_mean = fit_similarity(body[head], self.mean[head])
            aligned = to_mean.apply(body)
            if keep_scale:
                pivot = self.similarity_inverse(np.zeros((1, 3)))
                aligned = pivot + (aligned - pivot) * to_mean.scale**-keep_scale
        delta = self.similarity.apply_delta(aligned - self.mean)
        return self.spread(delta, aligned)

    def similarity_inverse(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """float64 [N, 3]: points of ICT's space in MakeHuman's."""
        s = self.similarity
        return (points - s.translation) @ s.rotation / s.scale

    def spread(self, delta: NDArray[np.float64], aligned: NDArray[np.float64]) -> NDArray[np.float64]:
        """MakeHuman deltas [19158, 3] (turned into ICT's space) on all ICT vertices: skin, insides, eyeballs."""
        skin = np.einsum("nc,ncx->nx", self.barycentrics, delta[self.corners])
        skin = self.smooth(skin)
        out = np.zeros_like(self.ict.neutral, dtype=np.float64)
        out[:SKIN] = skin
        out[SKIN:] = self.inner @ skin[self.centres]
        for side, sign in (("l", 1.0), ("r", -1.0)):
            eye = np.array([v for v in EYES if self.mean[v, 0] * sign > 0])
            rows = np.concatenate([np.array(VERTEX_RANGES[f"eyeball_{layer}_{side}"]) for layer in ("outer", "inner")])
            before, after = self.mean[eye], aligned[eye]
            scale = np.sqrt(((after - after.mean(0)) ** 2).sum() / ((before - before.mean(0)) ** 2).sum())
            centre = self.ict.neutral[rows].mean(0)
            moved = delta[eye].mean(0)
            out[rows] = moved + (scale - 1.0) * (self.ict.neutral[rows] - centre)
        return out

    def symmetric(self, field: NDArray[np.float64]) -> NDArray[np.float64]:
        """The left-right symmetric part of a field of deltas [26719, 3]."""
        return 0.5 * (field + field[self.mirror] * (-1.0, 1.0, 1.0))


def mirror_vertices(points: NDArray[np.floating]) -> NDArray[np.int64]:
    """int64 [V]: the vertex on the other side, by position."""
    return np.asarray(KDTree(points).query(points * (-1, 1, 1))[1], dtype=np.int64)


def ict_landmarks(ict: IctModel, work: Path) -> NDArray[np.float64]:
    """float64 [478, 3]: MediaPipe's landmarks on ICT's mean (metres), symmetric; `work` keeps them (landmarks.npy)."""
    cache = work / "landmarks.npy"
    if not cache.is_file():
        np.save(cache, _ict_landmarks(ict))
    return np.load(cache)


def _ict_landmarks(ict: IctModel) -> NDArray[np.float64]:
    inner = [
        faces[(faces >= VERTEX_RANGES[f"eyeball_inner_{side}"].start).all(1)]
        for side, faces in (("l", ict.part_faces("eyeballs_l")), ("r", ict.part_faces("eyeballs_r")))
    ]
    faces = np.concatenate(
        [ict.part_faces("face", "head_and_neck", "mouth_socket", "eye_socket_l", "eye_socket_r"), *inner]
    )
    colours = np.full((len(ict.neutral), 3), SKIN_COLOUR)
    for side in "lr":
        rows = VERTEX_RANGES[f"eyeball_inner_{side}"]
        paint_eye(colours, ict.neutral, np.arange(rows.start, rows.stop), 0.0058)
    outline = ict.neutral[ict.landmarks[48:60]]
    paint_lips(colours, ict.neutral, np.arange(9409), outline)
    camera = Camera((0, 0.015, 0.03), 0, field=0.26, size=768)
    views = look(ict.neutral, faces, colours, camera)
    triangles = triangles_of(faces)
    outside = (triangles < SKIN).all(1)
    eyes = (triangles >= VERTEX_RANGES["eyeball_inner_l"].start).all(1)
    marks = throw_back(ict.neutral, triangles, views, outside)
    marks[468:] = throw_back(ict.neutral, triangles, views, eyes)[468:]
    return symmetric_landmarks(marks)


def makehuman_landmarks(makehuman: MakeHuman, body: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 [478, 3]: MediaPipe's landmarks on a MakeHuman body (metres, its own place), symmetric."""
    eyes = makehuman.faces[((makehuman.faces >= EYES.start) & (makehuman.faces < EYES.stop)).all(1)]
    faces = np.concatenate([makehuman.skin_faces(), eyes])
    colours = np.full((len(body), 3), SKIN_COLOUR)
    for sign in (1, -1):
        paint_eye(colours, body, np.array([v for v in EYES if body[v, 0] * sign > 0]), 0.0062)
    lips = np.linalg.norm(makehuman.target("mouth/mouth-lowerlip-volume-incr"), axis=1)
    upper = np.linalg.norm(makehuman.target("mouth/mouth-upperlip-volume-incr"), axis=1)
    colours[(lips > 0.25 * lips.max()) | (upper > 0.25 * upper.max())] = LIP_COLOUR
    camera = Camera((0, body[list(EYES), 1].mean() - 0.02, body[:, 2].max() - 0.1), 0, field=0.26, size=768)
    views = look(body, faces, colours, camera)
    triangles = triangles_of(faces)
    return symmetric_landmarks(throw_back(body, triangles, views, (triangles < SKIN_END).all(1)))


def paint_eye(
    colours: NDArray[np.float64], points: NDArray[np.floating], rows: NDArray[np.integer], radius: float
) -> None:
    """White eyeball with a dark iris of that radius (metres), in place."""
    eye = points[rows]
    centre = eye.mean(0)
    colours[rows] = EYE_COLOUR
    off = np.hypot(eye[:, 0] - centre[0], eye[:, 1] - centre[1])
    colours[rows[(off < radius) & (eye[:, 2] > centre[2])]] = IRIS_COLOUR


def paint_lips(
    colours: NDArray[np.float64],
    points: NDArray[np.floating],
    rows: NDArray[np.integer],
    outline: NDArray[np.floating],
) -> None:
    """Red where vertices lie inside the lips' outline [12, 3] as seen from the front, in place."""
    from matplotlib.path import Path as Polygon

    inside = Polygon(outline[:, :2]).contains_points(points[rows, :2])
    near = points[rows, 2] > outline[:, 2].min() - 0.01
    colours[rows[inside & near]] = LIP_COLOUR


def symmetric_landmarks(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Landmarks averaged with their mirror images; those of the midline with their own, others paired by place."""
    flipped = points * (-1.0, 1.0, 1.0)
    cost = np.linalg.norm(points[:, None] - flipped[None], axis=2) ** 2
    middle = np.isin(np.arange(len(points)), MIDLINE)
    cost[middle[:, None] | middle[None] | np.eye(len(points), dtype=bool)] = 1.0
    cost[middle, middle] = 0.0
    _, other = linear_sum_assignment(cost)
    return 0.5 * (points + flipped[other])


def register(ict: IctModel, makehuman: MakeHuman, work: Path) -> Registration:
    """Non-rigid ICP with landmarks of ICT's mean onto the mean of MakeHuman's young adults.

    After Amberg, Romdhani and Vetter, Optimal Step Nonrigid ICP (2007), with a displacement instead of an affine
    map a vertex: stiffness falls from step to step, targets are the closest points with agreeing normals.
    `work` keeps the laid mesh (registration.npz) for the next call.
    """
    mean = makehuman.macro("young")
    skin_faces = triangles_of(ict.part_faces("face", "head_and_neck"))
    faces = triangles_of(makehuman.skin_faces())
    cache = work / "registration.npz"
    if not cache.is_file():
        marks_ict, marks_mh = ict_landmarks(ict, work), makehuman_landmarks(makehuman, mean)
        use = trusted_landmarks()
        fitted = fit_similarity(marks_mh[use], marks_ict[use])
        neutral = ict.neutral[:SKIN].astype(np.float64)
        _, rows = _nearest(marks_ict[use], neutral)
        laid = lay_onto(neutral, skin_faces, fitted.apply(mean), faces, rows, fitted.apply(marks_mh[use]))
        np.savez(cache, laid=laid, scale=fitted.scale, rotation=fitted.rotation, translation=fitted.translation)
    with np.load(cache) as stored:
        similarity = Similarity(float(stored["scale"]), stored["rotation"], stored["translation"])
        laid = stored["laid"]
    target = similarity.apply(mean)
    torch_target = torch.from_numpy(target)
    torch_faces = torch.from_numpy(faces.astype(np.int64))
    closest = closest_points(torch.from_numpy(laid), torch_target, torch_faces)
    centres, inner = _inner_map(ict)
    return Registration(
        similarity=similarity,
        corners=faces[closest.triangle.numpy()].astype(np.int64),
        barycentrics=closest.barycentrics.numpy(),
        distance=closest.distance.numpy(),
        centres=centres,
        inner=inner,
        smooth=_smoother(SKIN, skin_faces),
        mirror=mirror_vertices(ict.neutral),
        ict=ict,
        makehuman=makehuman,
        mean=mean,
    )


def trusted_landmarks() -> NDArray[np.int64]:
    """Landmarks on features: lids, brows, nose, lips and midline. The outline follows the picture's silhouette."""
    from mediapipe.python.solutions import face_mesh_connections as known

    features = (
        known.FACEMESH_LIPS,
        known.FACEMESH_LEFT_EYE,
        known.FACEMESH_RIGHT_EYE,
        known.FACEMESH_LEFT_EYEBROW,
        known.FACEMESH_RIGHT_EYEBROW,
        known.FACEMESH_NOSE,
    )
    return np.array(sorted({n for feature in features for pair in feature for n in pair} | set(MIDLINE) - {10, 152}))


def _nearest(points: NDArray[np.float64], cloud: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    distance, number = KDTree(cloud).query(points)
    return np.asarray(distance), np.asarray(number, dtype=np.int64)


def edges_of(triangles: NDArray[np.integer]) -> NDArray[np.int64]:
    """int64 [E, 2]: every edge once."""
    pairs = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    return np.unique(pairs, axis=0).astype(np.int64)


def lay_onto(
    neutral: NDArray[np.float64],
    triangles: NDArray[np.int32],
    target: NDArray[np.float64],
    target_faces: NDArray[np.int32],
    rows: NDArray[np.integer],
    aims: NDArray[np.float64],
    loose: NDArray[np.bool_] | None = None,
    symmetric: bool = True,
) -> NDArray[np.float64]:
    """float64 [V, 3]: `neutral` bent onto the target; its vertices `rows` are drawn to `aims` [L, 3].

    loose bool [V]: vertices without a counterpart (insides), which only follow the others; symmetric: the result is
    its own mirror image.
    """
    count = len(neutral)
    edges = edges_of(triangles)
    length = np.linalg.norm(neutral[edges[:, 0]] - neutral[edges[:, 1]], axis=1)
    weight = np.sqrt(length.mean() / length)
    number = np.arange(len(edges))
    gradient = sparse.csr_matrix(
        (np.concatenate([weight, -weight]), (np.tile(number, 2), edges.T.ravel())), shape=(len(edges), count)
    )
    membrane = gradient.T @ gradient
    bending = membrane.T @ membrane
    pick = sparse.csr_matrix((np.ones(len(rows)), (np.arange(len(rows)), rows)), shape=(len(rows), count))
    normals_to = vertex_normals(target, target_faces)
    torch_target, torch_faces = torch.from_numpy(target), torch.from_numpy(target_faces.astype(np.int64))
    mirror = mirror_vertices(neutral)
    moved = neutral.copy()
    for step, stiffness in enumerate(np.geomspace(300.0, 0.4, 16)):
        points = torch.from_numpy(moved)
        closest = closest_points(
            points, torch_target, torch_faces, candidate_triangles(points, torch_target, torch_faces, 12)
        )
        corners = target_faces[closest.triangle.numpy()]
        on = np.einsum("nc,ncx->nx", closest.barycentrics.numpy(), target[corners])
        normal_on = np.einsum("nc,ncx->nx", closest.barycentrics.numpy(), normals_to[corners])
        agree = (normal_on * vertex_normals(moved, triangles)).sum(1)
        reach = 0.03 if step < 6 else 0.012
        trust = (agree > 0.6) * (closest.distance.numpy() < reach) * np.clip(agree, 0, 1)
        border = target[:, 1].min() + 0.03
        trust[moved[:, 1] < border] = 0.0
        if loose is not None:
            trust[loose] = 0.0
        mark_weight = 3.0 if step < 8 else 0.3
        system = (
            sparse.diags(trust)
            + mark_weight * (pick.T @ pick)
            + stiffness * (0.15 * membrane + bending)
            + sparse.diags(np.full(count, 1e-6))
        )
        right = trust[:, None] * (on - neutral) + mark_weight * (pick.T @ (aims - neutral[rows]))
        solve = splu(system.tocsc())
        moved = neutral + solve.solve(right)
        if symmetric:
            moved = 0.5 * (moved + moved[mirror] * (-1.0, 1.0, 1.0))
    return moved


def _smoother(count: int, triangles: NDArray[np.int32]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Implicit Laplacian smoothing that takes MakeHuman's facets out of transferred deltas."""
    edges = edges_of(triangles)
    ones = np.ones(len(edges))
    adjacency = sparse.csr_matrix((ones, (edges[:, 0], edges[:, 1])), shape=(count, count))
    adjacency = adjacency + adjacency.T
    laplacian = sparse.identity(count) - sparse.diags(1 / np.asarray(adjacency.sum(1)).ravel()) @ adjacency
    solve = factorized((sparse.identity(count) + 2.0 * laplacian.T @ laplacian + 1.0 * laplacian).tocsc())
    return lambda field: np.stack([solve(field[:, axis]) for axis in range(3)], axis=1)


def _inner_map(ict: IctModel) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Biharmonic interpolation (kernel r, linear part) from skin centres to every vertex that is not skin."""
    neutral = ict.neutral.astype(np.float64)
    inside = neutral[SKIN:]
    skin = neutral[:SKIN]
    near, _ = _nearest(skin, inside)
    centres = np.concatenate([np.flatnonzero(near < 0.012)[::4], np.flatnonzero(near >= 0.012)[::18]])
    points = skin[centres]
    kernel = np.linalg.norm(points[:, None] - points[None], axis=2)
    linear = np.concatenate([np.ones((len(points), 1)), points * 10], axis=1)
    system = np.block([[kernel - 1e-4 * np.eye(len(points)), linear], [linear.T, np.zeros((4, 4))]])
    reach = np.linalg.norm(inside[:, None] - points[None], axis=2)
    rows = np.concatenate([reach, np.ones((len(inside), 1)), inside * 10], axis=1)
    return centres, np.linalg.solve(system.T, rows.T).T[:, : len(points)].astype(np.float32)
