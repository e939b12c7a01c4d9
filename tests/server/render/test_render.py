from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from headsmith_server.heads.pocket import load_pocket_head
from headsmith_server.render import (
    Lights,
    Material,
    Mesh,
    Scene,
    antialias,
    arc,
    camera,
    exposures,
    head_mesh,
    light_shares,
    look_at,
    orthographic,
    perspective,
    rasterise,
    render,
    sun,
    uniform_harmonics,
    vertex_normals,
)
from headsmith_server.render.backends import nvdiffrast
from headsmith_server.render.layers import passed_through
from headsmith_server.render.mesh import uv_tangents
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.server.render.shapes import mesh_of, plane, sphere, view

EVEN = Lights(harmonics=uniform_harmonics((1.0, 1.0, 1.0)))


def matt(*colour: float, **values: object) -> Material:
    """A material without highlights."""
    return replace(Material(albedo_factor=colour or (1.0, 1.0, 1.0), specular_factor=0.0), **values)


def joined(*shapes: tuple[torch.Tensor, Mesh]) -> tuple[torch.Tensor, Mesh]:
    """Several meshes as one, each its own material and part."""
    vertices = torch.cat([shape for shape, _ in shapes])
    triangles, numbers, start = [], [], 0
    for number, (shape, mesh) in enumerate(shapes):
        triangles.append(mesh.triangles + start)
        numbers.append(torch.full((len(mesh.triangles),), number))
        start += len(shape)
    uvs = torch.cat([mesh.uvs for _, mesh in shapes])
    faces, part = torch.cat(triangles), torch.cat(numbers)
    return vertices, Mesh(start, faces, uvs, faces, part, part)


def test_white_under_even_light_is_white_and_fades_to_nothing_at_the_outline() -> None:
    vertices, mesh = sphere(40, 80)
    buffers = render(Scene(vertices[None], mesh, (matt(),)), view(), EVEN, (64, 64))
    torch.testing.assert_close(buffers.colour, buffers.alpha[..., None].expand(-1, -1, -1, 3), atol=1e-4, rtol=0)
    assert ((buffers.alpha > 0.05) & (buffers.alpha < 0.95)).sum() > 80
    area = float(buffers.alpha.sum())
    large = render(Scene(vertices[None], mesh, (matt(),)), view(), EVEN, (512, 512))
    assert area == pytest.approx(float(large.mask.sum()) / 64, rel=2e-3)


def test_buffers_are_of_the_seen_surface() -> None:
    vertices, mesh = sphere(60, 120)
    eye = view(yaw=[0.0, 90.0])
    buffers = render(Scene(vertices[None], mesh, (matt(0.2, 0.4, 0.6),)), eye, EVEN, (65, 65))
    assert buffers.normal[1, 32, 32].tolist() == pytest.approx([1.0, 0.0, 0.0], abs=0.03)
    assert float(buffers.depth[0, 32, 32]) == pytest.approx(0.4, abs=1e-3)
    assert buffers.albedo[0, 32, 32].tolist() == pytest.approx([0.2, 0.4, 0.6])
    assert buffers.part.unique().tolist() == [-1, 0]
    assert torch.isinf(buffers.depth[~buffers.mask]).all()
    assert float(buffers.uv[0, 32, 32, 1]) == pytest.approx(0.5, abs=0.02)
    over = buffers.over(torch.tensor([0.1, 0.2, 0.3]))
    assert over[0, 0, 0].tolist() == pytest.approx([0.1, 0.2, 0.3])


def test_the_whole_batch_is_as_its_images_alone() -> None:
    vertices, mesh = sphere()
    scene = Scene(vertices[None], mesh, (Material(roughness_factor=0.4),))
    lights = Lights(directional=sun((1.0, 1.0, 1.0)), harmonics=uniform_harmonics((0.2, 0.2, 0.2)))
    eye = view(yaw=[-30.0, 10.0, 60.0])
    together = render(scene, eye, lights, (40, 40))
    for number in range(3):
        alone = render(scene, eye[number : number + 1], lights, (40, 40))
        torch.testing.assert_close(together.colour[number], alone.colour[0], atol=1e-6, rtol=0)
    moved = Scene(torch.stack([vertices, vertices * 0.5, vertices]), mesh, scene.materials)
    torch.testing.assert_close(render(moved, eye, lights, (40, 40)).colour[2], together.colour[2], atol=1e-6, rtol=0)


def test_the_same_render_has_the_same_bits() -> None:
    vertices, mesh = sphere()
    scene = Scene(vertices[None], mesh, (Material(),))
    first, second = (render(scene, view(), EVEN, (48, 48)) for _ in range(2))
    assert torch.equal(first.colour, second.colour)


