"""Devices by name, and what a worker with the real warm-up needs."""

from __future__ import annotations

import pytest
import torch

from headsmith_server.executors.torch_device import available_cores, choose_device
from headsmith_shared.errors import ErrorCode, HeadsmithError


def test_auto_takes_a_device_that_works() -> None:
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert choose_device("cpu") == torch.device("cpu")
    assert available_cores() >= 1


@pytest.mark.parametrize("name", ["nonsense", "cuda:99"])
def test_a_device_that_is_not_there_is_named(name: str) -> None:
    if torch.cuda.is_available() and name != "nonsense":
        pytest.skip("there is a CUDA device")
    with pytest.raises(HeadsmithError) as caught:
        choose_device(name)
    assert caught.value.code is ErrorCode.BAD_USAGE
    assert name in caught.value.message
