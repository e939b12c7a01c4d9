"""identity_from_description: coefficients of a head that is what the words say and likely for all the rest.

The identity of a real head is a draw from N(0, I) (HeadModel). Words fix the coordinates along some semantic
directions. What is left is a Gaussian with linear observations, whose posterior has a closed form; a draw from it is
an ordinary draw, corrected by the least change that meets the observations ("Matheron's rule"; Hoffman & Ribak 1991,
ApJ 380 L5).
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.prompt.description import HeadDescription

IMPLIED: Final = frozenset({"age", "masculinity", "african", "asian", "european"})
"""Directions that follow from who somebody is; they are met loosely, so that people of one kind still differ."""
SAID_NOISE: Final = 0.05
IMPLIED_NOISE: Final = 0.25
"""Standard deviations by which an observation may be missed where others contradict it."""
SPREAD: Final = 0.75
"""Default deviation of everything that was not said; 1 is the population's own."""
MOST: Final = 2.5
"""No coefficient goes further, in standard deviations: the statistics are tested for folds up to there."""
_ROUNDS: Final = 40


def identity_from_description(
    model: HeadModel, description: HeadDescription, generator: torch.Generator, spread: float = SPREAD
) -> Float[Tensor, " k"]:
    """Identity coefficients [K], float32 on the CPU, each within +-MOST.

    The coordinate along each direction of `description.attributes` (its projection on the unit direction) is what was
    asked, up to what the limit and contradicting wishes leave; everything else is drawn with deviation `spread`.
    generator: on the CPU; the same state gives the same bits. Attributes that the model does not have are left out.
    """
    base = spread * torch.randn(model.identity_size, generator=generator, dtype=torch.float64)
    names = sorted(name for name in description.attributes if name in model.attributes)
    if not names:
        return base.clamp(-MOST, MOST).float()
    rows = torch.stack([torch.as_tensor(model.attributes[name].direction, dtype=torch.float64) for name in names])
    lengths = rows.norm(dim=1).clamp_min(1e-9)
    directions = rows / lengths[:, None]
    asked = torch.tensor([description.attributes[name] for name in names], dtype=torch.float64) * lengths
    noise = torch.tensor([IMPLIED_NOISE if name in IMPLIED else SAID_NOISE for name in names], dtype=torch.float64)
    return _meet(base, directions, asked, noise).float()


def projection(model: HeadModel, identity: Float[Tensor, " k"], name: str) -> float:
    """How many standard deviations of an attribute an identity has: its coordinate along that direction."""
    direction = torch.as_tensor(model.attributes[name].direction, dtype=torch.float64)
    return float(identity.double() @ direction / (direction @ direction).clamp_min(1e-18))


def _meet(
    base: Float[Tensor, " k"], directions: Float[Tensor, "a k"], asked: Float[Tensor, " a"], noise: Float[Tensor, " a"]
) -> Float[Tensor, " k"]:
    """Least change of base to meet the observations, alternated with the limit on each coefficient (convex sets:
    the alternation converges where both can be had, and ends within the limit where not)."""
    gain = directions.T @ torch.linalg.inv(directions @ directions.T + torch.diag(noise**2))
    identity = base
    for _ in range(_ROUNDS):
        identity = (identity + gain @ (asked - directions @ identity)).clamp(-MOST, MOST)
        if bool(((directions @ identity - asked).abs() <= 0.5 * noise).all()):
            break
    return identity