def test_an_empty_view_is_empty_and_still_has_derivatives() -> None:
    vertices, mesh = sphere()
    away = (vertices + torch.tensor([0.0, 50.0, 0.0]))[None].requires_grad_()
    buffers = render(Scene(away, mesh, (Material(),)), view(), EVEN, (32, 32))
    assert not buffers.mask.any()
    assert (buffers.colour == 0).all()
    buffers.colour.sum().backward()
    assert away.grad is None or (away.grad == 0).all()


def test_cameras_and_vertices_of_different_numbers_are_refused() -> None:
    vertices, mesh = sphere()
    scene = Scene(vertices.expand(2, -1, -1), mesh, (Material(),))
    with pytest.raises(ValueError, match="3 cameras"):
        render(scene, view(yaw=[0.0, 1.0, 2.0]), EVEN, (16, 16))


def test_a_normal_map_tilts_towards_u_and_v() -> None:
    vertices, mesh = plane()
    for channel, axis in ((0, 0), (1, 1)):
        tilt = torch.zeros(4, 4, 3)
        tilt[..., channel], tilt[..., 2] = 0.6, 0.8
        buffers = render(Scene(vertices[None], mesh, (matt(normal=tilt),)), view(1.5), EVEN, (33, 33))
        assert float(buffers.normal[0, 16, 16, axis]) == pytest.approx(0.6, abs=1e-4)
        assert float(buffers.smooth_normal[0, 16, 16, 2]) == pytest.approx(1.0, abs=1e-5)


def test_mirrored_uv_turns_the_tangent_and_keeps_relief_upright() -> None:
    vertices, mesh = plane()
    mirrored = Mesh(4, mesh.triangles, mesh.uvs * torch.tensor([-1.0, 1.0]) + torch.tensor([1.0, 0.0]),
                    mesh.uv_triangles, mesh.material, mesh.part)  # fmt: skip
    assert uv_tangents(vertices[None], mirrored)[0, 0, 0] == -1.0
    tilt = torch.zeros(4, 4, 3)
    tilt[..., 1], tilt[..., 2] = 0.6, 0.8
    buffers = render(Scene(vertices[None], mirrored, (matt(normal=tilt),)), view(1.5), EVEN, (33, 33))
    assert buffers.normal[0, 16, 16].tolist() == pytest.approx([0.0, 0.6, 0.8], abs=1e-4)


def test_normals_of_a_sphere_point_outwards_and_their_derivative_is_right() -> None:
    vertices, mesh = sphere()
    normals = vertex_normals(vertices[None], mesh)[0]
    inner = (torch.arange(len(vertices)) % 49 > 0) & (torch.arange(len(vertices)) % 49 < 48)
    cosine = (normals * torch.nn.functional.normalize(vertices, dim=1)).sum(1)
    assert (cosine[inner] > 0.99).all()
    small, few = sphere(3, 4)
    double = small[None].double().requires_grad_()
    assert torch.autograd.gradcheck(lambda v: vertex_normals(v, few), [double], atol=1e-6)


def test_the_nearer_layer_is_over_the_farther_and_both_over_what_is_solid() -> None:
    shapes = [plane(1.0, depth) for depth in (0.0, 0.1, 0.2)]
    vertices, mesh = joined(*shapes)
    materials = (matt(0.0, 0.0, 1.0), matt(0.0, 1.0, 0.0, opacity=0.5), matt(1.0, 0.0, 0.0, opacity=0.25))
    buffers = render(Scene(vertices[None], mesh, materials), view(1.5), EVEN, (33, 33))
    assert buffers.colour[0, 16, 16].tolist() == pytest.approx([0.25, 0.375, 0.375], abs=1e-4)
    assert float(buffers.alpha[0, 16, 16]) == pytest.approx(1.0)
    assert int(buffers.part[0, 16, 16]) == 0


def test_layers_before_nothing_leave_their_coverage() -> None:
    vertices, mesh = joined(plane(1.0, 0.0), plane(1.0, 0.1))
    materials = (matt(1.0, 0.0, 0.0, opacity=0.5), matt(0.0, 1.0, 0.0, opacity=0.5))
    buffers = render(Scene(vertices[None], mesh, materials), view(1.5), EVEN, (33, 33))
    assert float(buffers.alpha[0, 16, 16]) == pytest.approx(0.75, abs=1e-4)
    assert not buffers.mask.any()


