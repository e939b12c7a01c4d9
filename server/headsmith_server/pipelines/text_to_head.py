"""text_to_head: a sentence becomes a description, a shape, its hair, its maps and one asset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Final

import numpy as np
import torch

from headsmith_server import __version__
from headsmith_server.geometry.attributes import identity_from_description
from headsmith_server.hair.assembly import by_material, card_maps, card_part, hair_materials, strands_of
from headsmith_server.hair.cards import make_cards
from headsmith_server.hair.facial import grow_beard
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.grow import grow_hair
from headsmith_server.heads import head_model
from headsmith_server.heads.assembly import Geometry, assemble, groomed
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.pipelines.context import Context
from headsmith_server.pipelines.events import Artifact, Note, PipelineEvent
from headsmith_server.prompt import HeadDescription, describe, parse
from headsmith_server.texture.eyes import paint_eyes
from headsmith_server.texture.mouth import paint_mouth
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.ribbons import paint_hairs
from headsmith_server.texture.scattering import scattering
from headsmith_server.texture.skin import paint_skin
from headsmith_shared.asset import HeadAsset, Json, Part, Provenance, TextureMap
from headsmith_shared.headfile import MEDIA_TYPE, head_to_bytes
from headsmith_shared.specs import GenerateSpec

GEOMETRY_DONE: Final = 0.08
HAIR_DONE: Final = 0.2
MAPS_DONE: Final = 0.94
# Share of the work on maps, measured at 2K, so that the bar moves evenly.
MAP_COST: Final = {"skin": 0.86, "eyes": 0.08, "mouth": 0.04, "hairs": 0.02}
STRANDS: Final = 10_000
BEARD_STRANDS: Final = 6_000
EYE_SIZE: Final = 1024
MOUTH_SIZE: Final = 512


def text_to_head(spec: GenerateSpec, context: Context) -> Iterator[PipelineEvent]:
    """Yields notes, the geometry, each map as it is finished, and the whole head with its hair.

    Raises HeadsmithError: BAD_INPUT or TOO_LARGE for the prompt, MISSING_CHECKPOINT, CANCELLED.
    """
    context.tick(0.0, "prompt")
    reading = parse(spec.prompt)
    description = describe(reading, _generator(spec.seed, "description"))
    for text in description.not_understood:
        yield Note("not_understood", text)
    if spec.quality != "draft":
        # Finer qualities wait for networks; whoever asked for one must hear that this is none, now and from the file.
        unbuilt = (*description.not_built, f"quality {spec.quality} (made as draft)")
        description = replace(description, not_built=unbuilt)
    for text in description.not_built:
        yield Note("not_built", text)
    for text in description.read_as:
        yield Note("warning", f"read {text}")

    context.tick(0.02, "shape")
    model = head_model(spec.head, context.device)
    identity = identity_from_description(model, description, _generator(spec.seed, "identity"))
    context.tick()
    brows = description.brows
    geometry = groomed(assemble(model, identity), brows.density, brows.thickness, description.lash_length)
    provenance = _provenance(spec, model, description)
    bare = _asset(spec, geometry, description.skin, (), provenance)
    yield Artifact("geometry", "geometry.head", MEDIA_TYPE, head_to_bytes(bare))
    context.tick(GEOMETRY_DONE, "hair")
    grooms = _grow(spec, context, model, geometry, description)
    cards: list[Part] = []

    maps: list[TextureMap] = []
    for material, group in by_material(grooms).items():
        made = make_cards(model, geometry.vertices, group, spec.seed, context.tick)
        if not len(made.positions):
            continue  # hair too short for cards
        cards.append(card_part(material, made, model, geometry.parts[0].keys))
        for texture in card_maps(material, made):
            maps.append(texture)
            context.tick()
            yield _map(texture)
    for texture in _paint(spec, context, model, geometry, description):
        maps.append(texture)
        yield _map(texture)

    context.tick(MAPS_DONE, "packing")
    geometry = replace(geometry, parts=(*geometry.parts, *cards))
    asset = _asset(spec, geometry, description.skin, tuple(maps), provenance, grooms)
    yield Artifact("head", "head.head", MEDIA_TYPE, head_to_bytes(asset))
    context.tick(1.0)


def _grow(
    spec: GenerateSpec, context: Context, model: HeadModel, geometry: Geometry, description: HeadDescription
) -> tuple[Groom, ...]:
    hair = grow_hair(model, geometry.vertices, description.hair, spec.seed, STRANDS, context.tick)
    context.tick(0.5 * (GEOMETRY_DONE + HAIR_DONE))
    return (*hair, *grow_beard(model, geometry.vertices, description.beard, spec.seed, BEARD_STRANDS, context.tick))


def _paint(
    spec: GenerateSpec, context: Context, model: HeadModel, geometry: Geometry, description: HeadDescription
) -> Iterator[TextureMap]:
    tick = context.tick
    size, seed = spec.texture_size, spec.seed
    skin = description.skin
    eye_size = min(EYE_SIZE, size)
    mouth_size = min(MOUTH_SIZE, size)
    done = HAIR_DONE
    for group, painter in (
        ("skin", paint_skin(model, geometry.vertices, skin, size, seed, tick)),
        ("eyes", paint_eyes(description.eyes, eye_size, seed, tick)),
        ("mouth", paint_mouth(description.teeth, skin, mouth_size, seed, tick)),
        ("hairs", paint_hairs(description.brows, skin, seed, tick)),
    ):
        share = MAP_COST[group] * (MAPS_DONE - HAIR_DONE)
        tick(done, f"{group} maps")
        for number, texture in enumerate(painter, 1):
            # Each further map of a group is cheaper than the one before: half of what is left of the share.
            tick(done + share * (1.0 - 0.5**number))
            yield texture
        done += share


def _asset(
    spec: GenerateSpec,
    geometry: Geometry,
    skin: SkinParameters,
    maps: tuple[TextureMap, ...],
    provenance: Provenance,
    grooms: tuple[Groom, ...] = (),
) -> HeadAsset:
    return HeadAsset(
        name=" ".join(spec.prompt.split())[:60],
        parts=geometry.parts,
        joints=geometry.joints,
        maps=maps,
        provenance=provenance,
        strands=strands_of(grooms),
        materials={"skin": scattering(skin), **hair_materials(grooms)},
        landmarks=geometry.landmarks,
    )


def _provenance(spec: GenerateSpec, model: HeadModel, description: HeadDescription) -> Provenance:
    return Provenance(
        generator=f"headsmith {__version__}",
        prompt=spec.prompt,
        seed=spec.seed,
        options={"quality": spec.quality, "head": spec.head, "texture_size": spec.texture_size},
        checkpoints={model.name: model.sha256},
        licences=(model.licence,),
        not_understood=description.not_understood,
        not_built=description.not_built,
        description=_plain(asdict(description)),
    )


def _plain(values: dict[str, object]) -> Json:
    """The description as JSON values, rounded: enough to read and to repeat."""

    def plain(value: object) -> object:
        if isinstance(value, float | np.floating):
            return round(float(value), 4)
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, frozenset):
            return sorted(str(item) for item in value)  # a set has no order of its own: equal jobs give equal bytes
        if isinstance(value, tuple | list):
            return [plain(item) for item in value]
        return value

    notes = ("not_understood", "not_built")
    return {key: plain(value) for key, value in values.items() if key not in notes}  # type: ignore[misc]


def _map(texture: TextureMap) -> Artifact:
    name = f"{texture.material}.{texture.channel}"
    return Artifact("map", name, texture.media_type, texture.data, _meta(texture))


def _meta(texture: TextureMap) -> Json:
    return {
        "material": texture.material,
        "channel": texture.channel,
        "colour_space": texture.colour_space,
        "width": texture.width,
        "height": texture.height,
        "midlevel": texture.midlevel,
        "scale_m": texture.scale_m,
    }


def _generator(seed: int, purpose: str) -> torch.Generator:
    """A stream of its own for each purpose, so that one more draw in one place moves nothing elsewhere."""
    digest = hashlib.sha256(f"{seed} {purpose}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "little"))
