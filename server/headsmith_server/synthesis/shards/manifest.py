"""manifest.json: what a folder of shards holds, what it was made from, and which shards are whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from headsmith_server import __version__
from headsmith_server.synthesis.shards.kind import Kind, Options, code_fingerprint
from headsmith_shared import limits, strict_json
from headsmith_shared.atomic import write_atomically
from headsmith_shared.container import read_bytes
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import MAX_SEED

NAME: Final = "manifest.json"
FORMAT: Final = "headsmith-shards-1"
MAX_COUNT: Final = 100_000_000
MAX_SHARDS: Final = 20_000
MAX_SHARD_SIZE: Final = 100_000
_MAX_BYTES: Final = 16 * limits.MIB
_FILE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}-\d{1,10}-\d{6}\.tar")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Shard:
    """One whole shard. file: its name in the folder; first, count: its samples; sha256 and size of the file."""

    file: str
    first: int
    count: int
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """A run and its whole shards, in order.

    options: size and views; device: "cpu" or "cuda" (another class of device, other bits); versions: of Headsmith, of
    the libraries that samples depend on, and "code", the fingerprint of the rooms they come from; checkpoints:
    name -> sha256; licences: of all that went into the samples.
    """

    kind: str
    seed: int
    count: int
    shard_size: int
    options: Mapping[str, int]
    device: str
    versions: Mapping[str, str]
    checkpoints: Mapping[str, str]
    licences: tuple[str, ...]
    shards: tuple[Shard, ...] = field(default=())

    @property
    def ranges(self) -> list[range]:
        """The samples of every shard of the run, whole or missing."""
        size = self.shard_size
        return [range(first, min(first + size, self.count)) for first in range(0, self.count, size)]

    @property
    def complete(self) -> bool:
        """Whether every sample lies in a whole shard."""
        return sum(shard.count for shard in self.shards) == self.count

    def file(self, number: int) -> str:
        """The name of shard `number`."""
        return f"{self.kind}-{self.seed}-{number:06d}.tar"

    def with_shard(self, shard: Shard) -> Manifest:
        """The manifest with one more whole shard, in place of one of the same name."""
        others = [other for other in self.shards if other.file != shard.file]
        return replace(self, shards=tuple(sorted([*others, shard], key=lambda one: one.first)))

    def write(self, folder: Path) -> None:
        """Into the folder, whole or not at all. Raises HeadsmithError DISK_FULL or BAD_INPUT."""
        write_atomically(folder / NAME, [strict_json.dumps(self._document()), b"\n"])

    def _document(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "kind": self.kind,
            "seed": self.seed,
            "count": self.count,
            "shard_size": self.shard_size,
            "options": dict(self.options),
            "device": self.device,
            "versions": dict(self.versions),
            "checkpoints": dict(self.checkpoints),
            "licences": list(self.licences),
            "shards": [
                {
                    "file": shard.file,
                    "first": shard.first,
                    "count": shard.count,
                    "sha256": shard.sha256,
                    "size": shard.size,
                }
                for shard in self.shards
            ],
        }


def plan(kind: Kind, seed: int, count: int, shard_size: int, options: Options, device: str) -> Manifest:
    """The manifest of a run that has not begun. device: "cpu" or "cuda".

    Raises HeadsmithError BAD_USAGE for numbers out of range.
    """
    check_numbers(seed, count, shard_size)
    from headsmith_server.checkpoints.registry import checkpoint

    used = {name: checkpoint(name) for name in kind.checkpoints}
    return Manifest(
        kind=kind.name,
        seed=seed,
        count=count,
        shard_size=shard_size,
        options={"size": options.size, "views": options.views},
        device=device,
        versions=_versions(kind),
        checkpoints={name: entry.sha256 for name, entry in used.items()},
        licences=(*kind.licences, *(f"{name}: {entry.licence}" for name, entry in used.items())),
    )


def check_numbers(seed: int, count: int, shard_size: int) -> None:
    """HeadsmithError BAD_USAGE, with the remedy, unless a run may have these numbers."""
    if not 1 <= count <= MAX_COUNT:
        raise _usage(f"--count {count}: must be 1 to {MAX_COUNT}", "ask for a number in this range")
    if not 0 <= seed <= MAX_SEED:
        raise _usage(f"--seed {seed}: must be 0 to {MAX_SEED}", "choose a seed in this range")
    if not 1 <= shard_size <= MAX_SHARD_SIZE:
        raise _usage(f"--shard-size {shard_size}: must be 1 to {MAX_SHARD_SIZE}", "choose a size in this range")
    if -(-count // shard_size) > MAX_SHARDS:
        raise _usage(
            f"--count {count}: more than {MAX_SHARDS} shards of {shard_size} samples",
            f"use --shard-size {-(-count // MAX_SHARDS)} or more, or several seeds in several folders",
        )


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's manifest; None when it has none. Raises HeadsmithError BAD_FILE or TOO_LARGE when it is damaged."""
    path = folder / NAME
    if not path.exists():
        return None
    where = str(path)
    fields = strict_json.Fields(strict_json.loads(read_bytes(path, _MAX_BYTES), where, _MAX_BYTES), where)
    fields.choice("format", [FORMAT])
    shards = tuple(_shard(entry, where) for entry in fields.objects("shards", MAX_SHARDS))
    found = Manifest(
        kind=fields.text("kind", 40),
        seed=fields.integer("seed"),
        count=fields.integer("count"),
        shard_size=fields.integer("shard_size"),
        options={name: int(value) for name, value in fields.number_map("options").items()},
        device=fields.text("device", 40),
        versions=fields.text_map("versions"),
        checkpoints=fields.text_map("checkpoints"),
        licences=fields.texts("licences", 100),
        shards=shards,
    )
    fields.finish()
    end = 0
    for shard in shards:
        if shard.first < end or not 1 <= shard.count <= found.shard_size or shard.first + shard.count > found.count:
            raise _bad(where, f"gives {shard.file} an impossible range")
        end = shard.first + shard.count
    return found


