"""Where jobs are computed: one interface, and one spawned worker process behind it."""

from .config import WorkerConfig
from .protocol import Executor

__all__ = ["Executor", "WorkerConfig"]
