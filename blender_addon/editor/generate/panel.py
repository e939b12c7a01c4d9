"""Prompt, options, the Generate button and how the job goes."""

from __future__ import annotations

import bpy

from ...session import connection
from ...session.jobs import Job, JobPhase
from ..errors import draw_error
from ..server.panel import draw_server
from ..text import paragraph, seconds

_WORDS = {
    JobPhase.WAITING: "Waiting for the server",
    JobPhase.QUEUED: "Queued",
    JobPhase.RUNNING: "Working",
    JobPhase.CANCELLING: "Cancelling",
    JobPhase.FINISHING: "Building",
}


class HEADSMITH_PT_generate(bpy.types.Panel):
    """The first panel of the tab."""

    bl_idname = "HEADSMITH_PT_generate"
    bl_label = "Headsmith"
    bl_category = "Headsmith"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context: bpy.types.Context) -> None:
        """Renders the desk's states; changes nothing."""
        layout = self.layout
        settings = context.scene.headsmith
        draw_server(layout, context)
        layout.separator(factor=0.5)
        column = layout.column(align=True)
        column.scale_y = 1.3
        column.prop(settings, "prompt", text="", placeholder="Describe the person")
        if settings.prompt:
            paragraph(layout, context, settings.prompt, lines=4)
        row = layout.row(align=True)
        row.prop(settings, "seed")
        row.operator("headsmith.seed_random", text="", icon="FILE_REFRESH")
        layout.row().prop(settings, "quality", expand=True)
        layout.row().prop(settings, "texture_size", expand=True)
        job = connection.current.desk.active()
        if job is None:
            row = layout.row()
            row.scale_y = 1.5
            row.operator("headsmith.generate_here", icon="USER")
        else:
            draw_job(layout, job)
        latest = job or next(reversed(connection.current.desk.jobs.values()), None)
        if latest is not None:
            draw_outcome(layout, context, latest)


def draw_job(layout: bpy.types.UILayout, job: Job) -> None:
    """A progress bar with stage and remaining time, and Cancel."""
    text = job.stage.capitalize() if job.phase is JobPhase.RUNNING and job.stage else _WORDS.get(job.phase, "")
    remaining = job.remaining_now()
    if remaining is not None and job.phase is JobPhase.RUNNING:
        text += f" - {seconds(remaining)} left"
    row = layout.row(align=True)
    row.scale_y = 1.5
    row.progress(factor=job.fraction, text=text, type="BAR")
    row.operator("headsmith.cancel", text="", icon="X").job_id = job.id


def draw_outcome(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    """What the server did not understand or cannot build yet, warnings and the error."""
    if job.error is not None:
        draw_error(layout, context, job.error)
    elif job.phase is JobPhase.CANCELLED:
        layout.label(text="Cancelled", icon="CANCEL")
    elif job.phase is JobPhase.DONE:
        layout.label(text=f"Finished in {seconds(job.seconds)}", icon="CHECKMARK")
    for title, words in (("Not understood", job.not_understood), ("Cannot be built yet", job.not_built)):
        if words:
            paragraph(layout.box(), context, f"{title}: {', '.join(words)}", icon="QUESTION")
    for warning in job.warnings:
        paragraph(layout.box(), context, warning, icon="INFO")


CLASSES = (HEADSMITH_PT_generate,)
