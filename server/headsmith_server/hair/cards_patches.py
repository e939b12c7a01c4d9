"""Patches of short hair that lie on the skin: the only cards of short hair, and the ground beneath long hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.cards_strips import Strips
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.paths import tangential, unit

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

REACH_M: Final = 0.010
"""So much of a longer hair lies in its patch."""
OVERLAP: Final = 1.3
SECTIONS: Final = 4
STRANDS_A_PATCH: Final = 26


@dataclass(frozen=True)
class Patches:
    """K patches. strips: their sections; leader [K]: a strand that stands in each; cover [K]: share of its area that
    its hairs take; stroke: length of a hair against the patch's, 0..1, of them all."""

    strips: Strips
    leader: Int
    cover: Float32
    stroke: float


def patches(groom: Groom, count: int, skin: Float32, normals: Float32) -> Patches:
    """About `count` patches over a groom's roots, along its flow. skin, normals [V, 3]: of the head's outer skin."""
    roots = np.ascontiguousarray(groom.points[:, 0])
    size = len(roots)
    count = max(1, min(count, size))
    lengths = np.linalg.norm(np.diff(groom.points, axis=1), axis=2).sum(axis=1)
    flow = unit(groom.points[:, max(1, groom.points.shape[1] // 3)] - roots)
    features = torch.from_numpy(np.concatenate([roots, 0.004 * flow], axis=1))
    centres = features[torch.arange(count) * size // count]
    bundle = torch.zeros(size, dtype=torch.long)
    for _ in range(4):
        bundle = torch.cdist(features, centres).argmin(1)
        number = torch.bincount(bundle, minlength=count)
        sums = torch.zeros_like(centres).index_add_(0, bundle, features)
        centres = torch.where((number > 0)[:, None], sums / number.clamp_min(1)[:, None], centres)
    kept, member = np.unique(bundle.numpy(), return_inverse=True)
    order = np.argsort(member, kind="stable")
    starts = np.searchsorted(member[order], np.arange(len(kept)))
    number = np.bincount(member).astype(np.float32)

    def mean(values: Float32) -> Float32:
        return np.add.reduceat(values[order], starts, axis=0) / number.reshape(-1, *[1] * (values.ndim - 1))

    middle = mean(roots)
    height, normal = _over_skin(middle, skin, normals)
    middle = middle - height[:, None] * normal
    along = unit(tangential(mean(flow).astype(np.float32), normal))
    side = unit(np.cross(along, normal).astype(np.float32))
    offset = roots - middle[member]
    far = np.maximum.reduceat(np.abs(np.einsum("sc,sc->s", offset, along[member]))[order], starts)
    wide = np.maximum.reduceat(np.abs(np.einsum("sc,sc->s", offset, side[member]))[order], starts)
    far, wide = np.clip(OVERLAP * far, 0.002, 0.016), np.clip(OVERLAP * wide, 0.002, 0.016)
    reach = mean(np.minimum(lengths, REACH_M).astype(np.float32))
    steps = np.linspace(0.0, 1.0, SECTIONS, dtype=np.float32)
    ahead = -far[:, None] + (2.0 * far + reach)[:, None] * steps
    spine = (middle[:, None] + ahead[..., None] * along[:, None]).astype(np.float32)
    lift, out = _over_skin(spine.reshape(-1, 3), skin, normals)
    # Hair stands off a little more towards its tips.
    wanted = 0.0003 + np.minimum(0.18 * reach, 0.0016)[:, None] * steps
    spine = spine + ((wanted.reshape(-1) - lift)[:, None] * out).reshape(spine.shape)
    tangent = unit(np.gradient(spine, axis=1).astype(np.float32)).reshape(-1, 3)
    facing = unit(tangential(out, tangent)).reshape(spine.shape)
    sides = unit(np.cross(tangent, facing.reshape(-1, 3)).astype(np.float32)).reshape(spine.shape)
    width = np.repeat(2.0 * wide[:, None], SECTIONS, axis=1)
    hair = 2.0 * groom.radii.mean(axis=1) * np.minimum(lengths, REACH_M)
    area = width[:, 0] * (2.0 * far + reach)
    cover = np.add.reduceat(hair[order], starts) / np.maximum(area, 1e-8)
    return Patches(
        Strips(spine.astype(np.float32), sides, facing, width.astype(np.float32)),
        order[starts].astype(np.int64),
        cover.astype(np.float32),
        float(np.median(reach / (2.0 * far + reach))),
    )


def _over_skin(points: Float32, skin: Float32, normals: Float32) -> tuple[Float32, Float32]:
    """Height [N] over the skin's tangent plane at the nearest vertex, and its normal [N, 3]."""
    nearest = torch.cdist(torch.from_numpy(np.ascontiguousarray(points, np.float32)), torch.from_numpy(skin)).argmin(1)
    near = nearest.numpy()
    return np.einsum("nc,nc->n", points - skin[near], normals[near]), normals[near]
