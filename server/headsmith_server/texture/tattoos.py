"""Tattoos: a drawing, laid flat on a region of the face and read from there by every texel.

The designs are made up of bands, dots, triangles and loose strokes; none is taken from a people's own marks.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.parameters import Tattoo
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.surface import SkinSurface

_SHEET: Final = 512
"""Pixels of a side of the drawing; 1 pixel is 1/256 of the design's half width."""

Sheet = NDArray[np.uint8]

_FRESH: Final = (0.050, 0.056, 0.075)
_FADED: Final = (0.25, 0.36, 0.38)
"""What is left of the light that comes back through black ink: bluish, and greenish blue when old."""

_PLACES: Final = {
    # landmark on the subject's left, offset outwards, upwards, forwards in mm, half width at sizes 0 and 1 in mm
    "cheek": (54, (21.0, 20.0, -14.0), 9.0, 27.0),
    "forehead": (24, (-14.0, 22.0, 0.0), 8.0, 22.0),
    "temple": (45, (21.0, 9.0, -26.0), 7.0, 21.0),
    "chin": (8, (0.0, 12.0, 6.0), 6.0, 15.0),
    "neck": (12, (8.0, -40.0, -24.0), 14.0, 38.0),
}
_TEAR: Final = (46, (3.5, -13.0, 0.0), 4.0, 7.0)


def tattoo(
    surface: SkinSurface, design: Tattoo, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """One tattoo as ink below the skin."""
    sheet = np.zeros((_SHEET, _SHEET), np.uint8)
    _DESIGNS[design.style](sheet, generator)
    landmark, offset, small, large = _TEAR if design.style == "teardrop" else _PLACES[design.region]
    half = small + (large - small) * design.size
    place = surface.landmarks_mm[landmark] + np.array(offset)
    side = -1.0 if design.side == "right" else 1.0
    place[0] *= side
    if design.side == "middle":
        place[0] = 0.0
    u, v, near = _frame(surface, place, half)
    texel_mm = surface.texel_mm * surface.size / surface.field.size
    # Ink spreads over the years; a line is never sharper than half a millimetre.
    blur = max(0.22 + 0.55 * (1.0 - design.strength), 0.5 * texel_mm) / half * (_SHEET / 2)
    sheet = cv2.GaussianBlur(sheet, (0, 0), blur)
    mirrored = np.float32(side if design.style != "script" else 1.0)
    pixels = np.float32(_SHEET / 2)
    across, down = (u * mirrored / np.float32(half) + 1.0) * pixels, (1.0 - v / np.float32(half)) * pixels
    ink = cv2.remap(sheet, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,))
    ink = ink.astype(np.float32) / np.float32(255.0)
    r = surface.regions
    wear = np.clip(np.float32(0.97) + np.float32(0.10) * noises.field(2, 0, 0, 0.6, 1.0, 0.8, 0.6), 0.5, 1.0)
    bare = cv2.resize(1.0 - np.clip(r["mucosa"] + r["nostril"] + r["lips"], 0, 1), ink.shape)
    ink = ink * near * wear * bare * np.float32(min(1.0, 3.0 * design.strength))
    faded = 1.0 - design.strength
    colour = tuple(a + (b - a) * 0.85 * faded for a, b in zip(_FRESH, _FADED, strict=True))
    drawing.lay(np.float32(0.97) * ink, (colour[0], colour[1], colour[2]), filters=True)


def _frame(surface: SkinSurface, place: Field, half: float) -> tuple[Field, Field, Field]:
    """Coordinates in mm to the right (seen from outside) and upwards of every texel around the skin nearest to a place,
    unrolled so that a curved cheek stretches nothing, and 1 on that piece of skin, 0 elsewhere; each [F, F]."""
    mm = surface.positions * np.float32(1000.0)
    size = min(surface.field.size, 256)
    step, coarser = surface.field.size // size, surface.regions.size // size
    usable = surface.field.covered[::step, ::step] & (surface.regions["mucosa"][::coarser, ::coarser] < 0.5)
    coarse = mm[::step, ::step]
    away = np.where(usable, ((coarse - place) ** 2).sum(axis=-1), 1e9)
    row, column = np.unravel_index(int(np.argmin(away)), away.shape)
    anchor = coarse[row, column]
    # The plane through the skin around; its normal points away from the head's axis.
    around = coarse[(((coarse - anchor) ** 2).sum(axis=-1) < (0.8 * half) ** 2) & usable]
    _, _, axes = np.linalg.svd(around - around.mean(axis=0), full_matrices=False)
    normal = axes[2] if len(around) > 8 else np.array([0.0, 0.0, 1.0])
    outwards = anchor * np.array([1.0, 0.0, 1.0]) - np.array([0.0, 0.0, 20.0])
    normal = normal * (1.0 if normal @ outwards > 0 else -1.0)
    up = np.array([0.0, 1.0, 0.0]) - normal[1] * normal
    up /= np.linalg.norm(up)
    right = np.cross(up, normal)
    offset = mm - anchor.astype(np.float32)
    u, v, w = (offset @ axis.astype(np.float32) for axis in (right, up, normal))
    flat = np.hypot(u, v)
    # Arc length instead of chord: what curves away keeps its size.
    unrolled = np.sqrt(flat * flat + np.float32(0.9) * w * w) / np.maximum(flat, 1e-3)
    near = (np.abs(w) < 0.85 * half + 6.0) & (flat < 1.6 * half)
    return (u * unrolled).astype(np.float32), (v * unrolled).astype(np.float32), near.astype(np.float32)


