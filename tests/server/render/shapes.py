"""Small meshes to render."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from headsmith_server.render import Camera, Mesh, arc, camera, perspective


def mesh_of(triangles: Tensor, vertex_count: int, uvs: Tensor | None = None) -> Mesh:
    """A mesh of one material and one part, its UV layout numbered as its vertices."""
    nothing = torch.zeros(len(triangles), dtype=torch.long)
    layout = torch.zeros(vertex_count, 2) if uvs is None else uvs
    return Mesh(vertex_count, triangles, layout, triangles, nothing, nothing)


def sphere(rows: int = 24, columns: int = 48, radius: float = 0.1) -> tuple[Tensor, Mesh]:
    """Vertices [V, 3] and mesh of a sphere about the origin, with latitude and longitude as UV."""
    height = torch.linspace(-math.pi / 2 + 0.01, math.pi / 2 - 0.01, rows + 1)
    turn = torch.linspace(0, 2 * math.pi, columns + 1)
    height, turn = torch.meshgrid(height, turn, indexing="ij")
    vertices = radius * torch.stack([height.cos() * turn.sin(), height.sin(), height.cos() * turn.cos()], -1)
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    a = (row * (columns + 1) + column).reshape(-1)
    b, c, d = a + 1, a + columns + 2, a + columns + 1
    triangles = torch.cat([torch.stack([a, b, c], 1), torch.stack([a, c, d], 1)])
    uvs = torch.stack([turn / (2 * math.pi), height / math.pi + 0.5], -1).reshape(-1, 2)
    return vertices.reshape(-1, 3), mesh_of(triangles, (rows + 1) * (columns + 1), uvs)


def plane(size: float = 1.0, depth: float = 0.0) -> tuple[Tensor, Mesh]:
    """A square that faces +Z, its UV from the lower left."""
    uvs = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    vertices = torch.cat([(uvs - 0.5) * size, torch.full((4, 1), depth)], 1)
    return vertices, mesh_of(torch.tensor([[0, 1, 2], [0, 2, 3]]), 4, uvs)


def view(distance: float = 0.5, yaw: float | list[float] = 0.0, fov: float = 30.0) -> Camera:
    """Cameras about the origin."""
    return camera(arc(yaw, 0.0, distance), perspective(fov, 1.0, 0.05, 5.0))
