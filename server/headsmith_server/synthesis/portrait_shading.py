"""Light on the surfaces of a portrait, pixel by pixel: skin with light beneath its surface, eyes, mouth, cloth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.ggx import highlight, schlick
from headsmith_server.render.harmonics import basis, lobe_factors
from headsmith_server.synthesis.lights import Illumination

WRAP: Final = (0.28, 0.11, 0.07)
"""How far light walks round the terminator beneath skin, for red, green and blue (render/harmonics.lobe_factors)."""
SMOOTH_NORMAL: Final = (0.75, 0.45, 0.30)
"""How much of the relief scattering hides from diffuse light, a channel."""
BLEED: Final = (0.75, 1.0, 1.08)
"""Exponents of a shadow's edge: red light walks further into it."""
TEAR_FILM: Final = 0.08
"""More than water mirrors (0.025): the lamps of these environments are larger and duller than real ones."""
LOBE_MIX: Final = 0.80
"""Share of the wide lobe of skin's highlight; the rest is a lobe of half its roughness (Weyrich et al. 2006)."""


@dataclass(frozen=True)
class LightField:
    """An Illumination on a device: directions [L, 3], irradiance [L, 3], softness [L] degrees, skin and plain [9, 3]:
    harmonics times their lobe, so that a product with the basis is irradiance; sheen and mirror [1, 3, R, C]."""

    directions: Float[Tensor, "l 3"]
    irradiance: Float[Tensor, "l 3"]
    softness: tuple[float, ...]
    skin: Float[Tensor, "9 3"]
    plain: Float[Tensor, "9 3"]
    sheen: Tensor
    mirror: Tensor


@dataclass(frozen=True)
class Surface:
    """N points that are seen: normals with and without relief, unit vectors to the eye, maps, and what reaches them:
    ambient [N] (occlusion) and lit [N, L] (of each directional light); subsurface [N]: 1 for skin."""

    normal: Float[Tensor, "n 3"]
    relief: Float[Tensor, "n 3"]
    to_eye: Float[Tensor, "n 3"]
    albedo: Float[Tensor, "n 3"]
    roughness: Float[Tensor, " n"]
    specular: Float[Tensor, " n"]
    subsurface: Float[Tensor, " n"]
    ambient: Float[Tensor, " n"]
    lit: Float[Tensor, "n l"]


