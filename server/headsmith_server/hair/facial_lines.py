"""grow_brows and grow_lashes: the head model's own brow ribbons and lash tubes as tapered strands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.groom import Groom
from headsmith_server.hair.parameters import HairColour
from headsmith_server.heads.assembly import brow_share, lash_factor
from headsmith_server.heads.protocol import HeadModel, PartTopology, SurfacePoints
from headsmith_server.texture.parameters import BrowParameters

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]


@dataclass(frozen=True)
class HairLayout:
    """How a part's vertices form hairs: rings int [H, R, W], model vertices around each of R rings from root to tip;
    roots and root_uvs [H]: where they stand on the skin."""

    rings: Int
    roots: SurfacePoints
    root_uvs: Float32


_LAYOUTS: dict[tuple[str, str], HairLayout] = {}


def hair_layout(model: HeadModel, part: str) -> HairLayout:
    """The hairs of the part "brows" or "lashes", found once for a model's sha256 in a process."""
    key = (model.sha256, part)
    if key not in _LAYOUTS:
        _LAYOUTS[key] = _layout(model, model.topology.part(part))
    return _LAYOUTS[key]


def grow_brows(model: HeadModel, vertices: Float32, brows: BrowParameters, seed: int) -> tuple[Groom, ...]:
    """Both brows as one groom, thinned as heads.assembly.groomed thins their mesh; none at density 0.

    vertices: float32 [V, 3] metres of that identity, all parts.
    """
    layout = hair_layout(model, "brows")
    kept = round(len(layout.rings) * brow_share(brows.density, brows.thickness) / 2) * 2
    if kept <= 0:
        return ()
    return (
        _groom("brows", layout, np.arange(kept), vertices, 1.0, 0.8, brows.colour, np.random.default_rng([seed, 421])),
    )


def grow_lashes(
    model: HeadModel, vertices: Float32, colour: HairColour, seed: int, length: float = 0.5
) -> tuple[Groom, ...]:
    """All lashes as one groom. colour: of the hair of the head, than which lashes are darker (as texture/ribbons.py
    paints them); length: 0 (stubs) .. 0.5 (usual) .. 1 (long); vertices as in grow_brows."""
    layout = hair_layout(model, "lashes")
    own = HairColour(min(1.0, colour.melanin + 0.25), colour.redness * 0.7, colour.grey * 0.25)
    rng = np.random.default_rng([seed, 422])
    return (_groom("lashes", layout, np.arange(len(layout.rings)), vertices, lash_factor(length), 0.5, own, rng),)


def _groom(
    name: str, layout: HairLayout, kept: Int, vertices: Float32, factor: float, width: float, colour: HairColour,
    rng: np.random.Generator,
) -> Groom:  # fmt: skip
    corners = np.asarray(vertices, np.float32)[layout.rings[kept]]
    spine = corners.mean(axis=2)
    spine = spine[:, :1] + np.float32(factor) * (spine - spine[:, :1])
    thick = np.linalg.norm(corners - corners.mean(axis=2, keepdims=True), axis=-1).mean(axis=2)
    # A ribbon's alpha fades towards its edges and its tip; a strand is as wide as what is left.
    t = np.linspace(0.0, 1.0, spine.shape[1], dtype=np.float32)
    radii = np.maximum(thick[:, :1] * width * (1.0 - 0.7 * t * t)[None], 0.018e-3)
    roots = SurfacePoints(layout.roots.corners[kept], layout.roots.barycentrics[kept])
    return Groom(
        name=name,
        points=spine.astype(np.float32),
        radii=radii.astype(np.float32),
        roots=roots,
        root_uvs=layout.root_uvs[kept],
        clump=np.arange(len(kept), dtype=np.int32) // 6,
        shade=rng.random(len(kept), dtype=np.float32),
        colour=colour,
    )


def _layout(model: HeadModel, part: PartTopology) -> HairLayout:
    count = len(part.vertices)
    # Connected pieces: their vertices follow one another, and all are alike.
    corners = np.where(part.faces < 0, part.faces[:, :1], part.faces)
    bridged = np.zeros(count + 1, np.int64)
    np.add.at(bridged, corners.min(axis=1) + 1, 1)
    np.add.at(bridged, corners.max(axis=1) + 1, -1)
    starts = np.flatnonzero(np.cumsum(bridged)[:-1] == 0)
    size = count // len(starts)
    if not np.array_equal(starts, np.arange(len(starts)) * size):
        raise ValueError(f"{part.name}: its hairs are not alike")
    along = np.zeros(count, np.float32)
    uv_corners = np.where(part.faces < 0, part.uv_faces[:, :1], part.uv_faces)
    along[corners.ravel()] = part.uvs[uv_corners.ravel(), 1]
    order = np.argsort(along[:size], kind="stable")
    rings = len(np.unique(np.round(along[:size], 5)))
    pattern = order.reshape(rings, size // rings)
    numbers = part.vertices.start + starts[:, None, None] + pattern[None]
    with torch.no_grad():
        mean = model.vertices(torch.zeros(1, model.identity_size))[0].cpu().numpy().astype(np.float32)
    surface, uvs = _nearest(model, mean, mean[numbers[:, 0]].mean(axis=1))
    return HairLayout(numbers, surface, uvs)


def _nearest(model: HeadModel, mean: Float32, points: Float32) -> tuple[SurfacePoints, Float32]:
    """The skin's triangles nearest to points [N, 3], and the points' feet on them."""
    skin = model.topology.part("skin")
    quads = np.where(skin.faces < 0, skin.faces[:, :1], skin.faces)
    uv_quads = np.where(skin.faces < 0, skin.uv_faces[:, :1], skin.uv_faces)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    uv_triangles = np.concatenate([uv_quads[:, [0, 1, 2]], uv_quads[:, [0, 2, 3]]])
    centres = torch.from_numpy(mean[triangles].mean(axis=1))
    near = torch.cat([torch.cdist(some, centres).argmin(1) for some in torch.from_numpy(points).split(256)]).numpy()
    corners = triangles[near]
    a, b, c = (mean[corners[:, number]].astype(np.float64) for number in range(3))
    ab, ac, ap = b - a, c - a, points - a
    d00, d01, d11 = (ab * ab).sum(1), (ab * ac).sum(1), (ac * ac).sum(1)
    d20, d21 = (ap * ab).sum(1), (ap * ac).sum(1)
    scale = np.maximum(d00 * d11 - d01 * d01, 1e-18)
    second = (d11 * d20 - d01 * d21) / scale
    third = (d00 * d21 - d01 * d20) / scale
    weights = np.clip(np.stack([1.0 - second - third, second, third], axis=1), 0.0, 1.0)
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    uvs = np.einsum("nc,ncu->nu", weights, skin.uvs[uv_triangles[near]]).astype(np.float32)
    return SurfacePoints(corners.astype(np.int32), weights), uvs
