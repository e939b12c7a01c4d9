"""rasterise: which triangle is seen at each pixel centre, in torch alone, on any device.

Triangles become spans: for each line of pixel centres that crosses a triangle, where it enters and leaves. Spans become
pixels, with exactly as many as are covered, so that neither small nor large triangles are wasteful and no loop runs
over them. Depth and triangle number share one int64 whose least value wins its pixel, hence equal depth goes to the
lower number and the result depends neither on order nor on threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from headsmith_server.render.clipping import before_near, clip_near
from headsmith_server.render.fragments import Fragments, fragments_of

_MOST: Final = 1 << 22
"""Spans, and pixels, held in memory at a time."""
_NONE: Final = torch.iinfo(torch.int64).max


def rasterise(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    cull: bool | Bool[Tensor, " t"] = True,
    only: Int[Tensor, " k"] | None = None,
) -> Fragments:
    """The nearest triangle at each pixel centre.

    clip: positions in clip space (y up, visible where -w <= z; OpenGL); triangles: int64, counter-clockwise seen from
    their front; size: rows, columns; cull: leave out triangles seen from behind, all alike or each; only: numbers of
    the triangles to look at, all by default. A centre on a shared edge belongs to one of the two. Triangles that cross
    the near plane are clipped; degenerate ones and those with a corner that is not finite cover nothing. Not
    differentiable: the barycentrics are detached (Fragments.barycentrics_of computes them again, differentiably).
    """
    with torch.no_grad():
        clip = clip.detach()
        keys = torch.full((len(clip) * size[0] * size[1],), _NONE, device=clip.device)
        for pixels, depths, numbers in covered(clip, triangles, size, cull, only):
            keys.scatter_reduce_(0, pixels, (depths.view(torch.int32).long() << 32) | numbers, "amin")
        pixels = (keys != _NONE).nonzero()[:, 0]
        won = keys.index_select(0, pixels)
        depths = (won >> 32).int().view(torch.float32)
        return fragments_of(clip, triangles, size, pixels, won & 0xFFFFFFFF, depths)


def covered(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    cull: bool | Bool[Tensor, " t"] = True,
    only: Int[Tensor, " k"] | None = None,
) -> Iterator[tuple[Int[Tensor, " n"], Float[Tensor, " n"], Int[Tensor, " n"]]]:
    """All pairs of a pixel centre and a triangle that covers it, in portions of bounded size; otherwise as rasterise.

    Yields flat pixels (image * rows + row) * columns + column, window depths 0..1 and triangle numbers.
    """
    if only is not None:
        triangles = triangles.index_select(0, only)
        cull = cull if isinstance(cull, bool) else cull.index_select(0, only)
    slopes, number = _project(clip, triangles, size, cull)
    count = max(len(triangles), 1)
    image, triangle = number // count, number % count
    if only is not None:
        triangle = only.index_select(0, triangle)
    counts = slopes.bottom - slopes.top
    for part in _portions(counts):
        spans = _spans(slopes, part, counts[part], size)
        base = image[part].index_select(0, spans.job) * size[0] + spans.row
        base = base * size[1] + spans.left
        number = triangle[part].index_select(0, spans.job)
        for run in _portions(spans.count):
            repeats = spans.count[run]
            span = torch.repeat_interleave(repeats)
            first = repeats.cumsum(0) - repeats
            step = torch.arange(len(span), device=clip.device)
            pixels = (base[run] - first).index_select(0, span) + step
            step -= first.index_select(0, span)
            rise = spans.rise[run].index_select(0, span)
            depths = rise.mul_(step).add_(spans.depth[run].index_select(0, span))
            yield pixels, depths.clamp_(min=0.0), number[run].index_select(0, span)


@dataclass(frozen=True)
class _Slopes:
    """Triangles in pixels, corners from the top: a, b, c, each (x, y, window depth). ab, bc, ac: change of x and of
    depth by row along the edges. top, bottom: first row of centres inside and the first beyond. All [N]."""

    a: tuple[Tensor, Tensor, Tensor]
    b: tuple[Tensor, Tensor, Tensor]
    ab: tuple[Tensor, Tensor]
    bc: tuple[Tensor, Tensor]
    ac: tuple[Tensor, Tensor]
    top: Int[Tensor, " n"]
    bottom: Int[Tensor, " n"]


@dataclass(frozen=True)
class _Spans:
    """Runs of covered centres: job: place in the portion of triangles; row; left: first column; count of columns;
    depth: at the first centre; rise: change of depth by column. All [S]."""

    job: Int[Tensor, " s"]
    row: Int[Tensor, " s"]
    left: Int[Tensor, " s"]
    count: Int[Tensor, " s"]
    depth: Float[Tensor, " s"]
    rise: Float[Tensor, " s"]


def _project(clip: Tensor, triangles: Tensor, size: tuple[int, int], cull: bool | Tensor) -> tuple[_Slopes, Tensor]:
    """The triangles of all images that may cover a centre, and which (image * T + triangle) they are."""
    visible = before_near(clip)
    screen = _to_screen(clip, size)
    offsets = torch.arange(len(clip), device=clip.device)[:, None] * clip.shape[1]
    corners = (triangles.T[:, None] + offsets).reshape(3, -1)
    number = None
    if bool(visible.all()):
        points = [[axis.index_select(0, corner) for axis in screen] for corner in corners]
    else:
        seen = visible.view(-1)[corners]
        whole = seen.all(0).nonzero()[:, 0]
        crossing = (seen.any(0) & ~seen.all(0)).nonzero()[:, 0]
        parts, part_of = clip_near(clip.reshape(-1, 4)[corners[:, crossing].T])
        added = _to_screen(parts.transpose(0, 1).contiguous(), size)
        points = [
            [torch.cat([axis[corner[whole]], more.view(3, -1)[k]]) for axis, more in zip(screen, added, strict=True)]
            for k, corner in enumerate(corners)
        ]
        number = torch.cat([whole, crossing[part_of]])
    return _select(points, number, len(triangles), size, cull)


def _to_screen(clip: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels from the left, pixels from the top, window depth 0..1, flat."""
    x, y, z, w = clip.reshape(-1, 4).unbind(1)
    over = 1.0 / w
    return (x * over + 1.0) * (size[1] / 2), (1.0 - y * over) * (size[0] / 2), (z * over + 1.0) * 0.5


