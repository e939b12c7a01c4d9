"""Roughness and specular of the skin by region.

Values are those of the Principled BSDF: roughness 0.3 (oily nose) to 0.6 (dry cheek, neck); specular is its IOR level,
where 0.5 is an index of 1.5 and skin's 1.4 (F0 = 0.028) is 0.35. Compare the measured maps of Weyrich et al.,
"Analysis of human faces using a measurement-based skin reflectance model" (2006): most gloss on nose, forehead, lips.
Where the highlight is strong and where weak follows the specular map of the Infinite scan (relative to the cheek:
forehead 1.4, nose 1.2, temples and lids 1.1, neck 0.9, around the mouth 0.87, chin 0.76), softened, since it is that of
one man.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.hairs import SkinHairs
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises
from headsmith_server.texture.pores import unresolved_slopes
from headsmith_server.texture.regions import smoothstep
from headsmith_server.texture.surface import SkinSurface


@dataclass(frozen=True)
class Gloss:
    """roughness and specular, each [F, F], 0..1."""

    roughness: Field
    specular: Field


def gloss(surface: SkinSurface, skin: SkinParameters, noises: Noises, hairs: list[SkinHairs]) -> Gloss:
    """The smooth part; pores and hairs are added on the finished map."""
    field, r = surface.field.size, surface.regions
    oil = skin.oiliness - 0.4
    roughness = (
        0.50
        - 0.10 * oil
        - (0.08 + 0.16 * oil) * r["t_zone"]
        - 0.04 * r["nose_tip"]
        - 0.05 * r["lid_upper"]
        - 0.07 * r["lid_margin"]
        - 0.03 * r["malar"]
        + 0.05 * r["ear"]
        + 0.06 * r["neck"]
        + 0.04 * r["jaw"]
        + 0.05 * skin.weathering
        + 0.03 * float(np.clip((skin.age_years - 50.0) / 40.0, 0.0, 1.0))
        - 0.02 * skin.melanin
    )
    specular = 0.35 * (
        1.0
        + 0.25 * r["forehead"]
        + 0.15 * r["nose"]
        + 0.08 * np.maximum(r["temple"], r["periorbital"])
        + 0.12 * r["lid_margin"]
        - 0.06 * r["neck"]
        - 0.08 * r["perioral"]
        - 0.16 * r["chin"]
        - 0.28 * r["nostril"]
    )
    roughness = enlarge(roughness.astype(np.float32), field)
    specular = enlarge(specular.astype(np.float32), field)
    roughness += np.float32(0.030) * noises.field(2, 0, 0.7, 1.0, 0.9, 0.7, 0.5)
    # Relief that the map's texels cannot hold widens the highlight instead: its slopes add to the microfacets'.
    roughness = np.sqrt(np.sqrt(np.maximum(roughness, 0.05) ** 4 + np.float32(unresolved_slopes(surface.texel_mm))))
    lips = surface.lips
    vermilion = smoothstep(-0.4, 0.9, lips.signed_mm)
    roughness += (np.float32(0.37) - np.float32(0.07) * smoothstep(0.3, 0.9, lips.inward) - roughness) * vermilion
    specular += (np.float32(0.44) - specular) * vermilion
    for hair in hairs:
        # Lying hairs scatter the highlight.
        roughness += (np.float32(0.68) - roughness) * hair.cover
        specular += (np.float32(0.22) - specular) * hair.cover
    wet = enlarge(np.maximum(r["mucosa"], 0.5 * r["inner_corner"]), field)
    roughness += (np.float32(0.22) - roughness) * wet
    specular += (np.float32(0.5) - specular) * wet
    return Gloss(np.clip(roughness, 0.12, 0.9), np.clip(specular, 0.0, 1.0))
