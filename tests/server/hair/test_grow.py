"""Scalp hair: every style on very different heads, out of the skin, off the eyes, and the same again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
import torch

from headsmith_server.hair.groom import Groom
from headsmith_server.hair.grow import density_at, grow_hair, hair_density
from headsmith_server.hair.growth import HANGS_MM, LENGTHS_MM
from headsmith_server.hair.hairline import azimuth, share_of_hair
from headsmith_server.hair.parameters import STYLES, HairParameters
from headsmith_server.hair.paths import lengths
from headsmith_server.hair.scalp import scalp_of
from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.server.hair.skin_distance import signed_distance

GROWING = tuple(style for style in STYLES if style != "bald")
HEADS: Mapping[str, Mapping[str, float]] = {
    "mean": {},
    "child": {"age": -2.8, "eye_size": 0.9, "neck_width": -1.2, "cheek_fullness": 0.6},
    "man": {"masculinity": 2.5, "ear_size": 2.0, "ear_protrusion": 2.5, "european": 1.5},
    "old": {"age": 2.6, "heaviness": 2.0, "ear_protrusion": -2.0, "asian": 1.5},
    "woman": {"masculinity": -2.0, "african": 2.0, "face_length": 1.0},
}


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def heads(model: HeadModel) -> dict[str, np.ndarray]:
    found = {}
    for number, (name, attributes) in enumerate(HEADS.items()):
        identity = torch.randn(1, model.identity_size, generator=torch.Generator().manual_seed(number))
        identity = identity * (0.0 if name == "mean" else 0.7)
        for attribute, weight in attributes.items():
            identity = identity + weight * torch.from_numpy(model.attributes[attribute].direction)
        found[name] = model.vertices(identity)[0].numpy()
    return found


def all_points(grooms: tuple[Groom, ...], first: int = 0) -> np.ndarray:
    return np.concatenate([groom.points[:, first:].reshape(-1, 3) for groom in grooms])


def arc_mm(grooms: tuple[Groom, ...]) -> np.ndarray:
    return np.concatenate([lengths(groom.points) for groom in grooms]) * 1000.0


@pytest.mark.slow
@pytest.mark.parametrize("style", GROWING)
def test_every_style_grows_out_of_every_head_and_stays_outside(
    model: HeadModel, heads: dict[str, np.ndarray], style: str
) -> None:
    collar = model.topology.loops["collar"]
    for name, vertices in heads.items():
        grooms = grow_hair(model, vertices, HairParameters(style=style, density=1.0), 3, strands=400)
        assert sum(len(groom.points) for groom in grooms) > 100, name
        points = all_points(grooms, first=1)
        # Below the collar the mesh is open and has no inside.
        points = points[points[:, 1] > vertices[collar, 1].max() + 0.003]
        inside = (signed_distance(model.topology, vertices, points) < -0.0005).mean()
        assert inside < 0.002, f"{style} on {name}: {inside:.2%} of the points lie more than 0.5 mm inside"


@pytest.mark.parametrize("style", GROWING)
def test_grooms_are_whole(model: HeadModel, heads: dict[str, np.ndarray], style: str) -> None:
    vertices = heads["woman"]
    member = np.zeros(len(vertices), bool)
    for ear in ("ear_l", "ear_r"):
        member[model.topology.sets[ear]] = True
    for groom in grow_hair(model, vertices, HairParameters(style=style), 1, strands=500):
        strands, points = groom.points.shape[:2]
        assert groom.name == "hair"
        assert groom.points.dtype == groom.radii.dtype == np.float32
        assert np.isfinite(groom.points).all()
        assert groom.radii.shape == (strands, points)
        assert (groom.radii > 0).all()
        assert groom.radii.max() < 0.004
        assert groom.clump.shape == groom.shade.shape == (strands,)
        assert groom.root_uvs.shape == (strands, 2)
        assert (groom.root_uvs >= 0).all()
        assert (groom.root_uvs <= 1).all()
        assert (groom.shade >= 0).all()
        assert (groom.shade <= 1).all()
        np.testing.assert_allclose(groom.points[:, 0], groom.roots.positions(vertices), atol=1e-6)
        assert not member[groom.roots.corners].all(axis=1).any(), "roots on an ear"
        # No point runs away: strands advance by less than a hand's breadth at once.
        assert np.linalg.norm(np.diff(groom.points, axis=1), axis=2).max() < 0.045


def test_bald_has_no_hair_and_receding_only_a_fringe(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    vertices = heads["man"]
    assert grow_hair(model, vertices, HairParameters(style="bald"), 1) == ()
    assert not hair_density(model, HairParameters(style="bald")).any()
    (groom,) = grow_hair(model, vertices, HairParameters(style="receding"), 1, strands=2000)
    assert len(groom.points) < 1600
    top = vertices[model.topology.sets["scalp"], 1].max()
    assert (groom.points[:, 0, 1] < top - 0.012).all()


def test_nothing_falls_over_the_eyes_unless_a_fringe_is_asked(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    for name, vertices in heads.items():
        marks = model.topology.landmarks["multi_pie_68"].positions(vertices)
        eyes = marks[36:48]
        low, high = eyes.min(axis=0), eyes.max(axis=0)
        for style in GROWING:
            fringe = 1.0 if style == "bob" else 0.0
            points = all_points(grow_hair(model, vertices, HairParameters(style=style, fringe=fringe), 5, strands=300))
            before = (points[:, 2] > low[2]) & (points[:, 0] > low[0]) & (points[:, 0] < high[0])
            share = (before & (points[:, 1] < high[1] + 0.002) & (points[:, 1] > low[1])).mean()
            assert share < 0.001, f"{style} on {name}: {share:.2%} before the eyes"


@pytest.mark.parametrize("style", ["side_part", "bob", "curly", "braids", "bun"])
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(
    model: HeadModel, heads: dict[str, np.ndarray], style: str
) -> None:
    hair = HairParameters(style=style)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = grow_hair(model, heads["old"], hair, 11, strands=600)
        torch.set_num_threads(4)
        grow_hair(model, heads["man"], hair, 12, strands=100)
        other = grow_hair(model, heads["old"], hair, 11, strands=600)
    finally:
        torch.set_num_threads(threads)
    for a, b in zip(one, other, strict=True):
        for field in ("points", "radii", "root_uvs", "clump", "shade"):
            assert getattr(a, field).tobytes() == getattr(b, field).tobytes(), field
    changed = grow_hair(model, heads["old"], hair, 13, strands=600)
    assert changed[0].points.tobytes() != one[0].points.tobytes()


@pytest.mark.parametrize("style", tuple(LENGTHS_MM))
def test_lengths_are_as_stated(model: HeadModel, heads: dict[str, np.ndarray], style: str) -> None:
    if style == "bun":
        pytest.skip("a bun's length is its knot's width")
    shortest, usual, longest = LENGTHS_MM[style]
    found = []
    for length in (0.0, 0.5, 1.0):
        hair = HairParameters(style=style, length=length, fade=0.0, density=1.0)
        grooms = grow_hair(model, heads["mean"], hair, 2, strands=400)
        found.append(float(np.percentile(arc_mm(grooms[:1]), 99)))
    assert found[0] < found[1] < found[2]
    # Ponytails and plaits come on top of the way to the tie; coils wind; a pixie has a fringe.
    on_top = 260.0 if style in ("ponytail", "braids") else 0.0
    slack = {"afro": 2.6, "pixie": 1.9}.get(style, 1.45)
    for value, asked in zip(found, (shortest, usual, longest), strict=True):
        assert 0.55 * asked < value < slack * asked + on_top + 3.0


@pytest.mark.parametrize("style", tuple(HANGS_MM))
def test_long_hair_ends_where_it_is_stated(model: HeadModel, heads: dict[str, np.ndarray], style: str) -> None:
    vertices = heads["mean"]
    chin = model.topology.landmarks["multi_pie_68"].positions(vertices)[8, 1] * 1000.0
    ends = []
    for length in (0.0, 0.5, 1.0):
        (groom,) = grow_hair(model, vertices, HairParameters(style=style, length=length), 2, strands=400)
        ends.append(float(np.median(groom.points[:, -1, 1]) * 1000.0 - chin))
    for value, stated in zip(ends, HANGS_MM[style], strict=True):
        assert abs(value - stated) < 30.0
    assert ends[0] > ends[1] > ends[2]


def test_strands_and_density_are_respected(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    vertices = heads["child"]

    def count(density: float, strands: int, style: str = "straight") -> int:
        hair = HairParameters(style=style, density=density)
        return sum(len(groom.points) for groom in grow_hair(model, vertices, hair, 4, strands))

    assert count(1.0, 1000) == 1000
    assert count(1.0, 250) == 250
    assert 300 < count(0.0, 1000) < count(0.5, 1000) < 1000
    assert count(1.0, 0) == 0
    assert all(count(1.0, 777, style) <= 777 for style in GROWING)


def test_density_is_a_share_that_grows_with_density_and_shrinks_with_baldness(model: HeadModel) -> None:
    hair = HairParameters(style="crew_cut", density=0.5)
    plain = hair_density(model, hair)
    skin = model.topology.part("skin")
    assert plain.shape == (len(skin.vertices),)
    assert plain.dtype == np.float32
    assert plain.min() == 0.0
    assert 0.5 < plain.max() <= 1.0
    assert (hair_density(model, replace(hair, density=0.9)) >= plain).all()
    assert (hair_density(model, replace(hair, recession=0.8)) <= plain + 1e-6).all()
    assert (hair_density(model, replace(hair, crown=0.8)) <= plain + 1e-6).all()
    for name in ("ear_l", "ear_r", "lips"):
        assert plain[model.topology.sets[name]].max() == 0.0
    mean = scalp_of(model).mean * np.float32(0.001)
    np.testing.assert_array_equal(density_at(model, hair, mean)[plain > 0], plain[plain > 0])


def test_the_hairline_has_human_proportions_and_is_rounder_where_it_is_low(model: HeadModel) -> None:
    measures, mean = scalp_of(model).measures, scalp_of(model).mean
    marks = model.topology.landmarks["multi_pie_68"].positions(mean)
    glabella, nose_base = marks[[21, 22], 1].mean(), marks[33, 1]

    def edge(hairline: float, degrees: float) -> float:
        """Height where half of the hair stands, on a ray of the forehead."""
        ahead = mean[(np.abs(azimuth(measures, mean) - degrees) < 4.0) & (mean[:, 1] > measures.brow_y)]
        share = share_of_hair(measures, ahead, HairParameters(density=1.0, hairline=hairline))
        return float(np.interp(0.5, np.sort(share), np.sort(ahead[:, 1])))

    for hairline in (-1.0, 0.0, 1.0):
        assert 0.55 < (edge(hairline, 3.0) - glabella) / (glabella - nose_base) < 1.0
    low, high = ([edge(hairline, degrees) for degrees in (3.0, 26.0, 38.0)] for hairline in (-1.0, 1.0))
    assert np.all(np.array(low) < np.array(high) - 3.0)
    assert low[0] - low[2] > high[0] - high[2] + 5.0
    for receded in (0.0, 0.5, 1.0):
        hair = HairParameters(style="crew_cut", hairline=1.0, recession=receded)
        assert (hair_density(model, replace(hair, hairline=-1.0)) >= hair_density(model, hair) - 1e-6).all()


def test_roots_stand_where_the_density_says(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    hair = HairParameters(style="buzz_cut", recession=0.7, crown=0.5, density=1.0)
    (groom,) = grow_hair(model, heads["old"], hair, 4, strands=3000)
    mean = scalp_of(model).mean * np.float32(0.001)
    assert (density_at(model, hair, groom.roots.positions(mean)) > 0).mean() > 0.999


def test_hair_goes_along_with_the_head(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    vertices = heads["mean"]
    (groom,) = grow_hair(model, vertices, HairParameters(style="wavy"), 6, strands=200)
    turn, shift = np.radians(25.0), np.array([0.1, -0.2, 0.3], np.float32)
    rotation = np.array(
        [[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]], dtype=np.float32
    )
    moved = vertices @ rotation.T + shift
    np.testing.assert_allclose(groom.posed(vertices, moved), groom.points @ rotation.T + shift, atol=2e-5)
    np.testing.assert_allclose(groom.posed(vertices, vertices), groom.points, atol=2e-6)


def test_a_parting_parts_and_curl_curls(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    def shift(parting: str) -> float:
        """Mean sideways way of the hair that grows on the middle of the head's top, in mm."""
        hair = HairParameters(style="straight", parting=parting)
        (groom,) = grow_hair(model, heads["mean"], hair, 8, strands=2000)
        top = (np.abs(groom.points[:, 0, 0]) < 0.012) & (groom.points[:, 0, 1] > 0.125) & (groom.points[:, 0, 2] > 0)
        return float((groom.points[top, 5, 0] - groom.points[top, 0, 0]).mean() * 1000.0)

    assert shift("left") < -8.0 < 8.0 < shift("right")

    def winding(curl: float) -> float:
        (groom,) = grow_hair(model, heads["mean"], HairParameters(style="straight", curl=curl, frizz=0), 8, 400)
        span = np.linalg.norm(groom.points[:, -1] - groom.points[:, 0], axis=1)
        return float(np.median(lengths(groom.points) / np.maximum(span, 1e-4)))

    assert winding(0.0) < winding(0.3) < winding(0.6)


def test_unknown_styles_are_refused(model: HeadModel, heads: dict[str, np.ndarray]) -> None:
    with pytest.raises(HeadsmithError) as refused:
        grow_hair(model, heads["mean"], HairParameters(style="mullet"), 1)
    assert refused.value.code is ErrorCode.BAD_INPUT
