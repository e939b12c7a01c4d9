"""What a client asks for: one frozen dataclass a job kind, plain JSON values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Quality = Literal["draft", "standard", "high"]

QUALITIES: Final = ("draft", "standard", "high")
TEXTURE_SIZES: Final = (1024, 2048, 4096)
MAX_PROMPT_LENGTH: Final = 2000
MAX_SEED: Final = 2**32 - 1


@dataclass(frozen=True)
class GenerateSpec:
    """A head from a sentence. prompt: 1..MAX_PROMPT_LENGTH characters; seed: 0..MAX_SEED; texture_size in
    pixels."""

    prompt: str
    seed: int = 0
    quality: Quality = "draft"
    head: str = "pocket"
    texture_size: int = 2048
    kind: Literal["generate"] = "generate"
