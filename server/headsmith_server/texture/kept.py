"""What is computed once for a surface and read by every face painted on it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from headsmith_server.texture.surface import SkinSurface

T = TypeVar("T")

_KEPT: dict[tuple[int, str], tuple[weakref.ref[SkinSurface], Any]] = {}


def kept(surface: SkinSurface, name: str, make: Callable[[], T]) -> T:
    """make(), computed at the first call for this surface and name and kept as long as the surface lives.

    What comes back must not be written to.
    """
    key = (id(surface), name)
    found = _KEPT.get(key)
    if found is None or found[0]() is not surface:
        found = weakref.ref(surface, lambda _: _KEPT.pop(key, None)), make()
        _KEPT[key] = found
    return found[1]
