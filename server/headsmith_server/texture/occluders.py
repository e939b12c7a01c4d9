"""What hides skin in collected textures: hats, hair, glasses, markers, labels, holes, missing edges, clutter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.kept import kept
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface

Image = NDArray[Any]
"""uint8; OpenCV's stubs return any number."""

_PLACE_SIZE: Final = 256
"""Texels of the raster on which places on the head are known."""


@dataclass
class Spoilt:
    """A picture on its way: image sRGB uint8 [S, S, 3]; face uint8 [S, S], 0 where it shows no face."""

    image: Image
    face: Image

    def hide(self, cover: Field, paint: Field) -> None:
        """Lay paint (uint8 [S, S, 3] or one colour) over the image where cover [S, S] (uint8, 255 hides) is."""
        rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
        if not len(rows):
            return
        part = np.s_[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
        amount = cover[part].astype(np.float32)[..., None] * np.float32(1 / 255)
        under = self.image[part].astype(np.float32)
        over = paint[part] if np.ndim(paint) == 3 else np.asarray(paint)
        self.image[part] = (under + (over.astype(np.float32) - under) * amount + np.float32(0.5)).astype(np.uint8)
        self.face[part][cover[part] > 64] = 0

    def shade(self, amount: Field) -> None:
        """Darken by amount [S, S] 0..1; it stays face."""
        gain = np.float32(1.0) - amount.astype(np.float32)
        self.image = cv2.multiply(self.image, cv2.merge([gain, gain, gain]), dtype=cv2.CV_8U)


def clouds(size: int, cells: int, generator: np.random.Generator) -> Field:
    """Smooth noise [size, size] of standard deviation about 1, `cells` features across."""
    small = generator.standard_normal((cells, cells), dtype=np.float32)
    return cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC) * np.float32(1.3)


