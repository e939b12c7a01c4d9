"""Light that reaches strands through other strands: densities on coarse grids, and shadows of hair on skin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.harmonics import rotate
from headsmith_server.render.lights import Lights

GRID: Final = 36
MARGIN_M: Final = 0.02
# The head's own surface is taken this far inside, so that hair that lies on it is not darkened by a coarse cell.
OCCLUDER_INSET_M: Final = 0.022
OCCLUDER_EXTINCTION_PER_M: Final = 400.0
AXES: Final = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))

_C0, _C1, _C20, _C22 = 0.282095, 0.488603 * 2 / 3, 0.315392 / 4, 0.546274 / 4
_AXIS_LOBES: Final = (
    (_C0, 0, 0, _C1, 0, 0, -_C20, 0, _C22),
    (_C0, 0, 0, -_C1, 0, 0, -_C20, 0, _C22),
    (_C0, _C1, 0, 0, 0, 0, -_C20, 0, -_C22),
    (_C0, -_C1, 0, 0, 0, 0, -_C20, 0, -_C22),
    (_C0, 0, _C1, 0, 0, 0, 2 * _C20, 0, 0),
    (_C0, 0, -_C1, 0, 0, 0, 2 * _C20, 0, 0),
)
"""The nine harmonics (harmonics.py) at AXES times what the cosine lobe leaves of each order, over pi: radiance
averaged about an axis."""


@dataclass(frozen=True)
class StrandLights:
    """Light on one image's hair. directions [L, 3]: unit, from the head to the lights; irradiance [L, 3]: linear, on a
    surface that faces them; ambient [6, 3]: mean linear radiance from about each of AXES."""

    directions: Float[Tensor, "l 3"]
    irradiance: Float[Tensor, "l 3"]
    ambient: Float[Tensor, "6 3"]


def strand_lights(lights: Lights, centre: Float[Tensor, " 3"], image: int = 0) -> StrandLights:
    """The lights of one image of a batch as strands take them: points as if from the head's centre, and what comes
    from all round gathered about six axes."""
    ways, strengths = [centre.new_zeros(0, 3)], [centre.new_zeros(0, 3)]
    if lights.directional is not None:
        ways.append(_of(lights.directional.directions, image))
        strengths.append(_of(lights.directional.irradiance, image))
    if lights.point is not None:
        to_light = _of(lights.point.positions, image) - centre
        distance = torch.linalg.vector_norm(to_light, dim=-1, keepdim=True).clamp_min(1e-3)
        ways.append(to_light / distance)
        strengths.append(_of(lights.point.intensity, image) / distance.square())
    axes = torch.tensor(AXES, dtype=centre.dtype, device=centre.device)
    ambient = torch.zeros_like(axes)
    lobe = torch.tensor(_AXIS_LOBES, dtype=centre.dtype, device=centre.device)
    if lights.harmonics is not None:
        ambient = ambient + lobe @ _of(lights.harmonics, image)
    if lights.environment is not None:
        around = lights.environment.harmonics
        if lights.turn is not None:
            around = rotate(around, _of(lights.turn, image)[None])[0]
        ambient = ambient + lobe @ around
    return StrandLights(torch.cat(ways), torch.cat(strengths), ambient.clamp_min(0.0))


def _of(values: Tensor, image: int) -> Tensor:
    return values[image if len(values) > 1 else 0]


@dataclass(frozen=True)
class Thickness:
    """Optical depths on a cube of cells: layers [C, G, G, G] (z, y, x); frame: rows are the cube's axes in space;
    centre [3] and half its edge in metres."""

    layers: Float[Tensor, "c g g g"]
    frame: Float[Tensor, "3 3"]
    centre: Float[Tensor, " 3"]
    half: Float[Tensor, ""]

    def at(self, places: Float[Tensor, "n 3"]) -> Float[Tensor, "n c"]:
        """Optical depths at places, metres."""
        unit = (places - self.centre) @ (self.frame.T / self.half)
        found = functional.grid_sample(
            self.layers[None], unit[None, None, None], align_corners=False, padding_mode="border"
        )
        return found[0, :, 0, 0].T


class StrandVolume:
    """Extinction of strands (and of a head within them) in a box around both.

    points [S, P, 3], radii [S, P] metres; occluder [V, 3]: points on the head's skin, or None. A segment of length l
    and radius r at a random angle blocks pi / 4 * 2 r l of area; a cell's extinction is what its segments block, over
    its volume (1/m).
    """

    def __init__(
        self, points: Float[Tensor, "s p 3"], radii: Float[Tensor, "s p"], occluder: Float[Tensor, "v 3"] | None
    ) -> None:
        # Every other point will do for cells of a centimetre.
        some = torch.arange(0, points.shape[1] + 1, 2, device=points.device).clamp(max=points.shape[1] - 1)
        points, radii = points[:, some], radii[:, some]
        ahead, behind = points[:, 1:], points[:, :-1]
        self._middles = (0.5 * (ahead + behind)).reshape(-1, 3)
        lengths = torch.linalg.vector_norm(ahead - behind, dim=-1)
        self._areas = (0.25 * math.pi * lengths * (radii[:, 1:] + radii[:, :-1])).reshape(-1)
        inner = None
        if occluder is not None:
            inwards = occluder.mean(0) - occluder
            distance = torch.linalg.vector_norm(inwards, dim=-1, keepdim=True).clamp_min(1e-6)
            inner = occluder + inwards * (OCCLUDER_INSET_M / distance).clamp(max=0.9)
        self._inner = inner
        around = self._middles if inner is None else torch.cat([self._middles, inner])
        low, high = around.amin(0) - MARGIN_M, around.amax(0) + MARGIN_M
        self._centre = 0.5 * (low + high)
        # One half-width for all directions: a light's grid is a turned cube.
        self._half = 0.425 * torch.linalg.vector_norm(high - low)

    def towards(self, to_light: Float[Tensor, " 3"]) -> Thickness:
        """Optical depth (one layer) between each place and a distant light."""
        frame = _frame(to_light)
        return Thickness(self._through(self._grid(frame), 0)[None], frame, self._centre, self._half)

    def around(self) -> Thickness:
        """Optical depths (six layers) from each place outwards along AXES."""
        frame = torch.eye(3, dtype=self._middles.dtype, device=self._middles.device)
        grid = self._grid(frame)
        layers: list[Tensor] = []
        for axis in (2, 1, 0):  # x is the last axis of the grid
            layers += [self._through(grid, axis), self._through(grid.flip(axis), axis).flip(axis)]
        return Thickness(torch.stack(layers), frame, self._centre, self._half)

    def _grid(self, frame: Float[Tensor, "3 3"]) -> Float[Tensor, "g g g"]:
        """Extinction (1/m) in cells; frame's rows are the grid's x, y, z axes in space; indexed [z, y, x]."""
        cell = 2.0 * self._half / GRID
        flat = torch.zeros(GRID**3, dtype=self._middles.dtype, device=self._middles.device)
        flat.scatter_add_(0, self._cells(self._middles, frame), self._areas / cell**3)
        grid = functional.avg_pool3d(flat.view(1, 1, GRID, GRID, GRID), 3, 1, 1)[0, 0]
        if self._inner is not None:
            head = torch.zeros_like(flat)
            head[self._cells(self._inner, frame)] = OCCLUDER_EXTINCTION_PER_M
            grid = grid + head.view_as(grid)
        return grid

    def _cells(self, places: Float[Tensor, "n 3"], frame: Float[Tensor, "3 3"]) -> Tensor:
        turned = (places - self._centre) @ (frame.T * (0.5 * GRID / self._half)) + 0.5 * GRID
        x, y, z = turned.long().clamp(0, GRID - 1).unbind(-1)
        return (z * GRID + y) * GRID + x

    def _through(self, grid: Float[Tensor, "g g g"], axis: int) -> Float[Tensor, "g g g"]:
        """Optical depth from each cell's middle towards the axis' high end."""
        step = 2.0 * self._half / GRID
        sums = grid.flip(axis).cumsum(axis).flip(axis)
        return (sums - 0.5 * grid) * step


def hair_shadow(
    points: Float[Tensor, "s p 3"],
    radii: Float[Tensor, "s p"],
    skin: Float[Tensor, "v 3"],
    lights: StrandLights,
) -> tuple[Float[Tensor, "v l"], Float[Tensor, " v"]]:
    """What hair leaves of the light on skin: (share of each directional light [V, L], share of ambient light [V]).

    points [S, P, 3] and radii [S, P] metres of all strands together; skin [V, 3] metres. 1 is unshadowed.
    """
    volume = StrandVolume(points, radii, None)
    outside = (skin - skin.mean(0)) * 1e-2 + skin  # a breath off the skin, towards the hair that shadows it
    direct = torch.stack([torch.exp(-volume.towards(way).at(outside)[:, 0]) for way in lights.directions], dim=1)
    # Skin sees half a sphere; of the six axes those within it count. The head blocks the rest already.
    normals = functional.normalize(skin - skin.mean(0), dim=-1)
    axes = torch.tensor(AXES, dtype=skin.dtype, device=skin.device)
    weights = (normals @ axes.T).clamp_min(0.0)
    ambient = (weights * torch.exp(-0.8 * volume.around().at(outside))).sum(1) / weights.sum(1).clamp_min(1e-6)
    return direct, ambient


def _frame(forward: Float[Tensor, " 3"]) -> Float[Tensor, "3 3"]:
    """Rows: two axes across, and forward."""
    helper = torch.zeros_like(forward)
    helper[int(forward.abs().argmin())] = 1.0
    right = functional.normalize(torch.linalg.cross(helper, forward), dim=0)
    return torch.stack([right, torch.linalg.cross(forward, right), forward])
