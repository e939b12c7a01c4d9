"""Plausible expressions: sparse, named combinations of Apple's 52 shapes, with gaze and blinks that agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.synthesis.streams import pick
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES

Shapes = Mapping[str, float]

SIDES: Final = ("Left", "Right")


_OPPOSITES: Final = (
    ("jawLeft", "jawRight"),
    ("mouthLeft", "mouthRight"),
    *((f"eyeLook{a}{side}", f"eyeLook{b}{side}") for side in SIDES for a, b in (("In", "Out"), ("Up", "Down"))),
)


def _both(**weights: float) -> dict[str, float]:
    """Names without a side stand for both sides where the shape has two."""
    out: dict[str, float] = {}
    for name, weight in weights.items():
        if name in ARKIT_INDEX:
            out[name] = weight
        else:
            out |= {f"{name}{side}": weight for side in SIDES}
    return out


MOODS: Final[Mapping[str, Shapes]] = {
    "slight smile": _both(mouthSmile=0.35, cheekSquint=0.12, mouthDimple=0.08),
    "smile": _both(mouthSmile=0.68, cheekSquint=0.35, eyeSquint=0.2, mouthDimple=0.15, mouthUpperUp=0.1),
    "broad smile": _both(
        mouthSmile=0.9, cheekSquint=0.6, eyeSquint=0.35, mouthUpperUp=0.38, jawOpen=0.1, mouthLowerDown=0.22
    ),
    "laugh": _both(
        mouthSmile=0.85, cheekSquint=0.7, eyeSquint=0.5, jawOpen=0.42, mouthUpperUp=0.4, mouthLowerDown=0.3,
        browInnerUp=0.15,
    ),
    "frown": _both(mouthFrown=0.6, browDown=0.3, mouthShrugLower=0.25, browInnerUp=0.15),
    "sad": _both(mouthFrown=0.5, browInnerUp=0.7, mouthShrugLower=0.35, eyeSquint=0.15, eyeLookDown=0.15),
    "angry": _both(
        browDown=0.85, eyeSquint=0.35, eyeWide=0.15, noseSneer=0.35, mouthPress=0.45, mouthFrown=0.2, jawForward=0.15
    ),
    "snarl": _both(browDown=0.8, noseSneer=0.8, mouthUpperUp=0.6, mouthLowerDown=0.3, jawOpen=0.15, eyeSquint=0.4),
    "disgusted": _both(noseSneer=0.7, mouthUpperUp=0.4, browDown=0.4, mouthFrown=0.3, eyeSquint=0.3),
    "surprised": _both(browInnerUp=0.8, browOuterUp=0.75, eyeWide=0.7, jawOpen=0.35),
    "afraid": _both(browInnerUp=0.85, browOuterUp=0.35, eyeWide=0.65, mouthStretch=0.5, jawOpen=0.18),
    "contempt": {"mouthSmileLeft": 0.4, "mouthDimpleLeft": 0.4, "eyeSquintLeft": 0.15, "browOuterUpRight": 0.2},
    "sceptical": {"browOuterUpLeft": 0.75, "browInnerUp": 0.2, "browDownRight": 0.5, "mouthPressRight": 0.3},
    "pout": _both(mouthShrugLower=0.6, mouthPucker=0.35, browDown=0.2, mouthFrown=0.25),
    "pressed lips": _both(mouthPress=0.6, mouthRollLower=0.3, mouthRollUpper=0.3),
    "kiss": _both(mouthPucker=0.85, mouthFunnel=0.15),
    "puffed cheeks": _both(cheekPuff=0.8, mouthPress=0.3, mouthPucker=0.2),
    "strained": _both(
        eyeSquint=0.8, browDown=0.6, cheekSquint=0.6, mouthStretch=0.5, mouthLowerDown=0.3, noseSneer=0.4
    ),
    "yawn": _both(jawOpen=0.85, eyeBlink=0.6, browInnerUp=0.3, mouthFunnel=0.2, noseSneer=0.15),
    "shout": _both(jawOpen=0.75, mouthLowerDown=0.45, mouthUpperUp=0.4, browDown=0.5, eyeSquint=0.3, noseSneer=0.3),
    "brows up": _both(browInnerUp=0.6, browOuterUp=0.6),
    "brows down": _both(browDown=0.7),
    "mouth to one side": {"mouthLeft": 0.6, "mouthPressLeft": 0.3, "mouthDimpleLeft": 0.3},
    "jaw to one side": {"jawLeft": 0.6, "jawOpen": 0.12},
    "wink": {"eyeBlinkLeft": 1.0, "cheekSquintLeft": 0.5, "mouthSmileLeft": 0.45, "eyeSquintRight": 0.1},
    "tongue out": _both(tongueOut=0.9, jawOpen=0.45),
}  # fmt: skip
RARE: Final = frozenset({"yawn", "shout", "snarl", "strained", "tongue out", "jaw to one side", "puffed cheeks"})

VISEMES: Final[Mapping[str, Shapes]] = {
    "sil": {},
    "PP": _both(jawOpen=0.08, mouthClose=0.08, mouthPress=0.35, mouthRollLower=0.25, mouthRollUpper=0.2),
    "FF": _both(jawOpen=0.08, mouthRollLower=0.5, mouthUpperUp=0.25),
    "TH": _both(jawOpen=0.16, mouthLowerDown=0.15, tongueOut=0.12),
    "DD": _both(jawOpen=0.14, mouthLowerDown=0.15, mouthUpperUp=0.1),
    "kk": _both(jawOpen=0.18, mouthStretch=0.12),
    "CH": _both(jawOpen=0.12, mouthFunnel=0.55, mouthPucker=0.15),
    "SS": _both(jawOpen=0.06, mouthStretch=0.25, mouthLowerDown=0.25, mouthUpperUp=0.1),
    "nn": _both(jawOpen=0.12, mouthLowerDown=0.12),
    "RR": _both(jawOpen=0.16, mouthFunnel=0.35, mouthPucker=0.2),
    "aa": _both(jawOpen=0.5, mouthLowerDown=0.18, mouthUpperUp=0.1),
    "E": _both(jawOpen=0.26, mouthStretch=0.25, mouthLowerDown=0.2, mouthSmile=0.12),
    "I": _both(jawOpen=0.16, mouthStretch=0.35, mouthSmile=0.25, mouthLowerDown=0.15),
    "O": _both(jawOpen=0.35, mouthFunnel=0.55, mouthPucker=0.3),
    "U": _both(jawOpen=0.14, mouthPucker=0.75, mouthFunnel=0.2),
}
"""The fifteen mouth shapes of speech in common use (Oculus' names)."""

KINDS: Final = {"neutral": 0.20, "mood": 0.40, "viseme": 0.20, "mixed": 0.10, "single": 0.06, "closed eyes": 0.04}


@dataclass(frozen=True)
class Expression:
    """name: what it is meant to be; weights: float32 [52] in ARKit's order, 0..1."""

    name: str
    weights: NDArray[np.float32]


def draw_expression(draws: np.random.Generator) -> Expression:
    """One random expression of KINDS: extremes are rare, gaze and lids always belong to it."""
    kind = pick(draws, KINDS)
    if kind == "mood":
        name = _mood(draws)
        weights = _scaled(MOODS[name], float(draws.beta(4.0, 2.2)) * 1.15, draws)
    elif kind == "viseme":
        name = str(draws.choice(list(VISEMES)))
        weights = _scaled(VISEMES[name], float(draws.uniform(0.6, 1.15)), draws)
    elif kind == "mixed":
        mood, viseme = _mood(draws), str(draws.choice(list(VISEMES)))
        name = f"{mood} and {viseme}"
        weights = _scaled(MOODS[mood], 0.6, draws) + _scaled(VISEMES[viseme], 0.7, draws)
    elif kind == "single":
        free = [shape for shape in ARKIT_NAMES if not shape.startswith(("eyeLook", "mouthClose", "tongue"))]
        name = str(draws.choice(free))
        weights = _scaled({name: 1.0}, float(draws.uniform(0.3, 1.0)), draws)
    else:
        name = kind
        weights = np.zeros(len(ARKIT_NAMES), np.float32)
        if kind == "closed eyes":
            weights = _scaled(_both(eyeBlink=1.0), 1.0, draws, jitter=0.0)
    weights = weights + _restlessness(draws)
    return Expression(name, coherent(weights + gaze(float(draws.normal(0, 9.0)), float(draws.normal(0.5, 4.5)))))


def gaze(yaw: float, pitch: float) -> NDArray[np.float32]:
    """The eyeLook weights [52] of both eyes looking `yaw` degrees to the subject's left and `pitch` degrees up; a
    weight of 1 is taken as 35 degrees sideways and 30 degrees up or down."""
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    left, up = np.clip(yaw / 35.0, -0.85, 0.85), np.clip(pitch / 30.0, -0.75, 0.75)
    for side, outward in zip(SIDES, (left, -left), strict=True):
        weights[ARKIT_INDEX[f"eyeLookOut{side}"]] = max(outward, 0.0)
        weights[ARKIT_INDEX[f"eyeLookIn{side}"]] = max(-outward, 0.0)
        weights[ARKIT_INDEX[f"eyeLookUp{side}"]] = max(up, 0.0)
        weights[ARKIT_INDEX[f"eyeLookDown{side}"]] = max(-up, 0.0)
    return weights


def coherent(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The weights within 0..1 and without what a face cannot do: mouthClose without jawOpen, wide or squinting eyes
    under closed lids, opposite movements of one feature, smiling and frowning corners at once."""
    out = np.clip(weights, 0.0, 1.0).astype(np.float32)

    def at(name: str) -> float:
        return float(out[ARKIT_INDEX[name]])

    def limit(name: str, most: float) -> None:
        out[ARKIT_INDEX[name]] = min(at(name), max(most, 0.0))

    limit("mouthClose", at("jawOpen"))
    for first, second in _OPPOSITES:
        difference = at(first) - at(second)
        if at(first) > 0 and at(second) > 0:
            out[ARKIT_INDEX[first]], out[ARKIT_INDEX[second]] = max(difference, 0.0), max(-difference, 0.0)
    for side in SIDES:
        shut = at(f"eyeBlink{side}")
        limit(f"eyeWide{side}", 1.0 - 2.0 * shut)
        limit(f"eyeSquint{side}", 1.0 - shut)
        limit(f"eyeLookUp{side}", 0.75 - 0.5 * shut)
        limit(f"eyeLookDown{side}", 0.75 - 0.75 * shut)  # both shapes lower the lid
        limit(f"mouthFrown{side}", 1.0 - 1.6 * at(f"mouthSmile{side}"))
        limit(f"browOuterUp{side}", 1.0 - 0.8 * at(f"browDown{side}"))
        limit(f"eyeWide{side}", 1.0 - 1.6 * at(f"eyeSquint{side}"))
        limit(f"mouthStretch{side}", 1.0 - at("mouthPucker"))
        limit(f"mouthSmile{side}", 1.0 - 0.7 * at("mouthPucker") - 0.5 * at("mouthFunnel"))
    limit("mouthPucker", 1.0 - 0.8 * at("jawOpen"))
    limit("cheekPuff", 1.0 - 2.5 * at("jawOpen"))
    for name in ("mouthRollLower", "mouthRollUpper"):
        limit(name, 1.0 - 1.4 * at("jawOpen"))
    return out


def _mood(draws: np.random.Generator) -> str:
    return pick(draws, {name: 0.25 if name in RARE else 1.0 for name in MOODS})


def _scaled(shapes: Shapes, strength: float, draws: np.random.Generator, jitter: float = 0.14) -> NDArray[np.float32]:
    """The combination at a strength, each weight a little off, now and then mirrored."""
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    mirrored = draws.random() < 0.5
    for name, weight in shapes.items():
        if mirrored and name.endswith("Left"):
            name = name.removesuffix("Left") + "Right"
        elif mirrored and name.endswith("Right"):
            name = name.removesuffix("Right") + "Left"
        weights[ARKIT_INDEX[name]] = weight * strength * max(0.0, 1.0 + jitter * float(draws.standard_normal()))
    return weights


def _restlessness(draws: np.random.Generator) -> NDArray[np.float32]:
    """What a face at rest does: a few small weights."""
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    quiet = [
        n for n, name in enumerate(ARKIT_NAMES) if name.startswith(("brow", "mouthPress", "mouthSmile", "eyeSquint"))
    ]
    for number in draws.choice(quiet, 3, replace=False):
        weights[number] = 0.1 * draws.random()
    lids = 0.06 * draws.random()
    weights[[ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = lids
    return weights
