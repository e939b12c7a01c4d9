"""Light on the surfaces of a portrait, pixel by pixel: skin with light beneath its surface, eyes, mouth, cloth.

Everything lies channel by channel, [3, N]: on a CPU that is several times faster than [N, 3].
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.ggx import highlight
from headsmith_server.render.harmonics import lobe_factors
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
SHEEN: Final = (1.0, 0.92, 0.78)
"""What is left of each order of the surroundings in the mirror of a rough surface (a lobe of about 25 degrees)."""


@dataclass(frozen=True)
class LightField:
    """An Illumination on a device: directions [L, 3], irradiance [L, 3], softness [L] degrees; skin, plain and sheen
    [3, 9]: harmonics times their lobes, so that a product with the basis is irradiance, or mirrored radiance; mirror
    [1, 3, R, C]."""

    directions: Float[Tensor, "l 3"]
    irradiance: Float[Tensor, "l 3"]
    softness: tuple[float, ...]
    skin: Float[Tensor, "3 9"]
    plain: Float[Tensor, "3 9"]
    sheen: Float[Tensor, "3 9"]
    mirror: Tensor


@dataclass(frozen=True)
class Surface:
    """N points that are seen: normals without and with relief and unit vectors to the eye [3, N], albedo [3, N],
    roughness, specular and subsurface (1 for skin) [N]; what reaches them: ambient [N] (occlusion), and lit [L, N] of
    each directional light."""

    normal: Float[Tensor, "3 n"]
    relief: Float[Tensor, "3 n"]
    to_eye: Float[Tensor, "3 n"]
    albedo: Float[Tensor, "3 n"]
    roughness: Float[Tensor, " n"]
    specular: Float[Tensor, " n"]
    subsurface: Float[Tensor, " n"]
    ambient: Float[Tensor, " n"]
    lit: Float[Tensor, "l n"]


def light_field(light: Illumination, device: torch.device) -> LightField:
    """The illumination as tensors on a device."""

    def tensor(array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(device)

    harmonics = tensor(light.harmonics)
    orders = [SHEEN[0]] + [SHEEN[1]] * 3 + [SHEEN[2]] * 5
    return LightField(
        directions=tensor(light.directions),
        irradiance=tensor(light.irradiance),
        softness=tuple(float(value) for value in light.softness),
        skin=harmonics.T * lobe_factors(torch.tensor(WRAP)).to(device),
        plain=harmonics.T * lobe_factors(0.0).to(device),
        sheen=harmonics.T * torch.tensor(orders, device=device),
        mirror=tensor(light.mirror).permute(2, 0, 1)[None],
    )


def dot(a: Float[Tensor, "3 n"], b: Float[Tensor, "3 n"]) -> Float[Tensor, " n"]:
    """Inner products of vectors."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def unit(a: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
    """Vectors of length one."""
    return a * dot(a, a).clamp_min(1e-20).rsqrt()


