"""Wrinkles that an expression makes: a layer of height per group of muscles, and the blendshapes that drive it.

The groups follow the facial action coding system (Ekman and Friesen 1978): frontalis (AU 1, 2), corrugator (4),
orbicularis oculi (6, 7), levators of lip and nose (9, 10), zygomatic (12), orbicularis oris (18, 22), mentalis (17),
depressor (15), platysma (21). They deepen the courses of creases.py that age deepens too, with the same person's hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.creases import Crease
from headsmith_server.texture.kept import kept
from headsmith_server.texture.noise import cell_distances, enlarge, sample_tile
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.relief import wrinkle_level
from headsmith_server.texture.strokes import Stroke, crease_hands, crease_stroke, pressed
from headsmith_server.texture.surface import SkinSurface


@dataclass(frozen=True)
class WrinkleMap:
    """drivers: ARKit name -> weight; height [F, F]: mm on the field raster when fully driven, added to the neutral."""

    name: str
    drivers: Mapping[str, float]
    height: Field


@dataclass(frozen=True)
class _Group:
    """creases: the courses' group and how deep an expression makes them against old age; drivers: for the left side,
    names end with Left where the right has its own; middle: not split into sides."""

    name: str
    creases: Mapping[str, float]
    drivers: Mapping[str, float]
    middle: bool = False


_GROUPS: Final = (
    _Group("forehead_inner", {"forehead": 0.95}, {"browInnerUp": 1.0}, middle=True),
    _Group("forehead_outer", {"forehead": 0.85}, {"browOuterUpLeft": 1.0}),
    _Group("glabella", {"glabella": 1.0}, {"browDownLeft": 0.55, "browDownRight": 0.55, "noseSneerLeft": 0.15,
                                           "noseSneerRight": 0.15}, middle=True),
    _Group("crows_feet", {"crows_feet": 0.95}, {"cheekSquintLeft": 0.7, "eyeSquintLeft": 0.5, "mouthSmileLeft": 0.35,
                                                "eyeBlinkLeft": 0.10}),
    _Group("under_eye", {"under_eye": 1.1}, {"cheekSquintLeft": 0.7, "eyeSquintLeft": 0.6, "mouthSmileLeft": 0.2}),
    _Group("nasolabial", {"nasolabial": 0.85}, {"mouthSmileLeft": 0.9, "noseSneerLeft": 0.5, "mouthUpperUpLeft": 0.45,
                                                "mouthDimpleLeft": 0.35, "mouthStretchLeft": 0.3}),
    _Group("cheek_lines", {"cheek_lines": 1.1}, {"mouthSmileLeft": 0.7, "mouthDimpleLeft": 0.8,
                                                 "mouthStretchLeft": 0.5}),
    _Group("bunny_lines", {"bunny": 1.0}, {"noseSneerLeft": 1.0, "cheekSquintLeft": 0.15}),
    _Group("lip_lines", {"lip_lines": 1.2}, {"mouthPucker": 1.0, "mouthFunnel": 0.35, "mouthRollUpper": 0.4,
                                             "mouthRollLower": 0.3, "mouthPressLeft": 0.2, "mouthPressRight": 0.2},
           middle=True),
    _Group("marionette", {"marionette": 0.8}, {"mouthFrownLeft": 1.0, "mouthPressLeft": 0.3, "mouthShrugLower": 0.25}),
    _Group("chin", {"mentolabial": 0.9}, {"mouthShrugLower": 0.9, "mouthFrownLeft": 0.35, "mouthFrownRight": 0.35,
                                          "mouthPucker": 0.2}, middle=True),
    _Group("neck_cords", {"platysma": 1.0}, {"mouthStretchLeft": 0.6, "mouthLowerDownLeft": 0.5, "mouthFrownLeft": 0.2,
                                             "jawOpen": 0.12}),
    _Group("neck_folds", {"neck": 0.5}, {"jawOpen": 0.6}, middle=True),
)  # fmt: skip


def wrinkle_maps(surface: SkinSurface, skin: SkinParameters, seed: int) -> tuple[WrinkleMap, ...]:
    """The expression wrinkles of one person.

    Young skin folds softly and little, old skin sharply; presence differs between people and between the two sides. The
    seed is that of paint_maps, so that the wrinkles of age and of expressions lie on one another.
    """
    hands = crease_hands(surface.creases, np.random.default_rng([seed, 4]))
    own = np.random.default_rng([seed, 70]).standard_normal((len(_GROUPS), 2))
    level = wrinkle_level(skin)
    child = float(np.clip((14.0 - skin.age_years) / 12.0, 0.0, 1.0))
    depth = (0.80 + 0.70 * level) * (1.0 - 0.55 * child)
    # A young fold is broad and soft.
    broad = 1.45 - 0.5 * level
    sides = kept(surface, "creases' sides", lambda: _sides(surface))
    size = surface.field.size
    texel_mm = surface.texel_mm * surface.size / size
    made: list[WrinkleMap] = []
    for group, (presence, lopsided) in zip(_GROUPS, own.tolist(), strict=True):
        for side, sign in (("", 0),) if group.middle else (("Left", 1), ("Right", -1)):
            strong = depth * float(np.clip(1.0 + 0.28 * presence + 0.12 * sign * lopsided, 0.35, 1.7))
            strokes = _strokes(surface.creases, sides, group, sign, strong, broad, hands, size, texel_mm)
            height = pressed(strokes, size, texel_mm, soft=0.6)
            if group.name == "chin":
                height += np.float32(0.30 * strong) * kept(surface, "chin dimples", lambda: _dimples(surface))
            height *= surface.seam * _half(surface, sign, group.name)
            drivers = {
                name.replace("Left", side) if side and name.endswith("Left") else name: weight
                for name, weight in group.drivers.items()
            }
            made.append(WrinkleMap(f"{group.name}{side and '_' + side.lower()}", drivers, height))
    return tuple(made)


def activations(maps: Sequence[WrinkleMap], weights: Mapping[str, float]) -> list[float]:
    """How far each map is driven, 0..1: the drivers' sum, late at first, as skin folds only after it has given way."""
    driven = [sum(share * weights.get(name, 0.0) for name, share in map_.drivers.items()) for map_ in maps]
    return [float(np.clip(value, 0.0, 1.0)) ** 1.3 for value in driven]


