"""The kind "portraits": pictures of people with the ground truth of every pixel, as the parts of samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch

from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.captions import Caption, Facts, facts_of, write_caption
from headsmith_server.synthesis.people import Person
from headsmith_server.synthesis.plain import plain
from headsmith_server.synthesis.portraits import portraits
from headsmith_server.synthesis.sample import PARTS, PortraitSample
from headsmith_server.synthesis.shards.kind import Kind, Options, Sample, Value
from headsmith_server.synthesis.streams import stream

MODEL: Final = "pocket"
SIZES: Final = (64, 128, 256, 384, 512, 768, 1024)


def make(seed: int, group: int, options: Options, device: torch.device) -> Iterator[Sample]:
    """The pictures of person `group`, each with a caption of its own; the parts are listed in docs/synth.md."""
    model = head_model(MODEL, torch.device("cpu"))
    facts = None
    for picture in portraits(seed, group, model, options.views, options.size, device):
        facts = facts or person_facts(model, picture.person)
        caption = write_caption(facts, stream(seed, group, f"caption {picture.number}"))
        yield {
            **picture_parts(picture),
            "caption.txt": caption.text,
            "meta.json": picture_meta(picture, caption),
        }


def person_facts(model: HeadModel, who: Person) -> Facts:
    """What captions may say of somebody. model: on the CPU."""
    identity = torch.from_numpy(who.identity)
    with torch.no_grad():
        neutral = model.vertices(identity[None])[0].numpy().astype(np.float32)
    return facts_of(model, identity, neutral, who.description)


def picture_parts(picture: PortraitSample) -> dict[str, Value]:
    """What the camera sees and all truth about it that is an array."""
    return {
        "image.png": picture.image,
        "albedo.png": picture.albedo,
        "mask.png": picture.mask,
        "parts.png": picture.parts,
        "normal.exr": picture.normal.astype(np.float16),
        "depth.exr": picture.depth,
        "truth.safetensors": _truth(picture),
        "light.safetensors": _light(picture),
    }


def picture_meta(picture: PortraitSample, caption: Caption) -> dict[str, Any]:
    """Everything else that is known, as JSON."""
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


PORTRAITS: Final = Kind(
    name="portraits",
    summary="pictures of people: image, albedo, normal, depth, masks, landmarks, camera, light, caption",
    make=make,
    size=256,
    sizes=SIZES,
    views=8,
    most_views=1024,
    checkpoints=("pocket_head", "facemesh_landmarks"),
    licences=("Apache-2.0",),
)
