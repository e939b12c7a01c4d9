"""Figures of a head's layout: symmetry, edge loops around eyes and mouth, and its UVs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.pocket import PocketHead
from headsmith_server.heads.protocol import PartTopology

RASTER: Final = 4096
"""Pixels along the UV tile's side in which overlap is looked for."""


@dataclass(frozen=True)
class UvFigures:
    """overlap: share of the covered area that is covered more than once; face_share: share of the tile that the face
    region's quads cover; area_distortion_p99: 99th percentile over the face of a quad's UV-to-surface area ratio, as
    a factor (>= 1) from the face's median ratio."""

    overlap: float
    face_share: float
    area_distortion_p99: float


def symmetry_residual(head: PocketHead) -> float:
    """Metres: the largest distance of a mean skin vertex from the mirror image of its partner."""
    skin = head.topology.part("skin")
    mean = head.vertices(torch.zeros(1, head.identity_size))[0, : len(skin.vertices)].numpy()
    flipped = mean[head.topology.mirror] * np.array([-1.0, 1.0, 1.0], dtype=np.float32)
    return float(np.linalg.norm(flipped - mean, axis=1).max())


def eye_loops(head: PocketHead) -> int:
    """Closed edge loops that surround the opening of the eye outside the lid margin, the margin included; the smaller
    number of both eyes."""
    skin = head.topology.part("skin")
    inner = np.zeros(len(skin.vertices), dtype=bool)
    inner[head.topology.sets["inner_lid"]] = True
    return min(nested_loops(skin, head.topology.loops[f"lid_margin_{side}"], inner) for side in ("l", "r"))


def mouth_loops(head: PocketHead) -> int:
    """Closed edge loops that surround the mouth's opening outside the lip line, the lip line included."""
    skin = head.topology.part("skin")
    upper, lower = head.topology.loops["lip_line_upper"], head.topology.loops["lip_line_lower"]
    line = np.concatenate([upper, lower[::-1][1:-1]])
    inner = np.zeros(len(skin.vertices), dtype=bool)
    inner[head.topology.sets["mouth_cavity"]] = True
    return nested_loops(skin, line, inner)


def nested_loops(part: PartTopology, start: NDArray[np.integer], inside: NDArray[np.bool_]) -> int:
    """How many closed loops of edges lie around each other, beginning with the closed loop `start`: each next one is
    the far side of a closed ring of quads around the last. It ends where a ring is not made of quads only, each with
    exactly one edge on the last loop, or where the far side is not one simple closed loop. inside bool [V]: vertices
    beyond `start` on the side that is not asked for."""
    edges: dict[tuple[int, int], list[int]] = {}
    for number, face in enumerate(part.faces):
        for a, b in _edges(face):
            edges.setdefault((min(a, b), max(a, b)), []).append(number)
    loop = [int(v) for v in start]
    if any((min(a, b), max(a, b)) not in edges for a, b in _around(loop)):
        return 0
    directed = {edge: number for number, face in enumerate(part.faces) for edge in _edges(face)}
    sides = [
        {directed[edge] for edge in (_around(loop) if left else _around(loop[::-1])) if edge in directed}
        for left in (True, False)
    ]
    found = [_loops_from(part, edges, loop, other) for other in sides]
    return len(min(found, key=lambda loops: float(np.mean([inside[v] for ring in loops[1:] for v in ring] or [1.0]))))


def _loops_from(
    part: PartTopology, edges: dict[tuple[int, int], list[int]], loop: list[int], behind: set[int]
) -> list[list[int]]:
    """`loop` and the loops around it on the side away from the faces `behind`."""
    loops, seen = [loop], set(behind)
    while ring := _next_loop(part, edges, loops[-1], seen):
        loops.append(ring[0])
        seen |= ring[1]
    return loops


def _next_loop(
    part: PartTopology, edges: dict[tuple[int, int], list[int]], loop: list[int], seen: set[int]
) -> tuple[list[int], set[int]] | None:
    on_loop = set(loop)
    following: list[int] = []
    faces: set[int] = set()
    for a, b in _around(loop):
        sides = [n for n in edges[(min(a, b), max(a, b))] if n not in seen and n not in faces]
        if len(sides) != 1:
            return None
        face = [int(v) for v in part.faces[sides[0]]]
        if face[3] < 0:
            return None
        rest = [v for v in face if v not in (a, b)]
        if on_loop & set(rest):
            return None
        at = face.index(a)
        near = face[at - 1] if face[at - 1] != b else face[(at + 1) % 4]
        faces.add(sides[0])
        following.append(near)
    if len(set(following)) != len(following):
        return None
    if any((min(a, b), max(a, b)) not in edges for a, b in _around(following)):
        return None
    return following, faces


def _edges(face: NDArray[np.integer]) -> list[tuple[int, int]]:
    return _around([int(v) for v in face if v >= 0])


def _around(ring: list[int]) -> list[tuple[int, int]]:
    return list(zip(ring, ring[1:] + ring[:1], strict=True))


def uv_figures(head: PocketHead) -> UvFigures:
    """The skin's UV figures (see UvFigures)."""
    skin = head.topology.part("skin")
    mean = head.vertices(torch.zeros(1, head.identity_size))[0].numpy().astype(np.float64)
    uv_area = _area(np.concatenate([skin.uvs[skin.uv_faces], np.zeros((*skin.uv_faces.shape, 1))], axis=2))
    area = _area(mean[skin.faces])
    region = np.isin(skin.faces, head.topology.sets["face_region"]).all(1)  # quads only: -1 is in no set
    ratio = uv_area[region] / np.maximum(area[region], 1e-14)
    ratio = ratio / np.median(ratio)
    factor = np.maximum(ratio, 1.0 / np.maximum(ratio, 1e-9))
    return UvFigures(
        overlap=uv_overlap(skin),
        face_share=float(uv_area[region].sum()),
        area_distortion_p99=float(np.percentile(factor, 99)),
    )


def uv_overlap(part: PartTopology) -> float:
    """Share of the covered pixels of the tile whose centre lies in more than one quad; neighbours' common edges belong
    to one of them, so that pixels which a quad touches by its border only do not count."""
    covered = np.zeros((RASTER, RASTER), dtype=np.uint8)
    twice = np.zeros((RASTER, RASTER), dtype=bool)
    for face in part.uv_faces:
        corners = part.uvs[face[face >= 0]].astype(np.float64) * RASTER
        low = np.floor(corners.min(0)).astype(int).clip(0, RASTER - 1)
        high = np.ceil(corners.max(0)).astype(int).clip(1, RASTER)
        x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
        inside = _strictly_inside(x, y, corners)
        window = (slice(low[1], high[1]), slice(low[0], high[0]))
        twice[window] |= inside & (covered[window] > 0)
        covered[window] |= inside.astype(np.uint8)
    return float(twice.sum() / max(int(covered.sum()), 1))


def _strictly_inside(x: NDArray[np.float64], y: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Even-odd rule over the polygon's edges; a point on an edge belongs to one side only."""
    inside = np.zeros(x.shape, dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (ay > y) != (by > y)
        if ay != by:
            inside ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside


def _area(corners: NDArray[np.floating]) -> NDArray[np.float64]:
    return 0.5 * np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)
