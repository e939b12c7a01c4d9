"""Procedural light: soft boxes, windows, skies, streets and coloured lamps around a head.

A light is a lat-long image of radiance for what is mirrored (the catchlights in the eyes), its brightest sources once
more as directional lights that cast shadows, and all the rest as spherical harmonics, so that nothing is counted twice
in diffuse light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.synthesis.streams import pick

Float32 = NDArray[np.float32]

ROWS: Final = 64
COLUMNS: Final = 128
MOST_KEYS: Final = 3
WELL_LIT: Final = 1.0
"""Linear level of a white surface in the light, on average."""


@dataclass(frozen=True)
class Source:
    """A bright patch of the sky: direction (unit), half-angles in degrees, radiance (linear RGB), bars: a window's
    cross; round: an ellipse instead of a rectangle."""

    direction: tuple[float, float, float]
    half_width: float
    half_height: float
    radiance: tuple[float, float, float]
    bars: bool = False
    round: bool = False

    @property
    def irradiance(self) -> Float32:
        """On a surface that faces it."""
        share = np.pi / 4.0 if self.round else 1.0
        solid = 4.0 * np.sin(np.radians(self.half_width)) * np.sin(np.radians(self.half_height)) * share
        return np.asarray(self.radiance, np.float32) * np.float32(solid * (0.85 if self.bars else 1.0))


@dataclass(frozen=True)
class Illumination:
    """kind: its name; mirror: float32 [ROWS, COLUMNS, 3] radiance from everywhere, everything included; directions
    [L, 3] unit, from the head to the brightest sources, strongest first; irradiance [L, 3]; softness [L]: angular
    radius in degrees; harmonics [9, 3]: the radiance without those sources as real spherical harmonics (order 1, y, z,
    x, xy, yz, 3zz-1, xz, xx-yy, orthonormal); ambient [6, 3]: its mean about +x, -x, +y, -y, +z, -z. Linear, already
    exposed: a white surface that is lit well is near WELL_LIT. Pictures of all directions: the top row looks up, the
    middle column along +Z, columns run to +X.
    """

    kind: str
    mirror: Float32
    directions: Float32
    irradiance: Float32
    softness: Float32
    harmonics: Float32
    ambient: Float32


def direction(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """Unit vector; azimuth in degrees from the face's front (+Z) to the subject's left (+X), elevation upwards."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return float(np.sin(a) * np.cos(e)), float(np.sin(e)), float(np.cos(a) * np.cos(e))


def temperature(kelvin: float) -> Float32:
    """Linear sRGB of a black body of 1,800 to 12,000 K relative to 6,500 K, of luminance 1 (a rounded fit)."""
    t = np.clip(kelvin, 1800.0, 12000.0) / 6500.0
    colour = np.array([t**-0.75 if t < 1 else t**-0.45, 1.0, t**1.25 if t < 1 else t**0.5])
    return (colour / (colour @ _LUMINANCE)).astype(np.float32)


_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])


def _tint(colour: Float32 | NDArray[np.float64], strength: float) -> tuple[float, float, float]:
    r, g, b = (float(c) * strength for c in colour)
    return r, g, b


@dataclass(frozen=True)
class Room:
    """sky, horizon, ground: radiance of the surroundings; sources before them."""

    sky: Float32
    horizon: Float32
    ground: Float32
    sources: tuple[Source, ...]


def _grey(level: float, colour: Float32 | None = None) -> Float32:
    return np.float32(level) * (np.ones(3, np.float32) if colour is None else colour)


def _studio(draws: np.random.Generator) -> Room:
    side = draws.choice([-1.0, 1.0])
    key = temperature(draws.uniform(4800, 6500))
    pattern = pick(draws, {"butterfly": 0.25, "loop": 0.4, "rembrandt": 0.2, "split": 0.06, "flat": 0.2})
    azimuth = {"butterfly": 4.0, "loop": 32.0, "rembrandt": 52.0, "split": 78.0, "flat": 15.0}[pattern]
    elevation = {"butterfly": 38.0, "loop": 26.0, "rembrandt": 38.0, "split": 8.0, "flat": 12.0}[pattern]
    azimuth, elevation = azimuth + draws.normal(0, 6.0), elevation + draws.normal(0, 5.0)
    fill = draws.uniform(0.12, 0.32) if pattern != "flat" else 0.4
    size = draws.uniform(9.0, 22.0)
    tall, bright = size * draws.uniform(0.8, 1.5), _tint(key, 14.0 * (14 / size) ** 2)
    sources = [Source(direction(side * azimuth, elevation), size, tall, bright, round=draws.random() < 0.3)]
    if draws.random() < 0.6:
        reflector = direction(-side * draws.uniform(35, 75), draws.uniform(-10, 15))
        sources.append(Source(reflector, 22.0, 22.0, _tint(key, draws.uniform(0.5, 1.8))))
    if draws.random() < 0.5:
        rim = direction(-side * draws.uniform(125, 160), draws.uniform(15, 45))
        sources.append(Source(rim, 8.0, 18.0, _tint(temperature(draws.uniform(4500, 8000)), draws.uniform(5.0, 22.0))))
    return Room(_grey(fill), _grey(fill), _grey(0.6 * fill), tuple(sources))


