"""Parametric heads behind one protocol."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import torch

from headsmith_server.heads.protocol import HeadModel
from headsmith_shared.errors import ErrorCode, HeadsmithError

HEADS: Final = ("pocket",)


@lru_cache(maxsize=2)
def head_model(name: str, device: torch.device) -> HeadModel:
    """The head model of that name on that device, loaded once.

    Raises HeadsmithError: BAD_INPUT for an unknown name, MISSING_CHECKPOINT or BAD_FILE.
    """
    if name not in HEADS:
        raise HeadsmithError(ErrorCode.BAD_INPUT, f"head model {name!r}: unknown", f"choose {', '.join(HEADS)}")
    from headsmith_server.heads.pocket import load_pocket_head

    return load_pocket_head().to(device)


__all__ = ["HEADS", "HeadModel", "head_model"]
