"""The kind "geometry": neutral heads and their expressions as pictures in the UV layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import torch

from headsmith_server.heads import head_model
from headsmith_server.synthesis.geometry_maps import geometry_maps
from headsmith_server.synthesis.plain import plain
from headsmith_server.synthesis.shards.kind import Kind, Options, Sample

MODEL: Final = "pocket"


def make(seed: int, group: int, options: Options, device: torch.device) -> Iterator[Sample]:
    """`options.views` expressions of person `group`; computed on the CPU. Half floats: offsets in metres are small, so
    what is lost is far below a hundredth of a millimetre."""
    model = head_model(MODEL, torch.device("cpu"))
    for made in geometry_maps(seed, group, model, options.views, options.size):
        yield {
            "neutral.exr": made.neutral.astype(np.float16),
            "expression.exr": made.expression.astype(np.float16),
            "mask.png": made.covered.astype(np.uint8) * np.uint8(255),
            "truth.safetensors": {"identity": made.person.identity, "expression": made.weights},
            "meta.json": {
                "seed": made.seed,
                "person": made.index,
                "view": made.number,
                "expression": made.name,
                "description": plain(made.person.description),
            },
        }


GEOMETRY: Final = Kind(
    name="geometry",
    summary="position maps of neutral heads and their expressions, with the weights",
    make=make,
    size=256,
    sizes=(64, 128, 256, 512, 1024),
    views=8,
    most_views=1024,
    checkpoints=("pocket_head",),
    licences=("Apache-2.0",),
)
