"""The named directions: which MakeHuman targets make each, and by which measurement it is scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .makehuman import ETHNICITIES
from .registration import Registration

Terms = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Recipe:
    """A local direction: weighted targets (`{}` stands for left and right together), each taken as
    half of (raising - lowering), and the measurement whose population spread is one unit.

    reach: how many such spreads the sum of the targets at full weight is worth when no measurement is given.
    """

    name: str
    low: str
    high: str
    raising: Terms
    lowering: Terms
    measurement: str | None = None
    amount: float = 1.0


LOCAL: Final = (
    Recipe(
        "nose_width", "narrow nose", "broad nose",
        (("nose/nose-width3-incr", 0.8), ("nose/nose-nostrils-width-incr", 0.6), ("nose/nose-width2-incr", 0.5),
         ("nose/nose-point-width-incr", 0.4), ("nose/nose-flaring-incr", 0.3)),
        (("nose/nose-width3-decr", 0.8), ("nose/nose-nostrils-width-decr", 0.6), ("nose/nose-width2-decr", 0.5),
         ("nose/nose-point-width-decr", 0.4), ("nose/nose-flaring-decr", 0.3)),
        "nose_width",
    ),
    Recipe(
        "nose_length", "short nose", "long nose",
        (("nose/nose-scale-vert-incr", 1.0), ("nose/nose-trans-down", 0.15)),
        (("nose/nose-scale-vert-decr", 1.0), ("nose/nose-trans-up", 0.15)),
        "nose_height",
    ),
    Recipe(
        "nose_bridge", "concave bridge", "hooked bridge",
        (("nose/nose-hump-incr", 1.0), ("nose/nose-curve-convex", 1.0)),
        (("nose/nose-hump-decr", 1.0), ("nose/nose-curve-concave", 1.0)),
        "nose_bridge_convexity",
    ),
    Recipe(
        "nose_tip", "drooping tip", "upturned tip",
        (("nose/nose-point-up", 1.0), ("nose/nose-septumangle-decr", 0.4)),
        (("nose/nose-point-down", 1.0), ("nose/nose-septumangle-incr", 0.4)),
        "nose_tip_angle",
    ),
    Recipe(
        "lip_fullness", "thin lips", "full lips",
        (("mouth/mouth-upperlip-volume-incr", 1.0), ("mouth/mouth-lowerlip-volume-incr", 1.0),
         ("mouth/mouth-upperlip-height-incr", 0.7), ("mouth/mouth-lowerlip-height-incr", 0.7)),
        (("mouth/mouth-upperlip-volume-decr", 1.0), ("mouth/mouth-lowerlip-volume-decr", 1.0),
         ("mouth/mouth-upperlip-height-decr", 0.7), ("mouth/mouth-lowerlip-height-decr", 0.7)),
        "lips_height",
    ),
    Recipe(
        "mouth_width", "narrow mouth", "wide mouth",
        (("mouth/mouth-scale-horiz-incr", 1.0),), (("mouth/mouth-scale-horiz-decr", 1.0),), "mouth_width",
    ),
    Recipe(
        "jaw_width", "narrow jaw", "wide jaw",
        (("chin/chin-bones-incr", 1.0), ("head/head-square", 0.6), ("chin/chin-width-incr", 0.3)),
        (("chin/chin-bones-decr", 1.0), ("head/head-triangular", -0.3), ("head/head-invertedtriangular", 0.6),
         ("chin/chin-width-decr", 0.3)),
        "jaw_width",
    ),
    Recipe(
        "chin", "receding chin", "prominent chin",
        (("chin/chin-prominent-incr", 1.0), ("chin/chin-prognathism-incr", 0.4), ("chin/chin-height-incr", 0.3)),
        (("chin/chin-prominent-decr", 1.0), ("chin/chin-prognathism-decr", 0.4), ("chin/chin-height-decr", 0.3)),
        "chin_protrusion",
    ),
    Recipe(
        "cheekbones", "flat cheekbones", "high cheekbones",
        (("cheek/{}-cheek-bones-incr", 1.0), ("cheek/{}-cheek-trans-up", 0.3)),
        (("cheek/{}-cheek-bones-decr", 1.0), ("cheek/{}-cheek-trans-down", 0.3)),
        None, 0.45,
    ),
    Recipe(
        "brow_ridge", "flat brow", "heavy brow ridge",
        (("eyebrows/eyebrows-trans-forward", 1.0), ("eyebrows/eyebrows-trans-down", 0.4),
         ("forehead/forehead-trans-backward", 0.3)),
        (("eyebrows/eyebrows-trans-backward", 1.0), ("eyebrows/eyebrows-trans-up", 0.4),
         ("forehead/forehead-trans-forward", 0.3)),
        "brow_protrusion",
    ),
    Recipe(
        "eye_size", "small eyes", "large eyes",
        (("eyes/{}-eye-scale-incr", 1.0), ("eyes/{}-eye-height2-incr", 0.4)),
        (("eyes/{}-eye-scale-decr", 1.0), ("eyes/{}-eye-height2-decr", 0.4)),
        "palpebral_fissure_length_left",
    ),
    Recipe(
        "eye_spacing", "close-set eyes", "wide-set eyes",
        (("eyes/{}-eye-trans-out", 1.0),), (("eyes/{}-eye-trans-in", 1.0),), "interpupillary_distance",
    ),
    Recipe(
        "eye_tilt", "drooping eyes", "upturned eyes",
        (("eyes/{}-eye-corner1-up", 1.0), ("eyes/{}-eye-corner2-down", 0.4)),
        (("eyes/{}-eye-corner1-down", 1.0), ("eyes/{}-eye-corner2-up", 0.4)),
        "eye_tilt",
    ),
    Recipe(
        "ear_size", "small ears", "large ears",
        (("ears/{}-ear-scale-incr", 1.0),), (("ears/{}-ear-scale-decr", 1.0),), "ear_length",
    ),
    Recipe(
        "ear_protrusion", "flat ears", "protruding ears",
        (("ears/{}-ear-wing-incr", 1.0),), (("ears/{}-ear-wing-decr", 1.0),), "ear_protrusion",
    ),
    Recipe(
        "face_length", "short face", "long face",
        (("chin/chin-jaw-drop-incr", 0.8), ("chin/chin-height-incr", 0.5), ("head/head-scale-vert-incr", 0.8)),
        (("chin/chin-jaw-drop-decr", 0.8), ("chin/chin-height-decr", 0.5), ("head/head-scale-vert-decr", 0.8)),
        "face_height",
    ),
    Recipe(
        "face_width", "narrow face", "wide face",
        (("head/head-scale-horiz-incr", 1.0), ("head/head-round", 0.3)),
        (("head/head-scale-horiz-decr", 1.0), ("head/head-rectangular", 0.0)),
        "face_width",
    ),
    Recipe(
        "forehead_height", "low forehead", "high forehead",
        (("forehead/forehead-scale-vert-incr", 1.0),), (("forehead/forehead-scale-vert-decr", 1.0),),
        None, 0.3,
    ),
    Recipe(
        "neck_width", "thin neck", "thick neck",
        (("neck/neck-scale-horiz-incr", 1.0), ("neck/neck-scale-depth-incr", 0.8)),
        (("neck/neck-scale-horiz-decr", 1.0), ("neck/neck-scale-depth-decr", 0.8)),
        None, 0.4,
    ),
    Recipe(
        "eyelid_hooding", "open lids", "hooded lids",
        (("eyes/{}-eye-eyefold-down", 1.0), ("eyes/{}-eye-eyefold-convex", 0.6), ("eyes/{}-eye-height2-decr", 0.35)),
        (("eyes/{}-eye-eyefold-up", 1.0), ("eyes/{}-eye-eyefold-concave", 0.6), ("eyes/{}-eye-height2-incr", 0.35)),
        None, 0.4,
    ),
    Recipe(
        "cheek_fullness", "hollow cheeks", "full cheeks",
        (("cheek/{}-cheek-volume-incr", 1.0), ("cheek/{}-cheek-inner-incr", 0.5)),
        (("cheek/{}-cheek-volume-decr", 1.0), ("cheek/{}-cheek-inner-decr", 0.5)),
        None, 0.5,
    ),
    Recipe(
        "heaviness", "gaunt", "heavy",
        (("head/head-fat-incr", 1.0), ("neck/neck-double-incr", 0.6), ("cheek/{}-cheek-volume-incr", 0.3),
         ("neck/neck-scale-horiz-incr", 0.3), ("neck/neck-scale-depth-incr", 0.3)),
        (("head/head-fat-decr", 1.0), ("neck/neck-double-decr", 0.2), ("cheek/{}-cheek-volume-decr", 0.3),
         ("neck/neck-scale-horiz-decr", 0.3), ("neck/neck-scale-depth-decr", 0.3)),
        None, 0.45,
    ),
)  # fmt: skip

GROUP_SHARE: Final = 0.47
"""Standard deviation of belonging to one of three equally frequent groups: sqrt(1/3 * 2/3)."""


@dataclass(frozen=True)
class Direction:
    """A direction as a field of deltas on all ICT vertices, float64 [26719, 3] metres.

    measurement: the one whose population spread sets the unit (times amount); None when the field is in units.
    """

    name: str
    low: str
    high: str
    field: NDArray[np.float64]
    measurement: str | None
    amount: float


def directions(registration: Registration) -> list[Direction]:
    """Global directions (age, sex, ancestry) from MakeHuman's macros, local ones from its sliders; all symmetric."""
    return [*_global(registration), *(_local(registration, recipe) for recipe in LOCAL)]


