"""Beards, moustaches, brows and lashes: where they grow, how they hang, and that they are the same again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server.hair.facial import grow_beard
from headsmith_server.hair.facial_lines import grow_brows, grow_lashes
from headsmith_server.hair.facial_regions import facial_density, lower_face
from headsmith_server.hair.groom import Groom
from headsmith_server.hair.parameters import BEARDS, MOUSTACHES, BeardParameters, HairColour
from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.parameters import BrowParameters


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def man(model: HeadModel) -> np.ndarray:
    identity = 0.7 * torch.randn(1, model.identity_size, generator=torch.Generator().manual_seed(2))
    identity += 1.5 * torch.from_numpy(model.attributes["masculinity"].direction)
    return model.vertices(identity)[0].numpy()


def nearest_gap(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    return torch.cdist(torch.from_numpy(np.ascontiguousarray(points)), torch.from_numpy(others)).amin(1).numpy()


def depth_in_skin(model: HeadModel, vertices: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Millimetres [N] below the tangent plane of the nearest triangle of the outer skin, by its centre; independent of
    the growers' own distance field."""
    topology = model.topology
    faces = topology.part("skin").faces
    hidden = np.zeros(len(topology.part("skin").vertices), bool)
    for name in ("mouth_cavity", "inner_lid", "nostril_inside"):
        hidden[topology.sets[name]] = True
    quads = faces[(faces[:, 3] >= 0) & ~hidden[np.maximum(faces, 0)].any(1)]
    a, b, c, d = (vertices[quads[:, number]] for number in range(4))
    normals = np.cross(c - a, d - b)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    centres = (a + b + c + d) / 4
    near = torch.cat(
        [torch.cdist(some, torch.from_numpy(centres)).argmin(1) for some in torch.from_numpy(points).split(2000)]
    ).numpy()
    return -1000.0 * np.einsum("nc,nc->n", points - centres[near], normals[near])


def every_style() -> list[BeardParameters]:
    beards = [BeardParameters(style, "natural") for style in BEARDS if style != "none"]
    return beards + [BeardParameters("none", name) for name in MOUSTACHES if name != "none"]


@pytest.mark.parametrize("beard", every_style(), ids=lambda beard: f"{beard.style}-{beard.moustache}")
def test_every_style_grows_on_the_skin_off_the_lips_and_not_into_it(
    model: HeadModel, man: np.ndarray, beard: BeardParameters
) -> None:
    grooms = grow_beard(model, man, beard, 5, 700)
    assert [groom.name for groom in grooms] == [
        name for name, kind in (("beard", beard.style), ("moustache", beard.moustache)) if kind != "none"
    ]
    lips = man[model.topology.sets["lips"]]
    marks = model.topology.landmarks["multi_pie_68"].positions(man)
    for groom in grooms:
        check_groom(groom, man)
        roots = groom.points[:, 0]
        corners = set(model.topology.sets["lips"].tolist()) | set(model.topology.sets["mouth_cavity"].tolist())
        assert not corners & set(groom.roots.corners.ravel().tolist())
        assert nearest_gap(roots, lips).min() > 0.0004
        assert roots[:, 1].max() < marks[[19, 24], 1].min()  # below the brows
        assert roots[:, 2].min() > man[model.topology.sets["ear_l"], 2].min()  # not on the nape
        depth = depth_in_skin(model, man, groom.points.reshape(-1, 3))
        assert (depth < 0.5).mean() > 0.995


def check_groom(groom: Groom, vertices: np.ndarray) -> None:
    count = len(groom.points)
    assert count > 20
    assert groom.points.dtype == groom.radii.dtype == groom.shade.dtype == np.float32
    assert groom.radii.shape == groom.points.shape[:2]
    assert groom.root_uvs.shape == (count, 2)
    assert groom.clump.shape == groom.shade.shape == (count,)
    assert np.isfinite(groom.points).all()
    assert (groom.radii > 1e-6).all()
    assert (groom.radii < 1e-3).all()
    assert ((groom.shade >= 0) & (groom.shade <= 1)).all()
    assert ((groom.root_uvs >= 0) & (groom.root_uvs <= 1)).all()
    assert np.linalg.norm(groom.points[:, 0] - groom.roots.positions(vertices), axis=1).max() < 1e-3
    assert (groom.radii[:, -1] < groom.radii[:, 0]).all()


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(model: HeadModel, man: np.ndarray) -> None:
    beard = BeardParameters("full", "walrus")
    first, again, other = (grow_beard(model, man, beard, seed, 400) for seed in (1, 1, 2))
    for a, b, c in zip(first, again, other, strict=True):
        assert a.points.tobytes() == b.points.tobytes()
        assert a.radii.tobytes() == b.radii.tobytes()
        assert a.shade.tobytes() == b.shade.tobytes()
        assert a.points.tobytes() != c.points.tobytes()


