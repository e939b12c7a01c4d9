"""Setting expressions by name."""

from __future__ import annotations

from collections.abc import Mapping

from headsmith_shared.errors import ErrorCode, HeadsmithError

from . import lookup


def set_expression(head_id: str, weights: Mapping[str, float]) -> None:
    """Set shape-key values (0..1) of a head; the other keys stay. Raises NOT_FOUND for an unknown head or key."""
    obj = lookup.find_head(head_id)
    keys = obj.data.shape_keys if obj is not None else None
    if keys is None:
        raise HeadsmithError(ErrorCode.NOT_FOUND, f"no head {head_id!r} in this file", "choose one from the history")
    unknown = sorted(set(weights).difference(keys.key_blocks.keys()))
    if unknown:
        raise HeadsmithError(
            ErrorCode.NOT_FOUND, f"no shape key {unknown[0]!r} on {obj.name}", "use Apple's ARKit names"
        )
    for name, value in weights.items():
        keys.key_blocks[name].value = value


def clear_expression(head_id: str) -> None:
    """Set all keys of a head to 0."""
    obj = lookup.find_head(head_id)
    if obj is not None and obj.data.shape_keys is not None:
        for block in obj.data.shape_keys.key_blocks[1:]:
            block.value = 0.0
