"""Measure the reference population of captions: `python scripts/measure_population.py [--count N]`.

Draws grown people from the factory's own distribution, measures their meshes and writes the quantiles of every shape
to server/headsmith_server/synthesis/captions/population.json. Deterministic; about a minute for 4,000.
"""

from __future__ import annotations

import argparse
import json

import numpy as np
import torch

from headsmith_server.heads import head_model
from headsmith_server.synthesis.captions.facts import SHAPES, shape_values
from headsmith_server.synthesis.captions.population import TABLE
from headsmith_server.synthesis.people import person

SEED = 20_261_120
GROWN_YEARS = 18.0
STEPS = 65


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000, help="how many people are drawn, children included")
    count = parser.parse_args().count
    model = head_model("pocket", torch.device("cpu"))
    rows: list[dict[str, float]] = []
    with torch.no_grad():
        for index in range(count):
            one = person(SEED, index, model)
            if one.description.age_years < GROWN_YEARS:
                continue
            identity = torch.from_numpy(one.identity)
            vertices = model.vertices(identity[None])[0]
            rows.append(shape_values(model, identity, model.measurements(vertices)))
    at = np.linspace(0.0, 1.0, STEPS)
    quantiles = {
        name: [float(f"{value:.5g}") for value in np.quantile([row[name] for row in rows], at)] for name in SHAPES
    }
    document = {"head_sha256": model.sha256, "seed": SEED, "count": len(rows), "quantiles": quantiles}
    TABLE.write_text(json.dumps(document) + "\n", encoding="utf-8")
    print(f"{len(rows)} grown people measured; {TABLE.name} written")


if __name__ == "__main__":
    main()
