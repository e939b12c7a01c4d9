"""paint_eyes: iris, pupil and sclera of the eyeballs.

Layout of the tile (both eyes share it): polar around (0.5, 0.5); uv radius UV_PUPIL_RADIUS is the pupil's edge,
UV_IRIS_RADIUS the limbus, UV_FRONT_RADIUS lies 100 degrees from the axis; +u is the subject's left, +v is up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.encode import map_encoder, to_byte
from headsmith_server.texture.noise import small_cells
from headsmith_server.texture.optics import encode_srgb
from headsmith_server.texture.parameters import EyeParameters
from headsmith_server.texture.regions import smoothstep
from headsmith_shared.asset import TextureMap

Colour = tuple[float, float, float]

UV_PUPIL_RADIUS: Final = 0.080
UV_IRIS_RADIUS: Final = 0.250
UV_FRONT_RADIUS: Final = 0.470


@dataclass(frozen=True)
class IrisColour:
    """Linear sRGB of the stroma, of the fibres that stand out of it, of the zone around the pupil, of the limbus."""

    stroma: Colour
    fibre: Colour
    inner: Colour
    limbus: Colour
    inner_share: float


IRIS_COLOURS: Final[dict[str, IrisColour]] = {
    "dark brown": IrisColour(
        (0.020, 0.009, 0.005), (0.060, 0.027, 0.012), (0.050, 0.020, 0.008), (0.007, 0.004, 0.003), 0.5
    ),
    "brown": IrisColour(
        (0.055, 0.022, 0.009), (0.165, 0.075, 0.028), (0.150, 0.060, 0.018), (0.014, 0.007, 0.004), 0.5
    ),
    "hazel": IrisColour(
        (0.070, 0.060, 0.022), (0.215, 0.180, 0.080), (0.210, 0.095, 0.024), (0.020, 0.018, 0.010), 0.75
    ),
    "amber": IrisColour(
        (0.150, 0.062, 0.012), (0.400, 0.200, 0.050), (0.330, 0.130, 0.025), (0.030, 0.014, 0.005), 0.5
    ),
    "green": IrisColour(
        (0.070, 0.095, 0.045), (0.260, 0.300, 0.160), (0.300, 0.180, 0.055), (0.014, 0.020, 0.014), 0.55
    ),
    "blue": IrisColour(
        (0.060, 0.115, 0.195), (0.310, 0.420, 0.520), (0.330, 0.330, 0.290), (0.012, 0.020, 0.036), 0.30
    ),
    "grey": IrisColour(
        (0.120, 0.145, 0.170), (0.400, 0.430, 0.450), (0.350, 0.350, 0.320), (0.025, 0.030, 0.036), 0.30
    ),
}  # fmt: skip


def paint_eyes(eyes: EyeParameters, size: int, seed: int, tick: Callable[[], None] = no_tick) -> Iterator[TextureMap]:
    """Albedo, normal, roughness and specular of the eyes at size x size texels.

    An unknown iris name is painted brown. iris_right needs a tile of its own and is not painted yet.
    """
    generator = np.random.default_rng([seed, 101])
    axis = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size) - np.float32(0.5)
    x, y = np.broadcast_to(axis[None, :], (size, size)), np.broadcast_to(-axis[:, None], (size, size))
    radius = np.sqrt(x * x + y * y)
    angle = np.arctan2(y, x)
    tick()
    with map_encoder(tick) as encoder:
        sclera, vessels = _sclera(eyes, radius, angle, size, generator, tick)
        iris, relief = _iris(IRIS_COLOURS.get(eyes.iris, IRIS_COLOURS["brown"]), radius, angle, generator, tick)
        tick()
        # The limbus is a soft passage of about half a millimetre.
        passage = smoothstep(UV_IRIS_RADIUS + 0.016, UV_IRIS_RADIUS - 0.016, radius)[..., None]
        colour = sclera + (iris - sclera) * passage
        tick()
        albedo = encoder.start("eyes", "albedo", encode_srgb(colour))
        tick()
        height = relief * passage[..., 0] + vessels * (1.0 - passage[..., 0])
        normal = encoder.start("eyes", "normal", _normals(height, size))
        rough = np.where(radius < UV_IRIS_RADIUS, 0.45, 0.22 + 0.08 * vessels).astype(np.float32)
        roughness = encoder.start("eyes", "roughness", to_byte(rough))
        # No mirror inside the pupil; the cornea before it has its own.
        open_pupil = smoothstep(UV_PUPIL_RADIUS, UV_PUPIL_RADIUS * 1.15, radius)
        shine = open_pupil * (0.08 + 0.17 * smoothstep(UV_IRIS_RADIUS - 0.02, UV_IRIS_RADIUS + 0.02, radius))
        specular = encoder.start("eyes", "specular", to_byte(shine))
        for pending in (albedo, normal, roughness, specular):
            yield encoder.wait(pending)


def _iris(
    colours: IrisColour, radius: Field, angle: Field, generator: np.random.Generator, tick: Callable[[], None]
) -> tuple[Field, Field]:
    """Linear sRGB [S, S, 3] and relief (texture heights, about -1..1) of the iris disc; the rest is filled up too."""
    t = (radius - UV_PUPIL_RADIUS) / np.float32(UV_IRIS_RADIUS - UV_PUPIL_RADIUS)  # 0 pupil .. 1 limbus
    turn = (angle / np.float32(2 * np.pi) + np.float32(0.5)) * np.float32(1024.0)
    tile = _periodic_noise(1024, generator)
    tick()

    def strands(around: float, outwards: float, shift: float) -> Field:
        """Noise with about `around` features on a turn, drawn out along the radius."""
        return cv2.remap(
            tile, turn * np.float32(around / 128.0), t * np.float32(outwards) + np.float32(shift), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )  # fmt: skip

    tick()
    sway = strands(128.0, 30.0, 11.0)
    turn = turn + np.float32(1.5) * sway * np.clip(t, 0.0, 1.2)
    coarse, middle, fine = strands(384.0, 16.0, 77.0), strands(896.0, 20.0, 301.0), strands(1792.0, 26.0, 555.0)
    tick()
    ragged = strands(256.0, 5.0, 640.0)
    collarette = np.float32(0.34) + np.float32(0.055) * ragged
    ring = np.exp(-(((t - collarette) / 0.07) ** 2))
    fibres = 0.5 + 0.5 * np.tanh(0.55 * coarse + 0.55 * middle + 0.45 * fine)
    fibres = fibres * (0.62 + 0.38 * smoothstep(0.05, 0.45, t)) + 0.35 * ring
    near, _, label = small_cells(512, 13, 0.95, 17, stretch=2.6)
    crypt_tile = np.clip(1.0 - near / 0.42, 0.0, 1.0) * (label > 0.55)
    crypt = cv2.remap(
        crypt_tile.astype(np.float32), turn * 0.5 + np.float32(512.0 * generator.random()), t * 190.0, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )  # fmt: skip
    crypt = crypt * smoothstep(0.3, 0.42, t) * smoothstep(0.92, 0.7, t)
    furrow = np.exp(-(((t - 0.74 - 0.03 * coarse) / 0.018) ** 2)) + 0.7 * np.exp(
        -(((t - 0.86 + 0.02 * middle) / 0.014) ** 2)
    )
    tick()
    tick()
    amount = np.clip(fibres, 0.0, 1.0)[..., None]
    stroma, fibre, inner, limbus = (
        np.array(c, np.float32) for c in (colours.stroma, colours.fibre, colours.inner, colours.limbus)
    )
    colour = stroma + (fibre - stroma) * amount
    zone = smoothstep(0.30, -0.05, t - collarette) * colours.inner_share
    colour += (inner * (0.45 + 0.75 * amount) - colour) * zone[..., None]
    colour *= (1.0 - 0.62 * crypt - 0.22 * np.clip(furrow, 0, 1))[..., None]
    tick()
    ruff = smoothstep(0.075, 0.0, t + 0.02 * middle)
    colour += (np.array([0.012, 0.006, 0.003], np.float32) - colour) * (0.9 * ruff)[..., None]
    ring_dark = smoothstep(0.78, 1.0, t + 0.03 * coarse)
    colour += (limbus - colour) * (0.78 * ring_dark)[..., None]
    pupil = smoothstep(UV_PUPIL_RADIUS + 0.003, UV_PUPIL_RADIUS - 0.003, radius)
    colour += (np.float32(0.0015) - colour) * pupil[..., None]
    relief = (fibres - 0.5 - 1.1 * crypt - 0.5 * furrow) * (1.0 - pupil)
    return np.clip(colour, 0.0, 1.0).astype(np.float32), relief.astype(np.float32)


def _sclera(
    eyes: EyeParameters,
    radius: Field,
    angle: Field,
    size: int,
    generator: np.random.Generator,
    tick: Callable[[], None],
) -> tuple[Field, Field]:
    """Linear sRGB [S, S, 3] of the white with its vessels, and the vessels alone 0..1."""
    sideways = np.abs(np.cos(angle))
    out = smoothstep(UV_IRIS_RADIUS, UV_FRONT_RADIUS, radius)
    corner = out * (0.25 + 0.75 * sideways**2)
    white = np.array([0.655, 0.615, 0.57], np.float32)
    yellow = np.array([0.66, 0.56, 0.38], np.float32)
    pink = np.array([0.62, 0.36, 0.30], np.float32)
    patches = cv2.resize(
        generator.standard_normal((12, 12)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    colour = (
        white
        + (yellow - white)
        * np.clip((0.12 + 0.75 * eyes.yellowness) * (0.35 + 0.65 * out + 0.12 * patches), 0.0, 0.9)[..., None]
    )
    tick()
    flush = np.clip((0.24 + 0.65 * eyes.redness) * corner * (1.0 + 0.22 * patches), 0.0, 0.9)
    colour += (pink - colour) * flush[..., None]
    tick()
    vessels = _vessels(eyes, size, generator)
    tick()
    tick()
    soft = cv2.GaussianBlur(vessels, (0, 0), size / 220.0)
    colour += (np.array([0.50, 0.10, 0.07], np.float32) - colour) * np.clip(0.75 * vessels, 0, 0.85)[..., None]
    colour *= 1.0 - np.clip(1.1 * soft, 0.0, 0.5)[..., None] * np.array([0.05, 0.30, 0.32], np.float32)
    tick()
    # A bluish passage just outside the limbus, where the white is thin.
    thin = np.exp(-(((radius - UV_IRIS_RADIUS - 0.02) / 0.03) ** 2))[..., None]
    colour *= 1.0 - thin * np.array([0.16, 0.11, 0.05], np.float32)
    return np.clip(colour, 0.0, 1.0).astype(np.float32), vessels


def _vessels(eyes: EyeParameters, size: int, generator: np.random.Generator) -> Field:
    """Branching vessels 0..1 [S, S] that come from the corners and thin out before the limbus."""
    image = np.zeros((size, size), np.float32)
    count = int(26 + 50 * eyes.redness)
    for _ in range(count):
        side = 0.0 if generator.random() < 0.5 else np.pi
        azimuth = side + 0.62 * generator.standard_normal()
        strength = (0.30 + 0.55 * eyes.redness) * (0.35 + 0.65 * generator.random())
        _grow(image, azimuth, 0.49, strength, 1.1 * size / 1024.0, 2, generator)
    return np.clip(cv2.GaussianBlur(image, (0, 0), size / 1600.0), 0.0, 1.0)


def _grow(
    image: Field,
    azimuth: float,
    radius: float,
    strength: float,
    width: float,
    branches: int,
    generator: np.random.Generator,
) -> None:
    size = image.shape[0]
    heading, steps = 0.0, int(generator.integers(14, 34))
    for step in range(steps):
        heading = 0.72 * heading + 0.40 * generator.standard_normal()
        following = (radius - 0.0068 * np.cos(heading), azimuth + 0.0068 * np.sin(heading) / max(radius, 0.1))
        if following[0] < UV_IRIS_RADIUS + 0.012:
            return
        points = [
            (int(16 * size * (0.5 + r * np.cos(a))), int(16 * size * (0.5 - r * np.sin(a))))
            for r, a in ((radius, azimuth), following)
        ]
        faded = strength * (1.0 - 0.75 * step / steps)
        cv2.line(image, points[0], points[1], (faded,), max(1, round(width)), cv2.LINE_8, 4)
        radius, azimuth = following
        if branches and generator.random() < 0.10:
            _grow(
                image,
                azimuth + 0.02 * generator.standard_normal(),
                radius,
                0.7 * faded,
                0.7 * width,
                branches - 1,
                generator,
            )


def _periodic_noise(size: int, generator: np.random.Generator) -> Field:
    """Smooth periodic noise [size, size] of standard deviation 1, features of about 8 texels."""
    small = generator.standard_normal((size // 8, size // 8)).astype(np.float32)
    pad = 2
    wrapped = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_WRAP)
    big = cv2.resize(wrapped, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)[8 * pad : -8 * pad, 8 * pad : -8 * pad]
    return np.ascontiguousarray(big / big.std())


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