def test_alpha_maps_cut_out_and_are_learnt() -> None:
    vertices, mesh = plane()
    alpha = torch.zeros(8, 8)
    alpha[:, 4:] = 1.0
    alpha.requires_grad_()
    buffers = render(Scene(vertices[None], mesh, (matt(alpha=alpha),)), view(1.5), EVEN, (32, 32))
    found = buffers.alpha.detach()
    assert float(found[0, 16, 10]) == 0.0
    assert float(found[0, 16, 22]) == pytest.approx(1.0, abs=1e-4)
    buffers.alpha.sum().backward()
    assert alpha.grad is not None
    assert float(alpha.grad.sum()) > 10.0


def test_glass_mirrors_in_full_where_it_lets_through_everything() -> None:
    vertices, mesh = plane()
    glass = Material(albedo_factor=(0.0, 0.0, 0.0), opacity=0.0, transmission=1.0, roughness_factor=0.1)
    pane = Scene(vertices[None], mesh, (replace(glass, opacity=0.01),))
    solid = Scene(vertices[None], mesh, (replace(glass, opacity=1.0, transmission=0.0),))
    over, whole = (render(scene, view(1.5), EVEN, (33, 33)).colour[0, 16, 16] for scene in (pane, solid))
    torch.testing.assert_close(over, whole, atol=1e-3, rtol=0)


def test_what_passes_through_is_the_product_of_all_before() -> None:
    coverage = torch.tensor([0.5, 0.2, 1.0, 0.3, 0.1])
    pixels = torch.tensor([3, 3, 3, 3, 9])
    found = passed_through(coverage, pixels)
    torch.testing.assert_close(found, torch.tensor([1.0, 0.5, 0.4, 0.0, 1.0]), atol=1e-5, rtol=0)


def test_shadow_falls_behind_what_stands_in_the_light() -> None:
    vertices, mesh = joined(plane(1.0, 0.0), plane(0.3, 0.3))
    grid = torch.linspace(-0.45, 0.45, 31)
    y, x = torch.meshgrid(grid, grid, indexing="ij")
    floor = torch.stack([x, y, torch.zeros_like(x)], -1).view(-1, 3)
    a = (torch.arange(30)[:, None] * 31 + torch.arange(30)).reshape(-1)
    faces = torch.cat([torch.stack([a, a + 1, a + 32], 1), torch.stack([a, a + 32, a + 31], 1)])
    vertices, mesh = joined((floor, mesh_of(faces, len(floor))), plane(0.3, 0.3))
    share = light_shares(vertices, mesh, torch.tensor([[0.0, 0.0, 1.0]]), resolution=256)[0, : len(floor)].view(31, 31)
    assert float(share[15, 15]) == 0.0
    assert float(share[15, 28]) == 1.0
    exposed = exposures(vertices, mesh)[: len(floor)].view(31, 31)
    assert float(exposed[15, 15]) < float(exposed[1, 1])
    assert float(exposures(*plane()).min()) > 0.9


def test_outlines_move_the_image_as_autograd_says() -> None:
    """A disc of light before the dark: mean derivative of a smooth loss over a span against its difference."""
    vertices, mesh = sphere(40, 80)
    eye = view()
    column = torch.linspace(0, 1, 96, dtype=torch.float64)
    weight = torch.sin(5 * column)[None] + 2 * column[:, None] * column

    def loss(amount: torch.Tensor, axis: int) -> torch.Tensor:
        moved = vertices + amount * torch.eye(3)[axis]
        clip = eye.to_clip(moved[None])
        found = rasterise(clip, mesh.triangles, (96, 96))
        image = antialias(found.scatter(torch.ones(len(found), 1), 0.0), clip, mesh, found)
        return (image[0, :, :, 0].double() * weight).sum()

    for axis, span in ((0, 0.02), (1, 0.02), (2, 0.06)):
        slopes = []
        for step in range(60):
            amount = torch.tensor(span * (step + 0.5) / 60, requires_grad=True)
            slopes.append(float(torch.autograd.grad(loss(amount, axis), amount)[0]))
        secant = float(loss(torch.tensor(span), axis) - loss(torch.tensor(0.0), axis)) / span
        assert sum(slopes) / 60 == pytest.approx(secant, rel=0.02)


def test_a_part_before_another_has_a_smooth_border_with_a_derivative() -> None:
    back = plane(2.0, -0.2)
    front = sphere(40, 80)
    vertices, mesh = joined(back, front)
    clip = view().to_clip(vertices[None])
    found = rasterise(clip, mesh.triangles, (64, 64))
    parts = found.scatter(mesh.part[found.numbers, None].float(), 0.0)
    smooth = antialias(parts, clip, mesh, found)
    between = (smooth > 0.05) & (smooth < 0.95)
    assert int(between.sum()) > 80
    alone = rasterise(view().to_clip(front[0][None]), front[1].triangles, (512, 512))
    assert float(smooth.sum()) == pytest.approx(len(alone) / 64, rel=5e-3)


