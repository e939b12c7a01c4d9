"""A stand-in for a real head: ellipsoids with all twelve parts, 52 keys, five joints and small maps.

It has about as many vertices as a real head, so times measured on it are honest; nothing about it is pretty.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import numpy as np

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import HeadAsset, Joint, Part, Provenance, SparseDeltas, Strands, TextureMap

JOINTS = (
    Joint("neck", None, (0.0, -0.14, -0.02), (0.0, -0.04, 0.0)),
    Joint("head", "neck", (0.0, -0.04, 0.0), (0.0, 0.12, 0.0)),
    Joint("jaw", "head", (0.0, 0.0, 0.01), (0.0, -0.06, 0.09)),
    Joint("eye_l", "head", (0.031, 0.036, 0.080), (0.031, 0.036, 0.105)),
    Joint("eye_r", "head", (-0.031, 0.036, 0.080), (-0.031, 0.036, 0.105)),
)
_NAMES = [joint.name for joint in JOINTS]


def png(pixels: np.ndarray) -> bytes:
    """Encode uint8 [H, W] or [H, W, 3] as a PNG."""
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _ball(columns: int, rows: int, centre: tuple[float, float, float], radii: tuple[float, float, float]):
    """A latitude-longitude grid, poles at +-Y, with a seam in the UVs only and triangles at the poles."""
    theta = np.linspace(0.0, np.pi, rows + 2)[1:-1]
    phi = np.arange(columns) * 2 * np.pi / columns
    ring = np.stack(
        [
            np.sin(theta)[:, None] * np.sin(phi)[None],
            np.cos(theta)[:, None] * np.ones(columns)[None],
            np.sin(theta)[:, None] * np.cos(phi)[None],
        ],
        axis=-1,
    ).reshape(-1, 3)
    unit = np.concatenate([ring, [[0, 1, 0], [0, -1, 0]]])
    positions = (unit * radii + centre).astype(np.float32)
    top, bottom = len(unit) - 2, len(unit) - 1

    i = np.arange(rows - 1)[:, None] * columns
    j = np.arange(columns)[None]
    k = (j + 1) % columns
    quads = np.stack([i + j, i + columns + j, i + columns + k, i + k], -1).reshape(-1, 4)
    j, k = j[0], k[0]
    last = (rows - 1) * columns
    fan = np.full(columns, -1)
    cap_top = np.stack([np.full(columns, top), j, k, fan], -1)
    cap_bottom = np.stack([np.full(columns, bottom), last + k, last + j, fan], -1)
    faces = np.concatenate([quads, cap_top, cap_bottom]).astype(np.int32)

    u = np.linspace(0, 1, columns + 1)
    v = 1 - theta / np.pi
    uvs = np.stack(np.meshgrid(u, v), -1).reshape(-1, 2)
    uvs = np.concatenate([uvs, np.stack([(u[:-1] + u[1:]) / 2, np.ones(columns)], -1)])
    uvs = np.concatenate([uvs, np.stack([(u[:-1] + u[1:]) / 2, np.zeros(columns)], -1)])
    wide = columns + 1
    base = rows * wide
    r = np.arange(rows - 1)[:, None] * wide
    c = np.arange(columns)[None]
    uv_quads = np.stack([r + c, r + wide + c, r + wide + c + 1, r + c + 1], -1).reshape(-1, 4)
    c = c[0]
    uv_top = np.stack([base + c, c, c + 1, fan], -1)
    uv_bottom = np.stack([base + columns + c, (rows - 1) * wide + c + 1, (rows - 1) * wide + c, fan], -1)
    uv_faces = np.concatenate([uv_quads, uv_top, uv_bottom]).astype(np.int32)
    return positions, faces, uvs.astype(np.float32), uv_faces


def _weights(positions: np.ndarray, rigid: str | None) -> np.ndarray:
    weights = np.zeros((len(positions), len(JOINTS)), np.float32)
    if rigid is not None:
        weights[:, _NAMES.index(rigid)] = 1.0
        return weights
    height = positions[:, 1]
    head = np.clip((height + 0.12) / 0.08, 0, 1)
    jaw = np.clip((-0.01 - height) / 0.04, 0, 1) * np.clip(positions[:, 2] / 0.05, 0, 1) * head
    weights[:, 0] = 1 - head
    weights[:, 1] = head - jaw
    weights[:, 2] = jaw
    return weights / weights.sum(1, keepdims=True)


def _keys(positions: np.ndarray, rng: np.random.Generator) -> dict[str, SparseDeltas]:
    """A smooth local bump per ARKit name: about a fifth of the vertices move in each."""
    keys = {}
    for name in ARKIT_NAMES:
        centre = positions[rng.integers(len(positions))]
        distance = np.linalg.norm(positions - centre, axis=1)
        reach = np.quantile(distance, 0.2)
        moving = np.flatnonzero(distance < reach)
        fall = (1 - distance[moving] / max(float(reach), 1e-6))[:, None]
        push = rng.normal(0, 0.004, 3)
        keys[name] = SparseDeltas(moving.astype(np.int32), (fall * push).astype(np.float32))
    return keys


_PARTS = {
    "skin": ("skin", 140, 96, (0.0, 0.0, 0.0), (0.08, 0.14, 0.1), None),
    "eye_l": ("eyes", 32, 24, (0.031, 0.036, 0.080), (0.012, 0.012, 0.012), "eye_l"),
    "eye_r": ("eyes", 32, 24, (-0.031, 0.036, 0.080), (0.012, 0.012, 0.012), "eye_r"),
    "cornea_l": ("cornea", 24, 16, (0.031, 0.036, 0.081), (0.0125, 0.0125, 0.0125), "eye_l"),
    "cornea_r": ("cornea", 24, 16, (-0.031, 0.036, 0.081), (0.0125, 0.0125, 0.0125), "eye_r"),
    "teeth_upper": ("teeth", 40, 12, (0.0, -0.045, 0.07), (0.025, 0.006, 0.02), "head"),
    "teeth_lower": ("teeth", 40, 12, (0.0, -0.055, 0.07), (0.025, 0.006, 0.02), "jaw"),
    "gums_upper": ("gums", 40, 8, (0.0, -0.04, 0.068), (0.026, 0.005, 0.02), "head"),
    "gums_lower": ("gums", 40, 8, (0.0, -0.06, 0.068), (0.026, 0.005, 0.02), "jaw"),
    "tongue": ("tongue", 24, 16, (0.0, -0.05, 0.06), (0.018, 0.006, 0.03), "jaw"),
    "lashes": ("lashes", 32, 4, (0.0, 0.045, 0.092), (0.045, 0.002, 0.01), "head"),
    "brows": ("brows", 32, 4, (0.0, 0.06, 0.09), (0.045, 0.004, 0.01), "head"),
}

_MAPS = {
    ("skin", "albedo"): (190, 140, 120),
    ("skin", "roughness"): 120,
    ("skin", "specular"): 128,
    ("skin", "normal"): (128, 128, 255),
    ("skin", "displacement"): 128,
    ("eyes", "albedo"): (220, 215, 210),
    ("teeth", "albedo"): (225, 215, 195),
    ("gums", "albedo"): (190, 100, 100),
    ("tongue", "albedo"): (190, 90, 90),
    ("lashes", "albedo"): (20, 15, 12),
    ("lashes", "alpha"): 200,
    ("brows", "albedo"): (50, 35, 25),
    ("brows", "alpha"): 200,
}


def synthetic_maps(size: int = 32, tint: int = 0) -> tuple[TextureMap, ...]:
    """One map for every (material, channel) of a real head, size x size; tint shifts the values."""
    maps = []
    for (material, channel), value in _MAPS.items():
        colour = np.clip(np.atleast_1d(value) + tint, 0, 255).astype(np.uint8)
        pixels = np.broadcast_to(colour, (size, size, len(colour)))
        space = "srgb" if channel == "albedo" else "linear"
        scale = 0.002 if channel == "displacement" else 0.0
        maps.append(TextureMap(material, channel, space, "image/png", size, size, png(pixels), 0.5, scale))
    return tuple(maps)


def synthetic_head(
    name: str = "Ada", *, seed: int = 7, prompt: str = "a synthetic head", maps: bool = True, stretch: float = 1.0,
    detail: float = 1.0, map_size: int = 32, strands: int = 0,
) -> HeadAsset:  # fmt: skip
    """A head of about 18,000 vertices. stretch scales its height; detail scales the number of columns.

    strands: this many hairs and a tenth as many of a beard, with their cards; 0 is bald and shaven.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for part, (material, columns, rows, centre, radii, rigid) in _PARTS.items():
        positions, faces, uvs, uv_faces = _ball(int(columns * detail), rows, centre, radii)
        positions = positions * np.array([1, stretch, 1], np.float32)
        weights = _weights(positions, rigid)
        parts.append(Part(part, material, positions, faces, uvs, uv_faces, weights, _keys(positions, rng)))
    provenance = Provenance(
        "headsmith 0.1.0 synthetic", prompt, seed, {"quality": "draft", "texture_size": map_size},
        {"pocket-head": "0" * 64}, ("CC0-1.0",), ("zorgy",), ("dreadlocks",), {"age": 0.5},
    )  # fmt: skip
    joints = tuple(
        replace(j, head=(j.head[0], j.head[1] * stretch, j.head[2]), tail=(j.tail[0], j.tail[1] * stretch, j.tail[2]))
        for j in JOINTS
    )
    materials = {"skin": {"subsurface_weight": 1.0}}
    head = HeadAsset(
        name, tuple(parts), joints, synthetic_maps(map_size) if maps else (), provenance, materials=materials
    )
    return _haired(head, strands, rng, map_size if maps else 0) if strands else head


