"""Styles that fall: bob, straight, wavy and curly hair, combed from a parting over the head and then down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.curling import curled
from headsmith_server.hair.growth import HANGS_MM, Growth, Order, fringed, tapered
from headsmith_server.hair.hairline import azimuth, inside_mm, smoothstep
from headsmith_server.hair.paths import (
    FaceShield,
    clumped,
    integrate,
    resampled,
    share_above,
    smoothed,
    tangential,
    unit,
    wander,
)
from headsmith_server.hair.planting import locks, planted
from headsmith_server.hair.scalp import Roots
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]


@dataclass(frozen=True)
class Fall:
    """A falling style: where it ends (mm above the chin), how thick it lies, how it curls and how ragged it ends.

    turned: how far the ends turn in, 0..1; layered: how much shorter the outer hair is, 0..1; swell: how far it stands
    off the head at the sides, mm.
    """

    ends: tuple[float, float, float]
    points: int
    shell: float
    swell: float
    curl: float
    clump: float
    lock_count: int
    ragged: float
    layered: float = 0.0
    turned: float = 0.0


@dataclass(frozen=True)
class Drop:
    """How hair falls below the ears, one entry a strand: before [S] the shoulder or behind it, ahead [S]: how far
    forward it hangs there, slack [S]: how far from the neck (local mm)."""

    before: NDArray[np.bool_]
    ahead: Field
    slack: Field

    @classmethod
    def of(cls, place: Field, lock: Int, leaders: Int, rank: Field, draws: Field) -> Drop:
        """From where the roots are (local mm); locks stay together. rank [S]: 0 inside .. 1 outside; draws [S, 4]:
        normal, one for all of a lock."""
        before = (place[:, 2] + 12.0 * draws[:, 3] > -12.0)[leaders][lock]
        ahead = np.where(before, 30.0 + 13.0 * draws[:, 2], -74.0 + 8.0 * draws[:, 2])
        return cls(before, ahead.astype(np.float32), (42.0 + 30.0 * rank + 6.0 * draws[:, 1]).astype(np.float32))

    def direction(self, here: Field) -> Field:
        """Down, leaning to the neck, and to the front or the back before the shoulder is reached."""
        x, y, z = here[:, 0], here[:, 1], here[:, 2]
        lean = smoothstep(-5.0, -75.0, y)
        pull = (0.20 + 0.25 * smoothstep(-90.0, -180.0, y)) * np.clip(np.abs(x) / self.slack - 1.0, 0.0, 1.0)
        towards = np.clip((self.ahead - z) / 36.0, -0.85, 0.85) * smoothstep(22.0, 60.0, np.abs(x))
        towards = towards * smoothstep(-62.0, -120.0, y)
        neck = 0.16 * smoothstep(10.0, -30.0, z) * smoothstep(-230.0, -130.0, y) * ~self.before
        return np.stack([-lean * pull * np.sign(x), -np.ones_like(x), lean * neck + towards], axis=1)


def bob(order: Order) -> list[Growth]:
    return [_fallen(order, Fall(HANGS_MM["bob"], 18, 7.0, 6.0, 0.0, 0.5, 420, 3.0, turned=0.8))]


def straight(order: Order) -> list[Growth]:
    return [_fallen(order, Fall(HANGS_MM["straight"], 20, 6.0, 3.0, 0.0, 0.5, 420, 9.0))]


def wavy(order: Order) -> list[Growth]:
    return [_fallen(order, Fall(HANGS_MM["wavy"], 32, 11.0, 11.0, 0.3, 0.6, 340, 18.0, layered=0.25))]


def curly(order: Order) -> list[Growth]:
    return [_fallen(order, Fall(HANGS_MM["curly"], 44, 19.0, 24.0, 0.6, 0.98, 460, 26.0, layered=0.6))]


def _fallen(order: Order, fall: Fall) -> Growth:
    scalp, hair, rng = order.scalp, order.hair, order.rng
    m, s = scalp.measures, order.scale
    roots = planted(order)
    count = len(roots)
    if not count:
        return Growth(roots, np.zeros((0, fall.points, 3), np.float32), np.zeros(0, np.int64), tapered(fall.points, 1))
    lock, leaders = locks(roots, fall.lock_count)
    of_lock = rng.standard_normal((len(leaders), 4)).astype(np.float32)[lock]
    own = rng.standard_normal((count, 4)).astype(np.float32)
    place = order.local(roots.points)

    line = parting_line(order, place)
    side = np.where(place[:, 0] + 1.2 * own[:, 0] > line, 1.0, -1.0).astype(np.float32)
    elevation = np.clip((place[:, 1] + 60.0) / 145.0, 0.0, 1.0)
    # What grows higher lies over what grows lower.
    rank = np.clip(0.62 * elevation + 0.38 * rng.random(len(leaders), dtype=np.float32)[lock], 0.0, 1.0)
    volume = 0.35 + 1.3 * hair.volume
    shell = (1.5 + fall.shell * volume * rank + 0.5 * np.abs(own[:, 1])) * s
    swell = fall.swell * volume * rank * s
    # At the parting hair lies on the scalp.
    beside = smoothstep(0.0, 55.0, np.abs(place[:, 0] - line)) + smoothstep(-20.0, -60.0, place[:, 2])
    shell = shell * np.clip(0.35 + 0.65 * beside, 0.0, 1.0)
    swell = swell * np.clip(beside, 0.0, 1.0)

    end = m.chin_y + order.between(fall.ends)
    end = end + (fall.ragged * (0.6 * of_lock[:, 0] + 0.4 * own[:, 2]) + fall.layered * 120.0 * (1.0 - rank) * 0.0) * s
    end = end + fall.layered * s * 95.0 * (rank - 0.35) * np.clip(of_lock[:, 1] * 0.5 + 0.8, 0.0, 1.6)
    longest = float((roots.points[:, 1] - end).max()) * 1.12 + 95.0 * s
    steps = max(20, int(longest / (11.0 * s)))
    step_mm = np.full(count, longest / steps, np.float32)

    fringe = _fringe_share(order, roots) > rng.random(count)
    flow = _comb(order, roots, side, line, fringe)
    lift = 0.25 + 0.55 * hair.volume * smoothstep(30.0, 70.0, place[:, 1])
    near_line = np.exp(-(((place[:, 0] - line) / 12.0) ** 2)) * smoothstep(20.0, 50.0, place[:, 1])
    start = unit(tangential(flow, roots.normals) + (lift + 0.5 * near_line * hair.volume)[:, None] * roots.normals)
    start = unit(start + 0.05 * of_lock[:, 1:] + 0.05 * own[:, 1:])
    shell = np.where(fringe, np.minimum(shell, 5.0 * s), shell)

    drop = Drop.of(place, lock, leaders, rank, of_lock)

    def wanted(where: Field, share: float, near: Field, away: Field) -> Field:
        here = order.local(where)
        combed = flow_at(here, side, line)
        combed[fringe] = flow[fringe]
        back = np.clip((near - shell - swell) / (10.0 * s), -0.3, 0.9)[:, None]
        combed = unit(tangential(combed, away) + np.float32(1e-5)) - back * away
        on_head = smoothstep(-10.0, 32.0, here[:, 1])[:, None]
        down = drop.direction(here)
        spread = 0.010 * swell * smoothstep(40.0, 0.0, here[:, 1]) * smoothstep(-60.0, -10.0, here[:, 1])
        down[:, 0] += side * spread
        return (on_head * combed + (1.0 - on_head) * down + 0.04 * of_lock[:, 1:]).astype(np.float32)

    shield = FaceShield(m, side, np.where(fringe, 0.0, 1.0).astype(np.float32), tight=0.0)
    path = integrate(scalp.volume, roots.points, start, wanted, steps, step_mm, shell, 0.42, shield)
    order.tick()
    path = smoothed(path, 2)
    fringe_end = m.brow_y + s * (16.0 - 18.0 * hair.fringe) + 2.5 * s * own[:, 2]
    end = np.where(fringe, fringe_end, end).astype(np.float32)
    part = share_above(path, end)
    least = 35.0 * s / longest
    strands = resampled(path, np.maximum(part, least), fall.points)
    length = np.maximum(part, least) * longest
    if fall.turned:
        strands = _turned_in(order, strands, fall.turned, fringe)
    t = np.linspace(0.0, 1.0, fall.points, dtype=np.float32)
    # Locks of one side of the parting only, and of the fringe only.
    alike = (side[leaders][lock] == side) & (fringe[leaders][lock] == fringe)
    strength = fall.clump * 0.85 * smoothstep(0.06, 1.1 - 0.5 * fall.clump, t)[None] * alike[:, None]
    # A fringe of few strands in locks is a row of combs.
    strength = strength * np.where(fringe, 1.0 - order.fewness, 1.0)[:, None]
    strands = clumped(strands, lock, leaders, strength)
    order.tick()
    strands = curled(order, strands, lock, fall.curl, length)
    amount = (0.8 + 9.0 * hair.frizz**1.5) * s
    strands = strands + wander(count, fall.points, 1.0 + 2.0 * hair.frizz, rng) * np.float32(amount * 0.5)
    taper = fringed(tapered(fall.points, 0.3, 0.6), fringe.astype(np.float32), order.fewness)
    return Growth(roots, strands, lock, taper)


def parting_line(order: Order, place: Field) -> Field:
    """Where the parting runs, in local mm to the subject's left [S]: it fades into the crown."""
    parting = order.side_of_parting()
    wave = 1.2 * np.sin(place[:, 2] * 0.11)
    return (36.0 * parting * smoothstep(-70.0, -10.0, place[:, 2]) + wave).astype(np.float32)


