"""The kind "textures": one person's skin as maps, in the desired and the undesired domain, and what they show.

The texture networks learn the desired domain (even light, no hat, no hole) and learn from the undesired one how to
leave it (DreamFace, arXiv 2304.03117, 5.1.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch

from headsmith_server.heads import head_model
from headsmith_server.synthesis.captions import Caption, facts_of, write_caption
from headsmith_server.synthesis.captions.facts import SHAPES
from headsmith_server.synthesis.captions.write import SKIN_SCOPE
from headsmith_server.synthesis.head_maps import paint_head
from headsmith_server.synthesis.people import Person, person
from headsmith_server.synthesis.plain import plain
from headsmith_server.synthesis.shards.kind import Kind, Options, Sample
from headsmith_server.synthesis.streams import stream, stream_seed
from headsmith_server.texture.relief import DISPLACEMENT_SCALE_M
from headsmith_server.texture.surface import skin_surface
from headsmith_server.texture.undesired import spoil

MODEL: Final = "pocket"
SCOPE: Final = SKIN_SCOPE - {"brows"}
"""What captions of maps may name: brows are strands of their own, not paint."""
UNSEEN: Final = frozenset({*SHAPES, "beard_style"})
"""Of these a map shows nothing: full lips fill the same texels as thin ones."""


def make(seed: int, group: int, options: Options, device: torch.device) -> Iterator[Sample]:
    """The one sample of group `group`; its parts are listed in docs/synth.md. The maps are painted on the CPU."""
    model = head_model(MODEL, torch.device("cpu"))
    who = person(seed, group, model)
    with torch.no_grad():
        vertices = model.vertices(torch.from_numpy(who.identity)[None])[0].numpy().astype(np.float32)
    surface = skin_surface(model, options.size)
    maps = paint_head(model, vertices, who, options.size)
    spoilt = spoil(surface, maps.albedo, stream_seed(seed, group, "undesired"))
    facts = facts_of(model, torch.from_numpy(who.identity), vertices, who.description)
    caption = write_caption(facts, stream(seed, group, "caption"), scope=SCOPE, unseen=UNSEEN)
    yield {
        "albedo.png": maps.albedo,
        "normal.png": maps.normal,
        "roughness.png": maps.roughness,
        "specular.png": maps.specular,
        "displacement.png": maps.displacement,
        "mask.png": maps.covered.astype(np.uint8) * np.uint8(255),
        "undesired.png": spoilt.image,
        "face.png": spoilt.face,
        "identity.safetensors": {"identity": who.identity},
        "caption.txt": caption.text,
        "meta.json": _meta(seed, who, caption, spoilt.applied),
    }


def _meta(seed: int, who: Person, caption: Caption, flaws: tuple[str, ...]) -> dict[str, Any]:
    return {
        "seed": seed,
        "index": who.index,
        "description": plain(who.description),
        "caption": plain(caption),
        "flaws": list(flaws),
        "displacement_scale_m": DISPLACEMENT_SCALE_M,
    }


TEXTURES: Final = Kind(
    name="textures",
    summary="skin maps: albedo, specular, roughness, normal, displacement, masks",
    make=make,
    size=512,
    sizes=(64, 128, 256, 512, 1024, 2048, 4096),
    checkpoints=("pocket_head",),
    licences=("Apache-2.0",),
)
