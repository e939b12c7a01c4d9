"""Pores and the net of fine furrows: periodic tiles with the slope spectrum of scanned skin, laid on by region.

Facial pores are 0.2 to 0.5 mm wide, about 1 per mm^2 on cheeks and nose; primary furrows 0.5 to 1 mm apart, 20 to 70
micrometres deep (Hashimoto 1974; Graham et al. 2013, "Measurement-based synthesis of facial microgeometry"). The
furrows' spectrum is that of the micro-normal scans in variation.py's statistics. They run across the forehead and the
neck, down and outwards on the cheeks, and are a net without direction elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.noise import cell_distances, enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.variation import skin_statistics

TILE_MM: Final = 128.0
"""Side of a tile on the face: cells of pores of about 1.16 mm."""

_CELLS: Final = 110
_STRETCH: Final = 3.0
"""How much longer than wide the cells of directed furrows are."""
_CHEEK_TURN: Final = 0.60
"""Radians by which the cheeks' furrows lean outwards from the vertical."""
_FINEST_DIRECTED_MM: Final = 0.40
"""Maps with larger texels do not show the direction of furrows."""

_USUAL_FURROWS: Final = 0.6
"""Height of a usual face's furrows relative to the scans'."""

LONGEST_MM: Final = 2.0
"""The measured spectrum begins here and goes on in half octaves to ever shorter waves."""


@dataclass(frozen=True)
class Tiles:
    """Periodic heights [N, N]: pores in -1..0.3; net, lines (longer along v): furrows in mm."""

    pores: Field
    net: Field
    lines: Field


_TILES: dict[int, Tiles] = {}


def detail_tiles(size: int, tick: Callable[[], None] = no_tick) -> Tiles:
    """The tiles at size x size texels, kept for the next call."""
    if size not in _TILES:
        net = _furrows(size, 1.0, 23, tick)
        _TILES[size] = Tiles(_pores(size, tick), net, _furrows(size, _STRETCH, 29, tick))
    return _TILES[size]


def tile_size(surface: SkinSurface) -> int:
    """Texels of a tile so that its texels are about as large as the map's."""
    return int(2 ** np.clip(np.round(np.log2(TILE_MM / surface.texel_mm)), 7, 11))


def _pores(size: int, tick: Callable[[], None]) -> Field:
    first, _, label = cell_distances(size, _CELLS, 0.85, 11, tick=tick)
    radius = 0.16 + 0.20 * label
    strength = np.clip(1.35 * label - 0.15, 0.0, 1.0) ** 0.8
    pit = -strength * np.exp(-((first / radius) ** 2)) + 0.22 * strength * np.exp(
        -(((first - 1.9 * radius) / radius) ** 2)
    )
    return pit.astype(np.float32)


def _furrows(size: int, stretch: float, seed: int, tick: Callable[[], None]) -> Field:
    near, second, plateau = cell_distances(size, int(_CELLS * 1.45), 0.95, seed, stretch, tick)
    edge = second - near
    furrow = -np.exp(-((edge / 0.13) ** 2)) * (0.45 + 0.55 * plateau) - 0.35 * np.exp(-((edge / 0.38) ** 2))
    generator = np.random.default_rng(seed + 8)
    grain = generator.standard_normal((size, size)).astype(np.float32)
    grain = _wrapped_blur(grain, max(0.16 * size / TILE_MM, 0.5))
    tick()
    furrow = furrow + 0.16 * grain / grain.std() + 0.30 * (plateau - 0.5)
    return shaped(furrow.astype(np.float32), TILE_MM / size, skin_statistics().micro_log_power)


def _wrapped_blur(tile: Field, sigma: float) -> Field:
    pad = int(4 * sigma) + 2
    return cv2.GaussianBlur(cv2.copyMakeBorder(tile, pad, pad, pad, pad, cv2.BORDER_WRAP), (0, 0), sigma)[
        pad:-pad, pad:-pad
    ]


def shaped(tile: Field, texel_mm: float, log_power: Field) -> Field:
    """A periodic tile [N, N] with its phases and a radial spectrum of our choice: heights in mm.

    log_power [bins]: logarithm of the slopes' variance in half octaves from LONGEST_MM down. Waves that are longer
    than that or shorter than the bins or than 2.2 texels take the nearest bin's gain.
    """
    size = tile.shape[0]
    spectrum = np.fft.rfft2(tile.astype(np.float64) - tile.mean())
    frequency = np.hypot(np.fft.fftfreq(size, texel_mm)[:, None], np.fft.rfftfreq(size, texel_mm))
    twice = np.full(spectrum.shape, 2.0)
    twice[:, 0] = 1.0
    twice[:, -1] = 1.0
    slope_power = twice * np.abs(spectrum * (2.0 * np.pi * frequency)) ** 2 / float(size) ** 4
    octave = 2.0 * np.log2(np.maximum(frequency, 1e-6) * LONGEST_MM)
    resolved = [n for n in range(len(log_power)) if 2.2 * texel_mm < LONGEST_MM * 2.0 ** (-0.5 * (n + 1))]
    if not resolved:
        resolved = [0]
    gain = [
        0.5 * (log_power[n] - np.log(max(slope_power[(octave >= n) & (octave < n + 1)].sum(), 1e-12))) for n in resolved
    ]
    curve = np.interp(octave, np.array(resolved) + 0.5, gain)
    return np.fft.irfft2(spectrum * np.exp(curve), (size, size)).astype(np.float32)


