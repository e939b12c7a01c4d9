from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.render import Fragments, Scene, interpolate, pyramid, rasterise, sample_texture, vertex_normals
from headsmith_server.render.footprint import footprint, uv_slopes
from headsmith_server.render.surface import uv_derivatives
from headsmith_server.render.texture import level_sizes
from tests.server.render.shapes import plane, view


def ramp(rows: int, columns: int) -> torch.Tensor:
    """A picture whose channels are u and v."""
    u = (torch.arange(columns) + 0.5) / columns
    v = 1 - (torch.arange(rows) + 0.5) / rows
    return torch.stack([u.expand(rows, columns), v[:, None].expand(rows, columns)], -1)


@settings(max_examples=40, deadline=None)
@given(u=st.floats(0.15, 0.85), v=st.floats(0.15, 0.85), level=st.floats(0.0, 2.0))
def test_a_ramp_is_the_ramp_at_every_level(u: float, v: float, level: float) -> None:
    texture = pyramid([ramp(32, 64)])
    uv = torch.tensor([[u, v]])
    found = texture.sample(uv, torch.tensor([level]))
    torch.testing.assert_close(found, uv, atol=1e-5, rtol=0)


def test_the_last_level_is_the_mean_and_levels_halve() -> None:
    image = torch.rand(8, 32, 3, generator=torch.Generator().manual_seed(0))
    texture = pyramid([image])
    assert level_sizes((8, 32)) == [(8, 32), (4, 16), (2, 8), (1, 4), (1, 2), (1, 1)]
    found = texture.sample(torch.rand(5, 2, generator=torch.Generator().manual_seed(1)), torch.full((5,), 9.0))
    torch.testing.assert_close(found, image.mean((0, 1)).expand(5, 3), atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", [(5, 7), (1, 3), (6, 1)])
def test_odd_sizes_keep_a_constant(size: tuple[int, int]) -> None:
    texture = pyramid([torch.full((*size, 1), 0.7)])
    uv = torch.rand(50, 2, generator=torch.Generator().manual_seed(0))
    found = texture.sample(uv, 4.0 * torch.rand(50, generator=torch.Generator().manual_seed(1)))
    torch.testing.assert_close(found, torch.full((50, 1), 0.7))


def test_beyond_the_border_is_the_border_or_the_other_side() -> None:
    texture = pyramid([torch.tensor([[[0.0], [1.0]]])])
    at = torch.tensor([[-0.3, 0.5], [1.0, 0.5], [1.25, 0.5]])
    torch.testing.assert_close(texture.sample(at, wrap="clamp")[:, 0], torch.tensor([0.0, 1.0, 1.0]))
    torch.testing.assert_close(
        texture.sample(at, wrap="repeat")[:, 0], torch.tensor([0.9, 0.5, 0.0]), atol=1e-6, rtol=0
    )


def test_several_textures_are_told_apart() -> None:
    first, second = torch.zeros(4, 4, 1), torch.full((16, 8, 1), 2.0)
    texture = pyramid([first, second])
    generator = torch.Generator().manual_seed(4)
    uv, level = torch.rand(6, 2, generator=generator), 5 * torch.rand(6, generator=generator)
    found = texture.sample(uv, level, torch.tensor([0, 1, 0, 1, 1, 0]))
    torch.testing.assert_close(found[:, 0], torch.tensor([0.0, 2.0, 0.0, 2.0, 2.0, 0.0]))


def test_derivatives_agree_with_differences() -> None:
    generator = torch.Generator().manual_seed(2)
    texels = torch.rand(8, 8, 2, generator=generator, dtype=torch.float64)
    uv = torch.rand(20, 2, generator=generator, dtype=torch.float64)
    level = 2.0 * torch.rand(20, generator=generator, dtype=torch.float64)

    def colour(image: torch.Tensor, at: torch.Tensor, depth: torch.Tensor) -> torch.Tensor:
        return pyramid([image]).sample(at, depth)

    inputs = [value.requires_grad_() for value in (texels, uv, level)]
    assert torch.autograd.gradcheck(colour, inputs, eps=1e-6, atol=1e-5)


def test_the_step_from_pixel_to_pixel_is_known_exactly() -> None:
    """uv of a turned plane at neighbouring pixels, a thousandth of a pixel apart, against its derivative."""
    vertices, mesh = plane()
    eye = view(1.5, yaw=50.0)
    clip = eye.to_clip(vertices[None])
    size = (32, 48)

    def at(shift_x: float, shift_y: float) -> tuple[torch.Tensor, Fragments]:
        moved = clip.clone()
        moved[..., 0] -= shift_x * 2 / size[1] * clip[..., 3]
        moved[..., 1] += shift_y * 2 / size[0] * clip[..., 3]
        found = rasterise(clip, mesh.triangles, size)
        weights = found.barycentrics_of(moved, mesh.triangles)
        corners = mesh.uvs[mesh.uv_triangles[found.numbers]]
        return (weights[:, :, None] * corners).sum(1), found

    uv, found = at(0.0, 0.0)
    derivatives = uv_derivatives(clip, mesh.triangles, mesh.uvs, mesh.uv_triangles, found, uv)
    across, down = (at(*shift)[0] - uv for shift in ((0.05, 0.0), (0.0, 0.05)))
    torch.testing.assert_close(derivatives[:, 0] * 0.05, across, atol=3e-5, rtol=0.02)
    torch.testing.assert_close(derivatives[:, 1] * 0.05, down, atol=3e-5, rtol=0.02)


@pytest.mark.parametrize("yaw", [0.0, 50.0])
def test_smooth_steps_are_the_exact_ones_on_a_plane(yaw: float) -> None:
    vertices, mesh = plane()
    eye = view(1.5, yaw=yaw)
    clip = eye.to_clip(vertices[None])
    found = rasterise(clip, mesh.triangles, (32, 48))
    position = interpolate(vertices[None], mesh.triangles, found)
    normal = interpolate(vertex_normals(vertices[None], mesh), mesh.triangles, found)
    uv = interpolate(mesh.uvs[None], mesh.uv_triangles, found)
    slopes = interpolate(uv_slopes(vertices[None], mesh), mesh.uv_triangles, found)
    offset = eye.position - position
    to_eye = torch.nn.functional.normalize(offset, dim=1)
    depth = (offset * eye.backward).sum(1)
    smooth = footprint(slopes.T, eye, (32, 48), found.image, to_eye.T, normal.T, depth)
    exact = uv_derivatives(clip, mesh.triangles, mesh.uvs, mesh.uv_triangles, found, uv)
    torch.testing.assert_close(smooth, exact, atol=1e-5, rtol=1e-3)


def test_the_level_is_where_a_pixel_is_one_texel() -> None:
    texture = pyramid([torch.zeros(64, 128, 1)])
    steps = torch.tensor([[[1 / 128, 0.0], [0.0, 1 / 64]], [[4 / 128, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 2 / 64]]])
    torch.testing.assert_close(texture.level(steps), torch.tensor([0.0, 2.0, 1.0]), atol=1e-5, rtol=0)
    assert sample_texture(texture, torch.rand(3, 2), steps).shape == (3, 1)


def test_a_scene_refuses_vertices_of_another_mesh() -> None:
    vertices, mesh = plane()
    with pytest.raises(ValueError, match="vertices of shape"):
        Scene(vertices[None, :3], mesh, ())
