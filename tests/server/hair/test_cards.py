"""Cards carry the grooms' hair: counts, UV ranges, binding, colours, and the same bytes again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server.hair.cards import FEWEST, MOST, HairCards, make_cards
from headsmith_server.hair.colour import mean_colour
from headsmith_server.hair.facial import grow_beard
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.grow import grow_hair
from headsmith_server.hair.parameters import BeardParameters, HairColour, HairParameters
from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def head(model: HeadModel) -> np.ndarray:
    return model.vertices(torch.zeros(1, model.identity_size))[0].numpy()


@pytest.fixture(scope="module")
def bob(model: HeadModel, head: np.ndarray) -> tuple[Groom, ...]:
    return grow_hair(model, head, HairParameters("bob", colour=HairColour(0.68, 0.25)), 1, 4000)


@pytest.fixture(scope="module")
def cards(model: HeadModel, head: np.ndarray, bob: tuple[Groom, ...]) -> HairCards:
    return make_cards(model, head, bob, 1)


def test_cards_are_well_formed(cards: HairCards, head: np.ndarray) -> None:
    count = len(cards.positions)
    assert FEWEST <= cards.card.max() + 1 <= 2 * MOST
    for values, width in ((cards.positions, 3), (cards.normals, 3), (cards.uvs, 2)):
        assert values.shape == (count, width)
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
    assert cards.faces.dtype == np.int32
    assert set(cards.faces.ravel().tolist()) == set(range(count))
    assert ((cards.uvs >= 0) & (cards.uvs <= 1)).all()
    assert np.linalg.norm(cards.normals, axis=1) == pytest.approx(np.ones(count), abs=1e-4)
    # A quad stays within its card, and none is degenerate.
    assert (cards.card[cards.faces] == cards.card[cards.faces[:, :1]]).all()
    a, b, c, d = (cards.positions[cards.faces[:, number]] for number in range(4))
    area = np.linalg.norm(np.cross(c - a, d - b), axis=1) / 2
    assert area.min() > 1e-9
    assert np.abs(cards.positions - head.mean(axis=0)).max() < 0.5


def test_faces_look_the_way_their_normals_do(cards: HairCards) -> None:
    a, b, c, d = (cards.positions[cards.faces[:, number]] for number in range(4))
    facing = np.einsum("fc,fc->f", np.cross(c - a, d - b), cards.normals[cards.faces].mean(axis=1))
    assert (facing > 0).mean() > 0.97


def test_cards_cover_where_the_strands_are(cards: HairCards, bob: tuple[Groom, ...]) -> None:
    strands = torch.from_numpy(np.concatenate([groom.points[::7].reshape(-1, 3) for groom in bob]))
    gap = torch.cdist(strands, torch.from_numpy(cards.positions)).amin(1).numpy()
    assert np.quantile(gap, 0.95) < 0.012
    back = torch.cdist(torch.from_numpy(cards.positions), strands).amin(1).numpy()
    assert np.quantile(back, 0.95) < 0.012


def test_the_same_again(model: HeadModel, head: np.ndarray, bob: tuple[Groom, ...], cards: HairCards) -> None:
    again = make_cards(model, head, bob, 1)
    for name in ("positions", "normals", "faces", "uvs", "card"):
        assert getattr(again, name).tobytes() == getattr(cards, name).tobytes()
    for name in ("albedo", "alpha", "normal"):
        assert getattr(again.atlas, name).tobytes() == getattr(cards.atlas, name).tobytes()
    assert make_cards(model, head, bob, 2).atlas.alpha.tobytes() != cards.atlas.alpha.tobytes()


def test_the_atlas_has_hair_in_its_colour(cards: HairCards) -> None:
    atlas = cards.atlas
    assert atlas.albedo.shape == atlas.normal.shape == (1024, 1024, 3)
    assert atlas.alpha.shape == (1024, 1024)
    assert 0.1 < (atlas.alpha > 127).mean() < 0.9
    seen = (atlas.albedo[atlas.alpha > 200] / 255.0).mean(axis=0) ** 2.2
    wanted = np.array(mean_colour(HairColour(0.68, 0.25)))
    assert seen[0] > seen[1] > seen[2]
    assert (seen / wanted > 0.4).all()
    assert (seen / wanted < 1.8).all()
    length = np.linalg.norm((atlas.normal.astype(np.float32) - 128.0) / 127.0, axis=2)
    assert np.abs(length - 1.0).max() < 0.03
    # Columns of neighbours do not touch, so that mip levels do not mix them.
    assert atlas.alpha[:, ::128].max() < 128


def test_cards_follow_their_roots(model: HeadModel, cards: HairCards) -> None:
    skin = model.topology.part("skin")
    weights = cards.weights(skin.weights)
    assert weights.shape == (len(cards.positions), skin.weights.shape[1])
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)), abs=1e-3)
    shift = np.zeros((2, len(skin.vertices), 3), np.float32)
    shift[1] = (0.0, 0.01, 0.0)
    moves = cards.moves(shift)
    assert moves.shape == (2, len(cards.positions), 3)
    assert np.abs(moves[0]).max() == 0.0
    assert np.abs(moves[1] - np.array([0.0, 0.01, 0.0])).max() < 1e-6
    # All vertices of a card share one root.
    first = np.unique(cards.card, return_index=True)[1]
    assert (cards.roots.corners == cards.roots.corners[first][cards.card]).all()


def test_beard_and_moustache_share_an_atlas_and_stubble_has_no_cards(model: HeadModel, head: np.ndarray) -> None:
    beard = grow_beard(model, head, BeardParameters("full", "handlebar", colour=HairColour(0.5, 0.9)), 1, 1500)
    cards = make_cards(model, head, beard, 1)
    assert cards.card.max() > 100
    assert cards.atlas.albedo.shape == (1024, 1024, 3)
    none = make_cards(model, head, grow_beard(model, head, BeardParameters("stubble"), 1, 500), 1)
    assert len(none.positions) == len(none.faces) == 0
    assert make_cards(model, head, (), 1).card.shape == (0,)


@pytest.mark.parametrize("style", ["buzz_cut", "afro", "mohawk", "braids"])
def test_other_styles_make_sound_cards(model: HeadModel, head: np.ndarray, style: str) -> None:
    cards = make_cards(model, head, grow_hair(model, head, HairParameters(style), 1, 1500), 1)
    assert np.isfinite(cards.positions).all()
    if len(cards.uvs):
        assert ((cards.uvs >= 0) & (cards.uvs <= 1)).all()
