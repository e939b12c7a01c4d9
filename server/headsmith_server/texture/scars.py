"""Healed scars: a line of other skin, sunken, flat or raised."""

from __future__ import annotations

from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.parameters import Scar, SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.windows import around, mm_in, noise_in, whole

_PLACES: Final = {
    # landmark, offset outwards and upwards in mm, direction in degrees (0 outwards, 90 up)
    "cheek": (54, 22.0, 22.0, 62.0),
    "forehead": (24, -6.0, 24.0, 75.0),
    "chin": (56, 2.0, -18.0, 80.0),
    "brow": (25, -2.0, 3.0, 72.0),
    "lip": (52, 1.0, 5.0, 80.0),
    "nose": (29, 2.0, 2.0, 30.0),
}
_WIDTH_MM: Final = {"flat": 0.75, "atrophic": 1.0, "hypertrophic": 1.5}


def draw_scar(
    surface: SkinSurface, skin: SkinParameters, scar: Scar, noises: Noises, generator: np.random.Generator,
    drawing: Drawing,
) -> None:  # fmt: skip
    """One scar: scar tissue has little melanin, no pores and a smooth sheen; a young or raised one is full of blood."""
    wobble, turn = generator.standard_normal((2, 3))
    place, angle = scar_place(surface, scar)
    place = place + 1.5 * np.array([turn[0], turn[1], 0.0])
    angle += np.radians(9.0 * turn[2])
    direction = np.array([np.cos(angle), np.sin(angle)])
    half = scar.length_mm / 2.0
    window = around(surface, place, np.array([half + 8.0, half + 8.0, 22.0]))
    offset = mm_in(surface, window) - place.astype(np.float32)
    along = offset[..., 0] * np.float32(direction[0]) + offset[..., 1] * np.float32(direction[1])
    across = offset[..., 1] * np.float32(direction[0]) - offset[..., 0] * np.float32(direction[1])
    t = along / np.float32(half)
    ragged = noise_in(noises, window, 2, 0, 0, 0.6, 1.0, 0.5, 0)
    across = across - (
        np.float32(0.9) * (wobble[0] * t + wobble[1] * (t * t - 0.4) + 0.5 * np.sin(5 * t + wobble[2]))
        + np.float32(0.22) * ragged
    ).astype(np.float32)
    ends = smoothstep(1.0, 0.78, np.abs(t) + np.float32(0.04) * ragged) * (np.abs(offset[..., 2]) < 18.0)
    ends = ends * (surface.regions_front[window] > 0.3)
    # Widest in the middle, thin at the ends, and never of one width.
    swell = np.float32(0.55) + np.float32(0.45) * np.cos(np.clip(t, -0.99, 0.99) * np.float32(np.pi / 2)) ** 0.7
    vary = np.clip(
        swell * (np.float32(1.0) + np.float32(0.16) * noise_in(noises, window, 3, 0, 0, 0.6, 1.0, 0.5, 0)), 0.35, 1.5
    )
    width = np.float32(_WIDTH_MM[scar.kind] * (0.6 + 0.55 * scar.strength)) * vary
    away = np.abs(across) / width
    tissue = smoothstep(1.25, 0.75, away) * ends
    rim = np.exp(-(((away - np.float32(1.35)) / np.float32(0.45)) ** 2)) * ends
    halo = np.exp(-((away / np.float32(2.6)) ** 2)) * ends
    strength = np.float32(scar.strength)
    raised = scar.kind == "hypertrophic"
    fresh = max(scar.redness, 0.55 if raised else 0.0)
    # Dark skin heals with a paler line and a darker rim, pale skin with a rosy one.
    melanin = -np.float32(1.15 + 0.35 * skin.melanin) * tissue + np.float32(0.30 * skin.melanin) * rim
    blood = np.float32(1.5 * fresh - 0.55 * (1.0 - fresh)) * tissue + np.float32(0.55 * fresh + 0.12) * (
        rim + 0.5 * halo
    )
    if raised:
        melanin = melanin * np.float32(0.45)
        dome = np.sqrt(np.clip(1.0 - away * away, 0.0, 1.0)) * ends
        puckers = np.float32(1.0) + np.float32(0.12) * noise_in(noises, window, 0, 0, 0, 0.5, 1.0, 0.4, 0)
        height = np.float32(0.85) * dome * puckers - np.float32(0.10) * rim
    else:
        depth = 0.50 if scar.kind == "atrophic" else 0.16
        pulled = np.float32(1.0) + np.float32(0.18) * noise_in(noises, window, 0, 0, 0, 0.5, 1.0, 0.3, 0)
        height = np.float32(0.45 * depth) * rim - np.float32(depth) * tissue * pulled
    size = surface.field.size
    drawing.add_in(window, size, melanin=strength * melanin, blood=strength * blood, height=strength * height)
    drawing.lay(whole(surface, window, np.float32(0.8) * strength * tissue), roughness=0.34, specular=0.42)


def scar_place(surface: SkinSurface, scar: Scar) -> tuple[Field, float]:
    """Middle in mm on the mean head, and direction in radians (counter-clockwise, face on)."""
    landmark, out, up, degrees = _PLACES.get(scar.region, _PLACES["cheek"])
    point = surface.landmarks_mm[landmark] + np.array([out, up, 0.0])
    angle = np.radians(degrees)
    if scar.side == "right":
        point[0], angle = -point[0], np.pi - angle
    elif scar.side == "middle":
        point[0] = 0.0
    # The surface's own depth at that place, seen from the front.
    mm = surface.regions.positions_mm
    flat = np.where(surface.regions["front"][..., None] > 0.5, mm, 1e6).reshape(-1, 3)
    nearest = flat[np.argmin((flat[:, 0] - point[0]) ** 2 + (flat[:, 1] - point[1]) ** 2)]
    return np.array([point[0], point[1], nearest[2]]), float(angle)
