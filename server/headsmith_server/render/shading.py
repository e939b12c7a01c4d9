"""shade: the colour of surface points under lights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from headsmith_server.render import ggx, harmonics
from headsmith_server.render.lights import Lights

SKIN_WRAP: Final = (0.32, 0.13, 0.07)
"""How far red, green and blue light wraps round skin by scattering under it, at subsurface 1."""
SKIN_SMOOTHING: Final = (0.75, 0.4, 0.25)
"""How much of the fine normals red, green and blue diffuse light does not see (Ma et al. 2007, hybrid normals)."""
HEAD_ON: Final = 0.08
"""Reflectance head-on at specular 1 (Burley 2012); 0.5 is skin's 0.04."""


@dataclass(frozen=True)
class SurfacePoints:
    """Points to shade. image: which image each is in [N]; position: metres [N, 3]; to_eye: unit [N, 3];
    normal: of the geometry, and detail: with the normal map's relief, unit [N, 3]; albedo: linear [N, 3];
    roughness (perceptual), specular, subsurface: 0..1 [N]."""

    image: Int[Tensor, " n"]
    position: Float[Tensor, "n 3"]
    to_eye: Float[Tensor, "n 3"]
    normal: Float[Tensor, "n 3"]
    detail: Float[Tensor, "n 3"]
    albedo: Float[Tensor, "n 3"]
    roughness: Float[Tensor, " n"]
    specular: Float[Tensor, " n"]
    subsurface: Float[Tensor, " n"]


@dataclass(frozen=True)
class Shaded:
    """Linear radiance towards the eye, [N, 3] each: from within the surface, and mirrored at it."""

    diffuse: Float[Tensor, "n 3"]
    specular: Float[Tensor, "n 3"]


def shade(points: SurfacePoints, lights: Lights, light_shares: Float[Tensor, "n l"] | None = None) -> Shaded:
    """Lambert (with subsurface wrapped round the terminator, per channel) and GGX under all lights.

    light_shares: how much of each directional, then each point light reaches a point (1 without shadow).
    """
    reflectance = HEAD_ON * points.specular
    n_dot_v = (points.detail * points.to_eye).sum(-1).abs().clamp(min=1e-3, max=1.0)
    alpha = points.roughness.clamp(min=ggx.LEAST_ROUGHNESS).square()
    terms = ggx.albedo_terms(n_dot_v, points.roughness.clamp(0.0, 1.0))
    gain = ggx.energy_compensation(reflectance, terms)
    soft = _Soft.of(points)
    diffuse = torch.zeros_like(points.albedo)
    specular = torch.zeros_like(points.albedo)
    for number, (towards, irradiance) in enumerate(_each_light(points, lights)):
        if light_shares is not None:
            irradiance = irradiance * light_shares[:, number, None]
        diffuse = diffuse + soft.lit(towards) * irradiance
        n_dot_l = (points.detail * towards).sum(-1).clamp(min=0.0)
        half = functional.normalize(towards + points.to_eye, dim=-1)
        n_dot_h = (points.detail * half).sum(-1).clamp(0.0, 1.0)
        fresnel = ggx.schlick(reflectance, (towards * half).sum(-1))
        bright = ggx.highlight(n_dot_l, n_dot_v, n_dot_h, alpha) * fresnel * n_dot_l * gain
        specular = specular + bright[:, None] * irradiance
    diffuse = diffuse * (1.0 / math.pi)
    around = _harmonics(points, lights)
    if around is not None:
        diffuse = diffuse + soft.ambient(around) * (1.0 / math.pi)
    mirrored = _mirrored(points, lights)
    if mirrored is not None:
        share = (reflectance * terms[:, 0] + terms[:, 1]) * gain
        specular = specular + share[:, None] * mirrored
    return Shaded(diffuse * points.albedo * (1.0 - reflectance)[:, None], specular)


