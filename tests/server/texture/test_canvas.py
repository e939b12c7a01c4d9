"""The UV raster."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from headsmith_server.texture.canvas import rasterise
from headsmith_server.texture.noise import bands, enlarge, enlarge_rows, solid_noise
from headsmith_server.texture.pores import detail_tiles


def test_texels_lie_where_their_triangle_says(two_islands) -> None:
    part, _positions = two_islands
    canvas = rasterise(part, 128)
    uv = canvas.interpolate_uv(part.uvs)
    rows, columns = np.nonzero(canvas.covered)
    expected = np.stack([(columns + 0.5) / 128, 1.0 - (rows + 0.5) / 128], axis=1)
    np.testing.assert_allclose(uv[rows, columns], expected, atol=1e-5)


def test_coverage_is_the_islands_area(two_islands) -> None:
    part, _ = two_islands
    assert abs(rasterise(part, 256).covered.mean() - 2 * 0.4 * 0.9) < 0.01


def test_values_continue_beyond_the_islands(two_islands) -> None:
    part, positions = two_islands
    canvas = rasterise(part, 128)
    inside = canvas.interpolate(positions)[canvas.covered]
    everywhere = canvas.interpolate(positions)
    assert np.isfinite(everywhere).all()
    assert everywhere.min() >= inside.min() - 1e-6
    assert everywhere.max() <= inside.max() + 1e-6
    assert canvas.gutter[canvas.covered].max() == 0.0
    assert canvas.gutter[~canvas.covered].min() > 0.0


def test_the_metric_measures_the_mesh(two_islands) -> None:
    part, positions = two_islands
    metric = rasterise(part, 128).metric(positions)
    # 0.1 m is spread over 0.8 of the tile in u and 0.9 in v.
    np.testing.assert_allclose(metric[..., 0], 0.1 / 0.8 / 128, rtol=1e-4)
    np.testing.assert_allclose(metric[..., 1], 0.0, atol=1e-7)
    np.testing.assert_allclose(metric[..., 2], 0.1 / 0.9 / 128, rtol=1e-4)


def test_noise_agrees_across_a_seam(two_islands) -> None:
    """The two islands meet at x = 0; texels on both sides of the seam hold the same noise."""
    part, positions = two_islands
    canvas = rasterise(part, 256)
    noise = solid_noise(canvas.interpolate(positions), 30.0, np.random.default_rng(3))[0]
    left, right = int(0.45 * 256), int(0.95 * 256)
    rows = slice(20, 236)
    difference = np.abs(noise[rows, left - 1] - noise[rows, right - 1])
    assert difference.max() < 0.2
    assert noise[rows].std() > 0.7


def test_the_pocket_head_covers_its_tile_without_overlap(pocket) -> None:
    canvas = rasterise(pocket.topology.part("skin"), 512)
    triangles = canvas.triangles
    a, b, c = (triangles.uvs[triangles.uv_corners[:, i]] for i in range(3))
    area = 0.5 * np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]).sum()
    assert abs(canvas.covered.mean() - area) < 0.01


@pytest.mark.parametrize(("field", "size"), [(32, 32), (32, 64), (32, 128)])
def test_bands_of_an_enlarged_field_are_the_enlarged_field(field: int, size: int) -> None:
    values = np.random.default_rng(5).random((field, field)).astype(np.float32)
    whole = enlarge(values, size)
    for start in range(0, size, size // 4):
        rows = slice(start, start + size // 4)
        np.testing.assert_allclose(enlarge_rows(values, size, rows), whole[rows], atol=1e-6)


@pytest.mark.parametrize("size", [64, 256, 1024, 2048, 4096])
def test_bands_fill_the_raster(size: int) -> None:
    parts = bands(size)
    assert parts[0].start == 0
    assert parts[-1].stop == size
    assert all(a.stop == b.start for a, b in pairwise(parts))
    assert all((part.stop - part.start) * size <= 1 << 19 or part.stop - part.start == 8 for part in parts)


def test_detail_tiles_repeat_without_a_step() -> None:
    tiles = detail_tiles(256)
    for tile in (tiles.pores, tiles.net, tiles.lines):
        inner = np.abs(np.diff(tile, axis=1)).mean()
        assert np.abs(tile[:, 0] - tile[:, -1]).mean() < 1.5 * inner
        assert np.abs(tile[0] - tile[-1]).mean() < 1.5 * inner
