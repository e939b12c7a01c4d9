"""The `headsmith` command: arguments in, one exit code out. What each command does stands in `commands/`.

Exit codes: 0 done, 2 wrong usage or unreadable input, 3 no server or refused, 4 the job failed, 130
cancelled.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from headsmith_server.commands import COMMANDS
from headsmith_shared import __version__
from headsmith_shared.errors import ErrorCode, HeadsmithError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are one line on standard error, never a traceback."""
    with contextlib.suppress(AttributeError, ValueError):  # a replaced stream, as in tests, keeps its ways
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    with contextlib.suppress(ValueError):  # only the main thread may set signals
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except HeadsmithError as error:
        if options.debug:
            raise
        return _report(error, options)
    except KeyboardInterrupt:
        return _report(HeadsmithError(ErrorCode.CANCELLED, "cancelled"), options)
    except BrokenPipeError:
        # The reader of a pipe went away (`headsmith jobs | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        if options.debug:
            raise
        cause = (str(error).strip().splitlines() or [""])[0]
        return _report(
            HeadsmithError(
                ErrorCode.JOB_FAILED,
                f"{options.command}: {type(error).__name__}: {cause}",
                "this is a bug: run again with --debug and report what it prints",
            ),
            options,
        )


class _Parser(argparse.ArgumentParser):
    """argparse's errors in the form of all others: one line, exit code 2."""

    def error(self, message: str) -> NoReturn:
        wanted_json = "--json" in sys.argv[1:]
        error = HeadsmithError(ErrorCode.BAD_USAGE, message, f"see `{self.prog} --help`")
        sys.exit(_report(error, argparse.Namespace(json=wanted_json)))


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser = _Parser(prog="headsmith", description="Rigged 3D heads from words.")
    parser.add_argument("--version", action="version", version=f"headsmith {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(
            name, parents=[common], help=command.summary, description=command.summary, allow_abbrev=False
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _report(error: HeadsmithError, options: argparse.Namespace) -> int:
    remedy = f"; {error.remedy}" if error.remedy else ""
    line = f"headsmith: {error.message}{remedy}"
    print(" ".join(line.split()), file=sys.stderr)
    if getattr(options, "json", False):
        body = {"code": error.code.value, "message": error.message, "remedy": error.remedy}
        print(json.dumps({"error": body}, ensure_ascii=False))
    return error.code.exit_code


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    # Ended from outside (a batch system, `kill`): the same orderly way out as Ctrl-C.
    raise KeyboardInterrupt
