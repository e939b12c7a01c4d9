"""grow_beard: beards and moustaches as strands, grown around the mean head and carried to the identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.facial_regions import LowerFace, beard_share, lower_face, moustache_share
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.hairline import smoothstep
from headsmith_server.hair.parameters import BeardParameters
from headsmith_server.hair.paths import frames, resampled, share_above, tangential, unit, wander
from headsmith_server.hair.planting import locks, plant
from headsmith_server.hair.scalp import Roots
from headsmith_server.hair.volume import Bend, bend
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.canvas import no_tick

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

CLEARANCE_MM: Final = 0.35
"""Hair lies so high on the skin."""
MOUSTACHE_SHARE: Final = 0.22
"""Of all strands, when there is a beard as well."""
HAIR_RADIUS_MM: Final = 0.06


@dataclass(frozen=True)
class _Style:
    """length: (shortest, usual, longest) mm where it is longest; lift: degrees off the skin at the root; gravity: 0
    (keeps its way) .. 1; points: of a strand; hairs: real ones on a grown man's full area; lock: strands a lock."""

    length: tuple[float, float, float]
    lift: float
    gravity: float
    points: int
    hairs: int
    clumping: float = 0.0
    lock: int = 12


_BEARDS: Final = {
    "stubble": _Style((0.8, 1.8, 4.0), 28.0, 0.0, 4, 14000),
    "short": _Style((4.0, 8.0, 14.0), 30.0, 0.15, 6, 16000, 0.25),
    "full": _Style((16.0, 28.0, 45.0), 42.0, 0.45, 10, 18000, 0.42),
    "long": _Style((60.0, 110.0, 190.0), 36.0, 0.6, 16, 20000, 0.5, 16),
    "goatee": _Style((7.0, 16.0, 32.0), 36.0, 0.35, 9, 5000, 0.35),
    "van_dyke": _Style((14.0, 28.0, 50.0), 34.0, 0.5, 10, 3500, 0.5),
    "chin_strap": _Style((2.5, 5.0, 10.0), 30.0, 0.1, 5, 8000, 0.15),
    "soul_patch": _Style((4.0, 8.0, 18.0), 28.0, 0.3, 6, 900, 0.35),
    "mutton_chops": _Style((8.0, 17.0, 32.0), 38.0, 0.35, 8, 9000, 0.35),
    "sideburns": _Style((3.0, 7.0, 14.0), 24.0, 0.15, 6, 3500, 0.2),
}  # fmt: skip
_MOUSTACHES: Final = {
    "natural": _Style((4.0, 9.0, 14.0), 22.0, 0.25, 7, 1900, 0.3, 8),
    "chevron": _Style((6.0, 10.0, 15.0), 26.0, 0.2, 7, 2600, 0.2, 8),
    "pencil": _Style((1.5, 3.0, 5.0), 16.0, 0.1, 5, 1400, 0.1, 8),
    "handlebar": _Style((16.0, 30.0, 48.0), 20.0, 0.0, 14, 2400, 0.75, 40),
    "walrus": _Style((12.0, 19.0, 30.0), 30.0, 0.5, 10, 3000, 0.4, 10),
    "toothbrush": _Style((4.0, 7.0, 10.0), 24.0, 0.15, 6, 1700, 0.15, 8),
}  # fmt: skip