def light_field(light: Illumination, device: torch.device) -> LightField:
    """The illumination as tensors on a device."""

    def tensor(array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(device)

    harmonics = tensor(light.harmonics)
    return LightField(
        directions=tensor(light.directions),
        irradiance=tensor(light.irradiance),
        softness=tuple(float(value) for value in light.softness),
        skin=harmonics * lobe_factors(torch.tensor(WRAP)).T.to(device),
        plain=harmonics * lobe_factors(0.0)[:, None].to(device),
        sheen=tensor(light.sheen).permute(2, 0, 1)[None],
        mirror=tensor(light.mirror).permute(2, 0, 1)[None],
    )


def shade_surface(surface: Surface, light: LightField) -> Float[Tensor, "n 3"]:
    """Linear radiance towards the eye."""
    device = surface.normal.device
    under = surface.subsurface[:, None]
    smooth = torch.tensor(SMOOTH_NORMAL, device=device) * under
    wrap = torch.tensor(WRAP, device=device) * under
    # the normal of diffuse light by channel: one blend for the ambient, each its own for directional light
    middle = functional.normalize(surface.relief + 0.6 * under * (surface.normal - surface.relief), dim=-1)
    bands = basis(middle)
    ambient = bands @ light.plain
    ambient = (ambient + under * (bands @ light.skin - ambient)).clamp_min(0.0)
    diffuse = ambient * _bounced(surface.ambient[:, None], surface.albedo)
    n_dot_v = (surface.relief * surface.to_eye).sum(-1).clamp(0.03, 1.0)
    rough = surface.roughness.clamp(0.12, 1.0) + 0.06 * surface.subsurface
    f0 = 0.08 * surface.specular
    gloss = torch.zeros_like(diffuse)
    for number, (way, strength) in enumerate(zip(light.directions, light.irradiance, strict=True)):
        seen = surface.lit[:, number]
        plain = surface.relief @ way
        soft = plain[:, None] + smooth * ((surface.normal @ way) - plain)[:, None]
        around = ((soft + wrap) / (1.0 + wrap) ** 2).clamp_min(0.0)
        bled = seen[:, None].clamp_min(1e-4) ** (1.0 + under * (torch.tensor(BLEED, device=device) - 1.0))
        diffuse = diffuse + around * bled * strength
        half = functional.normalize(surface.to_eye + way, dim=-1)
        n_dot_h = (surface.relief * half).sum(-1).clamp(0.0, 1.0)
        n_dot_l = plain.clamp_min(0.0)
        widened = 0.35 * math.tan(math.radians(min(light.softness[number], 35.0)))
        wide = highlight(n_dot_l, n_dot_v, n_dot_h, (rough * rough + widened).clamp(max=1.0))
        tight = highlight(n_dot_l, n_dot_v, n_dot_h, (0.36 * rough * rough + widened).clamp(max=1.0))
        fresnel = schlick(f0, (half @ way).clamp(0.0, 1.0))
        lobes = tight + (1.0 - (1.0 - LOBE_MIX) * surface.subsurface) * (wide - tight)
        gloss = gloss + (fresnel * lobes * n_dot_l * seen)[:, None] * strength
    mirrored = 2.0 * n_dot_v[:, None] * surface.relief - surface.to_eye
    around = look_up(light.sheen, mirrored)
    gloss = gloss + around * (_ambient_gloss(f0, rough, n_dot_v) * surface.ambient)[:, None]
    return surface.albedo * diffuse / math.pi + gloss


def tear_film(
    normal: Float[Tensor, "n 3"], to_eye: Float[Tensor, "n 3"], open_: Float[Tensor, " n"], light: LightField
) -> Float[Tensor, "n 3"]:
    """What the wet eye mirrors, to be added; open_ [N]: what lids and brow leave of the surroundings."""
    n_dot_v = (normal * to_eye).sum(-1).clamp(0.02, 1.0)
    mirrored = 2.0 * n_dot_v[:, None] * normal - to_eye
    fresnel = TEAR_FILM + (0.45 - TEAR_FILM) * (1.0 - n_dot_v) ** 5
    return look_up(light.mirror, mirrored) * (fresnel * open_)[:, None]


def look_up(picture: Tensor, ways: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
    """Radiance [N, 3] of a picture of all directions [1, 3, R, C]."""
    unit = functional.normalize(ways, dim=-1)
    u = torch.atan2(unit[:, 0], unit[:, 2]) / math.pi
    v = -2.0 * torch.asin(unit[:, 1].clamp(-1.0, 1.0)) / math.pi
    grid = torch.stack([u, v], dim=-1)[None, None]
    found = functional.grid_sample(picture, grid, align_corners=False, padding_mode="border")
    return found[0, :, 0].T


def _bounced(ambient: Float[Tensor, "n 1"], albedo: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
    """Occlusion with what pale surroundings of the same colour send back (Jimenez et al. 2016, GTAO, eq. 10)."""
    a = 2.0404 * albedo - 0.3324
    b = -4.7951 * albedo + 0.6417
    c = 2.7552 * albedo + 0.6903
    return torch.maximum(ambient, ((ambient * a + b) * ambient + c) * ambient)


def _ambient_gloss(f0: Tensor, rough: Tensor, n_dot_v: Tensor) -> Tensor:
    """Share of uniform light that a GGX surface mirrors (Karis 2014, the fit for mobile devices)."""
    rx, ry = 1.0 - rough, -0.0275 * rough + 0.0425
    rz, rw = -0.572 * rough + 1.04, 0.022 * rough - 0.04
    falling = torch.minimum(rx * rx, torch.exp2(-9.28 * n_dot_v)) * rx + ry
    return (f0 * (-1.04 * falling + rz) + (1.04 * falling + rw)).clamp_min(0.0)
