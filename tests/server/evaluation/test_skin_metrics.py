"""Skin colour and pore spectrum on input whose answer is known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from headsmith_server.evaluation.pore_spectrum import (
    EDGES_MM,
    FLOOR,
    TILES_MM,
    micro_spectrum,
    pore_spectrum_distance,
    relief_patches,
    slope_spectrum,
    slopes_of,
    spectrum_distance,
    tile_slopes,
)
from headsmith_server.evaluation.skin_colour import (
    ciede2000,
    reference_skins,
    sample_points,
    skin_colour_distance,
    skin_distances,
)
from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_shared.errors import HeadsmithError

# Lab pairs and differences from the test data of Sharma, Wu and Dalal (2005), table 1.
SHARMA = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)


@pytest.mark.parametrize(("one", "other", "expected"), SHARMA)
def test_colour_differences_are_those_published(one, other, expected: float) -> None:
    assert float(ciede2000(np.array(one), np.array(other))) == pytest.approx(expected, abs=1e-4)
    assert float(ciede2000(np.array(other), np.array(one))) == pytest.approx(expected, abs=1e-4)


def plain(colour: tuple[int, int, int], size: int = 64) -> np.ndarray:
    return np.full((size, size, 3), colour, np.uint8)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two plain reference skins in MakeHuman's place."""
    folder = tmp_path / "skins" / "makehuman"
    folder.mkdir(parents=True)
    for name, colour in (("light_diffuse.png", (220, 180, 160)), ("dark_diffuse2.png", (90, 60, 45))):
        cv2.imwrite(str(folder / name), plain(colour)[..., ::-1])
    return tmp_path


def test_a_reference_skin_is_its_own_neighbour_and_a_stranger_is_far(data: Path) -> None:
    references = reference_skins(data)
    assert set(references) == {"light", "dark2"}
    distances, nearest = skin_distances([plain((220, 180, 160)), plain((90, 60, 45)), plain((93, 60, 45))], references)
    assert nearest == ["light", "dark2", "dark2"]
    np.testing.assert_allclose(distances[:2], 0.0, atol=1e-9)
    assert 0.3 < distances[2] < 3.0
    assert skin_colour_distance([plain((40, 90, 200))], data) > 25.0


def test_the_mean_over_regions_counts(data: Path) -> None:
    """A skin that is right but for one region of R is off by that region's difference / R."""
    points = sample_points()
    wrong, right = (40, 90, 200), (220, 180, 160)
    size = 512
    image = plain(right, size)
    for u, v in points.uv["headsmith"][0]:
        image[min(int((1 - v) * size), size - 1), min(int(u * size), size - 1)] = wrong
    lab = linear_to_lab(srgb_to_linear(np.array([wrong, right]) / 255.0))
    expected = float(ciede2000(lab[0], lab[1])) / len(points.regions)
    assert skin_colour_distance([image], data) == pytest.approx(expected, rel=0.08)


def test_regions_are_found_where_the_painter_has_them(surface) -> None:
    points = sample_points()
    size = surface.field.size
    masks = {name: surface.regions[name] for name in ("forehead", "cheek", "nose", "chin", "temple")}
    for name, mask in {**masks, "lips": (surface.lips.signed_mm > 0).astype(float)}.items():
        uv = points.uv["headsmith"][points.regions.index(name)]
        values = mask[((1 - uv[:, 1]) * size).astype(int), (uv[:, 0] * size).astype(int)]
        assert values.min() > 0.4


@pytest.fixture(scope="module")
def surface():
    from headsmith_server.heads.pocket import load_pocket_head
    from headsmith_server.texture.surface import skin_surface

    return skin_surface(load_pocket_head(), 256)


def test_without_references_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(HeadsmithError):
        reference_skins(tmp_path)


def wave(wavelength_mm: float, slope: float, texel_mm: float, size: int = 512) -> np.ndarray:
    x = np.arange(size) * texel_mm
    row = slope * np.sqrt(2.0) * np.cos(2 * np.pi * x / wavelength_mm)
    return np.stack([np.tile(row, (size, 1)), np.zeros((size, size))])


