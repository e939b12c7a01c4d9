"""The data socket: blobs go out as far as the client's byte credit reaches, so a slow client costs no memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from headsmith_server.broker.sessions import PeerGone, Unsent
from headsmith_server.executors.store import ContentStore
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import Body
from headsmith_shared.protocol.limits import CHUNK_BYTES, MAX_CREDIT_BYTES
from headsmith_shared.protocol.messages import Chunk, Message

MAX_WAITING: Final = 256
MAX_PEERS: Final = 1024
_CHUNKS_A_TURN: Final = 4


@dataclass
class _Outgoing:
    hash: str
    file: BinaryIO
    offset: int
    size: int


@dataclass
class _DataPeer:
    last_heard: float
    credit: int = 0
    outgoing: deque[_Outgoing] = field(default_factory=deque)


SendBody = Callable[[bytes, Message, Body], None]


class Transfers:
    """Downloads under way. send: puts a chunk to a peer; raises Unsent or PeerGone."""

    def __init__(self, store: ContentStore, send: SendBody) -> None:
        self._store = store
        self._send = send
        self._peers: dict[bytes, _DataPeer] = {}

    @property
    def waiting(self) -> bool:
        """True when some transfer could go on now."""
        return any(peer.credit and peer.outgoing for peer in self._peers.values())

    def credit(self, identity: bytes, amount: int) -> None:
        """The peer bears so many more bytes."""
        peer = self._peer(identity)
        peer.credit = min(MAX_CREDIT_BYTES, peer.credit + amount)

    def get(self, identity: bytes, hash_: str, offset: int) -> bool:
        """Queues a blob from `offset` on; False when it is not there. HeadsmithError: BUSY, BAD_MESSAGE."""
        peer = self._peer(identity)
        if len(peer.outgoing) >= MAX_WAITING:
            raise HeadsmithError(ErrorCode.BUSY, f"{MAX_WAITING} downloads wait already", "wait for some to end")
        file = self._store.open(hash_)
        if file is None:
            return False
        size = file.seek(0, 2)
        if offset > size:
            file.close()
            raise HeadsmithError(ErrorCode.BAD_MESSAGE, f"offset {offset} is beyond the end ({size})")
        file.seek(offset)
        peer.outgoing.append(_Outgoing(hash_, file, offset, size))
        return True

    def drop(self, identity: bytes) -> None:
        """Ends a peer's transfers."""
        peer = self._peers.pop(identity, None)
        for outgoing in peer.outgoing if peer else ():
            outgoing.file.close()

    def close(self) -> None:
        """Ends all transfers."""
        for identity in list(self._peers):
            self.drop(identity)

    def serve(self) -> None:
        """Sends a few chunks to each peer that bears some."""
        for identity, peer in list(self._peers.items()):
            try:
                for _ in range(_CHUNKS_A_TURN):
                    if not (peer.outgoing and (peer.credit or peer.outgoing[0].size == peer.outgoing[0].offset)):
                        break
                    self._send_chunk(identity, peer)
            except Unsent:
                continue
            except PeerGone:
                self.drop(identity)

    def _send_chunk(self, identity: bytes, peer: _DataPeer) -> None:
        outgoing = peer.outgoing[0]
        outgoing.file.seek(outgoing.offset)
        body = outgoing.file.read(min(CHUNK_BYTES, peer.credit, outgoing.size - outgoing.offset))
        self._send(identity, Chunk(outgoing.hash, outgoing.offset, outgoing.size), body)
        outgoing.offset += len(body)
        peer.credit -= len(body)
        if outgoing.offset >= outgoing.size or not body:
            outgoing.file.close()
            peer.outgoing.popleft()

    def _peer(self, identity: bytes) -> _DataPeer:
        peer = self._peers.get(identity)
        now = time.monotonic()
        if peer is None:
            if len(self._peers) >= MAX_PEERS:
                self.drop(min(self._peers, key=lambda known: self._peers[known].last_heard))
            peer = self._peers[identity] = _DataPeer(now)
        peer.last_heard = now
        return peer
