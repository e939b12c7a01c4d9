"""The height of the skin in millimetres over the smooth head: wrinkles and lips; and the normals of all relief."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.noise import bands, enlarge, enlarge_rows, small_cells
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises, lip_window
from headsmith_server.texture.pores import sample_periodic
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.strokes import Stroke, crease_hands, crease_stroke, pressed
from headsmith_server.texture.surface import SkinSurface

DISPLACEMENT_SCALE_M: Final = 0.004
"""Metres between the lowest and the highest value of the displacement map; 0.5 is the smooth head."""

SLACK: Final = ("bag", "fold", "jowl", "hollow")
"""The groups of creases.py that are forms of slack skin, not lines."""

MOST_SLACK_MM: Final = 1.4
MOST_WRINKLED_MM: Final = 1.8
"""Most that slack forms, and these with all wrinkles, rise or sink: the displacement map holds 2 mm with the pores."""
SLACK_SIZE: Final = 256
"""Texels of a side of the raster on which these are pressed."""


def wrinkle_level(skin: SkinParameters) -> float:
    """0..1, from the parameter or the age."""
    if skin.wrinkles is not None:
        return float(np.clip(skin.wrinkles, 0.0, 1.0))
    level = np.interp(skin.age_years, [0, 20, 35, 50, 65, 80, 95], [0.0, 0.04, 0.18, 0.42, 0.68, 0.9, 1.0])
    return float(np.clip(level + 0.18 * skin.weathering, 0.0, 1.0))


def slackness(level: float) -> float:
    """0 (young: lines are thin and folds hardly there) .. 1 (old: folds are broad), of a wrinkle level."""
    return float(np.clip((level - 0.25) / 0.40, 0.0, 1.0))


def wrinkle_relief(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, tick: Callable[[], None]
) -> Field:
    """Height in mm of the wrinkles and creases [F, F] on the field raster."""
    size = surface.field.size
    texel_mm = surface.texel_mm * surface.size / size
    level = wrinkle_level(skin)
    soft = slackness(level)
    by_width: dict[float, list[Stroke]] = {}
    hands = crease_hands(surface.creases, generator)
    for crease in surface.creases:
        amount = crease.always + (1.0 - crease.always) * float(
            np.clip((level - crease.onset) / (crease.full - crease.onset), 0.0, 1.0)
        )
        if amount <= 0.0 or crease.group in SLACK:
            continue
        hand = hands[crease.number]
        amount *= float(np.clip(1.0 + 0.38 * hand[1, 0], 0.25, 1.8))
        stroke = crease_stroke(crease, amount * (1.3 + 0.75 * soft) * crease.depth_mm, hand, size, texel_mm)
        by_width.setdefault(crease.width_mm, []).append(stroke)
    height = pressed(by_width, size, texel_mm, tick, soft)
    # Broken up along their course, and crossed by fine crumple in old skin.
    height *= np.clip(1.0 + np.float32(0.38 - 0.16 * soft) * noises.field(2, 0, 0.8, 1.0, 0.7, 0, 0), 0.2, 1.7)
    if level > 0.3:
        crumple = np.abs(noises.field(0, 0, 0, 0.5 + 0.4 * soft, 1.0, 0.7, 0.0)) - np.float32(0.8)
        r = surface.regions
        where = np.clip(
            0.35 * r["front"]
            + 0.9 * r["periorbital"]
            + 0.5 * r["cheek"]
            + 0.8 * r["neck"]
            - 0.6 * r["nose"]
            - r["mucosa"],
            0,
            1,
        )
        height += np.float32((0.10 + 0.12 * soft) * (level - 0.3)) * crumple * enlarge(where.astype(np.float32), size)
    tick()
    return height * surface.seam


def slack_relief(
    surface: SkinSurface, skin: SkinParameters, generator: np.random.Generator, tick: Callable[[], None] = no_tick
) -> Field | None:
    """Height in mm [F, F] of what sags in old age: bags, cheeks over their folds, jowls; None for the young.

    They are forms of the face rather than lines of the skin: smooth, and no dirt gathers in them.
    """
    level = wrinkle_level(skin)
    by_width: dict[float, list[Stroke]] = {}
    field = surface.field.size
    size = min(field, SLACK_SIZE)
    texel_mm = surface.texel_mm * surface.size / size
    hands = crease_hands(surface.creases, generator)
    own = {group: float(np.clip(1.0 + 0.45 * generator.standard_normal(), 0.2, 1.9)) for group in SLACK}
    for crease in surface.creases:
        if crease.group not in SLACK or level <= crease.onset:
            continue
        hand = hands[crease.number]
        amount = own[crease.group] * min(1.0, (level - crease.onset) / (crease.full - crease.onset))
        amount *= float(np.clip(1.0 + 0.15 * hand[1, 0], 0.6, 1.4)) * crease.depth_mm
        by_width.setdefault(crease.width_mm, []).append(crease_stroke(crease, amount, hand, size, texel_mm))
    if not by_width:
        return None
    height = pressed(by_width, size, texel_mm, tick, 0.5)
    return enlarge(within(height, MOST_SLACK_MM), field) * surface.seam


def within(height_mm: Field, most_mm: float) -> Field:
    """Heights bent softly so that none is more than most_mm up or down."""
    return np.float32(most_mm) * np.tanh(height_mm * np.float32(1.0 / most_mm))


def lip_relief(surface: SkinSurface, skin: SkinParameters, noises: Noises) -> Field:
    """Height in mm of the lips' furrows and white roll [F, F] on the field raster."""
    size = surface.field.size
    height = np.zeros((size, size), np.float32)
    rows, columns = lip_window(surface)
    lips = surface.lips
    signed = lips.signed_mm[rows, columns]
    inside = smoothstep(-0.2, 1.2, signed)
    warp = noises.field(1, 0, 0.6, 1.0, 0.5, 0, 0)[rows, columns]
    along = (
        lips.along_mm[rows, columns]
        + 0.9 * warp
        + 1.3 * lips.inward[rows, columns] * np.tanh(lips.along_mm[rows, columns] / 9)
    )
    texel_mm = surface.texel_mm * surface.size / size
    tile = _lip_tile()
    furrow = sample_periodic(
        tile,
        (along * 22.0).astype(np.float32),
        (lips.inward[rows, columns] * 46.0 + 90.0 * lips.upper[rows, columns]).astype(np.float32),
    )
    ageing = float(np.clip((skin.age_years - 30.0) / 50.0, 0.0, 1.0))
    height[rows, columns] = (0.055 + 0.05 * ageing) * inside * furrow * min(1.0, 0.45 / texel_mm)
    roll = np.exp(-(((signed + 0.9) / 0.9) ** 2))
    height[rows, columns] += 0.09 * (1.0 - 0.7 * ageing) * roll
    return height * surface.seam


