"""Generate, cancel, and a new seed."""

from __future__ import annotations

import random
from typing import ClassVar

import bpy

from headsmith_shared.client import LinkState, new_job_id
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import MAX_PROMPT_LENGTH, GenerateSpec

from ... import preferences
from ...builders.lookup import new_head_id
from ...preferences import QUALITY_ITEMS, SIZE_ITEMS
from ...session import connection, pump, record
from ...session.jobs import Job
from ..errors import reporting
from ..server.ops import open_session
from .property_group import MAX_FIELD_SEED


def submit(context: bpy.types.Context, spec: GenerateSpec, head_id: str = "") -> Job:
    """Send a job for a new head, or for a new version of an existing one. The scene knows the job before the server.

    Starts the server when none runs and this extension may start it. Raises BAD_INPUT for a bad spec.
    """
    if not spec.prompt.strip():
        raise HeadsmithError(ErrorCode.BAD_INPUT, "the prompt is empty", "describe the person in a few words")
    session = open_session(context)
    scene = context.scene
    job = Job(new_job_id(), head_id or new_head_id(), scene.name)
    entry = record.ensure(scene, job.head_id)
    former = entry.job_id
    entry.job_id, entry.phase, entry.error = job.id, str(job.phase), ""
    entry.prompt, entry.seed_text = spec.prompt, str(spec.seed)
    entry.quality, entry.texture_size = spec.quality, str(spec.texture_size)
    try:
        session.submit(spec, job)
    except HeadsmithError:
        if head_id:
            entry.job_id, entry.phase = former, "failed"
        else:
            record.remove(scene, job.head_id)
        raise
    if session.desk.link in (LinkState.OFFLINE,) and not session.options.connection_file:
        try:
            session.start_server()
        except HeadsmithError as error:
            session.give_up(job, error)
            record.follow(job)
            raise
    return job


class HEADSMITH_OT_generate(bpy.types.Operator):
    """Make a head from the prompt"""

    bl_idname = "headsmith.generate"
    bl_label = "Generate"

    prompt: bpy.props.StringProperty(name="Prompt", description="Empty: the sidebar's", maxlen=MAX_PROMPT_LENGTH)
    seed: bpy.props.IntProperty(name="Seed", description="-1: the sidebar's", default=-1, min=-1, max=MAX_FIELD_SEED)
    quality: bpy.props.EnumProperty(name="Quality", items=QUALITY_ITEMS)
    texture_size: bpy.props.EnumProperty(name="Texture Size", items=SIZE_ITEMS)
    head_id: bpy.props.StringProperty(name="Head", description="Make a new version of this head", options={"HIDDEN"})
    wait: bpy.props.BoolProperty(
        name="Wait", description="Return when the head is finished; for scripts", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not while another head is being made here."""
        if connection.current.desk.active() is not None:
            cls.poll_message_set("A head is being made; wait or cancel it")
            return False
        return True

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Submits the job and returns at once, or waits for the head."""
        settings = context.scene.headsmith
        given = self.properties.is_property_set
        spec = GenerateSpec(
            prompt=self.prompt if given("prompt") else settings.prompt,
            seed=self.seed if given("seed") and self.seed >= 0 else settings.seed,
            quality=self.quality if given("quality") else settings.quality,
            texture_size=int(self.texture_size if given("texture_size") else settings.texture_size),
        )
        job = submit(context, spec, self.head_id)
        if self.wait:
            pump.pump_until_over(job, preferences.get(context).job_timeout)
            if job.error is not None:
                raise job.error
        return {"FINISHED"}


class HEADSMITH_OT_generate_here(bpy.types.Operator):
    """Make a head from the prompt, the seed and the options above"""

    bl_idname = "headsmith.generate_here"
    bl_label = "Generate"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a prompt, and not while another head is being made here."""
        if not context.scene.headsmith.prompt.strip():
            cls.poll_message_set("Describe the person first")
            return False
        return HEADSMITH_OT_generate.poll.__func__(cls, context)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Submits the job and returns at once."""
        settings = context.scene.headsmith
        size = int(settings.texture_size)
        submit(context, GenerateSpec(settings.prompt, settings.seed, settings.quality, texture_size=size))
        return {"FINISHED"}


class HEADSMITH_OT_cancel(bpy.types.Operator):
    """Stop making this head; what is finished stays"""

    bl_idname = "headsmith.cancel"
    bl_label = "Cancel"

    job_id: bpy.props.StringProperty(name="Job", description="Empty: the newest", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while a head is being made."""
        if connection.current.desk.active() is None:
            cls.poll_message_set("Nothing is being made")
            return False
        return True

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Asks the server; the panel shows when it has stopped."""
        desk = connection.current.desk
        job = desk.jobs.get(self.job_id) if self.job_id else desk.active()
        if job is None:
            raise HeadsmithError(ErrorCode.NOT_FOUND, f"no job {self.job_id!r} here", "cancel without a job id")
        connection.current.cancel(job)
        return {"FINISHED"}


class HEADSMITH_OT_seed_random(bpy.types.Operator):
    """Another seed: another person of the same description"""

    bl_idname = "headsmith.seed_random"
    bl_label = "Random Seed"
    bl_options: ClassVar = {"REGISTER", "UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Draws it from the operating system's entropy; six digits are easier to tell apart than ten."""
        context.scene.headsmith.seed = random.SystemRandom().randrange(1_000_000)
        return {"FINISHED"}


CLASSES = (HEADSMITH_OT_generate, HEADSMITH_OT_generate_here, HEADSMITH_OT_cancel, HEADSMITH_OT_seed_random)
