"""The population's own skins, painted for the metrics of colour and pores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.evaluation.pore_spectrum import micro_spectrum, pore_spectrum_distance, relief_patches
from headsmith_server.evaluation.skin_colour import reference_skins, sample_points, skin_distances
from headsmith_server.heads import head_model
from headsmith_server.synthesis.people import person
from headsmith_server.texture.parameters import Conditions, Makeup
from headsmith_server.texture.skin import SkinMaps, paint_maps
from headsmith_server.texture.surface import skin_surface

COLOUR_SIZE: Final = 512
PORE_SIZE: Final = 4096


def skin_distance(data: Path, seed: int, people: int) -> tuple[float, dict[str, float]]:
    """Mean CIEDE2000 of region means to the nearest reference skin in `data`, over people 0 to people - 1; and the same
    to the references that no statistic was measured on. Bare skin: make-up and conditions are taken off."""
    albedos = [maps.albedo for maps in bare_skins(seed, people, COLOUR_SIZE)]
    references = reference_skins(data)
    held_out = {name: colours for name, colours in references.items() if name in sample_points().held_out}
    distances, _ = skin_distances(albedos, references)
    others, _ = skin_distances(albedos, held_out)
    return float(distances.mean()), {"to held-out references": float(others.mean())}


def pore_distance(data: Path, seed: int, people: int) -> tuple[float, int]:
    """(pore_spectrum_distance of the population's normal maps at 4096 texels, how many patches it was taken from)."""
    surface = skin_surface(head_model("pocket", torch.device("cpu")), PORE_SIZE)
    patches: list[NDArray[np.uint8]] = []
    for maps in bare_skins(seed, people, PORE_SIZE):
        patches += relief_patches(surface, maps.normal)
    return pore_spectrum_distance(patches, surface.texel_mm, micro_spectrum(data)), len(patches)


def bare_skins(seed: int, people: int, size: int) -> Iterator[SkinMaps]:
    """The maps of people 0 to people - 1 of a population, without make-up and conditions."""
    model = head_model("pocket", torch.device("cpu"))
    surface = skin_surface(model, size)
    for index in range(people):
        who = person(seed, index, model)
        with torch.no_grad():
            vertices = model.vertices(torch.from_numpy(who.identity)[None])[0].numpy()
        bare = replace(who.description.skin, makeup=Makeup(), conditions=Conditions())
        yield paint_maps(surface, vertices[: len(model.topology.part("skin").vertices)], bare, who.paint_seed)
