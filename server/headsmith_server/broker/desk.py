"""The control socket's verbs: what each message of a client does, and its answer."""

from __future__ import annotations

import logging
import os
import time
from typing import Final

from headsmith_server.broker.dispatch import Dispatcher
from headsmith_server.broker.jobs import Job, JobTable
from headsmith_server.broker.sessions import Peer, Sessions
from headsmith_server.executors.logline import line
from headsmith_shared import __version__
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import Envelope
from headsmith_shared.protocol.jobspec import decode_spec, spec_hash, spec_label
from headsmith_shared.protocol.messages import (
    LIST_LIMIT,
    Accepted,
    Ack,
    Bye,
    Cancel,
    Conflict,
    Hello,
    Limits,
    List,
    Message,
    NotFound,
    Ping,
    Pong,
    Rejected,
    ServerState,
    State,
    Status,
    Submit,
    Subscribe,
    Welcome,
)

_BUSY_RETRY_S: Final = 5.0
_log = logging.getLogger("headsmith.broker")


class Desk:
    """Answers control messages."""

    def __init__(
        self,
        jobs: JobTable,
        sessions: Sessions,
        dispatcher: Dispatcher,
        epoch: str,
        data_port: int,
        max_jobs: int,
    ) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._epoch = epoch
        self._data_port = data_port
        self._max_jobs = max_jobs
        self._started = time.monotonic()

    def handle(self, peer: Peer, envelope: Envelope) -> None:
        """Does what the message asks and answers it. HeadsmithError(UNSUPPORTED) for a verb of the data socket."""
        message = envelope.message
        if isinstance(message, Bye):
            self._sessions.drop(peer.identity)
            return
        if isinstance(message, Ack):
            self._ack(peer, message)
            return
        self._sessions.reply(peer, self._answer(peer, message), envelope.id)

    def _answer(self, peer: Peer, message: Message) -> Message:
        if isinstance(message, Ping):
            return Pong()
        if isinstance(message, Hello):
            return self._hello(peer, message)
        if isinstance(message, Submit):
            return self._submit(peer, message)
        if isinstance(message, Cancel):
            return self._cancel(peer, message)
        if isinstance(message, Subscribe):
            return self._subscribe(peer, message)
        if isinstance(message, Status):
            return self._status(peer, message)
        if isinstance(message, List):
            return self._list(peer, message)
        raise HeadsmithError(
            ErrorCode.UNSUPPORTED,
            f"{message.verb} is not served on the control socket",
            "install the same Headsmith version on both sides",
        )

    def _hello(self, peer: Peer, message: Hello) -> Message:
        peer.name = message.client
        unknown: list[str] = []
        for job, seq in message.jobs.items():
            if self._jobs.get(job, peer.owner) is None:
                unknown.append(job)
            else:
                self._sessions.subscribe(peer, job, min(seq, self._jobs.log.last_seq(job)))
        _log.info(line("hello", client=message.client, version=message.version, jobs=len(message.jobs)))
        return Welcome(
            self._epoch,
            __version__,
            self._data_port,
            pid=os.getpid(),
            limits=Limits(max_jobs=self._max_jobs),
            unknown=tuple(unknown),
        )

    def _submit(self, peer: Peer, message: Submit) -> Message:
        known = self._jobs.get(message.job)
        if known is not None:
            if known.owner != peer.owner or known.spec_hash != message.spec_hash:
                return Conflict(message.job)
            self._sessions.subscribe(peer, known.id, peer.positions.get(known.id, 0))
            return self._accepted(known, existing=True)
        try:
            if spec_hash(message.spec) != message.spec_hash:
                raise HeadsmithError(ErrorCode.BAD_MESSAGE, "bad message: spec_hash is not the spec's")
            spec = decode_spec(message.spec)
        except HeadsmithError as error:
            return Rejected(error.code.value, error.message[:1000], error.remedy, message.job)
        if self._jobs.unfinished(peer.owner) >= self._max_jobs:
            return Rejected(
                ErrorCode.BUSY.value,
                f"{self._max_jobs} of your jobs wait already",
                "wait for some to end",
                message.job,
                _BUSY_RETRY_S,
            )
        job = self._jobs.add(
            message.job,
            peer.owner,
            message.spec,
            message.spec_hash,
            spec_label(spec),
            message.priority,
            message.deadline,
        )
        _log.info(line("accepted", job=job.id, kind=spec.kind, client=peer.name))
        self._sessions.subscribe(peer, job.id, 0)
        return self._accepted(job)

    def _cancel(self, peer: Peer, message: Cancel) -> Message:
        job = self._jobs.get(message.job, peer.owner)
        if job is None:
            return NotFound(message.job)
        self._dispatcher.cancel(job)
        return self._accepted(job, existing=True)

    def _subscribe(self, peer: Peer, message: Subscribe) -> Message:
        job = self._jobs.get(message.job, peer.owner)
        if job is None:
            return NotFound(message.job)
        self._sessions.subscribe(peer, job.id, min(message.from_seq, self._jobs.log.last_seq(job.id)))
        return self._accepted(job, existing=True)

    def _status(self, peer: Peer, message: Status) -> Message:
        if not message.job:
            return State(self._server_state())
        job = self._jobs.get(message.job, peer.owner)
        if job is None:
            return NotFound(message.job)
        return State(self._server_state(), (self._jobs.state(job),), 1)

    def _list(self, peer: Peer, message: List) -> Message:
        owned = self._jobs.of_owner(peer.owner)
        page = owned[message.offset : message.offset + LIST_LIMIT]
        return State(self._server_state(), tuple(self._jobs.state(job) for job in page), len(owned))

    def _ack(self, peer: Peer, message: Ack) -> None:
        job = self._jobs.get(message.job, peer.owner)
        if job is not None:
            job.acked = max(job.acked, min(message.seq, self._jobs.log.last_seq(job.id)))

    def _accepted(self, job: Job, existing: bool = False) -> Accepted:
        return Accepted(job.id, job.state, self._jobs.log.last_seq(job.id), existing)

    def _server_state(self) -> ServerState:
        states = [job.state for job in self._jobs]
        return ServerState(
            version=__version__,
            epoch=self._epoch,
            uptime_s=time.monotonic() - self._started,
            worker=self._dispatcher.worker,
            device=self._dispatcher.device,
            queued=states.count("queued"),
            running=states.count("running"),
            store_bytes=self._dispatcher.store_bytes,
        )
