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
    corners = np.where(part.faces < 0, part.faces[:, :1], part.faces)
    bridged = np.zeros(len(part.positions) + 1, np.int64)
    np.add.at(bridged, corners.min(axis=1) + 1, 1)
    np.add.at(bridged, corners.max(axis=1) + 1, -1)
    starts = np.flatnonzero(np.cumsum(bridged)[:-1] == 0)
    ends = np.append(starts[1:], len(part.positions))
    hairs = 2 * round(len(starts) * float(np.clip(share, 0.0, 1.0)) / 2)
    count = int(ends[hairs - 1]) if hairs else 0
    kept = corners.max(axis=1) < count
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
