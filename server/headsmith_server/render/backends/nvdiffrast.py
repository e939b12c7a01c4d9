"""The rasteriser of nvdiffrast (Laine et al. 2020), on CUDA, where it is installed; nothing needs it.

Its licence allows non-commercial use only (Nvidia Source Code License, 3.3). It finds triangle numbers; barycentrics
and all that is differentiable are the torch backend's own, so that both give the same colours and derivatives wherever
they see the same triangle.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from headsmith_server.render.fragments import Fragments, fragments_of

MOST_PIXELS = 2048
"""Of a side; the CUDA rasteriser takes no more."""


def missing() -> str | None:
    """Why it cannot be used on this machine, or None."""
    if importlib.util.find_spec("nvdiffrast") is None:
        return "it is not installed"
    if not torch.cuda.is_available():
        return "there is no CUDA device"
    return None


def rasterise(
    clip: Float[Tensor, "b v 4"],
    triangles: Int[Tensor, "t 3"],
    size: tuple[int, int],
    cull: bool | Bool[Tensor, " t"] = True,
    only: Int[Tensor, " k"] | None = None,
) -> Fragments:
    """As rasterise.rasterise. Sizes are multiples of 8 and at most MOST_PIXELS, else ValueError.

    nvdiffrast does not cull: where triangles are to be culled, those that face away are left out beforehand, image by
    image.
    """
    if size[0] % 8 or size[1] % 8 or max(size) > MOST_PIXELS:
        raise ValueError(f"nvdiffrast renders multiples of 8 up to {MOST_PIXELS} pixels, not {size[0]} x {size[1]}")
    with torch.no_grad():
        clip = clip.detach().contiguous()
        numbers = torch.arange(len(triangles), device=clip.device) if only is None else only
        found = [_image(clip[image], triangles, numbers, size, cull) for image in range(len(clip))]
        number = torch.stack([one for one, _ in found])
        depth = torch.stack([one for _, one in found])
        pixels = (number.view(-1) >= 0).nonzero()[:, 0]
        return fragments_of(clip, triangles, size, pixels, number.view(-1)[pixels], depth.view(-1)[pixels])


def _image(
    clip: Tensor, triangles: Tensor, numbers: Tensor, size: tuple[int, int], cull: bool | Tensor
) -> tuple[Tensor, Tensor]:
    """Triangle numbers, -1 for none, and window depths of one image [H, W]."""
    corners = clip[triangles[numbers]]
    # The determinant of x, y, w is the signed volume with the eye: positive for fronts, whatever the signs of w.
    front = torch.linalg.det(corners[:, :, [0, 1, 3]]) > 0
    wanted = front | (not cull) if isinstance(cull, bool) else front | ~cull[numbers]
    kept = numbers[wanted]
    if not len(kept):
        nothing = torch.full(size, -1, device=clip.device)
        return nothing, torch.full(size, torch.inf, device=clip.device)
    module, context = _context(clip.device)
    output, _ = module.rasterize(context, clip[None], triangles[kept].int().contiguous(), resolution=list(size))
    # Its rows run up, and its triangle numbers from 1.
    raster = output[0].flip(0)
    number = raster[..., 3].long() - 1
    return torch.where(number >= 0, kept[number.clamp(min=0)], -1), (raster[..., 2] + 1.0) * 0.5


@cache
def _context(device: torch.device) -> tuple[Any, Any]:
    import nvdiffrast.torch as module  # pyright: ignore[reportMissingImports]

    return module, module.RasterizeCudaContext(device=device)
