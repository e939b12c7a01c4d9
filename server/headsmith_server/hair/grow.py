"""grow_hair: the hair of one head, as strands bound to its skin."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from headsmith_server.hair import coils, gathered, hanging, plaits, short
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.growth import Growth, Order
from headsmith_server.hair.hairline import density_at, hair_density
from headsmith_server.hair.parameters import STYLES, HairParameters
from headsmith_server.hair.scalp import scalp_of
from headsmith_server.hair.volume import Bend, bend
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.arrays import Field
from headsmith_shared.errors import ErrorCode, HeadsmithError

MILLIMETRE: Final = 1e-3
STRAND_RADIUS_MM: Final = 0.16
"""Half the thickness of one of 10,000 strands: thicker than a hair (0.035 mm), for it stands for ten of them."""


def no_tick() -> None:
    """Nothing: nobody asked to hear of progress."""


GROWERS: Final[Mapping[str, Callable[[Order], list[Growth]]]] = {
    "bald": lambda order: [],
    "receding": short.receding,
    "buzz_cut": short.buzz_cut,
    "crew_cut": short.crew_cut,
    "side_part": short.side_part,
    "quiff": short.quiff,
    "pixie": short.pixie,
    "bob": hanging.bob,
    "straight": hanging.straight,
    "wavy": hanging.wavy,
    "curly": hanging.curly,
    "afro": coils.afro,
    "locs": coils.locs,
    "braids": plaits.braids,
    "ponytail": gathered.ponytail,
    "bun": gathered.bun,
    "mohawk": short.mohawk,
}
"""One grower a name of STYLES."""


def grow_hair(
    model: HeadModel,
    vertices: Field,
    hair: HairParameters,
    seed: int,
    strands: int = 10_000,
    tick: Callable[[], None] = no_tick,
) -> tuple[Groom, ...]:
    """The hair of the head whose neutral model vertices are `vertices` [V, 3] (metres), at most `strands` strands.

    Density below 1 and baldness give fewer; "bald" gives none. The same arguments give the same bytes, whatever else
    runs. tick is called every few tens of milliseconds.

    Raises HeadsmithError: BAD_INPUT for a style that is not in STYLES.
    """
    if hair.style not in STYLES:
        raise HeadsmithError(ErrorCode.BAD_INPUT, f"hair style {hair.style!r}: unknown", f"choose {', '.join(STYLES)}")
    if strands <= 0:
        return ()
    scalp = scalp_of(model)
    tick()
    digest = hashlib.sha256(f"hair {hair.style} {seed}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    growths = [growth for growth in GROWERS[hair.style](Order(scalp, hair, strands, rng, tick)) if len(growth.roots)]
    tick()
    if not growths:
        return ()
    skin = np.asarray(vertices[: len(scalp.mean)], np.float32)
    shape = bend(scalp.volume, skin * np.float32(1.0 / MILLIMETRE))
    tick()
    total = sum(len(growth.roots) for growth in growths)
    asked = max(strands, total)
    return tuple(_groom(growth, shape, skin, hair, asked, scalp.measures.scale, rng, tick) for growth in growths)


def _groom(
    growth: Growth, shape: Bend, skin: Field, hair: HairParameters, strands: int, scale: float,
    rng: np.random.Generator, tick: Callable[[], None],
) -> Groom:  # fmt: skip
    """A growth carried to the identity: moved with the space around the head, cleared of its skin, rooted in it."""
    count, points = growth.points.shape[:2]
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    ramp = np.minimum(1.0, np.arange(points) / 2.0).astype(np.float32)
    clearance = np.tile(np.float32(growth.clearance * scale) * ramp, count)
    mean = growth.points.reshape(-1, 3)
    mean = shape.volume.pushed_out(mean, clearance)
    tick()
    carried = shape.carried(mean)
    tick()
    # What the grid rounds off at the root is taken back there and kept on the way out.
    roots = growth.roots.surface.positions(skin) * np.float32(1.0 / MILLIMETRE)
    placed = carried.reshape(count, points, 3)
    miss = roots - placed[:, 0]
    placed = placed + miss[:, None] * (1.0 - t)[None, :, None] ** 2
    cleared = shape.cleared(mean, placed.reshape(-1, 3), clearance).reshape(count, points, 3)
    cleared[:, 0] = roots
    tick()
    radius = STRAND_RADIUS_MM * MILLIMETRE * scale * growth.thickness * (10_000 / strands) ** 0.75
    vary = np.clip(1.0 + 0.15 * rng.standard_normal(count), 0.6, 1.4)
    return Groom(
        name="hair",
        points=(cleared * np.float32(MILLIMETRE)).astype(np.float32),
        radii=(radius * vary[:, None] * np.atleast_2d(growth.taper)).astype(np.float32),
        roots=growth.roots.surface,
        root_uvs=growth.roots.uvs,
        clump=growth.lock.astype(np.int32),
        shade=rng.random(count, dtype=np.float32),
        colour=hair.colour,
    )


__all__ = ["GROWERS", "density_at", "grow_hair", "hair_density", "no_tick"]
