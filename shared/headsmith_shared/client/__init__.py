"""Clients of the Headsmith server: plain functions, a blocking Client and a ThreadedClient for user interfaces."""

from headsmith_shared.client.blocking import Client, JobResult, OnEvent
from headsmith_shared.client.functions import cancel, connect, generate, jobs, status
from headsmith_shared.client.inbox import (
    ArtifactListed,
    ArtifactReceived,
    Inbox,
    InboxMessage,
    JobAccepted,
    JobCancelled,
    JobDone,
    JobFailed,
    JobNote,
    JobProgress,
    JobRefused,
    JobStarted,
    LinkChanged,
    LinkState,
    Problem,
    ServerStatus,
)
from headsmith_shared.client.threaded import ThreadedClient
from headsmith_shared.connection import (
    ConnectionInfo,
    find_local_server,
    parse_server,
    read_connection,
    record_server_command,
    recorded_server_command,
)
from headsmith_shared.local_server import start_local_server, stop_local_server
from headsmith_shared.protocol.ids import new_job_id
from headsmith_shared.protocol.messages import ArtifactInfo, JobState, ServerState

__all__ = [
    "ArtifactInfo", "ArtifactListed", "ArtifactReceived", "Client", "ConnectionInfo", "Inbox", "InboxMessage",
    "JobAccepted", "JobCancelled", "JobDone", "JobFailed", "JobNote", "JobProgress", "JobRefused", "JobResult",
    "JobStarted", "JobState", "LinkChanged", "LinkState", "OnEvent", "Problem", "ServerState", "ServerStatus",
    "ThreadedClient", "cancel", "connect", "find_local_server", "generate", "jobs", "new_job_id", "parse_server",
    "read_connection", "record_server_command", "recorded_server_command", "start_local_server", "status",
    "stop_local_server",
]  # fmt: skip
