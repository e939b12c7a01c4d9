"""All checks in the order of the report."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from headsmith_server.doctor import machine, software
from headsmith_server.doctor.check import Check, Verdict

_CHECKS: Final[tuple[Callable[[], Check | list[Check]], ...]] = (
    software.python,
    software.packages,
    software.torch,
    software.checkpoints,
    software.opencv,
    software.torchvision,
    machine.bpy,
    machine.extension,
    machine.server,
    machine.port,
    machine.disk,
    software.mediapipe,
    software.nvdiffrast,
)


def examine() -> tuple[Check, ...]:
    """Every finding. The slow ones wait for processes of their own, so two run at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(_safely, _CHECKS))
    return tuple(check for result in results for check in result)


def _safely(check: Callable[[], Check | list[Check]]) -> list[Check]:
    # A doctor that falls ill over one patient helps nobody: what a check did not foresee is its finding.
    try:
        result = check()
    except Exception as error:
        name = check.__name__.replace("_", " ")
        return [Check(name, Verdict.FAILED, f"{type(error).__name__}: {error}", "report this line")]
    return result if isinstance(result, list) else [result]