def grow_beard(
    model: HeadModel,
    vertices: Float32,
    beard: BeardParameters,
    seed: int,
    strands: int = 6_000,
    tick: Callable[[], None] = no_tick,
) -> tuple[Groom, ...]:
    """The beard and the moustache of one man, in that order, each only where there is one.

    vertices: float32 [V, 3] metres of that identity, neutral, all parts; strands: how many at most, both together (few
    are made thicker, so that they cover as much); tick: called between steps, may raise to stop. The same arguments
    give the same strands.
    """
    face = lower_face(model)
    tick()
    vertices = np.asarray(vertices, np.float32)
    bent = bend(face.ground.volume, vertices[: len(face.ground.mean)] * np.float32(1000.0))
    tick()
    both = beard.style != "none" and beard.moustache != "none"
    for_moustache = int(strands * (MOUSTACHE_SHARE if both else 1.0))
    grooms = []
    if beard.style != "none":
        rng = np.random.default_rng([seed, 411])
        style = _BEARDS[beard.style]
        roots = _planted(face, beard, beard_share, strands - (for_moustache if both else 0), style, rng)
        tick()
        if len(roots):
            paths = _beard_paths(face, roots, beard, style, rng)
            tick()
            grooms.append(_groom("beard", face, bent, roots, paths, beard, style, vertices, rng))
        tick()
    if beard.moustache != "none":
        rng = np.random.default_rng([seed, 412])
        style = _MOUSTACHES[beard.moustache]
        if beard.style == "stubble" and beard.moustache in ("natural", "chevron"):
            # Who has not shaved for days has not grown a moustache.
            style = replace(style, length=_BEARDS["stubble"].length, clumping=0.0)
        roots = _planted(face, beard, moustache_share, for_moustache, style, rng)
        tick()
        if len(roots):
            paths = _moustache_paths(face, roots, beard, style, rng)
            grooms.append(_groom("moustache", face, bent, roots, paths, beard, style, vertices, rng))
        tick()
    return tuple(grooms)


def _planted(
    face: LowerFace, beard: BeardParameters, share: Callable[[LowerFace, Float32, BeardParameters], Float32],
    strands: int, style: _Style, rng: np.random.Generator,
) -> Roots:  # fmt: skip
    shift = rng.random((4, 3)).astype(np.float32) * np.float32(6.28)
    cut = float(np.clip(beard.patchiness, 0.0, 1.0))

    def patchy(points: Float32) -> Float32:
        density = share(face, points, beard)
        # Islands: smooth noise that is cut the higher the patchier the beard is; borders give way first.
        noise = sum(
            np.sin(points * np.float32(2 * np.pi / wave) + shift[number]).prod(axis=1)
            for number, wave in enumerate((31.0, 19.0, 12.0, 7.5))
        )
        kept = smoothstep(-1.6 + 2.2 * cut, -1.1 + 2.2 * cut, 1.4 * noise + 0.5 * density)
        return density * (1.0 - min(1.0, 2.0 * cut) * (1.0 - kept))

    count = min(strands, style.hairs) * _fullness(beard)
    return plant(face.ground, patchy, max(round(count), 1), rng)


def _fullness(beard: BeardParameters) -> float:
    """Share of a thick beard's hairs that a thinner or patchy one has."""
    cut = float(np.clip(beard.patchiness, 0.0, 1.0))
    amount = (0.35 + 0.65 * float(np.clip(beard.density, 0.0, 1.0))) / 0.8
    return min(1.0, amount) * (1.0 - 0.5 * cut * cut)


def _length(style: _Style, length: float) -> float:
    """mm for a length of 0 .. 1."""
    low, usual, high = style.length
    t = float(np.clip(length, 0.0, 1.0))
    return low + (usual - low) * 2 * t if t < 0.5 else usual + (high - usual) * (2 * t - 1)


