"""The tear film's edge: a thin bright line where the lower lid meets the eye, and the moist inner corner."""

from __future__ import annotations

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.creases import open_spline
from headsmith_server.texture.kept import kept
from headsmith_server.texture.layers import Overlay
from headsmith_server.texture.regions import polyline_distance, smoothstep
from headsmith_server.texture.surface import SkinSurface


def wet_line(surface: SkinSurface) -> Overlay:
    """The meniscus, half a millimetre high, along both lid edges; only its gloss, for tears are clear."""

    def draw() -> Field:
        mm = surface.positions * np.float32(1000.0)
        texel_mm = surface.texel_mm * surface.size / surface.field.size
        # Never thinner than a texel, but fainter instead.
        high = max(0.55, 0.75 * texel_mm)
        upper, lower = surface.regions.lid_edges
        cover = np.zeros(mm.shape[:2], np.float32)
        for edge, amount in ((lower, 0.95), (upper, 0.55)):
            for side in (1.0, -1.0):
                line = open_spline(edge * np.array([side, 1.0, 1.0], np.float32), 4)
                away = polyline_distance(mm, line, 4.0)
                cover = np.maximum(cover, np.float32(amount * 0.55 / high) * smoothstep(1.5 * high, 0.4 * high, away))
        return cover

    return Overlay(kept(surface, "wet line", draw), roughness=0.10, specular=0.62)
