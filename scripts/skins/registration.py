"""The pocket head's skin laid onto a textured mesh, so that a texel of ours knows a place in its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import KDTree

from headsmith_server.evaluation.surface_distance import closest_points
from headsmith_server.heads.pocket import PocketHead
from headsmith_server.texture.canvas import Canvas
from headsmith_server.texture.surface import mean_vertices
from scripts.pocket_head.makehuman import fit_similarity
from scripts.pocket_head.picture import vertex_normals
from scripts.pocket_head.registration import lay_onto, trusted_landmarks
from scripts.skins.sources import TexturedMesh

INSIDES: Final = ("mouth_cavity", "inner_lid", "nostril_inside")
TRUST_METRES: Final = 0.006
"""A texel whose place is farther than this from the target mesh has no counterpart."""


def lay_skin(model: PocketHead, target: TexturedMesh, work: Path) -> NDArray[np.float64]:
    """float64 [skin V, 3]: our skin's vertices on the target (in our space); `work` keeps them.

    Landmarks give the similarity and the first aims, then non-rigid ICP as in scripts.pocket_head.registration.
    """
    cache = work / f"laid_{target.name}.npy"
    if not cache.is_file():
        mean, skin = mean_vertices(model), model.topology.part("skin")
        own = mean[: len(skin.vertices)].astype(np.float64)
        use = trusted_landmarks()
        marks = model.topology.landmarks["mediapipe_478"].positions(mean).astype(np.float64)[use]
        aims = fit_similarity(target.landmarks[use], marks).apply(target.landmarks[use])
        rows = np.asarray(KDTree(own).query(marks)[1])
        triangles = np.concatenate([skin.faces[:, :3], skin.faces[skin.faces[:, 3] >= 0][:, [0, 2, 3]]])
        loose = np.zeros(len(own), bool)
        for name in INSIDES:
            loose[model.topology.sets[name]] = True
        points = _in_our_space(model, target)
        laid = lay_onto(
            own, triangles, points, target.triangles, rows, aims, loose=loose, symmetric=target.name != "infinite"
        )
        np.save(cache, laid)
    return np.load(cache)


def places_in_pictures(
    model: PocketHead, target: TexturedMesh, canvas: Canvas, work: Path
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """UV [S, S, 2] in the target's pictures of every texel of our raster, and where it can be trusted [S, S]."""
    cache = work / f"places_{target.name}_{canvas.size}.npz"
    if not cache.is_file():
        laid = lay_skin(model, target, work)
        points = canvas.interpolate(laid.astype(np.float32))[canvas.covered].astype(np.float64)
        surface = torch.from_numpy(_in_our_space(model, target))
        triangles = torch.from_numpy(target.triangles.astype(np.int64))
        closest = closest_points(torch.from_numpy(points), surface, triangles)
        corners = target.uvs[target.uv_triangles[closest.triangle.numpy()]]
        uv = np.zeros((canvas.size, canvas.size, 2), np.float32)
        uv[canvas.covered] = np.einsum("nc,ncx->nx", closest.barycentrics.numpy(), corners)
        own_normals = _normals(model, laid)
        facing = canvas.interpolate(own_normals.astype(np.float32))[canvas.covered]
        normals = vertex_normals(surface.numpy(), target.triangles)
        on = np.einsum("nc,ncx->nx", closest.barycentrics.numpy(), normals[target.triangles[closest.triangle.numpy()]])
        inside = np.zeros(len(laid), np.float32)
        for name in INSIDES:
            inside[model.topology.sets[name]] = 1.0
        trusted = np.zeros((canvas.size, canvas.size), bool)
        trusted[canvas.covered] = (
            (closest.distance.numpy() < TRUST_METRES)
            & ((on * facing).sum(1) > 0.4)
            & (canvas.interpolate(inside)[canvas.covered] < 0.3)
        )
        np.savez(cache, uv=uv, trusted=trusted)
    with np.load(cache) as stored:
        return stored["uv"], stored["trusted"]


def _normals(model: PocketHead, points: NDArray[np.float64]) -> NDArray[np.float64]:
    faces = model.topology.part("skin").faces
    triangles = np.concatenate([faces[:, :3], faces[faces[:, 3] >= 0][:, [0, 2, 3]]])
    return vertex_normals(points, triangles)


def _in_our_space(model: PocketHead, target: TexturedMesh) -> NDArray[np.float64]:
    use = trusted_landmarks()
    marks = model.topology.landmarks["mediapipe_478"].positions(mean_vertices(model)).astype(np.float64)[use]
    return fit_similarity(target.landmarks[use], marks).apply(target.positions)
