"""The reference population: what a percentile of a shape is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_shared.errors import ErrorCode, HeadsmithError

TABLE: Final = Path(__file__).with_name("population.json")
"""Written by scripts/measure_population.py."""


@dataclass(frozen=True)
class Population:
    """quantiles: shape -> float64 [Q], the values at Q even steps from the lowest to the highest; count: how many
    grown people were measured; head_sha256: of the head model they were measured on."""

    quantiles: Mapping[str, NDArray[np.float64]]
    count: int
    head_sha256: str

    def percentile(self, name: str, value: float) -> float:
        """The share of people below a value, 0..1."""
        values = self.quantiles[name]
        return float(np.interp(value, values, np.linspace(0.0, 1.0, len(values))))


@lru_cache(maxsize=2)
def load_population(head_sha256: str) -> Population:
    """The shipped table. Raises HeadsmithError: BAD_FILE when it was measured on another head model."""
    document = json.loads(TABLE.read_text(encoding="utf-8"))
    if document["head_sha256"] != head_sha256:
        raise HeadsmithError(
            ErrorCode.BAD_FILE,
            f"{TABLE.name}: measured on another head model",
            "run scripts/measure_population.py",
        )
    quantiles = {name: np.asarray(values, np.float64) for name, values in document["quantiles"].items()}
    return Population(quantiles, document["count"], head_sha256)
