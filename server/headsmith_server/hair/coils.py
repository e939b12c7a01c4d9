"""Afro and locs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair import hanging
from headsmith_server.hair.bundles import along, arc_lengths, disc, joined, plaited, turned
from headsmith_server.hair.curling import curled
from headsmith_server.hair.growth import LENGTHS_MM, Growth, Order, tapered
from headsmith_server.hair.hairline import azimuth, inside_mm, smoothstep
from headsmith_server.hair.paths import FaceShield, integrate, resampled, smoothed, tangential, unit, wander
from headsmith_server.hair.planting import locks, planted
from headsmith_server.hair.scalp import Roots
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]


def afro(order: Order) -> list[Growth]:
    roots, rng, s = planted(order), order.rng, order.scale
    count, points = len(roots), 40
    place = order.local(roots.points)
    m = order.scalp.measures
    inside = inside_mm(m, roots.points, order.hair.hairline) / s
    lock, _ = locks(roots, 900)
    number = int(lock.max(initial=0)) + 1
    of_lock = rng.standard_normal((number, 3)).astype(np.float32)[lock]
    edge = smoothstep(-4.0, 55.0, inside)
    front = smoothstep(75.0, 40.0, azimuth(m, roots.points)) * (1.0 - edge)
    full = order.between(LENGTHS_MM["afro"]) * (0.75 + 0.5 * order.hair.volume)
    length = full * (0.42 + 0.58 * edge) * (1.0 - 0.5 * order.hair.fade * (1.0 - smoothstep(-10.0, 45.0, place[:, 1])))
    length = length * np.where(
        rng.random(count) < 0.55, 0.93 + 0.07 * rng.random(count), 0.45 + 0.5 * rng.random(count)
    )
    outward = unit(place + np.array([0.0, 10.0, 0.0], np.float32))
    direction = unit(0.55 * roots.normals + 0.45 * outward + 0.10 * of_lock)
    direction[:, 1] += 0.35 * front
    direction[:, 2] -= 0.30 * front
    direction = unit(direction)
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    strands = roots.points[:, None] + direction[:, None] * (length[:, None] * t[None])[..., None]
    strands = strands + wander(count, points, 1.3, rng) * (0.05 * length)[:, None, None]
    strands[:, :, 1] -= (t**2 * 4.0 * s)[None]
    order.tick()
    strands = curled(order, strands.astype(np.float32), lock, style_curl=0.9, length=length.astype(np.float32))
    return [Growth(roots, strands, lock, tapered(points, 0.6, 0.6), thickness=1.3)]


def locs(order: Order) -> list[Growth]:
    return [roped(order, "locs", amount=250, radius=3.9, plait=False, points=44)]


def roped(order: Order, style: str, amount: int, radius: float, plait: bool, points: int) -> Growth:
    """Hair parted into some `amount` ropes of `radius` mm, which are twisted or plaited and fall from their parcels."""
    roots, rng, s = planted(order), order.rng, order.scale
    count = len(roots)
    which, leaders = locks(roots, amount)
    guides, _ = rope_guides(order, roots.chosen(leaders), LENGTHS_MM[style], radius, points)
    order.tick()
    arc = arc_lengths(guides)[which]
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    thick = np.clip(1.0 + 0.14 * rng.standard_normal(len(leaders)), 0.7, 1.35)[which].astype(np.float32)
    width = radius * s * thick[:, None] * (1.0 - 0.35 * smoothstep(0.75, 1.0, t))[None]
    if plait:
        member = rng.integers(0, 3, count)
        period = np.full(count, 5.2 * radius * s, np.float32) * thick
        end = smoothstep(1.0, 0.93, t)[None]
        sideways = plaited(member, disc(count, rng, 0.3), arc, period, width * (0.55 + 0.45 * end))
    else:
        member = which
        places = np.repeat(disc(count, rng, 0.55)[:, None], points, axis=1)
        knots = (
            1.0
            + 0.10 * np.sin(arc / (5.0 * s) + 9.0 * which[:, None])
            + 0.05 * np.sin(arc / (2.1 * s) + which[:, None])
        )
        sideways = turned(places, arc / (7.0 * s)) * (width * knots)[..., None]
    reference = rng.standard_normal((len(leaders), 3)).astype(np.float32)
    if plait:
        reference = np.cross(guides[:, 1] - guides[:, 0], roots.normals[leaders]).astype(np.float32)
    bundle = along(guides, which, sideways, reference)
    step = float(np.median(arc[:, 1])) if count else 1.0
    into = int(np.clip(round((22.0 if plait else 34.0) * s / max(step, 0.5)), 3, points // 3))
    strands = joined(roots.points, bundle, into, 7.0 * s * roots.normals)
    fuzz = (0.25 + (0.9 if not plait else 0.5) * order.hair.frizz) * s
    strands[:, 1:] += (wander(count, points, 5.0, rng) * np.float32(fuzz * 0.5))[:, 1:]
    lock = which * 3 + member if plait else which
    return Growth(roots, strands.astype(np.float32), lock, tapered(points, 0.8, 0.8), clearance=1.0)


def rope_guides(
    order: Order, roots: Roots, lengths: tuple[float, float, float], radius: float, points: int
) -> tuple[Field, Field]:
    """Guides [K, points, 3] of ropes that stand off their parcel, bend over and fall; and their lengths [K] mm."""
    rng, s, scalp = order.rng, order.scale, order.scalp
    count = len(roots)
    place = order.local(roots.points)
    line = hanging.parting_line(order, place)
    side = np.where(place[:, 0] > line, 1.0, -1.0).astype(np.float32)
    own = rng.standard_normal((count, 4)).astype(np.float32)
    elevation = np.clip((place[:, 1] + 60.0) / 145.0, 0.0, 1.0)
    length = order.between(lengths) * np.clip(0.86 + 0.20 * elevation + 0.07 * own[:, 0], 0.6, 1.2)
    steps = max(24, int(float(length.max(initial=1.0)) / (9.0 * s)))
    step_mm = (length / steps).astype(np.float32)
    volume = 0.5 + order.hair.volume
    shell = ((1.0 + 1.0 * volume * elevation + 0.35 * np.abs(own[:, 1])) * radius * s).astype(np.float32)
    flow = unit(hanging.flow_at(place, side, line) + 0.22 * own[:, 1:])
    start = unit(tangential(flow, roots.normals) + (0.2 + 0.15 * volume * elevation)[:, None] * roots.normals)

    each = np.arange(count)
    drop = hanging.Drop.of(place, each, each, elevation, own)

    def wanted(where: Field, share: float, near: Field, away: Field) -> Field:
        here = order.local(where)
        combed = unit(tangential(hanging.flow_at(here, side, line) + 0.15 * own[:, 1:], away))
        combed = combed - np.clip((near - shell) / (10.0 * s), -0.3, 0.8)[:, None] * away
        on_head = smoothstep(-5.0, 35.0, here[:, 1])[:, None]
        down = drop.direction(here) + 0.03 * own[:, 1:]
        return (on_head * combed + (1.0 - on_head) * down).astype(np.float32)

    shield = FaceShield(scalp.measures, side, np.ones(count, np.float32))
    path = integrate(scalp.volume, roots.points, start, wanted, steps, step_mm, shell, 0.42, shield)
    return resampled(smoothed(path, 2), np.ones(count, np.float32), points), length.astype(np.float32)
