"""Control connections: who listens to which job, and how far each has been served.

Memory per peer is bounded: durable events stay in the log and a peer holds only a position in it; of a job's progress
it holds the newest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from headsmith_server.broker.jobs import JobTable
from headsmith_shared.errors import HeadsmithError
from headsmith_shared.protocol.messages import Event, Message

EVENT_WINDOW: Final = 256
MAX_REPLIES: Final = 256
MAX_PEERS: Final = 1024
_MAX_STRIKES: Final = 8


@dataclass
class Peer:
    """A control connection. positions: {job: seq sent so far}."""

    identity: bytes
    owner: str
    last_heard: float
    name: str = ""
    positions: dict[str, int] = field(default_factory=dict)
    progress: dict[str, Event] = field(default_factory=dict)
    replies: deque[tuple[Message, str]] = field(default_factory=deque)
    strikes: int = 0

    @property
    def outlawed(self) -> bool:
        """True when it broke the protocol too often to be answered."""
        return self.strikes >= _MAX_STRIKES


class Unsent(Exception):
    """The peer's queue is full; try later."""


class PeerGone(Exception):
    """The peer is not connected any more."""


Send = Callable[[bytes, Message, str], None]


class Sessions:
    """All control connections. send: puts (peer, message, id it answers); raises Unsent or PeerGone."""

    def __init__(self, jobs: JobTable, send: Send) -> None:
        self._jobs = jobs
        self._send = send
        self._peers: dict[bytes, Peer] = {}
        self._pending: set[bytes] = set()
        self._forgotten: deque[bytes] = deque(maxlen=MAX_PEERS)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self._peers.values())

    def __len__(self) -> int:
        return len(self._peers)

    @property
    def waiting(self) -> bool:
        """True when some peer could not be served in full."""
        return bool(self._pending)

    def heard(self, identity: bytes, owner: str, now: float) -> Peer:
        """The peer that a message came from, known from now on."""
        peer = self._peers.get(identity)
        if peer is None:
            if len(self._peers) >= MAX_PEERS:
                oldest = min(self._peers.values(), key=lambda peer: peer.last_heard).identity
                self.drop(oldest)
                self._forgotten.append(oldest)
            peer = self._peers[identity] = Peer(identity, owner, now)
        peer.last_heard = now
        return peer

    def drop(self, identity: bytes) -> None:
        """Forgets a peer."""
        self._peers.pop(identity, None)
        self._pending.discard(identity)

    def expire(self, before: float) -> None:
        """Forgets peers that were last heard before that time."""
        for identity in [peer.identity for peer in self._peers.values() if peer.last_heard < before]:
            self.drop(identity)

    def reply(self, peer: Peer, message: Message, re: str) -> None:
        """Answers a message: now, or when the peer has read what lies before it."""
        if len(peer.replies) >= MAX_REPLIES:
            # It asks and does not read. It is told when it says something again, and then connects anew.
            self.drop(peer.identity)
            self._forgotten.append(peer.identity)
            return
        peer.replies.append((message, re))
        self._pending.add(peer.identity)

    def was_dropped(self, identity: bytes) -> bool:
        """True when the peer was dropped while it was connected, so that its subscriptions are lost."""
        return identity in self._forgotten

    def subscribe(self, peer: Peer, job: str, from_seq: int) -> None:
        """From now on the peer gets the job's events after from_seq."""
        peer.positions[job] = from_seq
        self._pending.add(peer.identity)

    def event(self, job: str) -> None:
        """There is a new durable event of that job."""
        for peer in self._peers.values():
            if job in peer.positions:
                peer.progress.pop(job, None)
                self._pending.add(peer.identity)

    def progress(self, event: Event) -> None:
        """A new progress; it replaces what a peer has not got yet."""
        for peer in self._peers.values():
            if event.job in peer.positions:
                peer.progress[event.job] = event
                self._pending.add(peer.identity)

    def forget_job(self, job: str) -> None:
        """The job is no longer kept."""
        for peer in self._peers.values():
            peer.positions.pop(job, None)
            peer.progress.pop(job, None)

    def serve(self) -> None:
        """Sends what can be sent."""
        for identity in list(self._pending):
            peer = self._peers[identity]
            try:
                waits = self._serve(peer)
            except Unsent:
                continue
            except (PeerGone, HeadsmithError):  # the latter: an event that no header holds
                self.drop(identity)
                continue
            if not waits:
                self._pending.discard(identity)

    def _serve(self, peer: Peer) -> bool:
        """Sends to one peer; True when its window is closed until it acknowledges."""
        while peer.replies:
            message, re = peer.replies[0]
            self._send(peer.identity, message, re)
            peer.replies.popleft()
        closed = False
        for job_id, position in list(peer.positions.items()):
            job = self._jobs.get(job_id)
            room = EVENT_WINDOW - (position - job.acked) if job is not None else 0
            for event in self._jobs.log.after(job_id, position, max(0, room)):
                self._send(peer.identity, event, "")
                peer.positions[job_id] = event.seq
            closed = closed or peer.positions[job_id] < self._jobs.log.last_seq(job_id)
        while peer.progress:
            job_id, event = next(iter(peer.progress.items()))
            self._send(peer.identity, event, "")
            del peer.progress[job_id]
        return closed
