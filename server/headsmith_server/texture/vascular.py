"""What blood does to a face: rosacea, sunburn, widened vessels, wine-red birthmarks, bruises."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.kept import kept
from headsmith_server.texture.marks import scatter
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.windows import around, mm_in, noise_in, whole

# Blood shows less through melanin, so that a flush on dark skin needs more of it and darkens besides.
_DARK_GAIN: Final = 0.7


def rosacea(surface: SkinSurface, skin: SkinParameters, noises: Noises, drawing: Drawing) -> None:
    """Cheeks, nose, chin and the middle of the forehead are red in the shape of a butterfly; eyes and the skin around
    the mouth are spared. Two and Odom, "Standard classification of rosacea" (2002)."""
    strength = skin.conditions.rosacea

    def draw() -> Field:
        r = surface.regions
        where = (
            1.0 * r["malar"] + 0.85 * r["cheek"] + 0.9 * r["nose"] + 0.35 * r["nose_tip"] + 0.55 * r["chin"]
            + 0.35 * r["glabella"]
        )  # fmt: skip
        spared = np.clip(1.0 - 1.1 * r["periorbital"] - r["lid_lower"] - r["lips"] - 0.75 * r["moustache"], 0.0, 1.0)
        return enlarge((smoothstep(0.1, 1.0, where) * spared * r["front"]).astype(np.float32), surface.field.size)

    where = kept(surface, "rosacea", draw)
    patches = smoothstep(-1.1, 1.0, noises.field(2, 0, 0.8, 1.0, 0.6, 0.25, 0.1) + np.float32(1.6 * strength - 0.3))
    flush = where * (np.float32(0.35) + np.float32(0.65) * patches) * np.float32(strength)
    drawing.add(blood=np.float32(1.25 + _DARK_GAIN * skin.melanin) * flush)
    drawing.add(melanin=np.float32(0.30 * skin.melanin) * flush, height=np.float32(0.06) * flush * patches)


def sunburn(surface: SkinSurface, skin: SkinParameters, noises: Noises, drawing: Drawing) -> None:
    """What faces the sky is red up to the collar; hollows of the eyes, lids and the shade of chin and nose are not.
    Badly burnt skin peels in flakes."""
    strength = skin.conditions.sunburn

    def draw() -> tuple[Field, Field]:
        r = surface.regions
        upwards = np.clip(
            0.62 * r["front"] + 0.30 * r["forehead"] + 0.40 * r["malar"] + 0.45 * r["nose"] + 0.5 * r["ear"]
            + 0.40 * np.clip(2.0 * r["scalp"] - 1.0, 0.0, 1.0) + 0.25 * r["neck"] + 0.2 * r["cheek"], 0.0, 1.0,
        )  # fmt: skip
        chin = surface.landmarks_mm[8]
        y, z = surface.regions.positions_mm[..., 1], surface.regions.positions_mm[..., 2]
        under_chin = smoothstep(chin[1] + 6.0, chin[1] - 6.0, y) * smoothstep(30.0, 55.0, z)
        shaded = 0.75 * r["periorbital"] + 0.8 * r["lid_upper"] + 0.9 * under_chin + r["nostril"]
        burnt = upwards * np.clip(1.0 - shaded, 0.0, 1.0)
        peeling = np.clip(r["nose"] + 0.7 * r["forehead"] + 0.5 * r["malar"], 0.0, 1.0)
        size = surface.field.size
        return enlarge(burnt.astype(np.float32), size), enlarge(peeling.astype(np.float32), size)

    burnt, peeling = kept(surface, "sunburn", draw)
    blotchy = np.float32(1.0) + np.float32(0.14) * noises.field(1, 0.5, 1.0, 0.7, 0.3, 0, 0)
    red = burnt * blotchy * np.float32(strength)
    drawing.add(blood=np.float32(1.55 + _DARK_GAIN * skin.melanin) * red, melanin=np.float32(0.16) * red)
    if strength > 0.55:
        noise = noises.field(0, 0, 0.4, 0.8, 1.0, 0.5, 0.25) + 0.8 * (peeling - 1.0)
        flake = smoothstep(0.95, 1.05, noise) * peeling
        rim = np.exp(-(((noise - np.float32(0.97)) / np.float32(0.09)) ** 2)) * peeling
        amount = np.float32((strength - 0.55) / 0.45)
        drawing.add(blood=np.float32(-0.35) * flake * amount)
        drawing.add(height=np.float32(0.09) * amount * (rim - np.float32(0.4) * flake))
        light = 1.0 - 0.72 * skin.melanin
        drawing.lay(np.float32(0.45) * amount * rim, (0.70 * light, 0.58 * light, 0.50 * light), roughness=0.7)


def broken_veins(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """Widened small vessels on the wings of the nose and the cheeks, as branching red and violet threads."""
    strength = skin.conditions.broken_veins
    size = surface.field.size
    r = surface.regions
    where = (1.3 * r["alae"] + 0.9 * r["malar"] + 0.35 * r["nose_tip"] + 0.15 * r["chin"]) * np.clip(
        1.0 - r["nostril"] - r["periorbital"], 0.0, 1.0
    )
    density = enlarge(where.astype(np.float32), size) ** np.float32(1.5)
    starts = scatter(surface, density, int(12 + 130 * strength), (1.0, 1.0), generator, 1.0)
    scale = surface.size / size
    texel_mm = surface.texel_mm * scale
    image = np.zeros((size, size), np.uint8)
    thickness = min(1.0, 0.30 / texel_mm)
    headings = generator.uniform(0.0, 2 * np.pi, len(starts))
    for (x, y, _, amount), heading in zip((starts / scale).tolist(), headings, strict=True):
        steps = int(generator.integers(7, 20))
        turns = np.cumsum(0.38 * generator.standard_normal((2, steps)), axis=1) + heading
        path = np.cumsum(np.stack([np.cos(turns[0]), np.sin(turns[0])], axis=1) * (0.42 / texel_mm), axis=0)
        path += np.array([x, y])
        fork = path[steps // 2]
        twig = (
            np.cumsum(
                np.stack([np.cos(turns[1] + 0.6), np.sin(turns[1] + 0.6)], axis=1)[: steps // 2] * (0.36 / texel_mm),
                axis=0,
            )
            + fork
        )
        shade = int(255 * thickness * (0.45 + 0.55 * min(1.0, amount * scale)))
        for line, level in ((twig, 0.7 * shade), (path, shade)):
            cv2.polylines(image, [np.round(line * 16).astype(np.int32)], False, (int(level),), 1, cv2.LINE_AA, 4)
    threads = image.astype(np.float32) * np.float32((0.45 + 0.55 * strength) / 255.0)
    halo = cv2.GaussianBlur(threads, (0, 0), 1.1 / texel_mm)
    drawing.add(
        blood=np.float32(1.9 + _DARK_GAIN * skin.melanin) * threads + np.float32(1.1) * halo,
        venous=np.float32(0.35) * threads,
    )


def port_wine(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """A wine-red stain on one side that keeps to a branch of the trigeminal nerve and ends at the midline, with an
    edge like a coast line."""
    extent = skin.conditions.port_wine
    side = 1.0 if generator.random() < 0.5 else -1.0
    branch = int(generator.choice(3, p=(0.25, 0.55, 0.20)))
    marks = surface.landmarks_mm
    centre = (
        (marks[24] + marks[45]) / 2 + (0.0, 22.0, 0.0), (marks[46] + marks[54]) / 2 + (6.0, 3.0, 0.0),
        (marks[54] + marks[10]) / 2 + (3.0, 1.0, 0.0),
    )[branch]  # fmt: skip
    reach = 10.0 + 34.0 * extent
    across, up = (27.0, 30.0, 25.0)[branch], (25.0, 33.0, 21.0)[branch]
    widest = (reach + 20.0) / ((across + up) / 2) * np.array([across, up, 1e3])
    window = around(surface, np.array([side * centre[0], centre[1], 0.0]), widest)
    mm = mm_in(surface, window)
    x, y, z = mm[..., 0] * np.float32(side), mm[..., 1], mm[..., 2]
    away = np.sqrt(((x - centre[0]) / across) ** 2 + ((y - centre[1]) / up) ** 2) * np.float32((across + up) / 2)
    coast = noise_in(noises, window, 3, 0, 1.0, 0.9, 0.55, 0.3, 0.15)
    inside = np.minimum(np.float32(reach) - away + np.float32(8.0) * coast, (x - 1.0) * 2.0 + np.float32(1.2) * coast)
    mottle = np.float32(0.82) + np.float32(0.16) * noise_in(noises, window, 1, 0, 0, 0.8, 1.0, 0.6, 0.3)
    stain = smoothstep(-0.5, 1.6, inside) * (z > 0.0) * np.clip(mottle, 0.3, 1.1)
    drawing.add_in(
        window, surface.field.size, blood=np.float32(1.75 + _DARK_GAIN * skin.melanin) * stain,
        venous=np.float32(0.28) * stain, melanin=np.float32(0.35 * skin.melanin) * stain,
    )  # fmt: skip


def bruise(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, generator: np.random.Generator, drawing: Drawing
) -> None:
    """A black eye some days old: violet below the lid, greenish yellow where it fades."""
    strength = skin.conditions.bruise
    side = 1.0 if generator.random() < 0.5 else -1.0
    eye = surface.landmarks_mm[42:48].mean(axis=0)
    window = around(surface, eye * np.array([side, 1.0, 1.0]), np.array([42.0, 36.0, 70.0]))
    mm = mm_in(surface, window)
    x, y, z = mm[..., 0] * np.float32(side), mm[..., 1], mm[..., 2]
    patches = noise_in(noises, window, 2, 0, 0.7, 1.0, 0.6, 0.3, 0)
    low = np.where(y < eye[1], (y - eye[1]) / np.float32(21.0), (y - eye[1]) / np.float32(13.0))
    away = np.sqrt(((x - eye[0] - 1.0) / np.float32(25.0)) ** 2 + low**2) + np.float32(0.13) * patches
    near = (x > 0.0) & (z > 30.0)
    core = smoothstep(1.12, 0.30, away) * near * np.float32(strength)
    edge = smoothstep(1.38, 0.95, away) * smoothstep(0.55, 1.0, away) * near * np.float32(strength)
    core = core * np.clip(np.float32(0.8) + np.float32(0.25) * patches, 0.25, 1.1)
    drawing.add_in(
        window, surface.field.size, blood=np.float32(1.7 + _DARK_GAIN * skin.melanin) * core,
        venous=np.float32(0.95) * core, melanin=np.float32(0.5 - 0.1 * skin.melanin) * core,
        height=np.float32(0.5) * core * core,
    )  # fmt: skip
    drawing.lay(whole(surface, window, np.float32(0.48) * edge), (0.80, 0.79, 0.38), filters=True)
    drawing.lay(whole(surface, window, np.float32(0.62) * core), (0.52, 0.44, 0.66), filters=True)
