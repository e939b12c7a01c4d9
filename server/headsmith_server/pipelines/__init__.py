"""One file a job kind: a generator of finished stages, progress and notes. Pipelines hold no numerics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from headsmith_server.pipelines.context import Context
from headsmith_server.pipelines.events import PipelineEvent
from headsmith_shared.specs import GenerateSpec

if TYPE_CHECKING:
    import torch  # not at run time: the events alone are light


def run(spec: GenerateSpec, context: Context) -> Iterator[PipelineEvent]:
    """The pipeline of the spec's kind. Imports happen here, so that a worker starts with what it needs."""
    from headsmith_server.pipelines.text_to_head import text_to_head

    return text_to_head(spec, context)


def warm_up(device: torch.device) -> None:
    """Load what every job needs: the shipped head, what its maps are painted with and where its hair grows."""
    from headsmith_server.hair.facial_regions import lower_face
    from headsmith_server.hair.scalp import scalp_of
    from headsmith_server.heads import head_model
    from headsmith_server.texture.skin import warm_up as warm_up_skin
    from headsmith_shared.specs import GenerateSpec

    model = head_model(GenerateSpec("warm up").head, device)
    warm_up_skin(model, GenerateSpec("warm up").texture_size)
    scalp_of(model)
    lower_face(model)


__all__ = ["Context", "run", "warm_up"]
