"""`headsmith jobs`: this user's jobs on the server."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json

from headsmith_server.commands.command import Command, add_json, add_server, connection_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which server, and the form of the answer."""
    add_json(parser)
    add_server(parser)


def run(options: argparse.Namespace) -> int:
    """Print a line a job, newest last."""
    from headsmith_shared.client import jobs

    found = jobs(connection_of(options, start=False))
    if options.json:
        print(json.dumps({"jobs": [dataclasses.asdict(job) for job in found]}, ensure_ascii=False))
        return 0
    for job in reversed(found):
        when = datetime.datetime.fromtimestamp(job.created).strftime("%Y-%m-%d %H:%M:%S")
        stage = f" {job.fraction:.0%} {job.stage}" if job.state == "running" else ""
        print(f"{job.job}  {when}  {job.state}{stage}  {job.label}")
    return 0


COMMAND = Command("list jobs", add_arguments, run)
