"""Mesh: which triangles there are, how they are laid out in UV, and sums over corners that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from headsmith_server.heads.protocol import Topology


@dataclass(frozen=True)
class Corners:
    """Triangles over numbered points, and both ways between values at points and values at triangles' corners."""

    count: int
    triangles: Int[Tensor, "t 3"]

    @cached_property
    def _by_point(self) -> tuple[Tensor, Tensor]:
        """Flat corners sorted by point, and where each point's run begins."""
        flat = self.triangles.reshape(-1)
        order = flat.argsort(stable=True)
        runs = torch.bincount(flat, minlength=self.count).cumsum(0)
        return order, torch.cat([runs.new_zeros(1), runs[:-1]])

    def spread(self, values: Float[Tensor, "v c"]) -> Float[Tensor, "t 3 c"]:
        """The point's value at each corner."""
        result: Tensor = _Spread.apply(values, self)  # pyright: ignore[reportAssignmentType]
        return result

    def collect(self, values: Float[Tensor, "t 3 c"]) -> Float[Tensor, "v c"]:
        """The sum over each point's corners, always in the same order."""
        result: Tensor = _Collect.apply(values, self)  # pyright: ignore[reportAssignmentType]
        return result

    def gather(self, values: Tensor) -> Tensor:
        return values.index_select(0, self.triangles.reshape(-1)).view(*self.triangles.shape, values.shape[1])

    def sum(self, values: Tensor) -> Tensor:
        order, starts = self._by_point
        return functional.embedding_bag(order, values.reshape(-1, values.shape[2]), starts, mode="sum")


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, corners: Corners) -> Tensor:
        ctx.corners = corners
        return corners.gather(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.corners.sum(gradients[0].contiguous()), None


class _Collect(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, corners: Corners) -> Tensor:
        ctx.corners = corners
        return corners.sum(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.corners.gather(gradients[0].contiguous()), None


@dataclass(frozen=True)
class Mesh:
    """What a scene's vertices span; shared by all identities of a head model, for what it keeps is dear to make.

    vertex_count: V; triangles: int64 [T, 3], counter-clockwise from outside; uvs: [U, 2], v up; uv_triangles: int64
    [T, 3] into uvs; material: number of each triangle's material [T]; part: number of each triangle's part [T].
    """

    vertex_count: int
    triangles: Int[Tensor, "t 3"]
    uvs: Float[Tensor, "u 2"]
    uv_triangles: Int[Tensor, "t 3"]
    material: Int[Tensor, " t"]
    part: Int[Tensor, " t"]

    @cached_property
    def corners(self) -> Corners:
        """Vertices and their corners."""
        return Corners(self.vertex_count, self.triangles)

    @cached_property
    def uv_corners(self) -> Corners:
        """Points of the UV layout and their corners."""
        return Corners(len(self.uvs), self.uv_triangles)

    @cached_property
    def edges(self) -> Edges:
        """Each edge once."""
        return edges_of(self.triangles, self.vertex_count)

    def select(self, kept: Bool[Tensor, " t"]) -> Mesh:
        """The mesh of some of the triangles, over the same vertices."""
        return Mesh(
            self.vertex_count,
            self.triangles[kept],
            self.uvs,
            self.uv_triangles[kept],
            self.material[kept],
            self.part[kept],
        )

    def to(self, device: torch.device) -> Mesh:
        """The same mesh on that device."""
        return Mesh(
            self.vertex_count,
            self.triangles.to(device),
            self.uvs.to(device),
            self.uv_triangles.to(device),
            self.material.to(device),
            self.part.to(device),
        )


@dataclass(frozen=True)
class Edges:
    """Edges of triangles: ends [E, 2] vertices; faces [E, 2] the triangles on both sides, -1 where the mesh ends."""

    ends: Int[Tensor, "e 2"]
    faces: Int[Tensor, "e 2"]


def edges_of(triangles: Int[Tensor, "t 3"], vertex_count: int) -> Edges:
    """Pairs triangles along shared edges; an edge of three or more triangles leaves the odd one a boundary."""
    ends = torch.cat([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).sort(1).values
    face = torch.arange(len(triangles), device=triangles.device).repeat(3)
    key = ends[:, 0] * vertex_count + ends[:, 1]
    key, order = key.sort(stable=True)
    ends, face = ends[order], face[order]
    run = torch.cat([key.new_ones(1, dtype=torch.bool), key[1:] != key[:-1]]) if len(key) else key.bool()
    first = torch.where(run, torch.arange(len(key), device=key.device), 0).cummax(0).values if len(key) else key
    place = torch.arange(len(key), device=key.device) - first
    even = (place % 2 == 0).nonzero()[:, 0]
    partner = (even + 1).clamp(max=max(len(key) - 1, 0))
    paired = (partner > even) & (key[partner] == key[even])
    return Edges(ends[even], torch.stack([face[even], torch.where(paired, face[partner], -1)], 1))


def head_mesh(topology: Topology, names: Sequence[str] | None = None, device: torch.device | None = None) -> Mesh:
    """The triangles of a head model's parts (all by default) over the model's vertices.

    Quads are cut along their first diagonal. Parts are numbered by their place in topology.parts, materials by the
    order in which `material_names` gives them.
    """
    materials = material_names(topology)
    triangles, uvs, uv_triangles, material, part = [], [], [], [], []
    for number, of in enumerate(topology.parts):
        if names is not None and of.name not in names:
            continue
        faces, uv_faces = of.faces.astype(np.int64), of.uv_faces.astype(np.int64)
        quads = faces[:, 3] >= 0
        triangles.append(np.concatenate([faces[:, :3], faces[quads][:, [0, 2, 3]]]) + of.vertices.start)
        start = sum(len(value) for value in uvs)
        uv_triangles.append(np.concatenate([uv_faces[:, :3], uv_faces[quads][:, [0, 2, 3]]]) + start)
        uvs.append(of.uvs)
        material.append(np.full(len(triangles[-1]), materials.index(of.material)))
        part.append(np.full(len(triangles[-1]), number))
    arrays = (np.concatenate(value) for value in (triangles, uvs, uv_triangles, material, part))
    tensors = [torch.from_numpy(array).to(device or torch.device("cpu")) for array in arrays]
    return Mesh(max(of.vertices.stop for of in topology.parts), *tensors)


def material_names(topology: Topology) -> tuple[str, ...]:
    """The materials of a head model's parts, each once, in the order of the parts."""
    return tuple(dict.fromkeys(part.material for part in topology.parts))


def vertex_normals(vertices: Float[Tensor, "b v 3"], mesh: Mesh) -> Float[Tensor, "b v 3"]:
    """Unit normals: of each vertex's faces, by their area. Differentiable. Vertices without faces get zero."""
    batch = len(vertices)
    corners = mesh.corners.spread(_flat(vertices)).view(-1, 3, batch, 3)
    a, b, c = corners.unbind(1)
    faces = torch.linalg.cross(b - a, c - a).reshape(len(mesh.triangles), 1, batch * 3)
    sums = mesh.corners.collect(faces.expand(-1, 3, -1))
    return functional.normalize(sums.view(-1, batch, 3).transpose(0, 1), dim=-1, eps=1e-20)


def uv_tangents(vertices: Float[Tensor, "b v 3"], mesh: Mesh) -> Float[Tensor, "b u 3"]:
    """Unit tangents along u at the points of the UV layout, so that seams split them. Differentiable.

    As in MikkTSpace (Mikkelsen 2008), faces count by their angle at the corner; the bitangent is made at the pixel
    (see uv_orientation).
    """
    batch = len(vertices)
    a, b, c = mesh.corners.spread(_flat(vertices)).view(-1, 3, batch, 3).unbind(1)
    ua, ub, uc = mesh.uvs[mesh.uv_triangles].unbind(1)
    along, across = ub - ua, uc - ua
    sign = uv_orientation(mesh)[:, None, None]
    tangents = sign * ((b - a) * across[:, None, 1:] - (c - a) * along[:, None, 1:])
    tangents = functional.normalize(tangents, dim=-1, eps=1e-20)
    angles = torch.stack([_angle(b - a, c - a), _angle(c - b, a - b), _angle(a - c, b - c)], 1)
    weighted = (tangents[:, None] * angles[..., None]).reshape(len(mesh.triangles), 3, batch * 3)
    sums = mesh.uv_corners.collect(weighted)
    return functional.normalize(sums.view(-1, batch, 3).transpose(0, 1), dim=-1, eps=1e-20)


def uv_orientation(mesh: Mesh) -> Float[Tensor, " t"]:
    """1 where a triangle is laid out in UV as it is seen from outside, -1 where it is mirrored."""
    a, b, c = mesh.uvs[mesh.uv_triangles].unbind(1)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return torch.where(area < 0, -1.0, 1.0).to(mesh.uvs)


def _angle(a: Tensor, b: Tensor) -> Tensor:
    sine = torch.linalg.cross(a, b)
    # The root of nothing has no derivative: a collapsed corner counts for nothing instead.
    square = (sine * sine).sum(-1)
    flat = square < 1e-30
    return torch.where(flat, 0.0, torch.atan2(torch.where(flat, 1.0, square).sqrt(), (a * b).sum(-1)))


def _flat(vertices: Tensor) -> Tensor:
    """[V, B * 3]: one row a vertex, whatever the batch."""
    return vertices.transpose(0, 1).reshape(vertices.shape[1], -1)
