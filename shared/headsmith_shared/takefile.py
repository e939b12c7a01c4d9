"""`.take` files: a Take as a container of take.json and arrays.safetensors, under the same rules as
`.head`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Final

from headsmith_shared import container, limits, safetensors_codec, strict_json
from headsmith_shared.atomic import write_pieces
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.take import Take, TakeTrack, validate_take

FORMAT: Final = "headsmith-take"
VERSION: Final = 1
SUFFIX: Final = ".take"
MEDIA_TYPE: Final = "application/x-headsmith-take"

_JSON: Final = "take.json"
_ARRAYS: Final = "arrays.safetensors"
_TRACK_ARRAYS: Final = ("weights", "rotation", "translation", "gaze", "confidence")


def take_to_bytes(take: Take) -> bytes:
    """The take as the bytes of a `.take` file; equal takes give equal bytes. Raises as `validate_take`."""
    return b"".join(_pieces(take))


def write_take(take: Take, target: str | Path | BinaryIO) -> None:
    """Write a `.take` file to a path (whole or not at all) or into an open binary file.

    Raises HeadsmithError: DISK_FULL, BAD_INPUT (cannot be written), BAD_FILE or TOO_LARGE (invalid take).
    """
    write_pieces(_pieces(take), target)


def read_take(source: str | Path | bytes) -> Take:
    """The take in a file or in the bytes of one: valid, or HeadsmithError BAD_FILE or TOO_LARGE."""
    label = "take" if isinstance(source, bytes) else str(source)
    data = source if isinstance(source, bytes) else container.read_bytes(Path(source))
    with container.naming(label, "choose a .take file made by Headsmith, or track the clip again"):
        return _decode(container.unpack(data))


def _pieces(take: Take) -> list[container.Piece]:
    with container.naming(f"take {take.name[:80]!r}", "report this as a bug with the clip"):
        validate_take(take)
        document: strict_json.Json = {
            "format": FORMAT,
            "version": VERSION,
            "name": take.name,
            "fps": float(take.fps),
            "filter": take.filter,
            "source": take.source,
            "generator": take.generator,
        }
        tracks = {"raw": take.raw} | ({} if take.filtered is None else {"filtered": take.filtered})
        arrays = {f"{name}/{field}": getattr(track, field) for name, track in tracks.items() for field in _TRACK_ARRAYS}
        return container.pack({_JSON: [strict_json.dumps(document)], _ARRAYS: list(safetensors_codec.encode(arrays))})


def _decode(entries: dict[str, memoryview]) -> Take:
    if set(entries) != {_JSON, _ARRAYS}:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"must hold {_JSON} and {_ARRAYS}, and nothing else")
    fields, _ = container.open_document(entries[_JSON], _JSON, FORMAT, VERSION)
    arrays = safetensors_codec.decode(entries[_ARRAYS])
    filter_name = fields.text("filter", limits.MAX_TITLE)
    take = Take(
        name=fields.text("name", limits.MAX_TITLE),
        fps=fields.number("fps"),
        raw=_track("raw", arrays),
        filtered=_track("filtered", arrays) if filter_name else None,
        filter=filter_name,
        source=fields.text("source", limits.MAX_TITLE),
        generator=fields.text("generator", limits.MAX_TITLE),
    )
    fields.finish()
    if arrays:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"holds {next(iter(arrays))[:80]!r}, which no take has")
    validate_take(take)
    return take


def _track(name: str, arrays: dict[str, Any]) -> TakeTrack:
    missing = [field for field in _TRACK_ARRAYS if f"{name}/{field}" not in arrays]
    if missing:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"holds no array {name}/{missing[0]}")
    return TakeTrack(*(arrays.pop(f"{name}/{field}") for field in _TRACK_ARRAYS))
