"""The kind "portraits": pictures of people with the ground truth of every pixel, as the parts of samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch

from headsmith_server.heads import head_model
from headsmith_server.synthesis.captions import Caption, facts_of, write_caption
from headsmith_server.synthesis.plain import plain
from headsmith_server.synthesis.portraits import portraits
from headsmith_server.synthesis.sample import PARTS, PortraitSample
from headsmith_server.synthesis.shards.kind import Kind, Options, Sample
from headsmith_server.synthesis.streams import stream

MODEL: Final = "pocket"


def make(seed: int, group: int, options: Options, device: torch.device) -> Iterator[Sample]:
    """The pictures of person `group`, each with a caption of its own; the parts are listed in docs/synth.md."""
    model = head_model(MODEL, torch.device("cpu"))
    facts = None
    for picture in portraits(seed, group, model, options.views, options.size, device):
        if facts is None:
            identity = torch.from_numpy(picture.person.identity)
            with torch.no_grad():
                neutral = model.vertices(identity[None])[0].numpy().astype(np.float32)
            facts = facts_of(model, identity, neutral, picture.person.description)
        caption = write_caption(facts, stream(seed, group, f"caption {picture.number}"))
        yield {
            "image.png": picture.image,
            "albedo.png": picture.albedo,
            "mask.png": picture.mask,
            "parts.png": picture.parts,
            "normal.exr": picture.normal.astype(np.float16),
            "depth.exr": picture.depth,
            "truth.safetensors": _truth(picture),
            "light.safetensors": _light(picture),
            "caption.txt": caption.text,
            "meta.json": _meta(picture, caption),
        }


def _truth(picture: PortraitSample) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "landmarks_68": picture.landmarks_68,
        "visible_68": picture.visible_68.astype(np.int32),
        "landmarks_478": picture.landmarks_478,
        "visible_478": picture.visible_478.astype(np.int32),
        "view": picture.view,
        "projection": picture.projection,
        "identity": picture.person.identity,
        "expression": picture.weights,
    }


def _light(picture: PortraitSample) -> dict[str, np.ndarray[Any, Any]]:
    """What a network can be asked to find out: harmonics of everything, and the brightest sources."""
    light = picture.light
    return {
        name: np.asarray(getattr(light, name), np.float32)
        for name in ("harmonics", "directions", "irradiance", "softness")
    }


def _meta(picture: PortraitSample, caption: Caption) -> dict[str, Any]:
    return {
        "seed": picture.seed,
        "person": picture.index,
        "view": picture.number,
        "description": plain(picture.person.description),
        "shot": plain(picture.shot),
        "light": picture.light.kind,
        "expression": picture.expression,
        "caption": plain(caption),
        "parts": list(PARTS),
    }


PORTRAITS: Final = Kind(
    name="portraits",
    summary="pictures of people: image, albedo, normal, depth, masks, landmarks, camera, light, caption",
    make=make,
    size=256,
    sizes=(64, 128, 256, 384, 512, 768, 1024),
    views=8,
    most_views=1024,
    checkpoints=("pocket_head",),
    licences=("Apache-2.0",),
)
