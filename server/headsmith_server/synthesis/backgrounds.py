"""Blurred backdrops that belong to the light: studio paper, rooms, foliage, streets, skies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.synthesis.lights import Illumination
from headsmith_server.synthesis.streams import pick

Float32 = NDArray[np.float32]

SCENES: Final[Mapping[str, Mapping[str, float]]] = {
    "studio": {"paper": 0.8, "room": 0.1, "black": 0.1},
    "window": {"room": 0.75, "paper": 0.25},
    "overcast": {"foliage": 0.4, "street": 0.3, "sky": 0.2, "paper": 0.1},
    "sun": {"foliage": 0.45, "street": 0.25, "sky": 0.3},
    "shade": {"foliage": 0.45, "street": 0.4, "room": 0.15},
    "sunset": {"sky": 0.4, "foliage": 0.3, "street": 0.3},
    "night": {"lamps": 0.8, "black": 0.2},
    "gels": {"paper": 0.5, "lamps": 0.3, "black": 0.2},
    "office": {"room": 0.9, "paper": 0.1},
}
"""Kind of light: what may lie behind the person, with shares."""
_WORK: Final = 160


def draw_background(draws: np.random.Generator, light: Illumination, size: int) -> Float32:
    """A backdrop, linear [size, size, 3], exposed as the light is."""
    scene = pick(draws, dict(SCENES.get(light.kind, {"paper": 1.0})))
    image = {
        "paper": _paper, "room": _room, "black": _black, "foliage": _foliage, "street": _street, "sky": _sky,
        "lamps": _lamps,
    }[scene](draws, light)  # fmt: skip
    blur = float(draws.uniform(3.0, 10.0)) if scene not in ("paper", "black") else 2.0
    image = cv2.GaussianBlur(image, (0, 0), blur, borderType=cv2.BORDER_REFLECT)
    if scene in ("lamps", "street") or (scene == "foliage" and draws.random() < 0.6):
        image = image + _bokeh(draws, light, scene)
    image = cv2.resize(np.maximum(image, 0.0), (size, size), interpolation=cv2.INTER_CUBIC)
    return np.maximum(image, 0.0).astype(np.float32)


def _grid() -> tuple[Float32, Float32]:
    axis = (np.arange(_WORK, dtype=np.float32) + 0.5) / _WORK * 2.0 - 1.0
    x, y = np.meshgrid(axis, -axis)
    return x, y


def _level(light: Illumination) -> Float32:
    """Mean light that reaches the surroundings: what a grey wall would send, at most as bright as white."""
    mean = light.ambient.mean(0) + 0.25 * light.irradiance.sum(0) / np.pi
    top = float(mean.max())
    return (mean * min(1.0, 1.0 / max(top, 1e-6))).astype(np.float32)


def _hue(draws: np.random.Generator, saturation: float) -> Float32:
    hsv = np.array([[[draws.uniform(0, 360), saturation, 1.0]]], np.float32)
    colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] ** 2.2
    return (colour / max(float(colour @ np.array([0.2126, 0.7152, 0.0722])), 0.15) ** 0.6).astype(np.float32)


def _noise(draws: np.random.Generator, cells: int, rows: int | None = None) -> Float32:
    grid = draws.standard_normal((rows or cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (_WORK, _WORK), interpolation=cv2.INTER_CUBIC), np.float32)


def _paper(draws: np.random.Generator, light: Illumination) -> Float32:
    x, y = _grid()
    grey = draws.random() < 0.6
    colour = np.ones(3, np.float32) if grey else _hue(draws, float(draws.uniform(0.15, 0.55)))
    tone = float(np.exp(draws.uniform(np.log(0.03), np.log(0.7))))
    spot = np.exp(-((x - draws.normal(0, 0.4)) ** 2 + (y - draws.normal(0, 0.3)) ** 2) / draws.uniform(0.6, 3.0))
    shade = (0.45 + 0.75 * spot) * (1.0 + 0.25 * draws.normal() * x + 0.15 * y)
    mottle = 1.0 + (0.12 * _noise(draws, 5) + 0.06 * _noise(draws, 11) if draws.random() < 0.4 else 0.0)
    return (tone * np.maximum(shade * mottle, 0.02)[..., None] * colour).astype(np.float32)


def _black(draws: np.random.Generator, light: Illumination) -> Float32:
    x, y = _grid()
    glow = np.exp(-(x**2 + y**2)) * draws.uniform(0.004, 0.02)
    return ((0.004 + glow)[..., None] * _hue(draws, 0.2)).astype(np.float32)


def _room(draws: np.random.Generator, light: Illumination) -> Float32:
    level = _level(light) * float(draws.uniform(0.35, 0.9))
    wall = np.clip(_hue(draws, float(draws.uniform(0.0, 0.18))), 0.2, 1.2) * 0.7
    image = np.broadcast_to(level * wall, (_WORK, _WORK, 3)).copy()
    for _ in range(int(draws.integers(5, 12))):
        w, h = draws.uniform(0.08, 0.5, 2) * _WORK
        cx, cy = draws.uniform(-0.1, 1.1, 2) * _WORK
        bright = draws.random() < 0.18
        tint = _hue(draws, float(draws.uniform(0.0, 1.0) ** 2 * 0.45))
        strength = float(draws.uniform(1.0, 2.2)) if bright else float(draws.uniform(0.08, 0.7))
        corner, other = (int(cx - w / 2), int(cy - h / 2)), (int(cx + w / 2), int(cy + h / 2))
        r, g, b = (float(c) for c in np.clip(level * tint * strength, 0, 1.6))
        cv2.rectangle(image, corner, other, (r, g, b), -1)
    x, _ = _grid()
    return (image * (1.0 + 0.25 * draws.normal() * x)[..., None]).astype(np.float32)


def _foliage(draws: np.random.Generator, light: Illumination) -> Float32:
    level = _level(light)
    leaf = np.array([0.16, 0.24, 0.06], np.float32) * draws.uniform(0.6, 1.3)
    dry = np.array([0.30, 0.22, 0.09], np.float32)
    mix = np.clip(0.5 + 0.5 * _noise(draws, 6) * draws.uniform(0, 1), 0, 1)[..., None] * draws.uniform(0, 0.7)
    clumps = np.clip(0.55 + 0.35 * _noise(draws, 9) + 0.25 * _noise(draws, 24) + 0.2 * _noise(draws, 60), 0.06, 2.0)
    _, y = _grid()
    sky = np.clip((y - draws.uniform(0.1, 1.3) + 0.25 * _noise(draws, 12)) * 4.0, 0, 1)[..., None]
    image = level * (leaf + (dry - leaf) * mix) * 1.6 * clumps[..., None]
    return (image + (np.minimum(light.ambient[2], 1.2) * 0.8 - image) * sky).astype(np.float32)


def _sky(draws: np.random.Generator, light: Illumination) -> Float32:
    _, y = _grid()
    up = np.clip(0.5 + 0.5 * y, 0, 1)[..., None]
    zenith, horizon = np.minimum(light.ambient[2], 0.9), np.minimum(_level(light) * 1.2, 0.95)
    clouds = np.clip(0.4 * _noise(draws, 5, 9) + 0.25 * _noise(draws, 12, 24), -0.3, 0.9)[..., None] * 0.35
    image = horizon + (zenith - horizon) * up
    image = image * (1.0 + clouds)
    land = np.clip((draws.uniform(-1.1, -0.1) + 0.08 * _noise(draws, 7) - y) * 9.0, 0, 1)[..., None]
    ground = _level(light) * np.array([0.22, 0.2, 0.14], np.float32) * draws.uniform(0.5, 1.4)
    return (image + (ground - image) * land).astype(np.float32)


def _street(draws: np.random.Generator, light: Illumination) -> Float32:
    level = _level(light)
    image = np.broadcast_to(np.minimum(light.ambient[2], 1.0) * 0.7, (_WORK, _WORK, 3)).copy()
    for _ in range(int(draws.integers(5, 9))):
        left, width = draws.uniform(-0.2, 1.0) * _WORK, draws.uniform(0.12, 0.5) * _WORK
        top = draws.uniform(-0.2, 0.55) * _WORK
        stone = np.clip(_hue(draws, float(draws.uniform(0.05, 0.35))), 0.1, 1.3) * draws.uniform(0.12, 0.55)
        r, g, b = (float(c) for c in level * stone)
        cv2.rectangle(image, (int(left), int(top)), (int(left + width), _WORK), (r, g, b), -1)
    _, y = _grid()
    road = np.clip((draws.uniform(-1.0, -0.4) - y) * 12.0, 0, 1)[..., None]
    return (image + (level * 0.25 - image) * road).astype(np.float32)


def _lamps(draws: np.random.Generator, light: Illumination) -> Float32:
    glow = np.clip(0.5 + 0.5 * _noise(draws, 4), 0, 1)[..., None] * _hue(draws, 0.5)
    return (0.03 * glow + 0.01 + 0.05 * _level(light)).astype(np.float32)


def _bokeh(draws: np.random.Generator, light: Illumination, scene: str) -> Float32:
    """Discs of light out of focus."""
    image = np.zeros((_WORK, _WORK, 3), np.float32)
    radius = float(draws.uniform(3, 9))
    strength = {"lamps": 0.5, "street": 0.12, "foliage": 0.14}[scene]
    for _ in range(int(draws.integers(6, 26))):
        x, y = draws.uniform(0, _WORK, 2)
        own = radius * draws.uniform(0.8, 1.2)
        warm = np.array([1.5, 1.0, 0.5], np.float32) if draws.random() < 0.6 else _hue(draws, 0.5)
        colour = warm if scene == "lamps" else np.minimum(light.ambient[2], 1.0) * np.array([1.05, 1.0, 0.8])
        disc = np.zeros((_WORK, _WORK), np.float32)
        cv2.circle(disc, (int(x * 16), int(y * 16)), int(own * 16), (1.0,), -1, cv2.LINE_AA, 4)
        image += disc[..., None] * colour * np.float32(strength * draws.uniform(0.3, 1.6))
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), np.float32)
