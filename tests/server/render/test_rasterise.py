from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.bench.render import rays
from headsmith_server.render import interpolate, rasterise
from tests.server.render.reference import nearest
from tests.server.render.shapes import plane, sphere, view


def soup(seed: int, count: int, near: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Triangles at random places and depths in clip space, some partly behind the eye when near is below 0."""
    generator = torch.Generator().manual_seed(seed)
    w = near + 3.0 * torch.rand(3 * count, generator=generator)
    middle = torch.rand(count, 1, 2, generator=generator) * 2.0 - 1.0
    offset = torch.randn(count, 3, 2, generator=generator) * 0.4
    xy = (middle + offset).view(-1, 2) * w[:, None].abs()
    z = w - 2.0 * 0.2
    clip = torch.cat([xy, z[:, None], w[:, None]], 1)
    return clip[None], torch.arange(3 * count).view(count, 3)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), cull=st.booleans(), near=st.sampled_from([1.0, 0.3, -1.0]))
def test_the_nearest_triangle_and_its_barycentrics_are_those_of_the_reference(
    seed: int, cull: bool, near: float
) -> None:
    clip, triangles = soup(seed, 12, near)
    found = rasterise(clip, triangles, (20, 28), cull)
    numbers, barycentrics, margin = nearest(clip[0].double().numpy(), triangles.numpy(), (20, 28), cull)
    sure = margin > 1e-3
    assert sure.mean() > 0.8
    np.testing.assert_array_equal(found.triangle[0].numpy()[sure], numbers[sure])
    same = sure & (numbers >= 0)
    np.testing.assert_allclose(found.barycentrics[0].numpy()[same], barycentrics[same], atol=2e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_barycentrics_sum_to_one_and_put_positions_on_pixel_centres(seed: int) -> None:
    clip, triangles = soup(seed, 30)
    found = rasterise(clip, triangles, (40, 48), cull=False)
    torch.testing.assert_close(found.weights.sum(1), torch.ones(len(found)), atol=1e-5, rtol=0)
    assert (found.weights > -1e-3).all()
    assert (found.weights < 1 + 1e-3).all()
    points = interpolate(clip, triangles, found)
    column = (points[:, 0] / points[:, 3] + 1) * 24
    row = (1 - points[:, 1] / points[:, 3]) * 20
    torch.testing.assert_close(column, (found.pixels % 48) + 0.5, atol=2e-3, rtol=0)
    torch.testing.assert_close(row, found.pixels // 48 % 40 + 0.5, atol=2e-3, rtol=0)
    torch.testing.assert_close((points[:, 2] / points[:, 3] + 1) / 2, found.depths, atol=1e-4, rtol=0)


def test_attributes_are_interpolated_in_space_and_not_in_the_image() -> None:
    """A floor from w = 1 to w = 3: half way up the image lies a quarter of the way along it."""
    clip = torch.tensor([[[-1.0, -1.0, 0.0, 1.0], [1.0, -1.0, 0.0, 1.0], [3.0, 3.0, 0.0, 3.0], [-3.0, 3.0, 0.0, 3.0]]])
    triangles = torch.tensor([[0, 1, 2], [0, 2, 3]])
    found = rasterise(clip, triangles, (64, 64))
    far = interpolate(torch.tensor([[[0.0], [0.0], [1.0], [1.0]]]), triangles, found)
    image = found.scatter(far, -1.0)[0, :, :, 0]
    height = (63.5 - torch.arange(64.0)) / 64
    torch.testing.assert_close(image[:, 20], height / (3 - 2 * height), atol=1e-5, rtol=0)


def test_a_batch_is_the_same_as_its_images_one_by_one() -> None:
    vertices, mesh = sphere()
    clip = view(yaw=[-40.0, 0.0, 70.0]).to_clip(vertices[None])
    together = rasterise(clip, mesh.triangles, (50, 30))
    for image in range(3):
        alone = rasterise(clip[image : image + 1], mesh.triangles, (50, 30))
        assert torch.equal(together.triangle[image], alone.triangle[0])
        assert torch.equal(together.barycentrics[image], alone.barycentrics[0])
        assert torch.equal(together.depth[image], alone.depth[0])


def test_neighbouring_triangles_leave_no_gap_and_share_no_pixel() -> None:
    generator = torch.Generator().manual_seed(3)
    steps = torch.linspace(-1.2, 1.2, 40)
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    grid = torch.stack([x, y], -1) + 0.006 * torch.randn(40, 40, 2, generator=generator)
    clip = torch.cat([grid.view(-1, 2), torch.zeros(1600, 1), torch.ones(1600, 1)], 1)[None]
    a = (torch.arange(39)[:, None] * 40 + torch.arange(39)).reshape(-1)
    triangles = torch.cat([torch.stack([a, a + 1, a + 41], 1), torch.stack([a, a + 41, a + 40], 1)])
    whole = rasterise(clip, triangles, (333, 333))
    assert len(whole) == 333 * 333
    each = [len(rasterise(clip, half, (333, 333))) for half in triangles.split(len(a))]
    assert sum(each) == 333 * 333


def test_equal_depth_goes_to_the_lower_number_whatever_the_order() -> None:
    clip = torch.tensor([[[-0.9, -0.9, 0.1, 1.0], [0.9, -0.9, 0.1, 1.0], [0.0, 0.9, 0.1, 1.0]]])
    twice = torch.tensor([[0, 1, 2], [0, 1, 2], [1, 2, 0]])
    assert rasterise(clip, twice, (32, 32)).numbers.unique().tolist() == [0]


def test_the_result_does_not_depend_on_threads() -> None:
    vertices, mesh = sphere(60, 120)
    clip = view(yaw=[0.0, 30.0]).to_clip(vertices[None])
    threads = torch.get_num_threads()
    try:
        results = []
        for count in (1, 2):
            torch.set_num_threads(count)
            results.append(rasterise(clip, mesh.triangles, (97, 101)))
    finally:
        torch.set_num_threads(threads)
    for name in ("pixels", "numbers", "weights", "depths"):
        assert torch.equal(getattr(results[0], name), getattr(results[1], name))


@pytest.mark.parametrize("triangles", [torch.zeros(0, 3, dtype=torch.long), torch.tensor([[0, 0, 1], [2, 2, 2]])])
def test_nothing_and_degenerate_triangles_cover_nothing(triangles: torch.Tensor) -> None:
    clip = torch.tensor([[[-0.5, -0.5, 0.0, 1.0], [0.5, -0.5, 0.0, 1.0], [0.0, 0.5, 0.0, 1.0]]])
    found = rasterise(clip, triangles, (16, 16), cull=False)
    assert len(found) == 0
    assert (found.triangle == -1).all()
    assert torch.isinf(found.depth).all()


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_a_corner_that_is_no_number_takes_its_own_triangles_out_and_no_others(bad: float) -> None:
    clip, triangles = soup(1, 8)
    whole = rasterise(clip, triangles, (30, 30), cull=False)
    broken = clip.clone()
    broken[0, 3] = bad
    left = rasterise(broken, triangles, (30, 30), cull=False)
    without = torch.cat([triangles[:1], triangles[2:]])
    expected = rasterise(clip, without, (30, 30), cull=False).triangle
    assert 1 in whole.numbers
    assert torch.equal(left.triangle, torch.where(expected >= 1, expected + 1, expected))


def test_a_huge_triangle_fills_the_image_without_filling_the_memory() -> None:
    clip = torch.tensor([[[-1e4, -1e4, 0.0, 1.0], [1e4, -1e4, 0.0, 1.0], [0.0, 1e4, 0.0, 1.0]]])
    many = torch.tensor([[0, 1, 2]]).repeat(200, 1)
    found = rasterise(clip, many, (512, 512))
    assert len(found) == 512 * 512
    assert (found.numbers == 0).all()


def test_triangles_that_are_not_asked_for_are_not_seen() -> None:
    vertices, mesh = sphere()
    clip = view().to_clip(vertices[None])
    only = torch.arange(0, len(mesh.triangles), 2)
    found = rasterise(clip, mesh.triangles, (40, 40), only=only)
    assert len(found) > 0
    assert (found.numbers % 2 == 0).all()


def test_culling_is_by_triangle_where_asked() -> None:
    vertices, mesh = plane()
    behind = view(1.0, yaw=180.0).to_clip(vertices[None])
    found = rasterise(behind, mesh.triangles, (40, 40), torch.tensor([True, False]))
    assert found.numbers.unique().tolist() == [1]
    assert len(rasterise(behind, mesh.triangles, (40, 40))) == 0


@pytest.mark.skipif(importlib.util.find_spec("embreex") is None, reason="embreex is not installed")
def test_rays_of_embree_meet_the_same_triangles() -> None:
    scenes = pytest.importorskip("embreex.rtcore_scene")
    meshes = pytest.importorskip("embreex.mesh_construction")
    vertices, mesh = sphere(40, 80)
    eye = view(yaw=25.0)
    scene = scenes.EmbreeScene()
    meshes.TriangleMesh(scene, vertices.numpy(), mesh.triangles.numpy().astype(np.int32))
    origins, ways = rays(eye, 96)
    hits = scene.run(origins, ways, query="INTERSECT", output=True)["primID"].reshape(96, 96)
    ours = rasterise(eye.to_clip(vertices[None]), mesh.triangles, (96, 96)).triangle[0].numpy()
    assert (ours == hits).mean() > 0.999
    assert ((ours >= 0) == (hits >= 0)).mean() > 0.999
