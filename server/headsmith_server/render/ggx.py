"""GGX: the microfacet highlight (Walter et al. 2007), its average over all light and what bounces more than once."""

from __future__ import annotations

import math
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from headsmith_server.render.texture import Pyramid, pyramid

LEAST_ROUGHNESS = 0.045
"""Below this a highlight of a directional light is smaller than any pixel and float32 fails."""
_TABLE = 32
_TABLE_SAMPLES = 1024


def highlight(n_dot_l: Tensor, n_dot_v: Tensor, n_dot_h: Tensor, alpha: Tensor) -> Tensor:
    """Distribution times visibility, D * G2 / (4 n.l n.v), height-correlated Smith; alpha is roughness squared.

    Cosines are clamped at 0 by the caller, n_dot_v off 0.
    """
    a2 = alpha.square()
    d = n_dot_h.square() * (a2 - 1.0) + 1.0
    view = (n_dot_v.square() * (1.0 - a2) + a2).sqrt()
    light = (n_dot_l.square() * (1.0 - a2) + a2).sqrt()
    return a2 * (0.5 / math.pi) / (d.square() * (n_dot_l * view + n_dot_v * light))


def at_grazing(f0: Tensor) -> Tensor:
    """Reflectance at a grazing angle: whole, but for surfaces that mirror less than anything real does head-on (0.02),
    down to none for those without any (Lagarde & de Rousiers 2014, 4.9)."""
    return (50.0 * f0).clamp(max=1.0)


def schlick(f0: Tensor, cosine: Tensor) -> Tensor:
    """Fresnel reflectance from that head-on (Schlick 1994)."""
    x = (1.0 - cosine).clamp(0.0, 1.0)
    x2 = x * x
    return f0 + (at_grazing(f0) - f0) * (x2 * x2 * x)


def albedo_terms(n_dot_v: Float[Tensor, " n"], roughness: Float[Tensor, " n"]) -> Float[Tensor, "2 n"]:
    """Scale and bias of f0 whose sum f0 * scale + bias is the share of uniform light reflected once (Karis 2013)."""
    inset = 1.0 - 1.0 / _TABLE
    uv = torch.stack([n_dot_v, roughness], -1) * inset + 0.5 / _TABLE
    return _table(n_dot_v.device).sample(uv).T


def energy_compensation(f0: Tensor, terms: Float[Tensor, "2 n"]) -> Tensor:
    """What to multiply a single bounce by so that no light is lost between facets (Turquin 2019, eq. 16)."""
    return 1.0 + f0 * (1.0 / terms.sum(0).clamp(min=1e-3) - 1.0)


def half_vectors(roughness: float, samples: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Half vectors [S, 3] about +Z spread as GGX facets (Hammersley's points) and their density over n.h [S]."""
    a2 = max(roughness, 1e-3) ** 4
    first = (torch.arange(samples, device=device, dtype=torch.float64) + 0.5) / samples
    second = torch.tensor([_radical_inverse(i) for i in range(samples)], device=device, dtype=torch.float64)
    cosine = ((1.0 - second) / (1.0 + (a2 - 1.0) * second)).sqrt()
    sine = (1.0 - cosine * cosine).clamp(min=0.0).sqrt()
    turn = 2.0 * math.pi * first
    vectors = torch.stack([sine * turn.cos(), sine * turn.sin(), cosine], -1)
    d = cosine * cosine * (a2 - 1.0) + 1.0
    return vectors.float(), (a2 / (math.pi * d * d)).float()


def _radical_inverse(number: int) -> float:
    return int(f"{number:032b}"[::-1], 2) / 2.0**32


@cache
def _table(device: torch.device) -> Pyramid:
    """albedo_terms over n.v (u) and roughness (v from below), by sampling half vectors."""
    rows = []
    cosines = torch.linspace(0.0, 1.0, _TABLE, dtype=torch.float64).clamp(min=1e-3)
    for number in range(_TABLE):
        roughness = max(number / (_TABLE - 1), LEAST_ROUGHNESS)
        halves = half_vectors(roughness, _TABLE_SAMPLES, torch.device("cpu"))[0].double()
        a2 = roughness**4
        view = torch.stack([(1.0 - cosines**2).sqrt(), torch.zeros_like(cosines), cosines], -1)
        v_dot_h = (view @ halves.T).clamp(min=0.0)
        n_dot_l = 2.0 * v_dot_h * halves[:, 2] - cosines[:, None]
        lit = n_dot_l > 0
        n_dot_l = n_dot_l.clamp(min=1e-9)
        n_dot_v = cosines[:, None]
        smith = n_dot_l * (n_dot_v**2 * (1 - a2) + a2).sqrt() + n_dot_v * (n_dot_l**2 * (1 - a2) + a2).sqrt()
        weight = torch.where(lit, 2.0 * n_dot_l * v_dot_h / (smith * halves[:, 2]), 0.0)
        fresnel = (1.0 - v_dot_h) ** 5
        rows.append(torch.stack([((1.0 - fresnel) * weight).mean(1), (fresnel * weight).mean(1)], -1))
    image = torch.stack(rows).float().flip(0).to(device)
    return pyramid([image], mips=False)
