"""A pipeline without networks for the command's tests: a tiny but true head, at once or slowly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from headsmith_server.pipelines.events import Artifact, Note, PipelineEvent, Progress
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import MEDIA_TYPE, head_to_bytes
from headsmith_shared.specs import GenerateSpec
from tests.shared.head_fixtures import small_head


def warm_up(device: str) -> str:
    """Nothing to load."""
    return "cpu"


def run(spec: GenerateSpec, context: Any) -> Iterator[PipelineEvent]:
    """A prompt that begins with "slow" takes a minute, one with "fail" fails; florble is not understood."""
    context.tick(0.1, "geometry")
    if "florble" in spec.prompt:
        yield Note("not_understood", "florble")
    if "plait" in spec.prompt:
        yield Note("not_built", "a plait")
    if spec.prompt.startswith("fail"):
        raise HeadsmithError(ErrorCode.MISSING_CHECKPOINT, "pocket.safetensors: is missing", "install it again")
    if spec.prompt.startswith("crash"):
        raise ZeroDivisionError("a line\nand another")
    if spec.prompt.startswith("slow"):
        for step in range(6000):
            time.sleep(0.01)
            context.tick(step / 6000, "skin albedo")
    yield Progress("skin albedo", 0.5)
    head = small_head("Small", spec.seed % 100)
    head = replace(head, provenance=replace(head.provenance, prompt=spec.prompt, seed=spec.seed))
    yield Artifact("head", "small.head", MEDIA_TYPE, head_to_bytes(head))