def _fringe_share(order: Order, roots: Roots) -> Field:
    amount = order.hair.fringe
    if amount <= 0.02:
        return np.zeros(len(roots), np.float32)
    m = order.scalp.measures
    inside = inside_mm(m, roots.points, order.hair.hairline) / order.scale
    deep = 1.0 + 0.3 * order.fewness
    share = smoothstep(deep * (20.0 + 24.0 * amount), deep * (12.0 + 20.0 * amount), inside)
    return share * smoothstep(30.0 + 22.0 * amount, 22.0 + 18.0 * amount, azimuth(m, roots.points))


def _comb(order: Order, roots: Roots, side: Field, line: Field, fringe: NDArray[np.bool_]) -> Field:
    flow = flow_at(order.local(roots.points), side, line)
    place = order.local(roots.points)
    forward = np.stack([0.004 * place[:, 0], -np.ones(len(roots)), np.full(len(roots), 0.65)], axis=1)
    flow[fringe] = forward[fringe].astype(np.float32)
    return flow


def flow_at(place: Field, side: Field, line: Field) -> Field:
    """Where the comb takes hair at a place [S, 3] (local mm): from the parting to its side, back along the temples,
    and down behind."""
    x, y, z = place[:, 0], place[:, 1], place[:, 2]
    top = smoothstep(30.0, 72.0, y)
    back = smoothstep(10.0, -45.0, z)
    brow = smoothstep(35.0, 85.0, z)
    # Behind the crown there is no parting: hair falls from the whorl to all sides.
    way = side * (1.0 - back) + np.clip(x / 45.0, -1.0, 1.0) * back
    sideways = way * (0.35 + 0.75 * top) * (1.0 - 0.5 * back)
    downwards = -(1.0 - 0.75 * top) * (1.0 - 0.8 * brow)
    backwards = -(0.30 * top + 1.0 * brow + 0.12) * (1.0 - 0.6 * back) - 0.6 * back * top
    flow = np.stack([sideways, downwards, backwards], axis=1)
    return unit(flow.astype(np.float32))


def _turned_in(order: Order, strands: Field, amount: float, fringe: NDArray[np.bool_]) -> Field:
    """The last quarter bent towards the neck, as a round brush leaves it."""
    m, s = order.scalp.measures, order.scale
    t = np.linspace(0.0, 1.0, strands.shape[1], dtype=np.float32)
    bend = smoothstep(0.68, 1.0, t) ** 1.5
    axis = m.collar + np.array([0.0, 0.0, 14.0 * s], np.float32)
    inward = axis - strands
    inward[..., 1] = 0.0
    inward = unit(inward)
    reach = np.float32(13.0 * s * amount) * (~fringe)[:, None] * bend[None]
    return (strands + inward * reach[..., None]).astype(np.float32)
