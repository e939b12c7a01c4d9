"""antialias: blends colours where an outline passes between two pixels, so that outlines are smooth and have gradients.

An outline edge has its two triangles facing differently, or one triangle only. It is followed along rows of pixel
centres and along columns. Where it passes between the centres of two pixels of which one lies behind, the share of
either pixel that the nearer surface covers follows from the crossing, which is differentiable. With small triangles
several outlines may pass between the same two centres: only the outermost is the surface's outline (Laine et al. 2020,
3.6, blend with the covering triangle's own edges, which overestimates gradients then). A pixel is blended once with
what lies behind it and once with what lies before it, by the crossings nearest to its centre, which are those along
rows for steep outlines and along columns for flat ones: a pixel that changes hands is then half and half before and
after, so that the image is continuous wherever an outline goes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from headsmith_server.render.clipping import before_near
from headsmith_server.render.fragments import Fragments
from headsmith_server.render.intersections import meetings
from headsmith_server.render.mesh import Mesh


@dataclass(frozen=True)
class Crossings:
    """Where outlines pass between neighbouring pixel centres. changed: flat pixels whose centre is the nearer to the
    outline [N]; other: the pixel on the outline's other side [N]; further: that on the changed one's own side, or the
    changed one itself where there is nothing of the kind [N]; near: how far the outline is from the changed pixel's
    centre, 0..0.5, differentiable [N]; taken: what share of the pixel a still nearer surface covers [N].
    """

    changed: Int[Tensor, " n"]
    other: Int[Tensor, " n"]
    further: Int[Tensor, " n"]
    near: Float[Tensor, " n"]
    taken: Float[Tensor, " n"]

    def blend(self, image: Float[Tensor, "p c"]) -> Float[Tensor, "p c"]:
        """Flat images with the pixels on both sides of outlines mixed by coverage.

        A pixel whose centre is all but on the outline stands for what lies further on, for what is seen at a grazing
        angle right there is a sliver of it. So does it for its neighbour just before the outline reaches its centre:
        colours do not jump when pixels change hands. And so it goes with a sliver that looks out between the surface
        behind and a nearer one, of which only as much counts as is seen.
        """
        changed, other, further = (image.index_select(0, of) for of in (self.changed, self.other, self.further))
        near, taken = self.near[:, None], self.taken[:, None]
        sliver = 1.0 - (2.0 * (near + taken)).clamp(max=1.0)
        change = (0.5 + near - taken) * sliver * (further - changed) + (0.5 - near) * (other - changed)
        return image.index_add(0, self.changed, change)


def antialias(
    image: Float[Tensor, "b h w c"],
    clip: Float[Tensor, "b v 4"],
    mesh: Mesh,
    fragments: Fragments,
    left_out: Bool[Tensor, " t"] | None = None,
    culled: Bool[Tensor, " t"] | None = None,
) -> Float[Tensor, "b h w c"]:
    """The image with outlines blended; differentiable in the image and in the clip positions."""
    flat = image.reshape(-1, image.shape[-1])
    return crossings(clip, mesh, fragments, left_out, culled).blend(flat).view(image.shape)


def crossings(
    clip: Float[Tensor, "b v 4"],
    mesh: Mesh,
    fragments: Fragments,
    left_out: Bool[Tensor, " t"] | None = None,
    culled: Bool[Tensor, " t"] | None = None,
) -> Crossings:
    """All crossings of outlines with pixel pairs whose one pixel shows what lies behind.

    left_out: triangles whose edges are no outlines, such as those that the fragments do not hold; culled: triangles
    that are unseen from behind, so that where the mesh ends with one that faces away nothing is seen to end.
    """
    rows, columns = fragments.size
    x, y, z, w = clip.unbind(-1)
    screen = torch.stack([(x / w + 1.0) * (columns / 2), (1.0 - y / w) * (rows / 2), (z / w + 1.0) * 0.5], -1)
    with torch.no_grad():
        outlines = _outlines(clip.detach(), screen.detach(), mesh, left_out, culled)
    flat = screen.reshape(-1, 3)
    a, b = (flat.index_select(0, end) for end in outlines.ends.unbind(1))
    found = [_followed(outlines, a, b, along, fragments) for along in (0, 1)]
    found.append(_met(screen, mesh, fragments, found))
    front, back, place = (torch.cat(values) for values in zip(*found, strict=True))
    reach = place.detach() - 0.5
    changed = torch.where(reach > 0, back, front)
    pixels = fragments.images * rows * columns
    kept = _best(torch.where(reach > 0, changed, changed + pixels), reach.abs(), 2 * pixels)
    front, back, place, outside = front[kept], back[kept], place[kept], reach[kept] > 0
    changed, other = torch.where(outside, back, front), torch.where(outside, front, back)
    near = torch.where(outside, 1.0 - place, place)
    before = outside.nonzero()[:, 0]
    covered = place.new_zeros(pixels).index_copy(0, changed[before], 0.5 - near[before])
    taken = torch.where(outside, 0.0, covered.index_select(0, front))
    return Crossings(changed, other, _further(changed, other, outside, fragments), near, taken)


def _further(changed: Tensor, other: Tensor, outside: Tensor, fragments: Fragments) -> Tensor:
    """The changed pixels' neighbours away from the other ones, where they show more of the same; else the changed ones.

    A front pixel's neighbour has to show a surface. A back one's must not be before the front surface, nor the back
    pixel have an outline of its own.
    """
    rows, columns = fragments.size
    pixels = fragments.images * rows * columns
    further = 2 * changed - other
    line = torch.where((changed - other).abs() == 1, columns, rows * columns)
    valid = (further >= 0) & (further < pixels) & (further // line == changed // line)
    depth = fragments.depth.view(-1)
    there = depth.index_select(0, torch.where(valid, further, changed))
    single = torch.ones(pixels, dtype=torch.bool, device=changed.device)
    single[changed[~outside]] = False
    valid &= torch.where(outside, (there > depth.index_select(0, other)) & single[changed], there.isfinite())
    return torch.where(valid, further, changed)


@dataclass(frozen=True)
class _Outlines:
    """Outline edges of all images. ends: rows in the flat vertices [E, 2]; image [E]; depth: window depth of the ends
    [E, 2]; beyond: whether the surface lies towards larger x of a row that crosses the edge, and larger y of a column
    [E, 2]."""

    ends: Int[Tensor, "e 2"]
    image: Int[Tensor, " e"]
    depth: Float[Tensor, "e 2"]
    beyond: Bool[Tensor, "e 2"]


def _outlines(clip: Tensor, screen: Tensor, mesh: Mesh, left_out: Tensor | None, culled: Tensor | None) -> _Outlines:
    visible = before_near(clip)
    a, b, c = (screen[:, mesh.triangles[:, corner]] for corner in range(3))
    area = (c[..., 0] - a[..., 0]) * (b[..., 1] - a[..., 1]) - (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
    facing = area > 0
    first, second = mesh.edges.faces.unbind(1)
    outline = (second < 0) | (facing[:, first] != facing[:, second.clamp(min=0)])
    if culled is not None:
        outline &= (second >= 0) | facing[:, first] | ~culled[first]
    if left_out is not None:
        outline &= ~left_out[first]
    image, edge = outline.nonzero(as_tuple=True)
    ends = mesh.edges.ends[edge]
    seen = (visible[image, ends[:, 0]] & visible[image, ends[:, 1]]).nonzero()[:, 0]
    image, edge, ends = image[seen], edge[seen], ends[seen]
    # Both triangles lie on the same side of an outline in the image; the one that faces the camera is surely seen.
    face = torch.where(facing[image, first[edge]] | (second[edge] < 0), first[edge], second[edge])
    third = mesh.triangles[face].sum(1) - ends.sum(1)
    p, q, r = (screen[image, corner] for corner in (ends[:, 0], ends[:, 1], third))
    run, off = q - p, r - p
    turn = run[:, 0] * off[:, 1] - run[:, 1] * off[:, 0]
    ends = ends + (image * clip.shape[1])[:, None]
    flat = clip.reshape(-1, 4)
    depth = (flat[:, 2] + flat[:, 3]) / (2.0 * flat[:, 3])
    return _Outlines(ends, image, depth[ends], torch.stack([turn * run[:, 1] < 0, turn * run[:, 0] > 0], 1))


def _best(places: Tensor, values: Tensor, count: int) -> Tensor:
    """Indices of the largest value at each of `count` places; of equals, the first."""
    most = torch.full((count,), -1.0, dtype=values.dtype, device=values.device)
    most.scatter_reduce_(0, places, values, "amax")
    best = (values == most.index_select(0, places)).nonzero()[:, 0]
    first = torch.full((count,), len(values), device=values.device).scatter_reduce_(0, places[best], best, "amin")
    return best[first[places[best]] == best]


def _followed(
    outlines: _Outlines, a: Tensor, b: Tensor, along: int, fragments: Fragments
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
        first = (outlines.image[edge] * rows + (line if along == 0 else below)) * columns
        first += below if along == 0 else line
        second = first + (1 if along == 0 else columns)
        depth = outlines.depth[edge, 0] + share.detach() * (outlines.depth[edge, 1] - outlines.depth[edge, 0])
        first_is_front, passes = _sides(fragments, first, second, depth, outlines.beyond[edge, along])
        kept = (passes & inside).nonzero()[:, 0]
    first, second, place = first[kept], second[kept], place[kept] - (below[kept].to(a.dtype) + 0.5)
    first_is_front = first_is_front[kept]
    outward = torch.where(first_is_front, place, 1.0 - place)
    winner = _best(first, outward.detach(), fragments.images * rows * columns)
    front = torch.where(first_is_front, first, second)[winner]
    back = torch.where(first_is_front, second, first)[winner]
    return front, back, outward[winner]


def _met(
    screen: Tensor, mesh: Mesh, fragments: Fragments, found: list[tuple[Tensor, Tensor, Tensor]]
) -> tuple[Tensor, Tensor, Tensor]:
    """Where parts pass through one another between pixels that no outline passes between."""
    first, second, place = meetings(screen, mesh, fragments)
    with torch.no_grad():
        taken = torch.cat([torch.minimum(front, back) * 2 + along for along, (front, back, _) in enumerate(found)])
        pair = first * 2 + (second - first != 1).long()
        free = (~torch.isin(pair, taken)).nonzero()[:, 0]
    return first[free], second[free], place[free]


def _sides(fragments: Fragments, first: Tensor, second: Tensor, depth: Tensor, beyond: Tensor) -> tuple[Tensor, Tensor]:
    """Whether the first pixel is the nearer of each pair, and whether the edge is that surface's outline there.

    Against an empty pixel every outline counts. Between two surfaces the edge's own one has to be on the nearer pixel's
    side, and the edge in depth before the farther pixel and not far before the nearer one, which else it would miss.
    """
    flat = fragments.depth.view(-1)
    near_first, near_second = flat[first], flat[second]
    first_is_front = near_first <= near_second
    nearer = torch.minimum(near_first, near_second)
    farther = torch.maximum(near_first, near_second)
    between = (first_is_front != beyond) & (depth < farther) & (nearer - depth < 0.5 * (farther - depth))
    return first_is_front, nearer.isfinite() & ((farther == torch.inf) | between)
