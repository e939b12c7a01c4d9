"""What checkpoints there are: name, tier, file, source, licence, size and checksum; loading is safetensors only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import torch
from safetensors import SafetensorError, safe_open

from headsmith_shared.errors import ErrorCode, HeadsmithError

FOLDER: Final = Path(__file__).parent
REGISTRY: Final = FOLDER / "registry.json"

Tier = Literal["pocket", "studio"]


@dataclass(frozen=True)
class Checkpoint:
    """One file of weights. size in bytes; source and licence in words; sha256 of the whole file, hexadecimal."""

    name: str
    tier: Tier
    file: str
    source: str
    licence: str
    sha256: str
    size: int

    @property
    def path(self) -> Path:
        """Where the file lies: shipped ones beside this module."""
        return FOLDER / self.file


@dataclass(frozen=True)
class Weights:
    """A loaded checkpoint: tensors by name, the file's own metadata, and the checksum of its bytes."""

    tensors: Mapping[str, torch.Tensor]
    metadata: Mapping[str, str]
    sha256: str


def checkpoints() -> dict[str, Checkpoint]:
    """All registered checkpoints by name."""
    rows = json.loads(REGISTRY.read_text()) if REGISTRY.is_file() else []
    return {row["name"]: Checkpoint(**row) for row in rows}


def checkpoint(name: str) -> Checkpoint:
    """The checkpoint of that name. Raises HeadsmithError(MISSING_CHECKPOINT) when none is registered."""
    found = checkpoints().get(name)
    if found is None:
        raise HeadsmithError(ErrorCode.MISSING_CHECKPOINT, f"checkpoint {name}: not registered", "reinstall Headsmith")
    return found


def verify(name: str) -> Checkpoint:
    """The checkpoint when its file is there and is the registered one.

    Raises HeadsmithError: MISSING_CHECKPOINT (no file) or BAD_FILE (other bytes than registered).
    """
    found = checkpoint(name)
    if not found.path.is_file():
        raise HeadsmithError(
            ErrorCode.MISSING_CHECKPOINT, f"{found.path}: checkpoint {name} is missing", "reinstall Headsmith"
        )
    if file_sha256(found.path) != found.sha256:
        raise HeadsmithError(
            ErrorCode.BAD_FILE, f"{found.path}: not the registered checkpoint {name}", "reinstall Headsmith"
        )
    return found


def load(path: Path) -> Weights:
    """Tensors on the CPU, metadata and checksum of a safetensors file.

    Raises HeadsmithError: MISSING_CHECKPOINT (no file) or BAD_FILE (not safetensors).
    """
    if not path.is_file():
        raise HeadsmithError(ErrorCode.MISSING_CHECKPOINT, f"{path}: no such checkpoint", "reinstall Headsmith")
    try:
        with safe_open(path, framework="pt") as stored:
            tensors = {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118 - not a mapping
            metadata = dict(stored.metadata() or {})
    except SafetensorError as error:
        raise HeadsmithError(
            ErrorCode.BAD_FILE, f"{path}: not a safetensors file: {error}", "reinstall Headsmith"
        ) from error
    return Weights(tensors, metadata, file_sha256(path))


def register(entry: Checkpoint) -> None:
    """Writes the entry into registry.json, in place of one of the same name."""
    rows = {**checkpoints(), entry.name: entry}
    text = json.dumps([asdict(rows[name]) for name in sorted(rows)], indent=2)
    REGISTRY.write_text(text + "\n")


def file_sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes; remembered while size and time of the file stay."""
    status = path.stat()
    return _sha256(path, status.st_mtime_ns, status.st_size)


@cache
def _sha256(path: Path, modified: int, size: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