# Designs ---------------------------------------------------------------------------------------------------------


def _to_pixels(points: Field) -> NDArray[np.int32]:
    """-1..1 (v up) to sixteenths of a pixel."""
    pixels = (np.asarray(points, float) * (1.0, -1.0) + 1.0) * (_SHEET / 2)
    return np.round(pixels * 16).astype(np.int32)


def _line(sheet: Sheet, points: Field, width: float) -> None:
    cv2.polylines(sheet, [_to_pixels(points)], False, (255,), max(1, round(width * _SHEET / 2)), cv2.LINE_AA, 4)


def _shape(sheet: Sheet, points: Field, value: int = 255) -> None:
    cv2.fillPoly(sheet, [_to_pixels(points)], (value,), cv2.LINE_AA, 4)


def _tapered(sheet: Sheet, points: Field, width: float, swell: float = 0.5) -> None:
    """A stroke that is thickest at `swell` of its course and ends in points."""
    t = np.linspace(0.0, 1.0, len(points))
    along = np.gradient(points, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    thick = np.where(t < swell, t / swell, (1 - t) / (1 - swell)) ** 0.7 * width / 2
    _shape(sheet, np.concatenate([points + across * thick[:, None], (points - across * thick[:, None])[::-1]]))


def _disc(sheet: Sheet, x: float, y: float, radius: float, value: int = 255) -> None:
    centre = _to_pixels(np.array([[x, y]]))[0]
    cv2.circle(sheet, centre.tolist(), round(radius * _SHEET / 2 * 16), (value,), -1, cv2.LINE_AA, 4)


def _bands(sheet: Sheet, generator: np.random.Generator) -> None:
    """Two or three broad bands with a toothed edge."""
    count = int(generator.integers(2, 4))
    bow, teeth = generator.uniform(-0.18, 0.18), int(generator.integers(7, 12))
    x = np.linspace(-0.95, 0.95, 60)
    for row, y in enumerate(np.linspace(-0.45, 0.5, count)):
        course = y + bow * (x * x - 0.4)
        thick = 0.085 if row % 2 else 0.13
        _shape(sheet, np.concatenate([np.c_[x, course + thick / 2], np.c_[x, course - thick / 2][::-1]]))
        if row < count - 1:
            tooth = np.linspace(-0.95, 0.95, teeth + 1)
            for a, b in itertools.pairwise(tooth):
                base = [np.interp(t, x, course) + 0.13 for t in (a + 0.02, b - 0.02, (a + b) / 2)]
                _shape(sheet, np.array([(a + 0.02, base[0]), (b - 0.02, base[1]), ((a + b) / 2, base[2] + 0.17)]))


def _lines(sheet: Sheet, generator: np.random.Generator) -> None:
    """Parallel dashes of unequal length with a dot here and there."""
    tilt = generator.uniform(-0.25, 0.25)
    for y in np.linspace(-0.6, 0.6, int(generator.integers(4, 7))):
        start, stop = -0.85 + 0.3 * generator.random(), 0.55 + 0.35 * generator.random()
        _line(sheet, np.array([(start, y + tilt * start), (stop, y + tilt * stop)]), 0.055)
        if generator.random() < 0.6:
            _disc(sheet, stop + 0.1, y + tilt * (stop + 0.1), 0.035)


def _dots(sheet: Sheet, generator: np.random.Generator) -> None:
    """An arc of dots that grow towards its middle, with a fainter row beside it."""
    bow = generator.uniform(0.25, 0.55)
    most = int(generator.choice([7, 9, 11]))
    for row, count in ((0.0, most), (-0.22, most - 3), (-0.42, most - 6)):
        for t in np.linspace(-1.0, 1.0, count):
            x = 0.85 * t * (count / most)
            _disc(sheet, x, row + bow * (0.5 - x * x), 0.03 + 0.055 * (1.0 - abs(t)) + 0.015)


def _teardrop(sheet: Sheet, generator: np.random.Generator) -> None:
    """One drop, now and then a second, hollow one."""
    turn = np.linspace(0.0, 2 * np.pi, 60)
    drop = np.stack([0.5 * np.sin(turn) * np.sin(turn / 2) ** 1.5, 0.9 * np.cos(turn)], axis=1)
    shift = (0.0, 0.0) if generator.random() < 0.6 else (-0.1, 0.35)
    _shape(sheet, drop * (0.62 if any(shift) else 0.95) + shift)
    if any(shift):
        _shape(sheet, drop * 0.5 + (0.35, -0.5))
        _shape(sheet, drop * 0.30 + (0.35, -0.54), 0)


def _geometric(sheet: Sheet, generator: np.random.Generator) -> None:
    """Nested outlines of one polygon with a dot in the middle and rays."""
    corners = int(generator.choice([3, 4, 6]))
    turn = np.pi / 2 + np.arange(corners + 1) * 2 * np.pi / corners
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for radius, width in ((0.80, 0.055), (0.55, 0.04)):
        _line(sheet, ring * radius, width)
    _disc(sheet, 0.0, 0.0, 0.13)
    for corner in ring[:-1]:
        _line(sheet, np.array([corner * 0.25, corner * 0.48]), 0.035)
        _disc(sheet, float(corner[0]) * 0.94, float(corner[1]) * 0.94, 0.045)


def _script(sheet: Sheet, generator: np.random.Generator) -> None:
    """A line or two of running strokes with loops, ascenders and descenders that spell nothing."""
    rows = int(generator.integers(1, 3))
    for base in (0.30, -0.32)[:rows]:
        x = -0.95
        while x < 0.62:
            phase, word = np.linspace(0.0, 1.0, 16, endpoint=False), []
            for _ in range(int(generator.integers(3, 7))):
                kind = int(generator.choice(5, p=(0.42, 0.18, 0.2, 0.08, 0.12)))
                width = (0.11, 0.16, 0.11, 0.13, 0.12)[kind] * (0.9 + 0.25 * generator.random())
                tall = (0.15, 0.15, 0.45, 0.38, -0.30)[kind] * (0.9 + 0.2 * generator.random())
                turn = 2 * np.pi * phase
                # A running hand: circles that drift to the right; tall ones are loops, low ones arches.
                loop = (0.045, 0.075, 0.055, 0.02, 0.05)[kind] * np.sin(turn)
                rise = tall * 0.5 * (1.0 - np.cos(turn))
                word.append(np.stack([x + width * phase + loop + 0.30 * rise, base + rise], axis=1))
                x += width
                if x > 0.85:
                    break
            course = np.concatenate([*word, np.array([[x + 0.04, base + 0.03]])])
            _line(sheet, course, 0.034)
            x += 0.13
    if generator.random() < 0.6:
        t = np.linspace(0.0, 1.0, 30)
        below = -0.66 if rows == 2 else -0.12
        _tapered(sheet, np.stack([-0.7 + 1.4 * t, below + 0.08 * np.sin(2.2 * np.pi * t)], axis=1), 0.05)


def _curves(sheet: Sheet, generator: np.random.Generator) -> None:
    """A long double bend with shorter strokes that leave it and flow the same way."""
    t = np.linspace(0.0, 1.0, 60)
    sway, lean = generator.uniform(0.32, 0.45), generator.uniform(-0.2, 0.2)
    spine = np.stack([sway * np.sin(2 * np.pi * t) + lean * (t - 0.5), 1.8 * t - 0.9], axis=1)
    _tapered(sheet, spine, 0.13, 0.45)
    along = np.gradient(spine, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    turned = 1 if generator.random() < 0.5 else -1
    for number, at in enumerate((6, 14, 22, 31, 40, 48)):
        side, reach = turned * (-1) ** number, generator.uniform(0.4, 0.75)
        s = np.linspace(0.0, 1.0, 24)[:, None]
        out = np.array([along[at, 1], -along[at, 0]]) * side
        branch = spine[at] + reach * (along[at] * s * 0.9 + out * (0.75 * s**1.6 - 0.35 * s**4))
        _tapered(sheet, branch, 0.085, 0.3)


_DESIGNS: Final[dict[str, Callable[[Sheet, np.random.Generator], None]]] = {
    "bands": _bands, "lines": _lines, "dots": _dots, "teardrop": _teardrop, "geometric": _geometric,
    "script": _script, "curves": _curves,
}  # fmt: skip