def pore_relief(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, tick: Callable[[], None]
) -> tuple[Field, Field]:
    """Height in mm of pores and furrows [S, S], and the pores' darkness 0..1 [S, S]."""
    size, field = surface.size, surface.field.size
    r = surface.regions
    tiles = detail_tiles(tile_size(surface), tick)
    tick()
    ageing = float(np.clip((skin.age_years - 20.0) / 60.0, 0.0, 1.0))
    child = float(np.clip((16.0 - skin.age_years) / 12.0, 0.0, 1.0))
    open_pores = 0.55 + 0.5 * skin.oiliness + 0.35 * ageing + 0.25 * skin.masculinity - 0.55 * child
    bald = np.clip(1.0 - r["mucosa"] - r["lips"], 0, 1)
    pores = np.clip(
        0.30 + 0.75 * r["cheek"] + 0.95 * r["nose"] + 0.6 * r["alae"] + 0.45 * r["chin"] + 0.30 * r["glabella"]
        + 0.2 * r["forehead"] + 0.3 * r["jaw"] - 0.5 * r["periorbital"] - 0.25 * r["neck"], 0.05, 1.25,
    ) * bald * (1.0 - 0.6 * r["lid_upper"])  # fmt: skip
    furrows = np.clip(
        0.62 + 0.35 * r["forehead"] + 0.25 * r["neck"] + 0.30 * r["periorbital"] + 0.2 * r["temple"] - 0.10 * r["nose"]
        - 0.3 * r["ear"], 0.1, 1.2,
    ) * bald * (0.80 + 0.40 * ageing + 0.30 * skin.weathering - 0.15 * child)  # fmt: skip
    vary = 1.0 + np.float32(0.30) * noises.field(3, 0, 0.7, 1.0, 0.5, 0, 0)
    amount_pores = (
        enlarge((pores * 0.085 * open_pores).astype(np.float32), field) * np.clip(vary, 0.2, 1.8) * surface.seam
    )
    calm = np.clip(2.0 - vary, 0.3, 1.7) * surface.seam
    tick()
    # A gentle warp keeps the tiles from showing their rows; its slope stays below 0.3, or pores turn into worms. The
    # walk is in texels of the tile.
    scale = tiles.pores.shape[0] * surface.texel_mm / TILE_MM
    walk_x = enlarge(noises.field(0, 1.0, 0.25), size) * np.float32(1.5 / surface.texel_mm * scale)
    walk_y = enlarge(noises.field(1, 1.0, 0.25), size) * np.float32(1.5 / surface.texel_mm * scale)
    tick()
    axis = np.arange(size, dtype=np.float32) * np.float32(scale)
    walk_x += axis[None, :]
    walk_y += axis[:, None]
    pit = sample_periodic(tiles.pores, walk_x, walk_y)
    tick()
    pore_amount = enlarge(amount_pores, size)
    height = pit * pore_amount
    tick()
    across = np.clip(r["forehead"] + 0.8 * r["neck"] + 0.5 * r["lid_upper"] + 0.6 * r["tear_trough"], 0, 1)
    down = np.clip(1.2 * r["cheek"] + 0.8 * r["jaw"], 0, 1) * (1.0 - across) * (1.0 - r["nose"])
    if surface.texel_mm > _FINEST_DIRECTED_MM:
        across, down = np.zeros_like(across), np.zeros_like(down)
    walk_x *= np.float32(1.13)
    net = np.sqrt(np.clip(1.0 - across**2 - down**2, 0.0, 1.0))
    height += sample_periodic(tiles.net, walk_x, walk_y) * enlarge(enlarge(furrows * net, field) * calm, size)
    tick()
    if across.max() > 0:
        height += sample_periodic(tiles.lines, walk_y, walk_x) * enlarge(enlarge(furrows * across, field) * calm, size)
        tick()
        # Mirrored about the middle of the face, so that both cheeks' furrows lean outwards.
        side = np.where(surface.positions[..., 0] < 0.0, -1.0, 1.0).astype(np.float32)
        lean = cv2.resize(side, (size, size), interpolation=cv2.INTER_NEAREST)
        turned_x = walk_x * lean
        turned_y = walk_y * np.float32(np.cos(_CHEEK_TURN)) + turned_x * np.float32(np.sin(_CHEEK_TURN))
        turned_x *= np.float32(np.cos(_CHEEK_TURN))
        turned_x -= walk_y * np.float32(np.sin(_CHEEK_TURN))
        tick()
        height += sample_periodic(tiles.lines, turned_x, turned_y) * enlarge(
            enlarge(furrows * down, field) * calm, size
        )
        tick()
    darkness = np.clip(pit * np.float32(-1.0), 0.0, 1.0) * np.clip(pore_amount * np.float32(1 / 0.09), 0, 1)
    return height, darkness


def unresolved_slopes(texel_mm: float) -> float:
    """Variance of the furrows' slopes, both axes together, in waves too short for texels of that length."""
    log_power = skin_statistics().micro_log_power
    shortest = LONGEST_MM * 2.0 ** (-0.5 * (np.arange(len(log_power)) + 1.0))
    hidden = shortest < 2.2 * texel_mm
    return float(_USUAL_FURROWS**2 * np.exp(log_power[hidden]).sum())


def sample_periodic(tile: Field, x: Field, y: Field) -> Field:
    """Bilinear samples of a periodic tile; remap wraps by itself."""
    return cv2.remap(tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
