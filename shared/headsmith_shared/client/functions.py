"""What the sidebar can do, as plain functions: connect, generate, cancel, look. The command line is thin over them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from headsmith_shared.client.blocking import Client, JobResult, OnEvent
from headsmith_shared.client.inbox import ServerStatus
from headsmith_shared.connection import ConnectionInfo, find_local_server, parse_server
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.local_server import start_local_server
from headsmith_shared.protocol.jobspec import check_spec
from headsmith_shared.protocol.messages import JobState
from headsmith_shared.specs import GenerateSpec


def connect(
    server: str = "",
    server_key: str = "",
    *,
    start: bool = True,
    directory: Path | None = None,
    timeout: float = 30.0,
) -> ConnectionInfo:
    """The server that `--server` and `--server-key` name, else this user's, started when `start` and none runs.

    HeadsmithError: NO_SERVER, BAD_USAGE, BAD_FILE.
    """
    if server:
        return parse_server(server, server_key, directory)
    if start:
        return start_local_server(directory=directory, timeout=timeout)
    found = find_local_server(directory)
    if found is None:
        raise HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it with: headsmith serve")
    return found


def generate(
    spec: GenerateSpec,
    connection: ConnectionInfo | None = None,
    *,
    on_event: OnEvent | None = None,
    fetch: Collection[str] = ("head",),
    job: str | None = None,
    start: bool = True,
    name: str = "cli",
) -> JobResult:
    """A head from a sentence: submits, follows and downloads; blocks until the job is over.

    connection None: this user's local server, started when `start` and none runs. on_event gets the inbox messages
    as they come. Ctrl-C, or any exception of on_event, cancels the job on the server before it passes on.
    HeadsmithError: BAD_INPUT, NO_SERVER, BUSY, CANCELLED, or why the job failed.
    """
    check_spec(spec)
    info = connection or connect(start=start)
    with Client(info, name=name, fetch=fetch) as client:
        job = client.submit(spec, job)
        try:
            return client.wait(job, on_event)
        except HeadsmithError:
            raise
        except BaseException:
            _cancel_quietly(client, job)
            raise


def cancel(job: str, connection: ConnectionInfo | None = None) -> str:
    """Cancels a job; gives its state then ("cancelled" may follow a moment later). HeadsmithError(NOT_FOUND)."""
    with Client(connection or connect(start=False)) as client:
        return client.cancel(job)


def status(connection: ConnectionInfo | None = None) -> ServerStatus:
    """The server at a glance. HeadsmithError(NO_SERVER) when none runs."""
    with Client(connection or connect(start=False)) as client:
        return client.status()


def jobs(connection: ConnectionInfo | None = None) -> tuple[JobState, ...]:
    """This owner's jobs, newest first. HeadsmithError(NO_SERVER) when no server runs."""
    with Client(connection or connect(start=False)) as client:
        return client.list()


def _cancel_quietly(client: Client, job: str) -> None:
    with contextlib.suppress(HeadsmithError):  # the reason for cancelling is what the caller hears
        client.cancel(job)
