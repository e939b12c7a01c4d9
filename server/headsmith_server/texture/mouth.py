"""paint_mouth: teeth, gums and tongue.

Layouts: teeth: 14 columns (the subject's right to left) of two cells, the upper jaw in the upper half; in a cell u runs
around the crown (0.5 is the lip side), v from below the neck (0) to the edge (TOOTH_SIDE), above it the chewing
surface. Gums: the upper jaw in the upper half; u along the arch, v in the half from the vestibule (0) over the gum line
(GUM_LINE) to the middle of the mouth (1). Tongue: polar, the tip in the middle, the upper side at +v.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.encode import map_encoder, to_byte
from headsmith_server.texture.noise import small_cells
from headsmith_server.texture.optics import Tissue, encode_srgb, skin_colour
from headsmith_server.texture.parameters import SkinParameters, TeethParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_shared.asset import TextureMap

Tick = Callable[[], None]

TOOTH_COLUMNS: Final = 14
TOOTH_SIDE: Final = 0.70
GUM_LINE: Final = 0.42


def paint_mouth(
    teeth: TeethParameters, skin: SkinParameters, size: int, seed: int, tick: Tick = no_tick
) -> Iterator[TextureMap]:
    """Albedo and roughness of the teeth, albedo, normal and roughness of gums and tongue, size x size texels each."""
    with map_encoder(tick) as encoder:
        pending = [encoder.start(*map_) for map_ in _paint(teeth, skin, size, seed, tick)]
        for map_ in pending:
            yield encoder.wait(map_)


def paint_mouth_maps(
    teeth: TeethParameters, skin: SkinParameters, size: int, seed: int, tick: Tick = no_tick
) -> dict[tuple[str, str], NDArray[np.uint8]]:
    """The maps of paint_mouth as arrays by (material, channel): albedo sRGB and normal [S, S, 3], roughness [S, S]."""
    return {(part, channel): image for part, channel, image in _paint(teeth, skin, size, seed, tick)}


def _paint(
    teeth: TeethParameters, skin: SkinParameters, size: int, seed: int, tick: Tick
) -> Iterator[tuple[str, str, NDArray[np.uint8]]]:
    generator = np.random.default_rng([seed, 202])
    yield "teeth", "albedo", encode_srgb(_teeth(teeth, skin, size, generator))
    yield "teeth", "roughness", to_byte(np.full((size, size), 0.18, np.float32))
    tick()
    colour, height = _gums(skin, size, generator)
    tick()
    yield "gums", "albedo", encode_srgb(colour)
    yield "gums", "normal", _normals(height, 1.4)
    yield "gums", "roughness", to_byte(0.24 + 0.05 * np.clip(-height, 0, 1))
    tick()
    colour, height = _tongue(skin, size, generator)
    tick()
    yield "tongue", "albedo", encode_srgb(colour)
    yield "tongue", "normal", _normals(height, 2.2)
    yield "tongue", "roughness", to_byte(0.34 + 0.12 * np.clip(-height, 0, 1))


def _grid(size: int) -> tuple[Field, Field]:
    axis = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size)
    return np.broadcast_to(axis[None, :], (size, size)), np.broadcast_to(1.0 - axis[:, None], (size, size))


def _noise(size: int, cells: int, generator: np.random.Generator) -> Field:
    grid = generator.standard_normal((cells, cells)).astype(np.float32)
    return cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)


def _teeth(teeth: TeethParameters, skin: SkinParameters, size: int, generator: np.random.Generator) -> Field:
    u, v = _grid(size)
    column = np.clip((u * TOOTH_COLUMNS).astype(np.int32), 0, TOOTH_COLUMNS - 1)
    row = (v >= 0.5).astype(np.int32)
    across, along = u * TOOTH_COLUMNS - column, v * 2.0 - row
    h = (along / TOOTH_SIDE) * 1.4 - 0.4  # 0 at the neck, 1 at the edge
    stain = float(np.clip(1.0 - teeth.whiteness, 0.0, 1.0)) + 0.25 * float(np.clip((skin.age_years - 40) / 50, 0, 1))
    bright = np.array([0.80, 0.765, 0.69], np.float32)
    dull = np.array([0.62, 0.50, 0.30], np.float32)
    neck = np.array([0.60, 0.46, 0.27], np.float32)
    edge = np.array([0.66, 0.68, 0.68], np.float32)
    own = generator.standard_normal((2, TOOTH_COLUMNS)).astype(np.float32)[row, column]
    place = np.abs(column - 6.5)
    canine = np.exp(-((place - 2.5) ** 2) / 0.3)
    share = np.clip(0.10 + 0.75 * stain + 0.12 * canine + 0.03 * place + 0.05 * own, 0.0, 1.0)
    colour = bright + (dull - bright) * share[..., None]
    colour += (neck - colour) * (smoothstep(0.42, -0.05, h) * (0.35 + 0.4 * stain))[..., None]
    incisor = (place < 2.0).astype(np.float32)
    colour += (edge - colour) * (smoothstep(0.80, 1.0, h) * (along < TOOTH_SIDE) * (0.25 + 0.35 * incisor))[..., None]
    streak = cv2.resize(
        generator.standard_normal((6, size // 4)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    colour *= (1.0 + 0.018 * streak + 0.014 * _noise(size, 64, generator))[..., None]
    # Between the teeth and on the inside it is darker; fissures of the chewing surfaces are stained.
    colour *= (1.0 - 0.16 * smoothstep(0.30, 0.5, np.abs(across - 0.5)))[..., None]
    first, _, _ = small_cells(size, 56, 0.9, 5)
    cap = (along > TOOTH_SIDE) * (place > 2.9)
    fissure = np.exp(-((np.abs(across - 0.5) / 0.05) ** 2)) + 0.5 * np.exp(-((np.abs(along - 0.85) / 0.02) ** 2))
    colour *= (1.0 - cap * np.clip(0.30 * fissure + 0.10 * first, 0.0, 0.5))[..., None]
    return np.clip(colour, 0.0, 1.0).astype(np.float32)


def _tissue_colour(melanin: Field, blood: Field, venous: float) -> Field:
    colour = skin_colour(
        melanin.astype(np.float64), blood.astype(np.float64), np.asarray(0.85 - 0.5 * venous), Tissue(carotene=0.5)
    )
    return colour.astype(np.float32)


def _from_small(size: int, colour: Field) -> Field:
    return cv2.resize(colour, (size, size), interpolation=cv2.INTER_CUBIC)


def _gums(skin: SkinParameters, size: int, generator: np.random.Generator) -> tuple[Field, Field]:
    small = max(size // 4, 16)
    _, v = _grid(small)
    along = v * 2.0 - (v >= 0.5)
    mottle = _noise(small, 24, generator)
    margin = np.exp(-(((along - GUM_LINE) / 0.05) ** 2))
    vestibule = smoothstep(0.22, 0.05, along)
    blood = 0.060 * np.exp(0.9 * vestibule - 0.35 * margin + 0.14 * mottle + 0.35 * smoothstep(0.6, 1.0, along))
    pigment = 0.004 + 0.10 * skin.melanin**3 * (0.4 + margin + 0.35 * np.clip(_noise(small, 40, generator), -0.8, 2))
    colour = _from_small(size, _tissue_colour(pigment, blood, 0.25))
    _u, v = _grid(size)
    along = v * 2.0 - (v >= 0.5)
    near, _, _ = small_cells(size, 90, 0.9, 61)
    stipple = -np.clip(1.0 - near / 0.35, 0, 1) * smoothstep(0.2, 0.3, along) * smoothstep(0.5, 0.4, along)
    rugae = 0.8 * np.sin(along * 95.0 + 2.0 * _noise(size, 20, generator)) * smoothstep(0.6, 0.7, along) * (v >= 0.5)
    height = 0.35 * stipple + rugae * 0.6 + 0.25 * _noise(size, 60, generator)
    colour = colour * (1.0 + 0.05 * _noise(size, 120, generator))[..., None]
    return np.clip(colour, 0, 1).astype(np.float32), height.astype(np.float32)


def _tongue(skin: SkinParameters, size: int, generator: np.random.Generator) -> tuple[Field, Field]:
    u, v = _grid(size)
    x, y = u - 0.5, v - 0.5
    radius = np.sqrt(x * x + y * y) / 0.49
    top = smoothstep(-0.03, 0.06, y)
    near, _second, label = small_cells(size, max(size // 8, 16), 0.9, 71)
    papilla = np.clip(1.0 - near / 0.55, 0.0, 1.0) * (0.6 + 0.4 * label)
    wide_near, _, wide_label = small_cells(size, max(size // 26, 8), 0.95, 73)
    mushroom = np.clip(1.0 - wide_near / 0.26, 0.0, 1.0) * (wide_label > 0.6) * smoothstep(0.9, 0.3, radius)
    groove = np.exp(-((x / 0.012) ** 2)) * top * smoothstep(0.1, 0.35, radius)
    height = top * (papilla - 0.5 + 0.8 * mushroom) - 0.9 * groove + 0.3 * _noise(size, 30, generator)
    small = max(size // 4, 16)
    us, vs = _grid(small)
    rs = np.sqrt((us - 0.5) ** 2 + (vs - 0.5) ** 2) / 0.49
    under = smoothstep(0.02, -0.06, vs - 0.5)
    blood = 0.075 * np.exp(0.18 * _noise(small, 20, generator) + 0.35 * under + 0.2 * smoothstep(0.35, 0.0, rs))
    colour = _from_small(size, _tissue_colour(np.full_like(blood, 0.004 + 0.01 * skin.melanin), blood, 0.3))
    coat = np.clip(
        top * smoothstep(0.15, 0.6, radius) * (0.30 + 0.12 * _noise(size, 14, generator)) * (0.4 + papilla), 0, 0.5
    )
    colour += (np.array([0.58, 0.46, 0.42], np.float32) - colour) * coat[..., None]
    colour *= (1.0 + 0.10 * (papilla - 0.5) * top)[..., None]
    colour += (np.array([0.42, 0.09, 0.09], np.float32) - colour) * (0.5 * mushroom * top)[..., None]
    vein = np.exp(-(((np.abs(x) - 0.07) / 0.012) ** 2)) * (1.0 - top) * smoothstep(0.15, 0.3, radius)
    colour += (np.array([0.22, 0.10, 0.16], np.float32) - colour) * (0.4 * vein)[..., None]
    return np.clip(colour, 0, 1).astype(np.float32), height.astype(np.float32)


def _normals(height: Field, gain: float) -> NDArray[np.uint8]:
    slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=0.125) * np.float32(gain)
    slope_y = -cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=0.125) * np.float32(gain)
    scale = np.float32(127.5) / np.sqrt(slope_x**2 + slope_y**2 + 1.0)
    return (
        np.stack([128.0 - slope_x * scale, 128.0 - slope_y * scale, 128.0 + scale], axis=-1)
        .clip(0, 255)
        .astype(np.uint8)
    )
