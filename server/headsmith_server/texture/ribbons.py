"""paint_hairs: the one small tile that all hairs of the lashes, and all of the brows, share.

u runs across a hair, v from its root (0) to its tip (1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.encode import map_encoder, to_byte
from headsmith_server.texture.hairs import GREY_HAIR, hair_colour
from headsmith_server.texture.optics import encode_srgb
from headsmith_server.texture.parameters import BrowParameters, HairColour, SkinParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_shared.asset import TextureMap

STRIP_SIZE: Final = 128


def paint_hairs(
    brows: BrowParameters, skin: SkinParameters, seed: int, tick: Callable[[], None] = no_tick
) -> Iterator[TextureMap]:
    """Albedo, alpha and roughness of brows and lashes, STRIP_SIZE texels square.

    Lashes are darker than the hair of the head, and darkened further by eyeliner (mascara).
    """
    generator = np.random.default_rng([seed, 303])
    lash = HairColour(min(1.0, skin.hair.melanin + 0.25), skin.hair.redness * 0.7, skin.hair.grey * 0.25)
    mascara = max(skin.makeup.eyeliner_strength, skin.makeup.mascara_strength)
    with map_encoder(tick) as encoder:
        for material, colour, opacity, dye in (
            ("brows", brows.colour, 0.75 + 0.2 * min(1.0, 1.4 * brows.density), 0.0),
            ("lashes", lash, 0.95, mascara),
        ):
            albedo, alpha = _strip(colour, opacity, dye, generator)
            pending = [
                encoder.start(material, "albedo", encode_srgb(albedo)),
                encoder.start(material, "alpha", to_byte(alpha)),
                encoder.start(material, "roughness", to_byte(np.full_like(alpha, 0.48))),
            ]
            for map_ in pending:
                yield encoder.wait(map_)


def _strip(hair: HairColour, opacity: float, dye: float, generator: np.random.Generator) -> tuple[Field, Field]:
    axis = (np.arange(STRIP_SIZE, dtype=np.float32) + 0.5) / np.float32(STRIP_SIZE)
    across, along = np.meshgrid(np.abs(axis - 0.5) * 2.0, 1.0 - axis)
    pigmented = np.array(hair_colour(hair), np.float32)
    colour = pigmented + (np.array(GREY_HAIR, np.float32) - pigmented) * np.float32(0.85 * hair.grey)
    colour = colour + (np.float32(0.006) - colour) * np.float32(dye)
    streaks = generator.standard_normal(STRIP_SIZE).astype(np.float32)
    # Darker at the root, paler where the tip thins out.
    shade = (0.86 + 0.28 * along) * (1.0 + 0.07 * streaks[None, :])
    albedo = np.clip(colour * shade[..., None], 0.0, 1.0)
    alpha = smoothstep(1.0, 0.7, across) * smoothstep(1.0, 0.8, along) * smoothstep(0.0, 0.06, along)
    return albedo.astype(np.float32), (alpha * np.float32(opacity)).astype(np.float32)
