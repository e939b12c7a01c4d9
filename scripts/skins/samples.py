"""Sample points by region: the same skin points in our UV layout and in those of the reference skins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.texture.surface import SkinSurface

POINTS: Final = 36
STEPS: Final = 8192


def choose_samples(
    surface: SkinSurface,
    places: Mapping[str, tuple[NDArray[np.float32], NDArray[np.bool_]]],
    held_out: Sequence[str],
) -> dict[str, object]:
    """The content of evaluation/skin_samples.json; UVs are in steps of 1 / STEPS."""
    r, lips = surface.regions, surface.lips
    bare = (r["brow"] < 0.1) & (r["scalp"] < 0.4) & (r["mucosa"] < 0.1) & (r["nostril"] < 0.1)
    skin = bare & (lips.signed_mm < -2.0)
    masks = {
        "forehead": skin & (r["forehead"] > 0.8),
        "nose": skin & (r["nose"] > 0.8),
        "cheek": skin & (r["cheek"] > 0.7),
        "under_eye": skin & (r["lid_lower"] > 0.3) & (r["lid_margin"] < 0.2),
        "chin": skin & (r["chin"] > 0.6),
        "jaw": skin & (r["jaw"] > 0.5) & (r["beard"] > 0.3) & (r["neck"] < 0.2),
        "temple": skin & (r["temple"] > 0.6),
        "lips": bare & (lips.inward > 0.2) & (lips.inward < 0.75),
    }
    generator = np.random.default_rng(1931)
    found: dict[str, object] = {"steps": STEPS, "regions": list(masks), "held_out": list(held_out)}
    own = _texel_uv(surface.field.size)
    layouts: dict[str, list[list[list[int]]]] = {name: [] for name in ("headsmith", *places)}
    for name, mask in masks.items():
        for _, trusted in places.values():
            mask = mask & trusted
        rows = np.flatnonzero(mask & surface.field.covered)
        if len(rows) < POINTS:
            raise RuntimeError(f"only {len(rows)} texels of {name} are on all meshes")
        chosen = generator.choice(rows, POINTS, replace=False)
        for layout, uv in (("headsmith", own), *((n, p[0]) for n, p in places.items())):
            layouts[layout].append(np.round(uv.reshape(-1, 2)[chosen] * STEPS).astype(int).tolist())
    return {**found, **layouts}


def _texel_uv(size: int) -> NDArray[np.float32]:
    axis = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size)
    return np.stack(np.broadcast_arrays(axis[None, :], 1.0 - axis[:, None]), axis=-1)