def _select(
    points: list[list[Tensor]], number: Tensor | None, count: int, size: tuple[int, int], cull: bool | Tensor
) -> tuple[_Slopes, Tensor]:
    """Those that face the camera (where culled) and whose bounding box holds a pixel centre."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = points
    area = (cx - ax) * (by - ay) - (bx - ax) * (cy - ay)
    top = (torch.minimum(torch.minimum(ay, by), cy) - 0.5).ceil_().clamp_(0.0, size[0])
    bottom = (torch.maximum(torch.maximum(ay, by), cy) - 0.5).ceil_().clamp_(0.0, size[0])
    left = (torch.minimum(torch.minimum(ax, bx), cx) - 0.5).ceil_().clamp_(0.0, size[1])
    right = (torch.maximum(torch.maximum(ax, bx), cx) - 0.5).ceil_().clamp_(0.0, size[1])
    if isinstance(cull, bool):
        facing = area > 0 if cull else area != 0
    else:
        of = torch.arange(len(area), device=area.device) if number is None else number
        facing = torch.where(cull[of % count], area > 0, area != 0)
    # Comparisons with NaN are false, so triangles with such a corner fall out here.
    kept = (facing & area.isfinite() & (top < bottom) & (left < right)).nonzero()[:, 0]
    a, b, c = ([values.index_select(0, kept) for values in point] for point in points)
    a, b = _ordered(a, b)
    b, c = _ordered(b, c)
    a, b = _ordered(a, b)
    slopes = _Slopes(
        (a[0], a[1], a[2]),
        (b[0], b[1], b[2]),
        _slope(a, b),
        _slope(b, c),
        _slope(a, c),
        top.index_select(0, kept).long(),
        bottom.index_select(0, kept).long(),
    )
    return slopes, kept if number is None else number[kept]


def _ordered(upper: list[Tensor], lower: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    swap = upper[1] > lower[1]
    pairs = list(zip(upper, lower, strict=True))
    return [torch.where(swap, q, p) for p, q in pairs], [torch.where(swap, p, q) for p, q in pairs]


def _slope(upper: list[Tensor], lower: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Change of x and depth by row. Level edges have none, but no line of centres crosses them."""
    height = lower[1] - upper[1]
    return (lower[0] - upper[0]) / height, (lower[2] - upper[2]) / height


def _spans(slopes: _Slopes, part: slice, counts: Tensor, size: tuple[int, int]) -> _Spans:
    """Where each line of centres enters and leaves the triangles.

    Triangles that share an edge have its ends in the same order, so that both find the very same crossing and divide
    the centres between them: one takes those before it, the other those at it and beyond. (No fused multiply-add
    here: torch's loops round it differently at their ends.)
    """
    job = torch.repeat_interleave(counts)
    first = slopes.top[part] - (counts.cumsum(0) - counts)
    row = torch.arange(len(job), device=job.device) + first.index_select(0, job)
    y = row.to(slopes.a[0].dtype) + 0.5

    def at(values: Tensor) -> Tensor:
        return values[part].index_select(0, job)

    ax, ay, az = (at(values) for values in slopes.a)
    down = y - ay
    long_x, long_z = (v + down * at(s) for v, s in zip((ax, az), slopes.ac, strict=True))
    bx, by, bz = (at(values) for values in slopes.b)
    below = y >= by
    down = y - torch.where(below, by, ay)
    short_x = torch.where(below, bx, ax) + down * torch.where(below, at(slopes.bc[0]), at(slopes.ab[0]))
    short_z = torch.where(below, bz, az) + down * torch.where(below, at(slopes.bc[1]), at(slopes.ab[1]))
    left_x, right_x = torch.minimum(long_x, short_x), torch.maximum(long_x, short_x)
    left = (left_x - 0.5).ceil_().clamp_(0.0, size[1])
    right = (right_x - 0.5).ceil_().clamp_(0.0, size[1])
    full = (left < right).nonzero()[:, 0]
    long_x, short_x, long_z, short_z, left = (
        values.index_select(0, full) for values in (long_x, short_x, long_z, short_z, left)
    )
    rise = (short_z - long_z) / (short_x - long_x)
    depth = long_z + (left + 0.5 - long_x) * rise
    columns = left.long()
    count = right.index_select(0, full).long() - columns
    return _Spans(job.index_select(0, full), row.index_select(0, full), columns, count, depth, rise)


def _portions(counts: Tensor) -> Iterator[slice]:
    """Consecutive ranges whose counts add up to about _MOST at most."""
    if not len(counts):
        return
    ends = counts.cumsum(0)
    if int(ends[-1]) <= _MOST:
        yield slice(0, len(counts))
        return
    stops = torch.unique_consecutive(ends // _MOST, return_counts=True)[1].cumsum(0).tolist()
    for start, stop in zip([0, *stops[:-1]], stops, strict=True):
        yield slice(start, stop)
