"""Strands are composited exactly, within energy bounds, behind and before the head as they lie."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server.render import DirectionalLights, Lights, arc, camera, orthographic, perspective, uniform_harmonics
from headsmith_server.render.cameras import Camera
from headsmith_server.render.strand_lighting import hair_shadow, strand_lights
from headsmith_server.render.strand_scattering import scatter
from headsmith_server.render.strands import MAX_TAPS, render_strands

SIZE = 48
EVEN = Lights(harmonics=uniform_harmonics((1.0, 1.0, 1.0)))
SUN = Lights(
    directional=DirectionalLights(torch.tensor([[[0.0, 0.6, 0.8]]]), torch.full((1, 1, 3), 3.0)),
    harmonics=uniform_harmonics((0.2, 0.2, 0.2)),
)


def front(turn: float = 0.0) -> Camera:
    return camera(arc(turn, 0.0, 1.0), perspective(20.0, 1.0, 0.1, 4.0))


def flat() -> Camera:
    """Parallel rays, 0.1 m high: one pixel is 0.1 / SIZE."""
    return camera(arc(0.0, 0.0, 1.0), orthographic(0.1, 1.0, 0.1, 4.0))


def nothing(views: int = 1) -> torch.Tensor:
    return torch.full((views, SIZE, SIZE), torch.inf)


def bush(count: int = 300, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    steps = torch.randn(count, 9, 3, generator=generator) * 0.012
    steps[:, 0] *= 4.0
    points = steps.cumsum(1)
    radii = torch.full((count, 9), 3e-4) * (0.5 + torch.rand(count, 1, generator=generator))
    return points, radii, torch.rand(count, 3, generator=generator)


def test_a_picture_is_finite_bounded_and_the_same_again() -> None:
    points, radii, colours = bush()
    first = render_strands(points, radii, colours, front(), SUN, nothing())
    again = render_strands(points, radii, colours, front(), SUN, nothing())
    assert torch.equal(first.rgba, again.rgba)
    assert torch.equal(first.depth, again.depth)
    alpha = first.rgba[..., 3]
    assert first.rgba.isfinite().all()
    assert (first.rgba >= 0).all()
    assert alpha.max() <= 1.0 + 1e-5
    assert alpha.max() > 0.5
    assert (first.depth.isfinite() == (alpha > 0)).all()


def test_threads_change_nothing() -> None:
    points, radii, colours = bush()
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = render_strands(points, radii, colours, front(), SUN, nothing()).rgba
        torch.set_num_threads(3)
        three = render_strands(points, radii, colours, front(), SUN, nothing()).rgba
    finally:
        torch.set_num_threads(before)
    assert torch.equal(one, three)


def test_views_rendered_together_are_those_rendered_singly() -> None:
    points, radii, colours = bush()
    both = camera(arc([0.0, 50.0], 0.0, 1.0), perspective(20.0, 1.0, 0.1, 4.0))
    together = render_strands(points, radii, colours, both, SUN, nothing(2)).rgba
    for number, turn in enumerate((0.0, 50.0)):
        alone = render_strands(points, radii, colours, front(turn), SUN, nothing()).rgba[0]
        assert torch.allclose(together[number], alone, atol=1e-5)


def test_hair_behind_the_head_is_unseen_and_hair_before_it_is_seen() -> None:
    points, radii, colours = bush()
    near, far = torch.full((1, SIZE, SIZE), 0.5), torch.full((1, SIZE, SIZE), 1.8)
    assert render_strands(points, radii, colours, front(), SUN, near).rgba.abs().max() == 0
    seen = render_strands(points, radii, colours, front(), SUN, far).rgba
    assert torch.allclose(seen, render_strands(points, radii, colours, front(), SUN, nothing()).rgba, atol=1e-5)


def test_hair_behind_the_camera_and_no_hair_give_an_empty_picture() -> None:
    points, radii, colours = bush()
    behind = render_strands(points + torch.tensor([0.0, 0.0, 3.0]), radii, colours, front(), SUN, nothing())
    assert behind.rgba.abs().max() == 0
    none = render_strands(points[:0], radii[:0], colours[:0], front(), SUN, nothing())
    assert none.rgba.abs().max() == 0
    assert none.depth.isinf().all()


def test_a_line_covers_its_own_width_at_any_angle() -> None:
    """The sum of alphas is the strand's area in pixels: no dots, no double pixels at the joints."""
    pixel = 0.1 / SIZE
    for angle in np.linspace(0.0, np.pi, 13):
        for width in (0.4, 1.0, 2.6):
            way = torch.tensor([np.cos(angle), np.sin(angle), 0.0], dtype=torch.float32)
            points = (torch.linspace(-0.03, 0.03, 7)[:, None] * way)[None]
            radii = torch.full((1, 7), 0.5 * width * pixel)
            image = render_strands(points, radii, torch.ones(1, 3), flat(), EVEN, nothing()).rgba[0, ..., 3]
            assert image.sum().item() == pytest.approx(0.06 / pixel * width, rel=0.08)
    along = render_strands(points, radii, torch.ones(1, 3), flat(), EVEN, nothing()).rgba[0, ..., 3].amax(0)
    assert along[along > 0].min() > 0.2
    assert width < MAX_TAPS


