"""From strands to strips: bundles of neighbours, and a strip of quads along each bundle, facing outwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.groom import Groom
from headsmith_server.hair.paths import tangential, unit

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

SAMPLES: Final = 32
"""Points a strand is taken at."""
MIN_WIDTH_M: Final = 0.0022
MAX_WIDTH_M: Final = 0.034
OVERLAP: Final = 1.4
"""Cards are so much wider than their strands spread."""


@dataclass(frozen=True)
class Bundles:
    """K bundles of the strands of one groom. strands [S, SAMPLES, 3] resampled; bundle [S]: whose each is; centre
    [K, SAMPLES, 3]: their common way; leader [K]: the strand whose root is nearest to the mean; lengths [K] metres."""

    strands: Float32
    bundle: Int
    centre: Float32
    leader: Int
    lengths: Float32

    def __len__(self) -> int:
        return len(self.centre)


@dataclass(frozen=True)
class Strips:
    """Sections of K strips: spine, side, normal [K, Q, 3] (side and normal unit), width [K, Q] metres."""

    spine: Float32
    side: Float32
    normal: Float32
    width: Float32


def bundles(groom: Groom, count: int) -> Bundles:
    """About `count` bundles: strands near each other at root, middle and tip (Lloyd's algorithm, a few rounds)."""
    strands = _resampled(groom.points, SAMPLES)
    size = len(strands)
    count = max(1, min(count, size))
    middle, tip = strands[:, SAMPLES // 2], strands[:, -1]
    features = torch.from_numpy(np.concatenate([1.4 * strands[:, 0], middle, 0.7 * tip], axis=1))
    # Strands follow one another over the skin: evenly spaced ones are evenly spread.
    centres = features[torch.arange(count) * size // count]
    nearest = torch.zeros(size, dtype=torch.long)
    for _ in range(3):
        apart = torch.cdist(features, centres)
        nearest = apart.argmin(1)
        sums = torch.zeros_like(centres).index_add_(0, nearest, features)
        number = torch.bincount(nearest, minlength=count).clamp_min(1)
        centres = torch.where((torch.bincount(nearest, minlength=count) > 0)[:, None], sums / number[:, None], centres)
    used, bundle = np.unique(nearest.numpy(), return_inverse=True)
    count = len(used)
    members = np.bincount(bundle, minlength=count).astype(np.float32)
    flat = strands.reshape(size, -1)
    centre = np.zeros((count, flat.shape[1]), np.float32)
    order = np.argsort(bundle, kind="stable")
    starts = np.searchsorted(bundle[order], np.arange(count))
    centre = np.add.reduceat(flat[order], starts, axis=0) / members[:, None]
    centre = centre.reshape(count, SAMPLES, 3).astype(np.float32)
    off = np.linalg.norm(strands[:, 0] - centre[bundle, 0], axis=1)
    ranked = np.lexsort((off, bundle))
    leader = ranked[np.searchsorted(bundle[ranked], np.arange(count))]
    # An average of curls out of step is straight: where hair winds, the card winds like the leader.
    winding = _winding(strands)
    own = float(np.clip((np.median(winding) - 1.04) / 0.08, 0.0, 1.0))
    centre = ((1.0 - own) * centre + own * strands[leader]).astype(np.float32)
    # The way starts at the leader's root, so that it stands on the skin.
    fading = np.linspace(1.0, 0.0, SAMPLES, dtype=np.float32)[None, :, None] ** 2
    centre = centre + (strands[leader, 0] - centre[:, 0])[:, None] * fading
    lengths = np.linalg.norm(np.diff(centre, axis=1), axis=2).sum(axis=1)
    return Bundles(strands, bundle.astype(np.int64), centre, leader.astype(np.int64), lengths.astype(np.float32))


def sections_for(found: Bundles) -> int:
    """How many sections the strips need: by their length, and more where they wind."""
    winding = float(np.median(_winding(found.centre)))
    longest = float(np.median(found.lengths))
    return int(np.clip(round(2 + longest / 0.022 + 60.0 * max(winding - 1.03, 0.0)), 4, 9 if winding < 1.05 else 16))


def _winding(ways: Float32) -> Float32:
    """Length of ways [K, SAMPLES, 3] against that of the same without their windings."""
    fine = np.linalg.norm(np.diff(ways, axis=1), axis=2).sum(axis=1)
    few = ways[:, np.linspace(0, SAMPLES - 1, 5).round().astype(np.int64)]
    return fine / np.maximum(np.linalg.norm(np.diff(few, axis=1), axis=2).sum(axis=1), 1e-6)


def strips(found: Bundles, sections: int, skin: Float32, normals: Float32) -> Strips:
    """A strip along each bundle, as wide as its strands spread, lying along the skin where it is near.

    skin, normals [V, 3]: vertices of the head's outer skin and their unit normals.
    """
    spine = _resampled(found.centre, sections)
    tangent = np.empty_like(spine)
    tangent[:, 1:-1] = spine[:, 2:] - spine[:, :-2]
    tangent[:, 0], tangent[:, -1] = spine[:, 1] - spine[:, 0], spine[:, -1] - spine[:, -2]
    tangent = unit(tangent)
    points, flat = spine.reshape(-1, 3), tangent.reshape(-1, 3)
    apart, nearest = torch.cdist(torch.from_numpy(points), torch.from_numpy(skin)).min(1)
    # Off the skin hair hangs around the head's upright axis.
    away = spine - skin.mean(axis=0)
    away[..., 1] *= 0.3
    away = unit(0.5 * away + 0.5 * away.mean(axis=1, keepdims=True))
    close = np.exp(-np.square(apart.numpy() / 0.018))[:, None].astype(np.float32)
    outwards = close * normals[nearest.numpy()] + (1.0 - close) * away.reshape(-1, 3)
    normal = unit(tangential(outwards.astype(np.float32), flat) + np.float32(1e-6)).reshape(spine.shape)
    normal[:, 1:-1] = 0.5 * normal[:, 1:-1] + 0.25 * (normal[:, 2:] + normal[:, :-2])
    normal = unit(tangential(normal.reshape(-1, 3), flat)).reshape(spine.shape)
    side = unit(np.cross(tangent, normal).astype(np.float32))
    # How far the strands spread across, at each of their samples.
    at = np.linspace(0, sections - 1, SAMPLES).round().astype(np.int64)
    offset = found.strands - found.centre[found.bundle]
    across = np.abs(np.einsum("spc,spc->sp", offset, side[:, at][found.bundle]))
    order = np.argsort(found.bundle, kind="stable")
    starts = np.searchsorted(found.bundle[order], np.arange(len(found)))
    spread = np.maximum.reduceat(across[order], starts, axis=0)
    mean = np.add.reduceat(across[order], starts, axis=0) / np.bincount(found.bundle)[:, None]
    half = 0.5 * spread + 1.0 * mean
    half = np.stack([half[:, max(0, i - 1) : i + 2].mean(axis=1) for i in range(SAMPLES)], axis=1)
    width = 2.0 * OVERLAP * np.take_along_axis(half, np.broadcast_to(_at_sections(sections), (len(half), sections)), 1)
    # Short hair covers the skin only where its cards lie well over each other.
    width *= 1.0 + 0.5 * np.clip((0.06 - found.lengths) / 0.04, 0.0, 1.0)[:, None]
    longest = np.minimum(MAX_WIDTH_M, 0.9 * found.lengths + MIN_WIDTH_M)[:, None]
    width = np.clip(width, MIN_WIDTH_M, longest)
    return Strips(spine, side, normal, width.astype(np.float32))


def _at_sections(sections: int) -> Int:
    return np.linspace(0, SAMPLES - 1, sections).round().astype(np.int64)[None]


def _resampled(points: Float32, count: int) -> Float32:
    """Points [S, P, 3] at `count` even steps of their own parameter."""
    where = np.linspace(0.0, points.shape[1] - 1.0, count)
    low = np.minimum(where.astype(np.int64), points.shape[1] - 2)
    rest = (where - low).astype(np.float32)[None, :, None]
    return np.ascontiguousarray(points[:, low] * (1 - rest) + points[:, low + 1] * rest, np.float32)
