"""`headsmith build`: a .head file becomes a Blender file, glTF, FBX, USD or a picture."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from headsmith_server.commands import outputs
from headsmith_server.commands.command import Command, add_json
from headsmith_server.commands.progress import ProgressLine
from headsmith_shared.errors import ErrorCode, HeadsmithError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The head and the wanted files."""
    parser.add_argument("head", type=Path, metavar="HEAD.head", help="a head made by Headsmith")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    add_json(parser)
    outputs.add_outputs(parser)


def run(options: argparse.Namespace) -> int:
    """Make the files; 0 when all are there. They replace files of the same name, but an old .blend
    is kept as .blend1."""
    from headsmith_server.export import ExportChild
    from headsmith_shared.headfile import read_head

    if not outputs.wants_blender(options):
        raise HeadsmithError(
            ErrorCode.BAD_USAGE,
            f"{options.head}: nothing to make of it",
            "add --blend, --glb, --fbx, --usd or --render",
        )
    outputs.check_outputs(options)
    started = time.monotonic()
    with ExportChild() as child, ProgressLine(options.quiet) as line:
        # Read here too: a bad file is told before Blender has loaded.
        read_head(options.head)
        request = outputs.export_request(options, options.head)
        report = child.export(options.head, request, lambda step: line.show(f"Blender: {step}"))
    seconds = time.monotonic() - started
    if options.json:
        files = {kind: str(path) for kind, path in report.files.items()}
        print(json.dumps({"files": files, "seconds": round(seconds, 3), **outputs.as_json(report)}))
        return 0
    for path in report.files.values():
        print(path)
    if not options.quiet:
        with ProgressLine() as line:
            line.note(f"{outputs.seconds_line(dict(report.seconds))}, in all {seconds:.1f} s")
    return 0


COMMAND = Command("make Blender, glTF, FBX, USD files or a picture of a head", add_arguments, run)
