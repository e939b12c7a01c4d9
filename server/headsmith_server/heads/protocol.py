"""HeadModel: what every parametric head offers, whatever statistics stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class PartTopology:
    """Connectivity of one part, in the part's own vertex numbers.

    vertices: the part's range in the model's vertex array; faces, uvs, uv_faces, weights as in HeadAsset's Part.
    """

    name: str
    material: str
    vertices: range
    faces: NDArray[np.int32]
    uvs: NDArray[np.float32]
    uv_faces: NDArray[np.int32]
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class SurfacePoints:
    """Points on the skin: faces int32 [N] (skin face), corners int32 [N, 3] (skin vertices), barycentrics [N, 3]."""

    corners: NDArray[np.int32]
    barycentrics: NDArray[np.float32]

    def positions(self, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 [N, 3] from model vertices [V, 3]; skin is the first part, so its numbers are the model's."""
        return np.einsum("nc,ncx->nx", self.barycentrics, vertices[self.corners]).astype(np.float32)


@dataclass(frozen=True)
class Topology:
    """What all heads of a model share.

    loops: named closed or open edge loops, ordered vertex numbers of the skin (lid_margin_l, lid_margin_r,
    lip_line_upper, lip_line_lower, lips_outer, nostril_l, nostril_r, collar);
    sets: named skin vertex numbers (face_region, mouth_cavity, ear_l, ear_r, inner_lid, nostril_inside, scalp, neck);
    mirror: int32 [skin V], the vertex on the other side;
    landmarks: "multi_pie_68", "mediapipe_478" as points on the skin.
    """

    parts: tuple[PartTopology, ...]
    loops: Mapping[str, NDArray[np.int32]]
    sets: Mapping[str, NDArray[np.int32]]
    mirror: NDArray[np.int32]
    landmarks: Mapping[str, SurfacePoints]

    def part(self, name: str) -> PartTopology:
        """The part of that name; KeyError when the model has none."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)


@dataclass(frozen=True)
class Attribute:
    """A named semantic direction: adding `weight` times `direction` (float32 [K]) to the identity moves the head
    by `weight` standard deviations of that attribute; low and high say in words where it leads."""

    name: str
    low: str
    high: str
    direction: NDArray[np.float32]


class HeadModel(Protocol):
    """A parametric head. Identity coefficients are in standard deviations: real heads are drawn from N(0, I)."""

    @property
    def name(self) -> str: ...

    @property
    def sha256(self) -> str: ...

    @property
    def licence(self) -> str: ...

    @property
    def topology(self) -> Topology: ...

    @property
    def device(self) -> torch.device: ...

    @property
    def identity_size(self) -> int: ...

    @property
    def attributes(self) -> Mapping[str, Attribute]: ...

    def vertices(
        self, identity: Float[Tensor, "b k"], expression: Float[Tensor, "b 52"] | None = None
    ) -> Float[Tensor, "b v 3"]:
        """Vertices of all parts in metres; expression weights in ARKit's order, 0..1. Differentiable in both."""
        ...

    def expression_deltas(self, identity: Float[Tensor, " k"]) -> Float[Tensor, "52 v 3"]:
        """Offsets in metres of each ARKit shape at weight 1 on that identity, for all parts."""
        ...

    def hung(self, vertices: Float[Tensor, "b v 3"]) -> Float[Tensor, "b v 3"]:
        """The same vertices with the parts that hang on the skin (lashes, brows) placed anew."""
        ...

    def joints(
        self, identity: Float[Tensor, " k"]
    ) -> Mapping[str, tuple[str | None, NDArray[np.float32], NDArray[np.float32]]]:
        """joint name -> (parent, head [3], tail [3]) in metres, parents first."""
        ...

    def measurements(self, vertices: Float[Tensor, "v 3"]) -> Mapping[str, float]:
        """Anthropometric distances in millimetres as functions of the mesh."""
        ...

    def to(self, device: torch.device) -> HeadModel:
        """The same model with its arrays on that device."""
        ...
