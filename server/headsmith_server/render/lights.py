"""Lights: directional and point lights, spherical harmonics, and an environment, for a batch of images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from headsmith_server.render.environment import Environment


@dataclass(frozen=True)
class DirectionalLights:
    """Light from infinitely far. directions: unit vectors towards the light [B or 1, L, 3]; irradiance: linear colour
    on a surface that faces it [B or 1, L, 3]; a white matt surface then has the colour irradiance / pi."""

    directions: Float[Tensor, "b l 3"]
    irradiance: Float[Tensor, "b l 3"]


@dataclass(frozen=True)
class PointLights:
    """Light from points. positions: metres [B or 1, L, 3]; intensity: linear colour of the irradiance at one metre."""

    positions: Float[Tensor, "b l 3"]
    intensity: Float[Tensor, "b l 3"]


@dataclass(frozen=True)
class Lights:
    """Everything that shines, added up. harmonics: radiance from all round, nine coefficients a channel (harmonics.py)
    [B or 1, 9, 3]; environment: a picture of it; turn: the environment's rotation [B or 1, 3, 3], none by default."""

    directional: DirectionalLights | None = None
    point: PointLights | None = None
    harmonics: Float[Tensor, "b 9 3"] | None = None
    environment: Environment | None = None
    turn: Float[Tensor, "b 3 3"] | None = None


def sun(direction: Sequence[float] | Tensor, colour: Sequence[float] | Tensor = (math.pi,) * 3) -> DirectionalLights:
    """One light from a direction [3] or [B, 3] (of any length), by default so bright that white comes out as 1."""
    towards = torch.as_tensor(direction, dtype=torch.float32).reshape(-1, 1, 3)
    shade = torch.as_tensor(colour, dtype=torch.float32).reshape(-1, 1, 3).to(towards.device)
    return DirectionalLights(torch.nn.functional.normalize(towards, dim=-1), shade)


def uniform_harmonics(radiance: Sequence[float] | Tensor) -> Float[Tensor, "1 9 3"]:
    """The harmonics of the same radiance from everywhere: white then comes out as that colour."""
    colour = torch.as_tensor(radiance, dtype=torch.float32).reshape(3)
    coefficients = torch.zeros(1, 9, 3, device=colour.device)
    coefficients[0, 0] = colour * 2.0 * math.sqrt(math.pi)
    return coefficients


def turn_about_y(degrees: Tensor | Sequence[float] | float) -> Float[Tensor, "b 3 3"]:
    """Rotations about the vertical axis; positive turns +Z towards +X."""
    angle = torch.deg2rad(torch.as_tensor(degrees, dtype=torch.float32).reshape(-1))
    matrix = torch.zeros(len(angle), 3, 3, device=angle.device)
    matrix[:, 0, 0] = matrix[:, 2, 2] = angle.cos()
    matrix[:, 0, 2] = angle.sin()
    matrix[:, 2, 0] = -angle.sin()
    matrix[:, 1, 1] = 1.0
    return matrix
