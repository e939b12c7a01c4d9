"""Fragments: what rasterising finds at pixels, and attributes of triangles interpolated there, differentiably."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.gather import weighted_rows


@dataclass(frozen=True)
class Fragments:
    """The covered pixels of a batch of images, as a list in increasing order of `pixels`.

    images: how many; size: rows, columns; pixels: (image * rows + row) * columns + column [N]; numbers: triangle [N];
    weights: perspective-correct barycentrics [N, 3], detached; depths: window depth, 0 at the near plane and 1 at the
    far [N]. `triangle`, `barycentrics` and `depth` are the same as whole images.
    """

    images: int
    size: tuple[int, int]
    pixels: Int[Tensor, " n"]
    numbers: Int[Tensor, " n"]
    weights: Float[Tensor, "n 3"]
    depths: Float[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.pixels)

    @cached_property
    def image(self) -> Int[Tensor, " n"]:
        """Which image each pixel belongs to."""
        if self.images == 1:
            return torch.zeros_like(self.pixels)
        return self.pixels // (self.size[0] * self.size[1])

    @cached_property
    def triangle(self) -> Int[Tensor, "b h w"]:
        """Triangle numbers, -1 where none is seen."""
        return self.scatter(self.numbers, -1)

    @cached_property
    def barycentrics(self) -> Float[Tensor, "b h w 3"]:
        """Barycentrics, 0 where nothing is seen."""
        return self.scatter(self.weights, 0.0)

    @cached_property
    def depth(self) -> Float[Tensor, "b h w"]:
        """Window depth, infinite where nothing is seen."""
        return self.scatter(self.depths, torch.inf)

    def scatter(self, values: Tensor, background: float) -> Tensor:
        """An image [B, H, W, ...] of values at the pixels [N, ...]."""
        image = values.new_full((self.images * self.size[0] * self.size[1], *values.shape[1:]), background)
        return image.index_copy(0, self.pixels, values).view(self.images, *self.size, *values.shape[1:])


def corner_barycentrics(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    pixels: Int[Tensor, " n"],
    numbers: Int[Tensor, " n"],
) -> Float[Tensor, "n 3"]:
    """Perspective-correct barycentrics at pixel centres, differentiable in the clip positions.

    With corners moved so that the pixel's ray is the axis, the signed volume that two corners span with the eye is
    the third's weight (Olano & Greer 1997, 2D homogeneous rasterisation): no division by w, so that triangles that
    pass behind the eye are right as well.
    """
    (ax, ay, _), (bx, by, _), (cx, cy, _) = pixel_corners(clip, triangles, size, pixels, numbers)
    volumes = torch.stack([bx * cy - cx * by, cx * ay - ax * cy, ax * by - bx * ay], 1)
    return volumes / volumes.sum(1, keepdim=True)


def pixel_corners(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    pixels: Int[Tensor, " n"],
    numbers: Int[Tensor, " n"],
) -> tuple[tuple[Tensor, Tensor, Tensor], ...]:
    """Each corner's x, y and w in clip space, moved so that the pixel's ray is x = y = 0, [N] each."""
    rows, columns = size
    corners = corner_rows(clip, triangles, size, pixels, numbers)
    points = clip.reshape(-1, 4).index_select(0, corners.view(-1)).view(-1, 3, 4)
    column = pixels % columns
    row = (pixels // columns) % rows
    ray_x = (column.to(clip.dtype) + 0.5) * (2.0 / columns) - 1.0
    ray_y = 1.0 - (row.to(clip.dtype) + 0.5) * (2.0 / rows)
    return tuple((x - ray_x * w, y - ray_y * w, w) for x, y, _, w in (p.unbind(1) for p in points.unbind(1)))


def corner_rows(
    vertices: Float[Tensor, "b v c"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    pixels: Int[Tensor, " n"],
    numbers: Int[Tensor, " n"],
) -> Int[Tensor, "n 3"]:
    """Rows of the vertices, taken as one table [B * V, C], that each fragment's corners are."""
    corners = triangles.index_select(0, numbers)
    if len(vertices) > 1:
        corners = corners + (pixels // (size[0] * size[1]) * vertices.shape[1])[:, None]
    return corners


def interpolate(
    attributes: Float[Tensor, "b v c"],
    triangles: Int[Tensor, "t 3"],
    fragments: Fragments,
    barycentrics: Float[Tensor, "n 3"] | None = None,
) -> Float[Tensor, "n c"]:
    """Attributes at the fragments; differentiable in the attributes and, where given, the barycentrics.

    attributes: one set for all images, or one an image; triangles: into the attributes' own numbering (a UV layout
    has another than the positions). barycentrics: the fragments' detached ones by default.
    """
    weights = fragments.weights if barycentrics is None else barycentrics
    rows = corner_rows(attributes, triangles, fragments.size, fragments.pixels, fragments.numbers)
    return weighted_rows(attributes.reshape(-1, attributes.shape[-1]), rows, weights)
