"""`headsmith bench NAME`: how fast it is on this machine."""

import argparse

from headsmith_server.commands import measure
from headsmith_server.commands.command import Command


def run(options: argparse.Namespace) -> int:
    """Print the figures."""
    return measure.measure("bench", options)


COMMAND = Command("measure speed", measure.add_arguments, run)
