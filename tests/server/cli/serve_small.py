"""A real server whose worker runs small_pipeline; its state folder is HEADSMITH_STATE_DIR."""

from __future__ import annotations

from pathlib import Path

from headsmith_server.broker import ServeConfig, serve
from headsmith_server.executors.config import WorkerConfig

PIPELINE = "tests.server.cli.small_pipeline"

if __name__ == "__main__":
    root = str(Path(__file__).resolve().parents[3])
    worker = WorkerConfig(f"{PIPELINE}:run", f"{PIPELINE}:warm_up", python_path=(root,))
    serve(ServeConfig(worker=worker))
