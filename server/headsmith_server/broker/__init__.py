"""The broker: sockets, jobs, events and artifacts between clients and executors. Imports no torch, decodes no image."""

from .config import ServeConfig
from .serve import serve

__all__ = ["ServeConfig", "serve"]
