"""The one place where what the threads brought reaches bpy, a few milliseconds at a time.

In a window a timer calls `pump`; scripts and tests call it by hand, because timers do not fire in background mode.
"""

from __future__ import annotations

import time
from dataclasses import replace

import bpy

from headsmith_shared.asset import HeadAsset
from headsmith_shared.client import LinkState
from headsmith_shared.errors import ErrorCode, HeadsmithError

from .. import preferences
from ..builders.build import add_map, build_head
from ..builders.place import free_place
from . import connection, record
from .decoder import Decoded
from .jobs import Arrival, Job
from .show import show

BUDGET_S = 0.008
_BUSY_S, _IDLE_S, _OFFLINE_S, _CLOCK_S = 0.05, 0.25, 1.0, 0.5

_waiting: dict[str, list[Decoded]] = {}
_coarse: dict[str, HeadAsset] = {}  # job id -> the geometry that was built, with the maps that came since
_drawn = 0.0
_unsaved_steps: dict[str, str] = {}  # job id -> object that was built and is not yet in the undo history


def pump(budget: float = BUDGET_S) -> bool:
    """Handle messages until the budget is used up, build at most one head. True when something has changed."""
    session = connection.current
    until = time.perf_counter() + budget
    changed = False
    while time.perf_counter() < until:
        messages = session.poll(8)
        for message in messages:
            session.desk.receive(message)
            changed = True
        if not messages:
            break
    if changed:
        session.advance()
    for arrival in _take(session.desk.arrivals):
        session.decoder.put(arrival)
    while (decoded := session.decoder.poll()) is not None:
        _queue(decoded)
    changed |= _build_one()
    if changed:
        _sync_records()
        _push_undo()
        _redraw()
    return changed


def pump_until_over(job: Job, timeout: float) -> None:
    """Pump by hand until a job is over; for scripts. Raises CANCELLED when the time is up or Ctrl-C is pressed."""
    until = time.monotonic() + timeout
    try:
        while not job.phase.over:
            if not pump(1.0):
                time.sleep(0.005)
            if time.monotonic() > until:
                raise HeadsmithError(
                    ErrorCode.CANCELLED, f"the job took longer than {timeout:g} s", "raise the timeout"
                )
    except (KeyboardInterrupt, HeadsmithError):
        connection.current.cancel(job)
        raise


def start() -> None:
    """Let Blender's timer pump. Does nothing in background mode, where timers never fire."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=0.0, persistent=True)


def stop() -> None:
    """End the timer."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    forget_unbuilt()


def forget_unbuilt() -> None:
    """Drop versions that have not been built yet: another file was opened."""
    _waiting.clear()
    _coarse.clear()
    _unsaved_steps.clear()


def _tick() -> float:
    desk = connection.current.desk
    try:
        pump()
    except Exception as error:  # an exception would end the timer for good
        job = desk.active()
        text = HeadsmithError(ErrorCode.JOB_FAILED, f"Blender side: {error!r}", "report this")
        if job is not None:
            desk.fail(job, text)
        else:
            desk.link_error = text
        _redraw()
    if desk.active() is not None or desk.link in (LinkState.STARTING, LinkState.STOPPING, LinkState.CONNECTING):
        _redraw_the_time()
        return _BUSY_S
    return _IDLE_S if desk.link is LinkState.CONNECTED else _OFFLINE_S


def _take(arrivals: list[Arrival]) -> list[Arrival]:
    taken = list(arrivals)
    arrivals.clear()
    return taken


def _queue(decoded: Decoded) -> None:
    """Keep the order of arrival; the finished head makes everything before it needless."""
    desk = connection.current.desk
    job = desk.jobs.get(decoded.job_id)
    if job is None:
        return
    waiting = _waiting.setdefault(decoded.job_id, [])
    if decoded.kind == "head":
        for _ in waiting:
            desk.finished_piece(job)
        waiting.clear()
    waiting.append(decoded)


def _build_one() -> bool:
    """Apply the oldest piece of one job."""
    desk = connection.current.desk
    for job_id, pieces in list(_waiting.items()):
        job = desk.jobs.get(job_id)
        if job is None or not pieces:
            del _waiting[job_id]
            continue
        piece = pieces.pop(0)  # first of all: a piece that breaks must not come again
        try:
            _apply(job, piece)
        except HeadsmithError as error:
            if error.code is ErrorCode.CONFLICT:  # the user is in Edit Mode: try again at the next tick
                pieces.insert(0, piece)
                if str(error) not in job.warnings:
                    job.warnings.append(str(error))
                continue
            _waiting.pop(job_id)
            desk.fail(job, error)
            return True
        desk.finished_piece(job)
        return True
    return False


def _apply(job: Job, piece: Decoded) -> None:
    if piece.error is not None:
        raise piece.error
    scene, folder = record.scene_of(job), record.texture_folder(job.head_id)
    if piece.texture is not None:
        coarse = _coarse.get(job.id)
        if coarse is not None:
            _coarse[job.id] = coarse = replace(coarse, maps=(*coarse.maps, piece.texture))
            add_map(coarse, piece.texture, head_id=job.head_id, pack=folder is None, texture_dir=folder)
        return
    assert piece.asset is not None
    built = build_head(
        piece.asset,
        head_id=job.head_id,
        job_id=job.id,
        stage=piece.kind,
        scene=scene,
        pack=folder is None,
        texture_dir=folder,
        location=free_place(scene),
    )
    if piece.kind == "head":
        _coarse.pop(job.id, None)
    else:
        _coarse[job.id] = piece.asset
    record.built(scene, job, built, piece.asset)
    if built.created and preferences.get(bpy.context).show_new_heads:
        show(bpy.data.objects[built.object_name])
    _unsaved_steps[job.id] = built.object_name


def _push_undo() -> None:
    """One undo step for a whole head, when its last version is there or its job has ended otherwise."""
    desk = connection.current.desk
    ready = [i for i in _unsaved_steps if not _waiting.get(i) and (i not in desk.jobs or desk.jobs[i].phase.over)]
    for job_id in ready:
        name = _unsaved_steps.pop(job_id)
        if bpy.ops.ed.undo_push.poll():
            bpy.ops.ed.undo_push(message=f"Headsmith: {name}")


def _sync_records() -> None:
    for job in connection.current.desk.jobs.values():
        record.follow(job)


def _redraw_the_time() -> None:
    """The remaining time runs on between messages; drawing it twice a second is enough."""
    global _drawn
    if time.monotonic() - _drawn > _CLOCK_S:
        _redraw()


def _redraw() -> None:
    global _drawn
    _drawn = time.monotonic()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas if window.screen else ():
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