def _beard_paths(
    face: LowerFace, roots: Roots, beard: BeardParameters, style: _Style, rng: np.random.Generator
) -> Float32:
    m, s = face.ground.measures, face.scale
    count = len(roots)
    x, y, _ = roots.points.T
    side = np.tanh(x / (10.0 * s))
    # Down the cheeks and a little forward; on the chin straight down; under the jaw forward to join the rest.
    below = smoothstep(m.chin_y + 14.0 * s, m.chin_y - 6.0 * s, y)
    cheek = smoothstep(18.0 * s, 50.0 * s, np.abs(x))
    flow = np.stack([side * (0.20 - 0.12 * cheek), np.full(count, -1.0), 0.20 * cheek + 0.45 * below], axis=1)
    flow += 0.16 * rng.standard_normal((count, 3))
    way = unit(tangential(flow.astype(np.float32), roots.normals))
    lift = np.radians(style.lift + 9.0 * rng.standard_normal(count)).astype(np.float32)
    # Beneath the jaw hair has no room to stand off.
    high = smoothstep(m.mouth_y - 10.0 * s, m.mouth_y + 34.0 * s, y)  # sideburns lie flat and are shorter
    lift = (np.clip(lift, 0.12, 1.2) * (1.0 - 0.4 * below) * (1.0 - 0.6 * high)).astype(np.float32)
    start = np.asarray(way * np.cos(lift)[:, None] + roots.normals * np.sin(lift)[:, None], np.float32)
    long = _length(style, beard.length)
    chin = np.exp(-np.square(x / (34.0 * s))) * smoothstep(m.mouth_y - 6 * s, m.chin_y + 8 * s, y)
    graded = {"long": 0.42, "full": 0.62, "van_dyke": 0.6}.get(beard.style, 0.85)
    share = (graded + (1.0 - graded) * chin) * (1.0 - (0.72 if long > 12.0 else 0.25) * high)
    mm = long * share * np.clip(1.0 + 0.17 * rng.standard_normal(count), 0.45, 1.5)
    mm = np.maximum(mm, min(0.7, 0.5 * long)).astype(np.float32)
    narrow = {"long": 0.55, "van_dyke": 0.75, "full": 0.25, "goatee": 0.3}.get(beard.style, 0.0)
    gravity = style.gravity

    def wanted(points: Float32, heading: Float32, part: float) -> Float32:
        down = np.stack(
            [-narrow * points[:, 0] / (38.0 * s) * part, np.full(count, -1.0), np.full(count, 0.12)], axis=1
        )
        return (heading * (1.0 - gravity) + gravity * down).astype(np.float32)

    steps = style.points - 1
    shell = np.minimum(0.9 + 0.10 * mm, 6.0) * (1.0 - 0.6 * high) * rng.random(count) + CLEARANCE_MM
    return _traced(face, roots.points, start, wanted, steps, mm / steps, shell.astype(np.float32))


