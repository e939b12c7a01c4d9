"""The kind "clips": the frames of talking, looking, blinking heads; every frame is a sample with a portrait's parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import torch

from headsmith_server.heads import head_model
from headsmith_server.synthesis.captions import write_caption
from headsmith_server.synthesis.clips import clip
from headsmith_server.synthesis.portrait_parts import MODEL, SIZES, person_facts, picture_meta, picture_parts
from headsmith_server.synthesis.shards.kind import Kind, Options, Sample
from headsmith_server.synthesis.streams import stream


def make(seed: int, group: int, options: Options, device: torch.device) -> Iterator[Sample]:
    """The frames of clip `group`: `options.views` of them, in order, with one caption."""
    model = head_model(MODEL, torch.device("cpu"))
    frames, curves = clip(seed, group, model, options.views, options.size, device)
    caption = write_caption(person_facts(model, frames[0].person), stream(seed, group, "clip caption"))
    for frame in frames:
        yield {
            **picture_parts(frame),
            "motion.safetensors": {"expression": curves.weights[frame.number], "turn": curves.turn[frame.number]},
            "caption.txt": caption.text,
            "meta.json": {**picture_meta(frame, caption), "fps": curves.fps, "said": list(curves.said)},
        }


CLIPS: Final = Kind(
    name="clips",
    summary="frames of moving heads: a portrait's parts, expression weights and head turn",
    make=make,
    size=256,
    sizes=SIZES,
    views=32,
    most_views=1024,
    checkpoints=("pocket_head", "facemesh_landmarks"),
    licences=("Apache-2.0",),
)