def _window(draws: np.random.Generator) -> Room:
    side = draws.choice([-1.0, 1.0])
    day = temperature(draws.uniform(5600, 8500))
    wall = _grey(draws.uniform(0.10, 0.28), temperature(draws.uniform(3600, 6000)))
    window = Source(
        direction(side * draws.uniform(20, 85), draws.uniform(2, 20)), draws.uniform(14, 24), draws.uniform(20, 32),
        _tint(day, draws.uniform(3.0, 5.0)), bars=draws.random() < 0.7,
    )  # fmt: skip
    lamp = Source(direction(-side * draws.uniform(60, 150), 25), 7, 7, _tint(temperature(2900), 4.0), round=True)
    return Room(1.1 * wall, wall, 0.5 * wall, (window, lamp) if draws.random() < 0.3 else (window,))


def _overcast(draws: np.random.Generator) -> Room:
    sky = _grey(draws.uniform(0.9, 1.1), temperature(draws.uniform(6500, 8500)))
    ground = _grey(draws.uniform(0.12, 0.35), temperature(draws.uniform(4800, 6500)))
    bright = Source(
        direction(draws.uniform(-90, 90), draws.uniform(35, 70)),
        35,
        30,
        _tint(sky, draws.uniform(0.6, 1.6)),
        round=True,
    )
    return Room(1.3 * sky, 0.75 * sky, ground, (bright,))


def _sun(draws: np.random.Generator) -> Room:
    blue = _grey(draws.uniform(0.35, 0.6), temperature(11000))
    ground = _grey(draws.uniform(0.2, 0.4), temperature(5200))
    sun = Source(
        direction(draws.uniform(-75, 75), draws.uniform(28, 55)), 2.5, 2.5, _tint(temperature(5500), 320.0), round=True
    )
    return Room(blue, 1.1 * blue, ground, (sun,))


def _shade(draws: np.random.Generator) -> Room:
    blue = _grey(draws.uniform(0.7, 1.0), temperature(draws.uniform(7500, 10000)))
    bounce = Source(
        direction(draws.uniform(-100, 100), draws.uniform(-5, 15)),
        40,
        16,
        _tint(temperature(5300), draws.uniform(0.9, 2.2)),
    )
    return Room(1.2 * blue, 0.8 * blue, _grey(0.3, temperature(5000)), (bounce,))


def _sunset(draws: np.random.Generator) -> Room:
    side = draws.choice([-1.0, 1.0])
    warm = 0.65 * temperature(draws.uniform(2600, 3800)) + 0.35
    sky = _grey(draws.uniform(0.3, 0.55), temperature(9500))
    sun = Source(
        direction(side * draws.uniform(15, 110), draws.uniform(5, 16)),
        4,
        4,
        _tint(warm, draws.uniform(60, 130)),
        round=True,
    )
    glow = Source(direction(side * draws.uniform(40, 100), 4), 55, 12, _tint(warm, draws.uniform(0.5, 1.2)))
    return Room(sky, 0.5 * sky + 0.25 * warm, _grey(0.12, temperature(4200)), (sun, glow))


def _night(draws: np.random.Generator) -> Room:
    lamps = []
    side = draws.choice([-1.0, 1.0])
    colours = [
        temperature(2200),
        temperature(3200),
        temperature(7500),
        np.array([0.35, 0.9, 1.6]),
        np.array([2.2, 0.45, 0.9]),
    ]
    for number in range(int(draws.integers(2, 4))):
        azimuth = side * draws.uniform(15, 60) if number == 0 else draws.uniform(-170, 170)
        colour = colours[int(draws.integers(0, 3 if number == 0 else 5))]
        colour = 0.55 * colour + 0.45 if number == 0 else 0.75 * colour + 0.25
        strength = draws.uniform(22, 45) if number == 0 else draws.uniform(4, 16)
        lamps.append(Source(direction(azimuth, draws.uniform(10, 45)), 7, 7, _tint(colour, strength), round=True))
    dark = _grey(draws.uniform(0.05, 0.12), temperature(draws.uniform(3500, 9000)))
    return Room(0.7 * dark, 1.2 * dark, 0.7 * dark, tuple(lamps))


