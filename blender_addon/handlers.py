"""What happens when a file is opened or Blender starts."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent

from headsmith_shared.errors import HeadsmithError

from . import preferences
from .session import connection, pump, record
from .session.jobs import Job, JobPhase


@persistent
def follow_file(*_: object) -> None:
    """Leave the former file's jobs to the server and take up those that the new file was waiting for."""
    session = connection.current
    session.forget_all()
    pump.forget_unbuilt()
    use_preferred_options()
    pending = [(scene, entry) for scene in bpy.data.scenes for entry in record.unfinished(scene)]
    if not pending:
        return
    if bpy.app.background and not session.open:
        return  # a script decides for itself whether to talk to a server
    session.options = preferences.options(bpy.context)
    for scene, entry in pending:
        session.follow(Job(entry.job_id, entry.head_id, scene.name, JobPhase(entry.phase)))
    pump.start()


def connect_soon() -> None:
    """Shortly after Blender has started: look for a server, and for jobs that the open file waits for."""
    use_preferred_options()
    if not preferences.get(bpy.context).connect_on_start:
        return
    session = connection.current
    session.options = preferences.options(bpy.context)
    try:
        session.client()
        follow_file()
    except HeadsmithError as error:
        session.desk.link_error = error
    pump.start()


def use_preferred_options() -> None:
    """Scenes in which nobody has chosen quality and texture size get those of the preferences."""
    settings = preferences.get(bpy.context)
    for scene in bpy.data.scenes:
        for option in ("quality", "texture_size"):
            if not scene.headsmith.is_property_set(option):
                setattr(scene.headsmith, option, getattr(settings, option))


def register() -> None:
    """In background mode nothing is started: timers never fire there."""
    bpy.app.handlers.load_post.append(follow_file)
    if not bpy.app.background:
        bpy.app.timers.register(connect_soon, first_interval=0.5)


def unregister() -> None:
    """End the timers, then all threads: a live one can crash or hang Blender's exit."""
    if follow_file in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(follow_file)
    if bpy.app.timers.is_registered(connect_soon):
        bpy.app.timers.unregister(connect_soon)
    pump.stop()
    connection.current.close()