def test_compositing_equals_a_pixel_by_pixel_reference() -> None:
    """Horizontal strands at different depths, each in one row of pixels: alpha over, nearest first."""
    generator = torch.Generator().manual_seed(3)
    pixel = 0.1 / SIZE
    count = 40
    rows = torch.randint(0, 6, (count,), generator=generator) + SIZE // 2
    depths = torch.rand(count, generator=generator) * 0.2 - 0.1
    widths = 0.15 + 0.6 * torch.rand(count, generator=generator)
    y = (0.5 * SIZE - (rows + 0.5)) * pixel
    x = torch.linspace(-0.06, 0.06, 5)
    points = torch.stack([x.expand(count, 5), y[:, None].expand(count, 5), depths[:, None].expand(count, 5)], -1)
    radii = (0.5 * widths * pixel)[:, None].expand(count, 5).contiguous()
    colours = torch.rand(count, 3, generator=generator)
    image = render_strands(points, radii, colours, flat(), EVEN, nothing())
    alone = [
        render_strands(points[i : i + 1], radii[i : i + 1], colours[i : i + 1], flat(), EVEN, nothing()).rgba[0]
        for i in range(count)
    ]
    alpha, depth = torch.zeros(SIZE), torch.zeros(SIZE)
    for row in range(SIZE):
        through = torch.tensor(1.0)
        for strand in torch.argsort(-depths):
            if rows[strand] != row:
                continue
            cover = alone[int(strand)][row, 5, 3]
            assert cover == pytest.approx(float(widths[strand]), abs=1e-3)
            alpha[row] += through * cover
            depth[row] += through * cover * (1.0 - depths[strand])
            through = through * (1.0 - cover)
    assert torch.allclose(image.rgba[0, :, 5, 3], alpha, atol=2e-3)
    hit = alpha > 0
    assert torch.allclose(image.depth[0, hit, 5], depth[hit] / alpha[hit], atol=2e-3)


