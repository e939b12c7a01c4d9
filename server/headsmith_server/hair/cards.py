"""make_cards: grooms as strips of quads with alpha textures, for programs that know no strands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.cards_atlas import COLUMNS, MARGIN, Atlas, Bundle, Fur, examples, paint_atlas
from headsmith_server.hair.cards_patches import STRANDS_A_PATCH, patches
from headsmith_server.hair.cards_strips import Strips, bundles, sections_for, strips
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.parameters import HairColour
from headsmith_server.hair.volume import vertex_normals
from headsmith_server.heads.protocol import HeadModel, SurfacePoints
from headsmith_server.texture.canvas import no_tick

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]

FEWEST: Final = 300
MOST: Final = 900
STRANDS_A_CARD: Final = 11
SHORTEST_M: Final = 0.0035
"""Grooms of hair shorter on average get no cards: the skin's own maps show such hair."""
RIM_GAIN: Final = 2.4
"""Patches thin out towards their rims; the rest makes up for it."""
SHORT_M: Final = 0.012
"""Hair so short lies in patches alone."""
MOST_COLOURS: Final = 2
BULGE: Final = 0.16
"""Of a strip's width: how far its middle is raised."""


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
        """Offsets [E, V, 3] metres of the cards in shapes that move the skin by deltas [E, skin V, 3]: a card goes
        where its root goes."""
        return np.einsum("vc,evcx->evx", self.roots.barycentrics, deltas[:, self.roots.corners]).astype(np.float32)


def make_cards(
    model: HeadModel,
    vertices: Float32,
    grooms: Sequence[Groom],
    seed: int,
    tick: Callable[[], None] = no_tick,
) -> HairCards:
    """Cards for all grooms together, in the colours of the first two: strips along bundles of hair (300 to 900 where
    there is so much of it) over patches of short hair that lie on the skin.

    vertices: float32 [V, 3] metres, of the identity that the grooms were grown on. The same arguments give the same
    bytes. Without hair, or with none long enough, there are no vertices and the atlas is empty.
    """
    rng = np.random.default_rng([seed, 431])
    skin, normals = _outer_skin(model, np.asarray(vertices, np.float32))
    seen = [groom for groom in grooms if len(groom.points) and _lengths(groom).mean() >= SHORTEST_M]
    if not seen:
        return _none()
    colours = list(dict.fromkeys(groom.colour for groom in seen))[:MOST_COLOURS]
    strands = sum(len(groom.points) for groom in seen)
    total = int(np.clip(strands / STRANDS_A_CARD, FEWEST, MOST))
    tiles: list[list[Bundle] | list[Fur]] = []
    shades: list[HairColour] = []
    pieces: list[_Piece] = []
    for groom in seen:
        colour = groom.colour if groom.colour in colours else colours[0]
        short = _lengths(groom) < SHORT_M
        ground = patches(groom, max(6, len(groom.points) // STRANDS_A_PATCH), skin, normals)
        tick()
        levels = np.quantile(ground.cover, (np.arange(COLUMNS) + 0.5) / COLUMNS)
        # Under long hair it is the shade between the roots.
        least = 0.0 if short.mean() > 0.5 else 0.75
        furs = [Fur(float(np.clip(RIM_GAIN * level, least, 0.92)), ground.stroke) for level in levels]
        row = _row(tiles, shades, colour, furs)
        column = np.abs(ground.cover[:, None] - levels[None]).argmin(axis=1)
        pieces.append(_piece(groom, ground.leader, ground.strips, column, row, 0.0, rng))
        if short.all():
            continue
        long = _some(groom, ~short)
        found = bundles(long, max(8, round(total * len(long.points) / strands)))
        shape = strips(found, sections_for(found), skin, normals)
        tick()
        shown, nearest = examples(found, shape, long.radii.mean(axis=1), COLUMNS)
        row = _row(tiles, shades, colour, shown)
        pieces.append(_piece(long, found.leader, shape, nearest, row, BULGE, rng))
        tick()
    atlas = paint_atlas(tiles, shades, rng, tick)
    return _joined(pieces, atlas, len(tiles))


def _row(
    tiles: list[list[Bundle] | list[Fur]], shades: list[HairColour], colour: HairColour, row: list[Bundle] | list[Fur]
) -> int:
    """The row of the atlas for such tiles: one a colour and a kind; the first groom of a kind is its example."""
    for number, (other, shade) in enumerate(zip(tiles, shades, strict=True)):
        if shade == colour and isinstance(other[0], type(row[0])):
            return number
    tiles.append(row)
    shades.append(colour)
    return len(tiles) - 1


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
    groom: Groom, leader: NDArray[np.int64], shape: Strips, nearest: NDArray[np.int64], row: int, bulge: float,
    rng: np.random.Generator,
) -> _Piece:  # fmt: skip
    cards, sections = shape.width.shape
    # Cards that lie over each other at different heights hide that they are flat.
    along = np.linspace(0.0, 1.0, sections, dtype=np.float32)[:, None]
    most = 0.0012 if bulge > 0.0 else 0.0003
    height = np.minimum(4.0 * along, 1.0) * (0.0002 + most * rng.random((cards, 1, 1), dtype=np.float32))
    spine = shape.spine + shape.normal * height
    half = 0.5 * (shape.width / (1.0 - 2.0 * MARGIN))[..., None] * shape.side
    # A little hollow across, like a lock: three columns, the middle one raised.
    raised = bulge * shape.width[..., None] * shape.normal
    columns = np.stack([spine - half, spine + raised, spine + half], axis=2)
    tilt = shape.side * 0.6
    normals = np.stack([shape.normal - tilt, shape.normal, shape.normal + tilt], axis=2)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    column = np.minimum(nearest + rng.integers(0, 2, cards), COLUMNS - 1)
    mirrored = rng.random(cards) < 0.5
    across = np.where(mirrored[:, None], np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.5, 1.0]))
    u = (column[:, None] + across) / COLUMNS
    v = np.broadcast_to(row + np.linspace(0.002, 0.998, sections)[None], (cards, sections))
    uvs = np.stack(np.broadcast_arrays(u[:, None, :], v[:, :, None]), axis=-1)
    base = np.arange(cards, dtype=np.int32)[:, None, None] * (3 * sections)
    level = 3 * np.arange(sections - 1, dtype=np.int32)[None, :, None] + np.arange(2, dtype=np.int32)
    first = base + level
    # side = tangent x normal: seen from outside with the root above, it points to the left.
    faces = np.stack([first, first + 1, first + 4, first + 3], axis=-1)
    each = 3 * sections
    return _Piece(
        positions=columns.reshape(-1, 3).astype(np.float32),
        normals=normals.reshape(-1, 3).astype(np.float32),
        faces=faces.reshape(-1, 4).astype(np.int32),
        uvs=uvs.reshape(-1, 2).astype(np.float32),
        corners=np.repeat(groom.roots.corners[leader], each, axis=0),
        barycentrics=np.repeat(groom.roots.barycentrics[leader], each, axis=0),
        cards=cards,
    )


