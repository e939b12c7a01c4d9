"""clip_near: the parts of triangles that lie before the near plane, for those that cross it."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def before_near(clip: Float[Tensor, "*s 4"]) -> Bool[Tensor, "*s"]:
    """Whether a point in clip space is on the visible side of the near plane (z >= -w, w > 0); false for NaN."""
    return (clip[..., 2] >= -clip[..., 3]) & (clip[..., 3] > 0)


def clip_near(corners: Float[Tensor, "m 3 4"]) -> tuple[Float[Tensor, "p 3 4"], Tensor]:
    """Triangles [P, 3, 4] that cover what is visible of triangles in clip space, and the triangle [P] each is part of.

    Orientation is kept. One visible corner leaves one triangle, two leave two; triangles that are wholly visible or
    wholly hidden are not expected (pick them beforehand). Sutherland & Hodgman 1974.
    """
    inside = before_near(corners)
    number = torch.arange(len(corners), device=corners.device)
    # Turn each triangle so that the corner that differs from the other two comes first.
    alone = torch.where(inside.sum(1) == 1, inside.int().argmax(1), (~inside).int().argmax(1))
    order = (alone[:, None] + torch.arange(3, device=corners.device)) % 3
    a, b, c = corners.gather(1, order[:, :, None].expand(-1, -1, 4)).unbind(1)
    ab, ac = _crossing(a, b), _crossing(a, c)
    one = inside.sum(1) == 1
    parts = [
        torch.stack([a, ab, ac], 1)[one],
        torch.stack([ab, b, c], 1)[~one],
        torch.stack([ab, c, ac], 1)[~one],
    ]
    return torch.cat(parts), torch.cat([number[one], number[~one], number[~one]])


def _crossing(a: Tensor, b: Tensor) -> Tensor:
    """Where the segment from a to b meets the plane z = -w."""
    height_a, height_b = a[:, 2] + a[:, 3], b[:, 2] + b[:, 3]
    return a + (height_a / (height_a - height_b))[:, None] * (b - a)