@lru_cache(maxsize=1)
def _lip_tile() -> Field:
    """Periodic furrows [512, 1024] that run along v: a Worley network stretched across the lip, heights -1..0."""
    near, second, label = small_cells(512, 22, 0.95, 47, stretch=3.5)
    edge = second - near
    tile = -np.exp(-((edge / 0.22) ** 2)) * (0.4 + 0.6 * label) + 0.25 * label
    return np.ascontiguousarray(np.tile(tile.astype(np.float32), (1, 2)))


def normal_map(
    height_mm: Field, metric: Field, texel_scale: float, tick: Callable[[], None] = no_tick
) -> NDArray[np.uint8]:
    """8-bit tangent-space normals [S, S, 3] in RGB order, OpenGL green, of a height in mm [S, S].

    metric [F, F, 3]: Canvas.metric in metres per field texel; texel_scale: map texels per field texel. The frame is
    MikkTSpace's: tangent along u, bitangent along v, orthogonalised; it is told by the UVs, so mirrored halves agree.
    """
    size = height_mm.shape[0]
    padded = cv2.copyMakeBorder(height_mm, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inverse_u = np.float32(0.5e-3 * texel_scale) / np.maximum(metric[..., 0], 1e-6)
    inverse_v = np.float32(0.5e-3 * texel_scale) / np.maximum(metric[..., 2], 1e-6)
    shear = metric[..., 1] / np.maximum(metric[..., 0], 1e-6)
    tick()
    image = np.empty((size, size, 3), np.uint8)
    for rows in bands(size):
        above, below = padded[rows.start : rows.stop, 1:-1], padded[rows.start + 2 : rows.stop + 2, 1:-1]
        row = padded[rows.start + 1 : rows.stop + 1]
        along = row[:, 2:] - row[:, :-2]
        slope_u = along * enlarge_rows(inverse_u, size, rows)
        slope_v = (above - below - along * enlarge_rows(shear, size, rows)) * enlarge_rows(inverse_v, size, rows)
        np.clip(slope_u, -3.0, 3.0, out=slope_u)
        np.clip(slope_v, -3.0, 3.0, out=slope_v)
        scale = np.float32(127.5) / np.sqrt(slope_u * slope_u + slope_v * slope_v + np.float32(1.0))
        # Half a level up, so that a flat normal is exactly (128, 128, 255).
        image[rows, :, 0] = np.float32(128.5) - slope_u * scale
        image[rows, :, 1] = np.float32(128.5) - slope_v * scale
        image[rows, :, 2] = np.float32(128.0) + scale
        tick()
    return image
