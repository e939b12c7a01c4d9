"""Styles that keep their shape without hanging: from the buzz cut to the quiff, the pixie and the mohawk."""

from __future__ import annotations

import numpy as np

from headsmith_server.hair.growth import LENGTHS_MM, Growth, Order
from headsmith_server.hair.hairline import SHAVEN, fin_share, inside_mm, smoothstep
from headsmith_server.hair.paths import unit
from headsmith_server.hair.planting import plant, planted, share_over
from headsmith_server.hair.scalp import Roots
from headsmith_server.hair.trims import Trim, mixed_flow, side_flow, sides, topness, trimmed, whorl_flow, with_fringe
from headsmith_server.texture.arrays import Field


def buzz_cut(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = topness(place)
    length = order.between(LENGTHS_MM["buzz_cut"]) * (1.0 - 0.55 * order.hair.fade * (1.0 - top))
    trim = Trim(length, whorl_flow(order, roots), 0.9 + 0.3 * top, 0.3 + 0 * top, 0.6 + 0 * top)
    return [trimmed(order, roots, trim, 6, lock_count=900, clump=0.15, loose=0.10)]


def receding(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    inside = inside_mm(order.scalp.measures, roots.points, order.hair.hairline) / order.scale
    nape = smoothstep(-4.0, 30.0, inside)
    length = order.between(LENGTHS_MM["receding"]) * (0.45 + 0.55 * nape) * (1.0 - 0.4 * order.hair.fade)
    flow = side_flow(place, back=0.45)
    zero = 0.0 * nape
    trim = Trim(length, flow, 0.45 + zero, 0.8 + zero, 1.2 + 2.0 * order.hair.volume * nape)
    return [trimmed(order, roots, trim, 10, lock_count=500, clump=0.35, loose=0.16)]


def crew_cut(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = topness(place)
    front = smoothstep(10.0, 85.0, place[:, 2])
    full = order.between(LENGTHS_MM["crew_cut"])
    length = full * (sides(order, roots, top, 0.30) * (1.0 - top) + top * (0.75 + 0.25 * front))
    flow = whorl_flow(order, roots)
    flow[:, 2] += 0.5 * top
    lift = 0.35 + (0.95 + 0.3 * front) * top
    trim = Trim(length, flow, lift, 0.45 - 0.15 * top, 0.8 + 1.0 * top)
    return [trimmed(order, roots, trim, 8, lock_count=700, clump=0.35, loose=0.13)]


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
    top = topness(place)
    over = across == sign if parting else np.ones(len(roots), bool)
    front = smoothstep(15.0, 85.0, place[:, 2])
    crown = smoothstep(-25.0, -55.0, place[:, 2])
    full = order.between(LENGTHS_MM["side_part"])
    beside = sides(order, roots, top, 0.38)
    length = full * ((1.0 - top) * beside + top * np.where(over, 0.74 + 0.26 * front - 0.25 * crown, 0.55))
    flow_top = np.stack([across, 0.1 - 0.1 * front, -0.42 - 0.25 * front], axis=1)
    flow = mixed_flow(order, roots, flow_top, top * (1.0 - crown), back=0.40)
    volume = order.hair.volume
    near_line = np.exp(-(((place[:, 0] - line) / 16.0) ** 2)) * top * (1.0 - crown)
    lift = 0.22 + top * (0.45 + 0.9 * volume * front) + 0.6 * near_line * over
    shell = 1.0 + top * (3.0 + 20.0 * volume * (0.40 + 0.60 * front)) * np.where(over, 1.0, 0.4)
    length, flow, lift, fringe = with_fringe(order, roots, length, flow, lift, sweep=across)
    trim = Trim(length, flow, lift, 0.75 + 0 * top, shell)
    return [trimmed(order, roots, trim, 14, lock_count=320, clump=0.55, loose=0.10, fringe=fringe)]


def quiff(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = topness(place)
    front = smoothstep(5.0, 88.0, place[:, 2])
    crown = smoothstep(-25.0, -60.0, place[:, 2])
    full = order.between(LENGTHS_MM["quiff"])
    beside = sides(order, roots, top, 0.24)
    length = full * ((1.0 - top) * beside + top * (0.42 + 0.58 * front - 0.12 * crown))
    sway = 0.22 * np.sign(order.side_of_parting() or 1.0)
    flow_top = np.stack([sway + 0.006 * place[:, 0], 0.1 + 0 * top, -1.0 + 0 * top], axis=1)
    flow = mixed_flow(order, roots, flow_top, top * (1.0 - crown), back=0.35)
    volume = order.hair.volume
    lift = 0.25 + top * (0.45 + (1.3 + 1.8 * volume) * front)
    shell = 0.9 + top * (4.0 + (10.0 + 28.0 * volume) * front)
    trim = Trim(length, flow, lift, 0.9 - 0.12 * front * top, shell)
    return [trimmed(order, roots, trim, 16, lock_count=260, clump=0.6, loose=0.04, uneven=0.5)]


def pixie(order: Order) -> list[Growth]:
    roots = planted(order)
    place = order.local(roots.points)
    top = topness(place)
    parting = order.side_of_parting() or 0.5
    sign = np.float32(-np.sign(parting))
    line = -30.0 * sign
    across = np.where(place[:, 0] * sign > line * sign, sign, -sign).astype(np.float32)
    front = smoothstep(10.0, 85.0, place[:, 2])
    crown = smoothstep(-5.0, -50.0, place[:, 2])
    inside = inside_mm(order.scalp.measures, roots.points, order.hair.hairline) / order.scale
    nape = smoothstep(-5.0, 55.0, inside)
    full = order.between(LENGTHS_MM["pixie"])
    length = full * ((1.0 - top) * (0.42 + 0.4 * nape) + top * (0.85 + 0.25 * front))
    flow_top = np.stack([across, -0.15 + 0 * top, 0.55 - 0.3 * front], axis=1)
    flow = mixed_flow(order, roots, flow_top, top * (1.0 - crown), back=-0.35)
    volume = order.hair.volume
    lift = 0.22 + 0.35 * volume + 0.25 * top
    shell = 1.2 + (3.0 + 8.0 * volume) * (0.35 + 0.65 * top) * nape
    least = max(order.hair.fringe, 0.35)
    length, flow, lift, fringe = with_fringe(order, roots, length, flow, lift, sweep=across, fringe=least)
    trim = Trim(length, flow, lift, 0.85 + 0 * top, shell)
    return [trimmed(order, roots, trim, 16, lock_count=300, clump=0.6, loose=0.10, fringe=fringe)]


def mohawk(order: Order) -> list[Growth]:
    everywhere = share_over(order.scalp, order.hair)

    def strip(points: Field) -> Field:
        return everywhere(points) * fin_share(order.scalp.measures, points)

    def rest(points: Field) -> Field:
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
    fin = trimmed(order, upright, trim, 14, lock_count=90, clump=0.62, loose=0.05)
    fin = Growth(roots, fin.points, fin.lock, fin.taper)
    if order.hair.fade >= SHAVEN:
        return [fin]
    short = plant(order.scalp, rest, round(0.38 * order.strands * (0.45 + 0.55 * order.hair.density)), order.rng)
    zero = np.zeros(len(short), np.float32)
    length = (5.0 - 3.5 * order.hair.fade) * order.scale + zero
    cropped = Trim(length, whorl_flow(order, short), 0.8 + zero, 0.3 + zero, 0.6 + zero)
    return [fin, trimmed(order, short, cropped, 6, lock_count=600, clump=0.1, loose=0.1)]
