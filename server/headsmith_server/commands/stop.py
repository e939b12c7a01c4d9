"""`headsmith stop`: end this user's local server."""

from __future__ import annotations

import argparse

from headsmith_server.commands.command import Command, no_arguments


def run(options: argparse.Namespace) -> int:
    """0 when it ended; HeadsmithError NO_SERVER when none ran."""
    from headsmith_shared.errors import ErrorCode, HeadsmithError
    from headsmith_shared.local_server import stop_local_server

    if not stop_local_server():
        raise HeadsmithError(ErrorCode.NO_SERVER, "no local server runs", "nothing to stop")
    print("server stopped")
    return 0


COMMAND = Command("stop the local server", no_arguments, run)
