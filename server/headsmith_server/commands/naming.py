"""Names of files from the words of a prompt: safe on every system, never over another head's files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from headsmith_shared.atomic import write_atomically, write_new
from headsmith_shared.errors import ErrorCode, HeadsmithError

_LONGEST: Final = 48
_ARTICLES: Final = ("a", "an", "the")
_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)))
)
_MOST_NUMBERS: Final = 10_000


def slug(text: str) -> str:
    """A file name of 1..48 ASCII letters, digits and hyphens that recalls the text; "head" when nothing is
    left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    words = re.findall(r"[a-z0-9]+", plain)
    if len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    name = ""
    for word in words:
        longer = f"{name}-{word}" if name else word[:_LONGEST]
        if len(longer) > _LONGEST:
            break
        name = longer
    if not name:
        return "head"
    return f"{name}-head" if name in _RESERVED else name


def checked_name(name: str) -> str:
    """A name the user chose, without the ending .head; HeadsmithError BAD_USAGE unless it names a file
    simply."""
    name = name.removesuffix(".head")
    unsafe = re.search(r'[\x00-\x1f\x7f/\\:*?"<>|]', name)
    if not name or len(name.encode()) > 200 or unsafe or name[0] in "-. " or name[-1] in ". ":
        raise HeadsmithError(
            ErrorCode.BAD_USAGE,
            f"--name {name!r} cannot be a file name",
            "use letters, digits, spaces, hyphens",
        )
    if name.lower() in _RESERVED:
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"--name {name!r} is a reserved name", "choose another")
    return name


def write_unclaimed(folder: Path, name: str, data: bytes, endings: Iterable[str], force: bool) -> Path:
    """Write `data` to NAME.head in the folder, or NAME-2.head, NAME-3.head ... and return the path.

    A name counts as free when none of NAME + ending exists, or when NAME.head holds these very bytes (the
    same head again). force takes NAME in any case. Two programs that do this at a time get two names.
    """
    if force:
        path = folder / f"{name}.head"
        write_atomically(path, [data])
        return path
    for number in range(1, _MOST_NUMBERS):
        stem = name if number == 1 else f"{name}-{number}"
        path = folder / f"{stem}.head"
        if _same(path, data):
            return path
        if any((folder / f"{stem}{ending}").exists() for ending in (".head", *endings)):
            continue
        if write_new(path, [data]):
            return path
    raise HeadsmithError(
        ErrorCode.BAD_INPUT,
        f"{folder}: {_MOST_NUMBERS} heads are called {name}",
        "choose another --name or --out",
    )


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
