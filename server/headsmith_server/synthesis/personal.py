"""Person-specific expressions: the 52 shapes transferred to a head, each in that person's own way.

A person's way with a shape is an amplitude (and a difference between the sides), a smooth field over the face that
makes it stronger here and weaker there, and how readily the skin creases. Everything is seeded by the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.heads.transfer import Transfer, TransferSource, transfer_source
from headsmith_server.synthesis.streams import stream
from headsmith_shared.arkit import ARKIT_NAMES

AMPLITUDE: Final = (0.72, 1.28)
REGIONAL: Final = 0.35
"""Most that a field adds to or takes from an amplitude at a place."""
_STEADY: Final = ("eyeBlink", "eyeLook", "mouthClose", "jawOpen", "tongueOut")
"""Shapes with the same amplitude for everybody: lids must close, gaze must be what it says, lips must meet."""
_CENTRES_M: Final = ((0.0, 0.075), (0.045, 0.055), (0.045, 0.0), (0.03, -0.035), (0.0, -0.065), (0.07, -0.02))
"""Forehead, brow, cheek, mouth corner, chin, side of the face: centres (|x|, y) of the fields on the mean."""
_WIDTH_M: Final = 0.028


@dataclass(frozen=True)
class PersonalShapes:
    """amplitude float32 [52], within AMPLITUDE, 1 for the shapes that must be exact; regional float32 [52, M]: weights
    of the model's fields for each shape; creasing: 0.5 .. 1.5, how readily the skin folds."""

    amplitude: NDArray[np.float32]
    regional: NDArray[np.float32]
    creasing: float


@dataclass(frozen=True)
class ExpressionBasis:
    """What all people of a model share: source of the transfer, deltas [52, S, 3] of the mean's skin, fields [M, S]
    in -1..1, which are 0 where the model's own movement holds."""

    source: TransferSource
    deltas: Float[Tensor, "52 s 3"]
    fields: Float[Tensor, "m s"]


def personal_shapes(seed: int, index: int) -> PersonalShapes:
    """The ways of person `index`."""
    draws = stream(seed, index, "ways")
    amplitude = np.ones(len(ARKIT_NAMES), np.float32)
    general = 0.10 * draws.standard_normal()
    sided = 0.07 * draws.standard_normal()
    for number, name in enumerate(ARKIT_NAMES):
        lean = sided if name.endswith("Left") else -sided if name.endswith("Right") else 0.0
        own = np.exp(general + lean + 0.10 * draws.standard_normal())
        if not name.startswith(_STEADY):
            amplitude[number] = np.clip(own, *AMPLITUDE)
    regional = draws.standard_normal((len(ARKIT_NAMES), 2 * len(_CENTRES_M))) * 0.16
    return PersonalShapes(
        amplitude=amplitude,
        regional=np.clip(regional, -REGIONAL, REGIONAL).astype(np.float32),
        creasing=float(draws.uniform(0.5, 1.5)),
    )


@lru_cache(maxsize=2)
def expression_basis(model: HeadModel) -> ExpressionBasis:
    """The basis of a model on its device, kept for the next call."""
    source = transfer_source(model)
    count = len(source.sizes)
    with torch.no_grad():
        zero = torch.zeros(model.identity_size, device=model.device)
        mean = model.vertices(zero[None])[0, :count]
        deltas = model.expression_deltas(zero)[:, :count].contiguous()
    fields = []
    for x, y in _CENTRES_M:
        distance = ((mean[:, 0].abs() - x) ** 2 + (mean[:, 1] - y) ** 2) / (2 * _WIDTH_M**2)
        bump = torch.exp(-distance)
        fields += [bump, bump * torch.tanh(mean[:, 0] / 0.012)]
    free = 1.0 - source.held.clamp(0.0, 1.0)
    return ExpressionBasis(source, deltas, torch.stack(fields) * free)


class PersonalHead:
    """One person's head that takes on expressions; neutral [V, 3] metres, all parts, on the model's device."""

    def __init__(self, model: HeadModel, identity: Float[Tensor, " k"], shapes: PersonalShapes) -> None:
        self.model = model
        self.shapes = shapes
        self._basis = expression_basis(model)
        self._device = self._basis.deltas.device
        self._identity = identity.to(self._device)
        with torch.no_grad():
            self.neutral: Float[Tensor, "v 3"] = model.vertices(self._identity[None])[0]
            self._transfer: Transfer = self._basis.source.to_target(self.neutral[: len(self._basis.source.sizes)])

    def posed(self, weights: Float[Tensor, "b 52"]) -> Float[Tensor, "b v 3"]:
        """Vertices of all parts in metres; weights 0..1 in ARKit's order."""
        basis = self._basis
        with torch.no_grad():
            weights = weights.to(self._device)
            own = weights * torch.from_numpy(self.shapes.amplitude).to(self._device)
            vertices = self.model.vertices(self._identity.expand(len(own), -1), own)
            moves = personal_moves(basis, self.shapes, weights)
            count = moves.shape[1]
            neutral = self.neutral[:count]
            skin = neutral + self._transfer(moves, vertices[:, :count] - neutral)
            return self.model.hung(torch.cat([skin, vertices[:, count:]], dim=1))


def personal_moves(
    basis: ExpressionBasis, shapes: PersonalShapes, weights: Float[Tensor, "b 52"]
) -> Float[Tensor, "b s 3"]:
    """What an expression does to the mean's skin in that person's way, metres: sum over shapes of
    weight x amplitude x (1 + the shape's field) x delta."""
    device = basis.deltas.device
    active = (weights > 0).any(0).nonzero()[:, 0]
    own = (weights * torch.from_numpy(shapes.amplitude).to(device))[:, active]
    regional = torch.from_numpy(shapes.regional).to(device)[active]
    steady = torch.tensor([name.startswith(_STEADY) for name in ARKIT_NAMES], device=device)[active]
    regional = torch.where(steady[:, None], 0.0, regional)
    flat = basis.deltas[active].flatten(1)
    moves = (own @ flat).view(len(own), -1, 3)
    fields = basis.fields
    local = (own[:, None, :] * regional.T[None]).flatten(0, 1) @ flat
    local = local.view(len(own), len(fields), -1, 3)
    return moves + (local * fields[None, :, :, None]).sum(1)
