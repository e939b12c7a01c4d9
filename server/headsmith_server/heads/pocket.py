"""The pocket head: Headsmith's own parametric head, shipped, small enough for one CPU core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from headsmith_server.checkpoints import registry
from headsmith_server.heads import measurements
from headsmith_server.heads.binding import SurfaceBinding
from headsmith_server.heads.protocol import Attribute, PartTopology, SurfacePoints, Topology
from headsmith_server.heads.quantisation import QuantisedModes
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES
from headsmith_shared.errors import ErrorCode, HeadsmithError

FORMAT: Final = "headsmith-pocket-head-1"
CHECKPOINT: Final = "pocket_head"
BLINKS: Final = ("eyeBlinkLeft", "eyeBlinkRight")


@dataclass(frozen=True)
class SparseRows:
    """A sparse matrix [count, V] over vertices: row r sums values[i] * vertices[columns[i]] where rows[i] is r."""

    rows: Int[Tensor, " n"]
    columns: Int[Tensor, " n"]
    values: Float[Tensor, " n"]
    count: int

    def apply(self, vertices: Float[Tensor, "*b v 3"]) -> Float[Tensor, "*b r 3"]:
        """One point a row."""
        out = vertices.new_zeros(*vertices.shape[:-2], self.count, 3)
        return out.index_add(-2, self.rows, self.values[:, None] * vertices[..., self.columns, :])

    def to(self, device: torch.device) -> SparseRows:
        """The same matrix on that device."""
        return SparseRows(self.rows.to(device), self.columns.to(device), self.values.to(device), self.count)


@dataclass(frozen=True)
class PocketArrays:
    """What the statistics are, all on one device.

    Linear vertices L (S of skin, then eyes, corneas, teeth, gums, tongue) come first; bound ones (lashes, brows)
    follow. mean [L, 3] metres; identity [K, S * 3]; follow [K, G * 12]: what the modes do to the groups of the other
    linear parts; frames [G, L - S, 4]: homogeneous rest positions about each group's origin, zero for other groups;
    expressions [52, L * 3]; closures: for each of BLINKS, what an identity's own lids add to the blink so that they
    meet, a matrix from its offsets to the mean [L] to the blink's [L].
    """

    mean: Float[Tensor, "l 3"]
    identity: Float[Tensor, "k n"]
    follow: Float[Tensor, "k g12"]
    frames: Float[Tensor, "g f 4"]
    expressions: Float[Tensor, "52 m"]
    binding: SurfaceBinding
    closures: tuple[SparseRows, ...]
    joints: SparseRows

    def to(self, device: torch.device) -> PocketArrays:
        """The same arrays on that device."""
        return PocketArrays(
            self.mean.to(device),
            self.identity.to(device),
            self.follow.to(device),
            self.frames.to(device),
            self.expressions.to(device),
            self.binding.to(device),
            tuple(closure.to(device) for closure in self.closures),
            self.joints.to(device),
        )


class PocketHead:
    """HeadModel over the shipped statistics (see scripts/fit_pocket_head.py for where they come from).

    Skin, eyeballs, corneas, teeth, gums and tongue are linear in identity and expression; lashes and brows hang on
    the skin; blinks close each identity's own lid opening.
    """

    def __init__(
        self,
        arrays: PocketArrays,
        topology: Topology,
        attributes: Mapping[str, Attribute],
        joints: tuple[tuple[str, str | None], ...],
        licence: str,
        sha256: str,
    ) -> None:
        self._arrays = arrays
        self._topology = topology
        self._attributes = attributes
        self._joints = joints
        self._licence = licence
        self._sha256 = sha256

    @property
    def name(self) -> str:
        return "pocket"

    @property
    def sha256(self) -> str:
        return self._sha256

    @property
    def licence(self) -> str:
        return self._licence

    @property
    def topology(self) -> Topology:
        return self._topology

    @property
    def device(self) -> torch.device:
        """Where its arrays lie, and identities and expressions must."""
        return self._arrays.mean.device

    @property
    def identity_size(self) -> int:
        return len(self._arrays.identity)

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        return self._attributes

    def vertices(
        self, identity: Float[Tensor, "b k"], expression: Float[Tensor, "b 52"] | None = None
    ) -> Float[Tensor, "b v 3"]:
        """Vertices of all parts in metres; differentiable in identity and expression."""
        linear = self._neutral(identity)
        if expression is not None:
            offsets = (expression @ self._arrays.expressions).view_as(linear)
            for name, closure in zip(BLINKS, self._arrays.closures, strict=True):
                closing = closure.apply(linear - self._arrays.mean)
                offsets = offsets + expression[:, ARKIT_INDEX[name], None, None] * closing
            linear = linear + offsets
        return torch.cat([linear, self._arrays.binding.positions(linear)], dim=1)

    def expression_deltas(self, identity: Float[Tensor, " k"]) -> Float[Tensor, "52 v 3"]:
        """Offsets in metres of each ARKit shape at weight 1 on that identity, for all parts."""
        neutral = self._neutral(identity[None])
        rows = list(self._arrays.expressions.view(len(ARKIT_NAMES), -1, 3))
        for name, closure in zip(BLINKS, self._arrays.closures, strict=True):
            rows[ARKIT_INDEX[name]] = rows[ARKIT_INDEX[name]] + closure.apply(neutral[0] - self._arrays.mean)
        deltas = torch.stack(rows)
        return torch.cat([deltas, self._arrays.binding.moves(neutral[0], deltas)], dim=1)

    def hung(self, vertices: Float[Tensor, "b v 3"]) -> Float[Tensor, "b v 3"]:
        """The same vertices with what hangs on the skin (lashes, brows) placed anew: for a skin that was reshaped."""
        linear = vertices[:, : len(self._arrays.mean)]
        return torch.cat([linear, self._arrays.binding.positions(linear)], dim=1)

    def joints(
        self, identity: Float[Tensor, " k"]
    ) -> Mapping[str, tuple[str | None, NDArray[np.float32], NDArray[np.float32]]]:
        """joint name -> (parent, head [3], tail [3]) in metres, parents first."""
        with torch.no_grad():
            points = self._arrays.joints.apply(self._neutral(identity[None])[0]).cpu().numpy().astype(np.float32)
        return {
            name: (parent, points[2 * number], points[2 * number + 1])
            for number, (name, parent) in enumerate(self._joints)
        }

    def measurements(self, vertices: Float[Tensor, "v 3"]) -> Mapping[str, float]:
        """Anthropometric distances in millimetres as functions of the mesh (see heads/measurements.py)."""
        return measurements.measure(self._topology, vertices.detach().cpu().numpy())

    def to(self, device: torch.device) -> PocketHead:
        """The same model with its arrays on that device."""
        return PocketHead(
            self._arrays.to(device), self._topology, self._attributes, self._joints, self._licence, self._sha256
        )

    def _neutral(self, identity: Float[Tensor, "b k"]) -> Float[Tensor, "b l 3"]:
        arrays = self._arrays
        skin = (identity @ arrays.identity).view(len(identity), -1, 3)
        affine = (identity @ arrays.follow).view(len(identity), len(arrays.frames), 3, 4)
        return arrays.mean + torch.cat([skin, follow(affine, arrays.frames)], dim=1)


def follow(affine: Float[Tensor, "b g 3 4"], frames: Float[Tensor, "g f 4"]) -> Float[Tensor, "b f 3"]:
    """Offsets of the free parts' vertices under one affine map a group."""
    return torch.einsum("bgij,gfj->bfi", affine, frames)


