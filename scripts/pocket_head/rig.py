"""The five joints as linear combinations of skin vertices, and how much of each joint every skin vertex has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, diags

from scripts.pocket_head.quads import Points, smoothstep

JOINTS: Final = ("neck", "head", "jaw", "eye_l", "eye_r")
PARENTS: Final[Mapping[str, str | None]] = {
    "neck": None,
    "head": "neck",
    "jaw": "head",
    "eye_l": "head",
    "eye_r": "head",
}

# The hinge of the jaw: where the lower teeth of the scanned mean turn about when the mouth opens (metres, mean head).
HINGE: Final = np.array([0.0, -0.0055, 0.0182])
SKULL_BASE: Final = np.array([0.0, -0.022, -0.004])


@dataclass(frozen=True)
class JointRow:
    """A joint's head or tail as a weighted sum of skin vertices: indices [K], weights [K] that sum to 1."""

    indices: NDArray[np.int32]
    weights: NDArray[np.float32]

    def point(self, skin: Points) -> Points:
        """The point [3] on a skin [S, 3]."""
        return self.weights.astype(np.float64) @ skin[self.indices]


@dataclass(frozen=True)
class JointRule:
    """Name, parent, head and tail of one joint."""

    name: str
    parent: str | None
    head: JointRow
    tail: JointRow


def express(point: Points, skin: Points, anchors: NDArray[np.int32]) -> JointRow:
    """`point` as the combination of anchor vertices with the smallest weights that reproduces it exactly.

    Weights sum to 1, so the point moves with the anchors under every affine change of the head. Raises ValueError
    when the anchors lie in a plane that misses the point.
    """
    centre = skin[anchors].mean(axis=0)
    system = np.concatenate([(skin[anchors] - centre).T, np.ones((1, len(anchors))) * 0.05])
    weights = np.linalg.pinv(system) @ np.concatenate([point - centre, [0.05]])
    if np.abs(weights @ skin[anchors] - point).max() > 1e-6:
        raise ValueError("anchors cannot express the joint")
    return JointRow(anchors.astype(np.int32), weights.astype(np.float32))


def make_joints(
    skin: Points, mirror: NDArray[np.int32], centres: Mapping[str, Points], margins: Mapping[str, NDArray[np.int32]]
) -> tuple[JointRule, ...]:
    """Joint rules on a mean skin [S, 3] in metres. Eye joints hang on the lid margins and the skin around them."""

    def nearest(point: Points, count: int) -> NDArray[np.int32]:
        chosen = np.argsort(np.linalg.norm(skin - point, axis=1))[:count]
        return np.unique(np.concatenate([chosen, mirror[chosen]])).astype(np.int32)

    def ring(y: float, count: int = 60) -> NDArray[np.int32]:
        chosen = np.argsort(np.abs(skin[:, 1] - y))[:count]
        return np.unique(np.concatenate([chosen, mirror[chosen]])).astype(np.int32)

    bottom = float(skin[:, 1].min())
    low, skull = ring(bottom + 0.006), np.concatenate([nearest(np.array([0.075, -0.015, 0.0]), 40)])
    base = skin[low].mean(axis=0) * [0.0, 1.0, 1.0] + [0.0, 0.0, -0.006]
    crown = np.array([0.0, float(skin[:, 1].max()), SKULL_BASE[2]])
    chin = nearest(np.array([0.0, -0.085, 0.100]), 24)
    chin_point = skin[chin].mean(axis=0) * [0.0, 1.0, 1.0]
    skull = np.unique(
        np.concatenate([skull, nearest(np.array([0.0, 0.06, 0.1]), 20), nearest(np.array([0.0, 0.0, -0.09]), 20)])
    )
    top = np.unique(np.concatenate([nearest(crown, 20), skull]))
    rules = [
        JointRule("neck", None, express(base, skin, low), express(SKULL_BASE, skin, skull)),
        JointRule("head", "neck", express(SKULL_BASE, skin, skull), express(crown, skin, top)),
        JointRule(
            "jaw",
            "head",
            express(HINGE, skin, skull),
            express(chin_point, skin, np.unique(np.concatenate([chin, skull]))),
        ),
    ]
    for name in ("eye_l", "eye_r"):
        around = np.asarray(margins[name])
        shell = np.argsort(np.linalg.norm(skin - skin[around].mean(axis=0), axis=1))[:160]
        anchors = np.unique(np.concatenate([around, shell])).astype(np.int32)
        tail = centres[name] + [0.0, 0.0, 0.018]
        rules.append(JointRule(name, "head", express(centres[name], skin, anchors), express(tail, skin, anchors)))
    return tuple(rules)


def skin_weights(
    skin: Points, faces: NDArray[np.int32], mirror: NDArray[np.int32], jaw_open: Points, jaw_motion: Points
) -> NDArray[np.float32]:
    """Weights [S, 5] of the skin in JOINTS order, rows sum to 1, left and right equal.

    jaw_open: the skin's displacement [S, 3] in the key jawOpen; jaw_motion: what the rigid jaw would do at the same
    vertices. Their ratio is the jaw's share: turning the bone then moves the face as the key does, lips included.
    """
    length = (jaw_motion**2).sum(axis=1)
    jaw = np.clip((jaw_open * jaw_motion).sum(axis=1) / np.maximum(length, 1e-10), 0.0, 1.0)
    # The ratio means nothing on the hinge and above the ears.
    jaw *= smoothstep(0.0, -0.012, skin[:, 1] - 0.012)
    jaw *= smoothstep(0.004, 0.020, np.linalg.norm(skin[:, 1:] - HINGE[1:], axis=1))
    jaw = _smooth(jaw, faces, 6)
    bottom = float(skin[:, 1].min())
    slope = skin[:, 1] + 0.35 * (skin[:, 2] - SKULL_BASE[2])  # the neck starts lower under the chin than behind
    neck = smoothstep(-0.048, min(bottom + 0.030, -0.105), slope) * (1.0 - jaw)
    neck = _smooth(neck, faces, 6)
    weights = np.zeros((len(skin), len(JOINTS)))
    neck = np.minimum(neck, 1.0 - jaw)
    weights[:, 2] = jaw
    weights[:, 0] = neck
    weights[:, 1] = 1.0 - weights[:, 0] - weights[:, 2]
    weights = 0.5 * (weights + weights[mirror])
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _smooth(values: NDArray[np.float64], faces: NDArray[np.int32], rounds: int) -> NDArray[np.float64]:
    """Averaging with the neighbours along edges."""
    pairs = np.concatenate([faces[:, [i, (i + 1) % 4]] for i in range(4)])
    pairs = pairs[(pairs >= 0).all(axis=1)]
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(values),) * 2)
    graph = ((graph + graph.T) > 0).astype(np.float64)
    average = diags(1.0 / np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1.0)) @ graph
    for _ in range(rounds):
        values = 0.5 * values + 0.5 * (average @ values)
    return values
