"""Start, stop, restart and connect."""

from __future__ import annotations

import bpy

from headsmith_shared.client import LinkState

from ... import __package__ as base_package
from ... import preferences
from ...session import connection, pump
from ..errors import reporting


def open_session(context: bpy.types.Context) -> connection.Session:
    """The session with the preferences of now, its client running and its timer ticking."""
    session = connection.current
    session.options = preferences.options(context)
    session.client()
    pump.start()
    return session


class HEADSMITH_OT_server_start(bpy.types.Operator):
    """Start the server on this computer"""

    bl_idname = "headsmith.server_start"
    bl_label = "Start Server"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not while one is running, starting or stopping."""
        reasons = {
            LinkState.CONNECTED: "A server is running already",
            LinkState.STARTING: "The server is starting",
            LinkState.STOPPING: "The server is stopping",
        }
        reason = reasons.get(connection.current.desk.link)
        if reason is not None:
            cls.poll_message_set(reason)
        return reason is None

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Starts it on a thread; the panel shows how it goes."""
        open_session(context).start_server()
        return {"FINISHED"}


class HEADSMITH_OT_server_stop(bpy.types.Operator):
    """Stop the server on this computer; its running jobs end"""

    bl_idname = "headsmith.server_stop"
    bl_label = "Stop Server"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while connected to one."""
        if connection.current.desk.link is not LinkState.CONNECTED:
            cls.poll_message_set("No server is connected")
            return False
        if connection.current.options.connection_file:
            cls.poll_message_set("This server was started by somebody else (a connection file is set)")
            return False
        return True

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Stops it on a thread; the panel shows how it goes."""
        open_session(context).stop_server()
        return {"FINISHED"}


class HEADSMITH_OT_server_restart(bpy.types.Operator):
    """Stop the server and start it again"""

    bl_idname = "headsmith.server_restart"
    bl_label = "Restart Server"

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """One thread does both, one after the other."""
        open_session(context).restart_server()
        return {"FINISHED"}


class HEADSMITH_OT_server_connect(bpy.types.Operator):
    """Look for the server again, with the settings of the preferences"""

    bl_idname = "headsmith.server_connect"
    bl_label = "Connect"

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """A new client; jobs that are going on are followed again, those that still wait are sent again."""
        session = connection.current
        jobs = [job for job in session.desk.jobs.values() if not job.phase.over]
        session.close()
        open_session(context)
        for job in jobs:
            session.take_up(job)
        return {"FINISHED"}


class HEADSMITH_OT_preferences(bpy.types.Operator):
    """Open Headsmith's page in the preferences"""

    bl_idname = "headsmith.preferences"
    bl_label = "Headsmith Preferences"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Shows the page; needs a window."""
        if bpy.app.background:
            self.report({"ERROR"}, "There is no window to show the preferences in")
            return {"CANCELLED"}
        bpy.ops.preferences.addon_show(module=base_package)
        return {"FINISHED"}


CLASSES = (
    HEADSMITH_OT_server_start,
    HEADSMITH_OT_server_stop,
    HEADSMITH_OT_server_restart,
    HEADSMITH_OT_server_connect,
    HEADSMITH_OT_preferences,
)