@dataclass(frozen=True)
class _Soft:
    """Diffuse light by channel: normals [N, 3 channels, 3] (or one for all), wrap [N, 3 channels] or none."""

    normals: Tensor
    wrap: Tensor | None

    @staticmethod
    def of(points: SurfacePoints) -> _Soft:
        if not bool((points.subsurface > 0).any()):
            return _Soft(points.detail[:, None], None)
        smoothing = points.subsurface[:, None] * torch.tensor(SKIN_SMOOTHING, device=points.detail.device)
        detail = points.detail[:, None]
        normals = detail + smoothing[:, :, None] * (points.normal[:, None] - detail)
        wrap = points.subsurface[:, None] * torch.tensor(SKIN_WRAP, device=points.detail.device)
        return _Soft(functional.normalize(normals, dim=-1), wrap)

    def lit(self, towards: Tensor) -> Tensor:
        """What share of a light's irradiance counts, [N, 3] (or [N, 1])."""
        cosine = (self.normals * towards[:, None]).sum(-1)
        if self.wrap is None:
            return cosine.clamp(min=0.0)
        # A lobe (cos + w) / (1 + w) gives out (1 + w) times the light of the cosine; the square of it keeps it whole.
        return (cosine + self.wrap).clamp(min=0.0) / (1.0 + self.wrap).square()

    def ambient(self, coefficients: Tensor) -> Tensor:
        """Irradiance from harmonics of radiance [N or 1, 9, 3], [N, 3]."""
        plain = harmonics.lobe_factors().to(coefficients)
        if self.wrap is None:
            functions = harmonics.basis(self.normals[:, 0]) * plain
            return _combine(functions[:, None], coefficients)
        wrapped = harmonics.lobe_factors(torch.tensor(SKIN_WRAP)).to(coefficients)
        share = (self.wrap[:, :1] / SKIN_WRAP[0])[:, :, None]
        factors = plain + share * (wrapped - plain)
        return _combine(harmonics.basis(self.normals) * factors, coefficients)


def _combine(functions: Tensor, coefficients: Tensor) -> Tensor:
    """Sum over the nine: functions [N, 3 or 1, 9] with coefficients [N or 1, 9, 3]."""
    if len(coefficients) == 1 and functions.shape[1] == 1:
        return functions[:, 0] @ coefficients[0]
    if len(coefficients) == 1:
        return torch.stack([functions[:, c] @ coefficients[0, :, c] for c in range(3)], -1)
    return (functions * coefficients.transpose(1, 2)).sum(-1)


def _each_light(points: SurfacePoints, lights: Lights):
    """Unit vectors towards each light and its irradiance at the points, [N or 1, 3]."""
    if lights.directional is not None:
        for number in range(lights.directional.directions.shape[1]):
            towards = _by_image(lights.directional.directions[:, number], points.image)
            yield towards, _by_image(lights.directional.irradiance[:, number], points.image)
    if lights.point is not None:
        for number in range(lights.point.positions.shape[1]):
            offset = _by_image(lights.point.positions[:, number], points.image) - points.position
            square = offset.square().sum(-1, keepdim=True).clamp(min=1e-8)
            yield offset * square.rsqrt(), _by_image(lights.point.intensity[:, number], points.image) / square


def _by_image(values: Tensor, image: Tensor) -> Tensor:
    """The value of each point's image, or the single one."""
    return values if len(values) == 1 else values.index_select(0, image)


def _harmonics(points: SurfacePoints, lights: Lights) -> Tensor | None:
    """Coefficients of all light from round about, [N or 1, 9, 3]."""
    found: Tensor | None = None
    if lights.harmonics is not None:
        found = _by_image(lights.harmonics, points.image)
    if lights.environment is not None:
        around = lights.environment.harmonics[None]
        if lights.turn is not None:
            around = harmonics.rotate(around[0], lights.turn)
        around = _by_image(around, points.image)
        found = around if found is None else found + around
    return found


def _mirrored(points: SurfacePoints, lights: Lights) -> Tensor | None:
    """Radiance from round about in the direction that each point mirrors, blurred by its roughness."""
    if lights.environment is None and lights.harmonics is None:
        return None
    facing = (points.detail * points.to_eye).sum(-1, keepdim=True)
    mirror = functional.normalize(2.0 * facing * points.detail - points.to_eye, dim=-1)
    total = torch.zeros_like(mirror)
    if lights.environment is not None:
        turned = mirror
        if lights.turn is not None:
            turned = (mirror[:, :, None] * _by_image(lights.turn, points.image)).sum(1)
        total = total + lights.environment.reflect(turned, points.roughness.clamp(0.0, 1.0))
    if lights.harmonics is not None:
        radiance = _combine(harmonics.basis(mirror)[:, None], _by_image(lights.harmonics, points.image))
        total = total + radiance.clamp(min=0.0)
    return total
