"""Reading .head bytes on a thread, because checking and unpacking tens of megabytes would stall the window."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import get_args

from headsmith_shared.asset import CHANNELS, MATERIAL_NAMES, HeadAsset, MediaType, TextureMap
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import read_head

from .jobs import Arrival


@dataclass(frozen=True)
class Decoded:
    """A head or a single map that was read, or why it could not be."""

    job_id: str
    kind: str
    asset: HeadAsset | None = field(default=None, repr=False)
    texture: TextureMap | None = field(default=None, repr=False)
    error: HeadsmithError | None = None


class Decoder:
    """One thread that turns arrivals into assets. It never touches bpy."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Arrival | None] = SimpleQueue()
        self._done: SimpleQueue[Decoded] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, arrival: Arrival) -> None:
        """Queue some bytes; the thread starts with the first ones."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="headsmith-decoder", daemon=True)
            self._thread.start()
        self._work.put(arrival)

    def poll(self) -> Decoded | None:
        """The next finished one, or None; returns at once."""
        try:
            return self._done.get_nowait()
        except Empty:
            return None

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread; safe to call twice."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join(timeout)
            self._thread = None

    def _run(self) -> None:
        while (arrival := self._work.get()) is not None:
            try:
                self._done.put(_decode(arrival))
            except HeadsmithError as error:
                self._done.put(Decoded(arrival.job_id, arrival.kind, error=error))
            except Exception as error:  # a defect of ours must reach the panel, not end the thread
                broken = HeadsmithError(ErrorCode.BAD_FILE, f"the head cannot be read: {error!r}", "report this")
                self._done.put(Decoded(arrival.job_id, arrival.kind, error=broken))


def _decode(arrival: Arrival) -> Decoded:
    if arrival.kind != "map":
        return Decoded(arrival.job_id, arrival.kind, read_head(arrival.data))
    meta = arrival.meta
    if meta.get("material") not in MATERIAL_NAMES or meta.get("channel") not in CHANNELS:
        raise HeadsmithError(ErrorCode.BAD_MESSAGE, f"a map for {meta.get('material')!r} came", "update the extension")
    if arrival.media_type not in get_args(MediaType):
        raise HeadsmithError(ErrorCode.BAD_MESSAGE, f"a map as {arrival.media_type!r} came", "update the extension")
    texture = TextureMap(
        material=meta["material"],
        channel=meta["channel"],
        colour_space=meta.get("colour_space", "srgb" if meta["channel"] == "albedo" else "linear"),
        media_type=arrival.media_type,
        width=int(meta.get("width", 0)),
        height=int(meta.get("height", 0)),
        data=arrival.data,
        midlevel=float(meta.get("midlevel", 0.5)),
        scale_m=float(meta.get("scale_m", 0.0)),
    )
    return Decoded(arrival.job_id, arrival.kind, texture=texture)