def test_parallel_rays_keep_sizes_and_arcs_turn_left_and_up() -> None:
    vertices, mesh = plane(0.5, 0.2)
    eye = camera(arc([0.0, 0.0], distance=[1.0, 3.0]), orthographic(1.0, 1.0, 0.1, 10.0))
    covered = render(Scene(vertices[None], mesh, (matt(),)), eye, EVEN, (40, 40))
    assert covered.mask.sum((1, 2)).tolist() == [400, 400]
    assert covered.depth[:, 20, 20].tolist() == pytest.approx([0.8, 2.8], abs=1e-4)
    place = camera(arc([45.0, 0.0], [0.0, 30.0], 2.0), perspective(30.0, 1.0, 0.1, 5.0)).position
    torch.testing.assert_close(place[0], torch.tensor([2**0.5, 0.0, 2**0.5]), atol=1e-5, rtol=0)
    torch.testing.assert_close(place[1], torch.tensor([0.0, 1.0, 3**0.5]), atol=1e-5, rtol=0)
    with pytest.raises(ValueError, match="up is parallel"):
        look_at((0.0, 1.0, 0.0), (0.0, 0.0, 0.0))


def test_points_and_pixels_agree() -> None:
    vertices, mesh = sphere(60, 120)
    eye = view(yaw=20.0)
    place = eye.to_pixels(vertices[None], (80, 80))[0]
    buffers = render(Scene(vertices[None], mesh, (matt(),)), eye, EVEN, (80, 80))
    column, row = (int(value) for value in place[:, :2].mean(0))
    assert abs(column - 40) <= 1
    assert abs(row - 40) <= 1
    nearest = place[:, 2].argmin()
    at = place[nearest].floor().long()
    assert float(buffers.depth[0, at[1], at[0]]) == pytest.approx(float(place[nearest, 2]), abs=2e-3)


def test_a_head_has_its_parts_and_no_holes() -> None:
    model = load_pocket_head()
    mesh = head_mesh(model.topology)
    assert mesh.vertex_count == 38_983
    assert mesh.part.unique().tolist() == list(range(len(model.topology.parts)))
    with torch.no_grad():
        vertices = model.vertices(torch.zeros(1, model.identity_size))
        centre = (vertices[0].amin(0) + vertices[0].amax(0)) / 2
        eye = camera(arc([-45.0, 0.0, 45.0], 0.0, 0.9, centre), perspective(20.0, 1.0, 0.1, 5.0))
        buffers = render(Scene(vertices, mesh, (Material(),) * 8), eye, EVEN, (128, 128))
    assert torch.isfinite(buffers.colour).all()
    assert (buffers.colour >= 0).all()
    assert 0.2 < float(buffers.mask.float().mean()) < 0.6


def test_nvdiffrast_is_refused_with_a_remedy_where_it_is_missing() -> None:
    vertices, mesh = sphere()
    scene = Scene(vertices[None], mesh, (Material(),))
    with pytest.raises(HeadsmithError) as caught:
        render(scene, view(), EVEN, (16, 16), backend="nvdiffrast")
    assert caught.value.code is ErrorCode.MISSING_DEPENDENCY
    assert "torch" in caught.value.remedy


@pytest.mark.skipif(nvdiffrast.missing() is not None, reason=f"nvdiffrast: {nvdiffrast.missing()}")
def test_nvdiffrast_gives_the_same_colours_and_derivatives() -> None:
    """On 99.9 % of pixels to 1e-4, and derivatives by vertices to 1 % of their norm."""
    device = torch.device("cuda")
    vertices, mesh = sphere(60, 120)
    lights = Lights(directional=replace(sun((1.0, 1.0, 1.0)), directions=sun((1.0, 1.0, 1.0)).directions.to(device),
                                        irradiance=sun((1.0, 1.0, 1.0)).irradiance.to(device)))  # fmt: skip
    results = []
    for backend in ("torch", "nvdiffrast"):
        moved = vertices[None].to(device).requires_grad_()
        scene = Scene(moved, mesh.to(device), (Material(),))
        colour = render(scene, view(yaw=[0.0, 30.0]).to(device), lights, (128, 128), backend=backend).colour
        colour.square().sum().backward()
        results.append((colour.detach(), moved.grad))
    (ours, slope), (theirs, other) = results
    assert ((ours - theirs).abs().amax(-1) < 1e-4).float().mean() > 0.999
    assert float((slope - other).norm() / slope.norm()) < 0.01
