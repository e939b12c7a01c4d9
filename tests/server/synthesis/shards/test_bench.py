"""The bench writes real shards, and says what it could not measure."""

from __future__ import annotations

import pytest
import torch

from headsmith_server.bench import synth
from tests.server.synthesis.shards.small_kinds import SLOW, place


def test_the_rate_is_that_of_making_samples() -> None:
    work = synth.Work("slow_per_s", place(SLOW), 16, 1, 20, 20, 1.0)
    assert 5 < synth.rate(work, "cpu", 1, 20) < 50  # each takes 20 ms


def test_what_cannot_be_measured_is_left_out_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synth, "ON_CPU", ())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    (reason,) = synth.run().left_out
    assert "portraits_cuda_per_s: no CUDA device" in reason
