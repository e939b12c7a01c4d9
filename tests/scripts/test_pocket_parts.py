"""The pocket head's own parts: sound meshes, eyes that turn, lids that close, teeth that follow the jaw."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from headsmith_server.heads.pocket import PocketHead, load_pocket_head
from headsmith_shared.arkit import ARKIT_INDEX
from scripts.pocket_head.eyes import Eyeball, cornea_mesh, eyeball_mesh, fit_ball, gaze_rotation
from scripts.pocket_head.following import AffineFit, expand
from scripts.pocket_head.gaze import gaze_affine
from scripts.pocket_head.lid_grid import INNER_ROW, clearance
from scripts.pocket_head.parts import PocketParts, build_parts
from scripts.pocket_head.quads import QuadMesh, disc_grid
from scripts.pocket_head.rig import JOINTS, skin_weights
from scripts.pocket_head.skin_frame import SkinFrame
from scripts.pocket_head.teeth import COLUMNS, LOWER, UPPER, teeth_mesh
from scripts.pocket_head.tongue import tongue_mesh, tongue_out

BALL = Eyeball((0.031, 0.0365, 0.0805), 0.0148)
ICT_VERTICES = 26719


def _volumes(positions: np.ndarray, faces: np.ndarray) -> float:
    p = positions[faces] - positions.mean(axis=0)
    return float(np.einsum("fi,fi->", np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1]), p.mean(axis=1)) / 6.0)


def _edge_counts(faces: np.ndarray) -> np.ndarray:
    edges = np.sort(np.concatenate([faces[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1)
    return np.unique(edges, axis=0, return_counts=True)[1]


@pytest.fixture(scope="module")
def head() -> PocketHead:
    return load_pocket_head()


@pytest.fixture(scope="module")
def parts(head: PocketHead) -> PocketParts:
    """Parts built again on the shipped mean skin; where ICT's own parts rest matters to none of these tests."""
    skin = head.topology.part("skin")
    mean = head.vertices(torch.zeros(1, head.identity_size))[0].numpy().astype(np.float64)
    frame = SkinFrame(mean[: len(skin.vertices)], skin.faces, head.topology.mirror, head.topology.loops)
    rest = np.random.default_rng(0).normal(0.0, 0.03, (ICT_VERTICES, 3))
    return build_parts(frame, rest)


def test_a_disc_of_quads_has_a_round_rim_in_order():
    points, faces, rim = disc_grid(6)
    assert np.allclose(np.linalg.norm(points[rim], axis=1), 1.0)
    assert np.all(np.diff(np.unwrap(np.arctan2(points[rim, 1], points[rim, 0]))) > 0)
    corners = points[faces]
    u, v = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    assert np.all(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] > 0)


def test_an_eyeball_is_closed_and_faces_outwards():
    mesh = eyeball_mesh(BALL)
    assert np.all(_edge_counts(mesh.faces) == 2)
    assert _volumes(mesh.positions, mesh.faces) == pytest.approx(4 / 3 * np.pi * BALL.radius**3, rel=0.05)


@pytest.mark.parametrize("mesh", [teeth_mesh("upper"), teeth_mesh("lower"), tongue_mesh(), cornea_mesh(BALL)])
def test_parts_face_outwards(mesh: QuadMesh):
    assert _volumes(mesh.positions, mesh.faces) > 0
    assert mesh.uvs.min() >= 0.0
    assert mesh.uvs.max() <= 1.0


def test_the_clear_shell_covers_iris_and_sclera():
    mesh = eyeball_mesh(BALL)
    offset = mesh.positions - np.array(BALL.centre)
    assert clearance(BALL, mesh.positions[offset[:, 2] > 0]).max() < -0.00005


def test_the_cornea_bulges_and_meets_the_sclera_smoothly():
    angle = np.linspace(0.0, np.pi / 2, 400)
    radius = BALL.outer_radius(angle)
    assert 0.0005 < radius[0] - BALL.radius < 0.0015
    assert np.all(np.diff(radius) < 1e-9)
    assert radius[-1] == pytest.approx(BALL.radius + BALL.film, abs=1e-6)


