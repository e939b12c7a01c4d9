"""How far texture coordinates change from pixel to pixel on a smooth surface, for mip levels without jumps.

Exact derivatives (surface.uv_derivatives) belong to the flat triangle and jump from one to the next, by whole mip
levels where triangles are seen at a grazing angle, so that outlines flicker and have derivatives that no difference
agrees with. Here the surface's own slopes of u and v are averaged at the points of the layout and interpolated, and
the ray is followed to the plane of the smooth normal.
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.cameras import Camera
from headsmith_server.render.mesh import Mesh
from headsmith_server.render.vectors import dot

MOST_STRETCHED: Final = 0.1
"""Cosine to the eye below which a pixel's footprint grows no longer."""


def uv_slopes(vertices: Float[Tensor, "b v 3"], mesh: Mesh) -> Float[Tensor, "b u 6"]:
    """The slopes of u, then of v, along the surface, per metre, at the points of the UV layout. Differentiable.

    Means of the faces at each point by their area.
    """
    batch = len(vertices)
    a, b, c = (
        mesh.corners.spread(vertices.transpose(0, 1).reshape(mesh.vertex_count, -1)).view(-1, 3, batch, 3).unbind(1)
    )
    ua, ub, uc = mesh.uvs[mesh.uv_triangles][:, :, None, :].unbind(1)
    along, across = b - a, c - a
    normal = torch.linalg.cross(along, across)
    area = (normal * normal).sum(-1, keepdim=True).clamp(min=1e-24).sqrt()
    # The slopes of the second and third barycentric, times the area, for the mean is weighted by it.
    over = 1.0 / area
    second, third = torch.linalg.cross(across, normal) * over, torch.linalg.cross(normal, along) * over
    slopes = [second * (ub - ua)[..., axis, None] + third * (uc - ua)[..., axis, None] for axis in (0, 1)]
    weighted = torch.cat([*slopes, area], -1).reshape(len(mesh.triangles), 1, batch * 7)
    sums = mesh.uv_corners.collect(weighted.expand(-1, 3, -1)).view(-1, batch, 7).transpose(0, 1)
    return sums[..., :6] / sums[..., 6:].clamp(min=1e-12)


def footprint(
    slopes: Float[Tensor, "6 n"],
    camera: Camera,
    size: tuple[int, int],
    image: Int[Tensor, " n"],
    to_eye: Float[Tensor, "3 n"],
    normal: Float[Tensor, "3 n"],
    depth: Float[Tensor, " n"],
) -> Float[Tensor, "n 2 2"]:
    """How u and v (last axis) change by one column and by one row. Differentiable.

    slopes: interpolated from uv_slopes; to_eye, normal: unit; depth: metres along the line of sight.
    """
    facing = dot(normal, to_eye)
    over = torch.where(facing < 0, -1.0, 1.0) / facing.abs().clamp(min=MOST_STRETCHED)
    sight = [dot(slope, to_eye) * over for slope in (slopes[:3], slopes[3:])]
    changes = []
    for axis in (0, 1):
        # A pixel's width, and its height downwards, in metres at a metre's distance.
        focal = camera.projection[:, axis, axis]
        step = camera.view[:, axis, :3] * ((2.0, -2.0)[axis] / (focal * size[1 - axis]))[:, None]
        step = (step if len(camera) == 1 else step.index_select(0, image)).T
        tilt = (normal * step).sum(0)
        for slope, lost in zip((slopes[:3], slopes[3:]), sight, strict=True):
            change = (slope * step).sum(0) - lost * tilt
            changes.append(change if camera.orthographic else change * depth)
    return torch.stack(changes, 1).view(-1, 2, 2)
