"""Short hair: how long it is where, how it is combed and lifted, and the strands that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headsmith_server.hair.curling import curled
from headsmith_server.hair.growth import Growth, Order, fringed, tapered
from headsmith_server.hair.hairline import azimuth, inside_mm, smoothstep
from headsmith_server.hair.paths import clumped, integrate, resampled, tangential, unit, wander
from headsmith_server.hair.planting import locks
from headsmith_server.hair.scalp import Roots
from headsmith_server.texture.arrays import Field


@dataclass(frozen=True)
class Trim:
    """How short hair lies, one entry a strand.

    length [S] mm; flow [S, 3]: where it is combed; lift [S]: how steeply it leaves the skin (0 flat .. 2 upright);
    fall [S]: how far it bends back to the flow by its end (0 stays up .. 1 lies); shell [S] mm over the skin.
    """

    length: Field
    flow: Field
    lift: Field
    fall: Field
    shell: Field


def topness(place: Field) -> Field:
    """1 on top of the head, 0 at its sides and back, about the parietal ridge."""
    ridge = 40.0 + 0.06 * np.abs(place[:, 2])
    return smoothstep(ridge - 14.0, ridge + 16.0, place[:, 1] - 0.10 * np.maximum(-place[:, 2], 0.0))


def sides(order: Order, roots: Roots, top: Field, share: float) -> Field:
    """Lengths at sides and back against the top's: shorter the stronger the fade, and shortest at the lower edge."""
    inside = inside_mm(order.scalp.measures, roots.points, order.hair.hairline) / order.scale
    fade = order.hair.fade
    edge = smoothstep(-6.0, 20.0 + 50.0 * fade, inside)
    least = share * (0.75 - 0.65 * fade)
    return least + (share * (1.25 - 0.6 * fade) - least) * edge


def side_flow(place: Field, back: float) -> Field:
    """Down, and backwards at the sides."""
    behind = smoothstep(-20.0, -70.0, place[:, 2])
    return np.stack([
        0.1 * np.sign(place[:, 0]) - 0.012 * place[:, 0] * behind, -np.ones(len(place)), -back * (1.0 - behind)
    ], axis=1).astype(np.float32)  # fmt: skip


def whorl_flow(order: Order, roots: Roots) -> Field:
    """Away from the whorl, turning about it; down at the sides and the back."""
    offset = (roots.points - order.scalp.measures.whorl) / np.float32(order.scale)
    away = unit(tangential(offset, roots.normals))
    turn = np.cross(roots.normals, away)
    near = np.exp(-((np.linalg.norm(offset, axis=1) / 38.0) ** 2))
    place = order.local(roots.points)
    low = (1.0 - topness(place))[:, None]
    flow = away + (0.25 + 0.9 * near)[:, None] * turn
    return (flow * (1.0 - 0.75 * low) + 0.75 * low * side_flow(place, 0.1)).astype(np.float32)


def mixed_flow(order: Order, roots: Roots, flow_top: Field, share: Field, back: float) -> Field:
    """The comb's way on top, down at the sides, away from the whorl at the crown."""
    place = order.local(roots.points)
    top = topness(place)[:, None]
    other = top * whorl_flow(order, roots) + (1.0 - top) * side_flow(place, back)
    weight = share[:, None]
    return (weight * flow_top + (1.0 - weight) * unit(other)).astype(np.float32)


def with_fringe(
    order: Order, roots: Roots, length: Field, flow: Field, lift: Field, sweep: Field,
    fringe: float | None = None,
) -> tuple[Field, Field, Field, Field]:  # fmt: skip
    """(length, flow, lift, share of the fringe 0..1): the hair at the front hairline falls over the forehead instead,
    not beyond the brows."""
    amount = order.hair.fringe if fringe is None else fringe
    if amount <= 0.02:
        return length, flow, lift, np.zeros(len(roots), np.float32)
    m, s = order.scalp.measures, order.scale
    inside = inside_mm(m, roots.points, order.hair.hairline) / s
    share = smoothstep(22.0 + 22.0 * amount, 4.0 + 14.0 * amount, inside)
    share = share * smoothstep(58.0, 40.0, azimuth(m, roots.points))
    down = np.stack([0.75 * (1.0 - 0.6 * amount) * sweep, -np.ones(len(roots)), 0.55 + 0 * sweep], axis=1)
    reach = roots.points[:, 1] - (m.brow_y + s * (20.0 - 19.0 * amount))
    wanted = np.maximum(reach * (1.18 + 0.35 * (1.0 - amount)), 8.0 * s)
    length = length + share * (np.minimum(wanted, 1.3 * length + 20 * s) - length)
    flow = (flow + share[:, None] * (down - flow)).astype(np.float32)
    return length, flow, lift * (1.0 - 0.3 * share), share


