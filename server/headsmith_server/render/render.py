"""render: a scene as seen by a batch of cameras, differentiable in everything that is continuous."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from headsmith_server.render.backends import nvdiffrast
from headsmith_server.render.cameras import Camera
from headsmith_server.render.fragments import Fragments
from headsmith_server.render.layers import composite, layered
from headsmith_server.render.lights import Lights
from headsmith_server.render.rasterise import rasterise
from headsmith_server.render.scene import Scene
from headsmith_server.render.shading import Shaded, shade
from headsmith_server.render.silhouette import crossings
from headsmith_server.render.surface import Surface, surface
from headsmith_shared.errors import ErrorCode, HeadsmithError

Backend = Literal["torch", "nvdiffrast", "auto"]
Rasteriser = Callable[[Tensor, Tensor, tuple[int, int], Tensor, "Tensor | None"], Fragments]


@dataclass(frozen=True)
class Buffers:
    """Images of a batch, [B, H, W, ...], made of the seen surface when asked for.

    colour: linear, times alpha (over black); alpha: share of the pixel that is covered, 0..1. mask, normal, albedo,
    depth, uv and part are of the nearest opaque surface at the pixel's centre, not blended at outlines.
    """

    colour: Float[Tensor, "b h w 3"]
    alpha: Float[Tensor, "b h w"]
    fragments: Fragments
    surface: Surface

    @property
    def mask(self) -> Bool[Tensor, "b h w"]:
        """Whether a surface is seen."""
        return self.fragments.triangle >= 0

    @cached_property
    def normal(self) -> Float[Tensor, "b h w 3"]:
        """Unit normals in world space with the normal map's relief, 0 where nothing is seen."""
        return self.fragments.scatter(self.surface.detail.T, 0.0)

    @cached_property
    def smooth_normal(self) -> Float[Tensor, "b h w 3"]:
        """Unit normals of the geometry alone."""
        return self.fragments.scatter(self.surface.normal.T, 0.0)

    @cached_property
    def albedo(self) -> Float[Tensor, "b h w 3"]:
        """Linear albedo, 0 where nothing is seen."""
        return self.fragments.scatter(self.surface.albedo.T, 0.0)

    @cached_property
    def depth(self) -> Float[Tensor, "b h w"]:
        """Metres along the line of sight (not along the ray), infinite where nothing is seen."""
        return self.fragments.scatter(self.surface.depth, torch.inf)

    @cached_property
    def uv(self) -> Float[Tensor, "b h w 2"]:
        """Texture coordinates, 0 where nothing is seen."""
        return self.fragments.scatter(self.surface.uv, 0.0)

    @cached_property
    def part(self) -> Int[Tensor, "b h w"]:
        """Numbers of the mesh's parts, -1 where nothing is seen."""
        return self.fragments.scatter(self.surface.part, -1)

    def over(self, background: Float[Tensor, "... 3"]) -> Float[Tensor, "b h w 3"]:
        """The colours before a linear background that broadcasts to [B, H, W, 3]."""
        return self.colour + (1.0 - self.alpha)[..., None] * background


def render(
    scene: Scene,
    camera: Camera,
    lights: Lights,
    size: tuple[int, int],
    backend: Backend = "auto",
    antialias: bool = True,
) -> Buffers:
    """One image a camera.

    scene.vertices is one set for all cameras or one a camera; size: rows, columns. backend: "torch" anywhere;
    "nvdiffrast" on CUDA where that package is installed (its licence forbids commercial use); "auto" is torch unless
    both hold. Raises HeadsmithError: MISSING_DEPENDENCY when nvdiffrast is asked for and cannot be used.
    """
    count = max(len(camera), len(scene.vertices))
    if {len(camera), len(scene.vertices)} - {1, count}:
        raise ValueError(f"{len(camera)} cameras do not go with {len(scene.vertices)} sets of vertices")
    clip = camera.to_clip(scene.vertices)
    opaque = (~scene.layered).nonzero()[:, 0] if bool(scene.layered.any()) else None
    rasterised = _rasteriser(backend, clip)(clip, scene.mesh.triangles, size, scene.culled, opaque)
    return shade_fragments(scene, camera, lights, rasterised, antialias)


def shade_fragments(
    scene: Scene, camera: Camera, lights: Lights, fragments: Fragments, antialias: bool = True
) -> Buffers:
    """The second half of render: colours for the fragments of the opaque triangles, then the layers before them."""
    clip = camera.to_clip(scene.vertices)
    layers = scene.layered.nonzero()[:, 0]
    seen, shaded = _shaded(scene, camera, lights, clip, fragments)
    colour = shaded.diffuse + shaded.specular
    image = fragments.scatter(torch.cat([colour, torch.ones_like(colour[:1])]).T, 0.0).view(-1, 4)
    if antialias:
        left_out = scene.layered if len(layers) else None
        image = crossings(clip, scene.mesh, fragments, left_out, scene.culled).blend(image)
    if len(layers):
        before, coverage = layered(scene, clip, fragments, layers)
        if len(before):
            over, lit = _shaded(scene, camera, lights, clip, before)
            glass = torch.tensor([of.transmission for of in scene.materials], device=clip.device)[over.material]
            image = composite(image, before, coverage, lit.diffuse, lit.specular, glass)
    image = image.view(fragments.images, *fragments.size, 4)
    return Buffers(image[..., :3], image[..., 3], fragments, seen)


def _rasteriser(backend: Backend, clip: Tensor) -> Rasteriser:
    if backend == "torch" or (backend == "auto" and not clip.is_cuda):
        return rasterise
    reason = nvdiffrast.missing()
    if reason is None and clip.is_cuda:
        return nvdiffrast.rasterise
    if backend == "auto":
        return rasterise
    raise HeadsmithError(
        ErrorCode.MISSING_DEPENDENCY,
        f"the backend nvdiffrast cannot be used: {reason or 'the scene is not on a CUDA device'}",
        "use backend='torch', or move the scene to a GPU and install nvdiffrast (non-commercial use only)",
    )


def _shaded(scene: Scene, camera: Camera, lights: Lights, clip: Tensor, fragments: Fragments) -> tuple[Surface, Shaded]:
    barycentrics = fragments.weights
    if torch.is_grad_enabled() and clip.requires_grad:
        barycentrics = fragments.barycentrics_of(clip, scene.mesh.triangles)
    seen = surface(scene, camera, clip, fragments, barycentrics)
    return seen, shade(seen.points, lights, seen.light_shares)