def _places(surface: SkinSurface) -> tuple[Field, Field]:
    """Positions in mm [256, 256, 3], and where islands are (uint8, 255 inside)."""

    def draw() -> tuple[Field, Field]:
        step = max(1, surface.field.size // _PLACE_SIZE)
        shape = (_PLACE_SIZE, _PLACE_SIZE)
        points = cv2.resize(surface.positions[::step, ::step] * np.float32(1000.0), shape)
        # Nothing lies on what is inside mouth, nose and lids.
        points[cv2.resize(np.maximum(surface.regions["mucosa"], surface.regions["nostril"]), shape) > 0.5] = -999.0
        inside = cv2.resize(surface.field.covered.astype(np.uint8) * 255, shape, interpolation=cv2.INTER_AREA)
        return points, inside

    return kept(surface, "places", draw)


def _to_size(mask: Field, size: int) -> Image:
    """0..1 at any size as uint8 0..255 [size, size]."""
    return cv2.resize((np.clip(mask, 0.0, 1.0) * np.float32(255.0)).astype(np.uint8), (size, size))


def _any_colour(generator: np.random.Generator) -> Field:
    """Of clothes and plastic: often dark or grey."""
    colour = generator.integers(0, 256, 3).astype(np.float32)
    grey = colour.mean()
    return (grey + (colour - grey) * generator.random()) * generator.uniform(0.15, 1.0)


def _fabric(size: int, generator: np.random.Generator) -> Field:
    """Woven or knitted cloth, [size, size, 3]."""
    axis = np.arange(size, dtype=np.float32)
    across, along = generator.uniform(0.15, 0.6, 2) * 512.0 / size
    rib = np.sin(axis * np.float32(across))[None, :] + 0.6 * np.sin(axis * np.float32(along))[:, None]
    shade = np.float32(1.0) + np.float32(0.10) * rib + np.float32(0.16) * clouds(size, 9, generator)
    return np.clip(shade[..., None] * _any_colour(generator).astype(np.float32), 0.0, 255.0).astype(np.uint8)


def _hat(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """A cap down to the forehead, with its shadow below the rim."""
    points, _ = _places(surface)
    size = spoilt.image.shape[0]
    brow = surface.landmarks_mm[[19, 24], 1].mean()
    line = brow + generator.uniform(4.0, 38.0) + generator.uniform(-0.25, 0.25) * (points[..., 2] - 90.0)
    over = points[..., 1] - line - generator.uniform(-0.15, 0.15) * points[..., 0]
    spoilt.shade(_to_size(0.55 * smoothstep(-22.0, 0.0, over), size) / np.float32(255.0))
    spoilt.hide(_to_size(smoothstep(-0.6, 0.6, over), size), _fabric(size, generator))


def _hair(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Hair over the scalp, and locks that fall into the face."""
    size = spoilt.image.shape[0]
    colours = ((24, 20, 18), (58, 38, 24), (104, 72, 44), (176, 142, 92), (150, 72, 34), (170, 168, 164))
    colour = np.array(colours[int(generator.integers(len(colours)))], np.float32)
    scalp = surface.regions["scalp"]
    # 0.5 on the hairline, 25 mm to either side.
    inside = (cv2.resize(scalp, (_PLACE_SIZE, _PLACE_SIZE)) - 0.5) * 50.0 + 4.0 * clouds(_PLACE_SIZE, 40, generator)
    strands = cv2.resize(generator.standard_normal((14, size), dtype=np.float32), (size, size))
    strands = cv2.GaussianBlur(strands, (0, 0), 0.8)
    texture = np.clip((np.float32(1.0) + np.float32(0.22) * strands)[..., None] * colour, 0, 255).astype(np.uint8)
    if generator.random() < 0.75:
        spoilt.hide(_to_size(smoothstep(-1.0, 7.0, inside - generator.uniform(-8.0, 6.0)), size), texture)
    locks = np.zeros((size, size), np.uint8)
    rows, columns = np.nonzero((inside > 0.0) & (inside < 9.0) & (_places(surface)[0][..., 2] > 30.0))
    if len(rows):
        for start in generator.choice(len(rows), int(generator.integers(2, 7))):
            sideways = generator.normal(0.0, 0.010) + 0.004 * generator.standard_normal(12)
            steps = np.stack([sideways, np.full(12, generator.uniform(0.008, 0.026))], axis=1)
            course = np.cumsum(steps, axis=0) + np.array([columns[start], rows[start]]) / _PLACE_SIZE
            for _ in range(int(generator.integers(8, 22))):
                wisp = (
                    course + generator.normal(0.0, 0.007, 2) + np.cumsum(generator.normal(0.0, 0.0014, (12, 2)), axis=0)
                )
                cv2.polylines(locks, [np.round(wisp * size * 16).astype(np.int32)], False, (235,), 1, cv2.LINE_AA, 4)
    spoilt.hide(locks, texture)


def _glasses(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Frames around both eyes, the shadow that they throw, now and then a glare on a lens."""
    points, _ = _places(surface)
    size = spoilt.image.shape[0]
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    eye = surface.landmarks_mm[42:48].mean(axis=0)
    power, wide, tall = generator.uniform(2.0, 5.0), generator.uniform(21.0, 27.0), generator.uniform(15.0, 22.0)

    def frame(drop: float, thick: float) -> Field:
        lens = (np.abs((x - eye[0] - 1.0) / wide) ** power + np.abs((y - eye[1] + drop) / tall) ** power) ** (
            1.0 / power
        )
        rim = thick - np.abs(lens - 1.0) * tall
        bridge = np.where(x < eye[0] - wide + 2.0, thick - np.abs(y - eye[1] - 4.0 + drop), -9.0)
        arm = np.where(x > eye[0] + wide - 1.0, thick - np.abs(y - eye[1] - 6.0 + drop), -9.0)
        return smoothstep(-0.5, 0.5, np.maximum(rim, np.maximum(bridge, arm))) * (z > -5.0)

    thick = generator.uniform(0.8, 2.8)
    spoilt.shade(
        _to_size(0.45 * cv2.GaussianBlur(frame(generator.uniform(2.0, 6.0), 1.5 * thick), (0, 0), 1.5), size)
        / np.float32(255)
    )
    spoilt.hide(_to_size(frame(0.0, thick), size), _any_colour(generator))
    if generator.random() < 0.4:
        lens = ((points[..., 0] - eye[0] * (1 if generator.random() < 0.5 else -1)) / wide) ** 2 + (
            (y - eye[1]) / tall
        ) ** 2
        streak = smoothstep(4.5, 1.5, np.abs(points[..., 0] + y - eye[0] - eye[1] + generator.uniform(-40, 40)))
        spoilt.hide(_to_size(smoothstep(1.0, 0.9, lens) * (0.15 + 0.75 * streak) * (z > 40.0), size), np.full(3, 235.0))


def _markers(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Motion capture dots on the face, some dozens, mirrored roughly."""
    points, inside = _places(surface)
    size = spoilt.image.shape[0]
    cover = np.zeros((size, size), np.uint8)
    rows, columns = np.nonzero((points[..., 2] > 45.0) & (inside > 200) & (points[..., 1] > -80.0))
    radius = generator.uniform(0.0022, 0.006) * size
    for at in generator.choice(len(rows), int(generator.integers(12, 70)), replace=False):
        row, column = rows[at] / _PLACE_SIZE * size, columns[at] / _PLACE_SIZE * size
        for place in (column, size - column) if generator.random() < 0.8 else (column,):
            centre = (round(float(place) * 16), round(float(row) * 16))
            cv2.circle(cover, centre, round(radius * 16), (255,), -1, cv2.LINE_AA, 4)
    colours = ((250, 250, 250), (15, 15, 18), (40, 90, 200), (190, 40, 40), (60, 190, 80))
    spoilt.hide(cover, np.array(colours[int(generator.integers(len(colours)))], np.float32))


def _label(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """A watermark, a number or a sticker somewhere on the map."""
    size = spoilt.image.shape[0]
    cover = np.zeros((size, size), np.uint8)
    text = "".join(
        chr(int(c)) for c in generator.choice([*range(48, 58), *range(65, 91)], int(generator.integers(4, 14)))
    )
    place = (int(size * generator.uniform(0.05, 0.5)), int(size * generator.uniform(0.1, 0.95)))
    scale = float(generator.uniform(0.6, 2.2)) * size / 512.0
    colour = _any_colour(generator)
    if generator.random() < 0.4:
        (wide, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
        cv2.rectangle(cover, (place[0] - 6, place[1] - tall - 8), (place[0] + wide + 6, place[1] + 10), (255,), -1)
        spoilt.hide(cover, 255.0 - colour)
        cover = np.zeros_like(cover)
    opacity = int(generator.integers(110, 256))
    cv2.putText(
        cover, text, place, int(generator.integers(0, 8)), scale, (opacity,), max(1, round(2 * scale)), cv2.LINE_AA
    )
    spoilt.hide(cover, colour)


def _stains(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Mascara that ran, lipstick that smeared, paint."""
    points, _ = _places(surface)
    size = spoilt.image.shape[0]
    eye, mouth = surface.landmarks_mm[42:48].mean(axis=0), surface.landmarks_mm[54]
    side = 1.0 if generator.random() < 0.5 else -1.0
    x, y = side * points[..., 0], points[..., 1]
    ragged = clouds(_PLACE_SIZE, 34, generator)
    if generator.random() < 0.5:
        run = eye[0] + generator.uniform(-9.0, 9.0) + 2.0 * np.sin(y / 7.0) + 0.8 * ragged
        streak = smoothstep(3.4, 0.8, np.abs(x - run)) * smoothstep(eye[1] - 4.0, eye[1] - 9.0, y)
        streak = streak * smoothstep(eye[1] - generator.uniform(26.0, 60.0), eye[1] - 16.0, y) * (points[..., 2] > 40.0)
        colour, amount = np.array([28.0, 24.0, 26.0]), 0.8 * streak
    else:
        dx, dy = (
            (x - mouth[0] - 5.0) / generator.uniform(9.0, 20.0),
            (y - mouth[1] + 2.0) / generator.uniform(5.0, 11.0),
        )
        smear = smoothstep(1.2, 0.3, np.hypot(dx, dy) + 0.22 * ragged) * (points[..., 2] > 40.0)
        colour, amount = np.array([generator.uniform(120, 210), 30.0, generator.uniform(40, 90)]), 0.75 * smear
    spoilt.hide(_to_size(amount, size), colour)


def _holes(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Places that the scanner did not see, with ragged borders and one flat colour."""
    size = spoilt.image.shape[0]
    ragged = clouds(_PLACE_SIZE, 30, generator) * np.float32(0.10) + clouds(_PLACE_SIZE, 80, generator) * np.float32(
        0.05
    )
    axis = np.linspace(0.0, 1.0, _PLACE_SIZE, dtype=np.float32)
    total = np.zeros((_PLACE_SIZE, _PLACE_SIZE), np.float32)
    for _ in range(int(generator.integers(1, 6))):
        u, v = generator.uniform(0.15, 0.85), generator.uniform(0.05, 0.8)
        wide, tall = generator.uniform(0.015, 0.12, 2)
        away = np.hypot((axis[None, :] - u) / np.float32(wide), (axis[:, None] - v) / np.float32(tall))
        total = np.maximum(total, smoothstep(1.04, 0.96, away + 2.0 * ragged))
    flat = float(generator.choice([0.0, 128.0, 255.0, 12.0]))
    spoilt.hide(_to_size(total, size), np.full(3, flat))


def _missing_edges(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Only the front of the head was photographed: the rest is empty or smeared out."""
    points, _ = _places(surface)
    size = spoilt.image.shape[0]
    depth = points[..., 2] + np.float32(0.25) * points[..., 1] + 5.0 * clouds(_PLACE_SIZE, 26, generator)
    behind = smoothstep(1.0, -1.0, depth - np.float32(generator.uniform(15.0, 62.0)))
    cover = _to_size(behind, size)
    if generator.random() < 0.5:
        smeared = cv2.resize(cv2.resize(spoilt.image, (9, 9), interpolation=cv2.INTER_AREA), (size, size))
        spoilt.hide(cover, smeared)
    else:
        spoilt.hide(cover, np.full(3, float(generator.choice([0.0, 127.0, 255.0]))))


def _clutter(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Outside the islands lies something: a background, other textures, checks."""
    _, inside = _places(surface)
    size = spoilt.image.shape[0]
    outside = 255 - cv2.resize(inside, (size, size))
    kind = int(generator.integers(3))
    if kind == 0:
        small = generator.integers(0, 256, (int(generator.integers(3, 24)),) * 2 + (3,)).astype(np.uint8)
        paint = cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC)
    elif kind == 1:
        step = int(generator.integers(8, 48))
        axis = np.arange(size) // step
        check = ((axis[:, None] + axis[None, :]) % 2).astype(np.float32)[..., None]
        paint = (_any_colour(generator) + check * (_any_colour(generator) - _any_colour(generator))).clip(0, 255)
    else:
        paint = np.ascontiguousarray(np.roll(spoilt.image[::-1, ::-1], int(generator.integers(size)), axis=0))
    spoilt.hide(outside, paint)


OCCLUDERS: Final[dict[str, Callable[[SkinSurface, Spoilt, np.random.Generator], None]]] = {
    "stains": _stains, "markers": _markers, "glasses": _glasses, "hair": _hair, "hat": _hat, "label": _label,
    "holes": _holes, "missing_edges": _missing_edges, "clutter": _clutter,
}  # fmt: skip
