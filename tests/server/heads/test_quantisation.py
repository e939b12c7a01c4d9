"""Statistics come back from small integers within the promised error."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from headsmith_server.heads.quantisation import BLOCK, quantise_modes


@given(
    modes=st.integers(1, 6), numbers=st.integers(1, 3 * BLOCK + 5), strong=st.integers(0, 6), seed=st.integers(0, 2**16)
)
def test_the_error_stays_below_half_a_step(modes: int, numbers: int, strong: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(modes, numbers, generator=generator) * torch.logspace(0, -4, numbers)
    back = quantise_modes(values, min(strong, modes)).dequantise()
    assert back.shape == values.shape
    for row in range(modes):
        if row < strong:
            step = values[row].abs().max() / 32767
            assert (back[row] - values[row]).abs().max() <= 0.51 * step
        else:
            for own, original in zip(back[row].split(BLOCK), values[row].split(BLOCK), strict=True):
                assert (own - original).abs().max() <= 0.51 * original.abs().max() / 127