def group_frames(
    rest: Float[Tensor, "f 3"], groups: Int[Tensor, " f"], origins: Float[Tensor, "g 3"]
) -> Float[Tensor, "g f 4"]:
    """PocketArrays.frames for rest positions, each vertex's group, and the groups' origins."""
    homogeneous = torch.cat([rest - origins[groups], rest.new_ones(len(rest), 1)], dim=1)
    frames = rest.new_zeros(len(origins), len(rest), 4)
    frames[groups, torch.arange(len(rest))] = homogeneous
    return frames


def load_pocket_head(path: Path | None = None) -> PocketHead:
    """The shipped pocket head, or the one in `path`, on the CPU.

    Raises HeadsmithError: MISSING_CHECKPOINT or BAD_FILE.
    """
    path = path or registry.checkpoint(CHECKPOINT).path
    weights = registry.load(path)
    if weights.metadata.get("format") != FORMAT:
        raise HeadsmithError(
            ErrorCode.BAD_FILE,
            f"{path}: a checkpoint of format {weights.metadata.get('format')!r}, not {FORMAT!r}",
            "reinstall Headsmith",
        )
    facts = json.loads(weights.metadata["facts"])
    tensors = weights.tensors
    arrays = _arrays(tensors)
    return PocketHead(
        arrays=arrays,
        topology=_topology(tensors, facts),
        attributes={
            row["name"]: Attribute(row["name"], row["low"], row["high"], direction)
            for row, direction in zip(facts["attributes"], tensors["attributes"].numpy(), strict=True)
        },
        joints=tuple((row["name"], row["parent"]) for row in facts["joints"]),
        licence=weights.metadata["licence"],
        sha256=weights.sha256,
    )


