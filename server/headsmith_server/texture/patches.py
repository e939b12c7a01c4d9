"""Patches of lost or added melanin: vitiligo and brown birthmarks."""

from __future__ import annotations

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.kept import kept
from headsmith_server.texture.noise import enlarge, solid_noise
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.windows import around, mm_in, noise_in


def vitiligo(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """White patches with sharp, scalloped borders around eyes, mouth and nostrils, nearly the same on both sides.

    Compare Ezzedine et al., "Revised classification of vitiligo" (2012): the non-segmental, acrofacial form.
    """
    extent = skin.conditions.vitiligo

    def draw() -> tuple[Field, Field]:
        r = surface.regions
        likely = (
            1.05 * np.maximum(smoothstep(0.05, 0.75, r["periorbital"]), np.maximum(r["lid_upper"], r["lid_lower"]))
            + 0.95 * smoothstep(0.25, 0.85, r["perioral"]) + 0.35 * r["chin"] + 0.40 * r["alae"]
            + 0.22 * r["forehead"] + 0.30 * r["neck"] + 0.30 * r["ear"] + 0.25 * r["temple"] + 0.12 * r["jaw"]
        )  # fmt: skip
        mirrored = surface.regions.positions_mm / np.float32(1000.0)
        mirrored[..., 0] = np.abs(mirrored[..., 0])
        return np.minimum(likely, 1.1).astype(np.float32), np.ascontiguousarray(mirrored)

    likely, mirrored = kept(surface, "vitiligo", draw)
    channels = [
        solid_noise(mirrored[::step, ::step], wave, generator)[0] for wave, step in ((60.0, 4), (24.0, 2), (8.0, 2))
    ]
    size = surface.field.size
    both = sum(
        np.float32(a) * enlarge(noise, mirrored.shape[0]) for a, noise in zip((0.20, 0.20, 0.06), channels, strict=True)
    )
    own = noises.field(2, 0, 0.6, 0.8, 0.6, 0.4, 0.2)
    score = enlarge((likely + both).astype(np.float32), size) + np.float32(0.045) * own
    threshold = np.float32(1.32 - 1.15 * extent)
    patch = smoothstep(-0.02, 0.02, score - threshold)
    # Pigment comes back around hair follicles first: small dark islands near the border.
    islands = smoothstep(1.05, 1.3, noises.field(0, 0, 0, 0, 0.2, 1.0, 0.5))
    patch = patch * (1.0 - islands * smoothstep(0.16, 0.04, score - threshold))
    rim = np.exp(-(((score - threshold + np.float32(0.05)) / np.float32(0.04)) ** 2)) * (1.0 - patch)
    drawing.bleach(np.float32(0.97) * patch)
    drawing.add(melanin=np.float32(0.14) * rim, blood=np.float32(0.05) * patch)


def birthmark(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """A coffee-brown patch with an even colour and a clear, wavy edge, on cheek, temple, forehead, jaw or neck."""
    strength = skin.conditions.birthmark
    marks = surface.landmarks_mm
    places = (
        marks[54] + (16.0, 24.0, -22.0), marks[45] + (24.0, 6.0, -22.0), marks[24] + (0.0, 34.0, 0.0),
        marks[10] + (14.0, -28.0, -30.0), marks[10] + (8.0, 8.0, -4.0),
    )  # fmt: skip
    place = np.array(places[int(generator.choice(len(places), p=(0.3, 0.2, 0.2, 0.1, 0.2)))])
    if generator.random() < 0.5:
        place[0] = -place[0]
    place = place + generator.normal(0.0, 3.0, 3)
    turn, squeeze = generator.uniform(0.0, np.pi), generator.uniform(0.55, 0.9)
    mm = surface.regions.positions_mm
    step = surface.field.size // mm.shape[0]
    flat = np.where(surface.field.covered[:: 4 * step, :: 4 * step, None], mm[::4, ::4], 1e6).reshape(-1, 3)
    place = flat[np.argmin(((flat - place) ** 2).sum(axis=1))]
    radius = 3.0 + 15.0 * strength
    window = around(surface, place, 1.6 * radius + 4.0)
    offset = mm_in(surface, window) - place.astype(np.float32)
    # A tilted ellipsoid; the third axis is long enough for the skin's own curvature.
    a = np.float32(np.cos(turn)) * offset[..., 0] + np.float32(np.sin(turn)) * offset[..., 1]
    b = np.float32(np.cos(turn)) * offset[..., 1] - np.float32(np.sin(turn)) * offset[..., 0]
    c = offset[..., 2]
    away = np.sqrt(a * a + (b * b + c * c) * np.float32(1.0 / squeeze**2))
    edge = np.float32(0.14 * radius) * noise_in(noises, window, 1, 0, 0.5, 1.0, 0.6, 0.3, 0.1)
    patch = smoothstep(-0.5, 0.7, np.float32(radius) - away + edge)
    mottle = np.float32(1.0) + np.float32(0.08) * noise_in(noises, window, 0, 0, 0, 0, 0.6, 1.0, 0.7)
    amount = np.float32(1.45 - 0.75 * skin.melanin) * patch * mottle
    drawing.add_in(window, surface.field.size, melanin=amount)
