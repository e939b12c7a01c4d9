"""draw_layers: everything single or worn that one person's skin bears, as layers for the painter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from headsmith_server.texture.conditions import draw_conditions
from headsmith_server.texture.layers import Layers, PigmentLayer
from headsmith_server.texture.makeup import draw_makeup
from headsmith_server.texture.marks import draw_marks
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises, melanin_fraction
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.wet import wet_line


def draw_layers(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, seed: int, tick: Callable[[], None]
) -> Layers:
    """The layers of a skin; every kind of mark draws from a stream of its own, default_rng([seed, number])."""
    base = melanin_fraction(skin.melanin)
    marks = draw_marks(surface, skin, noises, np.random.default_rng([seed, 1]), tick)
    spotted = tuple(
        # Blood below keeps them brown: melanin alone looks olive on pale skin.
        PigmentLayer(melanin_plus=layer * np.float32(add + times * base), blood_times=1.0 + np.float32(0.7) * layer)
        for layer, add, times in ((marks.freckles, 0.034, 0.6), (marks.spots, 0.034, 0.7), (marks.moles, 0.10, 0.6))
        if layer is not None
    )
    heights = () if marks.raised is None else (marks.raised,)
    # Conditions come last: vitiligo takes the freckles with it.
    others = draw_conditions(surface, skin, noises, seed, tick).layers()
    worn = draw_makeup(surface, skin, noises, tick).layers()
    return Layers(
        spotted + others.pigments, (*others.overlays, *worn.overlays, wet_line(surface)), heights + others.heights
    )
