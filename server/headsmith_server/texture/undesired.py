"""The undesired domain: clean albedo maps spoilt as collected textures are, with masks of what is not face.

DreamFace section 5.1.2 trains its texture model on both domains, told apart by a learned prompt, and on masks that are
0 in non-face regions (hairs, caps, markers, holes, missing edges) and 1 elsewhere; a mask of ones asks for a clean map.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.kept import kept
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.occluders import OCCLUDERS, Spoilt, clouds
from headsmith_server.texture.surface import SkinSurface

_LIGHT_SIZE: Final = 256
"""Texels of the raster on which light is computed; it is smooth."""


@dataclass(frozen=True)
class UndesiredTexture:
    """image: sRGB uint8 [S, S, 3]; face: uint8 [S, S], 0 where something else than face is shown, 255 elsewhere (also
    outside the islands, unless clutter lies there); applied: what was done, in order, names of UNDESIRED."""

    image: NDArray[np.uint8]
    face: NDArray[np.uint8]
    applied: tuple[str, ...]


def spoil(
    surface: SkinSurface, albedo: NDArray[np.uint8], seed: int, kinds: Sequence[str] | None = None
) -> UndesiredTexture:
    """An undesired variant of a clean albedo map, uint8 [S, S, 3] on the surface's layout; S may differ from its size.

    kinds: names of UNDESIRED, applied in its order; None draws some as they occur in collections: light in most, one
    or two things in the way, sometimes a poor picture. The same arguments give the same bytes. ValueError for an
    unknown kind or another shape.
    """
    if albedo.ndim != 3 or albedo.shape[0] != albedo.shape[1] or albedo.shape[2] != 3 or albedo.dtype != np.uint8:
        raise ValueError(f"an albedo map is uint8 [S, S, 3], not {albedo.dtype} {list(albedo.shape)}")
    for kind in kinds or ():
        if kind not in UNDESIRED:
            raise ValueError(f"unknown flaw {kind!r}; known are {', '.join(UNDESIRED)}")
    chosen = set(kinds) if kinds is not None else _drawn(np.random.default_rng([seed, 500]))
    spoilt = Spoilt(albedo.copy(), np.full(albedo.shape[:2], 255, np.uint8))
    applied: list[str] = []
    for number, (name, flaw) in enumerate(_FLAWS.items()):
        if name in chosen:
            flaw(surface, spoilt, np.random.default_rng([seed, 501, number]))
            applied.append(name)
    return UndesiredTexture(spoilt.image, spoilt.face, tuple(applied))


def _drawn(generator: np.random.Generator) -> set[str]:
    """At least one flaw."""
    light = [name for name, share in (("baked_light", 0.75), ("highlights", 0.5)) if generator.random() < share]
    things = list(generator.choice(list(OCCLUDERS), int(generator.choice([0, 1, 2, 3], p=(0.25, 0.4, 0.25, 0.1))),
                                   replace=False))  # fmt: skip
    poor = [name for name, share in (("tint", 0.3), ("blur", 0.15), ("jpeg", 0.2)) if generator.random() < share]
    return set(light + things + poor) or {"baked_light"}


# Light -----------------------------------------------------------------------------------------------------------


def _normals(surface: SkinSurface) -> tuple[Field, Field]:
    """Unit normals [256, 256, 3] of the mean head, and 0..1 of how open each place is to light."""

    def draw() -> tuple[Field, Field]:
        points = surface.positions
        along = np.gradient(points, axis=1)
        up = -np.gradient(points, axis=0)
        corners = surface.field.triangles.uvs[surface.field.triangles.uv_corners]
        a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        handed = np.sign(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).astype(np.float32)[surface.field.triangle]
        normals = (np.cross(along, up) * handed[..., None]).astype(np.float32)
        normals *= surface.field.covered[..., None]
        normals = cv2.resize(normals, (_LIGHT_SIZE, _LIGHT_SIZE), interpolation=cv2.INTER_AREA)
        normals = normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
        # Close to the borders of islands the nearest good normals count.
        normals = cv2.GaussianBlur(normals, (0, 0), 1.2)
        normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-6)
        r = surface.regions
        chin = surface.landmarks_mm[8]
        y, z = r.positions_mm[..., 1], r.positions_mm[..., 2]
        below = np.clip((chin[1] + 4.0 - y) / 18.0, 0.0, 1.0) * (z > 20.0)
        closed = (
            0.85 * r["nostril"] + 0.7 * r["mucosa"] + 0.35 * r["inner_corner"] + 0.25 * r["lid_crease"] + 0.45 * below
        )
        openness = np.clip(1.0 - closed, 0.1, 1.0).astype(np.float32)
        return normals, cv2.resize(openness, (_LIGHT_SIZE, _LIGHT_SIZE), interpolation=cv2.INTER_AREA)

    return kept(surface, "light normals", draw)


def _direction(generator: np.random.Generator, spread: float) -> Field:
    """A unit vector in front of the face, most often from above."""
    vector = np.array([spread * generator.standard_normal(), 0.45 + 0.5 * generator.standard_normal(), 0.8])
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def _colour(generator: np.random.Generator, spread: float) -> Field:
    """A light's tint about 1, between candle and sky."""
    warm = spread * generator.standard_normal()
    return np.clip([1.0 + warm, 1.0 + 0.05 * spread * generator.standard_normal(), 1.0 - warm], 0.3, 1.8).astype(
        np.float32
    )


