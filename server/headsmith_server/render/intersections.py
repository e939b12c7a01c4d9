"""meetings: where the surfaces of two parts pass through one another between two pixels, such as lid and eyeball.

No edge of the mesh runs along such a border. Either part is nearer at the pixel that shows it, and between the pixels'
centres the depths of the two planes are equal at one place, which is differentiable in both triangles.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.fragments import Fragments
from headsmith_server.render.mesh import Mesh


def meetings(
    screen: Float[Tensor, "b v 3"], mesh: Mesh, fragments: Fragments
) -> tuple[Int[Tensor, " n"], Int[Tensor, " n"], Float[Tensor, " n"]]:
    """Flat pixels first and second, neighbours in a row or a column, and the share of the way between them.

    screen: column, row and window depth of the vertices. Only pixels of different parts are looked at: within a part
    any two neighbouring triangles meet.
    """
    rows, columns = fragments.size
    with torch.no_grad():
        part = fragments.scatter(mesh.part.index_select(0, fragments.numbers), -1)
        across = (part[:, :, 1:] != part[:, :, :-1]) & (part[:, :, 1:] >= 0) & (part[:, :, :-1] >= 0)
        down = (part[:, 1:] != part[:, :-1]) & (part[:, 1:] >= 0) & (part[:, :-1] >= 0)
        starts = [
            (image * rows + row) * columns + column
            for image, row, column in (across.nonzero().unbind(1), down.nonzero().unbind(1))
        ]
        first = torch.cat(starts)
        second = torch.cat([starts[0] + 1, starts[1] + columns])
        triangle = fragments.triangle.view(-1)
        own, other = triangle[first], triangle[second]
    at_first = _depth(screen, mesh, own, first, first, fragments.size)
    at_second = _depth(screen, mesh, other, second, second, fragments.size)
    before_first = _depth(screen, mesh, other, first, first, fragments.size) - at_first
    before_second = _depth(screen, mesh, own, second, first, fragments.size) - at_second
    kept = ((before_first > 0) & (before_second > 0)).nonzero()[:, 0]
    before_first, before_second = before_first[kept], before_second[kept]
    return first[kept], second[kept], before_first / (before_first + before_second)


def _depth(
    screen: Tensor, mesh: Mesh, triangle: Tensor, pixel: Tensor, of: Tensor, size: tuple[int, int]
) -> Float[Tensor, " n"]:
    """The window depth of triangles' planes at pixel centres; `of`: any pixel of the same image."""
    image = of // (size[0] * size[1])
    corners = mesh.triangles.index_select(0, triangle) + (image * screen.shape[1])[:, None]
    a, b, c = screen.reshape(-1, 3).index_select(0, corners.view(-1)).view(-1, 3, 3).unbind(1)
    x = (pixel % size[1]).to(screen.dtype) + 0.5 - a[:, 0]
    y = (pixel // size[1] % size[0]).to(screen.dtype) + 0.5 - a[:, 1]
    (bx, by, bz), (cx, cy, cz) = (b - a).unbind(1), (c - a).unbind(1)
    area = bx * cy - by * cx
    return a[:, 2] + ((x * cy - y * cx) * bz + (y * bx - x * by) * cz) / area
