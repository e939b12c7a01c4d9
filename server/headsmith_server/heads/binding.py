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
    offsets [V, 3] metres along the frame of `local_frames` on the mean head; areas [V] square metres of the
    triangles on the mean head: offsets grow with the root of a triangle's area, so that hair scales with the head.
    """

    corners: Int[Tensor, "v 3"]
    barycentrics: Float[Tensor, "v 3"]
    offsets: Float[Tensor, "v 3"]
    areas: Float[Tensor, " v"]

    def positions(self, skin: Float[Tensor, "*b s 3"]) -> Float[Tensor, "*b v 3"]:
        """Where the bound points lie on a skin, in metres; differentiable."""
        triangles = skin[..., self.corners, :]
        foot = (self.barycentrics[..., None] * triangles).sum(-2)
        frames, areas = local_frames(triangles)
        scale = (areas / self.areas).sqrt().clamp(0.7, 1.4)  # a stretched triangle must not grow its hair
        return foot + torch.einsum("...vij,vj->...vi", frames, self.offsets) * scale[..., None]

    def to(self, device: torch.device) -> SurfaceBinding:
        """The same binding on that device."""
        return SurfaceBinding(
            self.corners.to(device), self.barycentrics.to(device), self.offsets.to(device), self.areas.to(device)
        )


def bind(
    points: Float[Tensor, "v 3"], corners: Int[Tensor, "v 3"], skin: Float[Tensor, "s 3"]
) -> SurfaceBinding:
    """Bind points to given triangles of the mean skin; on that skin the binding reproduces the points exactly."""
    triangles = skin[corners]
    a, b, c = triangles.unbind(-2)
    edges = torch.stack([b - a, c - a], dim=-1)
    weights = torch.linalg.lstsq(edges, (points - a)[..., None]).solution[..., 0]
    weights = weights.clamp(-0.5, 1.5)  # a foot far outside would swing wildly with the triangle
    barycentrics = torch.cat([1.0 - weights.sum(-1, keepdim=True), weights], dim=-1)
    foot = (barycentrics[..., None] * triangles).sum(-2)
    frames, areas = local_frames(triangles)
    return SurfaceBinding(corners, barycentrics, torch.einsum("vij,vi->vj", frames, points - foot), areas)


def local_frames(triangles: Float[Tensor, "*b v 3 3"]) -> tuple[Float[Tensor, "*b v 3 3"], Float[Tensor, "*b v"]]:
    """Orthonormal frames, columns (along the first edge, normal x it, normal), and the triangles' areas."""
    a, b, c = triangles.unbind(-2)
    cross = torch.linalg.cross(b - a, c - a)
    double_area = torch.linalg.vector_norm(cross, dim=-1).clamp_min(1e-12)
    normal = cross / double_area[..., None]
    tangent = b - a
    tangent = tangent / torch.linalg.vector_norm(tangent, dim=-1, keepdim=True).clamp_min(1e-9)
    bitangent = torch.linalg.cross(normal, tangent)
    return torch.stack([tangent, bitangent, normal], dim=-1), 0.5 * double_area
