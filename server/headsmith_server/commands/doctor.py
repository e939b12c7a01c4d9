"""`headsmith doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import argparse
import dataclasses
import json

from headsmith_server.commands.command import Command, add_json

_SIGNS = {"ok": " ok ", "absent": " -- ", "warning": "warn", "failed": "FAIL"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json, --copy."""
    add_json(parser)
    parser.add_argument("--copy", action="store_true", help="a report to paste: no private paths, names or keys")


def run(options: argparse.Namespace) -> int:
    """0 when nothing failed, else 4."""
    from headsmith_server.doctor import Mask, Verdict, examine
    from headsmith_shared import __version__

    checks = examine()
    mask = Mask.of_this_machine() if options.copy else str
    healthy = all(check.verdict is not Verdict.FAILED for check in checks)
    if options.json:
        rows = [{key: mask(value) for key, value in dataclasses.asdict(check).items()} for check in checks]
        print(json.dumps({"version": __version__, "healthy": healthy, "checks": rows}, ensure_ascii=False))
    else:
        print(f"headsmith {__version__}")
        for check in checks:
            print(f"[{_SIGNS[check.verdict]}] {check.name}: {mask(check.found)}")
            if check.remedy:
                print(f"       -> {mask(check.remedy)}")
    return 0 if healthy else 4


COMMAND = Command("check this installation", add_arguments, run)
