"""The messages between clients and the server (see messages), and how they are written and read."""

from headsmith_shared.protocol.codec import Envelope, OpenedFrames, build, decode, encode, message_type, open_frames
from headsmith_shared.protocol.ids import new_job_id, uuid7
from headsmith_shared.protocol.jobspec import (
    SPEC_KINDS,
    Spec,
    canonical_json,
    check_spec,
    decode_spec,
    encode_spec,
    spec_hash,
    spec_label,
)
from headsmith_shared.protocol.limits import VERSION

__all__ = [
    "SPEC_KINDS", "VERSION", "Envelope", "OpenedFrames", "Spec", "build", "canonical_json", "check_spec", "decode",
    "decode_spec", "encode", "encode_spec", "message_type", "new_job_id", "open_frames", "spec_hash", "spec_label",
    "uuid7",
]  # fmt: skip
