"""Heads on disk for the export child; skipped where bpy is not installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from headsmith_shared.headfile import write_head
from tests.blender.synthetic_head import synthetic_head

needs_bpy = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="bpy is not installed")


@pytest.fixture
def head(tmp_path: Path) -> Path:
    """A .head file with all parts, 52 keys and small maps."""
    path = tmp_path / "ada.head"
    write_head(synthetic_head(), path)
    return path
