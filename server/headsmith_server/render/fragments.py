"""Fragments: what rasterising finds at pixels, and attributes of triangles interpolated there, differentiably."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.gather import rows_of, weighted_rows


@dataclass(frozen=True)
class Fragments:
    """The covered pixels of a batch of images, as a list in increasing order of `pixels`.

    images: how many; size: rows, columns; pixels: (image * rows + row) * columns + column [N]; numbers: triangle [N];
    weights: perspective-correct barycentrics [N, 3], detached; depths: window depth, 0 at the near plane and 1 at the
    far [N]; seen: the different triangles among them, image * triangles + number [U]; slots: place in seen [N].
    `triangle`, `barycentrics` and `depth` are whole images of the same.
    """

    images: int
    size: tuple[int, int]
    pixels: Int[Tensor, " n"]
    numbers: Int[Tensor, " n"]
    weights: Float[Tensor, "n 3"]
    depths: Float[Tensor, " n"]
    seen: Int[Tensor, " u"]
    slots: Int[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.pixels)

    @cached_property
    def image(self) -> Int[Tensor, " n"]:
        """Which image each pixel belongs to."""
        return _image(self.images, self.size, self.pixels)

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

    def barycentrics_of(self, clip: Float[Tensor, "b v 4"], triangles: Int[Tensor, "t 3"]) -> Float[Tensor, "n 3"]:
        """The barycentrics again, differentiable in the clip positions."""
        volumes = corner_volumes(clip, triangles, self.seen)
        return _barycentrics(volumes, self.slots, self.size, self.pixels)

    def take(self, index: Int[Tensor, " m"]) -> Fragments:
        """Some of the fragments."""
        pixels, numbers, weights, depths, slots = (
            values.index_select(0, index)
            for values in (self.pixels, self.numbers, self.weights, self.depths, self.slots)
        )
        return Fragments(self.images, self.size, pixels, numbers, weights, depths, self.seen, slots)

    def as_one(self) -> Fragments:
        """The same as if of one image, for attributes that all images share."""
        return dataclasses.replace(self, images=1)

    def scatter(self, values: Tensor, background: float) -> Tensor:
        """An image [B, H, W, ...] of values at the pixels [N, ...]."""
        image = values.new_full((self.images * self.size[0] * self.size[1], *values.shape[1:]), background)
        return image.index_copy(0, self.pixels, values).view(self.images, *self.size, *values.shape[1:])


def fragments_of(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    pixels: Int[Tensor, " n"],
    numbers: Int[Tensor, " n"],
    depths: Float[Tensor, " n"],
) -> Fragments:
    """Fragments of the triangles that are seen at pixels."""
    number = numbers
    if len(clip) > 1:
        number = numbers + _image(len(clip), size, pixels) * len(triangles)
    places = torch.zeros(len(clip) * len(triangles), dtype=torch.long, device=clip.device)
    places.index_fill_(0, number, 1)
    seen = places.nonzero()[:, 0]
    places.index_copy_(0, seen, torch.arange(len(seen), device=clip.device))
    slots = places.index_select(0, number)
    with torch.no_grad():
        weights = _barycentrics(corner_volumes(clip, triangles, seen), slots, size, pixels)
    return Fragments(len(clip), size, pixels, numbers, weights, depths, seen, slots)


def corner_volumes(
    clip: Float[Tensor, "b v 4"], triangles: Int[Tensor, "t 3"], seen: Int[Tensor, " u"]
) -> Float[Tensor, "u 11"]:
    """Each corner's weight at a ray, as functions of the ray; differentiable in the clip positions.

    The volume that two corners span with the eye and the ray is the third corner's weight (Olano & Greer 1997): affine
    in the ray's place in the image, without division by w, and so right for triangles that pass behind the eye.
    Columns: for each corner its value at the reference ray and its change by x and by y in normalised device
    coordinates (9), then the reference ray (2), near the triangle so that nothing cancels.
    """
    count = max(len(triangles), 1)
    corners = triangles.index_select(0, seen % count)
    if len(clip) > 1:
        corners = corners + (seen // count * clip.shape[1])[:, None]
    points = rows_of(clip.reshape(-1, 4), corners.T.reshape(-1)).view(3, -1, 4)
    with torch.no_grad():
        w = points[..., 3]
        ahead = (w > 0).all(0)
        safe = torch.where(ahead, w[0], 1.0)
        ray_x = torch.where(ahead, points[0, :, 0] / safe, 0.0)
        ray_y = torch.where(ahead, points[0, :, 1] / safe, 0.0)
    (ax, ay, aw), (bx, by, bw), (cx, cy, cw) = (
        (x - ray_x * w, y - ray_y * w, w) for x, y, _, w in (point.unbind(1) for point in points)
    )
    return torch.stack(
        [
            bx * cy - cx * by,
            cw * by - bw * cy,
            bw * cx - cw * bx,
            cx * ay - ax * cy,
            aw * cy - cw * ay,
            cw * ax - aw * cx,
            ax * by - bx * ay,
            bw * ay - aw * by,
            aw * bx - bw * ax,
            ray_x,
            ray_y,
        ],
        1,
    )


def ray_offsets(
    volumes: Float[Tensor, "n 11"], size: tuple[int, int], pixels: Int[Tensor, " n"]
) -> tuple[Tensor, Tensor]:
    """How far pixel centres are from the reference rays of their triangles, in normalised device coordinates."""
    rows, columns = size
    column = (pixels % columns).to(volumes.dtype)
    row = (pixels // columns % rows).to(volumes.dtype)
    return (column + 0.5) * (2.0 / columns) - 1.0 - volumes[:, 9], 1.0 - (row + 0.5) * (2.0 / rows) - volumes[:, 10]


def _barycentrics(volumes: Tensor, slots: Tensor, size: tuple[int, int], pixels: Tensor) -> Tensor:
    at = rows_of(volumes, slots)
    dx, dy = ray_offsets(at.detach(), size, pixels)
    a, ax, ay, b, bx, by, c, cx, cy, _, _ = at.T.contiguous().unbind(0)
    parts = torch.stack([a + dx * ax + dy * ay, b + dx * bx + dy * by, c + dx * cx + dy * cy])
    return (parts / parts.sum(0)).T


def _image(images: int, size: tuple[int, int], pixels: Tensor) -> Tensor:
    return torch.zeros_like(pixels) if images == 1 else pixels // (size[0] * size[1])


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
    rows = triangles.index_select(0, fragments.numbers)
    if len(attributes) > 1:
        rows = rows + (fragments.image * attributes.shape[1])[:, None]
    return weighted_rows(attributes.reshape(-1, attributes.shape[-1]), rows, weights)
