"""identity_from_description: coefficients of a head that is what the words say and likely for all the rest.

The identity of a real head is a draw from N(0, I) (HeadModel). Words fix the coordinates along some semantic
directions; a direction that nobody mentions is observed too, loosely, as nothing out of the ordinary. A Gaussian
with such linear observations is sampled by an ordinary draw and the least change that meets them ("Matheron's rule";
Hoffman & Ribak 1991, ApJ 380 L5).
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.prompt.description import HeadDescription

SAID_NOISE: Final = 0.03
IMPLIED_NOISE: Final = 0.3
UNSAID_NOISE: Final = 1.0
"""Standard deviations with which an observation is taken: what is said exactly, what follows from age, sex and
ancestry loosely, so that people of one kind still differ, and the rest hardly at all."""
SPREAD: Final = 0.75
"""Default deviation of everything that was not said; 1 is the population's own."""
MOST_NORM: Final = 1.5
"""No identity lies further out than this many times the norm of a usual one (the root of K)."""


def identity_from_description(
    model: HeadModel, description: HeadDescription, generator: torch.Generator, spread: float = SPREAD
) -> Float[Tensor, " k"]:
    """Identity coefficients [K], float32 on the CPU, of norm at most MOST_NORM * sqrt(K).

    The coordinate along each direction of `description.attributes` (see `projection`) is what was asked, up to what
    the norm and contradicting wishes leave; everything else is drawn with deviation `spread`. generator: on the CPU;
    the same state gives the same bits. Attributes that the model does not have are left out.
    """
    base = spread * torch.randn(model.identity_size, generator=generator, dtype=torch.float64)
    names = sorted(model.attributes)
    if not names:
        return _within(torch.zeros_like(base), base).float()
    rows = torch.stack([torch.as_tensor(model.attributes[name].direction, dtype=torch.float64) for name in names])
    lengths = rows.norm(dim=1).clamp_min(1e-9)
    asked = torch.tensor([description.attributes.get(name, 0.0) for name in names], dtype=torch.float64)
    noise = torch.tensor([_noise(name, description) for name in names], dtype=torch.float64)
    observed = rows / lengths[:, None]
    gain = observed.T @ torch.linalg.inv(observed @ observed.T + torch.diag(noise**2))
    asked_for = gain @ (asked * lengths)
    return _within(asked_for, base - gain @ (observed @ base)).float()


def projection(model: HeadModel, identity: Float[Tensor, " k"], name: str) -> float:
    """How many standard deviations of an attribute an identity has: its coordinate along that direction."""
    direction = torch.as_tensor(model.attributes[name].direction, dtype=torch.float64)
    return float(identity.double() @ direction / (direction @ direction).clamp_min(1e-18))


def _noise(name: str, description: HeadDescription) -> float:
    if name not in description.attributes:
        return UNSAID_NOISE
    return IMPLIED_NOISE if name in description.implied else SAID_NOISE


def _within(asked_for: Float[Tensor, " k"], rest: Float[Tensor, " k"]) -> Float[Tensor, " k"]:
    """asked_for + rest within the norm: what was drawn shrinks first, down to a third, then all of it."""
    most = MOST_NORM * len(rest) ** 0.5
    identity = asked_for + rest
    for share in (0.8, 0.6, 0.45, 1 / 3):
        if identity.norm() <= most:
            return identity
        identity = asked_for + share * rest
    return identity * min(1.0, most / float(identity.norm()))