def _moustache_paths(
    face: LowerFace, roots: Roots, beard: BeardParameters, style: _Style, rng: np.random.Generator
) -> Float32:
    m, s = face.ground.measures, face.scale
    count = len(roots)
    x = roots.points[:, 0]
    side = np.where(x < 0, -1.0, 1.0).astype(np.float32)
    out = np.clip(np.abs(x) / (16.0 * s), 0.0, 1.0)
    sideways = {"handlebar": 0.95, "pencil": 0.8, "natural": 0.25, "chevron": 0.0, "walrus": 0.1, "toothbrush": 0.0}
    fan = {"handlebar": 1.0, "pencil": 1.1, "natural": 0.85, "chevron": 0.55, "walrus": 0.5, "toothbrush": 0.25}
    across = side * (sideways[beard.moustache] + fan[beard.moustache] * out)
    flow = np.stack([across, np.full(count, -1.0), np.full(count, 0.05)], axis=1)
    flow += 0.13 * rng.standard_normal((count, 3))
    way = unit(tangential(flow.astype(np.float32), roots.normals))
    lift = np.clip(np.radians(style.lift + 7.0 * rng.standard_normal(count)), 0.08, 1.0).astype(np.float32)
    start = np.asarray(way * np.cos(lift)[:, None] + roots.normals * np.sin(lift)[:, None], np.float32)
    long = _length(style, beard.length)
    mm = (long * np.clip(1.0 + 0.12 * rng.standard_normal(count), 0.6, 1.4)).astype(np.float32)
    corner = float(np.abs(face.marks[[48, 54], 0]).mean())
    tip = np.array([corner + 17.0 * s, m.mouth_y + 6.0 * s], np.float32)
    if beard.moustache == "handlebar":
        # All hair reaches for the twisted ends, so that what grows far from them is longer.
        away = np.abs(np.abs(x) - tip[0]) * 1.05
        mm = (away + 0.28 * long * (0.8 + 0.3 * rng.random(count))).astype(np.float32)

    def wanted(points: Float32, heading: Float32, part: float) -> Float32:
        if beard.moustache == "handlebar":
            # Sideways over the lip's corner, then up and inwards: the curl.
            turn = np.clip((np.abs(points[:, 0]) - (corner + 3.0 * s)) / (13.0 * s), 0.0, 1.0)
            return np.stack([side * (1.0 - 1.1 * turn), -0.32 * (1 - turn) + 1.5 * turn, -0.25 * (1 - turn)], axis=1)
        down = np.stack([side * 0.15 * out, np.full(count, -1.0), np.full(count, -0.1)], axis=1)
        return (heading * (1.0 - style.gravity) + style.gravity * down).astype(np.float32)

    steps = style.points + 5
    shell = (0.6 + 0.05 * mm * rng.random(count)).astype(np.float32)
    paths = _traced(face, roots.points, start, wanted, steps, mm / steps, shell)
    # Trimmed along the mouth: over the red of the lip at most, a walrus's over the whole upper lip.
    line = face.lips[face.lips[:, 1] > m.mouth_y - 1.0]
    order = np.argsort(line[:, 0], kind="stable")
    over = {"pencil": -0.2, "walrus": 8.0, "handlebar": 3.0}.get(beard.moustache, 1.5 + 2.5 * float(beard.length))
    x_at = paths[..., 0].mean(axis=1)
    lip = np.interp(x_at, line[order, 0], line[order, 1])
    outside = smoothstep(corner - 2.0 * s, corner + 5.0 * s, np.abs(x_at))
    floor = lip - over - 40.0 * outside * (beard.moustache != "pencil") + 0.8 * rng.standard_normal(count)
    share = np.maximum(share_above(paths, floor.astype(np.float32)), 0.12)
    return resampled(paths, share, style.points)


def _traced(
    face: LowerFace, start: Float32, direction: Float32, wanted: Callable[[Float32, Float32, float], Float32],
    steps: int, step_mm: Float32, shell: Float32,
) -> Float32:  # fmt: skip
    """Paths [S, steps + 1, 3] mm that turn towards what they want, (points, headings, share of the way) -> directions,
    and slide over the skin, `shell` [S] mm above it from 8 mm on."""
    points, heading = start.astype(np.float32), unit(direction)
    path = np.empty((len(start), steps + 1, 3), np.float32)
    path[:, 0] = points
    for step in range(1, steps + 1):
        heading = unit(0.5 * heading + 0.5 * unit(wanted(points, heading, (step - 0.5) / steps)))
        points = points + heading * step_mm[:, None]
        floor = CLEARANCE_MM + (shell - CLEARANCE_MM) * np.clip(step * step_mm / 8.0, 0.0, 1.0)
        near, away = face.ground.volume.distance(points)
        low = np.flatnonzero(near < floor)
        if len(low):
            out = away[low]
            points[low] += out * np.minimum(floor[low] - near[low], 0.2 + step_mm[low])[:, None]
            inward = np.minimum(np.einsum("sc,sc->s", heading[low], out), 0.0)
            heading[low] = unit(heading[low] - out * inward[:, None])
        path[:, step] = points
    return path


