"""Ambient occlusion of a head model's surface, once for closed and once for open lips, kept with the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.render.cameras import Camera, look_at, orthographic
from headsmith_server.render.mesh import Mesh, head_mesh, vertex_normals
from headsmith_server.render.rasterise import rasterise
from headsmith_server.synthesis.torso import build_torso
from headsmith_shared.arkit import ARKIT_INDEX

DIRECTIONS: Final = 64
SIZE: Final = 224
BIAS_M: Final = 0.0025
"""How far before a surface another one must lie to hide it."""
OPAQUE: Final = ("skin", "eye_l", "eye_r", "teeth_upper", "teeth_lower", "gums_upper", "gums_lower", "tongue")


@dataclass(frozen=True)
class Occlusion:
    """Share of ambient light that reaches the vertices of the mean head and, after them, of its torso: closed and
    opened [V + torso], with closed lips and with the jaw open. 1 is open sky."""

    closed: Float[Tensor, " v"]
    opened: Float[Tensor, " v"]

    def at(self, opening: Float[Tensor, " b"]) -> Float[Tensor, "b v"]:
        """For jaws that are open 0..1."""
        return self.closed + opening.clamp(0.0, 1.0)[:, None] * (self.opened - self.closed)


@lru_cache(maxsize=2)
def occlusion(model: HeadModel) -> Occlusion:
    """The occlusion of a model, kept for the next call; about two seconds on one core."""
    mesh = head_mesh(model.topology, OPAQUE)
    with torch.no_grad():
        weights = torch.zeros(2, 52)
        weights[1, ARKIT_INDEX["jawOpen"]] = 0.6
        identity = torch.zeros(2, model.identity_size, device=model.device)
        heads = model.vertices(identity, weights.to(model.device)).cpu()
    head = heads[0].numpy()
    torso = build_torso(model.topology, head, np.random.default_rng(0), 35.0, 0.5)
    triangles = torch.cat([mesh.triangles, torch.from_numpy(torso.triangles)])
    results = []
    for vertices in heads:
        whole = torch.cat([vertices, torch.from_numpy(torso.vertices)])
        results.append(_visible_share(whole, triangles))
    return Occlusion(*(result.to(model.device) for result in results))


def _visible_share(vertices: Float[Tensor, "v 3"], triangles: Int[Tensor, "t 3"]) -> Tensor:
    """Cosine-weighted share of DIRECTIONS from which each vertex is seen."""
    flat = Mesh(len(vertices), triangles, vertices[:, :2], triangles, triangles[:, 0], triangles[:, 0])
    normals = vertex_normals(vertices[None], flat)[0]
    total = torch.full((len(vertices),), 1e-6)
    seen = torch.zeros(len(vertices))
    for way in sphere(DIRECTIONS):
        camera = parallel_camera(torch.tensor(way, dtype=torch.float32), vertices[:, :3])
        depth, pixel = depth_map(vertices, triangles, camera, SIZE)
        found = depth.view(-1)[pixel.long()[:, 1].clamp(0, SIZE - 1) * SIZE + pixel.long()[:, 0].clamp(0, SIZE - 1)]
        lit = (pixel[:, 2] < found + BIAS_M).float()
        cosine = (normals @ torch.tensor(way, dtype=torch.float32)).clamp_min(0.0)
        total += cosine
        seen += cosine * lit
    return (seen / total).clamp(0.0, 1.0)


def parallel_camera(towards: Float[Tensor, " 3"], vertices: Float[Tensor, "v 3"]) -> Camera:
    """The orthographic camera that looks at the vertices from a direction."""
    centre = 0.5 * (vertices.amax(0) + vertices.amin(0))
    radius = (vertices - centre).norm(dim=-1).amax()
    up = torch.tensor([0.0, 0.0, 1.0]) if abs(float(towards[1])) > 0.95 else torch.tensor([0.0, 1.0, 0.0])
    view = look_at(centre + 2.0 * radius * towards, centre, up.to(centre))
    return Camera(view, orthographic(2.0 * float(radius), 1.0, 0.01, 4.0 * float(radius)).to(view.device))


def depth_map(
    vertices: Float[Tensor, "v 3"], triangles: Int[Tensor, "t 3"], camera: Camera, size: int
) -> tuple[Float[Tensor, "s s"], Float[Tensor, "v 3"]]:
    """Depth in metres (inf where nothing is) seen by a camera of parallel rays, and every vertex's column, row and
    depth. The triangles count from both sides."""
    clip = camera.to_clip(vertices[None])
    fragments = rasterise(clip, triangles, (size, size), cull=False)
    pixel = camera.to_pixels(vertices[None], (size, size))[0]
    scale, shift = _window_to_metres(camera)
    return fragments.depth[0] * scale + shift, pixel


def _window_to_metres(camera: Camera) -> tuple[float, float]:
    """Factor and summand from window depth to distance for parallel rays."""
    a, b = float(camera.projection[0, 2, 2]), float(camera.projection[0, 2, 3])
    return -2.0 / a, (b + 1.0) / a


def sphere(count: int) -> list[tuple[float, float, float]]:
    """Evenly spread unit vectors (Fibonacci)."""
    golden = np.pi * (3.0 - np.sqrt(5.0))
    y = 1.0 - 2.0 * (np.arange(count) + 0.5) / count
    r, a = np.sqrt(1.0 - y * y), golden * np.arange(count)
    return [(float(ri * np.cos(ai)), float(yi), float(ri * np.sin(ai))) for ri, ai, yi in zip(r, a, y, strict=True)]
