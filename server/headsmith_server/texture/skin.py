"""paint_skin: the maps of a skin, one after the other as they are finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.albedo import paint_albedo
from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.encode import map_encoder, to_byte, to_word
from headsmith_server.texture.gloss import gloss
from headsmith_server.texture.hairs import cropped_scalp, stubble
from headsmith_server.texture.makeup import lipstick_cover
from headsmith_server.texture.marks import draw_marks
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import (
    NOISE_WAVELENGTHS_MM,
    Noises,
    concentrations,
    noise_level,
)
from headsmith_server.texture.relief import (
    DISPLACEMENT_SCALE_M,
    detail_tiles,
    lip_relief,
    normal_map,
    pore_relief,
    tile_size,
    wrinkle_relief,
)
from headsmith_server.texture.surface import SkinSurface, skin_surface
from headsmith_shared.asset import TextureMap

Tick = Callable[[], None]

GUTTER_TEXELS_AT_2K = 24
"""How far the maps go on beyond their islands before the plain background begins."""


def paint_skin(
    model: HeadModel,
    vertices: torch.Tensor | Field,
    skin: SkinParameters,
    size: int,
    seed: int,
    tick: Tick = no_tick,
) -> Iterator[TextureMap]:
    """Albedo, normal, roughness, specular and displacement of a head's skin, as they are finished.

    vertices: the head's own [V, 3] in metres (all parts); size: texels of a side, a power of two from 64 to 8192;
    the same model, vertices, skin, size and seed give the same bytes. tick is called at least every 100 ms of work
    and may raise to cancel.
    """
    if not 64 <= size <= 8192 or size & (size - 1):
        raise ValueError(f"a map size of {size} is not a power of two from 64 to 8192")
    surface = skin_surface(model, size, tick)
    own = _as_array(vertices)[: len(model.topology.part("skin").vertices)]
    yield from paint_surface(surface, own, skin, seed, tick)


def paint_surface(
    surface: SkinSurface, vertices: Field, skin: SkinParameters, seed: int, tick: Tick = no_tick
) -> Iterator[TextureMap]:
    """As paint_skin, for a surface at hand; vertices [skin V, 3]."""
    streams = [np.random.default_rng([seed, number]) for number in range(8)]
    size = surface.size
    levels = []
    for level in range(len(NOISE_WAVELENGTHS_MM)):
        levels.append(noise_level(surface, level, streams[0]))
        tick()
    noises = Noises(tuple(levels))
    with map_encoder(tick) as encoder:
        pigment = concentrations(surface, skin, noises, tick)
        tick()
        marks = draw_marks(surface, skin, noises, streams[1], tick)
        hairs = [
            h
            for h in (
                stubble(surface, skin, noises, streams[2], tick),
                cropped_scalp(surface, skin, noises, streams[3], tick),
            )
            if h is not None
        ]
        pores, darkness = pore_relief(surface, skin, noises, tick)
        wrinkles = wrinkle_relief(surface, skin, noises, streams[4], tick)
        wrinkles += lip_relief(surface, skin, noises)
        tick()
        lipstick = lipstick_cover(surface, skin.makeup, noises)
        image = paint_albedo(surface, skin, noises, pigment, marks, hairs, wrinkles, darkness, lipstick, tick)
        outside = _background(surface)
        albedo = encoder.start("skin", "albedo", _over(image, outside, _mean_colour(surface, image)))
        tick()

        height = pores
        height += enlarge(wrinkles, size)
        if marks.raised is not None:
            height += marks.raised
        for h in hairs:
            height += np.float32(0.07) * (h.dark + h.grey)
        tick()
        metric = surface.field.metric(vertices)
        tick()
        normals = normal_map(height, metric, size / surface.field.size, tick)
        tick()
        yield encoder.wait(albedo)
        normal = encoder.start("skin", "normal", _over(normals, outside, (128, 128, 255)))
        tick()
        smooth = gloss(surface, skin, noises, lipstick, hairs)
        roughness = enlarge(smooth.roughness, size) + np.float32(0.12) * darkness
        for h in hairs:
            roughness += np.float32(0.15) * (h.dark + h.grey)
        tick()
        rough = encoder.start("skin", "roughness", _over(to_byte(roughness), outside, 128))
        specular = enlarge(smooth.specular, size) * (np.float32(1.0) - np.float32(0.45) * darkness)
        spec = encoder.start("skin", "specular", _over(to_byte(specular), outside, 92))
        yield encoder.wait(normal)
        tick()
        level = to_word(np.float32(0.5) + height * np.float32(1e-3 / DISPLACEMENT_SCALE_M))
        yield encoder.wait(rough)
        displacement = encoder.start(
            "skin", "displacement", _over(level, outside, 32768), midlevel=0.5, scale_m=DISPLACEMENT_SCALE_M
        )
        yield encoder.wait(spec)
        yield encoder.wait(displacement)


def warm_up(model: HeadModel, size: int) -> None:
    """Compute what paint_skin keeps for a model and a map size, so that the first head is as fast as the others."""
    surface = skin_surface(model, size)
    detail_tiles(tile_size(surface))


def _background(surface: SkinSurface) -> NDArray[np.bool_]:
    """Where no island is near, [S, S]."""
    reach = GUTTER_TEXELS_AT_2K * surface.field.size / 2048.0
    far = (surface.field.gutter > max(reach, 3.0)).astype(np.uint8)
    return cv2.resize(far, (surface.size, surface.size), interpolation=cv2.INTER_NEAREST).astype(bool)


def _mean_colour(surface: SkinSurface, image: NDArray[np.uint8]) -> tuple[int, ...]:
    """The mean of the covered texels."""
    step = max(1, surface.size // 256)
    covered = cv2.resize(surface.field.covered.astype(np.uint8), image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    inside = covered[::step, ::step] > 0
    return tuple(int(v) for v in image[::step, ::step][inside].mean(axis=0))


def _over(image: NDArray, outside: NDArray[np.bool_], value: tuple[int, ...] | int) -> NDArray:
    """The image with a plain background: one value, so that mip levels do not bleed and PNGs stay small."""
    image[outside] = value
    return image


def _as_array(vertices: torch.Tensor | Field) -> Field:
    if isinstance(vertices, torch.Tensor):
        return vertices.detach().cpu().numpy().astype(np.float32)
    return np.asarray(vertices, np.float32)
