"""How a hair fibre scatters light: longitudinal and azimuthal lobes, cheap enough for every point of every strand.

Marschner et al., "Light Scattering from Human Hair Fibers" (2003), in the separable fit of Karis, "Physically Based
Hair Shading in Unreal" (SIGGRAPH 2016 course): R (white, shifted to the root), TT (through the fibre, seen against
the light) and TRT (once reflected inside, coloured, shifted to the tip), and a term for light that many fibres scatter.
"""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

CUTICLE_TILT: Final = 0.035  # radians; scales of the fibre's surface lean towards the tip
BUNDLE_SPREAD: Final = 0.06  # radians; a strand stands for several hairs, which are not quite parallel
FRESNEL_0: Final = 0.0465  # ior 1.55
MASS_GAIN: Final = 1.75  # a mass of hair that faces light and eye comes out in its own colour


def scatter(
    tangents: Float[Tensor, "n 3"],
    to_light: Float[Tensor, " 3"],
    to_eye: Float[Tensor, "n 3"],
    colours: Float[Tensor, "n 3"],
    jitter: Float[Tensor, " n"],
    roughness: float,
) -> tuple[Float[Tensor, "n 3"], Float[Tensor, "n 3"]]:
    """Radiance per unit of irradiance that fibres send to the eye: (single scattering, multiple scattering) [N, 3].

    tangents: unit, root to tip; to_light, to_eye: unit; colours: linear, of light that has crossed many fibres,
    0..1; jitter: about N(0, 1), moves each strand's highlights a little; roughness 0.1 (wet) .. 0.6 (frizzy).
    """
    sin_light, sin_eye = tangents @ to_light, (tangents * to_eye).sum(-1)
    eye_light = to_eye @ to_light
    cos2 = ((1.0 - sin_light.square()) * (1.0 - sin_eye.square())).clamp_min(1e-6)
    cos_phi = ((eye_light - sin_light * sin_eye) * cos2.rsqrt()).clamp(-1.0, 1.0)
    cos_half_phi = (0.5 + 0.5 * cos_phi).sqrt()
    # cos of half the angle between the inclinations, from its half-angle identity.
    cos_difference = (0.5 + 0.5 * (cos2.sqrt() + sin_light * sin_eye)).clamp_min(1e-4).sqrt()
    tilt = sin_light + sin_eye + 0.05 * jitter
    beta = roughness * roughness + BUNDLE_SPREAD

    # The R lobe's shift and width shrink towards grazing azimuths (d'Eon et al. 2011, tilted cones).
    r = _lobe(tilt + 4.0 * CUTICLE_TILT * cos_half_phi, beta * 1.4142 * cos_half_phi.clamp_min(0.25))
    r = r * (0.25 * cos_half_phi) * _fresnel((0.5 + 0.5 * eye_light).clamp_min(0.0).sqrt())
    luminous = colours.clamp(1e-4, 0.98).log()
    single = r[:, None].expand(-1, 3)

    trt = _lobe(tilt - 4.0 * CUTICLE_TILT, 2.0 * beta) * torch.exp(17.0 * cos_phi - 16.78)
    inside = _fresnel(0.5 * cos_difference)
    trt = trt * (1.0 - inside).square() * inside
    single = single + trt[:, None] * torch.exp(luminous * (0.8 / cos_difference)[:, None])

    tt = _lobe(tilt - CUTICLE_TILT, 0.5 * beta) * torch.exp(-3.65 * cos_phi - 3.98)
    tt = tt * (1.0 - _fresnel(cos_difference)).square()
    single = single + tt[:, None] * torch.exp(luminous * (0.5 / cos_difference)[:, None])

    # What other fibres hand on: Kajiya-Kay's sine, and a wrapped facing of the fibre's visible side.
    facing = (eye_light - sin_light * sin_eye) * (1.0 - sin_eye.square()).clamp_min(1e-4).rsqrt()
    diffuse = 0.67 * 0.25 * (1.0 + facing).clamp_min(0.0) + 0.33 * (1.0 - sin_light.abs())
    return single, (MASS_GAIN * diffuse / math.pi)[:, None] * colours


def _lobe(offset: Float[Tensor, " n"], width: Float[Tensor, " n"] | float) -> Float[Tensor, " n"]:
    scaled = offset / width
    return torch.exp(-0.5 * scaled * scaled) / (math.sqrt(2.0 * math.pi) * width)


def _fresnel(cosine: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    away = (1.0 - cosine).clamp(0.0, 1.0)
    squared = away * away
    return FRESNEL_0 + (1.0 - FRESNEL_0) * squared * squared * away
