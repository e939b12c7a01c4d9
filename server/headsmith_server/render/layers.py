"""layered: everything before the nearest opaque surface, sorted from the eye, for hair cards, lashes and corneas.

What repeated depth peeling (Everitt 2001) finds layer by layer comes out of one pass: all fragments, sorted.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from headsmith_server.render.fragments import Fragments, fragments_of, interpolate
from headsmith_server.render.rasterise import covered
from headsmith_server.render.scene import Scene
from headsmith_server.render.surface import texture_level

FAINTEST = 1.0 / 512.0
"""Coverage, and share of light let through by all before, below which a fragment is left out."""


def layered(
    scene: Scene, clip: Float[Tensor, "b v 4"], opaque: Fragments, numbers: Int[Tensor, " k"]
) -> tuple[Fragments, Float[Tensor, " n"]]:
    """Fragments of the triangles of those numbers before the opaque ones, and their coverage 0..1 [N].

    By pixel, then from the eye; a pixel may come any number of times. The coverage is differentiable in alpha maps.
    """
    with torch.no_grad():
        found = [
            (pixels, depths, kept)
            for pixels, depths, kept in covered(clip.detach(), scene.mesh.triangles, opaque.size, scene.culled, numbers)
        ]
        pixels, depths, kept = (torch.cat(values) for values in zip(*found, strict=True)) if found else _none(clip)
        before = (depths < opaque.depth.view(-1).index_select(0, pixels)).nonzero()[:, 0]
        pixels, depths, kept = pixels[before], depths[before], kept[before]
        # By pixel, depth and, for a definite order of equals, number: two stable sorts.
        order = kept.argsort(stable=True)
        key = (pixels[order] << 32) | depths[order].view(torch.int32).long()
        order = order[key.argsort(stable=True)]
        fragments = fragments_of(clip, scene.mesh.triangles, opaque.size, pixels[order], kept[order], depths[order])
    coverage = _coverage(scene, clip, fragments)
    with torch.no_grad():
        through = passed_through(coverage.detach(), fragments.pixels)
        seen = ((coverage > FAINTEST) & (through > FAINTEST)).nonzero()[:, 0]
    return fragments.take(seen), coverage.index_select(0, seen)


def passed_through(coverage: Float[Tensor, " n"], pixels: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The share of what lies behind that all earlier fragments of the same pixel let through; differentiable."""
    # Products along runs as sums of logarithms; in double for the sums run over the whole batch.
    logs = torch.log1p(-coverage.clamp(max=1.0 - 1e-6).double())
    ends = logs.cumsum(0)
    before = ends - logs
    first = torch.ones_like(pixels, dtype=torch.bool)
    first[1:] = pixels[1:] != pixels[:-1]
    run = first.cumsum(0) - 1
    return (before - before[first.nonzero()[:, 0]].index_select(0, run)).exp().to(coverage.dtype)


def composite(
    image: Float[Tensor, "p 4"],
    fragments: Fragments,
    coverage: Float[Tensor, " n"],
    diffuse: Float[Tensor, "3 n"],
    specular: Float[Tensor, "3 n"],
    transmission: Float[Tensor, " n"],
) -> Float[Tensor, "p 4"]:
    """Flat premultiplied colour and alpha with layers laid over; transmission: 1 for glass, which mirrors in full."""
    if not len(fragments):
        return image
    through = passed_through(coverage, fragments.pixels)
    mirrored = coverage + (1.0 - coverage) * transmission
    added = torch.cat([coverage * diffuse + mirrored * specular, coverage[None]]) * through
    last = torch.ones_like(fragments.pixels, dtype=torch.bool)
    last[:-1] = fragments.pixels[1:] != fragments.pixels[:-1]
    ends = last.nonzero()[:, 0]
    left = through[ends] * (1.0 - coverage[ends])
    at = fragments.pixels[ends]
    behind = image.index_select(0, at) * (left - 1.0)[:, None]
    return image.index_add(0, at, behind).index_add(0, fragments.pixels, added.T)


def _coverage(scene: Scene, clip: Tensor, fragments: Fragments) -> Tensor:
    mesh = scene.mesh
    material = mesh.material.index_select(0, fragments.numbers)
    opacity = torch.tensor([of.opacity for of in scene.materials], device=clip.device).index_select(0, material)
    if all(of.alpha is None for of in scene.materials):
        return opacity
    with torch.no_grad():
        shared = fragments.as_one()
        uv = interpolate(mesh.uvs[None], mesh.uv_triangles, shared)
    texture = scene.alphas()
    level = texture_level(texture, scene, clip, fragments, uv, material)
    return texture.sample(uv, level, material)[:, 0].clamp(0.0, 1.0) * opacity


def _none(clip: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    nothing = torch.zeros(0, dtype=torch.long, device=clip.device)
    return nothing, torch.zeros(0, device=clip.device), nothing
