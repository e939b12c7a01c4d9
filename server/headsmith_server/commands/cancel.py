"""`headsmith cancel JOB`: stop a job that waits or runs."""

from __future__ import annotations

import argparse
import uuid

from headsmith_server.commands.command import Command, add_server, connection_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The job and the server."""
    parser.add_argument("job", help="a job's id, as `headsmith jobs` shows it")
    add_server(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the job is cancelled or was finished already; HeadsmithError NOT_FOUND when there is none."""
    from headsmith_shared.client import cancel
    from headsmith_shared.errors import ErrorCode, HeadsmithError

    try:
        job = str(uuid.UUID(options.job))
    except ValueError:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE, f"{options.job[:60]!r} is no job id", "see `headsmith jobs`"
        ) from None
    cancel(job, connection_of(options, start=False))
    print(f"{job} cancelled")
    return 0


COMMAND = Command("cancel a job", add_arguments, run)
