"""The pocket head's figures: each is there, with the goal that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from headsmith_server.evaluation import pocket_head

DATA = Path(__file__).parents[4] / "shared" / "data"
GOALS = {
    "quad_share": (0.99, "higher"), "symmetry_residual_mm": (0.001, "lower"), "eye_loops": (3, "higher"),
    "mouth_loops": (4, "higher"), "identity_error_face_mm": (0.3, "lower"), "identity_error_rest_mm": (1.0, "lower"),
    "expression_error_mm": (0.3, "lower"), "folded_quads": (2, "lower"), "uv_overlap": (0, "lower"),
    "uv_face_share": (0.5, "higher"), "uv_area_distortion_p99": (3, "lower"), "checkpoint_mb": (12, "lower"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data (ICT-FaceKit)")
def test_the_pocket_head_meets_its_goals() -> None:
    report = pocket_head.run(DATA, quick=True)
    assert {figure.name: (figure.goal, figure.better) for figure in report.figures} == GOALS
    assert [figure.name for figure in report.figures if not figure.met] == []


def test_arkit_names_become_ict_files() -> None:
    assert pocket_head.ict_names("eyeBlinkLeft") == ("eyeBlink_L",)
    assert pocket_head.ict_names("mouthLeft") == ("mouthLeft",)
    assert pocket_head.ict_names("browInnerUp") == ("browInnerUp_L", "browInnerUp_R")
