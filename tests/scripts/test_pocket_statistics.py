"""The pure parts of the pocket head's fitting, on small data with known answers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from headsmith_server.evaluation.folds import folded
from headsmith_server.heads.ict_facekit import IctModel
from headsmith_shared.arkit import ARKIT_NAMES

pytest.importorskip("scipy", reason="fitting needs the dev extra")

from scripts.pocket_head.folds import SkinMesh, mend
from scripts.pocket_head.lip_contact import OVERLAP, LipContact
from scripts.pocket_head.makehuman import fit_similarity
from scripts.pocket_head.picture import Camera, rasterise
from scripts.pocket_head.shapes import arkit_fields, ict_names, other_side
from scripts.pocket_head.statistics import build_basis, parted


def grid(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points [count^2, 3] of a square grid, its quads, and the mirror vertex about x = 0."""
    axis = np.linspace(-1, 1, count)
    points = np.array([(x, y, 0.0) for y in axis for x in axis])
    first = np.array([r * count + c for r in range(count - 1) for c in range(count - 1)])
    quads = np.stack([first, first + 1, first + count + 1, first + count], axis=1)
    mirror = np.array([r * count + (count - 1 - c) for r in range(count) for c in range(count)])
    return points, quads.astype(np.int32), mirror


def test_mending_takes_folds_out_and_leaves_the_rest() -> None:
    points, quads, mirror = grid(11)
    mesh = SkinMesh.of(points, quads, mirror)
    delta = np.zeros_like(points)
    delta[:, 2] = 0.1 * points[:, 0]
    delta[60] = (0.35, 0.3, 0.0)
    assert mesh.folded(points + delta).any()
    mended, left = mend(mesh, delta)
    assert left == 0
    assert not folded(points + mended, quads).any()
    far = np.linalg.norm(points - points[60], axis=1) > 0.9
    np.testing.assert_allclose(mended[far], delta[far], atol=1e-12)


def test_the_basis_reproduces_named_directions_exactly_and_orders_modes() -> None:
    rng = np.random.default_rng(0)
    sources = rng.standard_normal((20, 50, 3))
    weights = rng.uniform(0.5, 1.5, 50)
    neck = np.zeros(50)
    neck[:5] = 1
    semantic = np.arange(16, 20)
    basis = build_basis(sources, np.ones(20), semantic, weights, neck, modes=10)
    modes = np.tensordot(basis.mixture, sources, axes=1)
    for direction, source in zip(basis.directions, semantic, strict=True):
        np.testing.assert_allclose(np.tensordot(direction, modes, axes=1), sources[source], atol=1e-6)
    energy = ((modes**2).sum(2) * weights).sum(1)
    assert (np.diff(energy[:10]) <= 1e-9).all()


def test_conditioning_calms_the_neck() -> None:
    rng = np.random.default_rng(1)
    sources = 0.002 * rng.standard_normal((12, 40, 3))
    sources[:, :8] *= 10
    neck = np.zeros(40)
    neck[:8] = 1
    basis = build_basis(sources, np.ones(12), np.array([11]), np.ones(40), neck, modes=11)
    modes = np.tensordot(basis.mixture[:11], sources, axes=1)
    before, after = ((part[:, :8] ** 2).sum() for part in (sources, modes))
    assert after < 0.5 * before


def test_modes_are_parted_into_sides() -> None:
    points, _, mirror = grid(5)
    rng = np.random.default_rng(2)
    free = rng.standard_normal((2, len(points), 3))
    flip = np.array([-1.0, 1.0, 1.0])
    even, odd = free[0] + free[0][mirror] * flip, free[1] - free[1][mirror] * flip
    noisy = np.stack([even, odd, even + odd]) + 1e-3 * rng.standard_normal((3, *points.shape))
    made = parted(noisy, mirror)
    np.testing.assert_allclose(made[0][mirror] * flip, made[0], atol=1e-12)
    np.testing.assert_allclose(made[1][mirror] * flip, -made[1], atol=1e-12)
    np.testing.assert_array_equal(made[2], noisy[2])


def test_similarity_is_recovered() -> None:
    rng = np.random.default_rng(3)
    source = rng.standard_normal((30, 3))
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    target = 1.7 * source @ turn.T + [1, 2, 3]
    found = fit_similarity(source, target)
    assert found.scale == pytest.approx(1.7)
    np.testing.assert_allclose(found.apply(source), target, atol=1e-12)


