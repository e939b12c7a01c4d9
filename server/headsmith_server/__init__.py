"""Headsmith's compute server: broker, workers, pipelines, networks and the command line."""

from headsmith_shared import __version__

__all__ = ["__version__"]
