"""The painted maps of a skin."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear, typology_angle
from headsmith_server.texture.parameters import HairColour, Makeup, Scar, SkinParameters
from headsmith_server.texture.relief import DISPLACEMENT_SCALE_M, normal_map
from headsmith_server.texture.skin import paint_skin, paint_surface
from headsmith_shared.asset import TextureMap

ORDER = ["albedo", "normal", "roughness", "specular", "displacement"]
unit = st.floats(0.0, 1.0)
hairs = st.builds(HairColour, unit, unit, unit)
colours = st.tuples(unit, unit, unit)
skins = st.builds(
    SkinParameters,
    melanin=unit, haemoglobin=unit, undertone=st.floats(-1.0, 1.0), age_years=st.floats(0.0, 110.0), masculinity=unit,
    freckles=unit, moles=unit, age_spots=st.none() | unit, wrinkles=st.none() | unit, weathering=unit, oiliness=unit,
    redness=unit, dark_circles=unit, stubble=unit, cropped_hair=unit, hair=hairs, beard=hairs,
    scars=st.lists(st.builds(
        Scar, st.sampled_from(["cheek", "forehead", "chin", "brow", "lip", "nose"]),
        st.sampled_from(["left", "right", "middle"]), st.floats(3.0, 60.0), unit,
    ), max_size=2).map(tuple),
    makeup=st.builds(Makeup, colours, unit, colours, unit, unit, unit, unit),
)  # fmt: skip


def decode(map_: TextureMap) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(map_.data, np.uint8), cv2.IMREAD_UNCHANGED)
    return image[..., ::-1] if image.ndim == 3 else image


def paint(surface, mean, skin: SkinParameters, seed: int = 1) -> dict[str, np.ndarray]:
    own = mean[: int(surface.field.triangles.corners.max()) + 1]
    return {m.channel: decode(m) for m in paint_surface(surface, own, skin, seed)}


def face_lab(surface, albedo: np.ndarray) -> np.ndarray:
    """CIE Lab of the mean colour of cheeks and forehead."""
    r = surface.regions
    weight = np.clip(r["cheek"] + r["forehead"], 0, 1) * (r["beard"] < 0.1) * surface.field.covered
    linear = srgb_to_linear(albedo / 255.0)
    return linear_to_lab((linear * weight[..., None]).sum(axis=(0, 1)) / weight.sum())


def test_maps_come_in_order_with_their_meaning(pocket, pocket_mean) -> None:
    maps = list(paint_skin(pocket, torch.from_numpy(pocket_mean), SkinParameters(), 128, 3))
    assert [m.channel for m in maps] == ORDER
    for m in maps:
        assert m.material == "skin"
        assert (m.width, m.height) == (128, 128)
        assert m.colour_space == ("srgb" if m.channel == "albedo" else "linear")
        assert decode(m).dtype == (np.uint16 if m.channel == "displacement" else np.uint8)
    assert maps[-1].scale_m == DISPLACEMENT_SCALE_M


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(skin=skins, seed=st.integers(0, 2**31))
def test_any_skin_can_be_painted(small_surface, pocket_mean, skin: SkinParameters, seed: int) -> None:
    maps = paint(small_surface, pocket_mean, skin, seed)
    covered = small_surface.field.covered
    assert maps["albedo"][covered].min() >= 2
    assert maps["roughness"][covered].min() >= 25
    normals = maps["normal"].astype(float) / 127.5 - 128 / 127.5
    np.testing.assert_allclose(np.linalg.norm(normals[covered], axis=-1), 1.0, atol=0.02)
    assert (normals[covered][:, 2] > 0.1).all()


def test_the_same_call_gives_the_same_bytes_whatever_the_threads(small_surface, pocket_mean) -> None:
    skin = SkinParameters(
        freckles=0.6, stubble=0.5, cropped_hair=0.7, age_years=66, scars=(Scar("cheek", "left"),), weathering=0.5
    )

    def run() -> list[bytes]:
        own = pocket_mean[: int(small_surface.field.triangles.corners.max()) + 1]
        return [m.data for m in paint_surface(small_surface, own, skin, 9)]

    threads, cv_threads = torch.get_num_threads(), cv2.getNumThreads()
    first = run()
    try:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        assert run() == first
    finally:
        torch.set_num_threads(threads)
        cv2.setNumThreads(cv_threads)


def test_seeds_differ(small_surface, pocket_mean) -> None:
    one, other = (paint(small_surface, pocket_mean, SkinParameters(), seed)["albedo"] for seed in (1, 2))
    assert np.abs(one.astype(int) - other.astype(int)).mean() > 0.3


def test_skin_types_darken_in_order_and_stay_skin(small_surface, pocket_mean) -> None:
    labs = [face_lab(small_surface, paint(small_surface, pocket_mean, SkinParameters(melanin=m))["albedo"])
            for m in (0.02, 0.34, 0.47, 0.62, 0.77, 0.92)]  # fmt: skip
    assert all(a[0] > b[0] + 2.5 for a, b in itertools.pairwise(labs))
    angles = [float(typology_angle(lab)) for lab in labs]
    assert angles[0] > 45.0
    assert angles[-1] < -25.0
    for lab in labs:
        assert 30.0 < np.degrees(np.arctan2(lab[2], lab[1])) < 72.0


def test_lips_noses_and_cheeks_are_redder_than_foreheads(small_surface, pocket_mean) -> None:
    albedo = paint(small_surface, pocket_mean, SkinParameters(melanin=0.15))["albedo"]
    lab = linear_to_lab(srgb_to_linear(albedo / 255.0))
    r = small_surface.regions

    def redness(mask: np.ndarray) -> float:
        return float(lab[..., 1][mask & small_surface.field.covered].mean())

    forehead = redness(r["forehead"] > 0.9)
    assert redness(r["cheek"] > 0.8) > forehead + 1.0
    assert redness(r["nose_tip"] > 0.7) > forehead + 1.5
    assert redness(small_surface.lips.inward > 0.3) > forehead + 5.0


@pytest.mark.parametrize(
    ("change", "region", "elsewhere"),
    [
        ({"stubble": 0.9}, "beard", "nose"),
        ({"cropped_hair": 0.9}, "scalp", "nose"),
        ({"freckles": 1.0}, "malar", "scalp"),
        ({"dark_circles": 1.0}, "tear_trough", "scalp"),
        ({"makeup": Makeup(lipstick_strength=1.0)}, "lips", "nose"),
        ({"makeup": Makeup(eyeliner_strength=1.0)}, "lid_margin", "nose"),
        ({"makeup": Makeup(eye_shadow_strength=1.0)}, "lid_upper", "nose"),
    ],
)
def test_what_is_asked_for_darkens_where_it_belongs(
    small_surface, pocket_mean, change, region: str, elsewhere: str
) -> None:
    plain = SkinParameters(melanin=0.15, moles=0.0, hair=HairColour(0.95), beard=HairColour(0.95))
    before = paint(small_surface, pocket_mean, plain)["albedo"].astype(float)
    after = paint(small_surface, pocket_mean, replace(plain, **change))["albedo"].astype(float)
    mask = small_surface.regions[region]
    where = (mask > 0.75 * mask.max()) & small_surface.field.covered
    far = (small_surface.regions[elsewhere] > 0.7) & (mask < 0.05) & small_surface.field.covered
    there = (after - before)[where].mean()
    away = (after - before)[far].mean()
    assert there < min(-0.5, away - 0.5)
    assert abs(away) < abs(there)


def test_a_scar_lies_on_its_side(small_surface, pocket_mean) -> None:
    plain = SkinParameters(moles=0.0)
    before = paint(small_surface, pocket_mean, plain)["displacement"].astype(float)
    x = small_surface.positions[..., 0]
    for side, sign in (("left", 1), ("right", -1)):
        scarred = paint(small_surface, pocket_mean, replace(plain, scars=(Scar("cheek", side, 30.0, 1.0),)))
        moved = np.abs(scarred["displacement"].astype(float) - before) > 300
        assert moved.any()
        assert (np.sign(x[moved]) == sign).mean() > 0.95


def test_age_and_sex_leave_their_marks(small_surface, pocket_mean) -> None:
    def relief(age: float) -> float:
        height = paint(small_surface, pocket_mean, SkinParameters(age_years=age))["displacement"].astype(float)
        return float(height[small_surface.field.covered].std())

    assert relief(10) < relief(45) < relief(80)


def test_colours_agree_where_islands_meet(pocket, small_surface, pocket_mean) -> None:
    """Points on both sides of every seam edge of the mesh have nearly the same albedo."""
    albedo = paint(small_surface, pocket_mean, SkinParameters(moles=0.0))["albedo"].astype(float)
    part = pocket.topology.part("skin")
    partners: dict[int, set[int]] = {}
    for face, uv_face in zip(part.faces, part.uv_faces, strict=True):
        for vertex, uv in zip(face.tolist(), uv_face.tolist(), strict=True):
            partners.setdefault(vertex, set()).add(uv)
    differences = []
    size = albedo.shape[0]
    for uvs in partners.values():
        if len(uvs) > 1:
            places = part.uvs[sorted(uvs)]
            columns = np.clip((places[:, 0] * size).astype(int), 0, size - 1)
            rows = np.clip(((1 - places[:, 1]) * size).astype(int), 0, size - 1)
            colours = albedo[rows, columns]
            differences.append(np.abs(colours - colours[0]).max())
    assert len(differences) > 50
    assert np.median(differences) < 4.0
    assert np.percentile(differences, 90) < 16.0


def test_normals_point_away_from_a_hill_in_both_handednesses() -> None:
    """A hill's right flank leans to +u, its upper flank to +v (OpenGL green): in texture space, so mirrored too."""
    axis = np.arange(64, dtype=np.float32) - 31.5
    hill = np.exp(-(axis[None, :] ** 2 + axis[:, None] ** 2) / 64.0).astype(np.float32)
    metric = np.zeros((64, 64, 3), np.float32)
    metric[..., 0] = metric[..., 2] = 1e-3
    normals = normal_map(hill * 5.0, metric, 1.0).astype(int)
    assert normals[32, 44, 0] > 140 > 116 > normals[32, 19, 0]
    assert normals[19, 32, 1] > 140 > 116 > normals[44, 32, 1]
    assert normals[2, 2].tolist() == [128, 128, 255]