def expression_relief(maps: Sequence[WrinkleMap], weights: Mapping[str, float]) -> Field:
    """Height in mm [F, F] that an expression adds to the neutral skin.

    weights: ARKit name -> 0..1; names that drive no wrinkle are ignored, missing ones are 0.
    """
    height = np.zeros_like(maps[0].height)
    for map_, amount in zip(maps, activations(maps, weights), strict=True):
        if amount > 0.0:
            height += np.float32(amount) * map_.height
    return height


def _strokes(
    creases: Sequence[Crease], sides: Sequence[float], group: _Group, sign: int, depth: float, broad: float,
    hands: Field, size: int, texel_mm: float,
) -> dict[float, list[Stroke]]:  # fmt: skip
    found: dict[float, list[Stroke]] = {}
    for crease, x_mm in zip(creases, sides, strict=True):
        share = group.creases.get(crease.group)
        # Courses across the middle belong to both halves, which are masked afterwards.
        if share is None or (sign and x_mm * sign < 0.0 and abs(x_mm) > 6.0 and group.name != "forehead_outer"):
            continue
        hand = hands[crease.number]
        amount = depth * share * float(np.clip(1.0 + 0.3 * hand[1, 0], 0.3, 1.6)) * 1.3 * crease.depth_mm
        found.setdefault(crease.width_mm * broad, []).append(crease_stroke(crease, amount, hand, size, texel_mm))
    return found


def _sides(surface: SkinSurface) -> tuple[float, ...]:
    """x in mm of the middle of each crease, positive on the subject's left."""
    size = surface.field.size
    found = []
    for crease in surface.creases:
        u, v = crease.uv.mean(axis=0)
        row, column = int(np.clip((1.0 - v) * size, 0, size - 1)), int(np.clip(u * size, 0, size - 1))
        found.append(float(surface.positions[row, column, 0]) * 1000.0)
    return tuple(found)


def _half(surface: SkinSurface, sign: int, name: str) -> Field | np.float32:
    """Where a map may act: the forehead's muscles have an inner and two outer parts, others their side."""

    def draw() -> Field:
        x = surface.positions[..., 0] * np.float32(1000.0)
        if name == "forehead_inner":
            return np.exp(-((x / np.float32(34.0)) ** 4)).astype(np.float32)
        if name == "forehead_outer":
            return smoothstep(6.0, 34.0, x * np.float32(sign))
        return smoothstep(-4.0, 4.0, x * np.float32(sign))

    if sign == 0 and name != "forehead_inner":
        return np.float32(1.0)
    return kept(surface, f"wrinkles {name} {sign}", draw)


def _dimples(surface: SkinSurface) -> Field:
    """The orange peel of a tensed chin, -1..0.4 [F, F]."""
    near, _, label = cell_distances(256, 24, 0.9, 61)
    pit = -(0.4 + 0.6 * label) * np.exp(-((near / 0.36) ** 2)) + 0.2
    mm = surface.positions * np.float32(1000.0)
    scale = np.float32(256.0 / (24 * 3.4))
    tile = sample_tile(pit.astype(np.float32), mm[..., 0] * scale, mm[..., 1] * scale)
    return tile * enlarge(surface.regions["chin"], surface.field.size)
