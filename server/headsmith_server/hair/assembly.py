"""From grooms and cards to what a HeadAsset holds of them: strands, parts, maps, numbers of their materials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from headsmith_server.hair.cards import HairCards
from headsmith_server.hair.colour import principled_hair, strand_colours
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.parameters import HairColour
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.encode import encode_png
from headsmith_shared.asset import Part, SparseDeltas, Strands, TextureMap

MATERIAL: Final = {"hair": "hair", "beard": "beard", "moustache": "beard"}
"""Groom -> material of the asset: a moustache has the beard's colour."""
CARD_MOVE_M: Final = 5e-5
"""A card that a shape moves by less than this stays: far below the gaps between cards."""
FIBRE_CONCENTRATION: Final = 2.5
"""Light in Cycles passes fewer fibres than in a head of hair, each of ours standing for ten: so much more pigment in
each gives the whole its colour again (judged by portraits)."""
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


def by_material(grooms: Iterable[Groom]) -> dict[str, list[Groom]]:
    """The grooms that have strands, by the material that they and their cards share."""
    groups: dict[str, list[Groom]] = {}
    for groom in grooms:
        if len(groom.points):
            groups.setdefault(MATERIAL[groom.name], []).append(groom)
    return groups


def card_part(material: str, cards: HairCards, model: HeadModel, skin_keys: Mapping[str, SparseDeltas]) -> Part:
    """Cards as a part of that name: they hang on the joints of their roots and go where the skin's shapes take them.

    skin_keys: the shape keys of the same head's skin.
    """
    skin = model.topology.part("skin")
    weights = np.clip(cards.weights(skin.weights), 0.0, 1.0)
    moved = np.zeros((1, len(skin.vertices), 3), np.float32)
    keys: dict[str, SparseDeltas] = {}
    for name, key in skin_keys.items():
        moved[0, key.indices] = key.deltas
        moves = cards.moves(moved)[0]
        moved[0, key.indices] = 0.0
        indices = np.flatnonzero(np.abs(moves).max(axis=1) > CARD_MOVE_M).astype(np.int32)
        if len(indices):
            keys[name] = SparseDeltas(indices, np.ascontiguousarray(moves[indices]))
    return Part(
        name=material,
        material=material,
        positions=cards.positions,
        faces=cards.faces,
        uvs=np.clip(cards.uvs, 0.0, 1.0),
        uv_faces=cards.faces.copy(),
        weights=(weights / weights.sum(axis=1, keepdims=True)).astype(np.float32),
        keys=keys,
    )


def card_maps(material: str, cards: HairCards) -> tuple[TextureMap, ...]:
    """The atlas of the cards as maps of that material."""
    images = {"albedo": cards.atlas.albedo, "alpha": cards.atlas.alpha, "normal": cards.atlas.normal}
    return tuple(
        TextureMap(
            material, channel, "srgb" if channel == "albedo" else "linear", "image/png",
            image.shape[1], image.shape[0], encode_png(image),
        )
        for channel, image in images.items()
    )  # fmt: skip


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
    numbers["melanin"] = 1.0 - (1.0 - numbers["melanin"]) ** FIBRE_CONCENTRATION
    for name, grey in (("colour", 0.0), ("grey", 1.0)):
        mean = strand_colours(replace(colour, grey=grey), _SHADES).mean(axis=0)
        numbers.update({f"{name}_{channel}": float(value) for channel, value in zip("rgb", mean, strict=True)})
    return {name: round(value, 6) for name, value in numbers.items()}
