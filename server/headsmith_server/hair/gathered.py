"""Styles that are drawn together: ponytail, bun and two plaits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.bundles import along, arc_lengths, disc, plaited
from headsmith_server.hair.curling import curled
from headsmith_server.hair.growth import LENGTHS_MM, Growth, Order
from headsmith_server.hair.hairline import azimuth, smoothstep
from headsmith_server.hair.paths import integrate, resampled, smoothed, unit, wander
from headsmith_server.hair.planting import locks, planted, share_over
from headsmith_server.hair.scalp import Roots
from headsmith_server.hair.trims import lying
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]

ON_HEAD = 15
"""Points of a gathered strand from its root to the tie."""


def ponytail(order: Order) -> list[Growth]:
    roots, rng, s = _without_sideburns(order), order.rng, order.scale
    count, tail_points = len(roots), 24
    tie, normal = _tie(order, np.array([0.0, float(np.clip(34 + 16 * rng.normal(), 0, 66)), -95.0], np.float32))
    ring = 8.5 * s
    centre = tie + normal * 8.0 * s
    upright, sideways = _plane(normal)
    head, angle = _to_tie(order, roots, tie, normal, centre, ring, None)
    order.tick()
    length = order.between(LENGTHS_MM["ponytail"])
    guide = _hanging_guide(order, centre, unit(normal + 0.05 * upright), length, tail_points, 17.0 * s)
    t = np.linspace(0.0, 1.0, tail_points, dtype=np.float32)
    spread = np.interp(t, (0.0, 0.10, 0.3, 0.7, 1.0), (ring, 1.35 * ring, 2.5 * ring, 2.4 * ring, 1.1 * ring))
    fill = np.sqrt(0.12 + 0.88 * rng.random(count)).astype(np.float32)
    places = np.stack([fill * np.cos(angle), fill * np.sin(angle)], axis=1)
    share = np.clip(1.0 - 0.20 * rng.random(count) ** 2 - 0.05 * np.abs(rng.standard_normal(count)), 0.6, 1.0)
    full = along(
        guide, np.zeros(count, np.int64), places[:, None] * spread[None, :, None].astype(np.float32), upright[None]
    )
    tail = resampled(full, share.astype(np.float32), tail_points)
    lock, leaders = locks(roots, 70)
    pull = 0.62 * smoothstep(0.1, 0.8, t)
    tail = tail + (tail[leaders][lock] - tail) * pull[None, :, None].astype(np.float32)
    tail = curled(order, tail.astype(np.float32), lock, 0.12, (share * length).astype(np.float32))
    tail = tail + wander(count, tail_points, 1.5, rng) * np.float32((0.6 + 5.0 * order.hair.frizz) * s)
    wrapped = rng.random(count) < 0.035
    tail[wrapped] = _band(order, centre, normal, upright, sideways, ring, angle[wrapped], tail_points)
    strands = np.concatenate([head, tail], axis=1).astype(np.float32)
    return [Growth(roots, smoothed(strands), lock, packed(strands.shape[1], 0.13, 0.7)), *sideburns(order)]


def bun(order: Order) -> list[Growth]:
    roots, rng, s = _without_sideburns(order), order.rng, order.scale
    count, points = len(roots), 30
    tie, normal = _tie(order, np.array([0.0, float(np.clip(38 + 18 * rng.normal(), 2, 74)), -92.0], np.float32))
    ring = 9.0 * s
    centre = tie + normal * 5.0 * s
    upright, sideways = _plane(normal)
    head, angle = _to_tie(order, roots, tie, normal, centre, ring, None)
    order.tick()
    width = order.between(LENGTHS_MM["bun"]) * (0.85 + 0.3 * order.hair.volume)
    circle, tube = 0.27 * width, 0.24 * width
    u = np.linspace(0.0, 1.0, points, dtype=np.float32)
    lock, _ = locks(roots, 90)
    number = int(lock.max(initial=0)) + 1
    # The rope is wound about its foot: it rises in the middle, turns outwards and ends under itself.
    fill = (0.72 + 0.30 * rng.random(count)).astype(np.float32)
    section = (2 * np.pi * rng.random(number, dtype=np.float32))[lock] + 0.30 * rng.standard_normal(count)
    turn = (
        angle[:, None] + 2 * np.pi * (1.35 + 0.25 * rng.random(number)[lock])[:, None] * smoothstep(0.0, 1.0, u) ** 0.9
    )
    about = section[:, None] + 2.4 * u[None]
    bulge = (0.92 + 0.15 * rng.standard_normal(number)[lock])[:, None]
    radius = circle + fill[:, None] * tube * bulge * np.cos(about)
    height = 0.72 * tube + fill[:, None] * tube * bulge * (0.85 * np.sin(about))
    entry = smoothstep(0.0, 0.22, u)[None]
    radius = ring * (1.0 - entry) + radius * entry
    height = 1.0 * s * (1.0 - entry) + height * entry
    knot = (
        centre + normal * height[..., None]
        + upright * (radius * np.cos(turn))[..., None] + sideways * (radius * np.sin(turn))[..., None]
    ).astype(np.float32)  # fmt: skip
    knot = knot + wander(count, points, 2.0, rng) * np.float32((0.4 + 2.5 * order.hair.frizz) * s)
    strands = np.concatenate([head, knot], axis=1).astype(np.float32)
    return [Growth(roots, smoothed(strands), lock, packed(strands.shape[1], 0.085, 0.8)), *sideburns(order)]


def two_plaits(order: Order) -> list[Growth]:
    """Hair parted to both sides, drawn behind the ears and plaited."""
    roots, rng, s = _without_sideburns(order), order.rng, order.scale
    m = order.scalp.measures
    place = order.local(roots.points)
    line = 14.0 * order.side_of_parting() * smoothstep(-20.0, 60.0, place[:, 2])
    left = place[:, 0] > line
    points = 60
    length = order.between(LENGTHS_MM["braids"])
    parts = []
    for number, (mask, sign) in enumerate(((left, 1.0), (~left, -1.0))):
        own = roots.chosen(mask)
        count = len(own)
        if not count:
            continue
        tie, normal = _tie(order, np.array([sign * 48.0, -52.0, -62.0], np.float32))
        ring = 8.0 * s
        centre = tie + normal * 8.0 * s
        way = np.array([sign * (m.half_width - 8 * s), m.ear_top + 10 * s, m.ear_back - 4 * s], np.float32)
        head, _ = _to_tie(order, own, tie, normal, centre, ring, way)
        order.tick()
        start = unit(0.5 * normal + np.array([sign * 0.25, -0.8, 0.25], np.float32))
        guide = _hanging_guide(order, centre, start, length, points, 12.0 * s, forward=0.16)
        t = np.linspace(0.0, 1.0, points, dtype=np.float32)
        arc = arc_lengths(guide)[np.zeros(count, np.int64)]
        width = np.interp(t, (0.0, 0.06, 0.85, 0.90, 0.95, 1.0), (8.0, 13.0, 9.5, 5.0, 8.0, 5.0)).astype(np.float32) * s
        braid = np.interp(t, (0.0, 0.05, 0.88, 0.90, 1.0), (0.3, 1.0, 1.0, 0.2, 0.2)).astype(np.float32)
        member = rng.integers(0, 3, count)
        places = disc(count, rng, 0.35)
        period = np.full(count, 44.0 * s, np.float32)
        offsets = plaited(member, places, arc, period, np.broadcast_to(width, (count, points)))
        loose = places[:, None] * width[None, :, None] * 0.8
        offsets = offsets * braid[None, :, None] + loose * (1.0 - braid)[None, :, None]
        reference = np.cross(start, np.array([sign, 0.0, 0.6], np.float32))[None].astype(np.float32)
        tail = along(guide, np.zeros(count, np.int64), offsets.astype(np.float32), reference)
        tail = tail + wander(count, points, 3.0, rng) * np.float32((0.25 + 2.0 * order.hair.frizz) * s)
        strands = np.concatenate([head, tail], axis=1).astype(np.float32)
        strands[:, : ON_HEAD + 3] = smoothed(strands[:, : ON_HEAD + 3])
        parts.append(Growth(own, strands, member + 3 * number, packed(strands.shape[1], 0.15, 0.8)))
    return [*parts, *sideburns(order)]


def packed(points: int, share: float, tip: float) -> Field:
    """Radii [P] of gathered strands: `share` of the usual ones from the tie on and `tip` of that at the end.

    On the head a strand stands for some ten hairs, to cover the scalp; where all of the head's strands lie together
    they cover each other many times over, and only thin ones let as much light into the mass as hairs do.
    """
    tail = np.linspace(0.0, 1.0, points - ON_HEAD, dtype=np.float32)
    head = 1.0 - (1.0 - share) * smoothstep(0.3, 1.0, np.linspace(0.0, 1.0, ON_HEAD, dtype=np.float32))
    return np.concatenate([head, share * (1.0 - (1.0 - tip) * smoothstep(0.7, 1.0, tail))]).astype(np.float32)


def _sideburn_share(order: Order, points: Field) -> Field:
    """1 on the short hair before the ears, which reaches no tie, 0 elsewhere."""
    m = order.scalp.measures
    before = smoothstep(92.0, 84.0, azimuth(m, points))
    return before * smoothstep(m.ear_top + 12.0 * order.scale, m.ear_top - 2.0 * order.scale, points[:, 1])


def _without_sideburns(order: Order) -> Roots:
    everywhere = share_over(order.scalp, order.hair)
    return planted(order, lambda points: everywhere(points) * (1.0 - _sideburn_share(order, points)))


def sideburns(order: Order) -> list[Growth]:
    """What a tie leaves: short hair before the ears."""
    everywhere = share_over(order.scalp, order.hair)
    roots = planted(order, lambda points: everywhere(points) * _sideburn_share(order, points))
    return [lying(order, roots, 15.0)] if len(roots) else []


def _tie(order: Order, local: Field) -> tuple[Field, Field]:
    """The place on the skull nearest to a local point (mm), and the outward direction there."""
    point = (order.scalp.measures.centre + local * order.scale)[None].astype(np.float32)
    point = order.scalp.volume.settled(point, np.zeros(1, np.float32), 6)
    _, away = order.scalp.volume.distance(point, ears=False)
    return point[0], unit(away)[0]


def _plane(normal: Field) -> tuple[Field, Field]:
    """Upwards and sideways across a normal."""
    upright = unit(np.array([0.0, 1.0, 0.0], np.float32) - normal * normal[1])
    return upright, np.cross(normal, upright).astype(np.float32)


def _to_tie(
    order: Order, roots: Roots, tie: Field, normal: Field, centre: Field, ring: float, way: Field | None
) -> tuple[Field, Field]:
    """Strands [S, ON_HEAD, 3] from the roots over the skull to the tie, and the angle [S] at which each arrives.

    way: a place by which what grows before the ears goes.
    """
    rng, s, volume = order.rng, order.scale, order.scalp.volume
    middle = order.scalp.measures.centre
    count = len(roots)
    start, end = unit(roots.points - middle), unit((tie - middle)[None])
    t = np.linspace(0.0, 1.0, ON_HEAD, dtype=np.float32)
    end = np.repeat(end, count, axis=0)
    directions = _slerp(start, end, t)
    if way is not None:
        by = np.repeat(unit((way - middle)[None]), count, axis=0)
        ahead = smoothstep(-45.0, 5.0, order.local(roots.points)[:, 2])[:, None]
        by = unit(directions[:, ON_HEAD // 2] * (1.0 - ahead) + by * ahead)
        first, second = _slerp(start, by, t), _slerp(by, end, t)
        weight = t[None, :, None]
        directions = unit(first * (1.0 - weight) + second * weight)
    reach = np.linalg.norm(roots.points - middle, axis=1)[:, None] * (1.0 - t) + np.linalg.norm(tie - middle) * t
    points = middle + directions * reach[..., None]
    lock, leaders = locks(roots, 220)
    rank = rng.random(len(leaders), dtype=np.float32)[lock] * 0.6 + 0.4 * rng.random(count, dtype=np.float32)
    lift = (1.0 + (2.0 + 7.0 * order.hair.volume) * rank * 0.7) * s
    rise = smoothstep(0.0, 0.35, t)
    height = 0.5 * s + (lift[:, None] - 0.5 * s) * rise[None] + 2.0 * s * smoothstep(0.7, 1.0, t)[None]
    flat = volume.settled(points.reshape(-1, 3).astype(np.float32), height.reshape(-1).astype(np.float32), 3)
    flat = volume.pushed_out(flat, np.minimum(height.reshape(-1), 2.0 * s).astype(np.float32), 3)
    strands = flat.reshape(count, ON_HEAD, 3)
    strands[:, 0] = roots.points
    upright, sideways = _plane(normal)
    arriving = strands[:, -4] - tie
    across = np.einsum("sc,c->s", arriving, sideways)
    angle = np.arctan2(across, np.einsum("sc,c->s", arriving, upright)).astype(np.float32)
    # The last points turn out through the tie.
    at_ring = centre - normal * 3.0 * s + ring * (np.cos(angle)[:, None] * upright + np.sin(angle)[:, None] * sideways)
    enter = smoothstep(0.74, 1.0, t)[None, :, None]
    strands = strands * (1.0 - enter) + at_ring[:, None].astype(np.float32) * enter
    return smoothed(strands.astype(np.float32), 1), angle


def _slerp(start: Field, end: Field, t: Field) -> Field:
    """Directions [S, T, 3] on the great circles from start to end [S, 3]."""
    angle = np.arccos(np.clip(np.einsum("sc,sc->s", start, end), -0.9995, 0.9995))[:, None]
    a, b = np.sin((1.0 - t) * angle), np.sin(t * angle)
    return unit(start[:, None] * a[..., None] + end[:, None] * b[..., None])


def _hanging_guide(
    order: Order, start: Field, direction: Field, length: float, points: int, shell: float, forward: float = 0.0
) -> Field:
    """One guide [1, points, 3] that leaves a tie and falls."""
    steps = max(points, int(length / (6.0 * order.scale)))

    def wanted(where: Field, share: float, near: Field, away: Field) -> Field:
        return np.array([[0.0, -1.0, forward]], np.float32)

    path = integrate(
        order.scalp.volume, start[None].astype(np.float32), direction[None], wanted, steps,
        np.full(1, length / steps, np.float32), np.full(1, shell, np.float32), 0.24,
    )  # fmt: skip
    return resampled(smoothed(path, 3), np.ones(1, np.float32), points)


def _band(
    order: Order, centre: Field, normal: Field, upright: Field, sideways: Field, ring: float, angle: Field,
    points: int,
) -> Field:  # fmt: skip
    """A lock wound about the tail's foot instead of a rubber band [S, points, 3]."""
    rng, s = order.rng, order.scale
    count = len(angle)
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    turn = angle[:, None] + 2 * np.pi * 1.6 * t[None]
    height = (rng.random(count)[:, None] * 9.0 - 3.0) * s * smoothstep(0.0, 0.15, t)[None]
    radius = ring * (1.22 + 0.12 * rng.random(count))[:, None] + 0 * turn
    return (
        centre + normal * height[..., None]
        + upright * (radius * np.cos(turn))[..., None] + sideways * (radius * np.sin(turn))[..., None]
    ).astype(np.float32)  # fmt: skip
