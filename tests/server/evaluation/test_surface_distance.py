"""Point-to-surface distance, against a dense sampling of the triangles and against known answers."""

from __future__ import annotations

import torch

from headsmith_server.evaluation.surface_distance import closest_barycentrics, closest_points


def test_closest_point_is_no_farther_than_any_sample_and_lies_in_the_triangle() -> None:
    generator = torch.Generator().manual_seed(0)
    corners = torch.randn(200, 3, 3, generator=generator, dtype=torch.float64)
    points = 2 * torch.randn(200, 3, generator=generator, dtype=torch.float64)
    weights = closest_barycentrics(points, *corners.unbind(1))
    assert weights.min() >= -1e-12
    torch.testing.assert_close(weights.sum(1), torch.ones(200, dtype=torch.float64))
    nearest = (weights[..., None] * corners).sum(1)
    samples = torch.distributions.Dirichlet(torch.full((3,), 0.6, dtype=torch.float64)).sample((200, 4000))
    sampled = torch.einsum("nsc,ncx->nsx", samples, corners)
    best = (sampled - points[:, None]).norm(dim=2).amin(1)
    found = (nearest - points).norm(dim=1)
    assert (found <= best + 1e-12).all()
    assert (best - found).median() < 0.02


def test_distance_to_a_unit_square() -> None:
    square = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    triangles = torch.tensor([[0, 1, 2], [0, 2, 3]])
    points = torch.tensor([[0.5, 0.5, 2.0], [2.0, 0.5, 0.0], [-1.0, -1.0, 0.0], [0.2, 0.7, 0.0]])
    found = closest_points(points, square, triangles)
    torch.testing.assert_close(found.distance, torch.tensor([2.0, 1.0, 2**0.5, 0.0]))
