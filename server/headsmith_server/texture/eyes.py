"""paint_eyes: iris, pupil and sclera of the eyeballs.

Layout of the tile (both eyes have the same): polar around (0.5, 0.5); uv radius UV_PUPIL_RADIUS is the usual pupil's
edge, UV_IRIS_RADIUS the limbus, UV_FRONT_RADIUS lies 100 degrees from the axis; +u is the subject's left, +v is up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.encode import map_encoder, to_byte
from headsmith_server.texture.iris import IRIS_COLOURS, IrisColour, rolled, unrolled_iris
from headsmith_server.texture.optics import encode_srgb
from headsmith_server.texture.parameters import EyeParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.sclera import FRONT, LIMBUS, paint_sclera
from headsmith_shared.asset import TextureMap

__all__ = [
    "IRIS_COLOURS", "UV_FRONT_RADIUS", "UV_IRIS_RADIUS", "UV_PUPIL_RADIUS", "EyeMaps", "IrisColour", "paint_eye_maps",
    "paint_eyes", "pupil_radius",
]  # fmt: skip

UV_PUPIL_RADIUS: Final = 0.080
UV_IRIS_RADIUS: Final = LIMBUS
UV_FRONT_RADIUS: Final = FRONT

Side = Literal["left", "right"]


@dataclass(frozen=True)
class EyeMaps:
    """uint8 maps of one eye, S x S texels, row 0 at v = 1: albedo sRGB and normal [S, S, 3], roughness, specular."""

    albedo: NDArray[np.uint8]
    normal: NDArray[np.uint8]
    roughness: NDArray[np.uint8]
    specular: NDArray[np.uint8]


def pupil_radius(pupil: float) -> float:
    """UV radius of the pupil's edge for EyeParameters.pupil: 2.2 to 6.6 mm across where the iris has 12."""
    return float(np.interp(pupil, [0.0, 0.5, 1.0], [0.046, UV_PUPIL_RADIUS, 0.138]))


def paint_eyes(
    eyes: EyeParameters, size: int, seed: int, tick: Callable[[], None] = no_tick, side: Side = "left",
    material: str = "eyes",
) -> Iterator[TextureMap]:  # fmt: skip
    """Albedo, normal, roughness and specular of one eye at size x size texels; arguments as of paint_eye_maps."""
    with map_encoder(tick) as encoder:
        pending = [encoder.start(material, *map_) for map_ in _paint(eyes, side, size, seed, tick)]
        for map_ in pending:
            yield encoder.wait(map_)


def paint_eye_maps(eyes: EyeParameters, side: Side, size: int, seed: int) -> EyeMaps:
    """The maps of the subject's left or right eye.

    The two differ as twins do; the right one has the colour iris_right where there is one. An unknown iris name is
    painted brown. The same arguments give the same bytes.
    """
    return EyeMaps(**dict(_paint(eyes, side, size, seed, no_tick)))


def _paint(
    eyes: EyeParameters, side: Side, size: int, seed: int, tick: Callable[[], None]
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    generator = np.random.default_rng([seed, 101] if side == "left" else [seed, 101, 1])
    name = eyes.iris_right if side == "right" and eyes.iris_right is not None else eyes.iris
    axis = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size) - np.float32(0.5)
    x, y = np.broadcast_to(axis[None, :], (size, size)), np.broadcast_to(-axis[:, None], (size, size))
    radius = np.sqrt(x * x + y * y)
    angle = np.arctan2(y, x)
    tick()
    colour, vessels = paint_sclera(eyes, radius, angle, size, generator, tick)
    unrolled = unrolled_iris(eyes, name, int(np.clip(5 * size // 2, 512, 4096)), generator)
    tick()
    # The iris fills the middle of the tile only.
    reach = int(np.ceil((UV_IRIS_RADIUS + 0.03) * size))
    disc = slice(max(size // 2 - reach, 0), size // 2 + reach)
    inner = pupil_radius(eyes.pupil)
    t = (radius[disc, disc] - np.float32(inner)) / np.float32(UV_IRIS_RADIUS - inner)
    # The limbus is a soft passage of about half a millimetre.
    passage = smoothstep(UV_IRIS_RADIUS + 0.016, UV_IRIS_RADIUS - 0.016, radius[disc, disc])
    iris = rolled(unrolled.colour, t, angle[disc, disc])
    tick()
    # Enlarging one texel of the pupil's edge over many would show steps.
    pupil = smoothstep(0.75 / size, -0.75 / size, radius[disc, disc] - np.float32(inner))
    iris += (np.float32(0.0015) - iris) * pupil[..., None]
    if eyes.cloudiness > 0.01:
        iris = _clouded(iris, eyes.cloudiness, t, generator)
    colour[disc, disc] += (iris - colour[disc, disc]) * passage[..., None]
    tick()
    yield "albedo", encode_srgb(colour)
    tick()
    height = vessels.copy()
    relief = rolled(unrolled.relief, t, angle[disc, disc]) * (1.0 - pupil)
    height[disc, disc] += (relief - height[disc, disc]) * passage
    yield "normal", _normals(height, size)
    dry = np.float32(0.30 - 0.13 * eyes.wetness)
    yield "roughness", to_byte(np.where(radius < UV_IRIS_RADIUS, np.float32(0.45), dry + np.float32(0.08) * vessels))
    # No mirror inside the pupil; the cornea before it has its own.
    open_pupil = smoothstep(inner, inner * 1.15, radius)
    shine = np.float32(0.19 + 0.10 * eyes.wetness) * smoothstep(UV_IRIS_RADIUS - 0.02, UV_IRIS_RADIUS + 0.02, radius)
    yield "specular", to_byte(open_pupil * np.clip(shine, 0.08, 1.0))


def _clouded(iris: Field, amount: float, t: Field, generator: np.random.Generator) -> Field:
    """A bluish white veil over iris and pupil, densest in the middle, with patches."""
    small = generator.standard_normal((7, 7)).astype(np.float32)
    patches = cv2.resize(small, t.shape[::-1], interpolation=cv2.INTER_CUBIC)
    veil = np.clip((np.float32(0.88) + np.float32(0.10) * patches) * smoothstep(1.25, 0.2, t), 0.0, 1.0)
    white = np.array([0.42, 0.50, 0.54], np.float32)
    return iris + (white - iris) * (np.float32(0.85 * amount) * veil)[..., None]


def _normals(height: Field, size: int) -> NDArray[np.uint8]:
    """Tangent-space normals of a texture height, steep enough for an iris of 6 mm."""
    gain = np.float32(size / 1024.0 * 1.5)
    slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=0.125) * gain
    slope_y = -cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=0.125) * gain
    scale = np.float32(127.5) / np.sqrt(slope_x**2 + slope_y**2 + 1.0)
    return (
        np.stack([128.0 - slope_x * scale, 128.0 - slope_y * scale, 128.0 + scale], axis=-1)
        .clip(0, 255)
        .astype(np.uint8)
    )
