"""The closed set of errors. One error carries its remedy and reads the same in the CLI, the panel and the
log."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Why something failed; `exit_code` is what the command line returns."""

    BAD_USAGE = "bad_usage"
    BAD_INPUT = "bad_input"
    BAD_FILE = "bad_file"
    TOO_LARGE = "too_large"
    BAD_MESSAGE = "bad_message"
    UNSUPPORTED = "unsupported"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    BUSY = "busy"
    REFUSED = "refused"
    NO_SERVER = "no_server"
    VERSION_MISMATCH = "version_mismatch"
    CANCELLED = "cancelled"
    DISK_FULL = "disk_full"
    OUT_OF_MEMORY = "out_of_memory"
    MISSING_CHECKPOINT = "missing_checkpoint"
    MISSING_DEPENDENCY = "missing_dependency"
    WORKER_DIED = "worker_died"
    JOB_FAILED = "job_failed"

    @property
    def exit_code(self) -> int:
        """0 is never an error; 2 wrong usage or unreadable input, 3 no server or refused, 130 cancelled,
        else 4."""
        if self in _USAGE:
            return 2
        if self in _NO_SERVER:
            return 3
        return 130 if self is ErrorCode.CANCELLED else 4


_USAGE = frozenset({ErrorCode.BAD_USAGE, ErrorCode.BAD_INPUT, ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE})
_NO_SERVER = frozenset({ErrorCode.NO_SERVER, ErrorCode.REFUSED, ErrorCode.VERSION_MISMATCH, ErrorCode.BUSY})


class HeadsmithError(Exception):
    """A named failure. message: input and cause in one line; remedy: what the user can do, in one line."""

    def __init__(self, code: ErrorCode, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message
