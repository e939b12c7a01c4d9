"""From fitted arrays to the checkpoint file: small integers where they suffice, one safetensors, one registry row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from headsmith_server.checkpoints import registry
from headsmith_server.heads.pocket import CHECKPOINT, FORMAT
from headsmith_server.heads.quantisation import quantise_modes
from headsmith_shared.arkit import ARKIT_NAMES

STRONG_MODES: Final = 24
DROPPED: Final = 1e-5
"""Metres: expression offsets below this are left out."""
LICENCE: Final = "Apache-2.0; statistics learned from ICT-FaceKit (MIT) and MakeHuman (CC0 1.0), see NOTICE"
SOURCE: Final = "scripts/fit_pocket_head.py on ICT-FaceKit (MIT, USC ICT) and MakeHuman targets (CC0 1.0)"


@dataclass(frozen=True)
class PackedPart:
    """A part as the topology wants it; weights [V, 5] in the order of the joints."""

    name: str
    material: str
    faces: NDArray[np.integer]
    uvs: NDArray[np.floating]
    uv_faces: NDArray[np.integer]
    weights: NDArray[np.floating]


@dataclass(frozen=True)
class Row:
    """A point as a weighted sum of model vertices."""

    columns: NDArray[np.integer]
    values: NDArray[np.floating]


@dataclass(frozen=True)
class FittedHead:
    """All that goes into the checkpoint, in metres; L linear vertices, S of them skin, B bound ones.

    mean [L, 3]; identity [K, S, 3]; expressions: ARKIT_NAMES -> [L, 3], beside what following says; following:
    groups [L - S], origins [G, 3], identity [K, G, 3, 4], expression [52, G, 3, 4]; binding arrays of B vertices;
    closures: blink -> (rows, columns, values) over skin vertices; joints: (name, parent, head, tail); attributes:
    (name, low, high) with directions [A, K].
    """

    mean: NDArray[np.floating]
    identity: NDArray[np.floating]
    expressions: Mapping[str, NDArray[np.floating]]
    following: Mapping[str, NDArray[np.generic]]
    binding: Mapping[str, NDArray[np.generic]]
    closures: Mapping[str, tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.floating]]]
    joints: Sequence[tuple[str, str | None, Row, Row]]
    attributes: Sequence[tuple[str, str, str]]
    directions: NDArray[np.floating]
    parts: Sequence[PackedPart]
    loops: Mapping[str, NDArray[np.integer]]
    sets: Mapping[str, NDArray[np.integer]]
    mirror: NDArray[np.integer]
    landmarks: Mapping[str, tuple[NDArray[np.integer], NDArray[np.floating]]]


def write(head: FittedHead, path: Path) -> None:
    """Write the checkpoint; the same head gives the same bytes."""
    tensors = {**_statistics(head), **_topology(head)}
    facts = {
        "parts": [{"name": part.name, "material": part.material} for part in head.parts],
        "attributes": [{"name": name, "low": low, "high": high} for name, low, high in head.attributes],
        "joints": [{"name": name, "parent": parent} for name, parent, _, _ in head.joints],
    }
    metadata = {"format": FORMAT, "licence": LICENCE, "source": SOURCE, "facts": json.dumps(facts)}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, partial, metadata)
    partial.replace(path)


def enter(path: Path) -> registry.Checkpoint:
    """Put the written file into the registry, if it lies in the registry's folder."""
    entry = registry.Checkpoint(
        name=CHECKPOINT,
        tier="pocket",
        file=path.name,
        source=SOURCE,
        licence=LICENCE,
        sha256=registry.file_sha256(path),
        size=path.stat().st_size,
    )
    if path.parent.resolve() == registry.FOLDER.resolve():
        registry.register(entry)
    return entry


def _statistics(head: FittedHead) -> dict[str, torch.Tensor]:
    modes = torch.from_numpy(head.identity.reshape(len(head.identity), -1).astype(np.float32))
    packed = quantise_modes(modes, STRONG_MODES)
    counts, indices, values, scales = [], [], [], []
    for name in ARKIT_NAMES:
        delta = head.expressions[name]
        kept = np.flatnonzero(np.abs(delta).max(1) > DROPPED)
        scale = max(float(np.abs(delta).max()), 1e-9) / 32767
        counts.append(len(kept))
        indices.append(kept)
        values.append(np.round(delta[kept] / scale))
        scales.append(scale)
    rows = [row for _, _, tip, tail in head.joints for row in (tip, tail)]
    closures: dict[str, torch.Tensor] = {}
    for name, (at, columns, weights) in head.closures.items():
        closures |= {
            f"closure.{name}.rows": _integers(at),
            f"closure.{name}.columns": _integers(columns),
            f"closure.{name}.values": _floats(weights),
        }
    return closures | {
        "mean": _floats(head.mean),
        "identity.strong": packed.strong,
        "identity.strong_scales": packed.strong_scales,
        "identity.fine": packed.fine,
        "identity.fine_scales": packed.fine_scales,
        "expression.counts": _integers(np.array(counts)),
        "expression.indices": _short(np.concatenate(indices)),
        "expression.values": torch.from_numpy(np.concatenate(values).astype(np.int16)),
        "expression.scales": _floats(np.array(scales)),
        "follow.groups": torch.from_numpy(head.following["groups"].astype(np.uint8)),
        "follow.origins": _floats(head.following["origins"]),
        "follow.identity": _floats(head.following["identity"].reshape(len(modes), -1)),
        "follow.expression": _floats(head.following["expression"].reshape(len(ARKIT_NAMES), -1)),
        "binding.corners": _integers(head.binding["corners"]),
        "binding.barycentrics": _floats(head.binding["barycentrics"]),
        "binding.offsets": _floats(head.binding["offsets"]),
        "binding.spans": _floats(head.binding["spans"]),
        "joint.rows": _integers(np.repeat(np.arange(len(rows)), [len(row.columns) for row in rows])),
        "joint.columns": _integers(np.concatenate([row.columns for row in rows])),
        "joint.values": _floats(np.concatenate([row.values for row in rows])),
        "attributes": _floats(head.directions),
    }


def _topology(head: FittedHead) -> dict[str, torch.Tensor]:
    tensors = {"mirror": _integers(head.mirror)}
    for part in head.parts:
        tensors |= {
            f"part.{part.name}.faces": _integers(part.faces),
            f"part.{part.name}.uvs": _floats(part.uvs),
            f"part.{part.name}.uv_faces": _integers(part.uv_faces),
            f"part.{part.name}.weights": _floats(part.weights),
        }
    tensors |= {f"loop.{name}": _integers(loop) for name, loop in head.loops.items()}
    tensors |= {f"set.{name}": _integers(numbers) for name, numbers in head.sets.items()}
    for name, (corners, barycentrics) in head.landmarks.items():
        tensors[f"landmark.{name}.corners"] = _integers(corners)
        tensors[f"landmark.{name}.barycentrics"] = _floats(barycentrics)
    return tensors


def _floats(values: NDArray[np.generic]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def _integers(values: NDArray[np.generic]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.int32))


def _short(values: NDArray[np.generic]) -> torch.Tensor:
    """Vertex numbers in two bytes: int16 holds 0..32767, and no part of the model needs more."""
    if values.max(initial=0) > 32767:
        raise ValueError("more than 32,768 linear vertices")
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.int16))
