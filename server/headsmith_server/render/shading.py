"""shade: the colour of surface points under lights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render import ggx, harmonics
from headsmith_server.render.lights import Lights
from headsmith_server.render.vectors import dot, normalise

SKIN_WRAP: Final = (0.32, 0.13, 0.07)
"""How far red, green and blue light wraps round skin by scattering under it, at subsurface 1."""
SKIN_SMOOTHING: Final = (0.75, 0.4, 0.25)
"""How much of the fine normals red, green and blue diffuse light does not see (Ma et al. 2007, hybrid normals)."""
HEAD_ON: Final = 0.08
"""Reflectance head-on at specular 1 (Burley 2012); 0.5 is skin's 0.04."""


@dataclass(frozen=True)
class SurfacePoints:
    """Points to shade, vectors and colours by rows (vectors.py). image: which image each is in [N]; position: metres
    [3, N]; to_eye: unit [3, N]; normal: of the geometry, and detail: with the normal map's relief, unit [3, N]; albedo:
    linear [3, N]; roughness (perceptual), specular, subsurface: 0..1 [N]; exposure: how much of the light from all
    round reaches the point, 0..1 [N], 1 when None."""

    image: Int[Tensor, " n"]
    position: Float[Tensor, "3 n"]
    to_eye: Float[Tensor, "3 n"]
    normal: Float[Tensor, "3 n"]
    detail: Float[Tensor, "3 n"]
    albedo: Float[Tensor, "3 n"]
    roughness: Float[Tensor, " n"]
    specular: Float[Tensor, " n"]
    subsurface: Float[Tensor, " n"]
    exposure: Float[Tensor, " n"] | None = None


@dataclass(frozen=True)
class Shaded:
    """Linear radiance towards the eye, [3, N] each: from within the surface, and mirrored at it."""

    diffuse: Float[Tensor, "3 n"]
    specular: Float[Tensor, "3 n"]


def shade(points: SurfacePoints, lights: Lights, light_shares: Float[Tensor, "l n"] | None = None) -> Shaded:
    """Lambert and GGX under all lights, with an inexpensive approximation of scattering beneath skin.

    Subsurface: per channel, fine relief counts less and light wraps round the terminator at the same total power.
    light_shares: how much of each directional, then each point light reaches a point (1 without shadow).
    """
    reflectance = HEAD_ON * points.specular
    n_dot_v = dot(points.detail, points.to_eye).abs().clamp(min=1e-3, max=1.0)
    roughness = points.roughness.clamp(ggx.LEAST_ROUGHNESS, 1.0)
    terms = ggx.albedo_terms(n_dot_v, roughness)
    gain = ggx.energy_compensation(reflectance, terms)
    soft = _Softness.of(points)
    diffuse: Tensor | float = 0.0
    specular: Tensor | float = 0.0
    alpha = roughness.square()
    for number, (towards, irradiance) in enumerate(_each_light(points, lights)):
        if light_shares is not None:
            irradiance = irradiance * light_shares[number]
        n_dot_l = (points.detail * towards).sum(0)
        diffuse = diffuse + soft.lit(n_dot_l, points.normal, towards) * irradiance
        half = normalise(towards + points.to_eye)
        n_dot_l = n_dot_l.clamp(min=0.0)
        fresnel = ggx.schlick(reflectance, (half * towards).sum(0))
        n_dot_h = dot(points.detail, half).clamp(0.0, 1.0)
        bright = ggx.highlight(n_dot_l, n_dot_v, n_dot_h, alpha) * fresnel * n_dot_l
        specular = specular + bright * irradiance
    specular = specular * gain
    around = _harmonics(points, lights)
    if around is not None:
        ambient = soft.ambient(points.normal, points.detail, around)
        diffuse = diffuse + (ambient if points.exposure is None else ambient * points.exposure)
    mirrored = _mirrored(points, lights)
    if mirrored is not None:
        scale, bias = terms.unbind(0)
        share = (reflectance * scale + ggx.at_grazing(reflectance) * bias) * gain
        if points.exposure is not None:
            share = share * _specular_exposure(points.exposure, n_dot_v, roughness)
        specular = specular + share * mirrored
    colour = points.albedo * ((1.0 - reflectance) * (1.0 / math.pi))
    return Shaded(diffuse * colour, specular + torch.zeros_like(colour))


