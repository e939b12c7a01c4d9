"""Small integers for statistics: strong modes in 16 bits, the others in 8 bits with a scale for each block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Float32, Int8, Int16
from torch import Tensor

BLOCK: Final = 192
"""Numbers that share an 8-bit scale: 64 vertices of three coordinates."""


@dataclass(frozen=True)
class QuantisedModes:
    """K modes of N numbers: the first S in int16 with one scale each, the rest in int8 with a scale a block."""

    strong: Int16[Tensor, "s n"]
    strong_scales: Float32[Tensor, " s"]
    fine: Int8[Tensor, "f n"]
    fine_scales: Float32[Tensor, "f blocks"]

    def dequantise(self) -> Float32[Tensor, "k n"]:
        """The modes as float32, in their order."""
        modes = torch.empty(len(self.strong) + len(self.fine), self.strong.shape[1])
        torch.mul(self.strong, self.strong_scales[:, None], out=modes[: len(self.strong)])
        rest = modes[len(self.strong) :]
        whole = rest.shape[1] // BLOCK * BLOCK
        if whole:
            shape = (len(rest), whole // BLOCK, BLOCK)
            scaled = self.fine[:, :whole].reshape(shape) * self.fine_scales[:, : shape[1], None]
            rest[:, :whole] = scaled.reshape(len(rest), whole)
        if whole < rest.shape[1]:
            rest[:, whole:] = self.fine[:, whole:] * self.fine_scales[:, -1:]
        return modes


def quantise_modes(modes: Float[Tensor, "k n"], strong: int) -> QuantisedModes:
    """Rounds to nearest: the error is at most 1/65534 of a strong mode's and 1/254 of a block's largest number."""
    head, tail = modes[:strong].double(), modes[strong:].double()
    strong_scales = head.abs().amax(1).clamp_min(1e-12) / 32767
    blocks = [part.abs().amax(1) for part in tail.split(BLOCK, dim=1)]
    fine_scales = torch.stack(blocks, dim=1).clamp_min(1e-12) / 127
    spread = fine_scales.repeat_interleave(BLOCK, dim=1)[:, : modes.shape[1]]
    return QuantisedModes(
        strong=(head / strong_scales[:, None]).round().to(torch.int16),
        strong_scales=strong_scales.float(),
        fine=(tail / spread).round().to(torch.int8),
        fine_scales=fine_scales.float(),
    )
