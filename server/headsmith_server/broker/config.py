"""How a server is started."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from headsmith_server.executors.config import WorkerConfig
from headsmith_shared.errors import ErrorCode, HeadsmithError


@dataclass(frozen=True)
class ServeConfig:
    """Options of `headsmith serve`.

    port: of the control socket, the data socket takes the next one; 0: any two free ports. state_dir: None for the
    user's own. idle_exit: seconds without clients and jobs after which the server ends, None for never.
    device: "auto", "cpu", "cuda" or "cuda:N".
    """

    host: str = "127.0.0.1"
    port: int = 0
    state_dir: Path | None = None
    idle_exit: float | None = None
    log_level: str = "info"
    device: str = "auto"
    max_jobs_per_owner: int = 64
    kept_jobs: int = 64
    worker: WorkerConfig = field(default_factory=WorkerConfig)

    def check(self) -> None:
        """Raises HeadsmithError(BAD_USAGE) for options that cannot be served."""
        if self.host != "localhost":
            try:
                address = ipaddress.ip_address(self.host)
            except ValueError:
                raise HeadsmithError(
                    ErrorCode.BAD_USAGE, f"--host {self.host}: not an IP address", "use 127.0.0.1"
                ) from None
            if not address.is_loopback:
                raise HeadsmithError(
                    ErrorCode.BAD_USAGE,
                    f"--host {self.host}: this server only listens on this machine",
                    "use 127.0.0.1, and an SSH tunnel from elsewhere",
                )
        if not 0 <= self.port <= 65534:
            raise HeadsmithError(ErrorCode.BAD_USAGE, f"--port {self.port}: not a port", "use 0 or 1024..65534")
        if self.idle_exit is not None and not 0 < self.idle_exit < 1e9:
            raise HeadsmithError(ErrorCode.BAD_USAGE, f"--idle-exit {self.idle_exit}: not a time", "use seconds")
        if self.log_level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise HeadsmithError(
                ErrorCode.BAD_USAGE,
                f"--log-level {self.log_level}: not a level",
                "use debug, info, warning or error",
            )
