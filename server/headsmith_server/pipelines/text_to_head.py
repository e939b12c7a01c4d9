"""text_to_head: a sentence becomes a description, a shape, its hair, its maps and one asset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
import torch

from headsmith_server import __version__
from headsmith_server.geometry.attributes import identity_from_description
from headsmith_server.hair.assembly import by_material, card_maps, card_part, hair_materials, strands_of
from headsmith_server.hair.cards import make_cards
from headsmith_server.hair.facial import grow_beard
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.grow import grow_hair, hair_density
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
    """Yields notes, the geometry, the geometry with its hair, each map as it is finished, and the whole head.

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
    hair = _grow(spec, context, model, geometry, description)
    if hair.grooms:
        haired = _asset(spec, geometry, description.skin, (), provenance, hair)
        yield Artifact("geometry", "hair.head", MEDIA_TYPE, head_to_bytes(haired))
    context.tick(HAIR_DONE)

    maps: list[TextureMap] = []
    for texture in hair.maps:
        maps.append(texture)
        yield _map(texture)
    for texture in _paint(spec, context, model, geometry, description):
        maps.append(texture)
        yield _map(texture)

    context.tick(MAPS_DONE, "packing")
    asset = _asset(spec, geometry, description.skin, tuple(maps), provenance, hair)
    yield Artifact("head", "head.head", MEDIA_TYPE, head_to_bytes(asset))
    context.tick(1.0)


@dataclass(frozen=True)
class _Hair:
    """Hair and beard as strands, and as cards with their maps where they are long enough."""

    grooms: tuple[Groom, ...] = ()
    cards: tuple[Part, ...] = ()
    maps: tuple[TextureMap, ...] = ()


def _grow(
    spec: GenerateSpec, context: Context, model: HeadModel, geometry: Geometry, description: HeadDescription
) -> _Hair:
    vertices, tick = geometry.vertices, context.tick
    grooms = grow_hair(model, vertices, description.hair, spec.seed, STRANDS, tick)
    tick(GEOMETRY_DONE + 0.5 * (HAIR_DONE - GEOMETRY_DONE))
    grooms = (*grooms, *grow_beard(model, vertices, description.beard, spec.seed, BEARD_STRANDS, tick))
    parts: list[Part] = []
    maps: list[TextureMap] = []
    for material, group in by_material(grooms).items():
        cards = make_cards(model, vertices, group, spec.seed, tick)
        tick()
        if len(cards.positions):
            parts.append(card_part(material, cards, model, geometry.parts[0].keys))
            tick()
            maps += card_maps(material, cards)
            tick()
    return _Hair(grooms, tuple(parts), tuple(maps))


def _paint(
    spec: GenerateSpec, context: Context, model: HeadModel, geometry: Geometry, description: HeadDescription
) -> Iterator[TextureMap]:
    tick = context.tick
    size, seed = spec.texture_size, spec.seed
    skin = description.skin
    grown = None if description.hair.style == "bald" else hair_density(model, description.hair)
    eye_size = min(EYE_SIZE, size)
    mouth_size = min(MOUTH_SIZE, size)
    done = HAIR_DONE
    for group, painter in (
        ("skin", paint_skin(model, geometry.vertices, skin, size, seed, tick, grown)),
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
    hair: _Hair = _Hair(),
) -> HeadAsset:
    return HeadAsset(
        name=" ".join(spec.prompt.split())[:60],
        parts=(*geometry.parts, *hair.cards),
        joints=geometry.joints,
        maps=maps,
        provenance=provenance,
        strands=strands_of(hair.grooms),
        materials={"skin": scattering(skin), **hair_materials(hair.grooms)},
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
