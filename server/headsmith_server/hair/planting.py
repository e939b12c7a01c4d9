"""Roots: places drawn on the scalp after a density, and the locks in which they stand together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.growth import Order
from headsmith_server.hair.hairline import clear_of_ears, share_of_hair
from headsmith_server.hair.parameters import HairParameters
from headsmith_server.hair.scalp import Roots, Scalp
from headsmith_server.heads.protocol import SurfacePoints
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]
Share = Callable[[Field], Field]


def share_over(scalp: Scalp, hair: HairParameters) -> Share:
    """Roots per area, 0..1, as a function of mean-head points [N, 3] mm."""
    return lambda points: share_of_hair(scalp.measures, points, hair) * clear_of_ears(scalp, points)


def fullness(scalp: Scalp, share: Share, full: Share) -> float:
    """What part of the hair that `full` describes is left by `share`, 0..1."""
    centres = scalp.mean[scalp.corners].mean(axis=1)
    whole = float((scalp.areas * full(centres)).sum())
    return float((scalp.areas * share(centres)).sum()) / max(whole, 1e-9)


def plant(scalp: Scalp, share: Share, count: int, rng: np.random.Generator) -> Roots:
    """`count` roots, evenly spread after `share`; they follow one another along the scalp's Z-order."""
    triangles = scalp.mean[scalp.corners]
    vertices, at = np.unique(scalp.corners, return_inverse=True)
    highest = share(scalp.mean[vertices])[at.reshape(-1, 3)].max(axis=1)
    weight = (scalp.areas * highest).astype(np.float64)
    cumulative = np.cumsum(weight)
    if count <= 0 or cumulative[-1] <= 0:
        none = np.zeros(0, np.int64)
        return _roots(scalp, none, np.zeros((0, 3), np.float32))
    expected = float((scalp.areas * share(triangles.mean(axis=1))).sum()) / cumulative[-1]
    tries = int(count * 1.25 / max(expected, 0.05)) + 64
    # One draw in each of `tries` equal slices: no holes, no heaps.
    slices = (np.arange(tries) + rng.random(tries)) / tries * cumulative[-1]
    face = np.minimum(np.searchsorted(cumulative, slices), len(cumulative) - 1)
    first, second = np.sqrt(rng.random(tries)), rng.random(tries)
    weights = np.stack([1.0 - first, first * (1.0 - second), first * second], axis=1).astype(np.float32)
    points = np.einsum("nc,ncx->nx", weights, triangles[face])
    kept = np.flatnonzero(rng.random(tries) * highest[face] < share(points))
    if len(kept) > count:
        kept = kept[((np.arange(count) + 0.5) * (len(kept) / count)).astype(np.int64)]
    return _roots(scalp, face[kept], weights[kept])


def planted(order: Order, share: Share | None = None) -> Roots:
    """As many roots as the hair that is left and its density deserve; share as share_over gives it when None."""
    share = share or share_over(order.scalp, order.hair)
    full = share_over(order.scalp, HairParameters(density=1.0, hairline=order.hair.hairline))
    return plant(order.scalp, share, round(order.strands * min(1.0, fullness(order.scalp, share, full))), order.rng)


def _roots(scalp: Scalp, face: Int, weights: Field) -> Roots:
    corners = scalp.corners[face]
    normals = np.einsum("nc,ncx->nx", weights, scalp.normals[corners])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Roots(
        surface=SurfacePoints(corners.astype(np.int32), weights),
        uvs=np.einsum("nc,ncx->nx", weights, scalp.uv_corners[face]).astype(np.float32),
        points=np.einsum("nc,ncx->nx", weights, scalp.mean[corners]).astype(np.float32),
        normals=normals.astype(np.float32),
    )


def locks(roots: Roots, count: int) -> tuple[Int, Int]:
    """(lock [N] of each root, leader [L]): `count` roots spread over them lead, the others join the nearest leader."""
    size = len(roots)
    count = max(1, min(count, size))
    leaders = ((np.arange(count) + 0.5) * (size / count)).astype(np.int64)
    points = torch.from_numpy(roots.points)
    apart = torch.cdist(points, points[leaders], compute_mode="donot_use_mm_for_euclid_dist")
    return apart.argmin(1).numpy(), leaders