def trimmed(
    order: Order,
    roots: Roots,
    trim: Trim,
    points: int,
    lock_count: int,
    clump: float,
    loose: float,
    uneven: float = 1.0,
    fringe: Field | None = None,
) -> Growth:
    """Strands of a trim: each leaves the skin by its lift, bends to its flow, and stands together with its lock.

    fringe [S]: 0..1, as with_fringe gives it.
    """
    rng, count = order.rng, len(roots)
    lock, leaders = locks(roots, lock_count)
    of_lock = rng.standard_normal((len(leaders), 4)).astype(np.float32)[lock]
    own = rng.standard_normal((count, 4)).astype(np.float32)
    length = trim.length * np.clip(1.0 + 0.07 * uneven * (of_lock[:, 0] + own[:, 0]), 0.6, 1.2)
    length = np.maximum(length, 1.2 * order.scale)
    flow = unit(unit(trim.flow) + 2.0 * loose * of_lock[:, 1:] + loose * own[:, 1:])
    along = unit(tangential(flow, roots.normals) + np.float32(1e-5))
    lift = trim.lift * np.clip(1.0 + 0.12 * of_lock[:, 0] + 0.08 * own[:, 1], 0.4, 1.6)
    start = unit(along + lift[:, None] * roots.normals)
    volume = order.scalp.volume

    shell = trim.shell * np.clip(0.72 + 0.28 * np.abs(own[:, 3]), 0.5, 1.3) * order.scale

    def wanted(where: Field, share: float, near: Field, away: Field) -> Field:
        lying = unit(tangential(flow, away) + np.float32(1e-5))
        # Combed hair comes back to the height at which it lies.
        back = np.clip((near - shell) / (9.0 * order.scale), -0.3, 0.9)[:, None]
        bend = np.clip(trim.fall * 1.5 * smoothstep(-0.15, 0.6, share), 0.0, 1.0)[:, None]
        return (1.0 - bend) * start + bend * (lying - back * away)

    steps = max(points - 1, 8)
    path = integrate(volume, roots.points, start, wanted, steps, length / steps, shell, 0.45)
    order.tick()
    strands = resampled(path, np.ones(count, np.float32), points)
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    pull = clump * smoothstep(0.1, 1.0, t) * 0.8
    taper = tapered(points, 0.25, 0.4)
    if fringe is not None:  # a fringe of few strands in locks is a row of combs
        pull = pull * (1.0 - order.fewness * fringe)[:, None]
        taper = fringed(taper, fringe, order.fewness)
    strands = clumped(strands, lock, leaders, pull)
    strands = curled(order, strands, lock, style_curl=0.0, length=length)
    amount = (0.012 + 0.07 * order.hair.frizz) * np.minimum(length, 60.0 * order.scale)
    strands = strands + wander(count, points, 1.2, rng) * amount[:, None, None]
    return Growth(roots, strands, lock, taper)


def lying(order: Order, roots: Roots, length_mm: float) -> Growth:
    """Short hair that lies downwards and back, whatever the style."""
    zero = np.zeros(len(roots), np.float32)
    flow = side_flow(order.local(roots.points), 0.45)
    trim = Trim(zero + length_mm * order.scale, flow, 0.3 + zero, 0.9 + zero, 0.7 + zero)
    return trimmed(order, roots, trim, 8, lock_count=60, clump=0.3, loose=0.12)
