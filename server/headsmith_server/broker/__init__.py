"""The broker: sockets, jobs, events and artifacts between clients and executors. Imports no torch, decodes no image."""

from headsmith_server.broker.config import ServeConfig
from headsmith_server.broker.serve import serve

__all__ = ["ServeConfig", "serve"]
