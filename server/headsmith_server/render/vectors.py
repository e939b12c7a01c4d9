"""Arithmetic of many vectors, one row an axis ([3, N]), so that it runs along contiguous memory."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

_LEAST = 1e-30
"""Squared length below which a vector has no direction and normalises to nearly nothing."""


def dot(a: Float[Tensor, "3 n"], b: Float[Tensor, "3 n"]) -> Float[Tensor, " n"]:
    """Inner products."""
    return (a * b).sum(0)


def cross(a: Float[Tensor, "3 n"], b: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
    """Vector products."""
    (ax, ay, az), (bx, by, bz) = a.unbind(0), b.unbind(0)
    return torch.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def normalise(a: Float[Tensor, "3 n"]) -> Float[Tensor, "3 n"]:
    """Unit vectors; differentiable."""
    if torch.is_grad_enabled() and a.requires_grad:
        result: Tensor = _Normalise.apply(a)  # pyright: ignore[reportAssignmentType]
        return result
    return a * _over_length(a)


def _over_length(a: Tensor) -> Tensor:
    return (a * a).sum(0).clamp_(min=_LEAST).rsqrt_()


class _Normalise(torch.autograd.Function):
    """With its derivative written out: a third of the memory traffic of the recorded one."""

    @staticmethod
    def forward(ctx: Any, a: Tensor) -> Tensor:
        over = _over_length(a)
        unit = a * over
        ctx.save_for_backward(unit, over)
        return unit

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        unit, over = ctx.saved_tensors
        return (gradients[0] - unit * dot(gradients[0], unit)) * over
