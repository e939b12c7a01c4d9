"""Reading the MakeHuman head (CC0): base mesh, head faces and targets, in metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.heads.ict_facekit import find_or_unpack, read_obj_faces, read_obj_positions

ARCHIVE: Final = "makehuman-head.tar.xz"
BASE: Final = "makehuman/data/3dobjs/base.obj"
METRES: Final = 0.1
SKIN_END: Final = 13380
BUST_BASE: Final = 0.54
"""Skin above this height (metres, on the base) is used: head, neck and upper shoulders."""
HEAD_BASE: Final = 0.589
EYES: Final = range(14598, 14742)
TEETH: Final = range(14992, 15128)
ETHNICITIES: Final = ("african", "asian", "caucasian")
SEXES: Final = ("female", "male")


@dataclass(frozen=True)
class MakeHuman:
    """base float64 [19158, 3] metres (+X the subject's left); faces int32 [F, 4], uv_faces beside them; uvs [T, 2]."""

    folder: Path
    base: NDArray[np.float64]
    faces: NDArray[np.int32]
    uv_faces: NDArray[np.int32]
    uvs: NDArray[np.float32]
    cache: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def target(self, name: str) -> NDArray[np.float64]:
        """float64 [19158, 3] metres: the delta of targets/NAME.target at weight 1."""
        if name not in self.cache:
            rows = [
                line.split()
                for line in (self.folder / "targets" / f"{name}.target").read_text().splitlines()
                if line and not line.startswith("#")
            ]
            delta = np.zeros_like(self.base)
            numbers = np.array(rows, dtype=np.float64)
            delta[numbers[:, 0].astype(np.int64)] = numbers[:, 1:4] * METRES
            self.cache[name] = delta
        return self.cache[name]

    def both(self, name: str) -> NDArray[np.float64]:
        """The delta of a target that exists for the left and the right side: `{}` stands for the side's letter."""
        return self.target(name.format("l")) + self.target(name.format("r"))

    def macro(self, age: str, ethnicity: str | None = None, sex: str | None = None) -> NDArray[np.float64]:
        """float64 [19158, 3]: the body of that macro target, averaged over what is not given."""
        names = [
            f"macrodetails/{e}-{s}-{age}"
            for e in ([ethnicity] if ethnicity else ETHNICITIES)
            for s in ([sex] if sex else SEXES)
        ]
        return self.base + sum(self.target(name) for name in names) / len(names)

    def skin_faces(self) -> NDArray[np.int32]:
        """int32 [F, 4]: skin quads of head, neck and upper shoulders."""
        skin = self.faces[(self.faces < SKIN_END).all(1)]
        return skin[(self.base[skin][:, :, 1] > BUST_BASE).all(1)]

    def head(self) -> NDArray[np.int64]:
        """Skin vertices above the neck joint, by which bodies are aligned."""
        return np.flatnonzero((np.arange(len(self.base)) < SKIN_END) & (self.base[:, 1] > HEAD_BASE))


def load_makehuman(data: Path, work: Path) -> MakeHuman:
    """MakeHuman's head from `data` (heads/makehuman-head.tar.xz or makehuman/data unpacked).

    Raises HeadsmithError(NOT_FOUND) when it is not there.
    """
    folder = find_or_unpack(data, work, ARCHIVE, BASE) / "makehuman" / "data"
    path = folder / "3dobjs" / "base.obj"
    uvs, faces, uv_faces = read_obj_faces(path)
    return MakeHuman(folder, read_obj_positions(path) * METRES, faces, uv_faces, uvs)


@dataclass(frozen=True)
class Similarity:
    """x -> scale * rotation @ x + translation."""

    scale: float
    rotation: NDArray[np.float64]
    translation: NDArray[np.float64]

    def apply(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """float64 [N, 3] moved points."""
        return self.scale * points @ self.rotation.T + self.translation

    def apply_delta(self, deltas: NDArray[np.floating]) -> NDArray[np.float64]:
        """float64 [N, 3] turned and scaled offsets."""
        return self.scale * deltas @ self.rotation.T


def fit_similarity(
    source: NDArray[np.floating], target: NDArray[np.floating], weights: NDArray[np.floating] | None = None
) -> Similarity:
    """The similarity with least (weighted) squares from source [N, 3] to target [N, 3] (Umeyama 1991)."""
    w = np.ones(len(source)) if weights is None else np.asarray(weights, dtype=np.float64)
    w = w / w.sum()
    a, b = w @ source, w @ target
    centred, aim = source - a, target - b
    u, s, vt = np.linalg.svd((aim * w[:, None]).T @ centred)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u * sign @ vt
    scale = float((s * sign).sum() / (w @ (centred**2).sum(1)))
    return Similarity(scale, rotation, b - scale * rotation @ a)