def test_slopes_scale_with_the_size_of_a_texel() -> None:
    ramp = np.tile(np.arange(32, dtype=np.float32) * 0.1, (32, 1))  # 0.1 mm a texel
    metric = np.zeros((32, 32, 3), np.float32)
    metric[..., 0] = metric[..., 2] = 2e-4
    x, _, z = (normal_map(ramp, metric, 1.0)[16, 16].astype(float) - 128.0) / 127.5
    assert x / z == pytest.approx(-0.5, abs=0.02)


def test_tick_is_called_often_and_its_error_ends_the_work(small_surface, pocket_mean) -> None:
    calls = 0

    class Stop(Exception):
        pass

    def tick() -> None:
        nonlocal calls
        calls += 1
        if calls > 12:
            raise Stop

    own = pocket_mean[: int(small_surface.field.triangles.corners.max()) + 1]

    def all_maps() -> Iterator[TextureMap]:
        return paint_surface(small_surface, own, SkinParameters(), 1, tick)

    with pytest.raises(Stop):
        list(all_maps())
    calls = -1000
    list(all_maps())
    assert calls + 1000 > 30


@pytest.mark.parametrize("size", [0, 32, 100, 1536, 16384])
def test_sizes_that_are_no_power_of_two_are_refused(pocket, pocket_mean, size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        next(paint_skin(pocket, pocket_mean, SkinParameters(), size, 1))
