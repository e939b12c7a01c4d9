"""Real spherical harmonics of 9 bands of coefficients: light from everywhere, smooth enough for diffuse surfaces."""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

_C0: Final = 0.5 * math.sqrt(1.0 / math.pi)
_C1: Final = math.sqrt(3.0 / (4.0 * math.pi))
_C2: Final = 0.5 * math.sqrt(15.0 / math.pi)
_C20: Final = 0.25 * math.sqrt(5.0 / math.pi)
COSINE_LOBE: Final = (math.pi, 2.0 * math.pi / 3.0, math.pi / 4.0)
"""What the cosine lobe does to each order: irradiance from radiance (Ramamoorthi & Hanrahan 2001, eq. 8)."""


def basis(directions: Float[Tensor, "*n 3"]) -> Float[Tensor, "*n 9"]:
    """The orthonormal basis at unit directions: orders 0, 1 (y, z, x) and 2 (xy, yz, 3zz-1, xz, xx-yy)."""
    return torch.stack(_functions(*directions.unbind(-1)), -1)


def basis_rows(directions: Float[Tensor, "3 ..."]) -> Float[Tensor, "9 ..."]:
    """As basis, with one row an axis and one a function."""
    return torch.stack(_functions(*directions.unbind(0)))


def _functions(x: Tensor, y: Tensor, z: Tensor) -> list[Tensor]:
    return [
        torch.full_like(x, _C0),
        _C1 * y,
        _C1 * z,
        _C1 * x,
        _C2 * (x * y),
        _C2 * (y * z),
        _C20 * (3.0 * z * z - 1.0),
        _C2 * (x * z),
        (0.5 * _C2) * (x * x - y * y),
    ]


def lobe_factors(wrap: Tensor | float = 0.0, like: Tensor | None = None) -> Float[Tensor, "*c 9"]:
    """Factors of the nine coefficients that turn radiance into irradiance.

    wrap: 0 for the cosine lobe; towards 1 the lobe of light that wraps round by scattering beneath the surface,
    ((cos + wrap) / (1 + wrap)) clipped at zero and scaled to the same power, a number or one a channel [C].
    """
    amount = torch.as_tensor(wrap, dtype=torch.float32, device=None if like is None else like.device)
    # Closed forms of 2 pi * integral of lobe(c) * P_l(c) dc over c in [-w, 1], w = wrap.
    w = amount.double()
    orders = [_moment(w, 0), _moment(w, 1), _moment(w, 2)]
    power = math.pi / orders[0]
    factors = [power * orders[order] for order in (0, 1, 1, 1, 2, 2, 2, 2, 2)]
    return torch.stack(factors, -1).to(amount.dtype)


def _moment(w: Tensor, order: int) -> Tensor:
    """2 pi times the integral of (c + w) / (1 + w) times the Legendre polynomial of that order over c in [-w, 1]."""

    def power(n: int) -> Tensor:
        return (1.0 - (-w) ** (n + 1)) / (n + 1)

    linear = [power(n + 1) + w * power(n) for n in range(3)]
    legendre = (linear[0], linear[1], 1.5 * linear[2] - 0.5 * linear[0])[order]
    return 2.0 * math.pi * legendre / (1.0 + w)


def rotate(coefficients: Float[Tensor, "9 c"], rotation: Float[Tensor, "b 3 3"]) -> Float[Tensor, "b 9 c"]:
    """Coefficients of the same light turned: what shone from d shines from rotation @ d. Exact up to order 2."""
    # Nine directions that determine nine coefficients; a turned light at d is the light at the direction turned back.
    directions = torch.nn.functional.normalize(_DIRECTIONS.to(rotation), dim=-1)
    solve = torch.linalg.inv(basis(directions.double())).to(rotation)
    turned_back = directions @ rotation
    return solve @ (basis(turned_back) @ coefficients.to(rotation))


_DIRECTIONS: Final = torch.tensor(
    [
        (1.0, 0.0, 0.0),
        (0.0, 1.0, 0.0),
        (0.0, 0.0, 1.0),
        (1.0, 1.0, 0.3),
        (-0.2, 1.0, 1.0),
        (1.0, -0.4, 1.0),
        (-1.0, 1.0, 0.5),
        (0.3, -1.0, 1.0),
        (-1.0, 0.2, -1.0),
    ]
)
