"""From a parametric head and an identity to the parts, joints and landmarks of a HeadAsset."""

from __future__ import annotations

from dataclasses import dataclass

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
