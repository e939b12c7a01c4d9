"""How far light travels under a skin: the numbers of its shader that no map carries."""

from __future__ import annotations

from headsmith_server.texture.parameters import SkinParameters

FAIR_MEAN_FREE_PATH_M = 0.0037
"""Red light in fair skin (Jensen et al. 2001, table 1, "skin1"; "skin2" there, a darker skin, has about half)."""


def scattering(skin: SkinParameters) -> dict[str, float]:
    """`subsurface_scale` (metres, red) and `subsurface_weight` (0..1) of the skin.

    Melanin lies above the layer that scatters, so light that comes back sideways has passed it twice: the darker the
    skin, the less of its colour comes from below and from afar.
    """
    return {
        "subsurface_scale": FAIR_MEAN_FREE_PATH_M * (1.0 - 0.65 * skin.melanin),
        "subsurface_weight": 1.0 - 0.55 * skin.melanin**2,
    }
