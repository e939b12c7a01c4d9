"""The kinds of data by name; a kind's code is imported when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final

from headsmith_server.synthesis.shards.kind import Kind
from headsmith_shared.errors import ErrorCode, HeadsmithError

KINDS: Final[Mapping[str, str]] = {
    "clips": "headsmith_server.synthesis.clip_parts:CLIPS",
    "geometry": "headsmith_server.synthesis.geometry_parts:GEOMETRY",
    "portraits": "headsmith_server.synthesis.portrait_parts:PORTRAITS",
    "textures": "headsmith_server.synthesis.textures:TEXTURES",
}
"""Name on the command line -> "module:name" of the Kind."""


def find_kind(name: str) -> Kind:
    """The kind of that name, or at "module:name" for kinds of one's own. HeadsmithError BAD_USAGE when unknown."""
    place = name if ":" in name else KINDS.get(name)
    if place is None:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE, f"kind {name[:60]!r}: unknown", f"choose one of {', '.join(sorted(KINDS))}"
        )
    module, _, attribute = place.partition(":")
    kind = getattr(importlib.import_module(module), attribute)
    if not isinstance(kind, Kind):
        raise TypeError(f"{place} is no Kind")
    return kind
