"""Identifiers: job and message ids are UUIDs of version 7, which sort by the time of their making."""

from __future__ import annotations

import os
import re
import time
from typing import Final

UUID_PATTERN: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
SHA256_PATTERN: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def uuid7(unix_seconds: float | None = None) -> str:
    """A new UUIDv7 in lower-case text (RFC 9562, 5.7): 48 bits of milliseconds, 74 random bits.

    The standard library has one from Python 3.14 on; Blender's Pythons are older.
    """
    milliseconds = int((time.time() if unix_seconds is None else unix_seconds) * 1000) & (2**48 - 1)
    tail = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (tail >> 68) << 64 | 0b10 << 62 | (tail & (2**62 - 1))
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_job_id() -> str:
    """A fresh job id; a client saves it before it submits, so that asking twice never runs a job twice."""
    return uuid7()