def test_a_ball_is_found_behind_a_ring_of_lid_points():
    turn = np.linspace(0.0, 2 * np.pi, 40, endpoint=False)
    ring = np.array(BALL.centre) + 0.0148 * np.stack(
        [0.8 * np.cos(turn), 0.4 * np.sin(turn), np.sqrt(1 - (0.8 * np.cos(turn)) ** 2 - (0.4 * np.sin(turn)) ** 2)],
        axis=-1,
    )
    centre, radius = fit_ball(ring, np.array(BALL.centre) + 0.0003)
    assert np.linalg.norm(centre - BALL.centre) < 0.0004
    assert radius == pytest.approx(0.0148, abs=0.0003)


def test_there_are_fourteen_teeth_a_jaw_and_they_are_mirror_images():
    assert len(UPPER) == len(LOWER) == COLUMNS // 2
    for jaw in ("upper", "lower"):
        mesh = teeth_mesh(jaw)
        count = len(mesh.positions) // COLUMNS
        right, left = mesh.positions[:count], mesh.positions[-count:]
        assert np.array_equal(right * [-1.0, 1.0, 1.0], left)


def test_upper_incisors_pass_in_front_of_the_lower_ones():
    upper, lower = teeth_mesh("upper").positions, teeth_mesh("lower").positions
    tip = upper[np.abs(upper[:, 0]) < 0.006]
    edge = lower[np.abs(lower[:, 0]) < 0.006]
    assert tip[:, 1].min() < edge[:, 1].max()
    back_of_tip = tip[tip[:, 1] < tip[:, 1].min() + 0.001][:, 2].min()
    front_of_edge = edge[edge[:, 1] > edge[:, 1].max() - 0.001][:, 2].max()
    assert back_of_tip > front_of_edge


def test_the_tongue_rests_inside_the_lower_teeth_and_comes_out_between_the_lips():
    rest = tongue_mesh().positions
    assert rest[:, 2].max() < teeth_mesh("lower").positions[:, 2].max() - 0.003
    out = rest + tongue_out()
    assert out[:, 2].max() > 0.125
    root = rest[:, 2] < 0.044
    assert np.abs(tongue_out()[root]).max() < 0.003


def test_an_affine_fit_gives_a_rigid_motion_back_exactly():
    rng = np.random.default_rng(3)
    source, points = rng.normal(size=(200, 3)), rng.normal(size=(50, 3))
    turn = gaze_rotation(12.0, -20.0)
    fit = AffineFit(np.array([0.1, 0.2, 0.3]), source - [0.1, 0.2, 0.3], uniform=False)
    affine = fit(source @ turn.T + [0.5, 0.0, -1.0] - source)
    expected = points @ turn.T + [0.5, 0.0, -1.0] - points
    assert np.allclose(expand(affine, points, fit.origin), expected, atol=1e-9)


def test_a_uniform_fit_gives_translation_and_scale_back():
    rng = np.random.default_rng(4)
    source = rng.normal(size=(100, 3))
    fit = AffineFit(np.zeros(3), source, uniform=True)
    affine = fit(0.1 * source + [1.0, 2.0, 3.0])
    assert np.allclose(affine[:, :3], 0.1 * np.eye(3))
    assert np.allclose(affine[:, 3], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("name", "group", "axis"),
    [("eyeLookInLeft", "eye_l", (-1, 0)), ("eyeLookInRight", "eye_r", (1, 0)), ("eyeLookOutLeft", "eye_l", (1, 0)),
     ("eyeLookUpLeft", "eye_l", (0, 1)), ("eyeLookDownRight", "eye_r", (0, -1))],
)  # fmt: skip
def test_eyes_turn_where_the_shape_says(name: str, group: str, axis: tuple[int, int]):
    found = gaze_affine(name)
    assert found is not None
    assert found[0] == group
    forward = found[1][:, 2] + [0.0, 0.0, 1.0]
    assert np.linalg.norm(forward) == pytest.approx(1.0)
    assert forward[:2] @ np.array(axis) > np.sin(np.radians(20.0))


def test_other_shapes_turn_no_eye():
    assert gaze_affine("eyeBlinkLeft") is None
    assert gaze_affine("jawOpen") is None


