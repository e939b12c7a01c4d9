"""Hypothesis strategies for valid heads and takes: small, but with every freedom the formats allow."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import (
    CHANNELS,
    HeadAsset,
    Joint,
    Part,
    Provenance,
    SparseDeltas,
    Strands,
    TextureMap,
)  # fmt: skip
from headsmith_shared.take import Take, TakeTrack
from tests.shared.head_fixtures import exr, png

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
lines = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/\\"), min_size=1, max_size=30)
texts = st.text(max_size=60)
coordinates = st.floats(-100, 100, width=32)
numbers = st.floats(allow_nan=False, allow_infinity=False)
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(texts, plain_json, max_size=4)


def unique_names(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Distinct names, also when their case is ignored."""
    return st.lists(names, min_size=least, max_size=most, unique_by=str.lower)


def floats(shape: tuple[int, ...], elements: st.SearchStrategy[float] = coordinates) -> st.SearchStrategy:
    """float32 arrays."""
    return hnp.arrays(np.float32, shape, elements=elements)


@st.composite
def parts(draw: st.DrawFn, name: str, joints: int) -> Part:
    """A mesh of some faces with keys."""
    vertices = draw(st.integers(4, 12))
    uvs = draw(st.integers(1, 12))
    faces = draw(st.integers(0, 6))
    corners = [draw(st.permutations(range(vertices)))[:4] for _ in range(faces)]
    face_array = np.array(corners, dtype=np.int32).reshape(faces, 4)
    uv_faces = draw(hnp.arrays(np.int32, (faces, 4), elements=st.integers(0, uvs - 1)))
    triangles = draw(hnp.arrays(np.bool_, (faces,)))
    face_array[triangles, 3] = -1
    uv_faces[triangles, 3] = -1
    owner = draw(hnp.arrays(np.int64, (vertices,), elements=st.integers(0, joints - 1)))
    weights = np.zeros((vertices, joints), dtype=np.float32)
    weights[np.arange(vertices), owner] = 0.25
    weights[:, -1] += 0.75
    keys = {}
    for key in draw(st.lists(names | st.sampled_from(ARKIT_NAMES), max_size=4, unique=True)):
        chosen = np.flatnonzero(draw(hnp.arrays(np.bool_, (vertices,)))).astype(np.int32)
        keys[key] = SparseDeltas(chosen, draw(floats((len(chosen), 3))))
    return Part(
        name=name,
        material=draw(names),
        positions=draw(floats((vertices, 3))),
        faces=face_array,
        uvs=draw(floats((uvs, 2), st.floats(0, 1, width=32))),
        uv_faces=uv_faces,
        weights=weights,
        keys=keys,
    )


@st.composite
def maps(draw: st.DrawFn, material: str, channel: str) -> TextureMap:
    """An encoded image whose header is true."""
    width, height = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    kind = draw(st.sampled_from(("image/png", "image/x-exr")))
    data = png(width, height, draw(st.sampled_from((0, 2)))) if kind == "image/png" else exr(width, height)
    space = "srgb" if channel == "albedo" else "linear"
    return TextureMap(material, channel, space, kind, width, height, data, draw(numbers), draw(numbers))


@st.composite
def strand_sets(draw: st.DrawFn, name: str) -> Strands:
    """Some hairs."""
    counts = np.array(draw(st.lists(st.integers(1, 4), max_size=4)), dtype=np.int32)
    points = int(counts.sum())
    known = len(counts) if draw(st.booleans()) else 0
    unit = st.floats(0, 1, width=32)
    return Strands(
        name,
        draw(floats((points, 3))),
        counts,
        draw(floats((points,), unit)),
        draw(floats((known, 2), unit)),
        draw(floats((known,), unit)),
        draw(names),
    )


@st.composite
def heads(draw: st.DrawFn) -> HeadAsset:
    """Any valid head."""
    joint_names = draw(unique_names(1, 4))
    points = st.tuples(st.floats(-100, 100), st.floats(-100, 100), st.floats(-100, 100))
    joints = tuple(
        Joint(name, draw(st.sampled_from([None, *joint_names[:index]])), draw(points), draw(points))
        for index, name in enumerate(joint_names)
    )
    materials = draw(unique_names(0, 2))
    return HeadAsset(
        name=draw(lines),
        parts=tuple(draw(parts(name, len(joints))) for name in draw(unique_names(1, 3))),
        joints=joints,
        maps=tuple(draw(maps(material, draw(st.sampled_from(CHANNELS)))) for material in materials),
        provenance=Provenance(
            generator=draw(texts),
            prompt=draw(texts),
            seed=draw(st.integers(0, 2**32 - 1)),
            options=draw(json_objects),
            checkpoints=draw(st.dictionaries(texts, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=2)),
            licences=tuple(draw(st.lists(texts, max_size=2))),
            not_understood=tuple(draw(st.lists(texts, max_size=2))),
            not_built=tuple(draw(st.lists(texts, max_size=2))),
            description=draw(json_objects),
        ),
        strands=tuple(draw(strand_sets(name)) for name in draw(unique_names(0, 2))),
        materials=draw(st.dictionaries(names, st.dictionaries(texts, numbers, max_size=3), max_size=2)),
        landmarks={name: draw(floats((3, 3))) for name in draw(st.lists(names, max_size=2, unique=True))},
    )


@st.composite
def tracks(draw: st.DrawFn, frames: int) -> TakeTrack:
    """One reading of a performance."""
    raw = draw(floats((frames, 4), st.floats(0.125, 1, width=32))).astype(np.float64)
    rotation = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
    unit = st.floats(0, 1, width=32)
    return TakeTrack(
        weights=draw(floats((frames, 52), unit)),
        rotation=rotation,
        translation=draw(floats((frames, 3))),
        gaze=draw(floats((frames, 2, 2), st.floats(-1, 1, width=32))),
        confidence=draw(floats((frames,), unit)),
    )


@st.composite
def takes(draw: st.DrawFn) -> Take:
    """Any valid take."""
    frames = draw(st.integers(0, 5))
    filtered = draw(st.booleans())
    return Take(
        name=draw(lines),
        fps=draw(st.floats(1e-3, 1000)),
        raw=draw(tracks(frames)),
        filtered=draw(tracks(frames)) if filtered else None,
        filter=draw(lines) if filtered else "",
        source=draw(texts),
        generator=draw(texts),
    )
