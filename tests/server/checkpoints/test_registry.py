"""The registry of checkpoints: shipped files are what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from headsmith_server.checkpoints import registry
from headsmith_shared.errors import ErrorCode, HeadsmithError


@pytest.fixture
def own_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> registry.Checkpoint:
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    monkeypatch.setattr(registry, "REGISTRY", tmp_path / "registry.json")
    path = tmp_path / "tiny.safetensors"
    save_file({"x": torch.arange(3)}, path, {"format": "tiny"})
    entry = registry.Checkpoint(
        "tiny", "pocket", path.name, "a test", "CC0-1.0", registry.file_sha256(path), path.stat().st_size
    )
    registry.register(entry)
    return entry


def test_every_shipped_checkpoint_is_the_registered_one_and_fits_its_limit() -> None:
    found = registry.checkpoints()
    assert "pocket_head" in found
    for name in found:
        entry = registry.verify(name)
        assert entry.size == entry.path.stat().st_size <= 15_000_000
        assert entry.licence
        assert entry.source


def test_what_was_registered_is_found_and_loads(own_registry: registry.Checkpoint) -> None:
    assert registry.verify("tiny") == own_registry
    weights = registry.load(own_registry.path)
    assert weights.tensors["x"].tolist() == [0, 1, 2]
    assert weights.metadata["format"] == "tiny"
    assert weights.sha256 == own_registry.sha256


def test_registering_again_replaces(own_registry: registry.Checkpoint) -> None:
    registry.register(replace(own_registry, licence="MIT"))
    assert registry.checkpoint("tiny").licence == "MIT"
    assert len(registry.checkpoints()) == 1


def test_other_bytes_are_refused(own_registry: registry.Checkpoint) -> None:
    with own_registry.path.open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(HeadsmithError) as caught:
        registry.verify("tiny")
    assert caught.value.code is ErrorCode.BAD_FILE


def test_missing_ones_are_named(own_registry: registry.Checkpoint) -> None:
    own_registry.path.unlink()
    for call in (lambda: registry.verify("tiny"), lambda: registry.checkpoint("none")):
        with pytest.raises(HeadsmithError) as caught:
            call()
        assert caught.value.code is ErrorCode.MISSING_CHECKPOINT