def test_every_part_is_made_of_quads_with_full_weights(parts: PocketParts):
    for mesh in parts.meshes:
        assert mesh.faces.min() >= 0
        assert mesh.faces.max() == len(mesh.positions) - 1
        assert mesh.uv_faces.max() < len(mesh.uvs)
        assert mesh.weights.shape == (len(mesh.positions), len(JOINTS))
        assert np.allclose(mesh.weights.sum(axis=1), 1.0)
        assert np.all([len(set(face)) == 4 for face in mesh.faces])


def test_parts_are_mirror_images(parts: PocketParts):
    meshes = {mesh.name: mesh.positions for mesh in parts.meshes}
    flip = np.array([-1.0, 1.0, 1.0], dtype=np.float32)
    assert np.array_equal(meshes["eye_l"] * flip, meshes["eye_r"])
    assert np.array_equal(meshes["cornea_l"] * flip, meshes["cornea_r"])
    for name, per_hair in (("lashes", 18), ("brows", 8)):
        hairs = meshes[name].reshape(-1, per_hair, 3)
        assert np.array_equal(hairs[0::2] * flip, hairs[1::2])


def test_lashes_and_brows_are_bound_where_they_were_grown(parts: PocketParts):
    bound = parts.binding.positions(torch.from_numpy(parts.skin.positions)).numpy()
    grown = np.concatenate([mesh.positions for mesh in parts.meshes[-2:]])
    assert np.abs(bound - grown).max() < 1e-6


def test_brow_hairs_lie_on_the_skin_over_the_eyes(parts: PocketParts):
    brows = next(mesh for mesh in parts.meshes if mesh.name == "brows").positions
    centre = np.array(parts.balls["eye_l"].centre)
    left = brows[brows[:, 0] > 0]
    assert left[:, 1].min() > centre[1] + 0.008
    assert left[:, 1].max() < centre[1] + 0.034
    distance = np.linalg.norm(left[:, None] - parts.skin.positions[None], axis=-1).min(axis=1)
    assert distance.max() < 0.006


