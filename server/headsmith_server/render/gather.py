"""Sums of a few rows of a table with weights, the inner loop of interpolation and of texturing."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


def rows_of(table: Float[Tensor, "r c"], rows: Int[Tensor, " n"]) -> Float[Tensor, "n c"]:
    """Rows of a table, differentiable in it."""
    return table.index_select(0, rows)


def sum_rows(
    table: Float[Tensor, "r c"], rows: Int[Tensor, "n k"], weights: Float[Tensor, "n k"]
) -> Float[Tensor, "n c"]:
    """As weighted_rows, without derivatives: one pass by torch's embedding_bag, without the [N, K, C] in between."""
    if not rows.numel():
        return table.new_zeros(len(rows), table.shape[1])
    with torch.no_grad():
        return functional.embedding_bag(
            rows.contiguous(), table.contiguous(), per_sample_weights=weights.contiguous(), mode="sum"
        )


def weighted_rows(
    table: Float[Tensor, "r c"], rows: Int[Tensor, "n k"], weights: Float[Tensor, "n k"]
) -> Float[Tensor, "n c"]:
    """Sums over k of weights[n, k] * table[rows[n, k]]; differentiable in table and weights."""
    if torch.is_grad_enabled() and (table.requires_grad or weights.requires_grad):
        result: Tensor = _WeightedRows.apply(table, rows, weights)  # pyright: ignore[reportAssignmentType]
        return result
    return sum_rows(table, rows, weights)


def add_rows(table: Tensor, rows: Tensor, values: Tensor, weights: Tensor) -> Tensor:
    """The derivative of sum_rows by its table: values [N, C] times weights [N, K] added up at rows [N, K]."""
    # One call for all K: each sorts its rows, and the sorting is what takes long.
    spread = values.contiguous()[:, None, :] * weights[:, :, None]
    return torch.zeros_like(table).index_add_(0, rows.reshape(-1), spread.reshape(-1, values.shape[1]))


class _WeightedRows(torch.autograd.Function):
    """embedding_bag's own derivative is many times slower for tables of many rows."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
        ctx.save_for_backward(table, rows, weights)
        return sum_rows(table, rows, weights)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, None, Tensor | None]:
        table, rows, weights = ctx.saved_tensors
        gradient = gradients[0]
        to_table = to_weights = None
        if ctx.needs_input_grad[0]:
            to_table = add_rows(table, rows, gradient, weights)
        if ctx.needs_input_grad[2]:
            columns = (table.index_select(0, row) for row in rows.unbind(1))
            to_weights = torch.stack([(column * gradient).sum(1) for column in columns], 1)
        return to_table, None, to_weights
