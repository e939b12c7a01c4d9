"""What a command is, and the arguments that several share."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headsmith_shared.connection import ConnectionInfo


@dataclass(frozen=True)
class Command:
    """summary: one line of help; run: takes the parsed options and returns the exit code."""

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For commands without options of their own."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")


def add_server(parser: argparse.ArgumentParser) -> None:
    """--server and --server-key."""
    group = parser.add_argument_group("server")
    group.add_argument(
        "--server",
        default="",
        metavar="FILE|ADDRESS",
        help="a connection file, or tcp://HOST:PORT with --server-key",
    )
    group.add_argument("--server-key", default="", metavar="KEY", help="the server's public key")


def server_command() -> list[str]:
    """How this installation starts its server."""
    return [sys.executable, "-m", "headsmith_server", "serve"]


def connection_of(options: argparse.Namespace, start: bool) -> ConnectionInfo:
    """The server that the options name, else the local one, started when `start` allows it.

    Raises HeadsmithError NO_SERVER, REFUSED, BAD_FILE or BAD_USAGE.
    """
    from headsmith_shared.connection import find_local_server, parse_server
    from headsmith_shared.errors import ErrorCode, HeadsmithError

    if options.server:
        return parse_server(options.server, options.server_key)
    if options.server_key:
        raise HeadsmithError(ErrorCode.BAD_USAGE, "--server-key without --server", "name the server's address too")
    found = find_local_server()
    if found is not None:
        return found
    if not start:
        raise HeadsmithError(ErrorCode.NO_SERVER, "no local server runs", "start one with `headsmith serve`")
    from headsmith_shared.local_server import start_local_server

    print("headsmith: starting a local server", file=sys.stderr)
    return start_local_server(server_command())


@contextlib.contextmanager
def output_folder(folder: Path) -> Generator[Path, None, None]:
    """The folder for results, made when it is absent and taken away again when nothing came of it.

    Raises HeadsmithError BAD_INPUT when it cannot be made.
    """
    from headsmith_shared.atomic import write_error

    new = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # not empty: something came of it
            for place in new:
                place.rmdir()
