"""Styles that keep their shape without hanging: from the buzz cut to the quiff, the pixie and the mohawk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.curling import curled
from headsmith_server.hair.growth import LENGTHS_MM, Growth, Order, tapered
from headsmith_server.hair.hairline import azimuth, inside_mm, smoothstep
from headsmith_server.hair.paths import clumped, integrate, resampled, tangential, unit, wander
from headsmith_server.hair.planting import locks, plant, planted, share_over
from headsmith_server.hair.scalp import Roots

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Trim:
    """How short hair lies, one entry a strand.

    length [S] mm; flow [S, 3]: where it is combed; lift [S]: how steeply it leaves the skin (0 flat .. 2 upright);
    fall [S]: how far it bends back to the flow by its end (0 stays up .. 1 lies); shell [S] mm over the skin.
    """

    length: Float32
    flow: Float32
    lift: Float32
    fall: Float32
    shell: Float32


def buzz_cut(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = _top(place)
    length = order.between(LENGTHS_MM["buzz_cut"]) * (1.0 - 0.55 * order.hair.fade * (1.0 - top))
    trim = Trim(length, _whorl_flow(order, roots), 0.9 + 0.3 * top, 0.3 + 0 * top, 0.6 + 0 * top)
    return [_grown(order, roots, trim, 6, lock_count=900, clump=0.15, loose=0.10)]


def receding(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    inside = inside_mm(order.scalp.measures, roots.points) / order.scale
    nape = smoothstep(-4.0, 30.0, inside)
    length = order.between(LENGTHS_MM["receding"]) * (0.45 + 0.55 * nape) * (1.0 - 0.4 * order.hair.fade)
    flow = _side_flow(place, back=0.45)
    zero = 0.0 * nape
    trim = Trim(length, flow, 0.45 + zero, 0.8 + zero, 1.2 + 2.0 * order.hair.volume * nape)
    return [_grown(order, roots, trim, 10, lock_count=500, clump=0.35, loose=0.16)]


def crew_cut(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = _top(place)
    front = smoothstep(10.0, 85.0, place[:, 2])
    full = order.between(LENGTHS_MM["crew_cut"])
    length = full * (_sides(order, roots, top, 0.30) * (1.0 - top) + top * (0.75 + 0.25 * front))
    flow = _whorl_flow(order, roots)
    flow[:, 2] += 0.5 * top
    lift = 0.35 + (0.95 + 0.3 * front) * top
    trim = Trim(length, flow, lift, 0.45 - 0.15 * top, 0.8 + 1.0 * top)
    return [_grown(order, roots, trim, 8, lock_count=700, clump=0.35, loose=0.13)]


def side_part(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    parting = {"middle": 0.0, "right": -1.0}.get(order.hair.parting, 1.0)
    line = 34.0 * parting
    # Over the line to the other side, or down on the line's own side.
    sign = -parting if parting else 1.0
    across = np.where(place[:, 0] * sign > line * sign, sign, -sign).astype(np.float32)
    if not parting:
        across = np.where(place[:, 0] > 0, 1.0, -1.0).astype(np.float32)
    top = _top(place)
    over = across == sign if parting else np.ones(len(roots), bool)
    front = smoothstep(15.0, 85.0, place[:, 2])
    crown = smoothstep(-25.0, -55.0, place[:, 2])
    full = order.between(LENGTHS_MM["side_part"])
    sides = _sides(order, roots, top, 0.38)
    length = full * ((1.0 - top) * sides + top * np.where(over, 0.74 + 0.26 * front - 0.25 * crown, 0.55))
    flow_top = np.stack([across, 0.1 - 0.1 * front, -0.42 - 0.25 * front], axis=1)
    flow = _mixed(order, roots, flow_top, top * (1.0 - crown), back=0.40)
    volume = order.hair.volume
    near_line = np.exp(-(((place[:, 0] - line) / 16.0) ** 2)) * top * (1.0 - crown)
    lift = 0.22 + top * (0.45 + 0.9 * volume * front) + 0.6 * near_line * over
    shell = 1.0 + top * (3.0 + 20.0 * volume * (0.40 + 0.60 * front)) * np.where(over, 1.0, 0.4)
    length, flow, lift = _with_fringe(order, roots, length, flow, lift, sweep=across)
    trim = Trim(length, flow, lift, 0.75 + 0 * top, shell)
    return [_grown(order, roots, trim, 14, lock_count=320, clump=0.55, loose=0.10)]


def quiff(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = _top(place)
    front = smoothstep(5.0, 88.0, place[:, 2])
    crown = smoothstep(-25.0, -60.0, place[:, 2])
    full = order.between(LENGTHS_MM["quiff"])
    sides = _sides(order, roots, top, 0.24)
    length = full * ((1.0 - top) * sides + top * (0.42 + 0.58 * front - 0.12 * crown))
    sway = 0.22 * np.sign(order.side_of_parting() or 1.0)
    flow_top = np.stack([sway + 0.006 * place[:, 0], 0.1 + 0 * top, -1.0 + 0 * top], axis=1)
    flow = _mixed(order, roots, flow_top, top * (1.0 - crown), back=0.35)
    volume = order.hair.volume
    lift = 0.25 + top * (0.45 + (1.3 + 1.8 * volume) * front)
    shell = 0.9 + top * (4.0 + (10.0 + 28.0 * volume) * front)
    trim = Trim(length, flow, lift, 0.9 - 0.12 * front * top, shell)
    return [_grown(order, roots, trim, 16, lock_count=260, clump=0.6, loose=0.04, uneven=0.5)]


def pixie(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = _top(place)
    parting = order.side_of_parting() or 0.5
    sign = np.float32(-np.sign(parting))
    line = -30.0 * sign
    across = np.where(place[:, 0] * sign > line * sign, sign, -sign).astype(np.float32)
    front = smoothstep(10.0, 85.0, place[:, 2])
    crown = smoothstep(-5.0, -50.0, place[:, 2])
    inside = inside_mm(order.scalp.measures, roots.points) / order.scale
    nape = smoothstep(-5.0, 55.0, inside)
    full = order.between(LENGTHS_MM["pixie"])
    length = full * ((1.0 - top) * (0.42 + 0.4 * nape) + top * (0.85 + 0.25 * front))
    flow_top = np.stack([across, -0.15 + 0 * top, 0.55 - 0.3 * front], axis=1)
    flow = _mixed(order, roots, flow_top, top * (1.0 - crown), back=-0.35)
    volume = order.hair.volume
    lift = 0.22 + 0.35 * volume + 0.25 * top
    shell = 1.2 + (3.0 + 8.0 * volume) * (0.35 + 0.65 * top) * nape
    fringe = max(order.hair.fringe, 0.35)
    length, flow, lift = _with_fringe(order, roots, length, flow, lift, sweep=across, fringe=fringe)
    trim = Trim(length, flow, lift, 0.85 + 0 * top, shell)
    return [_grown(order, roots, trim, 16, lock_count=300, clump=0.6, loose=0.10)]


def mohawk(order: Order) -> list[Growth]:
    everywhere = share_over(order.scalp, order.hair)
    half = 21.0

    def strip(points: Float32) -> Float32:
        place = order.local(points)
        within = smoothstep(half + 2.0, half - 2.0, np.abs(place[:, 0]))
        return everywhere(points) * within * smoothstep(-30.0, -5.0, place[:, 1] - 0.2 * place[:, 2])

    def rest(points: Float32) -> Float32:
        return everywhere(points) - strip(points)

    tall = round(0.62 * order.strands * (0.45 + 0.55 * order.hair.density))
    roots = plant(order.scalp, strip, tall, order.rng)
    place = order.local(roots.points)
    front = smoothstep(20.0, 90.0, place[:, 2])
    back = smoothstep(-60.0, -95.0, place[:, 2])
    full = order.between(LENGTHS_MM["mohawk"])
    length = full * (0.82 + 0.18 * front - 0.25 * back)
    # The fin leans together over the middle and a little backwards.
    flow = np.stack([-0.03 * place[:, 0], 0.55 + 0 * front, -0.35 - 0.1 * back], axis=1).astype(np.float32)
    inwards = unit(np.stack([-place[:, 0] * 0.022, 0 * front, 0 * front], axis=1) + roots.normals)
    zero = 0.0 * front
    trim = Trim(length, flow, 2.6 + zero, 0.25 + zero, 1.0 + zero)
    upright = Roots(roots.surface, roots.uvs, roots.points, inwards)
    fin = _grown(order, upright, trim, 14, lock_count=90, clump=0.62, loose=0.05)
    fin = Growth(roots, fin.points, fin.lock, fin.taper)
    if order.hair.fade >= 0.95:
        return [fin]
    short = plant(order.scalp, rest, round(0.38 * order.strands * (0.45 + 0.55 * order.hair.density)), order.rng)
    zero = np.zeros(len(short), np.float32)
    length = (5.0 - 3.5 * order.hair.fade) * order.scale + zero
    cropped = Trim(length, _whorl_flow(order, short), 0.8 + zero, 0.3 + zero, 0.6 + zero)
    return [fin, _grown(order, short, cropped, 6, lock_count=600, clump=0.1, loose=0.1)]


def lying(order: Order, roots: Roots, length_mm: float) -> Growth:
    """Short hair that lies downwards and back, whatever the style."""
    zero = np.zeros(len(roots), np.float32)
    flow = _side_flow(order.local(roots.points), 0.45)
    trim = Trim(zero + length_mm * order.scale, flow, 0.3 + zero, 0.9 + zero, 0.7 + zero)
    return _grown(order, roots, trim, 8, lock_count=60, clump=0.3, loose=0.12)


def _top(place: Float32) -> Float32:
    """1 on top of the head, 0 at its sides and back, about the parietal ridge."""
    ridge = 40.0 + 0.06 * np.abs(place[:, 2])
    return smoothstep(ridge - 14.0, ridge + 16.0, place[:, 1] - 0.10 * np.maximum(-place[:, 2], 0.0))


def _sides(order: Order, roots: Roots, top: Float32, share: float) -> Float32:
    """Lengths at sides and back against the top's: shorter the stronger the fade, and shortest at the lower edge."""
    inside = inside_mm(order.scalp.measures, roots.points) / order.scale
    fade = order.hair.fade
    edge = smoothstep(-6.0, 20.0 + 50.0 * fade, inside)
    least = share * (0.75 - 0.65 * fade)
    return least + (share * (1.25 - 0.6 * fade) - least) * edge


