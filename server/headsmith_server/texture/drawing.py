"""Drawing: where conditions, scars and tattoos are collected before they become the painter's layers.

Everything is on the field raster [F, F]; what nobody touches stays None and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.layers import Layers, Overlay, PigmentLayer
from headsmith_server.texture.parameters import LinearColour
from headsmith_server.texture.pigment import melanin_fraction

Window = tuple[slice, slice]


@dataclass
class Drawing:
    """melanin, blood: natural logarithms of factors; venous: added share of spent blood; bleached: 0..1, melanin that
    is lost; height in mm. Each [F, F] or None."""

    melanin: Field | None = None
    blood: Field | None = None
    venous: Field | None = None
    bleached: Field | None = None
    height: Field | None = None
    overlays: list[Overlay] = field(default_factory=list[Overlay])

    def add(self, **amounts: Field) -> None:
        """Add [F, F] arrays to the channels of these names."""
        for name, amount in amounts.items():
            before = getattr(self, name)
            amount = np.asarray(amount, np.float32)
            setattr(self, name, amount if before is None else before + amount)

    def add_in(self, window: Window, size: int, **amounts: Field) -> None:
        """Add arrays [h, w] on a window of the field raster of `size` texels to the channels of these names."""
        for name, amount in amounts.items():
            channel = getattr(self, name)
            # What others gave is theirs.
            channel = np.zeros((size, size), np.float32) if channel is None else channel.copy()
            channel[window] += amount
            setattr(self, name, channel)

    def bleach(self, amount: Field) -> None:
        """Melanin is lost where amount [F, F] is 1; freckles and spots are lost with it."""
        self.bleached = amount if self.bleached is None else np.maximum(self.bleached, amount)

    def lay(
        self,
        cover: Field,
        colour: LinearColour | None = None,
        *,
        filters: bool = False,
        roughness: float | None = None,
        specular: float | None = None,
    ) -> None:
        """Lay colour, gloss or both over what is there; as of Overlay."""
        self.overlays.append(Overlay(np.asarray(cover, np.float32), colour, filters, roughness, specular))

    def layers(self) -> Layers:
        """What the painter takes."""
        pigments: list[PigmentLayer] = []
        if self.melanin is not None or self.blood is not None or self.venous is not None:
            pigments.append(PigmentLayer(
                melanin_times=None if self.melanin is None else np.exp(self.melanin),
                blood_times=None if self.blood is None else np.exp(self.blood), venous_plus=self.venous,
            ))  # fmt: skip
        if self.bleached is not None:
            pale = np.float32(melanin_fraction(0.0)) * self.bleached
            pigments.append(PigmentLayer(melanin_times=np.float32(1.0) - self.bleached, melanin_plus=pale))
        return Layers(tuple(pigments), tuple(self.overlays), () if self.height is None else (self.height,))
