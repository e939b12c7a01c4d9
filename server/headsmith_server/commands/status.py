"""`headsmith status`: is there a server, and what does it do?"""

from __future__ import annotations

import argparse
import dataclasses
import json

from headsmith_server.commands.command import Command, add_json, add_server, connection_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which server, and the form of the answer."""
    add_json(parser)
    add_server(parser)


def run(options: argparse.Namespace) -> int:
    """0 when a server answers; HeadsmithError NO_SERVER or REFUSED else."""
    from headsmith_shared.client import status

    connection = connection_of(options, start=False)
    server = status(connection).server
    if options.json:
        print(json.dumps({"address": connection.control, "pid": connection.pid, **dataclasses.asdict(server)}))
        return 0
    print(f"server {server.version} at {connection.control}, up {server.uptime_s:.0f} s")
    print(f"worker {server.worker} on {server.device or 'no device yet'}")
    print(f"jobs: {server.running} running, {server.queued} queued; store {server.store_bytes / 1e6:.1f} MB")
    return 0


COMMAND = Command("show what the server does", add_arguments, run)
