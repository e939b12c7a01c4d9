"""`headsmith serve`: run the server until it is stopped."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from headsmith_server.commands.command import Command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, what to compute on."""
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="control port, data is N+1 (default: free ones)"
    )
    parser.add_argument("--state-dir", type=Path, metavar="DIR", help="keys, log, store (default: the user's)")
    parser.add_argument("--idle-exit", type=float, metavar="SECONDS", help="stop after that long without a client")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    parser.add_argument("--device", default="auto", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps")


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; 0 then."""
    from headsmith_server.broker import ServeConfig, serve
    from headsmith_shared.connection import ConnectionInfo, connection_file
    from headsmith_shared.errors import ErrorCode, HeadsmithError

    if not 0 <= options.port <= 65534:
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"--port {options.port}: no such port", "choose 1..65534")

    def tell(info: ConnectionInfo) -> None:
        with contextlib.suppress(OSError):  # nobody may be reading
            file = connection_file(options.state_dir)
            print(f"headsmith: listening at {info.control}, connection file {file}", file=sys.stderr, flush=True)

    serve(
        ServeConfig(
            host=options.host,
            port=options.port,
            state_dir=options.state_dir,
            idle_exit=options.idle_exit,
            log_level=options.log_level,
            device=options.device,
        ),
        on_ready=tell,
    )
    return 0


COMMAND = Command("run the server", add_arguments, run)
