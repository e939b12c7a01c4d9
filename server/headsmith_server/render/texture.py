"""Pyramid: textures with their mip levels as one table of texels, sampled trilinearly in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.bilinear import Taps, sample_levels

Wrap = Literal["clamp", "repeat", "latlong"]
"""Beyond the border: the border's texel, the other side's, or, for pictures of all directions, only along u."""


@dataclass(frozen=True)
class Pyramid:
    """Textures of C channels. texels: all levels of all textures, row by row from the top, [R, C];
    sizes: rows and columns of each texture's finest level."""

    texels: Float[Tensor, "r c"]
    sizes: tuple[tuple[int, int], ...]

    @property
    def textured(self) -> bool:
        """Whether any texture is more than a single texel."""
        return any(size != (1, 1) for size in self.sizes)

    @cached_property
    def _layout(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """First texel, rows and columns of each level [M, L] (the last level repeated), and last level [M]."""
        levels = [level_sizes(size) for size in self.sizes]
        most = max(len(sizes) for sizes in levels)
        first, rows, columns, start = [], [], [], 0
        for sizes in levels:
            starts = [start + sum(h * w for h, w in sizes[:level]) for level in range(len(sizes))]
            start += sum(h * w for h, w in sizes)
            padding = most - len(sizes)
            first.append(starts + starts[-1:] * padding)
            rows.append([h for h, _ in sizes] + [1] * padding)
            columns.append([w for _, w in sizes] + [1] * padding)
        last = [len(sizes) - 1 for sizes in levels]
        device = self.texels.device
        return tuple(torch.tensor(value, device=device) for value in (first, rows, columns, last))  # type: ignore

    def sample(
        self,
        uv: Float[Tensor, "n 2"],
        level: Float[Tensor, " n"] | None = None,
        texture: Int[Tensor, " n"] | None = None,
        wrap: Wrap = "clamp",
    ) -> Float[Tensor, "n c"]:
        """Colours at uv (v up, texel centres at (i + 0.5) / size), differentiable in uv, level and texels.

        level: 0 the finest, between two levels linear, 0 by default; texture: which of several, 0 by default.
        """
        first, rows, columns, last = self._layout
        base: Tensor | int = 0
        most: Tensor | int = int(last[0])
        if texture is not None and len(self.sizes) > 1:
            base, most = texture * first.shape[1], last.index_select(0, texture)
        tables = first.view(-1), rows.view(-1), columns.view(-1)
        if level is None or first.shape[1] == 1:
            at = torch.zeros(len(uv), dtype=torch.long, device=uv.device) + base
            return sample_levels(self.texels, uv, None, [_taps(uv, tables, at, wrap)])
        limit = torch.as_tensor(most, device=level.device)
        level = torch.minimum(level.clamp(min=0), limit.to(level.dtype))
        at = level.detach().floor()
        blend = level - at
        at = at.long()
        coarse = torch.minimum(at + 1, limit)
        both = [_taps(uv, tables, at + base, wrap), _taps(uv, tables, coarse + base, wrap)]
        return sample_levels(self.texels, uv, blend, both)

    def level(
        self, derivatives: Float[Tensor, "n 2 2"], texture: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, " n"]:
        """The level at which a pixel's longer side is one texel, below 0 where texels are larger than pixels.

        derivatives: of u and v (last axis) by column and by row (OpenGL 4.6, 8.14).
        """
        sizes = torch.tensor(self.sizes, dtype=derivatives.dtype, device=derivatives.device).flip(1)
        scale = sizes[0] if texture is None else sizes[texture][:, None]
        steps = (derivatives * scale).square().sum(-1).amax(-1)
        return 0.5 * torch.log2(steps.clamp(min=1e-20))


def level_sizes(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Rows and columns of a texture's levels, each half the one before, down to a single texel."""
    sizes = [size]
    while sizes[-1] != (1, 1):
        sizes.append((max(1, sizes[-1][0] // 2), max(1, sizes[-1][1] // 2)))
    return sizes


def pyramid(images: Sequence[Float[Tensor, "h w c"]], mips: bool = True) -> Pyramid:
    """The mip levels of images by area averages; differentiable. Without mips the coarser levels hold zeros unread."""
    rows: list[Tensor] = []
    for image in images:
        level = image
        for number, size in enumerate(level_sizes((image.shape[0], image.shape[1]))):
            if number:
                level = _halved(level, size) if mips else level.new_zeros(*size, level.shape[2])
            rows.append(level.reshape(-1, level.shape[2]))
    return Pyramid(torch.cat(rows).contiguous(), tuple((image.shape[0], image.shape[1]) for image in images))


def _halved(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Area averages, [H, W, C] at the size."""
    height, width, channels = image.shape
    if (2 * size[0], 2 * size[1]) == (height, width):
        upper, lower = image.reshape(size[0], 2, width * channels).unbind(1)
        left, right = (upper + lower).view(size[0], size[1], 2, channels).unbind(2)
        return 0.25 * (left + right)
    return functional.adaptive_avg_pool2d(image.permute(2, 0, 1)[None], size)[0].permute(1, 2, 0)


def sample_texture(
    texture: Pyramid,
    uv: Float[Tensor, "n 2"],
    derivatives: Float[Tensor, "n 2 2"] | None = None,
    wrap: Wrap = "clamp",
) -> Float[Tensor, "n c"]:
    """Colours of a single texture at uv, from its mip levels with screen-space derivatives of uv (Pyramid.level)."""
    return texture.sample(uv, None if derivatives is None else texture.level(derivatives), wrap=wrap)


def _taps(uv: Tensor, tables: tuple[Tensor, Tensor, Tensor], level: Tensor, wrap: Wrap) -> Taps:
    """The four texels about each point, from first texel, rows and columns of all levels."""
    with torch.no_grad():
        first, rows, columns = (table.index_select(0, level) for table in tables)
        x0, x1, fx = _neighbours(uv[:, 0] * columns - 0.5, columns, wrap != "clamp")
        y0, y1, fy = _neighbours((1.0 - uv[:, 1]) * rows - 0.5, rows, wrap == "repeat")
        upper, lower = first + y0 * columns, first + y1 * columns
        return Taps((upper + x0, upper + x1, lower + x0, lower + x1), fx, fy, columns, rows)


def _neighbours(place: Tensor, count: Tensor, repeat: bool) -> tuple[Tensor, Tensor, Tensor]:
    below = place.floor()
    fraction = place - below
    low = below.long()
    if repeat:
        return low % count, (low + 1) % count, fraction
    last = count - 1
    high = torch.minimum(low + 1, last).clamp_(min=0)
    return torch.minimum(low.clamp_(min=0), last), high, fraction
