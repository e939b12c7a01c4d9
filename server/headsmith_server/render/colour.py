"""Between sRGB images and linear colours, and tangent normals from images."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor


def linear_from_srgb(values: Tensor) -> Tensor:
    """Linear values of sRGB ones in 0..1 (IEC 61966-2-1)."""
    return torch.where(values <= 0.04045, values / 12.92, ((values.clamp(min=0.0) + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(values: Tensor) -> Tensor:
    """sRGB values in 0..1 of linear ones, which are clipped to 0..1; differentiable inside."""
    values = values.clamp(0.0, 1.0)
    return torch.where(values <= 0.0031308, 12.92 * values, 1.055 * values.clamp(min=0.0031308) ** (1 / 2.4) - 0.055)


_BYTES = linear_from_srgb(torch.arange(256, dtype=torch.float32) / 255.0)


def albedo_from_bytes(image: NDArray[np.uint8]) -> Float[Tensor, "h w 3"]:
    """Linear albedo of an sRGB image of bytes [H, W, 3]."""
    return _BYTES[torch.from_numpy(np.ascontiguousarray(image)).long()]


def normals_from_bytes(image: NDArray[np.uint8]) -> Float[Tensor, "h w 3"]:
    """Tangent normals of an image of bytes [H, W, 3]: 128 is 0, green along v."""
    return (torch.from_numpy(np.ascontiguousarray(image)).float() - 128.0) / 127.0


def bytes_from_linear(image: Float[Tensor, "*b h w 3"]) -> UInt8[Tensor, "*b h w 3"]:
    """An sRGB image of bytes from linear colours."""
    return (srgb_from_linear(image) * 255.0 + 0.5).to(torch.uint8)
