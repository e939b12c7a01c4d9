"""One stream of random numbers for each purpose of each sample, so that samples are the same in any order.

Sample k of a kind is a pure function of (seed, k): every draw comes from a generator whose state is the SHA-256 of
(seed, k, purpose), and one more draw in one place moves nothing elsewhere.
"""

from __future__ import annotations

import hashlib

import numpy as np
import torch


def stream_seed(seed: int, index: int, purpose: str) -> int:
    """56 bits that depend on all three."""
    digest = hashlib.sha256(f"{seed} {index} {purpose}".encode()).digest()
    return int.from_bytes(digest[:7], "little")


def stream(seed: int, index: int, purpose: str) -> np.random.Generator:
    """NumPy's generator for that purpose of that sample."""
    return np.random.default_rng(stream_seed(seed, index, purpose))


def torch_stream(seed: int, index: int, purpose: str) -> torch.Generator:
    """Torch's generator (on the CPU) for that purpose of that sample."""
    return torch.Generator().manual_seed(stream_seed(seed, index, purpose))


def pick(generator: np.random.Generator, shares: dict[str, float]) -> str:
    """One key, as likely as its share; shares need not add to 1."""
    at = generator.random() * sum(shares.values())
    for key, share in shares.items():
        at -= share
        if at < 0:
            return key
    return max(shares, key=lambda key: shares[key])
