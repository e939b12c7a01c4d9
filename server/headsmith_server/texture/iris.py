"""The iris: fibres, crypts, furrows and collarette, drawn unrolled (angle by radius) and then rolled up.

After the anatomy in Lefohn et al., "An ocularist's approach to human iris synthesis" (2003): a dark epithelium, over it
the stroma's radial fibres in two zones that meet at the collarette, gaps (crypts) in it, rings where it folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.parameters import EyeParameters
from headsmith_server.texture.regions import smoothstep

Colour = tuple[float, float, float]


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

_INSIDE: Final = 0.12
_OUTSIDE: Final = 0.12
"""How far the unrolled iris goes on inside the pupil and beyond the limbus, as shares of its width."""


@dataclass(frozen=True)
class UnrolledIris:
    """colour: linear sRGB [T, A, 3], relief about -1..1 [T, A]; columns run once around from angle -pi, rows from
    -_INSIDE to 1 + _OUTSIDE of the way from the pupil's edge to the limbus."""

    colour: Field
    relief: Field


def unrolled_iris(eyes: EyeParameters, iris: str, around: int, generator: np.random.Generator) -> UnrolledIris:
    """Draw an iris with `around` columns. An unknown colour name is painted brown."""
    rows = max(32, around // 10)
    t = np.linspace(-_INSIDE, 1.0 + _OUTSIDE, rows, dtype=np.float32)[:, None]
    colours = IRIS_COLOURS.get(iris, IRIS_COLOURS["brown"])
    wave = _noise(generator, 40, 5, around, rows)
    fibres = _fibres(generator, around, rows, wave)
    ragged = _noise(generator, 46, 1, around, 1) + 0.6 * _noise(generator, 110, 1, around, 1)
    border = np.float32(0.30 + 0.03 * eyes.pupil) + np.float32(0.022) * ragged
    ring = np.exp(-(((t - border) / np.float32(0.045)) ** 2))
    inner_zone = smoothstep(0.06, -0.06, t - border)
    amount = np.clip(np.float32(0.5) + np.float32(0.28 + 0.75 * eyes.fibres) * fibres, 0.0, 1.25)
    amount = amount * (1.0 - 0.25 * inner_zone) + np.float32(0.55 * eyes.collarette) * ring
    crypt, rim = _crypts(eyes, generator, around, rows, t)
    amount = amount + np.float32(0.35) * rim
    colour = _mixed(colours, amount)
    for name, share in (
        (eyes.sector, None if eyes.sector is None else _wedge(generator, around, t)),
        (eyes.central, smoothstep(0.10, -0.12, t - np.float32(0.12 + 0.75 * eyes.central_width) - 0.05 * fibres)),
    ):
        if name is not None and share is not None:
            other = IRIS_COLOURS.get(name, IRIS_COLOURS["brown"])
            colour += (_mixed(other, amount) - colour) * share[..., None]
    # What lies around the pupil is warmer and lighter in most irises.
    warm = np.array(colours.inner, np.float32) * (np.float32(0.40) + np.float32(0.75) * amount[..., None])
    share = colours.inner_share if eyes.central is None else 0.25
    zone = smoothstep(0.16, -0.10, t - border - np.float32(0.05) * fibres) * np.float32(share)
    colour += (warm - colour) * zone[..., None]
    furrow = _furrows(eyes, generator, around, rows, t)
    colour *= (1.0 - np.float32(0.72) * crypt - np.float32(0.34) * furrow)[..., None]
    if eyes.flecks > 0.01:
        fleck = _flecks(eyes, generator, around, rows)
        colour += (np.array([0.055, 0.024, 0.008], np.float32) - colour) * (np.float32(0.85) * fleck)[..., None]
    _edges(eyes, colours, colour, t, fibres)
    relief = np.float32(0.75) * fibres - np.float32(1.1) * crypt - np.float32(0.6) * furrow + np.float32(0.5) * ring
    relief = relief * smoothstep(-0.02, 0.08, t)
    return UnrolledIris(np.clip(colour, 0.0, 1.0).astype(np.float32), relief.astype(np.float32))


def rolled(field: Field, radius: Field, angle: Field) -> Field:
    """Samples of an unrolled field [T, A(, C)] at radius (0 pupil's edge .. 1 limbus) and angle (radians), [H, W]."""
    rows, around = field.shape[:2]
    padded = cv2.copyMakeBorder(field, 0, 0, 0, 1, cv2.BORDER_WRAP)
    column = (angle / np.float32(2 * np.pi) + np.float32(0.5)) * np.float32(around)
    row = np.clip((radius + np.float32(_INSIDE)) / np.float32(1.0 + _INSIDE + _OUTSIDE), 0.0, 1.0) * np.float32(
        rows - 1
    )
    return cv2.remap(padded, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _mixed(colours: IrisColour, amount: Field) -> Field:
    stroma, fibre = np.array(colours.stroma, np.float32), np.array(colours.fibre, np.float32)
    return stroma + (fibre - stroma) * amount[..., None]


def _noise(generator: np.random.Generator, around: int, outwards: int, width: int, height: int) -> Field:
    """Smooth noise [height, width] of standard deviation about 1, periodic along the width."""
    small = generator.standard_normal((max(outwards, 1), around)).astype(np.float32)
    pad = 3
    wrapped = cv2.copyMakeBorder(small, 0, 0, pad, pad, cv2.BORDER_WRAP)
    scale = width / around
    # One column more than needed on each side, so that both ends of the circle meet.
    columns = (np.arange(width, dtype=np.float32) + 0.5) / np.float32(scale) - 0.5 + pad
    rows = (np.arange(height, dtype=np.float32) + 0.5) * np.float32(small.shape[0] / height) - 0.5
    x, y = np.broadcast_to(columns[None, :], (height, width)), np.broadcast_to(rows[:, None], (height, width))
    return cv2.remap(wrapped, np.ascontiguousarray(x), np.ascontiguousarray(y), cv2.INTER_CUBIC,
                     borderMode=cv2.BORDER_REPLICATE) * np.float32(1.2)  # fmt: skip


def _fibres(generator: np.random.Generator, around: int, rows: int, wave: Field) -> Field:
    """Bundles of thin bright threads on dark ground, -1..1, swaying along their way."""
    total = np.zeros((rows, around), np.float32)
    for count, outwards, weight in ((64, 3, 0.28), (150, 4, 0.42), (310, 6, 0.55)):
        if count * 2 > around:
            continue
        threads = 1.0 - np.abs(_noise(generator, count, outwards, around, rows)) * np.float32(1.3)
        total += np.float32(weight) * threads
    columns = np.arange(around, dtype=np.float32)[None, :] + wave * np.float32(around / 520.0)
    lines = np.broadcast_to(np.arange(rows, dtype=np.float32)[:, None], total.shape)
    swayed = cv2.remap(cv2.copyMakeBorder(total, 0, 0, 8, 8, cv2.BORDER_WRAP), columns.astype(np.float32) + 8,
                       np.ascontiguousarray(lines), cv2.INTER_LINEAR)  # fmt: skip
    swayed -= swayed.mean()
    return np.tanh(swayed / np.float32(1.9 * max(float(swayed.std()), 1e-6)))


def _crypts(
    eyes: EyeParameters, generator: np.random.Generator, around: int, rows: int, t: Field
) -> tuple[Field, Field]:
    """Gaps in the stroma as lenses along the fibres, most of them at the collarette, and their bright rims."""
    image = np.zeros((rows, around), np.uint8)
    per_row = rows / (1.0 + _INSIDE + _OUTSIDE)
    draws = generator.random((40, 4))
    for number in range(round(2 + 34 * eyes.crypts**1.2)):
        at, out, size, dark = draws[number].tolist()
        middle = 0.36 + 0.10 * out if number % 3 else 0.5 + 0.35 * out
        half = (0.05 + 0.10 * size) * (0.6 + 0.6 * eyes.crypts)
        wide = half * 0.42 * per_row * (1.6 - middle)
        centre = (round(at * around * 16), round((middle + _INSIDE) * per_row * 16))
        axes = (max(16, round(wide * 16 * around / (6.0 * per_row) * 0.55)), max(16, round(half * per_row * 16)))
        for shift in (-around * 16, 0, around * 16):
            shifted = (centre[0] + shift, centre[1])
            cv2.ellipse(image, shifted, axes, 0.0, 0.0, 360.0, (round(110 + 145 * dark),), -1, cv2.LINE_AA, 4)
    sigma = around / 700.0
    dark = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE).astype(np.float32) / np.float32(255)
    wide = cv2.GaussianBlur(image, (0, 0), 2.6 * sigma, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    rim = np.clip(wide / np.float32(255) - dark, 0.0, 1.0)
    return dark * np.float32(0.35 + 0.65 * eyes.crypts), rim


def _furrows(eyes: EyeParameters, generator: np.random.Generator, around: int, rows: int, t: Field) -> Field:
    """Rings in which the stroma folds when the pupil opens; each runs around only in part."""
    total = np.zeros((rows, around), np.float32)
    for place, width in ((0.62, 0.016), (0.74, 0.018), (0.85, 0.015)):
        course = np.float32(place) + np.float32(0.014) * _noise(generator, 9, 1, around, 1)
        shown = smoothstep(0.3, 1.1, _noise(generator, 7, 1, around, 1) + np.float32(1.7 * eyes.furrows - 0.4))
        total = np.maximum(total, np.exp(-(((t - course) / np.float32(width)) ** 2)) * shown)
    return total * np.float32(0.3 + 0.7 * eyes.furrows)


def _flecks(eyes: EyeParameters, generator: np.random.Generator, around: int, rows: int) -> Field:
    """Freckles of the iris: small brown clouds."""
    image = np.zeros((rows, around), np.float32)
    for at, out, size, dark in generator.random((round(1 + 13 * eyes.flecks), 4)).tolist():
        radius = (0.006 + 0.014 * size) * around
        centre = (round(at * around), round((0.2 + 0.6 * out) * rows))
        cv2.ellipse(image, centre, (max(1, round(radius)), max(1, round(0.8 * radius * rows / (0.16 * around)))), 0, 0,
                    360, (0.5 + 0.5 * dark,), -1)  # fmt: skip
    return cv2.GaussianBlur(image, (0, 0), around / 420.0, borderType=cv2.BORDER_REPLICATE)


def _wedge(generator: np.random.Generator, around: int, t: Field) -> Field:
    """A sector of the circle with a ragged edge."""
    middle, half = generator.random(), 0.055 + 0.10 * generator.random()
    turn = (np.arange(around, dtype=np.float32)[None, :] + 0.5) / np.float32(around)
    away = np.abs((turn - np.float32(middle) + 0.5) % 1.0 - np.float32(0.5))
    ragged = np.float32(0.012) * _noise(generator, 150, 2, around, len(t))
    return smoothstep(half + 0.012, half - 0.012, away + ragged)


def _edges(eyes: EyeParameters, colours: IrisColour, colour: Field, t: Field, fibres: Field) -> None:
    """The ruff around the pupil, the limbal ring, the ring of old age and the pupil, in place."""
    ruff = smoothstep(0.055, 0.0, t + np.float32(0.012) * fibres)
    colour += (np.array([0.012, 0.006, 0.003], np.float32) - colour) * (np.float32(0.9) * ruff)[..., None]
    ring = smoothstep(1.0 - 0.16 - 0.16 * eyes.limbal_ring, 1.0, t + np.float32(0.03) * fibres)
    limbus = np.array(colours.limbus, np.float32)
    colour += (limbus - colour) * (np.float32(0.30 + 0.66 * eyes.limbal_ring) * ring)[..., None]
    if eyes.arcus > 0.01:
        band = smoothstep(0.80 - 0.10 * eyes.arcus, 0.92, t + np.float32(0.02) * fibres)
        pale = np.array([0.44, 0.47, 0.48], np.float32)
        colour += (pale - colour) * (np.float32(0.78 * eyes.arcus) * band)[..., None]
    pupil = smoothstep(0.012, -0.012, t)
    colour += (np.float32(0.0015) - colour) * pupil[..., None]