def _joined(pieces: list[_Piece], atlas: Atlas, rows: int) -> HairCards:
    counts = [len(piece.positions) for piece in pieces]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    cards = np.concatenate([[0], np.cumsum([piece.cards for piece in pieces])[:-1]])
    uvs = np.concatenate([piece.uvs for piece in pieces])
    uvs[:, 1] = 1.0 - uvs[:, 1] / rows
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
        uvs=uvs,
        roots=SurfacePoints(
            np.concatenate([piece.corners for piece in pieces]).astype(np.int32),
            np.concatenate([piece.barycentrics for piece in pieces]).astype(np.float32),
        ),
        card=np.concatenate(card).astype(np.int32),
        atlas=atlas,
    )


def _outer_skin(model: HeadModel, vertices: Float32) -> tuple[Float32, Float32]:
    """Some vertices of the visible skin, and their unit normals."""
    topology = model.topology
    part = topology.part("skin")
    skin = vertices[: len(part.vertices)]
    quads = np.where(part.faces < 0, part.faces[:, :1], part.faces).astype(np.int64)
    normals = vertex_normals(skin, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))
    seen = np.ones(len(skin), bool)
    for name in ("mouth_cavity", "inner_lid", "nostril_inside", "ear_l", "ear_r"):
        seen[topology.sets.get(name, np.zeros(0, np.int32))] = False
    some = np.flatnonzero(seen)[::2]
    return np.ascontiguousarray(skin[some]), np.ascontiguousarray(normals[some])


def _lengths(groom: Groom) -> Float32:
    return np.linalg.norm(np.diff(groom.points, axis=1), axis=2).sum(axis=1)


def _some(groom: Groom, which: NDArray[np.bool_]) -> Groom:
    return replace(
        groom,
        points=groom.points[which],
        radii=groom.radii[which],
        roots=SurfacePoints(groom.roots.corners[which], groom.roots.barycentrics[which]),
        root_uvs=groom.root_uvs[which],
        clump=groom.clump[which],
        shade=groom.shade[which],
    )


def _none() -> HairCards:
    vector, image = np.zeros((0, 3), np.float32), np.zeros((4, 4), np.uint8)
    flat = np.full((4, 4, 3), 128, np.uint8)
    flat[..., 2] = 255
    return HairCards(
        vector, vector, np.zeros((0, 4), np.int32), np.zeros((0, 2), np.float32),
        SurfacePoints(np.zeros((0, 3), np.int32), vector), np.zeros(0, np.int32),
        Atlas(np.zeros((4, 4, 3), np.uint8), image, flat),
    )  # fmt: skip