def test_the_camera_sees_the_nearer_triangle_where_it_lies() -> None:
    near = np.array([[-0.1, -0.1, 0.05], [0.1, -0.1, 0.05], [0.0, 0.1, 0.05]])
    far = near * [1, 1, -1]
    points = np.concatenate([far, near])
    camera = Camera((0, 0, 0), 0.0, distance=1.0, field=0.4, size=64)
    fragments = rasterise(points, np.array([[0, 1, 2], [3, 4, 5]], dtype=np.int32), camera)
    assert fragments.triangle[32, 32] == 1
    assert fragments.triangle[0, 0] == -1
    seen = fragments.triangle >= 0
    np.testing.assert_allclose(fragments.barycentrics[seen].sum(1), 1.0, atol=1e-5)
    x, y, _ = camera.project(near[:1])[0]
    assert abs(x - 32) > 10
    assert y > 32


class Layout:
    """Two strips of quads that meet like lips along y = 0."""

    def __init__(self) -> None:
        x = np.linspace(-0.02, 0.02, 9)
        rows = [(y, sign) for sign in (1, -1) for y in (0.0004, 0.004, 0.008, 0.02)]
        self.positions = np.array([(a, sign * y, 0.0) for y, sign in rows for a in x])
        corners = ((0, 36), (8, 44))
        self.faces = np.array(
            [(r * 9 + c, r * 9 + c + 1, r * 9 + c + 10, r * 9 + c + 9) for r in (0, 1, 2, 4, 5, 6) for c in range(8)]
        )
        for kept, merged in corners:
            self.faces[self.faces == merged] = kept
        self.loops = {
            "lip_line_upper": np.arange(9),
            "lip_line_lower": np.array([0, *range(37, 44), 8]),
        }


def test_lips_touch_and_stay_together() -> None:
    layout = Layout()
    contact = LipContact.of(layout, layout.positions)  # pyright: ignore[reportArgumentType]
    sealed = contact.sealed(layout.positions)
    upper, lower = sealed[1:8], sealed[37:44]
    middle = slice(2, 5)
    np.testing.assert_allclose((upper - lower)[middle, 1], -OVERLAP, atol=1e-6)
    np.testing.assert_allclose(sealed[27:36], layout.positions[27:36])
    rng = np.random.default_rng(4)
    delta = 0.001 * rng.standard_normal(layout.positions.shape)
    closed = contact.closed(delta)
    np.testing.assert_allclose((closed[1:8] - closed[37:44])[middle, 1:], 0, atol=1e-6)


def test_every_arkit_shape_has_its_ict_files_and_its_other_side() -> None:
    for name in ARKIT_NAMES:
        files = ict_names(name)
        assert bool(files) == (name != "tongueOut")
        assert other_side(other_side(name)) == name
        if name.endswith("Left") and files[0].endswith("_L"):
            assert ict_names(other_side(name)) == tuple(re.sub("_L$", "_R", file) for file in files)


def test_arkit_fields_are_symmetric() -> None:
    rng = np.random.default_rng(5)
    points, _, mirror = grid(6)
    count = 26719
    pad = np.arange(count)
    pad[: len(points)] = mirror
    files = {file for name in ARKIT_NAMES for file in ict_names(name)}
    ict = IctModel(
        neutral=np.zeros((count, 3), dtype=np.float32),
        identity=np.zeros((1, count, 3), dtype=np.float32),
        expressions={file: 0.01 * rng.standard_normal((count, 3)).astype(np.float32) for file in sorted(files)},
        faces=np.zeros((1, 4), dtype=np.int32),
        uvs=np.zeros((1, 2), dtype=np.float32),
        uv_faces=np.zeros((1, 4), dtype=np.int32),
        landmarks=np.zeros(68, dtype=np.int32),
    )
    fields = arkit_fields(ict, pad)
    flip = np.array([-1.0, 1.0, 1.0])
    for name in ("mouthSmileLeft", "jawOpen", "jawLeft", "cheekPuff"):
        np.testing.assert_allclose(fields[other_side(name)], fields[name][pad] * flip, atol=1e-12)
    assert not fields["tongueOut"].any()