def test_the_head_of_a_thinner_brow_covers_the_whole_brow(parts: PocketParts):
    brows = next(mesh for mesh in parts.meshes if mesh.name == "brows").positions.reshape(-1, 8, 3)
    some = brows[: len(brows) // 3]
    assert np.ptp(some[..., 0]) > 0.85 * np.ptp(brows[..., 0])
    assert np.std(some[::2, 0, 1]) < np.std(brows[::2, 0, 1])


def test_lids_rest_on_the_eyes(parts: PocketParts):
    for grid in parts.lids.grids.values():
        inner = clearance(grid.ball, parts.skin.positions[grid.row(INNER_ROW)])
        assert np.abs(inner).max() < 0.0001
        assert clearance(grid.ball, parts.skin.positions[grid.row(0)]).min() > 0.0002


def test_identity_modes_keep_the_lids_on_the_eyes(parts: PocketParts):
    rng = np.random.default_rng(5)
    skin = parts.skin.positions
    field = 0.002 * np.sin(skin @ rng.normal(0.0, 40.0, (3, 3)) + rng.normal(size=3))
    delta, offsets = parts.identity_offsets(field)
    for name, grid in parts.lids.grids.items():
        eye = np.concatenate([mesh.positions for mesh in parts.free])[parts.slices[name]]
        moved = eye + offsets[parts.slices[name]]
        centre = moved.mean(axis=0) - (eye.mean(axis=0) - grid.centre)
        contact = grid.row(INNER_ROW)
        before = np.linalg.norm(skin[contact] - grid.centre, axis=1)
        after = np.linalg.norm(skin[contact] + delta[contact] - centre, axis=1)
        scale = np.std(moved, axis=0).mean() / np.std(eye, axis=0).mean()
        assert np.abs(after - before * scale).max() < 0.0002


def test_joints_are_points_of_the_mean_head(parts: PocketParts):
    rules = {rule.name: rule for rule in parts.joints}
    assert tuple(rules) == JOINTS
    skin = parts.skin.positions
    assert np.allclose(rules["eye_l"].head.point(skin), parts.balls["eye_l"].centre, atol=1e-5)
    assert rules["jaw"].parent == "head"
    moved = {name: rule.head.point(1.1 * skin + 0.05) for name, rule in rules.items()}
    for name, rule in rules.items():
        assert np.allclose(moved[name], 1.1 * rule.head.point(skin) + 0.05, atol=1e-5)


def test_the_jaw_bone_moves_the_lower_face_and_the_neck_bone_only_the_neck(head: PocketHead, parts: PocketParts):
    skin = head.topology.part("skin")
    rest = parts.skin.positions
    opened = head.expression_deltas(torch.zeros(head.identity_size))[ARKIT_INDEX["jawOpen"]].numpy()
    teeth = head.topology.part("teeth_lower").vertices
    lower = next(mesh for mesh in parts.meshes if mesh.name == "teeth_lower").positions.astype(np.float64)
    origin = parts.follower.origins[3]
    fit = AffineFit(origin, lower - origin, uniform=False)
    motion = expand(fit(opened[teeth.start : teeth.stop].astype(np.float64)), rest, origin)
    weights = skin_weights(rest, skin.faces, head.topology.mirror, opened[: len(rest)].astype(np.float64), motion)
    assert np.allclose(weights.sum(axis=1), 1.0)
    assert np.allclose(weights[head.topology.mirror], weights)
    neck, jaw = weights[:, JOINTS.index("neck")], weights[:, JOINTS.index("jaw")]
    chin = np.linalg.norm(rest - [0.0, -0.080, 0.105], axis=1).argmin()
    assert jaw[chin] > 0.75  # skin slides over bone
    assert neck[head.topology.loops["collar"]].min() > 0.9
    face = (rest[:, 2] > 0.075) & (rest[:, 1] > -0.085)
    assert neck[face].max() < 0.05
    assert jaw[rest[:, 1] > 0.02].max() < 0.02


@pytest.mark.parametrize("seed", range(3))
def test_blinks_close_on_every_identity(head: PocketHead, parts: PocketParts, seed: int):
    generator = torch.Generator().manual_seed(seed)
    identity = torch.randn(1, head.identity_size, generator=generator)
    expression = torch.zeros(1, 52)
    expression[0, ARKIT_INDEX["eyeBlinkLeft"]] = expression[0, ARKIT_INDEX["eyeBlinkRight"]] = 1.0
    closed = head.vertices(identity, expression)[0].numpy().astype(np.float64)
    for grid in parts.lids.grids.values():
        margin = closed[grid.row(0)]
        upper, lower = margin[1 : grid.outer], margin[grid.outer + 1 :]
        ends = np.concatenate([margin[grid.outer :], margin[:1]])
        gaps = [_distance_to_line(point, ends) for point in upper]
        assert max(gaps) < 0.0002
        assert len(lower) > 10


def _distance_to_line(point: np.ndarray, line: np.ndarray) -> float:
    a, b = line[:-1], line[1:]
    along = b - a
    t = np.clip(((point - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12), 0.0, 1.0)
    return float(np.linalg.norm(a + t[:, None] * along - point, axis=1).min())


@pytest.mark.parametrize(
    "name",
    [
        "eyeBlinkLeft",
        "eyeSquintLeft",
        "eyeWideLeft",
        "eyeLookUpLeft",
        "eyeLookDownLeft",
        "eyeLookInLeft",
        "eyeLookOutLeft",
    ],
)
@pytest.mark.parametrize("weight", [0.5, 1.0])
def test_no_eye_pokes_through_a_lid(head: PocketHead, parts: PocketParts, name: str, weight: float):
    identity = torch.zeros(1, head.identity_size)
    expression = torch.zeros(1, 52)
    expression[0, ARKIT_INDEX[name]] = weight
    moved = head.vertices(identity, expression)[0].numpy().astype(np.float64)
    grid = parts.lids.left
    cornea = head.topology.part("cornea_l")
    shell = moved[cornea.vertices.start : cornea.vertices.stop] - grid.centre
    direction = shell / np.linalg.norm(shell, axis=1, keepdims=True)
    for row in range(0, 7):
        lid = moved[grid.row(-row)] - grid.centre
        radius = np.linalg.norm(lid, axis=1)
        nearest = (lid / radius[:, None] @ direction.T).argmax(axis=1)
        close = (lid / radius[:, None] * direction[nearest]).sum(axis=1) > np.cos(np.radians(4.0))
        assert np.all(radius[close] > np.linalg.norm(shell[nearest[close]], axis=1))
