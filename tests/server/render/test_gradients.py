from __future__ import annotations

import pytest
import torch

from headsmith_server.evaluation.gradients import SMOOTH, SPANS, agreements
from headsmith_server.heads.pocket import load_pocket_head


@pytest.mark.slow
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_parameters_have_exact_derivatives(name: str) -> None:
    found = agreements(load_pocket_head(), 128, 8, (name,))[name]
    assert abs(found.secant) > 1e-4
    assert found.error < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("name", ["translation_x", "scale"])
def test_moving_surfaces_have_the_derivatives_of_their_images(name: str) -> None:
    """With half the bench's places; outlines, folds or mip levels that jump would miss it."""
    found = agreements(load_pocket_head(), 256, 64, (name,))[name]
    assert abs(found.secant) > 1.0
    assert found.error < 0.02


def test_every_parameter_of_the_bench_has_a_span() -> None:
    assert {"translation_x", "rotation_y", "scale", "vertex", "patch", "normal_map", "albedo_map"} <= set(SPANS)
    assert torch.tensor(list(SPANS.values())).min() > 0
