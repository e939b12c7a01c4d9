"""Points bound to the skin: a barycentric foot on a triangle of skin vertices and an offset in its local frame.

Lashes and brows are bound: they follow every identity and expression of the skin without deltas of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor


@dataclass(frozen=True)
class SurfaceBinding:
    """corners int [V, 3] skin vertices (any three, not necessarily a face); barycentrics [V, 3], rows sum to 1;
    offsets [V, 3] metres along the frame of `local_frames` on the mean head; spans [V] metres, the triangles' first
    edges on the mean head: offsets grow with that edge, so that hair scales with the head.
    """

    corners: Int[Tensor, "v 3"]
    barycentrics: Float[Tensor, "v 3"]
    offsets: Float[Tensor, "v 3"]
    spans: Float[Tensor, " v"]

    def positions(self, skin: Float[Tensor, "*b s 3"]) -> Float[Tensor, "*b v 3"]:
        """Where the bound points lie on a skin, in metres; differentiable."""
        return self._place(skin[..., self.corners, :])

    def moves(self, neutral: Float[Tensor, "s 3"], deltas: Float[Tensor, "e s 3"]) -> Float[Tensor, "e v 3"]:
        """How far each of many offsets of the skin takes the bound points, in metres.

        Most shapes leave most hairs where they are: only the points whose triangle moves are computed.
        """
        moving = (deltas != 0).any(-1)[:, self.corners].any(-1)
        shape, point = moving.nonzero(as_tuple=True)
        corners = self.corners[point]
        rest = neutral[corners]
        some = SurfaceBinding(corners, self.barycentrics[point], self.offsets[point], self.spans[point])
        moves = deltas.new_zeros(len(deltas), len(self.corners), 3)
        moves[shape, point] = some._place(rest + deltas[shape[:, None], corners]) - some._place(rest)
        return moves

    def _place(self, triangles: Float[Tensor, "*b v 3 3"]) -> Float[Tensor, "*b v 3"]:
        foot = (self.barycentrics[..., None] * triangles).sum(-2)
        frames, spans = local_frames(triangles)
        scale = (spans / self.spans).clamp(0.6, 1.6)  # an edge stretched by an expression must not grow its hair
        return foot + torch.einsum("...vij,vj->...vi", frames, self.offsets) * scale[..., None]

    def to(self, device: torch.device) -> SurfaceBinding:
        """The same binding on that device."""
        return SurfaceBinding(
            self.corners.to(device), self.barycentrics.to(device), self.offsets.to(device), self.spans.to(device)
        )


def bind(
    points: Float[Tensor, "v 3"],
    corners: Int[Tensor, "v 3"],
    barycentrics: Float[Tensor, "v 3"],
    skin: Float[Tensor, "s 3"],
) -> SurfaceBinding:
    """Bind points to feet on triangles of the mean skin; on that skin the binding reproduces the points exactly."""
    triangles = skin[corners]
    foot = (barycentrics[..., None] * triangles).sum(-2)
    frames, spans = local_frames(triangles)
    return SurfaceBinding(corners, barycentrics, torch.einsum("vij,vi->vj", frames, points - foot), spans)


def local_frames(triangles: Float[Tensor, "*b v 3 3"]) -> tuple[Float[Tensor, "*b v 3 3"], Float[Tensor, "*b v"]]:
    """Orthonormal frames, columns (along the first edge, normal x it, normal), and the first edges' lengths."""
    a, b, c = triangles.unbind(-2)
    normal = torch.linalg.cross(b - a, c - a)
    normal = normal / torch.linalg.vector_norm(normal, dim=-1, keepdim=True).clamp_min(1e-12)
    span = torch.linalg.vector_norm(b - a, dim=-1).clamp_min(1e-9)
    tangent = (b - a) / span[..., None]
    bitangent = torch.linalg.cross(normal, tangent)
    return torch.stack([tangent, bitangent, normal], dim=-1), span
