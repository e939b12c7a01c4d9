"""Facts: what is true of a sample, measured on its mesh where it can be measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from headsmith_server.geometry.attributes import projection
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.prompt.description import HeadDescription
from headsmith_server.synthesis.captions.population import Population, load_population

RATIOS: Final[Mapping[str, tuple[str, str]]] = {
    "nose_width": ("nose_width", "face_width"),
    "nose_length": ("nose_height", "face_height"),
    "lip_fullness": ("lips_height", "face_height"),
    "mouth_width": ("mouth_width", "face_width"),
    "jaw_width": ("jaw_width", "face_width"),
    "eye_size": ("palpebral_fissure_length_left", "face_width"),
    "eye_spacing": ("interpupillary_distance", "face_width"),
    "ear_size": ("ear_length", "face_height"),
    "face_length": ("face_height", "face_width"),
    "face_width": ("face_width", "head_length"),
    "forehead_height": ("forehead_height", "face_height"),
    "neck_width": ("neck_width", "head_width"),
}
"""People call a nose broad for its face: attributes measured as one distance by another."""
ABSOLUTE: Final[Mapping[str, str]] = {
    "nose_bridge": "nose_bridge_convexity",
    "nose_tip": "nose_tip_angle",
    "chin": "chin_protrusion",
    "brow_ridge": "brow_protrusion",
    "eye_tilt": "eye_tilt",
    "ear_protrusion": "ear_protrusion",
}
"""Attributes measured in millimetres or degrees as they are."""
PROJECTED: Final = ("heaviness", "cheekbones", "cheek_fullness", "eyelid_hooding")
"""Attributes that no distance on the mesh tells: the identity's coordinate along their direction."""
SHAPES: Final = (*RATIOS, *ABSOLUTE, *PROJECTED)


@dataclass(frozen=True)
class Facts:
    """percentiles: of each of SHAPES among grown people, 0..1; millimetres: all measurements of the mesh (degrees for
    angles); description: what the maps, eyes and hair were made from."""

    percentiles: Mapping[str, float]
    millimetres: Mapping[str, float]
    description: HeadDescription

    @property
    def years(self) -> float:
        """Age."""
        return self.description.age_years

    @property
    def masculinity(self) -> float:
        """0 (feminine) .. 1 (masculine)."""
        return self.description.masculinity


def facts_of(
    model: HeadModel,
    identity: Float[Tensor, " k"],
    vertices: NDArray[np.float32],
    description: HeadDescription,
    population: Population | None = None,
) -> Facts:
    """Measure a head. vertices [V, 3] of all parts, neutral, in metres; identity: float, on the CPU.

    Raises HeadsmithError: BAD_FILE when the population was measured on another head model.
    """
    population = population or load_population(model.sha256)
    millimetres = model.measurements(torch.from_numpy(vertices))
    shapes = shape_values(model, identity, millimetres)
    return Facts({name: population.percentile(name, value) for name, value in shapes.items()}, millimetres, description)


def shape_values(model: HeadModel, identity: Float[Tensor, " k"], millimetres: Mapping[str, float]) -> dict[str, float]:
    """The raw value of each of SHAPES: a ratio, millimetres, degrees or standard deviations."""
    values = {name: millimetres[over] / millimetres[under] for name, (over, under) in RATIOS.items()}
    values |= {name: millimetres[measurement] for name, measurement in ABSOLUTE.items()}
    values |= {name: projection(model, identity, name) for name in PROJECTED}
    return values
