"""paint_skin: the maps of a skin, one after the other as they are finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.albedo import paint_albedo
from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.encode import map_encoder, to_byte, to_word
from headsmith_server.texture.gloss import gloss
from headsmith_server.texture.hairs import cropped_scalp, haired_scalp, stubble
from headsmith_server.texture.layers import lay_gloss
from headsmith_server.texture.looks import draw_layers
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import (
    NOISE_WAVELENGTHS_MM,
    Noises,
    concentrations,
    melanin_fraction,
    noise_level,
)
from headsmith_server.texture.pores import detail_tiles, pore_relief, tile_size
from headsmith_server.texture.relief import (
    DISPLACEMENT_SCALE_M,
    MOST_WRINKLED_MM,
    lip_relief,
    normal_map,
    slack_relief,
    within,
    wrinkle_relief,
)
from headsmith_server.texture.surface import SkinSurface, skin_surface
from headsmith_server.texture.variation import draw_variation
from headsmith_shared.asset import TextureMap

Tick = Callable[[], None]


def paint_skin(
    model: HeadModel,
    vertices: torch.Tensor | Field,
    skin: SkinParameters,
    size: int,
    seed: int,
    tick: Tick = no_tick,
    hair_density: Field | None = None,
) -> Iterator[TextureMap]:
    """Albedo, normal, roughness, specular and displacement of a head's skin, as they are finished.

    vertices: the head's own [V, 3] in metres (all parts); size: texels of a side, a power of two from 64 to 8192;
    the same model, vertices, skin, size and seed give the same bytes. tick is called at least every 100 ms of work
    and may raise to cancel. hair_density: as of paint_maps.
    """
    if not 64 <= size <= 8192 or size & (size - 1):
        raise ValueError(f"a map size of {size} is not a power of two from 64 to 8192")
    surface = skin_surface(model, size, tick)
    own = _as_array(vertices)[: surface.vertex_count]
    yield from paint_surface(surface, own, skin, seed, tick, hair_density)


def paint_surface(
    surface: SkinSurface,
    vertices: Field,
    skin: SkinParameters,
    seed: int,
    tick: Tick = no_tick,
    hair_density: Field | None = None,
) -> Iterator[TextureMap]:
    """As paint_skin, for a surface at hand; vertices [skin V, 3]. A map is encoded while the next one is painted."""
    waiting: Future[TextureMap] | None = None
    with map_encoder(tick) as encoder:
        for channel, image in _paint(surface, vertices, skin, seed, tick, hair_density):
            scale = DISPLACEMENT_SCALE_M if channel == "displacement" else 0.0
            next_one = encoder.start("skin", channel, image, midlevel=0.5, scale_m=scale)
            if waiting is not None:
                yield encoder.wait(waiting)
            waiting = next_one
        if waiting is not None:
            yield encoder.wait(waiting)


@dataclass(frozen=True)
class SkinMaps:
    """The maps of a skin as arrays, S x S texels, row 0 at v = 1.

    albedo uint8 [S, S, 3], sRGB; normal uint8 [S, S, 3], tangent space, OpenGL green; roughness, specular (IOR level)
    uint8 [S, S]; displacement uint16 [S, S], 32768 is the smooth head and 65536 steps are DISPLACEMENT_SCALE_M;
    covered bool [S, S]: inside an island of the UV layout.
    """

    albedo: NDArray[np.uint8]
    normal: NDArray[np.uint8]
    roughness: NDArray[np.uint8]
    specular: NDArray[np.uint8]
    displacement: NDArray[np.uint16]
    covered: NDArray[np.bool_]


def paint_maps(
    surface: SkinSurface,
    vertices: torch.Tensor | Field,
    skin: SkinParameters,
    seed: int,
    tick: Tick = no_tick,
    hair_density: Field | None = None,
) -> SkinMaps:
    """The maps of paint_skin, not encoded.

    surface: skin_surface(model, size); vertices: the head's own [V, 3] in metres, V the skin's vertices or all parts';
    hair_density: [skin V] 0..1 of the scalp hair that grows at each vertex, which is painted as far as it reaches, or
    None where no strands are: then skin.cropped_hair is painted, up to a hairline of its own.
    """
    own = _as_array(vertices)[: surface.vertex_count]
    maps = dict(_paint(surface, own, skin, seed, tick, hair_density))
    return SkinMaps(**maps, covered=surface.covered)


def _paint(
    surface: SkinSurface,
    vertices: Field,
    skin: SkinParameters,
    seed: int,
    tick: Tick,
    hair_density: Field | None,
) -> Iterator[tuple[str, NDArray]]:
    """Channel and image, one after the other as they are finished."""
    streams = [np.random.default_rng([seed, number]) for number in range(8)]
    size = surface.size
    levels = []
    for level in range(len(NOISE_WAVELENGTHS_MM)):
        levels.append(noise_level(surface, level, streams[0]))
        tick()
    noises = Noises(tuple(levels))
    variation = draw_variation(float(np.log(melanin_fraction(skin.melanin))), streams[5])
    pigment = concentrations(surface, skin, noises, variation, tick)
    tick()
    layers = draw_layers(surface, skin, noises, seed, tick)
    hairs = [
        h
        for h in (
            stubble(surface, skin, noises, streams[2], tick),
            cropped_scalp(surface, skin, noises, streams[3], tick)
            if hair_density is None
            else haired_scalp(surface, skin, hair_density, noises, streams[3], tick),
        )
        if h is not None
    ]
    pores, darkness = pore_relief(surface, skin, noises, tick)
    wrinkles = wrinkle_relief(surface, skin, noises, streams[4], tick)
    wrinkles += lip_relief(surface, skin, noises)
    tick()
    image = paint_albedo(surface, skin, pigment, layers, hairs, wrinkles, darkness, tick)
    outside = surface.outside
    yield "albedo", _over(image, outside, _mean_colour(surface, image))
    tick()

    height = pores
    slack = slack_relief(surface, skin, streams[6], tick)
    height += enlarge(wrinkles if slack is None else within(wrinkles + slack, MOST_WRINKLED_MM), size)
    for relief in layers.heights:
        height += enlarge(relief, size)
    for h in hairs:
        if h.dark is not None and h.grey is not None:
            height += np.float32(0.07) * (h.dark + h.grey)
    tick()
    metric = surface.field.metric(vertices)
    tick()
    normals = normal_map(height, metric, size / surface.field.size, tick)
    tick()
    yield "normal", _over(normals, outside, (128, 128, 255))
    smooth = gloss(surface, skin, noises, hairs)
    roughness = enlarge(smooth.roughness, size) + np.float32(0.12) * darkness
    specular = enlarge(smooth.specular, size) * (np.float32(1.0) - np.float32(0.45) * darkness)
    lay_gloss(layers, size, roughness, specular)
    for h in hairs:
        if h.dark is not None and h.grey is not None:
            roughness += np.float32(0.15) * (h.dark + h.grey)
    tick()
    yield "roughness", _over(to_byte(roughness), outside, 128)
    yield "specular", _over(to_byte(specular), outside, 92)
    level = to_word(np.float32(0.5) + height * np.float32(1e-3 / DISPLACEMENT_SCALE_M))
    yield "displacement", _over(level, outside, 32768)


def warm_up(model: HeadModel, size: int) -> None:
    """Compute what paint_skin keeps for a model and a map size, so that the first head is as fast as the others."""
    surface = skin_surface(model, size)
    detail_tiles(tile_size(surface))


def _mean_colour(surface: SkinSurface, image: NDArray[np.uint8]) -> tuple[int, ...]:
    """The mean of the covered texels."""
    step = max(1, surface.size // 256)
    inside = surface.covered[::step, ::step]
    return tuple(int(v) for v in image[::step, ::step][inside].mean(axis=0))


def _over(image: NDArray, outside: NDArray[np.bool_], value: tuple[int, ...] | int) -> NDArray:
    """The image with a plain background: one value, so that mip levels do not bleed and PNGs stay small."""
    image[outside] = value
    return image


def _as_array(vertices: torch.Tensor | Field) -> Field:
    if isinstance(vertices, torch.Tensor):
        return vertices.detach().cpu().numpy().astype(np.float32)
    return np.asarray(vertices, np.float32)
