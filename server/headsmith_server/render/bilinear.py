"""sample_levels: texels mixed bilinearly within a level and linearly between two, with the derivatives written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.gather import add_rows, sum_rows


@dataclass(frozen=True)
class Taps:
    """Four texels of one level about each point: upper left, upper right, lower left, lower right, rows of the texels
    [N] each; how far right and down between them, 0..1 [N]; columns and rows of the level [N]."""

    texels: tuple[Int[Tensor, " n"], ...]
    right: Float[Tensor, " n"]
    down: Float[Tensor, " n"]
    columns: Int[Tensor, " n"]
    rows: Int[Tensor, " n"]


def sample_levels(
    texels: Float[Tensor, "r c"], uv: Float[Tensor, "n 2"], blend: Float[Tensor, " n"] | None, levels: Sequence[Taps]
) -> Float[Tensor, "n c"]:
    """Colours at points; differentiable in texels, uv and blend.

    levels: the taps of uv in the finer level and, with blend, in the coarser one; blend: 0 finer to 1 coarser [N].
    """
    if torch.is_grad_enabled() and any(value is not None and value.requires_grad for value in (texels, uv, blend)):
        result: Tensor = _SampleLevels.apply(texels, uv, blend, levels)  # pyright: ignore[reportAssignmentType]
        return result
    return sum_rows(texels, *_mix(levels, blend))


def _mix(levels: Sequence[Taps], blend: Tensor | None) -> tuple[Tensor, Tensor]:
    """Texels and their weights, [N, 4 or 8] each."""
    weights: list[Tensor] = []
    for taps, share in zip(levels, _shares(blend), strict=True):
        lower = taps.down if share is None else taps.down * share
        upper = (1.0 if share is None else share) - lower
        upper_right, lower_right = upper * taps.right, lower * taps.right
        weights += [upper - upper_right, upper_right, lower - lower_right, lower_right]
    return torch.stack([row for level in levels for row in level.texels], 1), torch.stack(weights, 1)


def _shares(blend: Tensor | None) -> list[Tensor | None]:
    return [None] if blend is None else [1.0 - blend, blend]


def _slopes(levels: Sequence[Taps], blend: Tensor | None) -> tuple[Tensor, Tensor]:
    """Derivatives of the weights by u and by v."""
    by_u: list[Tensor] = []
    by_v: list[Tensor] = []
    for taps, share in zip(levels, _shares(blend), strict=True):
        columns, rows = (taps.columns, taps.rows) if share is None else (taps.columns * share, taps.rows * share)
        low, right = taps.down * columns, taps.right * rows
        high, left = columns - low, rows - right
        by_u += [-high, high, -low, low]
        by_v += [left, right, -left, -right]
    dtype = levels[0].right.dtype
    return torch.stack(by_u, 1).to(dtype), torch.stack(by_v, 1).to(dtype)


class _SampleLevels(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, texels: Tensor, uv: Tensor, blend: Tensor | None, levels: Sequence[Taps]) -> Tensor:
        rows, weights = _mix(levels, blend)
        ctx.levels = levels
        ctx.save_for_backward(texels, blend, rows, weights)
        return sum_rows(texels, rows, weights)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        texels, blend, rows, weights = ctx.saved_tensors
        gradient = gradients[0]
        to_texels = to_uv = to_blend = None
        if ctx.needs_input_grad[0]:
            to_texels = add_rows(texels, rows, gradient, weights)
        if ctx.needs_input_grad[1]:
            # The colour's own derivative is a sum of the same texels with other weights.
            to_uv = torch.stack(
                [(sum_rows(texels, rows, slope) * gradient).sum(1) for slope in _slopes(ctx.levels, blend)], 1
            )
        if ctx.needs_input_grad[2]:
            finer, coarser = (sum_rows(texels, *_mix([level], None)) for level in ctx.levels)
            to_blend = ((coarser - finer) * gradient).sum(1)
        return to_texels, to_uv, to_blend, None
