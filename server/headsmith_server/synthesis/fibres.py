"""Strands of a person for the strand renderer: scalp hair, beard, and the model's own brows and lashes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from headsmith_server.hair.colour import groom_colours
from headsmith_server.hair.facial import grow_beard
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.grow import grow_hair
from headsmith_server.heads.assembly import brow_share, lash_factor
from headsmith_server.heads.protocol import HeadModel, PartTopology
from headsmith_server.synthesis.people import Person
from headsmith_server.texture.hairs import GREY_HAIR, hair_colour
from headsmith_server.texture.parameters import HairColour

Float32 = NDArray[np.float32]

LEAST_POINTS: Final = 14
MOST_POINTS: Final = 36
"""Points of every strand when strands of all kinds are drawn together: as many as the most winding kind needs."""
BODY: Final = np.float32(1.3)
"""Strands are drawn this much thicker than they grow: few stand for many, and must hide the scalp as those do."""
CROPPED: Final = ("buzz_cut", "crew_cut", "receding", "mohawk")
"""Styles of so short and so plain strands that twice as many, half as thick, are drawn: each is seen by itself."""
BROW_RADIUS: Final = 1.0
"""Of the ribbons' half width: hairs that no ribbon shows make a brow denser."""
SIDES: Final = {"lashes": 3, "brows": 2}
"""Vertices around a hair of the model: lashes are three-sided tubes, brows ribbons."""


@dataclass(frozen=True)
class Fibres:
    """S strands of equally many points on one head: points [S, P, 3] and radii [S, P] metres, colours [S, 3] linear;
    facial: number of the first that belongs to brows or lashes."""

    points: Float[Tensor, "s p 3"]
    radii: Float[Tensor, "s p"]
    colours: Float[Tensor, "s 3"]
    facial: int


class PersonFibres:
    """A person's hair, grown once on the neutral head; `posed` moves it with an expression."""

    def __init__(self, model: HeadModel, neutral: Float32, person: Person, strands: int, device: torch.device) -> None:
        self._device = device
        self._model = model
        self._neutral = neutral
        self.grooms: tuple[Groom, ...] = grow_hair(
            model, neutral, person.hair, person.hair_seed, 2 * strands if person.hair.style in CROPPED else strands
        )
        self.grooms += grow_beard(model, neutral, person.beard, person.hair_seed, strands // 2)
        self._count = int(np.clip(max((g.points.shape[1] for g in self.grooms), default=0), LEAST_POINTS, MOST_POINTS))
        self._radii = [self._resampled(groom.radii[..., None])[..., 0] * BODY for groom in self.grooms]
        self._colours = [groom_colours(groom) for groom in self.grooms]
        self._description = person.description
        self._draws = np.random.default_rng([person.hair_seed, 7])
        self._brows = self._own("brows", person)
        self._lashes = self._own("lashes", person)

    def scalp(self) -> tuple[Float[Tensor, "s p 3"], Float[Tensor, "s p"]]:
        """Points and radii of all hair but brows and lashes, neutral, for shadows."""
        points = [self._resampled(groom.points) for groom in self.grooms]
        if not points:
            return torch.zeros(0, 2, 3, device=self._device), torch.zeros(0, 2, device=self._device)
        return self._tensor(np.concatenate(points)), self._tensor(np.concatenate(self._radii))

    def posed(self, vertices: Float32) -> Fibres:
        """All strands on the deformed head [V, 3]."""
        points = [self._resampled(groom.posed(self._neutral, vertices)) for groom in self.grooms]
        count = sum(len(p) for p in points)
        radii, colours = list(self._radii), list(self._colours)
        factor = np.float32(lash_factor(self._description.lash_length))
        for name, (kept, hue) in (("brows", self._brows), ("lashes", self._lashes)):
            spine, half = hair_spines(self._model.topology.part(name), vertices)
            spine, half = spine[:kept], half[:kept]
            if name == "lashes":
                spine = spine[:, :1] + factor * (spine - spine[:, :1])
            else:
                half = half * np.float32(BROW_RADIUS)
            points.append(self._resampled(spine))
            radii.append(self._resampled(half[..., None])[..., 0])
            colours.append(hue)
        return Fibres(
            self._tensor(np.concatenate(points)), self._tensor(np.concatenate(radii)),
            self._tensor(np.concatenate(colours)), count,
        )  # fmt: skip

    def _own(self, name: str, person: Person) -> tuple[int, Float32]:
        """How many of the model's hairs are kept, and their colours."""
        part = self._model.topology.part(name)
        pieces = len(part.vertices) // _piece_length(part)
        description = person.description
        if name == "brows":
            share = brow_share(description.brows.density, description.brows.thickness)
            kept, colour, dye = 2 * round(pieces * share / 2), description.brows.colour, 0.0
        else:
            hair = description.skin.hair
            colour = HairColour(min(1.0, hair.melanin + 0.25), hair.redness * 0.7, hair.grey * 0.25)
            makeup = description.skin.makeup
            kept, dye = pieces, max(makeup.eyeliner_strength, makeup.mascara_strength)
        base = np.asarray(hair_colour(colour), np.float32)
        grey = (self._draws.random(kept) < colour.grey)[:, None]
        shade = np.exp(0.25 * self._draws.standard_normal((kept, 1))).astype(np.float32)
        paled = base + np.float32(0.65) * (np.asarray(GREY_HAIR, np.float32) - base)
        hues = np.where(grey, paled, base * shade)
        return kept, (hues + (np.float32(0.006) - hues) * np.float32(dye)).astype(np.float32)

    def _resampled(self, values: Float32) -> Float32:
        """Rows [S, P, C] at as many places as all strands have, evenly by number."""
        count = values.shape[1]
        if count == self._count:
            return values
        place = np.linspace(0.0, count - 1.0, self._count)
        low = np.minimum(place.astype(np.int64), count - 2)
        share = (place - low).astype(np.float32)[None, :, None]
        return values[:, low] * (1.0 - share) + values[:, low + 1] * share

    def _tensor(self, array: Float32) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(self._device)


def hair_spines(part: PartTopology, vertices: Float32) -> tuple[Float32, Float32]:
    """Middle lines [H, R, 3] and half widths [H, R] in metres of the hairs that a part of the model is made of."""
    sides, length = SIDES[part.name], _piece_length(part)
    own = vertices[part.vertices.start : part.vertices.stop].reshape(-1, length // sides, sides, 3)
    spine = own.mean(axis=2)
    return spine, np.linalg.norm(own[:, :, 0] - spine, axis=-1)


@lru_cache(maxsize=8)
def _length_of(faces: bytes, count: int) -> int:
    table = np.frombuffer(faces, np.int64).reshape(-1, 2)
    starts = np.zeros(count + 1, np.int64)
    np.add.at(starts, table[:, 0] + 1, 1)
    np.add.at(starts, table[:, 1] + 1, -1)
    pieces = np.flatnonzero(np.cumsum(starts)[:-1] == 0)
    return int(pieces[1] - pieces[0])


def _piece_length(part: PartTopology) -> int:
    """Vertices of one hair: pieces follow one another and are of one size."""
    corners = np.where(part.faces < 0, part.faces[:, :1], part.faces)
    ends = np.stack([corners.min(axis=1), corners.max(axis=1)], axis=1).astype(np.int64)
    return _length_of(ends[:64].tobytes(), int(ends[:64].max()) + 1)
