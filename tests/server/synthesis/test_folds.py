"""Wrinkles of expressions in portraits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from headsmith_server.heads import head_model
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.folds import Folds, person_folds, sample_folds
from headsmith_server.synthesis.people import Person, person
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.surface import skin_surface

SIZE = 256
FLAT = np.full((SIZE, SIZE, 3), (128, 128, 255), np.uint8)


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return head_model("pocket", torch.device("cpu"))


@pytest.fixture(scope="module")
def who(model: HeadModel) -> Person:
    found = person(1, 3, model)
    return replace(found, description=replace(found.description, age_years=50.0))


@pytest.fixture(scope="module")
def folds(model: HeadModel, who: Person) -> Folds:
    return person_folds(model, who, 1.0, FLAT)


def test_no_weights_change_nothing(folds: Folds) -> None:
    assert not folds.of({}).any()
    assert not folds.of({"jawLeft": 1.0, "browInnerUp": 0.0}).any()


def test_raised_brows_tilt_normals_of_the_forehead_only(model: HeadModel, folds: Folds) -> None:
    surface = skin_surface(model, SIZE)
    found = folds.of({"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0})
    tilt = np.abs(found[:2]).max(0)
    forehead = surface.field.covered & (enlarge(surface.regions["forehead"], SIZE) > 0.5)
    assert tilt[forehead].mean() > 0.02
    for name in ("chin", "cheek", "nose", "neck"):
        assert tilt[surface.field.covered & (enlarge(surface.regions[name], SIZE) > 0.6)].max() < 0.02, name
    assert 0.05 < found[2].max() < 0.6
    assert not found[3:].any()


def test_slopes_are_those_of_the_height(folds: Folds) -> None:
    """Along u, where texels are square: what the slopes say, summed up, is the height again."""
    one = next(m for m in folds.maps if m.name == "glabella")
    found = folds.of({"browDownLeft": 1.0, "browDownRight": 1.0})
    row, column = np.unravel_index(int(np.abs(one.height).argmax()), one.height.shape)
    box = folds.boxes[folds.maps.index(one)][1]
    slope = found[0, row, box] / folds.frame[row, box, 0]
    depth = np.cumsum(slope)
    assert np.corrcoef(depth, one.height[row, box])[0, 1] > 0.95
    assert np.isclose(np.ptp(depth), np.ptp(one.height[row, box]), rtol=0.3)
    assert column in range(box.start, box.stop)


def test_readier_skin_folds_deeper_and_repeats(model: HeadModel, who: Person, folds: Folds) -> None:
    smile = {"mouthSmileLeft": 0.6, "cheekSquintLeft": 0.4}
    stiff, ready = (person_folds(model, who, creasing, FLAT).of(smile) for creasing in (0.5, 1.5))
    assert np.abs(stiff).sum() < 0.7 * np.abs(ready).sum()
    np.testing.assert_array_equal(folds.of(smile), person_folds(model, who, 1.0, FLAT).of(smile))


def test_sampling_reads_the_texel_at_its_place(folds: Folds) -> None:
    found = folds.of({"browInnerUp": 1.0})
    row, column = np.unravel_index(int(found[2].argmax()), found[2].shape)
    uv = torch.tensor([[(int(column) + 0.5) / SIZE, 1.0 - (int(row) + 0.5) / SIZE]])
    np.testing.assert_allclose(sample_folds(found, uv)[:, 0].numpy(), found[:, row, column], atol=1e-4)


def test_steady_normals_keep_folds_and_drop_grain(model: HeadModel, who: Person) -> None:
    grain = FLAT.copy()
    grain[::2, :, 0] = 168
    grain[1::2, :, 0] = 88
    grain[:, 128:, 1] = 168  # a wide slope
    steady = person_folds(model, who, 1.0, grain).steady
    assert np.abs(steady[0, 8:-8]).max() < 0.1
    assert steady[1, :, 160:].mean() == pytest.approx(40 / 127.5, rel=0.02)