def _global(registration: Registration) -> list[Direction]:
    body = registration.makehuman

    def shape(age: str, ethnicity: str | None = None, sex: str | None = None, scale: float = 0.0) -> NDArray[np.float64]:
        return registration.symmetric(registration.transfer(body.macro(age, ethnicity, sex), keep_scale=scale))

    child, old = shape("child", scale=0.35), shape("old")
    found = [
        # A population from 8 to 80 years spans about five standard deviations.
        Direction("age", "child", "old", (old - child) / 3.6, None, 1.0),
        Direction(
            "masculinity", "feminine", "masculine",
            0.5 * (shape("young", sex="male") - shape("young", sex="female")), None, 1.0,
        ),
    ]  # fmt: skip
    for name, ethnicity in (("african", "african"), ("asian", "asian"), ("european", "caucasian")):
        assert ethnicity in ETHNICITIES
        found.append(
            Direction(
                name, f"less {name}", name, GROUP_SHARE * 1.5 * shape("young", ethnicity), None, 1.0
            )
        )
    return found


def _local(registration: Registration, recipe: Recipe) -> Direction:
    delta = np.zeros_like(registration.mean)
    for terms, sign in ((recipe.raising, 0.5), (recipe.lowering, -0.5)):
        for target, weight in terms:
            body = registration.makehuman
            delta += sign * weight * (body.both(target) if "{}" in target else body.target(target))
    field = registration.spread(registration.similarity.apply_delta(delta), registration.mean + delta)
    return Direction(
        recipe.name, recipe.low, recipe.high, registration.symmetric(field), recipe.measurement, recipe.amount
    )
