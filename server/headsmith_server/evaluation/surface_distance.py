"""Distance from points to a triangle mesh, exact over the triangles nearest to each point."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

CHUNK = 2048


@dataclass(frozen=True)
class Closest:
    """For each point: distance [N], triangle [N] and barycentrics [N, 3] of the nearest surface point."""

    distance: Float[Tensor, " n"]
    triangle: Int[Tensor, " n"]
    barycentrics: Float[Tensor, "n 3"]


def candidate_triangles(
    points: Float[Tensor, "n 3"], vertices: Float[Tensor, "v 3"], triangles: Int[Tensor, "t 3"], count: int = 16
) -> Int[Tensor, "n c"]:
    """The `count` triangles whose centroids lie nearest to each point."""
    centroids = vertices[triangles].mean(1)
    count = min(count, len(triangles))
    rows = [torch.cdist(part, centroids).topk(count, largest=False).indices for part in points.split(CHUNK)]
    return torch.cat(rows)


def closest_points(
    points: Float[Tensor, "n 3"],
    vertices: Float[Tensor, "v 3"],
    triangles: Int[Tensor, "t 3"],
    candidates: Int[Tensor, "n c"] | None = None,
) -> Closest:
    """Nearest surface points over the candidates (found by centroid when not given).

    Candidates can only leave a nearer triangle out, so a distance is never too small. The closest point on a
    triangle follows Ericson, Real-Time Collision Detection, section 5.1.5.
    """
    if candidates is None:
        candidates = candidate_triangles(points, vertices, triangles)
    found = [
        _closest(part, vertices, triangles, rows)
        for part, rows in zip(points.split(CHUNK), candidates.split(CHUNK), strict=True)
    ]
    return Closest(*(torch.cat(columns) for columns in zip(*found, strict=True)))


def _closest(
    points: Float[Tensor, "n 3"],
    vertices: Float[Tensor, "v 3"],
    triangles: Int[Tensor, "t 3"],
    candidates: Int[Tensor, "n c"],
) -> tuple[Tensor, Tensor, Tensor]:
    a, b, c = vertices[triangles[candidates]].unbind(2)
    barycentrics = closest_barycentrics(points[:, None], a, b, c)
    nearest = (barycentrics[..., :1] * a + barycentrics[..., 1:2] * b + barycentrics[..., 2:] * c) - points[:, None]
    squared = nearest.square().sum(-1)
    best = squared.argmin(1, keepdim=True)
    return (
        squared.gather(1, best)[:, 0].sqrt(),
        candidates.gather(1, best)[:, 0],
        barycentrics.gather(1, best[..., None].expand(-1, -1, 3))[:, 0],
    )


def closest_barycentrics(p: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Barycentrics [..., 3] of the point of triangle abc nearest to p; all [..., 3], broadcast."""
    ab, ac, ap, bp, cp = b - a, c - a, p - a, p - b, p - c
    d1, d2 = (ab * ap).sum(-1), (ac * ap).sum(-1)
    d3, d4 = (ab * bp).sum(-1), (ac * bp).sum(-1)
    d5, d6 = (ab * cp).sum(-1), (ac * cp).sum(-1)
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    tiny = 1e-30
    inside = (va + vb + vc).clamp_min(tiny)
    v, w = vb / inside, vc / inside
    along_ab = (d1 / (d1 - d3).clamp_min(tiny)).clamp(0, 1)
    along_ac = (d2 / (d2 - d6).clamp_min(tiny)).clamp(0, 1)
    along_bc = ((d4 - d3) / ((d4 - d3) + (d5 - d6)).clamp_min(tiny)).clamp(0, 1)
    zero = torch.zeros_like(v)
    cases = (
        ((vc <= 0) & (d1 >= 0) & (d3 <= 0), along_ab, zero),
        ((vb <= 0) & (d2 >= 0) & (d6 <= 0), zero, along_ac),
        ((va <= 0) & (d4 - d3 >= 0) & (d5 - d6 >= 0), 1 - along_bc, along_bc),
        ((d6 >= 0) & (d5 <= d6), zero, zero + 1),
        ((d3 >= 0) & (d4 <= d3), zero + 1, zero),
        ((d1 <= 0) & (d2 <= 0), zero, zero),
    )
    for case, case_v, case_w in cases:
        v, w = torch.where(case, case_v, v), torch.where(case, case_w, w)
    return torch.stack([1 - v - w, v, w], dim=-1)