def _baked_light(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Ambient light by nine spherical harmonics' worth of slope, one to three lamps, and the shade of hollows."""
    normals, openness = _normals(surface)
    x, y, z = normals[..., 0], normals[..., 1], normals[..., 2]
    basis = np.stack([np.ones_like(x), y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], axis=-1)
    share = np.array([1.0, 0.30, 0.20, 0.22, 0.08, 0.08, 0.05, 0.08, 0.06], np.float32)[:, None]
    weights = share * generator.standard_normal((9, 1)) * (1.0 + 0.15 * generator.standard_normal((9, 3)))
    weights[0] = 0.35 + 0.4 * generator.random()
    light = np.clip(basis @ weights.astype(np.float32), 0.04, None) * openness[..., None]
    for _ in range(int(generator.integers(1, 4))):
        lamp = np.clip(normals @ _direction(generator, 0.9), 0.0, None) ** np.float32(generator.uniform(0.9, 1.5))
        light += (np.float32(generator.uniform(0.25, 1.1)) * _colour(generator, 0.12)) * (lamp * openness**2)[..., None]
    face = np.clip(z, 0.0, 1.0)[..., None]
    light /= np.maximum(float((light * face).sum() / (3.0 * face.sum())), 1e-3) / np.float32(
        generator.uniform(0.75, 1.15)
    )
    # Light multiplies linear values; its root does so with encoded ones.
    gain = enlarge(np.sqrt(np.clip(light, 0.0, 4.0)) ** np.float32(0.92), spoilt.image.shape[0])
    spoilt.image = cv2.multiply(spoilt.image, gain, dtype=cv2.CV_8U)


def _highlights(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """The mirror part of one or two lamps and of a flash, on the oily parts most."""
    normals, openness = _normals(surface)
    size = spoilt.image.shape[0]
    oily = cv2.resize(0.35 + 0.65 * surface.regions["t_zone"] + 0.3 * surface.regions["malar"] + 0.5 * surface.regions[
        "lips"], (_LIGHT_SIZE, _LIGHT_SIZE))  # fmt: skip
    shine = np.zeros_like(oily)
    for _ in range(int(generator.integers(1, 4))):
        half = _direction(generator, 0.5) + np.array([0.0, 0.0, 1.0], np.float32)
        facing = np.clip(normals @ (half / np.linalg.norm(half)), 0.0, 1.0)
        shine += np.float32(generator.uniform(0.25, 0.8)) * facing ** np.float32(generator.uniform(25.0, 160.0))
    pores = np.clip(np.float32(1.0) + np.float32(0.18) * clouds(size, max(size // 3, 8), generator), 0.5, 1.5)
    shine = enlarge((shine * oily * openness).astype(np.float32), size) * pores
    added = (np.clip(shine, 0.0, 1.0) * np.float32(generator.uniform(150.0, 255.0))).astype(np.uint8)
    spoilt.image = cv2.add(spoilt.image, cv2.merge([added, added, added]))


# Poor pictures ---------------------------------------------------------------------------------------------------


def _tint(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """A wrong white balance and contrast."""
    gain = _colour(generator, 0.13) * np.float32(generator.uniform(0.8, 1.2))
    gamma, lift = generator.uniform(0.75, 1.35), generator.uniform(-12.0, 18.0)
    ramp = np.linspace(0.0, 1.0, 256)[:, None] ** gamma * 255.0
    table = np.clip(ramp * gain + lift, 0.0, 255.0).astype(np.uint8)
    spoilt.image = cv2.LUT(spoilt.image, np.ascontiguousarray(table[None]))


def _blur(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Out of focus, or enlarged from a small picture."""
    size = spoilt.image.shape[0]
    if generator.random() < 0.5:
        spoilt.image = cv2.GaussianBlur(spoilt.image, (0, 0), float(generator.uniform(0.8, 3.0)) * size / 512.0)
    else:
        small = max(32, int(size * generator.uniform(0.2, 0.5)))
        less = cv2.resize(spoilt.image, (small, small), interpolation=cv2.INTER_AREA)
        spoilt.image = cv2.resize(less, (size, size), interpolation=cv2.INTER_LINEAR)


def _jpeg(surface: SkinSurface, spoilt: Spoilt, generator: np.random.Generator) -> None:
    """Sensor noise, then a strong JPEG compression."""
    size = spoilt.image.shape[0]
    if generator.random() < 0.6:
        noise = generator.standard_normal((size // 2, size // 2, 3), dtype=np.float32) * generator.uniform(2.0, 9.0)
        noise = cv2.resize(noise.astype(np.float32), (size, size), interpolation=cv2.INTER_NEAREST)
        spoilt.image = cv2.add(spoilt.image, noise, dtype=cv2.CV_8U)
    done, data = cv2.imencode(".jpg", spoilt.image, [cv2.IMWRITE_JPEG_QUALITY, int(generator.integers(8, 45))])
    if done:
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert decoded is not None
        spoilt.image = decoded.astype(np.uint8)


Flaw = Callable[[SkinSurface, Spoilt, np.random.Generator], None]
_FLAWS: Final[dict[str, Flaw]] = {
    "baked_light": _baked_light, "highlights": _highlights, **OCCLUDERS, "tint": _tint, "blur": _blur, "jpeg": _jpeg,
}  # fmt: skip
UNDESIRED: Final = tuple(_FLAWS)
"""baked_light, highlights; what hides skin: stains, markers, glasses, hair, hat, label, holes, missing_edges, clutter;
poor pictures: tint, blur, jpeg."""
