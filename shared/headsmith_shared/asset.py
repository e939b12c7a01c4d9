"""HeadAsset: a finished head as plain arrays and encoded images.

Asset space is in metres, right-handed, Y up, +Z out of the face and +X the subject's left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
Json = dict[str, "JsonValue"]
JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]

PART_NAMES: Final = (
    "skin", "eye_l", "eye_r", "cornea_l", "cornea_r", "teeth_upper", "teeth_lower",
    "gums_upper", "gums_lower", "tongue", "lashes", "brows",
)  # fmt: skip
"""Parts that every head has, in their order."""
CARD_NAMES: Final = ("hair", "beard")
"""Parts that follow them when there is such hair: cards for programs that know no strands, and their materials."""
MATERIAL_NAMES: Final = ("skin", "eyes", "cornea", "teeth", "gums", "tongue", "lashes", "brows", *CARD_NAMES)
JOINT_NAMES: Final = ("neck", "head", "jaw", "eye_l", "eye_r")
CHANNELS: Final = ("albedo", "alpha", "specular", "roughness", "normal", "displacement")

ColourSpace = Literal["srgb", "linear"]
MediaType = Literal["image/png", "image/x-exr"]


@dataclass(frozen=True)
class SparseDeltas:
    """Offsets of some vertices: `indices` int32 [K], strictly increasing; `deltas` float32 [K, 3] in
    metres."""

    indices: Int32
    deltas: Float32


@dataclass(frozen=True)
class Part:
    """One mesh of the head.

    positions float32 [V, 3] metres; faces int32 [F, 4], counter-clockwise seen from outside, the last
    column -1 for a triangle; uvs float32 [T, 2] in 0..1 (v up); uv_faces int32 [F, 4] into uvs, -1 as in
    faces; weights float32 [V, J], rows sum to 1, columns in the order of HeadAsset.joints; keys: shape keys
    by name (ARKit names, complete without drivers).
    """

    name: str
    material: str
    positions: Float32
    faces: Int32
    uvs: Float32
    uv_faces: Int32
    weights: Float32
    keys: Mapping[str, SparseDeltas] = field(default_factory=dict[str, SparseDeltas])


@dataclass(frozen=True)
class Joint:
    """A bone at rest: head and tail in metres in asset space; parent is the name of an earlier joint or
    None."""

    name: str
    parent: str | None
    head: tuple[float, float, float]
    tail: tuple[float, float, float]


@dataclass(frozen=True)
class TextureMap:
    """An encoded image for one channel of one material.

    colour_space: "srgb" for albedo, "linear" for all else. Normals are tangent space, OpenGL green.
    Displacement: 8- or 16-bit grey, metres = (value - midlevel) * scale_m, value in 0..1.
    """

    material: str
    channel: str
    colour_space: ColourSpace
    media_type: MediaType
    width: int
    height: int
    data: bytes
    midlevel: float = 0.5
    scale_m: float = 0.0


@dataclass(frozen=True)
class Strands:
    """Hair curves of one kind ("hair", "beard", "moustache").

    points float32 [P, 3] metres, root first; counts int32 [S] points per strand; radii float32 [P] metres;
    root_uvs float32 [S, 2]: where each grows, in the skin's UVs; shade float32 [S]: 0..1, the strand's own place in
    its colour's variation; material: whose numbers in HeadAsset.materials colour it. root_uvs and shade have no rows
    where nobody knows them (files of version 1).
    """

    name: str
    points: Float32
    counts: Int32
    radii: Float32
    root_uvs: Float32 = field(default_factory=lambda: np.empty((0, 2), np.float32))
    shade: Float32 = field(default_factory=lambda: np.empty(0, np.float32))
    material: str = "hair"


@dataclass(frozen=True)
class Provenance:
    """Where a head came from. Times belong to the job's report, not here, so that equal jobs give equal
    bytes.

    options: the spec's other fields; checkpoints: name -> sha256; licences: SPDX or short texts of what
    went in; not_understood: words of the prompt nobody could read; not_built: what was understood but
    cannot be built yet; description: what was understood, as plain numbers and words.
    """

    generator: str
    prompt: str
    seed: int
    options: Json = field(default_factory=dict[str, JsonValue])
    checkpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    licences: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    not_built: tuple[str, ...] = ()
    description: Json = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True)
class HeadAsset:
    """A head: parts in PART_NAMES order, then CARD_NAMES'; joints (parents first), maps, hair strands, material
    numbers, provenance.

    materials: per material name, numbers for its shader (for instance {"skin": {"subsurface_weight": 1.0}}).
    landmarks: name -> float32 [N, 3] positions in metres ("multi_pie_68", "mediapipe_478").
    """

    name: str
    parts: tuple[Part, ...]
    joints: tuple[Joint, ...]
    maps: tuple[TextureMap, ...]
    provenance: Provenance
    strands: tuple[Strands, ...] = ()
    materials: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    landmarks: Mapping[str, Float32] = field(default_factory=dict[str, Float32])

    def part(self, name: str) -> Part:
        """The part of that name; KeyError when the head has none."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)