@pytest.mark.parametrize("band", range(len(EDGES_MM) - 1))
def test_a_wave_lies_in_its_half_octave_with_its_variance(band: int) -> None:
    middle = float(np.sqrt(EDGES_MM[band] * EDGES_MM[band + 1]))
    found = slope_spectrum(wave(middle, 0.2, 0.05), 0.05)
    assert int(found.argmax()) == band
    assert found[band] == pytest.approx(0.04, rel=0.03)
    assert np.delete(found, band).sum() < 0.002


def test_a_flat_map_has_no_more_than_rounding_leaves() -> None:
    np.testing.assert_array_equal(slope_spectrum(np.zeros((2, 256, 256)), 0.05), FLOOR)


def test_patches_that_cannot_tell_are_refused() -> None:
    with pytest.raises(ValueError, match="do not hold"):
        slope_spectrum(np.zeros((2, 64, 64)), 0.01)
    with pytest.raises(ValueError, match="do not hold"):
        slope_spectrum(np.zeros((2, 256, 256)), 0.15)


def normals_of(slopes: np.ndarray) -> np.ndarray:
    length = np.sqrt(1 + (slopes**2).sum(0))
    return np.round(
        np.stack([-slopes[0], -slopes[1], np.ones_like(length)], -1) / length[..., None] * 127 + 128
    ).astype(np.uint8)


def test_the_right_spectrum_is_at_0_none_at_1_and_half_the_level_between() -> None:
    slopes = np.random.default_rng(3).standard_normal((2, 512, 512)) * 0.15
    reference = np.log(slope_spectrum(slopes, 0.07))
    normals = normals_of(slopes)
    np.testing.assert_allclose(slopes_of(normals), slopes, atol=0.02)
    assert pore_spectrum_distance([normals], 0.07, reference) < 0.02
    assert pore_spectrum_distance([np.full_like(normals, (128, 128, 255))], 0.07, reference) == pytest.approx(1.0)
    fainter = pore_spectrum_distance([normals_of(slopes / 3)], 0.07, reference)
    assert 0.05 < fainter < 0.9
    assert spectrum_distance(reference, reference - 2.0, level=False) == pytest.approx(0.0, abs=1e-9)


def test_tiles_are_read_at_their_scale(tmp_path: Path) -> None:
    """Three tiles whose wave is 1 mm long by their sides in TILES_MM: the spectrum peaks in that half octave."""
    (tmp_path / "skins" / "micro").mkdir(parents=True)
    size = 512
    for name, side in TILES_MM.items():
        x = np.arange(size) * side / size
        red = 127.5 + 127.5 * 0.2 * np.cos(2 * np.pi * x * round(side / 1.2) / side)
        image = np.full((size, size, 3), 127.5)
        image[..., 0] = red
        cv2.imwrite(str(tmp_path / name), np.round(image)[..., ::-1])
        assert tile_slopes(np.round(image).astype(np.uint8)).shape == (2, size, size)
    spectrum = micro_spectrum(tmp_path)
    assert EDGES_MM[int(spectrum.argmax())] > 1.2 > EDGES_MM[int(spectrum.argmax()) + 1]


def test_patches_lie_in_their_regions(surface) -> None:
    """On a map that says where it is, the patches are one from each side, one from above and one from between."""
    where = np.zeros((surface.size, surface.size, 3), np.uint8)
    where[..., 0] = np.clip(surface.positions[..., 0] * 1000 + 128, 0, 255)
    where[..., 1] = np.clip(surface.positions[..., 1] * 1000 + 128, 0, 255)
    left, right, forehead, nose = relief_patches(surface, where)
    for patch in (left, right, forehead, nose):
        assert patch.shape[0] * surface.texel_mm == pytest.approx(12.0, abs=2.5)
    assert left[..., 0].mean() > 140
    assert right[..., 0].mean() < 116
    assert abs(float(nose[..., 0].mean()) - 128) < 8
    assert forehead[..., 1].mean() > left[..., 1].mean() + 40
