"""Small and large heads for tests: real structure, invented geometry."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import (
    HeadAsset,
    Joint,
    Part,
    Provenance,
    SparseDeltas,
    Strands,
    TextureMap,
)


def png(width: int, height: int, colour: int = 2, seed: int = 0) -> bytes:
    """A valid 8-bit PNG of noise, colour type 0 (grey) or 2 (RGB)."""
    channels = {0: 1, 2: 3}[colour]
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width * channels), dtype=np.uint8)
    raw = np.concatenate([np.zeros((height, 1), dtype=np.uint8), pixels], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(raw, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def exr(width: int, height: int) -> bytes:
    """An OpenEXR header with a little payload: enough for everybody who reads headers."""
    window = struct.pack("<iiii", 0, 0, width - 1, height - 1)
    attributes = b"".join(
        name + b"\0box2i\0" + struct.pack("<I", 16) + window for name in (b"dataWindow", b"displayWindow")
    )
    return b"\x76\x2f\x31\x01" + struct.pack("<I", 2) + attributes + b"\0" + b"pixels"


def grid_part(
    name: str,
    material: str,
    rows: int,
    columns: int,
    joints: int,
    keys: tuple[str, ...] = (),
    seed: int = 0,
    bend: float = 0.0,
) -> Part:
    """A sheet of quads (one row of triangles at its end when it has two rows), keys with random offsets."""
    random = np.random.default_rng(seed)
    v, u = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    depth = 0.1 + bend * np.sin(u * 3.0) * np.sin(v * 3.0)
    positions = np.stack([u * 0.2 - 0.1, v * 0.3 - 0.15, depth], axis=-1).reshape(-1, 3).astype(np.float32)
    index = np.arange(rows * columns).reshape(rows, columns)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)
    quads[-1, 3] = -1
    weights = random.random((rows * columns, joints))
    weights /= weights.sum(axis=1, keepdims=True)
    sparse = {}
    for key in keys:
        chosen = np.flatnonzero(random.random(rows * columns) < 0.5).astype(np.int32)
        deltas = (random.standard_normal((len(chosen), 3)) * 0.003).astype(np.float32)
        sparse[key] = SparseDeltas(chosen, deltas)
    return Part(
        name=name,
        material=material,
        positions=positions,
        faces=quads.astype(np.int32),
        uvs=np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32),
        uv_faces=quads.astype(np.int32),
        weights=weights.astype(np.float32),
        keys=sparse,
    )


JOINTS = (
    Joint("neck", None, (0.0, -0.12, 0.0), (0.0, -0.04, 0.01)),
    Joint("head", "neck", (0.0, -0.04, 0.01), (0.0, 0.16, 0.01)),
    Joint("jaw", "head", (0.0, 0.0, 0.02), (0.0, -0.07, 0.1)),
    Joint("eye_l", "head", (0.031, 0.036, 0.08), (0.031, 0.036, 0.1)),
    Joint("eye_r", "head", (-0.031, 0.036, 0.08), (-0.031, 0.036, 0.1)),
)


def small_head(name: str = "Test head", seed: int = 7) -> HeadAsset:
    """A head of a few hundred numbers with everything a head may have."""
    return HeadAsset(
        name=name,
        parts=(
            grid_part("skin", "skin", 6, 5, 5, ARKIT_NAMES[:4], seed),
            grid_part("eye_l", "eyes", 3, 3, 5, (), seed + 1),
        ),
        joints=JOINTS,
        maps=(
            TextureMap("skin", "albedo", "srgb", "image/png", 8, 4, png(8, 4, seed=seed)),
            TextureMap("skin", "displacement", "linear", "image/x-exr", 4, 4, exr(4, 4), 0.5, 0.002),
        ),
        provenance=Provenance(
            "headsmith test", "eine Frau, 40 \u2713", seed, {"quality": "draft"}, {"pocket": "ab" * 32},
            ("Apache-2.0",), ("Frau",), ("long hair",), {"age_years": 40.5, "list": [1, None, True, "x"]},
        ),
        strands=(
            Strands(
                "lashes",
                np.linspace(0, 0.1, 15, dtype=np.float32).reshape(5, 3),
                np.array([2, 3], dtype=np.int32),
                np.full(5, 1e-4, dtype=np.float32),
                np.array([[0.25, 0.5], [1.0, 0.0]], dtype=np.float32),
                np.array([0.125, 0.75], dtype=np.float32),
            ),
        ),
        materials={"skin": {"subsurface_weight": 1.0, "roughness": 0.45}},
        landmarks={"multi_pie_68": np.linspace(-0.1, 0.1, 68 * 3, dtype=np.float32).reshape(68, 3)},
    )  # fmt: skip


def large_head(vertices: int = 14_000, texture: int = 2048) -> HeadAsset:
    """A head as large as a real draft: all 52 keys and about 20 MB of maps."""
    side = round(vertices**0.5)
    base = small_head()
    return HeadAsset(
        name="Large",
        parts=(grid_part("skin", "skin", side, side, 5, ARKIT_NAMES, bend=0.05), *base.parts[1:]),
        joints=JOINTS,
        maps=(
            TextureMap("skin", "albedo", "srgb", "image/png", texture, texture, png(texture, texture)),
            TextureMap("skin", "roughness", "linear", "image/png", texture, texture, png(texture, texture, 0)),
            TextureMap("skin", "displacement", "linear", "image/png", texture, texture,
                       png(texture, texture, 0, 1), 0.5, 0.002),
        ),
        provenance=base.provenance,
    )  # fmt: skip
