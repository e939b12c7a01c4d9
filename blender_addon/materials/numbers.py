"""The numbers of each shader: physically motivated defaults that the asset may override by the same names.

Lengths are in metres. Indices of refraction: stratum corneum 1.43, cornea 1.376 (Navarro's eye), enamel 1.63,
saliva on mucosa 1.35.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_shared.asset import HeadAsset

DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = {
    "skin": {
        # Mean free paths of red, green and blue light in fair skin are about 3.7, 1.4 and 0.7 mm
        # (Jensen et al. 2001, table 1, "skin1"); Blender's radius is a mean free path scaled by the weight.
        "subsurface_weight": 1.0, "subsurface_scale": 0.0037, "radius_red": 1.0, "radius_green": 0.37,
        "radius_blue": 0.19, "subsurface_ior": 1.4, "subsurface_anisotropy": 0.8, "roughness": 0.48,
        "specular": 0.5, "ior": 1.43, "normal_strength": 1.0, "coat": 0.0, "sheen": 0.03,
    },
    "eyes": {
        "subsurface_weight": 0.12, "subsurface_scale": 0.0012, "radius_red": 1.0, "radius_green": 0.6,
        "radius_blue": 0.45, "roughness": 0.35, "specular": 0.2, "ior": 1.38, "normal_strength": 1.0,
    },
    "cornea": {"roughness": 0.02, "ior": 1.376},
    "teeth": {
        "subsurface_weight": 0.35, "subsurface_scale": 0.0015, "radius_red": 1.0, "radius_green": 0.8,
        "radius_blue": 0.6, "roughness": 0.22, "specular": 0.5, "ior": 1.55, "normal_strength": 1.0, "coat": 0.3,
    },
    "gums": {
        "subsurface_weight": 0.6, "subsurface_scale": 0.002, "radius_red": 1.0, "radius_green": 0.3,
        "radius_blue": 0.2, "roughness": 0.3, "specular": 0.5, "ior": 1.38, "normal_strength": 1.0, "coat": 0.3,
    },
    "tongue": {
        "subsurface_weight": 0.6, "subsurface_scale": 0.0025, "radius_red": 1.0, "radius_green": 0.3,
        "radius_blue": 0.2, "roughness": 0.42, "specular": 0.5, "ior": 1.38, "normal_strength": 1.0, "coat": 0.2,
    },
    "lashes": {"roughness": 0.45, "specular": 0.3, "ior": 1.55},
    "brows": {"roughness": 0.5, "specular": 0.3, "ior": 1.55},
    "hair": {"card_roughness": 0.5, "specular": 0.3, "ior": 1.55, "normal_strength": 1.0},
    "beard": {"card_roughness": 0.55, "specular": 0.3, "ior": 1.55, "normal_strength": 1.0},
}  # fmt: skip

STRANDS: Final[Mapping[str, float]] = {
    # Brown hair; the asset says its own. Grey hairs have no melanin and grey_tint. colour and grey: linear, of a mass
    # of hairs with and without pigment, for engines that know no fibres.
    "melanin": 0.8, "melanin_redness": 0.25, "tint_r": 1.0, "tint_g": 1.0, "tint_b": 1.0, "grey_share": 0.0,
    "grey_tint_r": 0.61, "grey_tint_g": 0.59, "grey_tint_b": 0.555, "roughness": 0.3, "radial_roughness": 0.3,
    "coat": 0.0, "ior": 1.55, "offset": 0.035, "random_colour": 0.3, "random_roughness": 0.15, "colour_r": 0.035,
    "colour_g": 0.022, "colour_b": 0.014, "grey_r": 0.55, "grey_g": 0.53, "grey_b": 0.5,
}  # fmt: skip

BASE_COLOURS: Final[Mapping[str, tuple[float, float, float, float]]] = {
    "skin": (0.48, 0.29, 0.22, 1.0),
    "eyes": (0.72, 0.70, 0.66, 1.0),
    "cornea": (1.0, 1.0, 1.0, 1.0),
    "teeth": (0.72, 0.66, 0.52, 1.0),
    "gums": (0.46, 0.15, 0.14, 1.0),
    "tongue": (0.45, 0.16, 0.15, 1.0),
    "lashes": (0.012, 0.009, 0.007, 1.0),
    "brows": (0.035, 0.022, 0.014, 1.0),
    "hair": (0.035, 0.022, 0.014, 1.0),
    "beard": (0.035, 0.022, 0.014, 1.0),
}


def strand_numbers(asset: HeadAsset, material: str) -> dict[str, float]:
    """The numbers of a material's strands: the asset's, else the defaults."""
    own = asset.materials.get(material, {})
    return {name: float(own.get(name, value)) for name, value in STRANDS.items()}


def numbers(asset: HeadAsset, material: str) -> dict[str, float]:
    """The numbers of one material: the asset's, else the defaults. Unknown names of the asset are left out."""
    own = asset.materials.get(material, {})
    return {name: float(own.get(name, value)) for name, value in DEFAULTS[material].items()}
