"""From grooms to what a HeadAsset holds of them: strands, and the numbers of their materials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from headsmith_server.hair.colour import principled_hair, strand_colours
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.parameters import HairColour
from headsmith_shared.asset import Strands

MATERIAL: Final = {"hair": "hair", "beard": "beard", "moustache": "beard"}
"""Groom -> material of the asset: a moustache has the beard's colour."""
_SHADES: Final = (np.arange(256, dtype=np.float32) + 0.5) / 256


def strands_of(grooms: Iterable[Groom]) -> tuple[Strands, ...]:
    """One strand set a name of groom; growers give several of a name where strands differ in their points."""
    by_name: dict[str, list[Groom]] = {}
    for groom in grooms:
        if len(groom.points):
            by_name.setdefault(groom.name, []).append(groom)
    return tuple(_strands(name, group) for name, group in by_name.items())


def hair_materials(grooms: Iterable[Groom]) -> dict[str, dict[str, float]]:
    """The numbers of HeadAsset.materials: the fibres' (PrincipledHair), and the linear colours colour_r.. and grey_r..
    that masses of hairs with and without pigment have."""
    materials: dict[str, dict[str, float]] = {}
    for groom in grooms:
        if len(groom.points) and MATERIAL[groom.name] not in materials:
            materials[MATERIAL[groom.name]] = _numbers(groom.colour)
    return materials


def _strands(name: str, grooms: Sequence[Groom]) -> Strands:
    return Strands(
        name=name,
        points=np.concatenate([groom.points.reshape(-1, 3) for groom in grooms]).astype(np.float32),
        counts=np.concatenate([np.full(len(groom.points), groom.points.shape[1], np.int32) for groom in grooms]),
        radii=np.concatenate([groom.radii.reshape(-1) for groom in grooms]).astype(np.float32),
        root_uvs=np.clip(np.concatenate([groom.root_uvs for groom in grooms]), 0.0, 1.0).astype(np.float32),
        shade=np.clip(np.concatenate([groom.shade for groom in grooms]), 0.0, 1.0).astype(np.float32),
        material=MATERIAL[name],
    )


def _numbers(colour: HairColour) -> dict[str, float]:
    numbers = principled_hair(colour).numbers()
    for name, grey in (("colour", 0.0), ("grey", 1.0)):
        mean = strand_colours(replace(colour, grey=grey), _SHADES).mean(axis=0)
        numbers.update({f"{name}_{channel}": float(value) for channel, value in zip("rgb", mean, strict=True)})
    return {name: round(value, 6) for name, value in numbers.items()}
