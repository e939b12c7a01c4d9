"""draw_layers: everything single or worn that one person's skin bears, as layers for the painter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from headsmith_server.texture.layers import Layers, PigmentLayer
from headsmith_server.texture.marks import draw_marks
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import Noises, melanin_fraction
from headsmith_server.texture.surface import SkinSurface


def draw_layers(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, seed: int, tick: Callable[[], None]
) -> Layers:
    """The layers of a skin; every kind of mark draws from a stream of its own, default_rng([seed, number])."""
    base = melanin_fraction(skin.melanin)
    marks = draw_marks(surface, skin, noises, np.random.default_rng([seed, 1]), tick)
    pigments = [
        PigmentLayer(melanin_plus=layer * np.float32(add + times * base))
        for layer, add, times in ((marks.freckles, 0.027, 0.6), (marks.spots, 0.034, 0.7), (marks.moles, 0.10, 0.6))
        if layer is not None
    ]
    if marks.scars is not None:
        pale = marks.scars
        pigments.append(PigmentLayer(
            melanin_times=np.float32(1.0) - np.float32(0.65) * pale,
            blood_times=np.float32(1.0) - np.float32(0.40) * pale,
        ))  # fmt: skip
    heights = () if marks.raised is None else (marks.raised,)
    return Layers(tuple(pigments), (), heights)
