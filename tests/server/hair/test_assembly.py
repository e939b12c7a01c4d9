"""Grooms become strands of an asset with the numbers of their materials."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from headsmith_server.hair.assembly import by_material, card_maps, card_part, hair_materials, strands_of
from headsmith_server.hair.cards import make_cards
from headsmith_server.hair.facial import grow_beard
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.grow import grow_hair
from headsmith_server.hair.parameters import BeardParameters, HairColour, HairParameters
from headsmith_server.heads import head_model
from headsmith_server.heads.assembly import assemble
from headsmith_server.heads.protocol import HeadModel
from headsmith_shared.asset import HeadAsset, Part, Provenance, TextureMap
from headsmith_shared.headfile import head_to_bytes, read_head


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def grooms(model: HeadModel) -> tuple[Groom, ...]:
    vertices = model.vertices(torch.zeros(1, model.identity_size))[0].numpy()
    hair = HairParameters("mohawk", colour=HairColour(dye=(0.02, 0.3, 0.05)))
    beard = BeardParameters("full", "handlebar", colour=HairColour(0.8, 0.2, 0.4))
    return (*grow_hair(model, vertices, hair, 3, 400), *grow_beard(model, vertices, beard, 3, 300))


def test_grooms_of_one_name_become_one_strand_set(grooms: tuple[Groom, ...]) -> None:
    strands = strands_of(grooms)
    assert [item.name for item in strands] == ["hair", "beard", "moustache"]
    assert [item.material for item in strands] == ["hair", "beard", "beard"]
    for item in strands:
        own = [groom for groom in grooms if groom.name == item.name]
        assert len(item.counts) == sum(len(groom.points) for groom in own)
        assert item.counts.sum() == len(item.points) == len(item.radii)
        assert len(item.root_uvs) == len(item.shade) == len(item.counts)
        assert 0 < item.radii.max() < 5e-3  # few strands are thick ones
        first = own[0]
        np.testing.assert_array_equal(item.points[: first.points.shape[1]], first.points[0])


def test_roots_lie_where_their_uvs_say(grooms: tuple[Groom, ...], model: HeadModel) -> None:
    skin = model.topology.part("skin")
    (hair, *_) = strands_of(grooms)
    starts = np.concatenate([[0], np.cumsum(hair.counts)[:-1]])
    roots = hair.points[starts]
    vertices = model.vertices(torch.zeros(1, model.identity_size))[0].numpy()
    spread = np.full((len(skin.uvs), 3), np.nan, np.float32)
    used = skin.uv_faces >= 0
    spread[skin.uv_faces[used]] = vertices[skin.faces[used]]
    distances = np.linalg.norm(skin.uvs[None] - hair.root_uvs[:64, None], axis=2)
    nearest = spread[distances.argmin(1)]
    assert np.linalg.norm(nearest - roots[:64], axis=1).max() < 0.012


def test_materials_hold_the_fibres_and_what_masses_of_them_look_like(grooms: tuple[Groom, ...]) -> None:
    materials = hair_materials(grooms)
    assert set(materials) == {"hair", "beard"}
    assert materials["beard"]["grey_share"] == pytest.approx(0.4)
    assert materials["hair"]["tint_g"] > 3 * materials["hair"]["tint_r"]
    assert materials["hair"]["colour_g"] > 2 * materials["hair"]["colour_r"]
    dark, light = (materials["beard"][name] for name in ("colour_g", "grey_g"))
    assert dark < 0.1 < light


def test_cards_hang_on_the_joints_and_shapes_of_their_roots(grooms: tuple[Groom, ...], model: HeadModel) -> None:
    geometry = assemble(model, torch.zeros(model.identity_size))
    joints = [joint.name for joint in geometry.joints]
    groups = by_material(grooms)
    assert {name: [groom.name for groom in group] for name, group in groups.items()}["beard"] == ["beard", "moustache"]
    parts: dict[str, Part] = {}
    maps: list[TextureMap] = []
    for name, group in groups.items():
        cards = make_cards(model, geometry.vertices, group, 1)
        parts[name] = card_part(name, cards, model, geometry.parts[0].keys)
        maps += card_maps(name, cards)
    hair, beard = parts["hair"], parts["beard"]
    assert hair.weights[:, joints.index("head")].mean() > 0.95
    assert "jawOpen" in beard.keys
    lowest = beard.positions[:, 1].argsort()[:20]
    moved = np.zeros_like(beard.positions)
    moved[beard.keys["jawOpen"].indices] = beard.keys["jawOpen"].deltas
    assert moved[lowest, 1].max() < -0.01, "the beard opens with the mouth"
    # The whole is a head that can be written and read again.
    head = HeadAsset(
        "haired", (*geometry.parts, hair, beard), geometry.joints, tuple(maps), Provenance("test", "", 0),
        strands=strands_of(grooms), materials=hair_materials(grooms),
    )  # fmt: skip
    again = read_head(head_to_bytes(head))
    assert [part.name for part in again.parts[-2:]] == ["hair", "beard"]
    assert {f"{t.material}.{t.channel}" for t in again.maps} == {
        f"{material}.{channel}" for material in ("hair", "beard") for channel in ("albedo", "alpha", "normal")
    }


def test_nobody_without_hair_has_strands(grooms: tuple[Groom, ...]) -> None:
    none = replace(grooms[0], points=grooms[0].points[:0])
    assert strands_of(()) == ()
    assert strands_of((none,)) == ()
    assert hair_materials((none,)) == {}