def _side_flow(place: Float32, back: float) -> Float32:
    """Down, and backwards at the sides."""
    behind = smoothstep(-20.0, -70.0, place[:, 2])
    return np.stack([
        0.1 * np.sign(place[:, 0]) - 0.012 * place[:, 0] * behind, -np.ones(len(place)), -back * (1.0 - behind)
    ], axis=1).astype(np.float32)  # fmt: skip


def _whorl_flow(order: Order, roots: Roots) -> Float32:
    """Away from the whorl, turning about it; down at the sides and the back."""
    offset = (roots.points - order.scalp.measures.whorl) / np.float32(order.scale)
    away = unit(tangential(offset, roots.normals))
    turn = np.cross(roots.normals, away)
    near = np.exp(-((np.linalg.norm(offset, axis=1) / 38.0) ** 2))
    place = order.local(roots.points)
    low = (1.0 - _top(place))[:, None]
    flow = away + (0.25 + 0.9 * near)[:, None] * turn
    return (flow * (1.0 - 0.75 * low) + 0.75 * low * _side_flow(place, 0.1)).astype(np.float32)


def _mixed(order: Order, roots: Roots, flow_top: Float32, share: Float32, back: float) -> Float32:
    """The comb's way on top, down at the sides, away from the whorl at the crown."""
    place = order.local(roots.points)
    top = _top(place)[:, None]
    other = top * _whorl_flow(order, roots) + (1.0 - top) * _side_flow(place, back)
    weight = share[:, None]
    return (weight * flow_top + (1.0 - weight) * unit(other)).astype(np.float32)


