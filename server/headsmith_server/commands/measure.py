"""What `headsmith bench` and `headsmith evaluate` share: find the module of that name, run it, print its
figures.

Each measurement is a module with `run(...) -> Figures` in the room of its command; a hyphen in its name on
the command line is an underscore in its file's.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
from pathlib import Path

from headsmith_server.commands.command import add_json
from headsmith_shared.errors import ErrorCode, HeadsmithError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The name, --data, --quick, --json."""
    parser.add_argument("name", help="what to measure; 'list' names all")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder of real test data, where one is needed")
    parser.add_argument("--quick", action="store_true", help="the same figures on less work")
    add_json(parser)


def measure(room: str, options: argparse.Namespace) -> int:
    """Run headsmith_server.ROOM.NAME and print its figures; 0 whether the goals are met or not."""
    names = available(room)
    if options.name == "list":
        print("\n".join(names))
        return 0
    if options.name not in names:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE,
            f"nothing to measure is called {options.name[:60]!r}",
            f"choose one of: {', '.join(names)}",
        )
    run = importlib.import_module(f"headsmith_server.{room}.{options.name.replace('-', '_')}").run
    accepted = inspect.signature(run).parameters
    keywords: dict[str, object] = {"quick": options.quick}
    if "data" in accepted:
        if options.data is None and accepted["data"].default is inspect.Parameter.empty:
            raise HeadsmithError(ErrorCode.BAD_USAGE, f"{options.name}: needs test data", "add --data DIR")
        if options.data is not None and not options.data.is_dir():
            raise HeadsmithError(
                ErrorCode.BAD_INPUT, f"--data {options.data}: no such folder", "name the data's folder"
            )
        keywords["data"] = options.data
    elif options.data is not None:
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"{options.name}: uses no test data", "leave --data out")
    figures = run(**keywords)
    print(figures.to_json() if options.json else figures.to_table())
    return 0


def available(room: str) -> tuple[str, ...]:
    """The names of that room: its modules whose source has a `run` that returns Figures, without importing
    them."""
    folder = Path(__file__).parent.parent / room
    return tuple(
        sorted(
            path.stem.replace("_", "-")
            for path in folder.glob("*.py")
            if "-> Figures:" in path.read_text(encoding="utf-8") and "\ndef run(" in path.read_text(encoding="utf-8")
        )
    )
