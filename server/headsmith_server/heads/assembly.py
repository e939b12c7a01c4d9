"""From a parametric head and an identity to the parts, joints and landmarks of a HeadAsset."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from headsmith_server.heads.protocol import HeadModel, PartTopology
from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import Joint, Part, SparseDeltas

# A vertex that a shape moves by less than this is left out of the shape: far below what a render shows.
KEY_THRESHOLD_M = 2e-6
# A lash is a three-sided tube: its first three vertices lie around its root.
ROOT_VERTICES = 3


@dataclass(frozen=True)
class Geometry:
    """The parts of one head with their shape keys, its joints and its landmarks."""

    vertices: NDArray[np.float32]
    parts: tuple[Part, ...]
    joints: tuple[Joint, ...]
    landmarks: dict[str, NDArray[np.float32]]


def assemble(model: HeadModel, identity: Float[Tensor, " k"]) -> Geometry:
    """Evaluate the model for one identity (standard deviations) and cut it into parts, shape keys included."""
    with torch.no_grad():
        vertices = model.vertices(identity[None])[0].cpu().numpy().astype(np.float32)
        deltas = model.expression_deltas(identity).cpu().numpy().astype(np.float32)
        joints = model.joints(identity)
    return Geometry(
        vertices=vertices,
        parts=tuple(_part(part, vertices, deltas) for part in model.topology.parts),
        joints=tuple(
            Joint(name, parent, _triple(head), _triple(tail)) for name, (parent, head, tail) in joints.items()
        ),
        landmarks={name: points.positions(vertices) for name, points in model.topology.landmarks.items()},
    )


def groomed(geometry: Geometry, brow_density: float, brow_thickness: float, lash_length: float) -> Geometry:
    """The head with its brows thinned and its lashes at their length (see brow_share and lash_factor)."""
    share, factor = brow_share(brow_density, brow_thickness), lash_factor(lash_length)
    parts = {part.name: part for part in geometry.parts}
    parts["brows"] = thinned(parts["brows"], share)
    parts["lashes"] = lengthened(parts["lashes"], factor)
    return replace(geometry, parts=tuple(parts.values()))


def brow_share(density: float, thickness: float) -> float:
    """The share of a brow's hairs to keep. density 0 (none) .. 1 (bushy), thickness -1 (thin) .. 1 (thick)."""
    if density <= 0.0:
        return 0.0
    return float(np.clip(0.3 + 0.6 * density + 0.2 * thickness, 0.15, 1.0))


def thinned(part: Part, share: float) -> Part:
    """The part with about the first `share` (0..1) of its hairs.

    Hairs are connected pieces whose vertices follow one another, sorted so that a first share of them is the same
    brow, thinner; they alternate left and right, so an even number of them stays.
    """
    starts, ends = _hairs(part)
    hairs = 2 * round(len(starts) * float(np.clip(share, 0.0, 1.0)) / 2)
    count = int(ends[hairs - 1]) if hairs else 0
    kept = part.faces.max(axis=1) < count
    return replace(
        part,
        positions=np.ascontiguousarray(part.positions[:count]),
        faces=np.ascontiguousarray(part.faces[kept]),
        uv_faces=np.ascontiguousarray(part.uv_faces[kept]),
        weights=np.ascontiguousarray(part.weights[:count]),
        keys={
            name: SparseDeltas(deltas.indices[deltas.indices < count], deltas.deltas[deltas.indices < count])
            for name, deltas in part.keys.items()
        },
    )


def lash_factor(length: float) -> float:
    """Length 0 (stubs) .. 0.5 (usual) .. 1 (long) of the lashes as a factor."""
    return float(np.clip(0.55 + 0.9 * length, 0.3, 1.5))


def lengthened(part: Part, factor: float) -> Part:
    """The part with each of its hairs `factor` times as long; its roots stay, its shapes swing as before."""
    starts, ends = _hairs(part)
    hair_of = np.repeat(np.arange(len(starts)), ends - starts)
    roots = starts[:, None] + np.arange(ROOT_VERTICES)

    def stretched(points: NDArray[np.float32]) -> NDArray[np.float32]:
        root = points[roots].mean(axis=1)[hair_of]
        return (root + np.float32(factor) * (points - root)).astype(np.float32)

    keys: dict[str, SparseDeltas] = {}
    for name, deltas in part.keys.items():
        moved = np.zeros_like(part.positions)
        moved[deltas.indices] = deltas.deltas
        keys[name] = _sparse(stretched(moved))
    return replace(part, positions=stretched(part.positions), keys=keys)


def _hairs(part: Part) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First vertices of the part's connected pieces, whose vertices follow one another, and the ends of their runs."""
    corners = np.where(part.faces < 0, part.faces[:, :1], part.faces)
    bridged = np.zeros(len(part.positions) + 1, np.int64)
    np.add.at(bridged, corners.min(axis=1) + 1, 1)
    np.add.at(bridged, corners.max(axis=1) + 1, -1)
    starts = np.flatnonzero(np.cumsum(bridged)[:-1] == 0)
    return starts, np.append(starts[1:], len(part.positions))


def _part(part: PartTopology, vertices: NDArray[np.float32], deltas: NDArray[np.float32]) -> Part:
    own = slice(part.vertices.start, part.vertices.stop)
    return Part(
        name=part.name,
        material=part.material,
        positions=np.ascontiguousarray(vertices[own]),
        faces=part.faces,
        uvs=part.uvs,
        uv_faces=part.uv_faces,
        weights=part.weights,
        keys={name: _sparse(delta[own]) for name, delta in zip(ARKIT_NAMES, deltas, strict=True)},
    )


def _sparse(delta: NDArray[np.float32]) -> SparseDeltas:
    indices = np.flatnonzero(np.abs(delta).max(axis=1) > KEY_THRESHOLD_M).astype(np.int32)
    return SparseDeltas(indices, np.ascontiguousarray(delta[indices]))


def _triple(point: NDArray[np.float32]) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return x, y, z