def _gels(draws: np.random.Generator) -> Room:
    """Two coloured lamps and a pale one that keeps the face readable."""
    side = draws.choice([-1.0, 1.0])
    hues = draws.permutation(
        np.array([[1.9, 0.35, 0.7], [0.3, 0.8, 2.0], [0.35, 1.4, 1.2], [1.9, 0.9, 0.25], [1.1, 0.4, 2.0]])
    )
    hues = 0.6 * hues + 0.4
    first = Source(
        direction(side * draws.uniform(40, 80), draws.uniform(5, 30)), 14, 20, _tint(hues[0], draws.uniform(3, 7))
    )
    second = Source(
        direction(-side * draws.uniform(60, 130), draws.uniform(0, 30)), 12, 22, _tint(hues[1], draws.uniform(3, 8))
    )
    front = Source(
        direction(side * draws.uniform(0, 25), 20), 14, 14, _tint(temperature(5500), draws.uniform(4.5, 8.0))
    )
    return Room(_grey(0.08), _grey(0.1), _grey(0.05), (front, first, second))


def _office(draws: np.random.Generator) -> Room:
    tube = temperature(draws.uniform(3800, 5200)) * np.array([0.98, 1.03, 0.95], np.float32)
    wall = _grey(draws.uniform(0.3, 0.5), temperature(4800))
    panels = tuple(
        Source(direction(azimuth + draws.normal(0, 8), elevation), 11, 6, _tint(tube, draws.uniform(8, 14)))
        for azimuth, elevation in ((-35, 50), (35, 50), (0, 78), (150, 45), (-150, 45))
    )
    return Room(1.1 * wall, wall, 0.6 * wall, panels)


KINDS: Final[Mapping[str, tuple[float, Callable[[np.random.Generator], Room]]]] = {
    "studio": (0.34, _studio),
    "window": (0.17, _window),
    "overcast": (0.12, _overcast),
    "sun": (0.06, _sun),
    "shade": (0.08, _shade),
    "sunset": (0.08, _sunset),
    "night": (0.05, _night),
    "gels": (0.04, _gels),
    "office": (0.06, _office),
}
"""Name: share of the pictures and maker."""


def draw_room(draws: np.random.Generator) -> tuple[str, Room, float]:
    """The kind of a random light, its surroundings, and how bright a well lit white surface shall come out."""
    kind = pick(draws, {name: share for name, (share, _) in KINDS.items()})
    room = KINDS[kind][1](draws)
    stops = float(np.clip(draws.normal(0.05, 0.22), -0.4, 0.5))
    return kind, room, WELL_LIT * 2.0**stops


def draw_light(draws: np.random.Generator, facing: float = 0.0) -> Illumination:
    """A random light, exposed for what faces `facing` degrees to the subject's left (between head and camera)."""
    kind, room, target = draw_room(draws)
    return light_of(kind, room, facing, target)


def light_of(kind: str, room: Room, facing: float, target: float) -> Illumination:
    """The illumination of a room whose front is turned `facing` degrees to the subject's left, exposed for it."""
    return exposed(build(kind, room, facing), np.array(direction(facing, 5.0), np.float32), target)


def build(kind: str, room: Room, turn: float = 0.0) -> Illumination:
    """The illumination of a room whose front is turned `turn` degrees to the subject's left."""
    sources = tuple(_turned(source, turn) for source in room.sources)
    base = _surroundings(room)
    images = [_patch(source) for source in sources]
    order = sorted(range(len(sources)), key=lambda n: -float(sources[n].irradiance @ _LUMINANCE))
    # Wide sources stay in the harmonics: only what is small enough for a shadow becomes a directional light.
    keys = [n for n in order if max(sources[n].half_width, sources[n].half_height) < 33.0][:MOST_KEYS]
    whole = base + sum(images, np.zeros_like(base))
    rest = base + sum((images[n] for n in range(len(sources)) if n not in keys), np.zeros_like(base))
    directions = np.array([sources[n].direction for n in keys], np.float32).reshape(-1, 3)
    irradiance = np.array([sources[n].irradiance for n in keys], np.float32).reshape(-1, 3)
    softness = np.array([0.5 * (sources[n].half_width + sources[n].half_height) for n in keys], np.float32)
    return Illumination(
        kind, whole, directions, irradiance, softness, _harmonics(rest), _ambient(rest),
    )  # fmt: skip