def test_a_shaven_man_has_no_beard(model: HeadModel, man: np.ndarray) -> None:
    assert grow_beard(model, man, BeardParameters(), 1) == ()
    assert facial_density(model, BeardParameters()).max() == 0.0


def test_strands_are_few_when_asked_for_few_and_thicker_for_it(model: HeadModel, man: np.ndarray) -> None:
    beard = BeardParameters("full")
    few, many = (grow_beard(model, man, beard, 1, strands)[0] for strands in (300, 3000))
    assert 200 <= len(few.points) <= 300 < len(many.points) <= 3000
    assert few.radii.mean() > 1.5 * many.radii.mean()


def lengths(groom: Groom) -> np.ndarray:
    return np.linalg.norm(np.diff(groom.points, axis=1), axis=2).sum(axis=1)


def test_beards_have_their_lengths(model: HeadModel, man: np.ndarray) -> None:
    usual = [lengths(grow_beard(model, man, BeardParameters(style), 1, 400)[0]).mean() for style in
             ("stubble", "short", "full", "long")]  # fmt: skip
    assert usual == sorted(usual)
    assert usual[0] < 0.003
    assert usual[3] > 0.03
    by_length = [lengths(grow_beard(model, man, BeardParameters("full", length=length), 1, 400)[0]).mean()
                 for length in (0.0, 0.5, 1.0)]  # fmt: skip
    assert by_length == sorted(by_length)


