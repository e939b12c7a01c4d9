"""Reading messages on the server: the shared frame checks, then msgspec against the shared dataclasses."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from headsmith_shared.errors import HeadsmithError
from headsmith_shared.protocol.checks import bad_message
from headsmith_shared.protocol.codec import Body, Envelope, OpenedFrames, message_type, open_frames
from headsmith_shared.protocol.messages import CLIENT_MESSAGES, Message


def read_message(frames: Sequence[Body]) -> Envelope:
    """A client's message; HeadsmithError as headsmith_shared.protocol.codec.decode raises it."""
    return read_opened(open_frames(frames))


def read_opened(opened: OpenedFrames, allowed: Sequence[type[Message]] = CLIENT_MESSAGES) -> Envelope:
    """The typed message of frames that are sound."""
    kind = message_type(opened, allowed)
    try:
        message = msgspec.convert(opened.fields, kind, strict=True)
    except HeadsmithError:
        raise
    except Exception as error:  # RecursionError and more besides ValidationError: hostile input, one answer
        raise bad_message(f"{kind.verb}: {error}"[:300]) from None
    return Envelope(message, opened.id, opened.re, opened.body)
