"""surface: everything about the seen surface at covered pixels that shading and the output images need."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.cameras import Camera
from headsmith_server.render.footprint import footprint, uv_slopes
from headsmith_server.render.fragments import Fragments, corner_volumes, interpolate, ray_offsets
from headsmith_server.render.mesh import uv_orientation, uv_tangents, vertex_normals
from headsmith_server.render.scene import Scene
from headsmith_server.render.shading import SurfacePoints
from headsmith_server.render.texture import Pyramid
from headsmith_server.render.vectors import cross, dot, normalise


@dataclass(frozen=True)
class Surface:
    """Values at fragments: points to shade (which hold normals and albedo), the shares of the lights that reach them,
    depth in metres along the line of sight [N], uv [N, 2], part and material numbers [N]."""

    points: SurfacePoints
    light_shares: Float[Tensor, "l n"] | None
    depth: Float[Tensor, " n"]
    uv: Float[Tensor, "n 2"]
    part: Int[Tensor, " n"]
    material: Int[Tensor, " n"]

    @property
    def normal(self) -> Float[Tensor, "3 n"]:
        """Of the geometry, unit, world space."""
        return self.points.normal

    @property
    def detail(self) -> Float[Tensor, "3 n"]:
        """With the normal map's relief, unit, world space."""
        return self.points.detail

    @property
    def albedo(self) -> Float[Tensor, "3 n"]:
        """Linear."""
        return self.points.albedo


def surface(
    scene: Scene,
    camera: Camera,
    clip: Float[Tensor, "b v 4"],
    fragments: Fragments,
    barycentrics: Float[Tensor, "n 3"],
) -> Surface:
    """Interpolates positions, normals, tangents and uv, and samples the materials.

    clip: the scene's vertices in every camera's clip space; barycentrics: the fragments', differentiable or not.
    """
    mesh = scene.mesh
    vertices = scene.vertices
    normals = vertex_normals(vertices, mesh)
    shared = fragments if len(vertices) == fragments.images else fragments.as_one()
    columns = [vertices, normals, *scene.light_columns()]
    at_vertices = interpolate(torch.cat(columns, -1), mesh.triangles, shared, barycentrics).T.contiguous()
    position, normal, light = at_vertices.split((3, 3, len(at_vertices) - 6))
    normal = normalise(normal)
    bumpy = any(material.normal is not None for material in scene.materials)
    layout = mesh.uvs[None].expand(len(vertices), -1, -1)
    if bumpy:
        layout = torch.cat([layout, uv_tangents(vertices, mesh)], -1)
    at_layout = interpolate(layout, mesh.uv_triangles, shared, barycentrics)
    uv, tangent = at_layout[:, :2], at_layout[:, 2:]
    eyes = camera.position if len(camera) == 1 else camera.position.index_select(0, fragments.image)
    backward = camera.backward if len(camera) == 1 else camera.backward.index_select(0, fragments.image)
    offset = eyes.T - position
    depth = (offset * backward.T).sum(0)
    to_eye = backward.T.expand_as(position) if camera.orthographic else normalise(offset)
    # What is seen from behind (where materials allow it) turns its normal to the eye.
    if not all(of.cull for of in scene.materials):
        two_sided = ~scene.culled.index_select(0, fragments.numbers) & (dot(normal, to_eye) < 0)
        normal = torch.where(two_sided, -normal, normal)
    material = mesh.material.index_select(0, fragments.numbers)
    texture = scene.textures()
    level = None
    if texture.textured:
        slopes = interpolate(uv_slopes(vertices, mesh), mesh.uv_triangles, shared, barycentrics).T.contiguous()
        change = footprint(slopes, camera, fragments.size, fragments.image, to_eye, normal, depth)
        level = texture.level(change, material)
    texels = texture.sample(uv, level, material).T.contiguous()
    albedo, relief, roughness, specular = texels.split((3, 3, 1, 1))
    detail = normal
    if bumpy:
        sign = uv_orientation(mesh).index_select(0, fragments.numbers)
        detail = _relief(normal, tangent.T.contiguous(), sign, relief)
    subsurface = torch.tensor([of.subsurface for of in scene.materials], device=uv.device)[material]
    points = SurfacePoints(
        fragments.image,
        position,
        to_eye,
        normal,
        detail,
        albedo,
        roughness[0],
        specular[0],
        subsurface,
        None if scene.exposure is None else light[0],
    )
    shares = None if scene.light_shares is None else light[int(scene.exposure is not None) :]
    return Surface(points, shares, depth, uv, mesh.part.index_select(0, fragments.numbers), material)


def texture_level(
    texture: Pyramid,
    scene: Scene,
    clip: Float[Tensor, "b v 4"],
    fragments: Fragments,
    uv: Float[Tensor, "n 2"],
    material: Int[Tensor, " n"],
) -> Float[Tensor, " n"] | None:
    """The mip level of each fragment, detached; None when all textures are single texels."""
    if not texture.textured:
        return None
    mesh = scene.mesh
    derivatives = uv_derivatives(clip, mesh.triangles, mesh.uvs, mesh.uv_triangles, fragments, uv.detach())
    return texture.level(derivatives, material)


def uv_derivatives(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    uvs: Float[Tensor, "u 2"],
    uv_triangles: Int[Tensor, "t 3"],
    fragments: Fragments,
    uv: Float[Tensor, "n 2"],
) -> Float[Tensor, "n 2 2"]:
    """How u and v (last axis) change by one column and by one row; detached.

    uv is a quotient of functions that are affine in the pixel (see corner_volumes), so its derivative is exact.
    """
    with torch.no_grad():
        volumes = corner_volumes(clip, triangles, fragments.seen)
        corners = uvs.index_select(0, uv_triangles.index_select(0, fragments.seen % len(triangles)).view(-1))
        relative = (corners.view(-1, 3, 2) - corners[::3, None]).transpose(1, 2)
        change = volumes[:, :9].view(-1, 3, 3)
        # Of the numerators of u and v, and of the denominator, by x and by y; then the denominator at the reference.
        by_ray = torch.cat([relative, torch.ones_like(relative[:, :1])], 1) @ change[:, :, 1:]
        table = torch.cat([by_ray.flatten(1), change[:, :, :1].sum(1), corners[::3], volumes[:, 9:]], 1)
        at = table.index_select(0, fragments.slots)
        u_x, u_y, v_x, v_y, d_x, d_y, d, first_u, first_v, _, _ = at.unbind(1)
        dx, dy = ray_offsets(at, fragments.size, fragments.pixels)
        over = 1.0 / (d + dx * d_x + dy * d_y)
        rows, columns = fragments.size
        u, v = uv[:, 0] - first_u, uv[:, 1] - first_v
        across, down = over * (2.0 / columns), over * (-2.0 / rows)
        return torch.stack(
            [(u_x - u * d_x) * across, (v_x - v * d_x) * across, (u_y - u * d_y) * down, (v_y - v * d_y) * down], 1
        ).view(-1, 2, 2)


def _relief(normal: Tensor, tangent: Tensor, sign: Tensor, mapped: Tensor) -> Tensor:
    """The normal map's direction in the frame of normal and tangent, unit."""
    tangent = normalise(tangent - dot(tangent, normal) * normal)
    x, y, z = mapped.unbind(0)
    return normalise(x * tangent + (y * sign) * cross(normal, tangent) + z * normal)