def test_the_nearer_of_two_opaque_strands_is_seen() -> None:
    pixel = 0.1 / SIZE
    x = torch.linspace(-0.06, 0.06, 5)
    points = torch.zeros(2, 5, 3)
    points[..., 0] = x
    points[1, :, 2] = 0.05
    radii = torch.full((2, 5), 2.0 * pixel)
    colours = torch.tensor([[0.9, 0.01, 0.01], [0.01, 0.01, 0.9]])
    middle = render_strands(points, radii, colours, flat(), EVEN, nothing()).rgba[0, SIZE // 2, SIZE // 2]
    assert middle[2] > 10 * middle[0]


def test_even_light_gives_back_no_more_than_it_brings() -> None:
    points, radii, _ = bush(600)
    white = render_strands(points, radii, torch.ones(600, 3), front(), EVEN, nothing()).rgba
    seen = white[..., 3] > 0.9
    assert white[..., :3][seen].max() <= 1.5


def test_a_fibre_scatters_no_more_than_it_gets() -> None:
    """Over all directions of the eye, a white fibre's single and multiple scattering stay below what falls on it."""
    generator = torch.Generator().manual_seed(1)
    eyes = torch.nn.functional.normalize(torch.randn(20_000, 3, generator=generator), dim=-1)
    tangents = torch.tensor([[0.0, 1.0, 0.0]]).expand_as(eyes)
    light = torch.nn.functional.normalize(torch.tensor([0.3, 0.4, 1.0]), dim=0)
    single, multiple = scatter(tangents, light, eyes, torch.ones_like(eyes), torch.zeros(len(eyes)), 0.3)
    assert (single >= 0).all()
    assert (multiple >= 0).all()
    # Radiance times the fibre's projected width (its sine to the eye), over the sphere.
    width = (1.0 - eyes[:, 1].square()).sqrt()[:, None]
    assert ((single * width).mean(0) * 4 * np.pi < 1.6).all()


def test_the_side_turned_from_the_light_is_darker() -> None:
    points, radii, _ = bush(900, 2)
    side = Lights(directional=DirectionalLights(torch.tensor([[[1.0, 0.0, 0.0]]]), torch.full((1, 1, 3), 3.0)))
    image = render_strands(points, 3.0 * radii, torch.full((900, 3), 0.3), front(), side, nothing()).rgba[0]
    columns = image[..., :3].sum((0, 2)) / image[..., 3].sum(0).clamp_min(1e-3)
    covered = torch.where(image[..., 3].sum(0) > 2)[0]
    third = len(covered) // 3
    assert columns[covered[-third:]].mean() > 1.5 * columns[covered[:third]].mean()


def test_hair_shades_the_skin_beneath_it_only() -> None:
    generator = torch.Generator().manual_seed(4)
    skin = torch.nn.functional.normalize(torch.randn(400, 3, generator=generator), dim=-1) * 0.09
    roots = skin[skin[:, 1] > 0.03]
    roots = roots.repeat(12, 1) + 0.004 * torch.randn(12 * len(roots), 3, generator=generator)
    out = torch.nn.functional.normalize(roots, dim=-1)
    points = roots[:, None] + out[:, None] * torch.linspace(0.0, 0.03, 6)[:, None]
    lights = strand_lights(
        Lights(
            directional=DirectionalLights(torch.tensor([[[0.0, 1.0, 0.0]]]), torch.ones(1, 1, 3)),
            harmonics=EVEN.harmonics,
        ),
        skin.mean(0),
    )
    assert lights.ambient == pytest.approx(torch.ones(6, 3), abs=1e-4)
    direct, ambient = hair_shadow(points, torch.full(points.shape[:2], 5e-4), skin, lights)
    above, below = skin[:, 1] > 0.05, skin[:, 1] < -0.03
    assert direct[above].mean() < 0.6
    assert ambient[above].mean() < 0.75
    assert ambient[below].mean() > 0.9
    assert (direct >= 0).all()
    assert (direct <= 1).all()
    assert (ambient <= 1 + 1e-6).all()


def test_each_view_may_have_its_own_light_and_pose() -> None:
    points, radii, colours = bush()
    both = camera(arc([0.0, 0.0], 0.0, 1.0), perspective(20.0, 1.0, 0.1, 4.0))
    two = Lights(
        directional=DirectionalLights(torch.tensor([[[0.0, 0.0, 1.0]], [[0.0, 1.0, 0.0]]]), torch.ones(2, 1, 3)),
    )
    posed = torch.stack([points, points + torch.tensor([0.02, 0.0, 0.0])])
    image = render_strands(posed, radii, colours, both, two, nothing(2))
    shift = image.rgba[1, ..., 3].nonzero()[:, 1].float().mean() - image.rgba[0, ..., 3].nonzero()[:, 1].float().mean()
    assert shift > 1.0


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_gives_the_same_picture() -> None:
    points, radii, colours = bush()
    device = torch.device("cuda")
    here = render_strands(points, radii, colours, front(), SUN, nothing())
    sun = SUN.directional
    assert sun is not None
    lights = Lights(
        directional=DirectionalLights(sun.directions.to(device), sun.irradiance.to(device)),
        harmonics=None if SUN.harmonics is None else SUN.harmonics.to(device),
    )
    there = render_strands(
        points.to(device), radii.to(device), colours.to(device), front().to(device), lights, nothing().to(device)
    )
    assert (here.rgba - there.rgba.cpu()).abs().mean() < 1e-4
