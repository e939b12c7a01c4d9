"""rasterise: which triangle is seen at each pixel centre, in torch alone, on any device.

Every triangle is tested at all pixel centres of a square block over its bounding box; blocks of one size are one dense
array, so that no loop runs over triangles. Large triangles are first cut into blocks, those that miss them dropped.
Depth and triangle number share one int64 whose least value wins its pixel, hence equal depth goes to the lower number
and the result depends neither on order nor on threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.clipping import before_near, clip_near
from headsmith_server.render.fragments import Fragments, corner_barycentrics

_BLOCKS: Final = (1, 2, 4, 8, 16)
_COARSE: Final = 128
_MOST_CANDIDATES: Final = 1 << 20
"""Pixel tests held in memory at a time."""
_NONE: Final = torch.iinfo(torch.int64).max


@dataclass(frozen=True)
class _Projected:
    """Triangles that may cover a pixel centre, all counter-clockwise in an image whose rows run up.

    x, y: pixels [N, 3], rows down; z: window depth 0..1 [N, 3]; source: number in the batch of triangles;
    image: which image [N]; left, top, width, height: pixels whose centres the bounding box holds [N].
    """

    x: Float[Tensor, "n 3"]
    y: Float[Tensor, "n 3"]
    z: Float[Tensor, "n 3"]
    source: Int[Tensor, " n"]
    image: Int[Tensor, " n"]
    left: Int[Tensor, " n"]
    top: Int[Tensor, " n"]
    width: Int[Tensor, " n"]
    height: Int[Tensor, " n"]


def rasterise(
    clip: Float[Tensor, "b v 4"], triangles: Int[Tensor, "t 3"], size: tuple[int, int], cull: bool = True
) -> Fragments:
    """The nearest triangle at each pixel centre.

    clip: positions in clip space (y up, visible where -w <= z; OpenGL); triangles: int64, counter-clockwise seen from
    their front; size: rows, columns; cull: leave out triangles seen from behind. Triangles that cross the near plane
    are clipped; degenerate ones and those with a corner that is not finite cover nothing. Not differentiable: the
    barycentrics are detached (Fragments.interpolate computes them again, differentiably).
    """
    with torch.no_grad():
        clip = clip.detach()
        projected = _project(clip, triangles, size, cull)
        keys = torch.full((len(clip), max(size[0], _BLOCKS[-1]), max(size[1], _BLOCKS[-1])), _NONE, device=clip.device)
        for pixel, depth, job in _covered(projected, keys.shape[1:]):
            key = (depth.view(torch.int32).long() << 32) | projected.source[job]
            keys.view(-1).scatter_reduce_(0, pixel, key, "amin")
        keys = keys[:, : size[0], : size[1]].reshape(-1)
        pixels = (keys != _NONE).nonzero()[:, 0]
        won = keys[pixels]
        numbers = won & 0xFFFFFFFF
        depth = (won >> 32).int().view(torch.float32)
        barycentrics = corner_barycentrics(clip, triangles, size, pixels, numbers)
    return Fragments(len(clip), size, pixels, numbers, barycentrics, depth)


def _project(clip: Tensor, triangles: Tensor, size: tuple[int, int], cull: bool) -> _Projected:
    images, count = len(clip), len(triangles)
    visible = before_near(clip)
    screen = _to_screen(clip, size)
    screen = torch.where(visible[..., None], screen, torch.full_like(screen, torch.nan))
    offsets = torch.arange(images, device=clip.device)[:, None] * clip.shape[1]
    corners = (triangles.reshape(1, -1) + offsets).view(-1)
    points = screen.view(-1, 3).index_select(0, corners).view(-1, 3, 3)
    source = None
    if not bool(visible.all()):
        seen = visible.view(-1).index_select(0, corners).view(-1, 3)
        crossing = (seen.any(1) & ~seen.all(1)).nonzero()[:, 0]
        parts, part_of = clip_near(clip.reshape(-1, 4).index_select(0, corners).view(-1, 3, 4)[crossing])
        points = torch.cat([points, _to_screen(parts, size)])
        source = torch.cat([torch.arange(images * count, device=clip.device), crossing[part_of]])
    return _select(points, source, count, size, cull)


def _to_screen(clip: Tensor, size: tuple[int, int]) -> Tensor:
    """Pixels from the left, pixels from the top, window depth 0..1."""
    rows, columns = size
    w = clip[..., 3]
    x = (clip[..., 0] / w + 1.0) * (columns / 2)
    y = (1.0 - clip[..., 1] / w) * (rows / 2)
    return torch.stack([x, y, (clip[..., 2] + w) / (2.0 * w)], -1)


def _select(points: Tensor, source: Tensor | None, count: int, size: tuple[int, int], cull: bool) -> _Projected:
    """Those that face the camera (or all, turned to face it) and whose bounding box holds a pixel centre."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = (point.unbind(-1) for point in points.unbind(1))
    area = (cx - ax) * (by - ay) - (bx - ax) * (cy - ay)
    rows, columns = size
    left = (torch.minimum(torch.minimum(ax, bx), cx) - 0.5).ceil().clamp(min=0)
    right = (torch.maximum(torch.maximum(ax, bx), cx) - 0.5).floor().clamp(max=columns - 1)
    top = (torch.minimum(torch.minimum(ay, by), cy) - 0.5).ceil().clamp(min=0)
    bottom = (torch.maximum(torch.maximum(ay, by), cy) - 0.5).floor().clamp(max=rows - 1)
    # Comparisons with NaN are false, so triangles with such a corner fall out here.
    facing = (area > 0) if cull else (area != 0)
    kept = (facing & area.isfinite() & (left <= right) & (top <= bottom)).nonzero()[:, 0]
    points, area = points.index_select(0, kept), area[kept]
    x, y, z = points.unbind(-1)
    if not cull:
        turned = (area < 0)[:, None]
        x, y, z = (torch.where(turned, values[:, [0, 2, 1]], values) for values in (x, y, z))
    left, right, top, bottom = (values[kept].long() for values in (left, right, top, bottom))
    number = kept if source is None else source[kept]
    return _Projected(x, y, z, number % count, number // count, left, top, right - left + 1, bottom - top + 1)


def _covered(projected: _Projected, canvas: tuple[int, ...]) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Pixels (in the flat canvas of all images), window depths and jobs of all pixel centres inside triangles."""
    longest = torch.maximum(projected.width, projected.height)
    smallest = 0
    for block in _BLOCKS:
        jobs = ((longest > smallest) & (longest <= block)).nonzero()[:, 0]
        smallest = block
        yield from _blocks(projected, jobs, projected.left[jobs], projected.top[jobs], block, canvas)
    large = (longest > _BLOCKS[-1]).nonzero()[:, 0]
    if not len(large):
        return
    whole = large, projected.left[large], projected.top[large], projected.width[large], projected.height[large]
    for jobs, left, top in _cut(projected, *whole, _COARSE):
        right = torch.minimum(projected.left[jobs] + projected.width[jobs], left + _COARSE)
        bottom = torch.minimum(projected.top[jobs] + projected.height[jobs], top + _COARSE)
        for piece in _cut(projected, jobs, left, top, right - left, bottom - top, _BLOCKS[-1]):
            yield from _blocks(projected, *piece, _BLOCKS[-1], canvas)


def _cut(
    projected: _Projected, jobs: Tensor, left: Tensor, top: Tensor, width: Tensor, height: Tensor, block: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Blocks that cover the boxes, without those that lie wholly outside an edge of their triangle."""
    across = (width + block - 1) // block
    counts = across * ((height + block - 1) // block)
    ends = counts.cumsum(0)
    for piece in _pieces(ends, _MOST_CANDIDATES // 16):
        repeats, first = counts[piece], ends[piece] - counts[piece]
        number = torch.arange(int(repeats.sum()), device=jobs.device)
        number -= torch.repeat_interleave(first - first[0], repeats)
        box = torch.repeat_interleave(torch.arange(piece.start, piece.stop, device=jobs.device), repeats)
        row = number // across[box]
        x, y = left[box] + (number - row * across[box]) * block, top[box] + row * block
        reach = torch.tensor([0, block - 1], device=jobs.device)
        edges = _edges(projected, jobs[box], x, y, reach)
        hit = torch.stack([(edge >= 0).flatten(1).any(1) for edge in edges]).all(0).nonzero()[:, 0]
        yield jobs[box[hit]], x[hit], y[hit]


def _pieces(ends: Tensor, most: int) -> Iterator[slice]:
    """Consecutive ranges whose counts add up to about `most` (given the running totals of the counts)."""
    if not len(ends):
        return
    if int(ends[-1]) <= most:
        yield slice(0, len(ends))
        return
    bounds = torch.unique_consecutive(ends // most, return_counts=True)[1].cumsum(0).tolist()
    for start, stop in zip([0, *bounds[:-1]], bounds, strict=True):
        yield slice(start, stop)


def _blocks(
    projected: _Projected, jobs: Tensor, left: Tensor, top: Tensor, block: int, canvas: tuple[int, ...]
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Tests all centres of one block of pixels a job."""
    rows, columns = canvas
    # A block may hang over the bounding box but not over the canvas.
    left, top = left.clamp(max=columns - block), top.clamp(max=rows - block)
    reach = torch.arange(block, device=jobs.device)
    shift = block.bit_length() - 1
    most = _MOST_CANDIDATES >> (2 * shift)
    for start in range(0, len(jobs), most):
        part = slice(start, start + most)
        edges = _edges(projected, jobs[part], left[part], top[part], reach)
        inside = torch.minimum(torch.minimum(edges[0], edges[1]), edges[2]) >= 0
        at = inside.view(-1).nonzero()[:, 0]
        job = at >> (2 * shift)
        number = jobs[part][job]
        first = (projected.image[jobs[part]] * rows + top[part]) * columns + left[part]
        pixel = first[job] + ((at >> shift) & (block - 1)) * columns + (at & (block - 1))
        a, b, c = (edge.view(-1)[at] for edge in edges)
        za, zb, zc = projected.z.index_select(0, number).unbind(1)
        depth = (a * za + b * zb + c * zc) / (a + b + c)
        yield pixel, depth.clamp_(min=0.0), number


def _edges(projected: _Projected, jobs: Tensor, left: Tensor, top: Tensor, reach: Tensor) -> list[Tensor]:
    """Twice the areas that the pixel centres of a block span with the edges opposite each corner, [J, rows, columns].

    Each corner's offset from a centre is rounded once and products are only subtracted: two triangles get exactly
    opposite values at a shared edge, so no pixel falls between them.
    """
    x = projected.x.index_select(0, jobs)[:, :, None] - ((left[:, None] + reach) + 0.5)[:, None, :]
    y = projected.y.index_select(0, jobs)[:, :, None] - ((top[:, None] + reach) + 0.5)[:, None, :]
    x, y = x[:, :, None, :], y[:, :, :, None]
    return [x[:, j] * y[:, i] - x[:, i] * y[:, j] for i, j in ((1, 2), (2, 0), (0, 1))]
