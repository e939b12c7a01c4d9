"""The arguments that say which files are made of a head, shared by `generate` and `build`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from headsmith_server.export.request import SUFFIXES, USD_SUFFIXES, ExportReport, ExportRequest, Portrait
from headsmith_shared.errors import ErrorCode, HeadsmithError

_HELP: Final = {
    "blend": "a Blender file",
    "glb": "a glTF file",
    "fbx": "an FBX file",
    "usd": "a USD file",
    "render": "a portrait picture",
}
_AUTOMATIC: Final = Path()
_PORTRAIT: Final = Portrait()
_MOST_SIDE: Final = 8192


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """--blend, --glb, --fbx, --usd, --render (each with an optional file), --no-pack and the portrait's
    options."""
    group = parser.add_argument_group("files made by Blender; without FILE they are named after the head")
    for kind, text in _HELP.items():
        group.add_argument(f"--{kind}", nargs="?", type=Path, const=_AUTOMATIC, metavar="FILE", help=text)
    group.add_argument("--no-pack", action="store_true", help="keep the maps beside the .blend, not inside")
    group.add_argument("--view", choices=("front", "three_quarter", "profile"), default="three_quarter")
    group.add_argument("--engine", choices=("cycles", "eevee", "workbench"), default="cycles")
    group.add_argument(
        "--samples", type=_whole(1, 4096), default=_PORTRAIT.samples, metavar="N", help="samples per pixel"
    )
    group.add_argument("--render-size", type=_size, default=_PORTRAIT.size, metavar="WxH", help="pixels")


def automatic_endings(options: argparse.Namespace) -> tuple[str, ...]:
    """The endings of the files that will be named after the head."""
    return tuple(SUFFIXES[kind] for kind in _HELP if getattr(options, kind) == _AUTOMATIC)


def wants_blender(options: argparse.Namespace) -> bool:
    """Whether any file is wanted that only Blender makes."""
    return any(getattr(options, kind) is not None for kind in _HELP)


def check_outputs(options: argparse.Namespace) -> None:
    """HeadsmithError BAD_USAGE or BAD_INPUT for a name with a wrong ending, in no folder, or given twice."""
    seen: set[Path] = set()
    for kind in _HELP:
        path: Path | None = getattr(options, kind)
        if path is None or path == _AUTOMATIC:
            continue
        endings = USD_SUFFIXES if kind == "usd" else (SUFFIXES[kind],)
        if path.suffix.lower() not in endings:
            raise HeadsmithError(
                ErrorCode.BAD_USAGE,
                f"--{kind} {path}: does not end in {' or '.join(endings)}",
                f"write --{kind} FILE{endings[0]}, or put the prompt before --{kind}",
            )
        if not path.parent.is_dir():
            raise HeadsmithError(
                ErrorCode.BAD_INPUT, f"--{kind} {path}: no folder {path.parent}", "make the folder first"
            )
        if path.is_dir():
            raise HeadsmithError(ErrorCode.BAD_INPUT, f"--{kind} {path}: is a folder", "name a file")
        if path.resolve() in seen:
            raise HeadsmithError(ErrorCode.BAD_USAGE, f"--{kind} {path}: named twice", "give each its own name")
        seen.add(path.resolve())


def export_request(options: argparse.Namespace, head: Path) -> ExportRequest:
    """The wanted files; those without a name of their own lie beside the .head file and carry its name."""
    files: dict[str, Path] = {}
    for kind in _HELP:
        path: Path | None = getattr(options, kind)
        if path is not None:
            files[kind] = head.with_suffix(SUFFIXES[kind]) if path == _AUTOMATIC else path
    engine = options.engine.upper()
    portrait = Portrait(options.view, engine, options.render_size, options.samples)
    return ExportRequest(files, not options.no_pack, portrait)


def as_json(report: ExportReport | None) -> dict[str, object]:
    """The report's part of a command's JSON object."""
    if report is None:
        return {}
    return {
        "blender": dict(report.versions),
        "blender_seconds": {name: round(value, 3) for name, value in report.seconds.items()},
    }


def seconds_line(seconds: dict[str, float]) -> str:
    """ "geometry 0.31 s, maps 5.20 s" """
    return ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, for instance 768x960")
    size = int(width), int(height)
    if not all(16 <= side <= _MOST_SIDE for side in size):
        raise argparse.ArgumentTypeError(f"{text!r}: each side must be 16..{_MOST_SIDE} pixels")
    return size


def _whole(least: int, most: int):
    def parse(text: str) -> int:
        if not text.isdecimal() or len(text) > 12 or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return parse
