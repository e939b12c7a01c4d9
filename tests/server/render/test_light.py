from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.render import environment, turn_about_y, uniform_harmonics
from headsmith_server.render.environment import latlong, project, solid_angles, texel_directions
from headsmith_server.render.ggx import albedo_terms, energy_compensation, half_vectors, highlight
from headsmith_server.render.harmonics import basis, lobe_factors, rotate
from headsmith_server.render.lights import DirectionalLights, Lights, PointLights, sun
from headsmith_server.render.shading import SurfacePoints, shade


def directions(count: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(count, 3, generator=generator, dtype=torch.float64), dim=-1)


def sky(rows: int = 32) -> torch.Tensor:
    """A picture that is smooth and different everywhere."""
    d = texel_directions((rows, 2 * rows))
    x, y, z = d.unbind(-1)
    return torch.stack([1 + 0.6 * x + 0.3 * y * z, 1.2 + 0.9 * y, 0.8 - 0.5 * z + 0.3 * x * x], -1)


def points(normal: torch.Tensor, to_eye: torch.Tensor, **values: float) -> SurfacePoints:
    """Points [N] with one normal each and the same surface."""
    count = len(normal)

    def number(name: str, default: float) -> torch.Tensor:
        return torch.full((count,), values.get(name, default))

    return SurfacePoints(
        torch.zeros(count, dtype=torch.long),
        torch.zeros(3, count),
        to_eye.T.float().contiguous(),
        normal.T.float().contiguous(),
        normal.T.float().contiguous(),
        torch.full((3, count), values.get("albedo", 0.0)),
        number("roughness", 0.5),
        number("specular", 0.0),
        number("subsurface", 0.0),
    )


def test_the_basis_is_orthonormal() -> None:
    size = (128, 256)
    functions = basis(texel_directions(size)).reshape(-1, 9)
    gram = functions.T @ (functions * solid_angles(size).reshape(-1, 1))
    torch.testing.assert_close(gram, torch.eye(9), atol=2e-3, rtol=0)


