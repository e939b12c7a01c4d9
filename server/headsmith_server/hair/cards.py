"""make_cards: grooms as strips of quads with alpha textures, for programs that know no strands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.cards_atlas import COLUMNS, MARGIN, Atlas, Bundle, examples, paint_atlas
from headsmith_server.hair.cards_strips import Bundles, Strips, bundles, strips
from headsmith_server.hair.groom import Groom
from headsmith_server.heads.protocol import HeadModel, SurfacePoints
from headsmith_server.texture.canvas import no_tick

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]

FEWEST: Final = 300
MOST: Final = 900
STRANDS_A_CARD: Final = 11
SHORTEST_M: Final = 0.0035
"""Grooms of shorter hair get no cards: the skin's own maps show such hair."""
ROW_COLOURS: Final = 4


@dataclass(frozen=True)
class HairCards:
    """V vertices of F quads with one atlas.

    positions, normals [V, 3]: metres and unit, normals as of the whole mass of hair; faces int32 [F, 4],
    counter-clockwise from outside (draw both sides); uvs [V, 2], v up, numbered like the positions; roots: V places on
    the skin, each vertex's card's root; card int32 [V]; atlas: albedo sRGB, alpha, normal.
    """

    positions: Float32
    normals: Float32
    faces: Int32
    uvs: Float32
    roots: SurfacePoints
    card: Int32
    atlas: Atlas

    def weights(self, skin: Float32) -> Float32:
        """Joint weights [V, J] from the skin's [skin V, J]: a card hangs on its root's joints."""
        return np.einsum("vc,vcj->vj", self.roots.barycentrics, skin[self.roots.corners]).astype(np.float32)

    def moves(self, deltas: Float32) -> Float32:
        """Offsets [E, V, 3] metres of the cards in shapes that move the skin by deltas [E, skin V, 3]: a card goes where
        its root goes."""
        return np.einsum("vc,evcx->evx", self.roots.barycentrics, deltas[:, self.roots.corners]).astype(np.float32)


def make_cards(
    model: HeadModel,
    vertices: Float32,
    grooms: Sequence[Groom],
    seed: int,
    tick: Callable[[], None] = no_tick,
) -> HairCards:
    """Cards for all grooms together (300 to 900 where there is so much hair), in the colours of their first few.

    vertices: float32 [V, 3] metres, of the identity that the grooms were grown on. The same arguments give the same
    bytes. Without hair, or with none long enough, there are no vertices and the atlas is empty.
    """
    rng = np.random.default_rng([seed, 431])
    long = [groom for groom in grooms if len(groom.points) and _length(groom) >= SHORTEST_M]
    colours = list(dict.fromkeys(groom.colour for groom in long))[:ROW_COLOURS]
    if not long:
        return _none()
    scalp = model.topology.sets.get("scalp")
    skin = np.asarray(vertices, np.float32)[: len(model.topology.part("skin").vertices)]
    inside = (skin if scalp is None else skin[scalp]).mean(axis=0)
    strands = sum(len(groom.points) for groom in long)
    total = int(np.clip(strands / STRANDS_A_CARD, FEWEST, MOST))
    # One colour fills the atlas with two rows of tiles; more have one each.
    rows = [0, 0] if len(colours) == 1 else list(range(len(colours)))
    tiles: list[list[Bundle]] = [[] for _ in rows]
    pieces = []
    for groom in long:
        found = bundles(groom, max(8, round(total * len(groom.points) / strands)))
        tick()
        sections = int(np.clip(round(2 + _length(groom) / 0.022), 4, 9))
        shape = strips(found, sections, inside)
        tick()
        own = [row for row, colour in enumerate(rows) if colours[colour] == groom.colour] or [0]
        shown, nearest = examples(found, shape, COLUMNS * len(own))
        if not tiles[own[0]]:
            for place, row in enumerate(own):
                tiles[row] = shown[place * COLUMNS : (place + 1) * COLUMNS]
        pieces.append(_piece(groom, found, shape, nearest, own, len(rows), rng))
        tick()
    atlas = paint_atlas(tiles, [colours[row] for row in rows], rng, tick)
    return _joined(pieces, atlas)


@dataclass(frozen=True)
class _Piece:
    positions: Float32
    normals: Float32
    faces: Int32
    uvs: Float32
    corners: Int32
    barycentrics: Float32
    cards: int


