"""One finding, and a process to try out imports that may crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """ABSENT: an optional thing is not there; WARNING: it works, but not for long or not well."""

    OK = "ok"
    ABSENT = "absent"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """name: what was looked at; found: one line; remedy: one line, empty when nothing is to be done."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Probe:
    """What a piece of Python printed as JSON (value), or its last line of error."""

    value: Any = None
    error: str = ""


def probe(code: str, timeout: float = 60.0) -> Probe:
    """Run Python code that prints one line of JSON last, in a process of its own: an import that crashes,
    hangs or chatters does no harm here."""
    try:
        with tempfile.TemporaryDirectory(prefix="headsmith-doctor-", ignore_cleanup_errors=True) as folder:
            # bpy makes a temporary folder, and leaves it when it is not ended by Blender's own way out.
            private = dict.fromkeys(("BLENDER_USER_RESOURCES", "TMPDIR", "TEMP", "TMP"), folder)
            done = subprocess.run(
                [sys.executable, "-c", code], env=os.environ | private, capture_output=True, text=True,
                errors="replace", timeout=timeout,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Probe(error=f"no answer within {timeout:.0f} s")
    except OSError as error:
        return Probe(error=str(error))
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0 and lines:
        try:
            return Probe(json.loads(lines[-1]))
        except ValueError:
            return Probe(error=lines[-1][:300])
    errors = done.stderr.strip().splitlines()
    return Probe(error=errors[-1][:300] if errors else f"exit status {done.returncode}")