def _haired(head: HeadAsset, count: int, rng: np.random.Generator, map_size: int) -> HeadAsset:
    """The head with straight hairs on its upper half and a beard below, and a card for every twentieth strand."""
    grown, cards, maps = [], [], []
    for name, number, low, high in (("hair", count, 0.05, 1.0), ("beard", max(count // 10, 20), -1.0, -0.05)):
        strands = strands_on(head.parts[0], name, number, low, high, rng)
        grown.append(strands)
        cards.append(_cards(head.parts[0], strands))
        for channel, value in (("albedo", (60, 40, 25)), ("normal", (128, 128, 255))):
            pixels = np.broadcast_to(np.array(value, np.uint8), (map_size or 1, map_size or 1, 3))
            space = "srgb" if channel == "albedo" else "linear"
            maps.append(TextureMap(name, channel, space, "image/png", map_size, map_size, png(pixels)))
        alpha = np.tile(np.array([255, 0], np.uint8), (map_size, map_size // 2))
        maps.append(TextureMap(name, "alpha", "linear", "image/png", map_size, map_size, png(alpha)))
    colour = {"melanin": 0.6, "melanin_redness": 0.3, "grey_share": 0.25, "grey_tint_r": 0.6}
    return replace(
        head, strands=tuple(grown), parts=(*head.parts, *cards), maps=(*head.maps, *(maps if map_size else ())),
        materials={**head.materials, "hair": colour, "beard": {**colour, "tint_g": 0.2}},
    )  # fmt: skip


def strands_on(skin: Part, name: str, count: int, low: float, high: float, rng: np.random.Generator) -> Strands:
    """Straight hairs of five points on the quads between two heights (shares of the skin's upper or lower half)."""
    middle = skin.positions[skin.faces[:, 0]][:, 1] / np.abs(skin.positions[:, 1]).max()
    faces = np.flatnonzero((skin.faces[:, 3] >= 0) & (middle > low) & (middle < high) & (middle < 0.97))
    chosen = rng.choice(faces, count)
    # Inside the first triangle of each quad, and away from its edges.
    weights = rng.dirichlet((6.0, 6.0, 6.0), count).astype(np.float32)
    roots = np.einsum("sc,scx->sx", weights, skin.positions[skin.faces[chosen, :3]])
    uvs = np.einsum("sc,scx->sx", weights, skin.uvs[skin.uv_faces[chosen, :3]])
    outward = roots / np.linalg.norm(roots, axis=1, keepdims=True)
    points = roots[:, None] + outward[:, None] * np.linspace(0, 0.03, 5, dtype=np.float32)[None, :, None]
    return Strands(
        name, points.reshape(-1, 3).astype(np.float32), np.full(count, 5, np.int32),
        np.tile(np.linspace(2e-4, 5e-5, 5, dtype=np.float32), count), uvs.astype(np.float32),
        rng.random(count).astype(np.float32), name,
    )  # fmt: skip


def _cards(skin: Part, strands: Strands) -> Part:
    chosen = strands.points.reshape(-1, 5, 3)[::20]
    side = np.array([0.002, 0, 0], np.float32)
    corners = np.stack([chosen[:, 0] - side, chosen[:, 0] + side, chosen[:, -1] + side, chosen[:, -1] - side], 1)
    faces = np.arange(4 * len(chosen), dtype=np.int32).reshape(-1, 4)
    positions = corners.reshape(-1, 3).astype(np.float32)
    weights = np.zeros((len(positions), len(JOINTS)), np.float32)
    weights[:, _NAMES.index("head" if strands.name == "hair" else "jaw")] = 1.0
    uvs = np.tile(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), (len(chosen), 1))
    moved = np.flatnonzero(positions[:, 1] < 0).astype(np.int32)
    keys = {"jawOpen": SparseDeltas(moved, np.tile(np.array([0, -0.01, 0], np.float32), (len(moved), 1)))}
    return Part(strands.name, strands.name, positions, faces, uvs, faces.copy(), weights, keys if len(moved) else {})