def _piece(
    groom: Groom, found: Bundles, shape: Strips, nearest: NDArray[np.int64], own: list[int], rows: int,
    rng: np.random.Generator,
) -> _Piece:  # fmt: skip
    cards, sections = shape.width.shape
    # Cards that lie over each other at different heights hide that they are flat.
    height = 0.0012 * rng.random((cards, 1, 1), dtype=np.float32) * np.linspace(0, 1, sections, dtype=np.float32)[:, None]
    spine = shape.spine + shape.normal * height
    half = 0.5 * (shape.width / (1.0 - 2.0 * MARGIN))[..., None] * shape.side
    # A little hollow across, like a lock: three columns, the middle one raised.
    bulge = 0.16 * shape.width[..., None] * shape.normal
    columns = np.stack([spine - half, spine + bulge, spine + half], axis=2)
    tilt = shape.side * 0.6
    normals = np.stack([shape.normal - tilt, shape.normal, shape.normal + tilt], axis=2)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    shift = rng.integers(0, 2, cards)
    example = np.minimum(nearest + shift, COLUMNS * len(own) - 1)
    row, column = np.asarray(own)[example // COLUMNS], example % COLUMNS
    mirrored = rng.random(cards) < 0.5
    across = np.where(mirrored[:, None], np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.5, 1.0]))
    u = (column[:, None] + across) / COLUMNS
    v = 1.0 - (row[:, None] + np.linspace(0.002, 0.998, sections)[None]) / rows
    uvs = np.stack(np.broadcast_arrays(u[:, None, :], v[:, :, None]), axis=-1)
    base = np.arange(cards, dtype=np.int32)[:, None, None] * (3 * sections)
    level = 3 * np.arange(sections - 1, dtype=np.int32)[None, :, None] + np.arange(2, dtype=np.int32)
    first = base + level
    # side = tangent x normal: seen from outside with the root above, it points to the left.
    faces = np.stack([first, first + 3, first + 4, first + 1], axis=-1)
    each = 3 * sections
    return _Piece(
        positions=columns.reshape(-1, 3).astype(np.float32),
        normals=normals.reshape(-1, 3).astype(np.float32),
        faces=faces.reshape(-1, 4).astype(np.int32),
        uvs=uvs.reshape(-1, 2).astype(np.float32),
        corners=np.repeat(groom.roots.corners[found.leader], each, axis=0),
        barycentrics=np.repeat(groom.roots.barycentrics[found.leader], each, axis=0),
        cards=cards,
    )


def _joined(pieces: list[_Piece], atlas: Atlas) -> HairCards:
    counts = [len(piece.positions) for piece in pieces]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    cards = np.concatenate([[0], np.cumsum([piece.cards for piece in pieces])[:-1]])
    card = [
        first + np.repeat(np.arange(piece.cards), count // piece.cards)
        for piece, count, first in zip(pieces, counts, cards, strict=True)
    ]
    return HairCards(
        positions=np.concatenate([piece.positions for piece in pieces]),
        normals=np.concatenate([piece.normals for piece in pieces]),
        faces=np.concatenate(
            [piece.faces + np.int32(start) for piece, start in zip(pieces, starts, strict=True)]
        ).astype(np.int32),
        uvs=np.concatenate([piece.uvs for piece in pieces]),
        roots=SurfacePoints(
            np.concatenate([piece.corners for piece in pieces]).astype(np.int32),
            np.concatenate([piece.barycentrics for piece in pieces]).astype(np.float32),
        ),
        card=np.concatenate(card).astype(np.int32),
        atlas=atlas,
    )


def _length(groom: Groom) -> float:
    return float(np.linalg.norm(np.diff(groom.points, axis=1), axis=2).sum(axis=1).mean())


def _none() -> HairCards:
    vector, image = np.zeros((0, 3), np.float32), np.zeros((4, 4), np.uint8)
    flat = np.full((4, 4, 3), 128, np.uint8)
    flat[..., 2] = 255
    return HairCards(
        vector, vector, np.zeros((0, 4), np.int32), np.zeros((0, 2), np.float32),
        SurfacePoints(np.zeros((0, 3), np.int32), vector), np.zeros(0, np.int32),
        Atlas(np.zeros((4, 4, 3), np.uint8), image, flat),
    )  # fmt: skip
