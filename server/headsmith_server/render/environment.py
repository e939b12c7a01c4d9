"""Environment: a picture of the light from all directions, pre-filtered for matt and for glossy surfaces.

Pictures are latitude-longitude: the top row looks up (+Y), the middle column along +Z, the columns to its right
towards +X, as photographs of surroundings are stored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render import harmonics
from headsmith_server.render.ggx import half_vectors
from headsmith_server.render.texture import Pyramid, pyramid

ROUGHNESS: Final = (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Perceptual roughness of the pre-filtered levels."""
_SAMPLES: Final = 256


@dataclass(frozen=True)
class Environment:
    """radiance: linear [H, W, 3]; harmonics: the same as nine coefficients [9, 3]; glossy: the radiance averaged over
    GGX lobes of each ROUGHNESS, one texture a level (Karis 2013, split sum)."""

    radiance: Float[Tensor, "h w 3"]
    harmonics: Float[Tensor, "9 3"]
    glossy: Pyramid

    def look(self, directions: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
        """Radiance from unit directions."""
        sharpest = torch.zeros(directions.shape[1], dtype=torch.long, device=directions.device)
        return self.glossy.sample(latlong(directions), texture=sharpest, wrap="latlong").T

    def reflect(self, directions: Float[Tensor, "3 n"], roughness: Float[Tensor, " n"]) -> Float[Tensor, "3 n"]:
        """Radiance averaged over the GGX lobe of that roughness (0..1) about unit mirror directions."""
        steps = torch.tensor(ROUGHNESS, device=roughness.device, dtype=roughness.dtype)
        upper = torch.bucketize(roughness.detach().contiguous(), steps).clamp(1, len(steps) - 1)
        low, high = steps[upper - 1], steps[upper]
        blend = ((roughness - low) / (high - low)).clamp(0.0, 1.0)
        uv = latlong(directions)
        smooth = self.glossy.sample(uv, texture=upper - 1, wrap="latlong").T
        return smooth + blend * (self.glossy.sample(uv, texture=upper, wrap="latlong").T - smooth)

    def to(self, device: torch.device) -> Environment:
        """The same environment on that device."""
        glossy = Pyramid(self.glossy.texels.to(device), self.glossy.sizes)
        return Environment(self.radiance.to(device), self.harmonics.to(device), glossy)


def environment(radiance: Float[Tensor, "h w 3"], samples: int = _SAMPLES) -> Environment:
    """Pre-filters a latitude-longitude picture of linear radiance. samples: of each glossy texel."""
    levels = [radiance]
    source = pyramid([radiance])
    for roughness in ROUGHNESS[1:]:
        rows = max(8, min(radiance.shape[0], round(8 / roughness**2)))
        levels.append(_glossy(source, roughness, (rows, 2 * rows), samples))
    return Environment(radiance, project(radiance), pyramid(levels, mips=False))


def latlong(directions: Float[Tensor, "3 n"]) -> Float[Tensor, "n 2"]:
    """Where a unit direction is in the picture: u, v."""
    x, y, z = directions.unbind(0)
    # At the poles the longitude has no derivative, nor does the colour depend on it.
    level = x * x + z * z
    pole = level < 1e-12
    u = torch.atan2(torch.where(pole, 0.0, x), torch.where(pole, 1.0, z)) * (0.5 / math.pi) + 0.5
    v = torch.atan2(y, torch.where(pole, 1e-12, level).sqrt()) * (1.0 / math.pi) + 0.5
    return torch.stack([u, v], -1)


def texel_directions(size: tuple[int, int], device: torch.device | None = None) -> Float[Tensor, "h w 3"]:
    """Unit directions of the centres of a picture's texels."""
    rows, columns = size
    height = (0.5 - (torch.arange(rows, device=device) + 0.5) / rows) * math.pi
    turn = ((torch.arange(columns, device=device) + 0.5) / columns - 0.5) * (2.0 * math.pi)
    height, turn = height[:, None].expand(size), turn[None].expand(size)
    return torch.stack([turn.sin() * height.cos(), height.sin(), turn.cos() * height.cos()], -1)


def solid_angles(size: tuple[int, int], device: torch.device | None = None) -> Float[Tensor, "h w"]:
    """Steradians of a picture's texels; they add up to 4 pi."""
    rows, columns = size
    edges = torch.linspace(math.pi / 2, -math.pi / 2, rows + 1, device=device, dtype=torch.float64).sin()
    return ((edges[:-1] - edges[1:]) * (2.0 * math.pi / columns)).float()[:, None].expand(size)


def project(radiance: Float[Tensor, "h w 3"]) -> Float[Tensor, "9 3"]:
    """The nine harmonic coefficients of a picture of radiance."""
    size = (radiance.shape[0], radiance.shape[1])
    functions = harmonics.basis(texel_directions(size, radiance.device))
    return torch.einsum("hwk,hwc,hw->kc", functions, radiance, solid_angles(size, radiance.device))


def _glossy(source: Pyramid, roughness: float, size: tuple[int, int], samples: int) -> Tensor:
    """Averages over GGX lobes by filtered importance sampling (Colbert & Krivanek 2007) with view along the normal."""
    normals = texel_directions(size, source.texels.device).reshape(-1, 3)
    halves, density = half_vectors(roughness, samples, source.texels.device)
    # With the view along the normal: reflect it at each half vector.
    local = 2.0 * halves[:, 2:] * halves - torch.tensor([0.0, 0.0, 1.0], device=halves.device)
    facing = local[:, 2] > 0
    local, density = local[facing], density[facing]
    spread = 1.0 / (samples * density / 4.0)  # steradians that a sample stands for
    texel = 2.0 * math.pi**2 / (source.sizes[0][0] * source.sizes[0][1])
    level = 0.5 * torch.log2((spread / texel).clamp(min=1e-6)) + 1.0
    across, along = _frame(normals)
    total = torch.zeros(len(normals), source.texels.shape[1], device=normals.device)
    for direction, at in zip(local, level, strict=True):
        towards = direction[0] * across + direction[1] * along + direction[2] * normals
        total += direction[2] * source.sample(latlong(towards.T), at.expand(len(towards)), wrap="latlong")
    return (total / local[:, 2].sum()).reshape(*size, -1)


def _frame(normals: Tensor) -> tuple[Tensor, Tensor]:
    """Two unit vectors across each normal."""
    helper = torch.where(
        normals[:, 1:2].abs() < 0.9,
        torch.tensor([0.0, 1.0, 0.0], device=normals.device),
        torch.tensor([1.0, 0.0, 0.0], device=normals.device),
    )
    across = functional.normalize(torch.linalg.cross(helper, normals), dim=-1)
    return across, torch.linalg.cross(normals, across)
