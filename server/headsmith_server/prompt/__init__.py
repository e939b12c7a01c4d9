"""Words to a description: parse reads a prompt, describe fills what it leaves open."""

from headsmith_server.prompt.describe import describe
from headsmith_server.prompt.description import HeadDescription
from headsmith_server.prompt.parse import parse
from headsmith_server.prompt.reading import Reading, Statement

__all__ = ["HeadDescription", "Reading", "Statement", "describe", "parse"]
