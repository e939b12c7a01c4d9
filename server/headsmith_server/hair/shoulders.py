"""A bust that the head does not have, for hair to rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.hair.voxels import norm
from headsmith_server.texture.arrays import Field

_SHOULDER: Final = np.array([0, -44, -14], np.float32)
_ALONG: Final = np.array([162, -44, -6], np.float32)
_CHEST: Final = np.array([0, -172, -14], np.float32)
_INVERSE: Final = np.float32(1.0) / np.array([150, 150, 92], np.float32)


@dataclass(frozen=True)
class Shoulders:
    """A bust that the head does not have, for hair to rest on: two capsules along the shoulders and an ellipsoid.

    neck [3]: centre of the collar; scale: of the head against an ordinary one.
    """

    neck: Field
    scale: float

    def distance(self, points: Field) -> tuple[Field, Field]:
        """Signed distance [N] and the way out [N, 3]."""
        local = (points - self.neck) / np.float32(self.scale)
        left = local[:, 0] < 0
        local[:, 0] = np.abs(local[:, 0])
        away = local - _SHOULDER
        t = np.clip(np.einsum("nc,c->n", away, _ALONG) / np.float32(_ALONG @ _ALONG), 0.0, 1.0)
        away -= t[:, None] * _ALONG
        length = np.maximum(norm(away), np.float32(1e-3))
        shoulder = length - (np.float32(46.0) - np.float32(4.0) * t)
        normal = away / length[:, None]
        # Hair that meets a shoulder from above slips off to the front or to the back, not outwards.
        forward = np.where(local[:, 2] > -6.0, np.float32(1.1), np.float32(-1.1))
        normal[:, 2] += forward * np.clip(np.float32(1.4) - 2 * np.abs(normal[:, 2]), 0.0, 1.0)
        normal[:, 0] = np.minimum(normal[:, 0], 0.0)
        offset = local - _CHEST
        scaled = offset * _INVERSE
        outward = scaled * _INVERSE
        k0, k1 = norm(scaled), np.maximum(norm(outward), np.float32(1e-6))
        chest = k0 * (k0 - 1) / k1
        outward[:, 0] *= np.float32(0.1)
        nearer = chest < shoulder
        value = np.where(nearer, chest, shoulder) * np.float32(self.scale)
        direction = np.where(nearer[:, None], outward, normal)
        direction /= np.maximum(norm(direction), np.float32(1e-9))[:, None]
        direction[left, 0] *= -1
        return value, direction
