"""Scene and Material: what is rendered, but for the camera and the light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.mesh import Mesh
from headsmith_server.render.texture import Pyramid, pyramid

CHANNELS = 8
"""Of a packed texture: albedo 3, tangent normal 3, roughness, specular."""


@dataclass(frozen=True)
class Material:
    """A surface: maps where given, times factors.

    albedo: linear [H, W, 3]; normal: tangent space -1..1 [H, W, 3], green along v; roughness (perceptual) and specular
    (reflectance head-on is 0.08 * specular) in 0..1 [H, W]; alpha: coverage in 0..1 [H, W]. Maps may differ in size.
    *_factor: multiply the map, or stand alone; opacity: times alpha; below 1 or with an alpha map the material is
    drawn in layers. transmission: 1 for glass, whose highlights stay whole where its opacity is low.
    subsurface: 0 none to 1 skin. cull: unseen from behind.
    """

    albedo: Float[Tensor, "h w 3"] | None = None
    normal: Float[Tensor, "h w 3"] | None = None
    roughness: Float[Tensor, "h w"] | None = None
    specular: Float[Tensor, "h w"] | None = None
    alpha: Float[Tensor, "h w"] | None = None
    albedo_factor: tuple[float, float, float] = (1.0, 1.0, 1.0)
    roughness_factor: float = 1.0
    specular_factor: float = 1.0
    opacity: float = 1.0
    transmission: float = 0.0
    subsurface: float = 0.0
    cull: bool = True

    @property
    def layered(self) -> bool:
        """Whether something may be seen through it."""
        return self.alpha is not None or self.opacity < 1.0

    @property
    def learns(self) -> bool:
        """Whether a gradient is wanted for one of the maps."""
        maps = (self.albedo, self.normal, self.roughness, self.specular, self.alpha)
        return any(values is not None and values.requires_grad for values in maps)

    def packed(self, device: torch.device) -> Float[Tensor, "h w 8"]:
        """All maps but alpha as one image of the largest map's size, factors applied."""
        maps = [self.albedo, self.normal, self.roughness, self.specular]
        size = max(((m.shape[0], m.shape[1]) for m in maps if m is not None), default=(1, 1))
        tint = torch.tensor(self.albedo_factor, device=device)
        flat = torch.tensor((0.0, 0.0, 1.0), device=device)
        return torch.cat(
            [
                _resized(self.albedo, size) * tint if self.albedo is not None else tint.expand(*size, 3),
                _resized(self.normal, size) if self.normal is not None else flat.expand(*size, 3),
                _channel(self.roughness, size, self.roughness_factor, device),
                _channel(self.specular, size, self.specular_factor, device),
            ],
            -1,
        )


def _channel(values: Tensor | None, size: tuple[int, int], factor: float, device: torch.device) -> Tensor:
    if values is None:
        return torch.full((*size, 1), factor, device=device)
    return _resized(values[..., None], size) * factor


def _resized(image: Tensor, size: tuple[int, int]) -> Tensor:
    if image.shape[:2] == size:
        return image
    enlarged = functional.interpolate(image.permute(2, 0, 1)[None], size, mode="bilinear", align_corners=False)
    return enlarged[0].permute(1, 2, 0)


@dataclass(frozen=True)
class Scene:
    """vertices: metres [B, V, 3], or [1, V, 3] seen by every camera; mesh: their triangles; materials: by the numbers
    in mesh.material; exposure: how much of the light from all round reaches each vertex (occlusion.exposures);
    light_shares: how much of each directional, then each point light does (occlusion.light_shares); [1, ...] for all
    alike, 1 by default."""

    vertices: Float[Tensor, "b v 3"]
    mesh: Mesh
    materials: tuple[Material, ...]
    exposure: Float[Tensor, "b v"] | None = None
    light_shares: Float[Tensor, "b l v"] | None = None

    def __post_init__(self) -> None:
        if self.vertices.ndim != 3 or self.vertices.shape[1] != self.mesh.vertex_count:
            raise ValueError(f"vertices of shape {tuple(self.vertices.shape)} for a mesh of {self.mesh.vertex_count}")

    @cached_property
    def culled(self) -> Bool[Tensor, " t"]:
        """Which triangles are unseen from behind."""
        flags = torch.tensor([material.cull for material in self.materials], device=self.vertices.device)
        return flags.index_select(0, self.mesh.material)

    @cached_property
    def layered(self) -> Bool[Tensor, " t"]:
        """Which triangles something may be seen through."""
        flags = torch.tensor([material.layered for material in self.materials], device=self.vertices.device)
        return flags.index_select(0, self.mesh.material)

    def light_columns(self) -> list[Float[Tensor, "b v c"]]:
        """Exposure and light shares as attributes of the vertices, as far as there are any."""
        found = [] if self.exposure is None else [self.exposure[..., None]]
        found += [] if self.light_shares is None else [self.light_shares.transpose(1, 2)]
        return [values.expand(len(self.vertices), -1, -1) for values in found]

    def alphas(self) -> Pyramid:
        """Every material's alpha map, a full one for those without."""
        full = torch.ones(1, 1, 1, device=self.vertices.device)
        return pyramid([full if of.alpha is None else of.alpha[..., None] for of in self.materials])

    def textures(self) -> Pyramid:
        """Every material's packed maps. Kept between renders while no gradient runs through it."""
        kept = self.__dict__.get("_textures")
        if kept is not None:
            return kept
        device = self.vertices.device
        made = pyramid([material.packed(device) for material in self.materials])
        if not any(material.learns for material in self.materials):
            self.__dict__["_textures"] = made
        return made