def _arrays(tensors: Mapping[str, Tensor]) -> PocketArrays:
    modes = QuantisedModes(
        tensors["identity.strong"],
        tensors["identity.strong_scales"],
        tensors["identity.fine"],
        tensors["identity.fine_scales"],
    )
    mean = tensors["mean"]
    expressions = torch.zeros(len(ARKIT_NAMES), mean.numel() // 3, 3)
    counts, scales = tensors["expression.counts"].long(), tensors["expression.scales"]
    shape = torch.repeat_interleave(torch.arange(len(ARKIT_NAMES)), counts)
    expressions[shape, tensors["expression.indices"].long()] = (
        tensors["expression.values"].float() * scales[shape][:, None]
    )
    groups = tensors["follow.groups"].long()
    frames = group_frames(mean[len(mean) - len(groups) :], groups, tensors["follow.origins"])
    offsets = follow(tensors["follow.expression"].view(len(ARKIT_NAMES), len(frames), 3, 4), frames)
    expressions[:, len(mean) - len(groups) :] += offsets
    return PocketArrays(
        mean=mean,
        identity=modes.dequantise(),
        follow=tensors["follow.identity"],
        frames=frames,
        expressions=expressions.view(len(ARKIT_NAMES), -1),
        binding=SurfaceBinding(
            tensors["binding.corners"].long(),
            tensors["binding.barycentrics"],
            tensors["binding.offsets"],
            tensors["binding.spans"],
        ),
        closures=tuple(_sparse(tensors, f"closure.{name}", len(mean)) for name in BLINKS),
        joints=_sparse(tensors, "joint", int(tensors["joint.rows"].max()) + 1),
    )


def _sparse(tensors: Mapping[str, Tensor], prefix: str, count: int) -> SparseRows:
    return SparseRows(
        tensors[f"{prefix}.rows"].long(), tensors[f"{prefix}.columns"].long(), tensors[f"{prefix}.values"], count
    )


def _topology(tensors: Mapping[str, Tensor], facts: Mapping[str, list[dict[str, str]]]) -> Topology:
    parts: list[PartTopology] = []
    start = 0
    for row in facts["parts"]:
        name = row["name"]
        weights = tensors[f"part.{name}.weights"].numpy()
        parts.append(
            PartTopology(
                name=name,
                material=row["material"],
                vertices=range(start, start + len(weights)),
                faces=tensors[f"part.{name}.faces"].numpy(),
                uvs=tensors[f"part.{name}.uvs"].numpy(),
                uv_faces=tensors[f"part.{name}.uv_faces"].numpy(),
                weights=weights,
            )
        )
        start += len(weights)
    return Topology(
        parts=tuple(parts),
        loops=_named(tensors, "loop."),
        sets=_named(tensors, "set."),
        mirror=tensors["mirror"].numpy(),
        landmarks={
            name: SurfacePoints(corners, tensors[f"landmark.{name}.barycentrics"].numpy())
            for name, corners in (
                (key.split(".")[1], value.numpy())
                for key, value in tensors.items()
                if key.startswith("landmark.") and key.endswith(".corners")
            )
        },
    )


def _named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, NDArray[np.int32]]:
    return {key.removeprefix(prefix): value.numpy() for key, value in tensors.items() if key.startswith(prefix)}