def _groom(
    name: str, face: LowerFace, bent: Bend, roots: Roots, paths: Float32, beard: BeardParameters, style: _Style,
    vertices: Float32, rng: np.random.Generator,
) -> Groom:  # fmt: skip
    count, points = paths.shape[:2]
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    lock, leaders = locks(roots, max(1, count // style.lock))
    mm = np.linalg.norm(np.diff(paths, axis=1), axis=2).sum(axis=1).astype(np.float32)
    curl = float(np.clip(beard.curl, 0.0, 1.0)) * smoothstep(5.0, 22.0, mm)
    if curl.max() > 0.02 and points >= 6:
        paths = paths + _curls(paths, lock, leaders, curl, mm, rng)
    if style.clumping > 0.0:
        pull = style.clumping * (0.5 + rng.random((count, 1), dtype=np.float32)) * smoothstep(0.1, 1.0, t)[None]
        paths = (
            paths
            + ((paths[leaders] - roots.points[leaders][:, None])[lock] - (paths - paths[:, :1]))
            * (0.6 * pull[..., None])
            + (roots.points[leaders][lock] - roots.points)[:, None] * (0.75 * pull[..., None])
        )
    loose = (0.25 + 1.1 * float(np.clip(beard.frizz, 0.0, 1.0))) * np.minimum(0.07 * mm, 3.2)
    paths = paths + wander(count, points, 0.6, rng) * loose[:, None, None]
    paths = paths.astype(np.float32)
    paths[:, 0] = roots.points
    grown = _carried(paths, roots, face, bent, vertices)
    # As much cover as real hairs give, were there more or fewer of them here.
    share = np.clip(style.hairs * _fullness(beard) / max(count, 1), 0.5, 30.0)
    # The shortest hair is finer, or it would draw a line along the jaw, where the eye meets it edge-on.
    radius = HAIR_RADIUS_MM * (share**0.6 if style.length[1] > 2.0 else 0.7 * share**0.35)
    taper = 1.0 - 0.75 * np.square(t)
    radii = radius * taper[None] * (0.8 + 0.4 * rng.random((count, 1), dtype=np.float32))
    return Groom(
        name=name,
        points=grown,
        radii=(radii * 0.001).astype(np.float32),
        roots=roots.surface,
        root_uvs=roots.uvs,
        clump=lock.astype(np.int32),
        shade=rng.random(count, dtype=np.float32),
        colour=beard.colour,
    )


def _carried(paths: Float32, roots: Roots, face: LowerFace, bent: Bend, vertices: Float32) -> Float32:
    """Strands around the mean head (mm) on the identity's (metres), their roots exactly on its skin and no point in
    it."""
    count, points = paths.shape[:2]
    clear = np.full((count, points), CLEARANCE_MM, np.float32)
    clear[:, 0] = 0.0
    # Clumping and curls may have pressed hair into the skin.
    flat = face.ground.volume.pushed_out(paths.reshape(-1, 3), clear.reshape(-1))
    moved = bent.carried(flat).reshape(count, points, 3)
    seat = roots.surface.positions(vertices) * np.float32(1000.0)
    moved = moved + (seat - moved[:, 0])[:, None]
    moved = bent.cleared(flat, moved.reshape(-1, 3), clear.reshape(-1)).reshape(count, points, 3)
    moved[:, 0] = seat
    return (moved * np.float32(0.001)).astype(np.float32)


def _curls(paths: Float32, lock: Int, leaders: Int, curl: Float32, mm: Float32, rng: np.random.Generator) -> Float32:
    """Offsets [S, P, 3]: helices around each strand, in step within a lock."""
    tangent, first, second = frames(paths, rng.standard_normal((len(paths), 3)).astype(np.float32))
    del tangent
    t = np.linspace(0.0, 1.0, paths.shape[1], dtype=np.float32)
    turns = (mm / (16.0 - 6.0 * curl)) * (0.8 + 0.4 * rng.random(len(leaders), dtype=np.float32))[lock]
    turns = np.minimum(turns, 0.3 * paths.shape[1])  # no more than the points can show
    phase = rng.random(len(leaders), dtype=np.float32)[lock] + 0.15 * rng.random(len(paths), dtype=np.float32)
    angle = np.float32(2 * np.pi) * (turns[:, None] * t + phase[:, None])
    size = (2.4 * curl)[:, None] * smoothstep(0.05, 0.5, t)[None]
    return size[..., None] * (np.cos(angle)[..., None] * first + np.sin(angle)[..., None] * second)