def continued(old: Manifest, new: Manifest, folder: Path) -> Manifest:
    """`new` with the whole shards of `old`, which must be the same run; it may ask for more samples than before.

    Raises HeadsmithError BAD_INPUT naming the first difference.
    """
    for name in ("kind", "seed", "shard_size", "options", "device", "checkpoints", "licences", "versions"):
        before, now = getattr(old, name), getattr(new, name)
        if before != now:
            raise HeadsmithError(
                ErrorCode.BAD_INPUT,
                f"{folder}: holds a run with another {_difference(name, before, now)}",
                "choose another --out, or the same options to continue that run",
            )
    if new.count < old.count:
        raise HeadsmithError(
            ErrorCode.BAD_INPUT,
            f"{folder}: holds a run of {old.count} samples, {new.count} were asked for",
            f"choose another --out, or --count {old.count} or more to continue it",
        )
    return replace(new, shards=old.shards)


def _difference(name: str, before: object, now: object) -> str:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in sorted({*before, *now}):
            if before.get(key) != now.get(key):
                name, before, now = f"{name}: {key}", before.get(key), now.get(key)
                break
    name = name.replace("_", " ").removeprefix("options: ").removeprefix("versions: ")
    short = [str(value)[:12] if len(str(value)) == 64 else str(value)[:40] for value in (before, now)]
    return f"{name} ({short[0]}, not {short[1]})"


def _versions(kind: Kind) -> dict[str, str]:
    import cv2
    import numpy as np
    import torch

    return {
        "headsmith": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "code": code_fingerprint(kind.rooms),
    }


def _shard(fields: strict_json.Fields, where: str) -> Shard:
    shard = Shard(
        file=fields.text("file", 80),
        first=fields.integer("first"),
        count=fields.integer("count"),
        sha256=fields.text("sha256", 64),
        size=fields.integer("size"),
    )
    fields.finish()
    if not _FILE.fullmatch(shard.file) or not _SHA256.fullmatch(shard.sha256) or shard.first < 0 or shard.size < 0:
        raise _bad(where, f"names an impossible shard, {shard.file[:60]!r}")
    return shard


def _bad(where: str, cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, f"{where}: {cause}", "make the folder again")


def _usage(message: str, remedy: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_USAGE, message, remedy)
