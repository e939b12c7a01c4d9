"""`headsmith evaluate NAME`: how good it is, measured on data."""

import argparse

from headsmith_server.commands import measure
from headsmith_server.commands.command import Command


def run(options: argparse.Namespace) -> int:
    """Print the figures."""
    return measure.measure("evaluation", options)


COMMAND = Command("measure quality", measure.add_arguments, run)
