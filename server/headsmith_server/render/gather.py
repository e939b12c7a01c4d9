"""weighted_rows: sums of a few rows of a table with weights, the inner loop of interpolation and of texturing."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


def rows_of(table: Float[Tensor, "r c"], rows: Int[Tensor, " n"]) -> Float[Tensor, "n c"]:
    """Rows of a table, differentiable in it."""
    return table.index_select(0, rows)


def weighted_rows(table: Float[Tensor, "r c"], rows: Int[Tensor, "n k"], weights: Float[Tensor, "n k"]) -> Tensor:
    """Row n of the result [N, C] is the sum over k of weights[n, k] * table[rows[n, k]].

    Differentiable in table and weights. On the CPU torch's embedding_bag does this in one pass without the [N, K, C]
    in between; its own backward is slow for tables of many rows, hence the Function.
    """
    if not rows.numel():
        return table.new_zeros(len(rows), table.shape[1]) + 0.0 * (table.sum() + weights.sum())
    if torch.is_grad_enabled() and (table.requires_grad or weights.requires_grad):
        result: Tensor = _WeightedRows.apply(table, rows, weights)  # pyright: ignore[reportAssignmentType]
        return result
    return _forward(table, rows, weights)


def _forward(table: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
    return functional.embedding_bag(
        rows.contiguous(), table.contiguous(), per_sample_weights=weights.contiguous(), mode="sum"
    )


class _WeightedRows(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, table: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
        ctx.save_for_backward(table, rows, weights)
        return _forward(table, rows, weights)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, None, Tensor | None]:
        table, rows, weights = ctx.saved_tensors
        (gradient,) = gradients
        flat = rows.reshape(-1)
        to_table = to_weights = None
        if ctx.needs_input_grad[0]:
            spread = gradient[:, None, :] * weights[:, :, None]
            to_table = torch.zeros_like(table).index_add_(0, flat, spread.view(-1, table.shape[1]))
        if ctx.needs_input_grad[2]:
            to_weights = (table.index_select(0, flat).view(*rows.shape, -1) * gradient[:, None, :]).sum(-1)
        return to_table, None, to_weights
