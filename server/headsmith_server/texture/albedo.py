"""The colour of a skin: pigments through the colour table, then overlays (ink, make-up) and hair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.hairs import GREY_HAIR, SkinHairs
from headsmith_server.texture.layers import Layers, change_pigments, lay_over
from headsmith_server.texture.noise import bands, enlarge_rows
from headsmith_server.texture.optics import BLOOD_RANGE, ColourTable, encode_srgb
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Pigment, tissue_of
from headsmith_server.texture.relief import slackness, wrinkle_level
from headsmith_server.texture.surface import SkinSurface

FOLD_COLOUR: Final = np.array([0.16, 0.21, 0.22], np.float32)
"""Share of red, green and blue that the deepest fold loses: what comes out has gone through more blood."""


def paint_albedo(
    surface: SkinSurface, skin: SkinParameters, pigment: Pigment, layers: Layers, hairs: list[SkinHairs],
    wrinkles: Field, darkness: Field, tick: Callable[[], None],
) -> NDArray[np.uint8]:  # fmt: skip
    """8-bit sRGB [S, S, 3].

    wrinkles: height in mm on the field raster; darkness: of the pores, on the finished raster.
    """
    size = surface.size
    # Creases gather blood and dirt a little; the ridges between are paler. Slack folds lie open: they are shaded, not
    # dirty.
    slack = slackness(wrinkle_level(skin))
    cavity = np.clip(-wrinkles, -0.15, 0.9 - 0.55 * slack)
    melanin = pigment.melanin * (np.float32(1.0) + np.float32(0.30 - 0.22 * slack) * cavity)
    blood = np.clip(pigment.blood * (np.float32(1.0) + np.float32(0.40) * cavity), *BLOOD_RANGE)
    tick()
    table = ColourTable(tissue_of(skin))
    shade = _fold_shade(wrinkles, slack)
    dirt = np.float32(0.34 - 0.16 * skin.melanin)
    colour = np.empty((size, size, 3), np.float32)
    for rows in bands(size):
        m = enlarge_rows(melanin, size, rows) * (np.float32(1.0) + dirt * darkness[rows])
        b = enlarge_rows(blood, size, rows) * (np.float32(1.0) + np.float32(0.40) * darkness[rows])
        m, b, venous = change_pigments(layers, size, rows, m, b, enlarge_rows(pigment.venous, size, rows))
        colour[rows] = table(m, b, venous)
        if shade is not None:
            colour[rows] *= np.float32(1.0) - enlarge_rows(shade, size, rows)[..., None] * FOLD_COLOUR
        lay_over(layers, size, rows, colour[rows])
        tick()
    image = np.empty((size, size, 3), np.uint8)
    for rows in bands(size):
        for hair in hairs:
            _lay_hair(colour[rows], hair, size, rows)
        image[rows] = encode_srgb(colour[rows])
        tick()
    return image


def _fold_shade(wrinkles: Field, slack: float) -> Field | None:
    """How dark the folds of slack skin are, 0..1 [F, F]: light hardly finds its way out; None for the young."""
    if slack <= 0.0:
        return None
    deep = np.maximum(-wrinkles - np.float32(0.05), 0.0) * np.float32(1.0 / 0.45)
    return np.float32(slack) * (np.float32(1.0) - np.exp(-deep))


def _lay_hair(colour: Field, hair: SkinHairs, size: int, rows: slice) -> None:
    """Roots seen through the skin turn it dark and bluish; lying hairs hide it; single strands stand out. In place."""
    own = np.array(hair.colour, np.float32)
    grey = np.array(GREY_HAIR, np.float32)
    depth = np.float32(1.0) - own.mean() / np.float32(0.7)
    # Scattering above the root: blue comes back from higher up, so red loses most.
    filtered = np.float32(1.0) - np.array([0.40, 0.385, 0.35], np.float32) * np.clip(depth, 0.0, 1.0)
    # Unpigmented roots cast none.
    shadow = enlarge_rows(hair.shadow, size, rows)[..., None] * np.float32(1.0 - 0.85 * hair.grey_share)
    colour *= np.float32(1.0) + (filtered - np.float32(1.0)) * shadow
    lying = (own + (grey * np.float32(0.7) - own) * np.float32(hair.grey_share)) * np.float32(0.8)
    colour += (lying - colour) * enlarge_rows(hair.cover, size, rows)[..., None]
    if hair.dark is None or hair.grey is None:
        return
    strands = own + np.float32(0.03) * own.mean()
    colour += (strands - colour) * (hair.dark[rows] * np.float32(0.9))[..., None]
    colour += (grey - colour) * (hair.grey[rows] * np.float32(0.9))[..., None]
