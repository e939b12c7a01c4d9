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

from headsmith_server.render.gather import weighted_rows

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
        if texture is None or len(self.sizes) == 1:
            at_first, at_rows, at_columns = first[0], rows[0], columns[0]
            most = last[0]
            base = None
        else:
            at_first, at_rows, at_columns = first.view(-1), rows.view(-1), columns.view(-1)
            most = last[texture]
            base = texture * first.shape[1]
        if level is None or first.shape[1] == 1:
            zero = torch.zeros(len(uv), dtype=torch.long, device=uv.device) if base is None else base
            taps, weights = _bilinear(uv, at_first[zero], at_rows[zero], at_columns[zero], wrap)
            return weighted_rows(self.texels, taps, weights)
        level = torch.minimum(level.clamp(min=0), most.to(level.dtype))
        fine = level.detach().floor()
        blend = (level - fine)[:, None]
        fine = fine.long()
        coarse = torch.minimum(fine + 1, most)
        if base is not None:
            fine, coarse = fine + base, coarse + base
        taps_a, weights_a = _bilinear(uv, at_first[fine], at_rows[fine], at_columns[fine], wrap)
        taps_b, weights_b = _bilinear(uv, at_first[coarse], at_rows[coarse], at_columns[coarse], wrap)
        weights = torch.cat([weights_a * (1.0 - blend), weights_b * blend], 1)
        return weighted_rows(self.texels, torch.cat([taps_a, taps_b], 1), weights)

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
        level = image.permute(2, 0, 1)[None]
        for number, size in enumerate(level_sizes((image.shape[0], image.shape[1]))):
            if number:
                even = level.shape[2] == 2 * size[0] and level.shape[3] == 2 * size[1]
                level = functional.avg_pool2d(level, 2) if even else functional.adaptive_avg_pool2d(level, size)
                if not mips:
                    level = torch.zeros_like(level)
            rows.append(level[0].flatten(1).T)
    return Pyramid(torch.cat(rows).contiguous(), tuple((image.shape[0], image.shape[1]) for image in images))


def sample_texture(
    texture: Pyramid,
    uv: Float[Tensor, "n 2"],
    derivatives: Float[Tensor, "n 2 2"] | None = None,
    wrap: Wrap = "clamp",
) -> Float[Tensor, "n c"]:
    """Colours of a single texture at uv, from its mip levels with screen-space derivatives of uv (Pyramid.level)."""
    return texture.sample(uv, None if derivatives is None else texture.level(derivatives), wrap=wrap)


def _bilinear(uv: Tensor, first: Tensor, rows: Tensor, columns: Tensor, wrap: Wrap) -> tuple[Tensor, Tensor]:
    """Four texels of one level and their weights, [N, 4] each."""
    x0, x1, fx = _neighbours(uv[:, 0] * columns - 0.5, columns, wrap != "clamp")
    y0, y1, fy = _neighbours((1.0 - uv[:, 1]) * rows - 0.5, rows, wrap == "repeat")
    upper, lower = first + y0 * columns, first + y1 * columns
    taps = torch.stack([upper + x0, upper + x1, lower + x0, lower + x1], 1)
    gx, gy = 1.0 - fx, 1.0 - fy
    return taps, torch.stack([gx * gy, fx * gy, gx * fy, fx * fy], 1)


def _neighbours(place: Tensor, count: Tensor, repeat: bool) -> tuple[Tensor, Tensor, Tensor]:
    below = place.detach().floor()
    fraction = place - below
    low = below.long()
    if repeat:
        return low % count, (low + 1) % count, fraction
    last = count - 1
    zero = torch.zeros_like(last)
    return low.clamp(zero, last), (low + 1).clamp(zero, last), fraction
