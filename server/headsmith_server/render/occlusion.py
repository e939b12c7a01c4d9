"""Which light reaches the vertices: shadows of directional lights, and exposure to light from all round.

Seen from where the light comes from, what is hidden is dark: one depth image a direction. At vertices, it is worked out
once for all cameras. Not differentiable.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.cameras import Camera, camera, look_at, orthographic
from headsmith_server.render.mesh import Mesh, vertex_normals
from headsmith_server.render.rasterise import rasterise

_AWAY_M = 0.0015
"""How far off the surface a vertex is taken, so that it does not shadow itself."""


@torch.no_grad()
def light_shares(
    vertices: Float[Tensor, "v 3"],
    mesh: Mesh,
    directions: Float[Tensor, "l 3"],
    softness: float = 0.004,
    resolution: int = 320,
    casts: Tensor | None = None,
) -> Float[Tensor, "l v"]:
    """How much of directional lights reaches each vertex, 0..1.

    directions: unit, towards the lights; softness: half the width of shadows' borders in metres; resolution: pixels of
    the depth images; casts: bool [T], the triangles that cast shadows, all by default.
    """
    triangles = mesh.triangles if casts is None else mesh.triangles[casts]
    centre = (vertices.amin(0) + vertices.amax(0)) / 2.0
    radius = float((vertices - centre).norm(dim=1).max()) * 1.02 + 1e-4
    views = _from_lights(directions, centre, radius)
    clip = views.to_clip(vertices[None])
    depth = rasterise(clip, triangles, (resolution, resolution), cull=False).depth
    metres = 4.0 * radius  # of one unit of window depth
    normals = vertex_normals(vertices[None], mesh)[0]
    points = views.to_clip((vertices + _AWAY_M * normals)[None])
    column = (points[..., 0] + 1.0) * (resolution / 2.0)
    row = (1.0 - points[..., 1]) * (resolution / 2.0)
    own = (points[..., 2] + 1.0) * 0.5 - _AWAY_M / metres
    reach = max(softness * resolution / (2.0 * radius), 0.5)
    shares = torch.zeros_like(own)
    image = torch.arange(len(directions), device=vertices.device)[:, None] * resolution * resolution
    taps = [(x, y) for x in (-1.0, -0.33, 0.33, 1.0) for y in (-1.0, -0.33, 0.33, 1.0)]
    for x, y in taps:
        at_column = (column + x * reach).long().clamp_(0, resolution - 1)
        at_row = (row + y * reach).long().clamp_(0, resolution - 1)
        shares += own <= depth.view(-1)[image + at_row * resolution + at_column]
    return shares / len(taps)


@torch.no_grad()
def exposures(
    vertices: Float[Tensor, "v 3"], mesh: Mesh, directions: int = 48, resolution: int = 160
) -> Float[Tensor, " v"]:
    """How much of an even light from all round reaches each vertex, 0..1 (ambient occlusion, cosine-weighted).

    directions: how many the light is taken from, evenly spread; resolution: pixels of their depth images.
    """
    towards = _spread(directions, vertices.device)
    normals = vertex_normals(vertices[None], mesh)[0]
    cosines = (towards @ normals.T).clamp(min=0.0)
    shares = light_shares(vertices, mesh, towards, 0.002, resolution)
    return (cosines * shares).sum(0) / cosines.sum(0).clamp(min=1e-6)


def _spread(count: int, device: torch.device) -> Float[Tensor, "n 3"]:
    """Directions evenly over the sphere (Fibonacci's lattice)."""
    number = torch.arange(count, device=device) + 0.5
    height = 1.0 - 2.0 * number / count
    turn = number * (math.pi * (3.0 - math.sqrt(5.0)))
    ring = (1.0 - height.square()).sqrt()
    return torch.stack([ring * turn.cos(), height, ring * turn.sin()], 1)


def _from_lights(directions: Tensor, centre: Tensor, radius: float) -> Camera:
    towards = functional.normalize(directions, dim=-1)
    upright = (towards[:, 1:2].abs() < 0.9).float()
    up = torch.cat([torch.zeros_like(upright), upright, 1.0 - upright], 1)
    view = look_at(centre + 2.0 * radius * towards, centre.expand_as(towards), up)
    return camera(view, orthographic(2.0 * radius, 1.0, 0.0, 4.0 * radius))
