"""The client of this Blender process: made when first needed, ended when the extension is disabled."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from headsmith_shared.client import InboxMessage, LinkState, ThreadedClient, parse_server
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import GenerateSpec

from .decoder import Decoder
from .jobs import Desk, Job, JobPhase

FETCHED = ("geometry", "map", "head")


class Client(Protocol):
    """What the session needs of a client; ThreadedClient has it, tests bring their own."""

    def start(self) -> None: ...
    def stop(self, timeout: float = 2.0) -> None: ...
    def poll(self, limit: int = 64) -> list[InboxMessage]: ...
    def submit(self, spec: GenerateSpec, job: str | None = None) -> str: ...
    def cancel(self, job: str) -> None: ...
    def follow(self, job: str, from_seq: int = 0) -> None: ...
    def forget(self, job: str) -> None: ...
    def start_server(self, command: list[str] | None = None, timeout: float = 30.0) -> None: ...
    def stop_server(self) -> None: ...


@dataclass(frozen=True)
class Options:
    """From the preferences. server_command "": the recorded one; connection_file "": this user's local server."""

    server_command: str = ""
    connection_file: str = ""
    start_timeout: float = 30.0
    stop_timeout: float = 2.0


def connect(options: Options) -> Client:
    """A client for the server that the options name. Raises NO_SERVER or BAD_FILE for a bad connection file."""
    where = parse_server(options.connection_file) if options.connection_file else None
    return ThreadedClient(where, name="blender", fetch=FETCHED)


class Session:
    """Client, decoder and desk together. `make_client` is replaced in tests."""

    def __init__(self, make_client: Callable[[Options], Client] = connect) -> None:
        self.make_client = make_client
        self.desk = Desk()
        self.decoder = Decoder()
        self.options = Options()
        self._client: Client | None = None
        self._start_when_stopped = False

    @property
    def open(self) -> bool:
        """Whether a client exists."""
        return self._client is not None

    def client(self) -> Client:
        """The client, made and started when there is none yet."""
        if self._client is None:
            self._client = self.make_client(self.options)
            self._client.start()
        return self._client

    def close(self) -> None:
        """End all threads; jobs go on at the server. Safe to call twice."""
        client, self._client = self._client, None
        if client is not None:
            client.stop(self.options.stop_timeout)
        self.decoder.stop()
        self.desk.link, self.desk.link_error, self.desk.starting = LinkState.OFFLINE, None, False
        self.desk.given_up.clear()

    def poll(self, limit: int = 64) -> list[InboxMessage]:
        """Messages that have come; none while there is no client."""
        return self._client.poll(limit) if self._client is not None else []

    def start_server(self) -> None:
        """Start this user's server in the background. Raises BAD_USAGE for a command that cannot be split."""
        if self.options.connection_file:
            raise HeadsmithError(
                ErrorCode.BAD_USAGE, "a connection file is set: that server is not ours to start",
                "start it where it runs, or clear the connection file in the preferences",
            )  # fmt: skip
        self.client().start_server(_words(self.options.server_command), self.options.start_timeout)

    def stop_server(self) -> None:
        """Stop this user's server in the background."""
        self.client().stop_server()

    def restart_server(self) -> None:
        """Stop this user's server, then start it, both in the background."""
        self._start_when_stopped = True
        self.stop_server()

    def advance(self) -> None:
        """The second half of a restart, once the first is done, and no more of given-up jobs; called by the pump."""
        for job_id in self.desk.given_up:
            self.client().forget(job_id)
        self.desk.given_up.clear()
        if self._start_when_stopped and self.desk.link is LinkState.OFFLINE:
            self._start_when_stopped = False
            self.start_server()

    def submit(self, spec: GenerateSpec, job: Job) -> None:
        """Send a job; it waits here while there is no server. Raises BAD_INPUT for a bad spec."""
        self.client().submit(spec, job.id)
        job.spec = spec
        self.desk.jobs[job.id] = job

    def cancel(self, job: Job) -> None:
        """Ask the server to stop a job."""
        if not job.phase.over:
            job.phase = JobPhase.CANCELLING
            self.client().cancel(job.id)

    def follow(self, job: Job) -> None:
        """Take up a job whose id was stored in the file."""
        self.desk.jobs[job.id] = job
        self.client().follow(job.id)

    def take_up(self, job: Job) -> None:
        """Go on with a job through a new client. One that may never have been sent is sent again under its id."""
        if job.phase is JobPhase.WAITING and job.spec is not None:
            self.submit(job.spec, job)
        else:
            self.follow(job)

    def give_up(self, job: Job, error: HeadsmithError) -> None:
        """End a job that waits for a server with an error."""
        self.desk.fail(job, error)
        self.client().forget(job.id)

    def forget_all(self) -> None:
        """Leave all running jobs to the server: another file was opened."""
        for job in self.desk.jobs.values():
            if not job.phase.over and self._client is not None:
                self._client.forget(job.id)
        self.desk.jobs.clear()
        self.desk.arrivals.clear()


def _words(command: str) -> list[str] | None:
    if not command.strip():
        return None
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE, f"server command: {error}", "mend the quotes in the preferences"
        ) from error
    return [str(Path(words[0]).expanduser()), *words[1:]]


current = Session()
