"""What the shoulders look like: bare skin above the neckline, cloth with folds and a hem below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.synthesis.streams import pick
from headsmith_server.synthesis.torso import Torso

Float32 = NDArray[np.float32]

ROWS: Final = 256
COLUMNS: Final = 512
CLOTHS: Final = {"plain": 0.62, "stripes": 0.14, "heather": 0.14, "check": 0.10}


@dataclass(frozen=True)
class TorsoMaps:
    """Linear albedo [R, C, 3], tangent normal -1..1 [R, C, 3], roughness, specular and skin (1, 0 on cloth) [R, C]."""

    albedo: Float32
    normal: Float32
    roughness: Float32
    specular: Float32
    skin: Float32


def paint_torso(torso: Torso, neck: Float32, draws: np.random.Generator) -> TorsoMaps:
    """The maps of a torso. neck: linear colour [columns, 3] of the head's skin at the collar, in the torso's order."""
    v = 1.0 - (np.arange(ROWS, dtype=np.float32)[:, None] + 0.5) / ROWS
    cut = cv2.resize(torso.cut[None, :], (COLUMNS, 1), interpolation=cv2.INTER_LINEAR)
    below = (cut - v).astype(np.float32)  # > 0 where there is cloth
    cloth = np.clip(below * ROWS * 0.6 + 0.5, 0.0, 1.0)
    rim = cv2.GaussianBlur(cv2.resize(neck[None], (COLUMNS, 1), interpolation=cv2.INTER_LINEAR), (0, 0), 9.0)
    mean = np.median(neck, axis=0).astype(np.float32)
    far = np.clip((1.0 - v) / 0.12, 0.0, 1.0)[..., None]
    skin = (rim + (mean - rim) * far) * (1.0 - 0.08 * far)
    mottle = 0.02 * _noise(draws, 10, 40) + 0.012 * _noise(draws, 40, 160)
    skin = skin * (1.0 + mottle[..., None] * np.array([0.7, 1.0, 1.1], np.float32))

    colour, rough = _cloth(draws, v)
    hem = np.exp(-((below / 0.018) ** 2)) * (below > 0)
    edge = np.exp(-((below / 0.008) ** 2))
    colour = colour * (1.0 - 0.12 * edge * cloth)[..., None]
    skin = skin * (1.0 - 0.35 * np.exp(-((np.minimum(below, 0.0) / 0.012) ** 2)) * (below <= 0))[..., None]
    albedo = skin + (colour - skin) * cloth[..., None]

    folds = cv2.GaussianBlur(_noise(draws, 10, 18), (0, 0), 3.0) * np.clip(below / 0.15, 0.0, 1.0)
    height = cloth * (2.2 * folds + 0.05 * _noise(draws, 256, 512) + 1.2 * hem)
    slope_x, slope_y = np.gradient(height, axis=1), -np.gradient(height, axis=0)
    normal = np.stack([-slope_x * 1.2, -slope_y * 1.2, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return TorsoMaps(
        albedo=np.clip(albedo, 0.003, 0.9).astype(np.float32),
        normal=normal.astype(np.float32),
        roughness=(0.48 + (rough - 0.48) * cloth).astype(np.float32),
        specular=(0.32 + (0.18 - 0.32) * cloth).astype(np.float32),
        skin=(1.0 - cloth).astype(np.float32),
    )


def _cloth(draws: np.random.Generator, v: Float32) -> tuple[Float32, float]:
    """Linear colour [R, C, 3] and roughness of a cloth."""
    base = _colour(draws)
    other = _colour(draws)
    image = np.broadcast_to(base, (ROWS, COLUMNS, 3)).astype(np.float32).copy()
    kind = pick(draws, CLOTHS)
    u = np.broadcast_to((np.arange(COLUMNS, dtype=np.float32)[None, :] + 0.5) / COLUMNS, (ROWS, COLUMNS))
    rows = np.broadcast_to(v, (ROWS, COLUMNS))
    pitch, width = float(draws.uniform(14, 34)), float(draws.uniform(0.25, 0.6))
    across = ((rows * pitch) % 1.0 < width).astype(np.float32)
    along = ((u * round(2.2 * pitch)) % 1.0 < width).astype(np.float32)
    if kind == "stripes":
        image += (other - image) * across[..., None]
    elif kind == "check":
        image += (other - image) * (0.5 * across + 0.5 * along)[..., None]
    elif kind == "heather":
        image *= (1.0 + 0.18 * _noise(draws, 200, 400))[..., None]
    image *= (1.0 + 0.04 * _noise(draws, 120, 240))[..., None]
    return np.clip(image, 0.004, 0.85).astype(np.float32), float(draws.uniform(0.62, 0.9))


def _colour(draws: np.random.Generator) -> Float32:
    """Linear: greys, white, black and navy often, then anything not too bright."""
    kind = pick(draws, {"grey": 0.25, "dark": 0.28, "white": 0.14, "hue": 0.33})
    if kind == "grey":
        return np.full(3, draws.uniform(0.06, 0.4), np.float32)
    if kind == "dark":
        return (draws.uniform(0.012, 0.05) * np.array([0.8, 0.95, draws.uniform(0.9, 1.9)])).astype(np.float32)
    if kind == "white":
        return (draws.uniform(0.55, 0.75) * np.array([1.0, 0.98, draws.uniform(0.88, 1.0)])).astype(np.float32)
    hsv = np.array([[[draws.uniform(0, 360), draws.uniform(0.25, 0.8), draws.uniform(0.2, 0.75)]]], np.float32)
    return (cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] ** 2.2).astype(np.float32)


def _noise(draws: np.random.Generator, rows: int, columns: int) -> Float32:
    grid = draws.standard_normal((rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC), np.float32)