@dataclass(frozen=True)
class _Softness:
    """Diffuse light by channel: smoothing and wrap [3, N], or None for surfaces without subsurface."""

    smoothing: Tensor | None
    wrap: Tensor | None

    @staticmethod
    def of(points: SurfacePoints) -> _Softness:
        if not bool((points.subsurface > 0).any()):
            return _Softness(None, None)
        return _Softness(
            _column(SKIN_SMOOTHING, points) * points.subsurface, _column(SKIN_WRAP, points) * points.subsurface
        )

    def lit(self, detailed: Tensor, normal: Tensor, towards: Tensor) -> Tensor:
        """What share of a light's irradiance counts, [3 or 1, N]; detailed: the cosine to the fine normal [N]."""
        if self.smoothing is None or self.wrap is None:
            return detailed.clamp(min=0.0)[None]
        cosine = detailed + self.smoothing * ((normal * towards).sum(0) - detailed)
        # A lobe (cos + w) / (1 + w) gives out (1 + w) times the light of the cosine; the square of it keeps it whole.
        return (cosine + self.wrap).clamp(min=0.0) / (1.0 + self.wrap).square()

    def ambient(self, normal: Tensor, detail: Tensor, coefficients: Tensor) -> Tensor:
        """Irradiance from harmonics of radiance [1, 9, 3] or [N, 9, 3], [3, N]."""
        plain = harmonics.lobe_factors().to(coefficients)[:, None]
        fine = _combine(harmonics.basis_rows(detail), coefficients * plain)
        if self.smoothing is None or self.wrap is None:
            return fine
        smooth = _combine(harmonics.basis_rows(normal), coefficients * plain)
        wrapped = harmonics.lobe_factors(torch.tensor(SKIN_WRAP)).to(coefficients).T
        round_about = _combine(harmonics.basis_rows(normal), coefficients * (wrapped - plain))
        return fine + self.smoothing * (smooth - fine) + (self.wrap[:1] / SKIN_WRAP[0]) * round_about


def _column(values: tuple[float, ...], points: SurfacePoints) -> Tensor:
    return torch.tensor(values, dtype=points.albedo.dtype, device=points.albedo.device)[:, None]


def _combine(functions: Tensor, coefficients: Tensor) -> Tensor:
    """Radiance [3, N] of basis functions [9, N] with coefficients [1 or N, 9, 3]."""
    if len(coefficients) == 1:
        return coefficients[0].T @ functions
    return (functions[:, None] * coefficients.permute(1, 2, 0)).sum(0)


def _specular_exposure(exposure: Tensor, n_dot_v: Tensor, roughness: Tensor) -> Tensor:
    """How much of the mirrored light is seen where that much of all light is (Lagarde & de Rousiers 2014, 4.10.2)."""
    power = torch.exp2(-16.0 * roughness - 1.0)
    return ((n_dot_v + exposure).clamp(min=1e-4) ** power - 1.0 + exposure).clamp(0.0, 1.0)


def _each_light(points: SurfacePoints, lights: Lights) -> Iterator[tuple[Tensor, Tensor]]:
    """Unit vectors towards each light and its irradiance at the points, [3, N or 1]."""
    if lights.directional is not None:
        for number in range(lights.directional.directions.shape[1]):
            towards = _by_image(lights.directional.directions[:, number], points.image).T
            yield towards, _by_image(lights.directional.irradiance[:, number], points.image).T
    if lights.point is not None:
        for number in range(lights.point.positions.shape[1]):
            offset = _by_image(lights.point.positions[:, number], points.image).T - points.position
            over = dot(offset, offset).clamp(min=1e-8).rsqrt()
            yield offset * over, _by_image(lights.point.intensity[:, number], points.image).T * over.square()


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
    """Radiance from round about in the direction that each point mirrors, blurred by its roughness, [3, N]."""
    if lights.environment is None and lights.harmonics is None:
        return None
    facing = dot(points.detail, points.to_eye)
    mirror = 2.0 * facing * points.detail - points.to_eye
    total: Tensor | float = 0.0
    if lights.environment is not None:
        turned = mirror
        if lights.turn is not None:
            turned = (mirror[:, None] * _by_image(lights.turn, points.image).permute(1, 2, 0)).sum(0)
        total = lights.environment.reflect(turned, points.roughness.clamp(0.0, 1.0))
    if lights.harmonics is not None:
        total = total + _combine(harmonics.basis_rows(mirror), _by_image(lights.harmonics, points.image)).clamp(min=0.0)
    return total + torch.zeros_like(mirror)
