"""What the skin, eye and hair-shadow painters are told. All strengths are 0..1 unless said otherwise."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

LinearColour = tuple[float, float, float]
"""Linear sRGB, 0..1."""

SCAR_KINDS: Final = ("flat", "atrophic", "hypertrophic")
TAN_LINES: Final = ("neckline", "goggles", "sunglasses", "hat", "mask")
TATTOO_STYLES: Final = ("bands", "lines", "dots", "teardrop", "geometric", "script", "curves")
TATTOO_REGIONS: Final = ("cheek", "forehead", "temple", "chin", "neck")
SIDES: Final = ("left", "right", "middle")


def _check_strengths(parameters: object, *signed: str) -> None:
    """ValueError when a number of a dataclass lies outside 0..1 (-1..1 for those in `signed`) or is not finite."""
    for field in fields(parameters):  # pyright: ignore[reportArgumentType]
        value = getattr(parameters, field.name)
        if isinstance(value, int | float):
            low = -1.0 if field.name in signed else 0.0
            if not (math.isfinite(value) and low <= value <= 1.0):
                raise ValueError(f"{type(parameters).__name__}.{field.name} is {value}, not a number of {low:g}..1")


def _check_name(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}; known are {', '.join(known)}")


@dataclass(frozen=True)
class HairColour:
    """Melanin-based hair colour. melanin 0 (white) .. 1 (black); redness 0 (eumelanin) .. 1 (pheomelanin);
    grey: share of unpigmented hairs; dye: linear sRGB of a dye over it all, None for none."""

    melanin: float = 0.75
    redness: float = 0.2
    grey: float = 0.0
    dye: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Scar:
    """A healed scar. region: "cheek", "forehead", "chin", "brow", "lip", "nose"; side "left", "right" or "middle".

    kind: one of SCAR_KINDS: "flat" (a pale line, hardly a furrow), "atrophic" (sunken), "hypertrophic" (a raised, pink,
    shiny cord); redness: 0 (old, pale) .. 1 (weeks old).
    """

    region: str
    side: str
    length_mm: float = 25.0
    strength: float = 0.7
    kind: str = "atrophic"
    redness: float = 0.0

    def __post_init__(self) -> None:
        _check_name("kind of scar", self.kind, SCAR_KINDS)


@dataclass(frozen=True)
class Tattoo:
    """Ink in the skin. style: one of TATTOO_STYLES; region: one of TATTOO_REGIONS; side: one of SIDES; strength: 1 is
    fresh and black, less is faded, bluish and blurred; size: 0 (a small mark) .. 1 (fills the region)."""

    style: str
    region: str = "neck"
    side: str = "left"
    strength: float = 0.8
    size: float = 0.5

    def __post_init__(self) -> None:
        _check_name("tattoo", self.style, TATTOO_STYLES)
        _check_name("place of a tattoo", self.region, TATTOO_REGIONS)
        _check_name("side", self.side, SIDES)
        if not (0.0 <= self.strength <= 1.0 and 0.0 <= self.size <= 1.0):
            raise ValueError(f"strength {self.strength} and size {self.size} of a tattoo are numbers of 0..1")


@dataclass(frozen=True)
class Conditions:
    """What befalls a skin; each a strength 0 (none) .. 1 (as strong as people have it), ValueError beyond.

    tan: difference between exposed and covered skin, along tan_line, one of TAN_LINES; sunburn; rosacea: the butterfly
    of cheeks and nose; broken_veins: widened small vessels; acne, acne_scars; vitiligo: extent of the white patches;
    port_wine: extent of a one-sided wine-red birthmark; birthmark: size of a brown one; bruise: around one eye;
    dirt: brown smudges; soot: black ones.
    """

    tan: float = 0.0
    tan_line: str = "neckline"
    sunburn: float = 0.0
    rosacea: float = 0.0
    broken_veins: float = 0.0
    acne: float = 0.0
    acne_scars: float = 0.0
    vitiligo: float = 0.0
    port_wine: float = 0.0
    birthmark: float = 0.0
    bruise: float = 0.0
    dirt: float = 0.0
    soot: float = 0.0

    def __post_init__(self) -> None:
        _check_strengths(self)
        _check_name("tan line", self.tan_line, TAN_LINES)


@dataclass(frozen=True)
class Makeup:
    """Linear sRGB colours and strengths 0 (none) .. 1, ValueError beyond.

    lipstick_gloss: 0 matte, 0.5 satin, 1 lip gloss; eye_shadow_height: 0 on the lid only .. 1 up to the brow;
    eye_shadow_shimmer: metallic particles; eyeliner_wing: length of the tail; mascara_strength: darker and longer
    lashes; foundation_shade: -1 darker .. 1 lighter than the skin; contour_strength: shade below the cheekbones and
    along nose and jaw, light above.
    """

    lipstick: LinearColour = (0.35, 0.02, 0.04)
    lipstick_strength: float = 0.0
    eye_shadow: LinearColour = (0.08, 0.05, 0.06)
    eye_shadow_strength: float = 0.0
    blush_strength: float = 0.0
    eyeliner_strength: float = 0.0
    foundation_strength: float = 0.0
    lipstick_gloss: float = 0.5
    eye_shadow_height: float = 0.35
    eye_shadow_shimmer: float = 0.1
    blush: LinearColour = (0.62, 0.16, 0.15)
    eyeliner: LinearColour = (0.008, 0.006, 0.006)
    eyeliner_wing: float = 0.25
    mascara_strength: float = 0.0
    foundation_shade: float = 0.0
    contour_strength: float = 0.0

    def __post_init__(self) -> None:
        _check_strengths(self, "foundation_shade")


@dataclass(frozen=True)
class SkinParameters:
    """melanin: 0 (palest) .. 1 (deepest); haemoglobin: 0.5 is usual; undertone: -1 cool .. 1 warm;
    age_years drives wrinkles and spots; masculinity 0 .. 1; wrinkles None follows the age."""

    melanin: float = 0.3
    haemoglobin: float = 0.5
    undertone: float = 0.0
    age_years: float = 35.0
    masculinity: float = 0.5
    freckles: float = 0.0
    moles: float = 0.1
    age_spots: float | None = None
    wrinkles: float | None = None
    weathering: float = 0.0
    oiliness: float = 0.4
    redness: float = 0.0
    dark_circles: float = 0.2
    scars: tuple[Scar, ...] = ()
    stubble: float = 0.0
    cropped_hair: float = 0.0
    hair: HairColour = HairColour()
    beard: HairColour = HairColour()
    makeup: Makeup = Makeup()
    conditions: Conditions = Conditions()
    tattoos: tuple[Tattoo, ...] = ()


@dataclass(frozen=True)
class EyeParameters:
    """iris: "brown", "dark brown", "hazel", "amber", "green", "blue", "grey"; iris_right: where it differs.

    redness, yellowness of the white; veins: how many of its vessels show (0.5 usual); pupil: 0 (pinpoint) .. 1 (wide);
    limbal_ring: darkness of the iris's rim; fibres: contrast of the stroma's fibres; crypts: number and depth of its
    gaps; furrows: contraction rings; collarette: how far its zigzag stands out; central: name of the colour around the
    pupil (central heterochromia), None follows the iris; central_width: 0..1 of the iris; sector: a wedge of another
    colour (sectoral heterochromia), None for none; flecks: brown nevi; arcus: the pale ring of old age; cloudiness: 0
    clear .. 1 a blind eye's veil; wetness: of the surface. All strengths 0..1, ValueError beyond.
    """

    iris: str = "brown"
    iris_right: str | None = None
    redness: float = 0.15
    yellowness: float = 0.1
    veins: float = 0.5
    pupil: float = 0.5
    limbal_ring: float = 0.5
    fibres: float = 0.5
    crypts: float = 0.4
    furrows: float = 0.4
    collarette: float = 0.5
    central: str | None = None
    central_width: float = 0.4
    sector: str | None = None
    flecks: float = 0.0
    arcus: float = 0.0
    cloudiness: float = 0.0
    wetness: float = 0.6

    def __post_init__(self) -> None:
        _check_strengths(self)


@dataclass(frozen=True)
class BrowParameters:
    """colour as of hair; density 0 (none) .. 1 (bushy); thickness -1 thin .. 1 thick."""

    colour: HairColour = HairColour()
    density: float = 0.6
    thickness: float = 0.0


@dataclass(frozen=True)
class TeethParameters:
    """whiteness 0 (stained) .. 1 (bleached)."""

    whiteness: float = 0.6
