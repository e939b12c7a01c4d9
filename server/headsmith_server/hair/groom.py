"""Groom: strands of one kind on one head, bound to its skin by their roots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.parameters import HairColour
from headsmith_server.heads.binding import local_frames
from headsmith_server.heads.protocol import SurfacePoints

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Groom:
    """S strands of P points each.

    name: "hair", "beard", "moustache", "brows", "lashes"; points [S, P, 3] metres, root first; radii [S, P] metres;
    roots: where they grow, on the skin; root_uvs [S, 2]: the same in the skin's UVs; clump int32 [S]: strands of one
    lock share a number; shade [S]: 0..1, draws the strand's own place in the colour's variation; colour: of them all.
    """

    name: str
    points: Float32
    radii: Float32
    roots: SurfacePoints
    root_uvs: Float32
    clump: NDArray[np.int32]
    shade: Float32
    colour: HairColour

    def posed(self, neutral: Float32, deformed: Float32) -> Float32:
        """Points [S, P, 3] when the skin goes from neutral [V, 3] to deformed [V, 3]: each strand turns and moves
        with the skin at its root."""
        before, frames_before = self._frames(neutral)
        after, frames_after = self._frames(deformed)
        turn = np.einsum("sij,skj->sik", frames_after, frames_before)
        moved = np.einsum("sij,spj->spi", turn, self.points - before[:, None]) + after[:, None]
        return moved.astype(np.float32)

    def _frames(self, vertices: Float32) -> tuple[Float32, Float32]:
        triangles = torch.from_numpy(np.ascontiguousarray(vertices[self.roots.corners], dtype=np.float32))
        frames, _ = local_frames(triangles)
        return self.roots.positions(vertices), frames.numpy()
