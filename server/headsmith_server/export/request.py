"""What a person wants made of a head, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

View = Literal["front", "three_quarter", "profile"]
Engine = Literal["CYCLES", "EEVEE", "WORKBENCH"]

SUFFIXES: Final = {"blend": ".blend", "glb": ".glb", "fbx": ".fbx", "usd": ".usd", "render": ".png"}
USD_SUFFIXES: Final = (".usd", ".usda", ".usdc", ".usdz")


@dataclass(frozen=True)
class Portrait:
    """How the picture is taken: size in pixels (width, height), samples per pixel; expression: ARKit weights."""

    view: View = "three_quarter"
    engine: Engine = "CYCLES"
    size: tuple[int, int] = (480, 600)
    samples: int = 16
    expression: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportRequest:
    """Files to make by kind ("blend", "glb", "fbx", "usd", "render") and where; pack: maps inside the
    .blend."""

    files: Mapping[str, Path]
    pack: bool = True
    portrait: Portrait = Portrait()


@dataclass(frozen=True)
class ExportReport:
    """What was made: files by kind, seconds by step ("start", "build", then the kinds), versions of what
    made it."""

    files: Mapping[str, Path]
    seconds: Mapping[str, float]
    versions: Mapping[str, str] = field(default_factory=dict)
