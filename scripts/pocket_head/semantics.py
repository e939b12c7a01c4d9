"""The named directions: which MakeHuman targets make each, and by which measurement it is scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head import authored_directions
from scripts.pocket_head.registration import Registration

Terms = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Recipe:
    """A local direction: weighted targets (`{}` stands for left and right together), each taken as
    half of (raising - lowering), and the measurement whose population spread is one unit.

    amount: how many such spreads one unit is; without a measurement, which part of the full sliders.
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
        "nose_height", 0.85,
    ),
    Recipe(
        "nose_bridge", "concave bridge", "hooked bridge",
        (("nose/nose-hump-incr", 1.0), ("nose/nose-curve-convex", 1.0)),
        (("nose/nose-hump-decr", 1.0), ("nose/nose-curve-concave", 1.0)),
        "nose_bridge_convexity", 2.2,
    ),
    Recipe(
        "nose_tip", "drooping tip", "upturned tip",
        (("nose/nose-point-up", 1.0), ("nose/nose-septumangle-decr", 0.4)),
        (("nose/nose-point-down", 1.0), ("nose/nose-septumangle-incr", 0.4)),
        "nose_tip_angle", 1.2,
    ),
    Recipe(
        "lip_fullness", "thin lips", "full lips",
        (("mouth/mouth-upperlip-volume-incr", 0.45), ("mouth/mouth-lowerlip-volume-incr", 0.45),
         ("mouth/mouth-upperlip-height-incr", 1.0), ("mouth/mouth-lowerlip-height-incr", 1.0)),
        (("mouth/mouth-upperlip-volume-decr", 0.45), ("mouth/mouth-lowerlip-volume-decr", 0.45),
         ("mouth/mouth-upperlip-height-decr", 1.0), ("mouth/mouth-lowerlip-height-decr", 1.0)),
        "lips_height", 0.6,
    ),
    Recipe(
        "mouth_width", "narrow mouth", "wide mouth",
        (("mouth/mouth-scale-horiz-incr", 1.0),), (("mouth/mouth-scale-horiz-decr", 1.0),), "mouth_width",
    ),
    Recipe(
        "chin", "receding chin", "prominent chin",
        (("chin/chin-prominent-incr", 1.0), ("chin/chin-height-incr", 0.2)),
        (("chin/chin-prominent-decr", 1.0), ("chin/chin-height-decr", 0.2)),
        "chin_protrusion", 0.75,
    ),
    Recipe(
        "cheekbones", "flat cheekbones", "high cheekbones",
        (("cheek/{}-cheek-bones-incr", 1.0), ("cheek/{}-cheek-trans-up", 0.3)),
        (("cheek/{}-cheek-bones-decr", 1.0), ("cheek/{}-cheek-trans-down", 0.3)),
        None, 0.65,
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
        "eye_tilt", 1.4,
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
        "neck_width", "thin neck", "thick neck",
        (("neck/neck-scale-horiz-incr", 1.0), ("neck/neck-scale-depth-incr", 0.8)),
        (("neck/neck-scale-horiz-decr", 1.0), ("neck/neck-scale-depth-decr", 0.8)),
        None, 0.4,
    ),
    Recipe(
        "eyelid_hooding", "open lids", "hooded lids",
        (("eyes/{}-eye-eyefold-down", 1.0), ("eyes/{}-eye-eyefold-convex", 0.6), ("eyes/{}-eye-height2-decr", 0.35)),
        (("eyes/{}-eye-eyefold-up", 1.0), ("eyes/{}-eye-eyefold-concave", 0.6), ("eyes/{}-eye-height2-incr", 0.35)),
        None, 0.8,
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

DRAWN: Final = (
    ("brow_ridge", "flat brow", "heavy brow ridge", authored_directions.brow_ridge, None, 1.7),
    ("jaw_width", "narrow jaw", "wide jaw", authored_directions.jaw_width, "jaw_width", 0.75),
    ("face_length", "short face", "long face", authored_directions.face_length, "face_height", 0.75),
    ("face_width", "narrow face", "wide face", authored_directions.face_width, "face_width", 0.75),
    ("forehead_height", "low forehead", "high forehead", authored_directions.forehead_height, None, 4.0),
)
"""Name, low, high, field of ICT's neutral, measurement, amount: as in Recipe, in millimetres without a measurement."""

OLD: Final[Terms] = (
    ("head/head-age-incr", 0.7), ("mouth/mouth-laugh-lines-in", 0.6), ("eyes/{}-eye-bag-incr", 0.6),
    ("cheek/{}-cheek-trans-down", 0.5), ("mouth/mouth-angles-down", 0.3), ("neck/neck-double-incr", 0.25),
    ("ears/{}-ear-lobe-incr", 0.5), ("eyes/{}-eye-eyefold-down", 0.2), ("cheek/{}-cheek-volume-decr", 0.4),
)  # fmt: skip
"""Sagging, folds and hollows beside MakeHuman's own old heads."""

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
    """Global directions (age, sex, ancestry) from MakeHuman's macros, local ones from its sliders or drawn here; all
    symmetric."""
    neutral = registration.ict.neutral.astype(np.float64)
    drawn = [
        Direction(name, low, high, registration.symmetric(field(neutral)), measurement, amount)
        for name, low, high, field, measurement, amount in DRAWN
    ]
    return [*_global(registration), *(_local(registration, recipe) for recipe in LOCAL), *drawn]


def _global(registration: Registration) -> list[Direction]:
    body = registration.makehuman
    neutral = registration.ict.neutral.astype(np.float64)

    def shape(
        age: str, ethnicity: str | None = None, sex: str | None = None, scale: float = 0.0, neck: float = 0.12
    ) -> NDArray[np.float64]:
        field = registration.transfer(body.macro(age, ethnicity, sex), keep_scale=scale)
        return authored_directions.calm_neck(registration.symmetric(field), neutral, neck)

    child, old, sagging = shape("child", scale=0.35, neck=0.6), shape("old"), _field(registration, OLD)
    found = [
        # 2.5 units down is nearly MakeHuman's child of about eight, 2.5 up its old head and more.
        Direction("age", "child", "old", 0.34 * old + 0.30 * sagging - 0.36 * child, None, 1.0),
        Direction(
            "masculinity", "feminine", "masculine",
            0.37 * (shape("young", sex="male") - shape("young", sex="female")), None, 1.0,
        ),
    ]  # fmt: skip
    for name, ethnicity in (("african", "african"), ("asian", "asian"), ("european", "caucasian")):
        unit = GROUP_SHARE * 1.2
        found.append(Direction(name, f"less {name}", name, unit * shape("young", ethnicity), None, 1.0))
    return found


def _field(registration: Registration, terms: Terms, weight: float = 1.0) -> NDArray[np.float64]:
    """The symmetric field of weighted targets."""
    body = registration.makehuman
    delta = np.zeros_like(registration.mean)
    for target, share in terms:
        delta += weight * share * (body.both(target) if "{}" in target else body.target(target))
    turned = registration.similarity.apply_delta(delta)
    return registration.symmetric(registration.spread(turned, registration.mean + delta))


def _local(registration: Registration, recipe: Recipe) -> Direction:
    field = _field(registration, recipe.raising, 0.5) + _field(registration, recipe.lowering, -0.5)
    return Direction(recipe.name, recipe.low, recipe.high, field, recipe.measurement, recipe.amount)