def _with_fringe(
    order: Order, roots: Roots, length: Float32, flow: Float32, lift: Float32, sweep: Float32,
    fringe: float | None = None,
) -> tuple[Float32, Float32, Float32]:  # fmt: skip
    """The hair at the front hairline falls over the forehead instead, not beyond the brows."""
    amount = order.hair.fringe if fringe is None else fringe
    if amount <= 0.02:
        return length, flow, lift
    m, s = order.scalp.measures, order.scale
    inside = inside_mm(m, roots.points) / s
    share = smoothstep(22.0 + 22.0 * amount, 4.0 + 14.0 * amount, inside)
    share = share * smoothstep(58.0, 40.0, azimuth(m, roots.points))
    down = np.stack([0.75 * (1.0 - 0.6 * amount) * sweep, -np.ones(len(roots)), 0.55 + 0 * sweep], axis=1)
    reach = roots.points[:, 1] - (m.brow_y + s * (20.0 - 19.0 * amount))
    wanted = np.maximum(reach * (1.18 + 0.35 * (1.0 - amount)), 8.0 * s)
    length = length + share * (np.minimum(wanted, 1.3 * length + 20 * s) - length)
    flow = (flow + share[:, None] * (down - flow)).astype(np.float32)
    return length, flow, lift * (1.0 - 0.3 * share)


def _grown(
    order: Order,
    roots: Roots,
    trim: Trim,
    points: int,
    lock_count: int,
    clump: float,
    loose: float,
    uneven: float = 1.0,
) -> Growth:
    """Strands of a trim: each leaves the skin by its lift, bends to its flow, and stands together with its lock."""
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

    def wanted(where: Float32, share: float, near: Float32, away: Float32) -> Float32:
        lying = unit(tangential(flow, away) + np.float32(1e-5))
        # Combed hair comes back to the height at which it lies.
        back = np.clip((near - shell) / (9.0 * order.scale), -0.3, 0.9)[:, None]
        bend = np.clip(trim.fall * 1.5 * smoothstep(-0.15, 0.6, np.float32(share)), 0.0, 1.0)[:, None]
        return (1.0 - bend) * start + bend * (lying - back * away)

    steps = max(points - 1, 8)
    path = integrate(volume, roots.points, start, wanted, steps, length / steps, shell, 0.45)
    order.tick()
    strands = resampled(path, np.ones(count, np.float32), points)
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    strands = clumped(strands, lock, leaders, clump * smoothstep(0.1, 1.0, t) * 0.8)
    strands = curled(order, strands, lock, style_curl=0.0, length=length)
    amount = (0.012 + 0.07 * order.hair.frizz) * np.minimum(length, 60.0 * order.scale)
    strands = strands + wander(count, points, 1.2, rng) * amount[:, None, None]
    return Growth(roots, strands, lock, tapered(points, 0.25, 0.4))