def cross(a: Float[Tensor, "3 n"], b: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
    """Cross products."""
    return torch.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def shade_surface(surface: Surface, light: LightField) -> Float[Tensor, "3 n"]:
    """Linear radiance towards the eye."""
    under = surface.subsurface
    # the normal of diffuse light: one blend for the ambient, each channel its own for directional light
    bands = _bands(unit(surface.relief + (0.6 * under) * (surface.normal - surface.relief)))
    ambient = light.plain @ bands
    ambient = (ambient + under * (light.skin @ bands - ambient)).clamp_min(0.0)
    diffuse = ambient * _bounced(surface.ambient, surface.albedo)
    n_dot_v = dot(surface.relief, surface.to_eye).clamp(0.03, 1.0)
    rough = (surface.roughness.clamp_min(0.12) + 0.06 * under).clamp_max(1.0)
    alpha = rough * rough
    f0 = 0.08 * surface.specular
    gloss = torch.zeros_like(diffuse)
    for number, (way, strength) in enumerate(zip(light.directions, light.irradiance, strict=True)):
        seen = surface.lit[number]
        plain, smooth = way @ surface.relief, way @ surface.normal
        edge = seen.clamp_min(1e-4).log()
        for channel in range(3):
            wrap = WRAP[channel] * under
            cosine = plain + (SMOOTH_NORMAL[channel] * under) * (smooth - plain)
            around = ((cosine + wrap) / (1.0 + wrap).square()).clamp_min(0.0)
            bled = torch.exp(edge * (1.0 + (BLEED[channel] - 1.0) * under))
            diffuse[channel] += around * bled * strength[channel]
        half = unit(surface.to_eye + way[:, None])
        n_dot_h = dot(surface.relief, half).clamp(0.0, 1.0)
        n_dot_l = plain.clamp_min(0.0)
        widened = 0.35 * math.tan(math.radians(min(light.softness[number], 35.0)))
        wide = highlight(n_dot_l, n_dot_v, n_dot_h, (alpha + widened).clamp_max(1.0))
        tight = highlight(n_dot_l, n_dot_v, n_dot_h, (0.36 * alpha + widened).clamp_max(1.0))
        fresnel = f0 + (1.0 - f0) * (1.0 - (way @ half).clamp(0.0, 1.0)) ** 5
        lobes = tight + (1.0 - (1.0 - LOBE_MIX) * under) * (wide - tight)
        gloss += (fresnel * lobes * n_dot_l * seen) * strength[:, None]
    around = (light.sheen @ _bands(2.0 * n_dot_v * surface.relief - surface.to_eye)).clamp_min(0.0)
    gloss += around * (_ambient_gloss(f0, rough, n_dot_v) * surface.ambient)
    return surface.albedo * diffuse * (1.0 / math.pi) + gloss


def tear_film(
    normal: Float[Tensor, "3 n"], to_eye: Float[Tensor, "3 n"], open_: Float[Tensor, " n"], light: LightField
) -> Float[Tensor, "3 n"]:
    """What the wet eye mirrors, to be added; open_ [N]: what lids and brow leave of the surroundings."""
    n_dot_v = dot(normal, to_eye).clamp(0.02, 1.0)
    fresnel = TEAR_FILM + (0.45 - TEAR_FILM) * (1.0 - n_dot_v) ** 5
    return look_up(light.mirror, 2.0 * n_dot_v * normal - to_eye) * (fresnel * open_)


def look_up(picture: Tensor, ways: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
    """Radiance of a picture of all directions [1, 3, R, C]."""
    x, y, z = unit(ways)
    grid = torch.stack([torch.atan2(x, z), -2.0 * torch.asin(y.clamp(-1.0, 1.0))], dim=-1) * (1.0 / math.pi)
    return functional.grid_sample(picture, grid[None, None], align_corners=False, padding_mode="border")[0, :, 0]


def _bands(ways: Float[Tensor, "3 n"]) -> Float[Tensor, "9 n"]:
    """render/harmonics.basis, channel by channel."""
    x, y, z = ways
    return torch.stack([
        torch.full_like(x, 0.28209479), 0.48860251 * y, 0.48860251 * z, 0.48860251 * x, 1.09254843 * x * y,
        1.09254843 * y * z, 0.94617470 * z * z - 0.31539157, 1.09254843 * x * z, 0.54627422 * (x * x - y * y),
    ])  # fmt: skip


def _bounced(ambient: Float[Tensor, " n"], albedo: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
    """Occlusion with what pale surroundings of the same colour send back (Jimenez et al. 2016, GTAO, eq. 10)."""
    a = 2.0404 * albedo - 0.3324
    b = -4.7951 * albedo + 0.6417
    c = 2.7552 * albedo + 0.6903
    return torch.maximum(ambient.expand_as(a), ((ambient * a + b) * ambient + c) * ambient)


def _ambient_gloss(f0: Tensor, rough: Tensor, n_dot_v: Tensor) -> Tensor:
    """Share of uniform light that a GGX surface mirrors (Karis 2014, the fit for mobile devices)."""
    rx, ry = 1.0 - rough, -0.0275 * rough + 0.0425
    rz, rw = -0.572 * rough + 1.04, 0.022 * rough - 0.04
    falling = torch.minimum(rx * rx, torch.exp2(-9.28 * n_dot_v)) * rx + ry
    return (f0 * (-1.04 * falling + rz) + (1.04 * falling + rw)).clamp_min(0.0)
