"""The commands of the `headsmith` program, one file each. Importing this room imports no torch."""

from collections.abc import Mapping
from typing import Final

from headsmith_server.commands import (
    bench,
    build,
    cancel,
    doctor,
    evaluate,
    generate,
    jobs,
    serve,
    status,
    stop,
    synth,
)
from headsmith_server.commands.command import Command

COMMANDS: Final[Mapping[str, Command]] = {
    "generate": generate.COMMAND,
    "build": build.COMMAND,
    "serve": serve.COMMAND,
    "status": status.COMMAND,
    "stop": stop.COMMAND,
    "jobs": jobs.COMMAND,
    "cancel": cancel.COMMAND,
    "synth": synth.COMMAND,
    "doctor": doctor.COMMAND,
    "bench": bench.COMMAND,
    "evaluate": evaluate.COMMAND,
}
