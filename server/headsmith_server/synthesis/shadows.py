"""Shadows of a directional light on vertices: a depth map from the light, and a soft look-up."""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.synthesis.occlusion import depth_map, parallel_camera, sphere

SIZE: Final = 288
TAPS: Final = 16
BIAS_M: Final = 0.002
FAR_M: Final = 0.03
"""Usual distance between what throws a shadow on a face and where it falls; sets the width of soft edges."""


def lit_share(
    vertices: Float[Tensor, "v 3"],
    normals: Float[Tensor, "v 3"],
    triangles: Int[Tensor, "t 3"],
    towards: Float[Tensor, " 3"],
    softness: float,
    size: int = SIZE,
) -> Float[Tensor, " v"]:
    """How much of a light each vertex sees, 0..1.

    towards: unit vector to the light; softness: its angular radius in degrees; triangles: what throws shadows, from
    both sides. Vertices are lifted along their normals so that surfaces do not shadow themselves.
    """
    camera = parallel_camera(towards, vertices)
    depth, _ = depth_map(vertices, triangles, camera, size)
    pixels_per_metre = float(camera.projection[0, 1, 1]) * size / 2.0
    lifted = vertices + BIAS_M * normals
    pixel = camera.to_pixels(lifted[None], (size, size))[0]
    radius = max(0.75, float(torch.tan(torch.deg2rad(torch.tensor(softness)))) * FAR_M * pixels_per_metre)
    bias = 0.6 * radius / pixels_per_metre + 0.5 * BIAS_M
    flat = depth.reshape(-1)
    total = torch.zeros_like(pixel[:, 0])
    for number, (x, y, _) in enumerate(sphere(TAPS)):
        # the sphere's points, pressed onto a disc, evenly by area
        length = max((x * x + y * y) ** 0.5, 1e-6)
        reach = radius * ((number + 0.5) / TAPS) ** 0.5 / length
        column = (pixel[:, 0] + reach * x).long().clamp(0, size - 1)
        row = (pixel[:, 1] + reach * y).long().clamp(0, size - 1)
        gap = pixel[:, 2] - flat.index_select(0, row * size + column) - bias
        total += 1.0 - (gap / 0.002 + 0.5).clamp(0.0, 1.0)
    return total / TAPS