@pytest.mark.parametrize("wrap", [0.0, 0.3])
def test_irradiance_from_harmonics_is_that_of_monte_carlo(wrap: float) -> None:
    normals, ways = directions(6, 1), directions(400_000, 2)
    coefficients = torch.randn(9, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    radiance = basis(ways) @ coefficients
    cosine = ways @ normals.T
    lobe = ((cosine + wrap) / (1 + wrap)).clamp(min=0)
    lobe = lobe * (math.pi / (lobe.mean(0) * 4 * math.pi))
    sampled = 4 * math.pi * torch.einsum("sn,sc->nc", lobe, radiance) / len(ways)
    found = (basis(normals) * lobe_factors(wrap).double()) @ coefficients
    torch.testing.assert_close(found, sampled, atol=0.05, rtol=0)


@given(degrees=st.floats(-360, 360))
def test_turned_harmonics_shine_from_where_they_were_turned_to(degrees: float) -> None:
    coefficients = torch.randn(9, 3, generator=torch.Generator().manual_seed(4))
    turn = turn_about_y(degrees)
    ways = directions(20, 3).float()
    before = basis(ways) @ coefficients
    after = basis(ways @ turn[0].T) @ rotate(coefficients, turn)[0]
    torch.testing.assert_close(after, before, atol=1e-4, rtol=0)


@pytest.mark.parametrize("roughness", [0.2, 0.5, 0.9])
def test_facets_fill_the_area_they_stand_on(roughness: float) -> None:
    """The projected area of GGX's facets is one: the integral of D * n.h."""
    cosine = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 200_000
    a2 = roughness**4
    distribution = a2 / (math.pi * (cosine**2 * (a2 - 1) + 1) ** 2)
    assert float((2 * math.pi * distribution * cosine).mean()) == pytest.approx(1.0, abs=1e-3)
    halves, density = half_vectors(roughness, 4096, torch.device("cpu"))
    # Drawn with density D * n.h, so that the mean of 1 / D is the integral of n.h over the hemisphere, pi.
    assert float((1 / density).mean()) == pytest.approx(math.pi, rel=0.1)
    assert (halves[:, 2] > 0).all()


@settings(max_examples=8, deadline=None)
@given(cosine=st.floats(0.1, 1.0), roughness=st.floats(0.45, 1.0), f0=st.floats(0.02, 1.0))
def test_in_a_white_furnace_a_mirror_of_facets_gives_back_what_it_should(
    cosine: float, roughness: float, f0: float
) -> None:
    """Monte Carlo over the evaluated lobe equals the table's scale and bias; compensated, f0 = 1 loses nothing."""
    way = directions(200_000, 5)
    way[:, 2] = way[:, 2].abs()
    eye = torch.tensor([math.sqrt(1 - cosine * cosine), 0.0, cosine], dtype=torch.float64)
    half = torch.nn.functional.normalize(way + eye, dim=-1)
    alpha = torch.tensor(roughness * roughness, dtype=torch.float64)
    lobe = highlight(way[:, 2], eye[2], half[:, 2], alpha) * way[:, 2]
    fresnel = f0 + (1 - f0) * (1 - (half @ eye)).clamp(min=0) ** 5
    sampled = float((lobe * fresnel).mean()) * 2 * math.pi
    terms = albedo_terms(torch.tensor([cosine]), torch.tensor([roughness]))
    assert float(f0 * terms[0] + terms[1]) == pytest.approx(sampled, abs=0.03)
    assert float(terms.sum() * energy_compensation(torch.ones(1), terms)) == pytest.approx(1.0, abs=1e-4)


def test_white_under_even_light_is_that_light() -> None:
    normals = directions(50, 6)
    shaded = shade(points(normals, normals, albedo=1.0), Lights(harmonics=uniform_harmonics((0.2, 0.5, 0.9))))
    torch.testing.assert_close(shaded.diffuse.T, torch.tensor([0.2, 0.5, 0.9]).expand(50, 3), atol=1e-5, rtol=0)


@pytest.mark.parametrize("subsurface", [0.0, 1.0])
def test_skin_gives_out_as_much_of_a_directional_light_as_a_matt_surface(subsurface: float) -> None:
    """Summed over a sphere of normals: wrapping moves light and makes none."""
    normals = directions(100_000, 7)
    shaded = shade(points(normals, normals, albedo=1.0, subsurface=subsurface), Lights(directional=sun((0.3, 0.2, 1))))
    mean = shaded.diffuse.mean(1)
    torch.testing.assert_close(mean, torch.full((3,), 0.25), atol=4e-3, rtol=0)


def test_a_point_light_far_off_is_a_directional_light() -> None:
    normals = directions(20, 8)
    surface = points(normals, normals.roll(1, 0), albedo=0.5, specular=0.5)
    way = torch.nn.functional.normalize(torch.tensor([1.0, 2.0, 2.0]), dim=0)
    far = Lights(point=PointLights((way * 1000)[None, None], torch.full((1, 1, 3), 2.0e6)))
    sunny = Lights(directional=DirectionalLights(way[None, None], torch.full((1, 1, 3), 2.0)))
    for name in ("diffuse", "specular"):
        torch.testing.assert_close(
            getattr(shade(surface, far), name), getattr(shade(surface, sunny), name), rtol=1e-4, atol=1e-6
        )


def test_directions_and_places_in_the_picture_are_each_others_inverse() -> None:
    size = (16, 32)
    uv = latlong(texel_directions(size).reshape(-1, 3).T).reshape(*size, 2)
    torch.testing.assert_close(uv[:, :, 0], ((torch.arange(32) + 0.5) / 32).expand(16, 32), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        uv[:, :, 1], (1 - (torch.arange(16) + 0.5) / 16)[:, None].expand(16, 32), atol=1e-5, rtol=0
    )
    assert float(solid_angles(size).sum()) == pytest.approx(4 * math.pi, rel=1e-5)


def test_an_even_environment_is_even_however_rough_the_mirror() -> None:
    even = environment(torch.full((16, 32, 3), 0.6), samples=64)
    ways = directions(40, 9).float().T
    found = even.reflect(ways, torch.linspace(0, 1, 40))
    torch.testing.assert_close(found, torch.full((3, 40), 0.6), atol=2e-3, rtol=0)
    torch.testing.assert_close(even.harmonics[0], uniform_harmonics((0.6,) * 3)[0, 0], atol=2e-3, rtol=0)


def test_glossy_levels_are_the_monte_carlo_average_over_the_lobe() -> None:
    picture = sky()
    around = environment(picture, samples=256)
    mirror = directions(4, 10).float()
    for roughness in (0.45, 0.8):
        halves, _ = half_vectors(roughness, 4096, torch.device("cpu"))
        local = 2 * halves[:, 2:] * halves - torch.tensor([0.0, 0.0, 1.0])
        for normal in mirror:
            helper = torch.tensor([1.0, 0.0, 0.0]) if abs(normal[1]) > 0.9 else torch.tensor([0.0, 1.0, 0.0])
            across = torch.nn.functional.normalize(torch.linalg.cross(helper, normal), dim=0)
            ways = local @ torch.stack([across, torch.linalg.cross(normal, across), normal])
            weight = local[:, 2].clamp(min=0)
            average = (around.look(ways.T) * weight).sum(1) / weight.sum()
            found = around.reflect(normal[:, None], torch.tensor([roughness]))[:, 0]
            torch.testing.assert_close(found, average, atol=0.02, rtol=0)


def test_the_harmonics_of_a_picture_are_its_projection() -> None:
    coefficients = project(sky(64))
    ways = directions(30, 11).float()
    y = ways[:, 1]
    torch.testing.assert_close((basis(ways) @ coefficients)[:, 1], 1.2 + 0.9 * y, atol=0.02, rtol=0)