def exposed(light: Illumination, view: Float32, target: float) -> Illumination:
    """The same light scaled so that a white surface turned to `view` (or to the best of a few normals about it) is
    `target` bright."""
    brightest = 0.0
    for tilt in (-35.0, 0.0, 35.0):
        turned = np.radians(tilt)
        c, s = np.cos(turned), np.sin(turned)
        normal = np.array([view[0] * c + view[2] * s, view[1], view[2] * c - view[0] * s], np.float32)
        brightest = max(brightest, float(_irradiance(light, normal) @ _LUMINANCE) * (1.0 if tilt == 0 else 0.9))
    scale = np.float32(target * np.pi / max(brightest, 1e-6))
    return Illumination(
        light.kind, light.mirror * scale, light.directions, light.irradiance * scale, light.softness,
        light.harmonics * scale, light.ambient * scale,
    )  # fmt: skip


def basis(normals: Float32) -> Float32:
    """The nine orthonormal real spherical harmonics [..., 9] at unit vectors [..., 3]."""
    x, y, z = np.moveaxis(np.asarray(normals, np.float32), -1, 0)
    return np.stack([
        np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
        0.315392 * (3.0 * z * z - 1.0), 1.092548 * x * z, 0.546274 * (x * x - y * y),
    ], axis=-1).astype(np.float32)  # fmt: skip


COSINE_LOBE: Final = np.array([np.pi] + [2.0 * np.pi / 3.0] * 3 + [np.pi / 4.0] * 5, np.float32)
"""What the clamped cosine makes of each band (Ramamoorthi & Hanrahan 2001)."""


def _irradiance(light: Illumination, normal: Float32) -> Float32:
    soft = (basis(normal) * COSINE_LOBE) @ light.harmonics
    hard = np.maximum(light.directions @ normal, 0.0) @ light.irradiance
    return soft + hard


def _turned(source: Source, degrees: float) -> Source:
    x, y, z = source.direction
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    where = (float(x * c + z * s), y, float(z * c - x * s))
    return Source(where, source.half_width, source.half_height, source.radiance, source.bars, source.round)


def _lat_long() -> tuple[Float32, Float32]:
    """Directions [R, C, 3] of the texels and their solid angles [R, C]; the middle column is +Z, columns run to +X."""
    elevation = np.pi * (0.5 - (np.arange(ROWS) + 0.5) / ROWS)
    azimuth = 2.0 * np.pi * ((np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5)
    e, a = np.meshgrid(elevation, azimuth, indexing="ij")
    ways = np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], axis=-1).astype(np.float32)
    return ways, (np.cos(e) * (np.pi / ROWS) * (2.0 * np.pi / COLUMNS)).astype(np.float32)


_WAYS, _SOLID = _lat_long()
_BASIS: Final = basis(_WAYS)


def _surroundings(room: Room) -> Float32:
    up = _WAYS[..., 1:2]
    high = np.clip(up / 0.7, 0.0, 1.0)
    low = np.clip(-up / 0.25, 0.0, 1.0)
    return (room.horizon + (room.sky - room.horizon) * high + (room.ground - room.horizon) * low).astype(np.float32)


def _patch(source: Source) -> Float32:
    """The radiance that a source adds, antialiased at its rim."""
    forward = np.asarray(source.direction, np.float32)
    right = np.cross(np.array([0.0, 1.0, 0.0]), forward)
    right = right / max(float(np.linalg.norm(right)), 1e-6)
    up = np.cross(forward, right)
    x, y, z = _WAYS @ right, _WAYS @ up, _WAYS @ forward
    ahead = np.maximum(z, 1e-3)
    across = np.degrees(np.arctan2(x, ahead)) / source.half_width
    along = np.degrees(np.arctan2(y, ahead)) / source.half_height
    texel = 180.0 / ROWS
    if source.round:
        cover = np.clip(
            (1.0 - np.hypot(across, along)) * min(source.half_width, source.half_height) / texel + 0.5, 0, 1
        )
    else:
        cover = np.clip((1.0 - np.abs(across)) * source.half_width / texel + 0.5, 0, 1)
        cover = cover * np.clip((1.0 - np.abs(along)) * source.half_height / texel + 0.5, 0, 1)
    if source.bars:
        cover = cover * np.clip(np.abs(across) * source.half_width / texel - 0.3, 0, 1)
        cover = cover * np.clip(np.abs(along - 0.25) * source.half_height / texel - 0.3, 0, 1)
    cover = cover * (z > 0)
    total = float((cover * _SOLID).sum())
    # However few texels a small source has, what it sends is exact.
    strength = source.irradiance / max(total, 1e-6)
    return (cover[..., None] * strength).astype(np.float32)


def _harmonics(image: Float32) -> Float32:
    return np.einsum("rcb,rck->bk", _BASIS * _SOLID[..., None], image).astype(np.float32)


def _ambient(image: Float32) -> Float32:
    axes = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float32)
    weight = np.maximum(np.einsum("rck,ak->arc", _WAYS, axes), 0.0) * _SOLID
    return (np.einsum("arc,rck->ak", weight, image) / weight.sum((1, 2))[:, None]).astype(np.float32)
