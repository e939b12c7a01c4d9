"""Seeded draws by name: every prompt draws the same numbers, whatever it says and whatever else is drawn.

So one more word in a prompt changes what the word is about and leaves the rest of that seed's person alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch

from headsmith_server.prompt.listed import listed

NAMES: Final = listed(
    "years, age_jitter, sex, masculinity, origin, share_african, share_asian, share_european, melanin, "
    "undertone, haemoglobin, freckles, moles, weathering, oiliness, redness, dark_circles, stubble, "
    "stubble_strength, bald, cropped_hair, hair, greying, iris, iris_light, eye_redness, eye_yellowness, "
    "brow_density, brow_thickness, lashes, whiteness, scar_region_0, scar_region_1, scar_region_2, "
    "scar_region_3, scar_side_0, scar_side_1, scar_side_2, scar_side_3, "
    "hair_texture, hair_style, hair_long, hair_length, hair_density, hair_frizz, hair_volume, hair_parting, "
    "hair_fringe, hair_fringed, hair_fade, balding, crown, dye, beard_style, moustache, beard_length, beard_density, "
    "beard_frizz, patchiness, "
    "acne, acne_scars, rosacea, broken_veins, sunburn, tan, tan_line, vitiligo, port_wine, birthmark, bruise, dirt, "
    "soot, scar, scar_kind, scar_length, tattoo, tattoo_age, tattoo_style_0, tattoo_style_1, tattoo_style_2, "
    "tattoo_style_3, tattoo_region_0, tattoo_region_1, tattoo_region_2, tattoo_region_3, tattoo_side_0, tattoo_side_1, "
    "tattoo_side_2, tattoo_side_3, made_up, lipstick, lipstick_colour, lipstick_gloss, eye_shadow, eye_shadow_colour, "
    "eye_shadow_height, blush, eyeliner, eyeliner_wing, mascara, foundation, contour, pupil, limbal_ring, fibres, "
    "crypts, furrows, collarette, iris_central, iris_central_width, iris_sector, iris_flecks, arcus, cloudiness, "
    "eye_veins, hairline"
)


@dataclass(frozen=True)
class Draws:
    """Independent uniform numbers in (0, 1), one a name."""

    uniforms: Mapping[str, float]

    def uniform(self, name: str, low: float = 0.0, high: float = 1.0) -> float:
        """A uniform number between low and high."""
        return low + (high - low) * self.uniforms[name]

    def normal(self, name: str, mean: float = 0.0, deviation: float = 1.0, limit: float = 2.0) -> float:
        """A normal number, cut off at `limit` deviations."""
        standard = float(torch.special.ndtri(torch.tensor(self.uniforms[name], dtype=torch.float64)))
        return mean + deviation * max(-limit, min(limit, standard))

    def choice(self, name: str, shares: Mapping[str, float]) -> str:
        """One key, as likely as its share; shares need not add to 1 but at least one is positive."""
        at = self.uniforms[name] * sum(shares.values())
        for key, share in shares.items():
            at -= share
            if at < 0:
                return key
        return max(shares, key=lambda key: shares[key])


def draw(generator: torch.Generator) -> Draws:
    """All named draws from one generator (on the CPU): a stream of its own for each name."""
    stream = int(torch.randint(2**62, (1,), generator=generator))
    return Draws({name: _uniform(f"{stream} {name}") for name in NAMES})


def _uniform(text: str) -> float:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "little") >> 3
    return (number + 0.5) / 2**53
