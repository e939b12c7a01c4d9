"""How eyes, teeth, gums and tongue follow the face: one affine map per group, linear in the displacement it is told.

Every rigid or scaled motion of a group is affine in the rest position, so a mode or an expression costs twelve
numbers per group: offset(x) = A[:, :3] @ (x - origin) + A[:, 3].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GROUPS: Final = ("eye_l", "eye_r", "upper", "lower")
GROUP_OF_PART: Final[Mapping[str, str]] = {
    "eye_l": "eye_l", "cornea_l": "eye_l", "eye_r": "eye_r", "cornea_r": "eye_r",
    "teeth_upper": "upper", "gums_upper": "upper", "teeth_lower": "lower", "gums_lower": "lower", "tongue": "lower",
}  # fmt: skip

# The vertices of ICT-FaceKit's teeth whose motion ours take over (shared/data/README.md: parts table).
ICT_SOURCE: Final[Mapping[str, slice]] = {
    "upper": slice(17039, 19247),
    "lower": slice(19247, 21451),
}


@dataclass(frozen=True)
class AffineFit:
    """The linear map from displacements of source points [n, 3] to an affine map [3, 4] about `origin` [3].

    uniform: only a translation and one scale (an eyeball must stay round), else all twelve numbers.
    """

    origin: Floats
    offsets: Floats
    uniform: bool

    def __call__(self, deltas: Floats) -> Floats:
        """[.., n, 3] displacements -> [.., 3, 4]; least squares."""
        move = deltas.mean(axis=-2)
        result = np.zeros((*deltas.shape[:-2], 3, 4))
        result[..., 3] = move
        centred = self.offsets - self.offsets.mean(axis=0)
        if self.uniform:
            scale = np.einsum("ni,...ni->...", centred, deltas) / (centred**2).sum()
            result[..., :3] = scale[..., None, None] * np.eye(3)
        else:
            inverse = np.linalg.pinv(centred)
            result[..., :3] = np.einsum("jn,...ni->...ij", inverse, deltas)
        # The fit is about the source's mean; move it to the origin that the model uses.
        shift = self.offsets.mean(axis=0)
        result[..., 3] = move - result[..., :3] @ shift
        return result


@dataclass(frozen=True)
class BallFit:
    """The linear map from displacements of a lid's contact line [n, 3] to an eyeball's translation and scale.

    Least squares over the distances between line and ball; sideways the ball goes with the line's middle, and its
    size takes half of the opening's (irises differ far less between people than lid openings do).
    """

    normals: Floats
    radius: float

    def __call__(self, deltas: Floats) -> Floats:
        """[.., n, 3] displacements -> [.., 3, 4]; linear."""
        n = len(self.normals)
        centred = self.normals - self.normals.mean(axis=0)
        middle = deltas.mean(axis=-2)
        opening = np.einsum("ni,...ni->...", centred, deltas) / ((centred**2).sum() * self.radius)
        radial = np.einsum("ni,...ni->...n", self.normals, deltas)
        rows = np.concatenate(
            [
                np.column_stack([self.normals, np.ones(n)]) / np.sqrt(n),
                np.diag([0.5, 0.5, 0.05, 0.6]),
            ]
        )
        values = np.concatenate(
            [
                radial / np.sqrt(n),
                0.5 * middle[..., :2],
                0.05 * middle[..., 2:],
                (0.6 * 0.5 * self.radius * opening)[..., None],
            ],
            axis=-1,
        )
        solution = np.einsum("ij,...j->...i", np.linalg.pinv(rows), values)
        result = np.zeros((*deltas.shape[:-2], 3, 4))
        result[..., :3] = (solution[..., 3] / self.radius)[..., None, None] * np.eye(3)
        result[..., 3] = solution[..., :3]
        return result


@dataclass(frozen=True)
class Follower:
    """How the groups follow, in GROUPS order, about `origins` [G, 3].

    Eyes follow the contact lines of the lids, teeth, gums and tongue the scanned teeth, or the skin of the mouth
    where nothing else is known.
    """

    origins: Floats
    eyes: tuple[BallFit, BallFit]
    teeth: tuple[AffineFit, AffineFit]
    mouth: tuple[AffineFit, AffineFit]
    eye_lines: tuple[NDArray[np.int32], NDArray[np.int32]]
    mouth_vertices: tuple[NDArray[np.int32], NDArray[np.int32]]

    def identity(self, skin: Floats, ict: Floats | None) -> Floats:
        """Displacements of our skin [.., S, 3] and, where known, of ICT's vertices [.., 26719, 3] -> [.., 4, 3, 4]."""
        eyes = [fit(skin[..., line, :]) for fit, line in zip(self.eyes, self.eye_lines, strict=True)]
        if ict is None:
            jaws = [fit(skin[..., v, :]) for fit, v in zip(self.mouth, self.mouth_vertices, strict=True)]
        else:
            jaws = self._teeth(ict)
        return np.stack([*eyes, *jaws], axis=-3)

    def expression(self, ict: Floats) -> Floats:
        """Displacements of ICT's vertices [26719, 3] in an expression -> [4, 3, 4]: the jaw moves, the balls do not."""
        still = np.zeros((3, 4))
        return np.stack([still, still, *self._teeth(ict)])

    def _teeth(self, ict: Floats) -> list[Floats]:
        return [fit(ict[..., ICT_SOURCE[name], :]) for fit, name in zip(self.teeth, ("upper", "lower"), strict=True)]


def make_follower(
    ict_neutral: Floats, skin: Floats, centres: Mapping[str, Floats], lines: Mapping[str, NDArray[np.int32]]
) -> Follower:
    """ict_neutral [26719, 3] and skin [S, 3] in metres; centres of the balls; contact line of the lids per eye.

    Teeth follow the skin around the mouth, upper and lower each on their side of the lip line (y = -0.0345).
    """
    origins = np.array(
        [centres["eye_l"], centres["eye_r"], [0.0, -0.030, 0.085], [0.0, -0.038, 0.085]], dtype=np.float64
    )
    teeth = [AffineFit(o, ict_neutral[ICT_SOURCE[n]] - o, False) for n, o in zip(GROUPS[2:], origins[2:], strict=True)]
    mouth = (np.abs(skin[:, 0]) < 0.036) & (skin[:, 2] > 0.060)
    upper = np.flatnonzero(mouth & (skin[:, 1] < -0.012) & (skin[:, 1] > -0.0345)).astype(np.int32)
    lower = np.flatnonzero(mouth & (skin[:, 1] < -0.0345) & (skin[:, 1] > -0.060)).astype(np.int32)
    # From the skin alone only a similarity is trusted: an affine map would shear the teeth with a crooked lip.
    jaws = [AffineFit(o, skin[c] - o, True) for o, c in zip(origins[2:], (upper, lower), strict=True)]
    balls = []
    for name in GROUPS[:2]:
        offset = skin[lines[name]] - centres[name]
        radius = np.linalg.norm(offset, axis=1, keepdims=True)
        balls.append(BallFit(offset / radius, float(radius.mean())))
    return Follower(
        origins,
        (balls[0], balls[1]),
        (teeth[0], teeth[1]),
        (jaws[0], jaws[1]),
        (np.asarray(lines["eye_l"]), np.asarray(lines["eye_r"])),
        (upper, lower),
    )


def expand(affine: Floats, positions: Floats, origin: Floats) -> Floats:
    """Offsets [.., V, 3] of positions [V, 3] under one group's maps [.., 3, 4]."""
    return np.einsum("...ij,vj->...vi", affine[..., :3], positions - origin) + affine[..., None, :, 3]