def test_a_long_beard_hangs_before_the_neck(model: HeadModel, man: np.ndarray) -> None:
    (groom,) = grow_beard(model, man, BeardParameters("long"), 1, 800)
    tips = groom.points[:, -1]
    chin = model.topology.landmarks["multi_pie_68"].positions(man)[8]
    lowest = tips[np.argsort(tips[:, 1])[: len(tips) // 4]]
    assert (lowest[:, 1] < chin[1] - 0.03).all()
    assert (lowest[:, 2] > man[model.topology.loops["collar"], 2].mean()).mean() > 0.99


def test_a_handlebar_ends_beside_and_above_where_it_hangs(model: HeadModel, man: np.ndarray) -> None:
    (groom,) = grow_beard(model, man, BeardParameters(moustache="handlebar"), 1, 600)
    marks = model.topology.landmarks["multi_pie_68"].positions(man)
    tips = groom.points[:, -1]
    assert np.abs(tips[:, 0]).mean() > np.abs(marks[[48, 54], 0]).mean()
    assert (tips[:, 1] > groom.points[..., 1].min(axis=1) + 0.002).mean() > 0.7
    assert (np.sign(tips[:, 0]) == np.sign(groom.points[:, 0, 0])).mean() > 0.97


def test_moustaches_stay_off_the_mouth(model: HeadModel, man: np.ndarray) -> None:
    """Between the corners no hair but a walrus's reaches the line where the lips meet."""
    marks = model.topology.landmarks["multi_pie_68"].positions(man)
    corner, line = np.abs(marks[[48, 54], 0]).mean() - 0.006, marks[[61, 62, 63], 1].mean()
    for style in ("natural", "chevron", "pencil", "toothbrush", "handlebar"):
        (groom,) = grow_beard(model, man, BeardParameters(moustache=style), 1, 600)
        points = groom.points.reshape(-1, 3)
        before = np.abs(points[:, 0]) < corner
        assert (points[before, 1] > line - 0.0005).mean() > 0.98, style


def test_patchy_beards_have_fewer_hairs_where_they_thin_out(model: HeadModel, man: np.ndarray) -> None:
    """Neighbouring roots of a patchy beard crowd in islands: the gaps to the nearest other root vary more."""

    def holes(patchiness: float) -> float:
        (groom,) = grow_beard(model, man, BeardParameters("short", patchiness=patchiness), 3, 1500)
        skin = man[np.flatnonzero(facial_density(model, BeardParameters("short")) > 0.9)]
        return float((nearest_gap(skin, groom.points[:, 0].copy()) > 0.004).mean())

    assert holes(0.9) > holes(0.0) + 0.05


def test_density_for_painting_follows_the_roots(model: HeadModel, man: np.ndarray) -> None:
    density = facial_density(model, BeardParameters("goatee", "chevron"))
    assert density.shape == (len(model.topology.part("skin").vertices),)
    assert density.min() >= 0.0
    assert density.max() > 0.9
    assert density[model.topology.sets["lips"]].max() == 0.0
    assert density[model.topology.sets["ear_l"]].max() == 0.0
    (beard,) = grow_beard(model, man, BeardParameters("goatee"), 1, 500)
    assert np.median(facial_density(model, BeardParameters("goatee"))[beard.roots.corners].max(axis=1)) > 0.6
    assert len(lower_face(model).lips) > 100


def test_brows_and_lashes_are_the_meshes_own_hairs(model: HeadModel, man: np.ndarray) -> None:
    (brows,) = grow_brows(model, man, BrowParameters(density=0.6), 1)
    (bushy,) = grow_brows(model, man, BrowParameters(density=1.0, thickness=1.0), 1)
    (lashes,) = grow_lashes(model, man, HairColour(0.6, 0.3), 1)
    (long,) = grow_lashes(model, man, HairColour(0.6, 0.3), 1, length=1.0)
    assert grow_brows(model, man, BrowParameters(density=0.0), 1) == ()
    assert len(bushy.points) > len(brows.points) > 100
    assert lengths(long).mean() > 1.2 * lengths(lashes).mean()
    assert lashes.colour.melanin > 0.6
    for groom, part in ((brows, "brows"), (lashes, "lashes")):
        check_groom(groom, man)
        own = model.topology.part(part).vertices
        assert nearest_gap(groom.points.reshape(-1, 3), man[own.start : own.stop]).max() < 0.0015
    sides = np.sign(brows.points[:, 0, 0])
    assert abs(sides.mean()) < 0.05


def test_strands_follow_an_expression(model: HeadModel, man: np.ndarray) -> None:
    identity = torch.zeros(1, model.identity_size)
    expression = torch.zeros(1, 52)
    expression[0, 17] = 1.0
    neutral, deformed = model.vertices(identity)[0].numpy(), model.vertices(identity, expression)[0].numpy()
    (groom,) = grow_beard(model, neutral, BeardParameters("goatee"), 1, 300)
    moved = groom.posed(neutral, deformed)
    assert np.linalg.norm(moved[:, 0] - groom.roots.positions(deformed), axis=1).max() < 1e-3
    assert lengths(groom) == pytest.approx(np.linalg.norm(np.diff(moved, axis=1), axis=2).sum(axis=1), rel=1e-3)


def test_no_beard_grows_where_men_have_none(model: HeadModel) -> None:
    """Below the eyes, on the nose, the forehead and the throat's foot there is none; on the jaw and chin there is."""
    face = lower_face(model)
    marks, mean = face.marks, face.ground.mean
    cheeks = np.stack([(marks[41] + marks[31]) / 2, (marks[46] + marks[35]) / 2])
    bare = np.concatenate([cheeks, marks[27:31], marks[[19, 24]], mean[model.topology.loops["collar"]]])
    hairy = np.concatenate([marks[4:13:4], marks[[57]] * [1, 1, 1] + [[0, -18 * face.scale, 0]]])
    for style in ("stubble", "short", "full", "long"):
        density = facial_density(model, BeardParameters(style, "natural"))
        for place in bare:
            near = np.linalg.norm(mean - place, axis=1) < 6.0
            assert density[near].max(initial=0.0) < 0.05, (style, place)
        for place in hairy:
            near = np.linalg.norm(mean - place, axis=1) < 9.0
            assert density[near].max() > 0.6, (style, place)
