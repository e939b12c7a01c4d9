"""Contact sheets of what the data factory makes: portraits, skins, hair styles. For scripts/pictures.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.parameters import STYLES, BeardParameters
from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.cameras import Shot
from headsmith_server.synthesis.lights import Illumination, draw_light
from headsmith_server.synthesis.people import Person, person
from headsmith_server.synthesis.portraits import Take, face_frame, head_scene, photograph, portraits
from headsmith_server.synthesis.shards.kind import sample
from headsmith_server.synthesis.shards.kinds import find_kind
from headsmith_server.synthesis.streams import stream
from scripts.sheets.layout import Image, grid

SEED: Final = 64
PORTRAITS: Final = 64
SKINS: Final = 32
HAIR_STRANDS: Final = 10_000
THREE_QUARTER: Final = Shot(focal_mm=85.0, yaw=32.0, pitch=4.0, roll=0.0, fill=0.58, shift=(0.0, 0.02))
NECK_HAIR: Final = frozenset({"straight", "wavy", "curly", "locs", "braids", "ponytail"})


def portrait_sheet(quick: bool) -> Image:
    """One picture of each of 64 people, as they come."""
    model = head_model("pocket", torch.device("cpu"))
    side = 96 if quick else 176
    pictures = [portraits(SEED, index, model, views=1)[0].image for index in range(PORTRAITS)]
    return grid([_scaled(picture, side) for picture in pictures], columns=8)


def skin_sheet(quick: bool) -> Image:
    """Of each of 32 skins: albedo, specular, normal, displacement."""
    kind = find_kind("textures")
    options = kind.options(256 if quick else 512)
    side = 64 if quick else 96
    cells = []
    for index in range(SKINS):
        parts = sample(kind, SEED, index, options, torch.device("cpu"))
        tiles = [_shown(np.asarray(parts[f"{name}.png"])) for name in ("albedo", "specular", "normal", "displacement")]
        small = [_scaled(tile, side) for tile in tiles]
        cells.append(np.vstack([np.hstack(small[:2]), np.hstack(small[2:])]))
    return grid(cells, columns=8)


def hair_sheet(quick: bool) -> Image:
    """Every style on four heads: a woman, a man, a child and an elder."""
    model = head_model("pocket", torch.device("cpu"))
    side = 96 if quick else 160
    light = _even_light()
    rows = []
    for who in _four(model):
        rows.append([_styled(model, who, style, light, side) for style in STYLES])
    half = (len(STYLES) + 1) // 2
    blocks = []
    for start in (0, half):
        names = STYLES[start : start + half]
        strip = np.hstack([_label(name, side) for name in names])
        block = [strip] + [np.hstack(row[start : start + half]) for row in rows]
        blocks.append(np.vstack(block))
    width = max(block.shape[1] for block in blocks)
    filled = [np.pad(b, ((0, 0), (0, width - b.shape[1]), (0, 0)), constant_values=250) for b in blocks]
    return np.vstack(filled)


def _four(model: HeadModel) -> list[Person]:
    """The first people of the population who fit, without make-up or beard."""

    def first(fits: Callable[[Person], bool], start: int) -> Person:
        index = start
        while not fits(one := person(SEED, index, model)):
            index += 1
        return one

    def grown(one: Person) -> bool:
        return 22.0 < one.description.age_years < 45.0

    chosen = [
        first(lambda one: grown(one) and one.description.masculinity < 0.3 and african(one) < 0.2, 0),
        first(lambda one: grown(one) and one.description.masculinity > 0.7 and african(one) > 0.7, 100),
        first(lambda one: 8.0 < one.description.age_years < 13.0 and one.description.ancestry["asian"] > 0.5, 200),
        first(lambda one: 66.0 < one.description.age_years < 80.0 and one.description.masculinity > 0.6, 300),
    ]
    return [replace(one, beard=BeardParameters()) for one in chosen]


def african(one: Person) -> float:
    """A person's share of African ancestry."""
    return one.description.ancestry.get("african", 0.0)


def _styled(model: HeadModel, who: Person, style: str, light: Illumination, side: int) -> Image:
    hair = replace(who.hair, style=style, length=0.5, density=0.8, curl=0.0, frizz=0.15, volume=0.5, fringe=0.0,
                   recession=0.6 if style == "receding" else 0.0, crown=0.5 if style == "receding" else 0.0,
                   parting="left" if style == "side_part" else "none")  # fmt: skip
    worn = replace(who, hair=hair, description=replace(who.description, hair=hair, beard=who.beard))
    scene = head_scene(SEED, who.index, worn, model, strands=HAIR_STRANDS)
    weights = np.zeros(52, np.float32)
    vertices = scene.vertices(torch.from_numpy(weights)[None])[0]
    frame = face_frame(model, scene.head.neutral.cpu().numpy())
    backdrop = np.full((2 * side, 2 * side, 3), 0.32, np.float32)
    take = Take(SEED, who.index, 0, worn, "neutral", weights, THREE_QUARTER, light, backdrop)
    picture = photograph(scene, take, vertices, frame, 2 * side, stream(SEED, 0, "plain darkroom"))
    return _scaled(picture.image, side)


def _even_light() -> Illumination:
    """The first studio of the factory's lights."""
    number = 0
    while True:
        light = draw_light(stream(SEED, number, "sheet light"))
        if light.kind == "studio":
            return light
        number += 1


def _shown(image: NDArray) -> Image:
    """RGB bytes of an 8- or 16-bit map."""
    if image.dtype == np.uint16:
        # Relief of a few tenths of a millimetre lies close about the middle of the scale.
        image = np.clip((image.astype(np.float32) - 32768.0) / 100.0 + 128.0, 0, 255).astype(np.uint8)
    return np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image


def _scaled(rgb: NDArray, side: int) -> Image:
    """A square RGB picture as BGR of that side."""
    small = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small[..., ::-1], np.uint8)


def _label(text: str, width: int) -> Image:
    strip = np.full((20, width, 3), 250, np.uint8)
    cv2.putText(strip, text.replace("_", " "), (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (40, 40, 40), 1, cv2.LINE_AA)
    return strip
