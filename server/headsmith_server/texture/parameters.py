"""What the skin, eye and hair-shadow painters are told. All strengths are 0..1 unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass


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
    """A healed scar. region: "cheek", "forehead", "chin", "brow", "lip", "nose"; side "left", "right" or "middle"."""

    region: str
    side: str
    length_mm: float = 25.0
    strength: float = 0.7


@dataclass(frozen=True)
class Makeup:
    """Linear sRGB colours and strengths; a strength of 0 is none."""

    lipstick: tuple[float, float, float] = (0.35, 0.02, 0.04)
    lipstick_strength: float = 0.0
    eye_shadow: tuple[float, float, float] = (0.08, 0.05, 0.06)
    eye_shadow_strength: float = 0.0
    blush_strength: float = 0.0
    eyeliner_strength: float = 0.0
    foundation_strength: float = 0.0


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


@dataclass(frozen=True)
class EyeParameters:
    """iris: "brown", "dark brown", "hazel", "amber", "green", "blue", "grey"; redness of the sclera; cloudiness."""

    iris: str = "brown"
    iris_right: str | None = None
    redness: float = 0.15
    yellowness: float = 0.1


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
