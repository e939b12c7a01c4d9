"""one_thread: samples are made on one thread each, so that how many threads there are changes no bit of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch works on one CPU thread within: matrix products and sums are then always taken in the same order. Many
    samples are made side by side by many workers instead."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
