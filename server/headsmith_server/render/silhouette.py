"""antialias: blends colours where an outline passes between two pixels, so that outlines are smooth and have gradients.

An outline edge has its two triangles facing differently, or one triangle only. Steep ones are followed along rows of
pixel centres, flat ones along columns. Where one passes between the centres of two pixels of which one lies behind,
the share of either pixel that the nearer surface covers follows from the crossing, which is differentiable. With small
triangles several outlines may pass between the same two centres: only the outermost is the surface's outline
(Laine et al. 2020, 3.6, blend with the covering triangle's own edges, which overestimates gradients then).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from headsmith_server.render.clipping import before_near
from headsmith_server.render.fragments import Fragments
from headsmith_server.render.mesh import Mesh


@dataclass(frozen=True)
class Crossings:
    """Where outlines pass between neighbouring pixel centres. front, back: flat pixels on the nearer surface's side and
    behind it [N]; place: 0 at the front's centre to 1 at the back's, differentiable [N]."""

    front: Int[Tensor, " n"]
    back: Int[Tensor, " n"]
    place: Float[Tensor, " n"]

    def blend(self, image: Float[Tensor, "p c"]) -> Float[Tensor, "p c"]:
        """Flat images with the pixels on both sides of outlines mixed by coverage."""
        reach = self.place - 0.5
        step = image.index_select(0, self.front) - image.index_select(0, self.back)
        pixels = torch.where(reach.detach() > 0, self.back, self.front)
        return image.index_add(0, pixels, reach[:, None] * step)


def antialias(
    image: Float[Tensor, "b h w c"],
    clip: Float[Tensor, "b v 4"],
    mesh: Mesh,
    fragments: Fragments,
    left_out: Bool[Tensor, " t"] | None = None,
) -> Float[Tensor, "b h w c"]:
    """The image with outlines blended; differentiable in the image and in the clip positions."""
    flat = image.reshape(-1, image.shape[-1])
    return crossings(clip, mesh, fragments, left_out).blend(flat).view(image.shape)


def crossings(
    clip: Float[Tensor, "b v 4"], mesh: Mesh, fragments: Fragments, left_out: Bool[Tensor, " t"] | None = None
) -> Crossings:
    """All crossings of outlines with pixel pairs whose one pixel shows what lies behind.

    left_out: triangles whose edges are no outlines, such as those that the fragments do not hold.
    """
    rows, columns = fragments.size
    screen = torch.stack(
        [(clip[..., 0] / clip[..., 3] + 1.0) * (columns / 2), (1.0 - clip[..., 1] / clip[..., 3]) * (rows / 2)], -1
    )
    with torch.no_grad():
        ends, image, depths = _outlines(clip.detach(), screen.detach(), mesh, left_out)
    flat = screen.reshape(-1, 2)
    a, b = flat.index_select(0, ends[:, 0]), flat.index_select(0, ends[:, 1])
    run = (b - a).detach().abs()
    steep = run[:, 1] >= run[:, 0]
    found = []
    for along, chosen in ((0, steep), (1, ~steep)):
        chosen = chosen.nonzero()[:, 0]
        part = a[chosen], b[chosen], depths[chosen], image[chosen]
        found.append(_followed(*part, along=along, fragments=fragments))
    front, back, place = (torch.cat(values) for values in zip(*found, strict=True))
    return Crossings(front, back, place)


def _outlines(clip: Tensor, screen: Tensor, mesh: Mesh, left_out: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Outline edges of all images: rows of their ends in the flat vertices [E, 2], image [E], window depths [E, 2]."""
    visible = before_near(clip)
    a, b, c = (screen[:, mesh.triangles[:, corner]] for corner in range(3))
    area = (c[..., 0] - a[..., 0]) * (b[..., 1] - a[..., 1]) - (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
    facing = area > 0
    first, second = mesh.edges.faces.unbind(1)
    outline = (second < 0) | (facing[:, first] != facing[:, second.clamp(min=0)])
    if left_out is not None:
        outline &= ~left_out[first]
    image, edge = outline.nonzero(as_tuple=True)
    ends = mesh.edges.ends[edge]
    seen = visible[image, ends[:, 0]] & visible[image, ends[:, 1]]
    image, ends = image[seen], ends[seen] + (image[seen] * clip.shape[1])[:, None]
    flat = clip.reshape(-1, 4)
    depth = (flat[:, 2] + flat[:, 3]) / (2.0 * flat[:, 3])
    return ends, image, depth[ends]


def _followed(
    a: Tensor, b: Tensor, depths: Tensor, image: Tensor, along: int, fragments: Fragments
) -> tuple[Tensor, Tensor, Tensor]:
    """Crossings of edges a-b with lines of pixel centres; along: 0 for rows, crossed in x, 1 for columns, in y."""
    rows, columns = fragments.size
    lines, length = (rows, columns) if along == 0 else (columns, rows)
    across = 1 - along
    low = torch.minimum(a[:, across], b[:, across]).detach().clamp(-1.0, lines + 1.0)
    high = torch.maximum(a[:, across], b[:, across]).detach().clamp(-1.0, lines + 1.0)
    start = (low - 0.5).ceil().clamp(min=0).long()
    stop = (high - 0.5).ceil().clamp(max=lines).long()
    counts = (stop - start).clamp(min=0)
    edge = torch.repeat_interleave(counts)
    line = torch.arange(len(edge), device=a.device) - (counts.cumsum(0) - counts)[edge] + start[edge]
    ea, eb = a.index_select(0, edge), b.index_select(0, edge)
    share = (line.to(a.dtype) + 0.5 - ea[:, across]) / (eb[:, across] - ea[:, across])
    place = ea[:, along] + share * (eb[:, along] - ea[:, along])
    with torch.no_grad():
        below = (place - 0.5).floor()
        inside = (below >= 0) & (below < length - 1)
        below = below.clamp(0, max(length - 2, 0)).long()
        first = (image[edge] * rows + (line if along == 0 else below)) * columns + (below if along == 0 else line)
        second = first + (1 if along == 0 else columns)
        depth = depths[edge, 0] + share.detach() * (depths[edge, 1] - depths[edge, 0])
        first_is_front, passes = _sides(fragments, first, second, depth)
        kept = (passes & inside).nonzero()[:, 0]
    first, second, place = first[kept], second[kept], place[kept] - (below[kept].to(a.dtype) + 0.5)
    first_is_front = first_is_front[kept]
    outward = torch.where(first_is_front, place, 1.0 - place)
    with torch.no_grad():
        most = torch.full((fragments.images * rows * columns,), -1.0, dtype=place.dtype, device=place.device)
        most.scatter_reduce_(0, first, outward, "amax")
        winner = (outward == most[first]).nonzero()[:, 0]
        # Edges that share an end on the line cross it at one place: of equals, one.
        order = torch.full_like(most, len(first), dtype=torch.long).scatter_reduce_(0, first[winner], winner, "amin")
        winner = winner[order[first[winner]] == winner]
    front = torch.where(first_is_front, first, second)[winner]
    back = torch.where(first_is_front, second, first)[winner]
    return front, back, outward[winner]


def _sides(fragments: Fragments, first: Tensor, second: Tensor, depth: Tensor) -> tuple[Tensor, Tensor]:
    """Whether the first pixel is the nearer of each pair, and whether the edge is that surface's outline there.

    Against an empty pixel every outline counts. Between two surfaces the edge must be close to the nearer one, judged
    by depth: the pixel behind has to be further off than the nearer one by more than twice what the edge is.
    """
    flat = fragments.depth.view(-1)
    near_first, near_second = flat[first], flat[second]
    nearer = torch.minimum(near_first, near_second)
    farther = torch.maximum(near_first, near_second)
    gap = farther - nearer
    passes = (gap == torch.inf) | ((gap > 0) & ((depth - nearer).abs() * 3.0 < gap) & (depth < farther))
    return near_first <= near_second, passes & nearer.isfinite()
