"""Where jobs are computed: one interface, and one spawned worker process behind it."""

from headsmith_server.executors.config import WorkerConfig
from headsmith_server.executors.protocol import Executor

__all__ = ["Executor", "WorkerConfig"]
