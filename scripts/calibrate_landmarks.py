"""Where MediaPipe's FaceMesh sees its landmarks on our heads: `python scripts/calibrate_landmarks.py [--people N]`.

The head model's "mediapipe_478" are anatomical points. A detector has habits of its own: it draws the outline a little
inside the silhouette, and brows where it expects hair. This script renders people of a population that nothing else
uses, runs FaceMesh on their pictures (extra `tracking`), and moves every landmark along the surface to where the median
of what the detector finds lies, for some angles of yaw. The result is a small checkpoint (heads/facemesh.py). About 15
minutes for 350 people on two cores; --shots DIR keeps the detections, so that a second call only fits.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor

from headsmith_server.checkpoints import registry
from headsmith_server.evaluation.landmark_agreement import EYE_CORNERS
from headsmith_server.heads import head_model
from headsmith_server.heads.facemesh import CHECKPOINT, FORMAT, camera_yaw
from headsmith_server.heads.protocol import HeadModel, SurfacePoints
from headsmith_server.identity.landmarks import COUNT, FaceMesh
from headsmith_server.render.cameras import Camera
from headsmith_server.synthesis.people import person
from headsmith_server.synthesis.personal import PersonalHead, personal_shapes
from headsmith_server.synthesis.portraits import portraits

SEED: Final = 4_780_001
"""Of the population that is rendered here and nowhere else."""
MOST_YAW: Final = 45.0
VIEWS: Final = 2
YAWS: Final = (-35.0, -15.0, 0.0, 15.0, 35.0)
YAW_WINDOW: Final = 12.5
"""Degrees about each of YAWS within which faces count for it."""
FIRST_IRIS: Final = 468
REACH_M: Final = (0.014, 0.004, 0.0012)
"""How far from the last place candidates lie, in three rounds."""
CANDIDATES: Final = 120
NEAR: Final = 0.04
"""Weight of the median distance beside the median offset: a place with the same bias and less spread is better."""


def main() -> None:
    """Render, detect, fit, write and register."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--first", type=int, default=0, help="number of the first person (to share the work)")
    parser.add_argument("--shots", type=Path, required=True, metavar="DIR", help="where detections are kept")
    parser.add_argument("--detect-only", action="store_true")
    options = parser.parse_args()
    model = head_model("pocket", torch.device("cpu"))
    options.shots.mkdir(parents=True, exist_ok=True)
    with FaceMesh() as detector:
        for index in range(options.first, options.first + options.people):
            path = options.shots / f"{index:05d}.npz"
            if not path.is_file():
                detect(model, detector, index, path)
    if not options.detect_only:
        write(model, fit(model, sorted(options.shots.glob("*.npz"))))


def detect(model: HeadModel, detector: FaceMesh, index: int, path: Path) -> None:
    """Photograph one person and keep what was found with the cameras and expressions."""
    found, views, projections, weights, sizes = [], [], [], [], []
    for picture in portraits(SEED, index, model, views=VIEWS):
        marks = detector.find(picture.image) if abs(picture.shot.yaw) <= MOST_YAW else None
        if marks is not None:
            found.append(marks)
            views.append(picture.view)
            projections.append(picture.projection)
            weights.append(picture.weights)
            sizes.append(picture.image.shape[0])
    np.savez(path, found=np.array(found), view=np.array(views), projection=np.array(projections),
             weights=np.array(weights), size=np.array(sizes), index=index)  # fmt: skip


@dataclass(frozen=True)
class Faces:
    """All that was photographed: pixels [B, V, 2] of the posed heads, marks [B, 478, 2] that were found, between [B]
    pixels between the eyes, yaws [B] degrees."""

    pixels: Float[Tensor, "b v 2"]
    marks: Float[Tensor, "b 478 2"]
    between: Float[Tensor, " b"]
    yaws: Float[Tensor, " b"]


def gather(model: HeadModel, paths: list[Path]) -> Faces:
    """Pose the photographed heads again and project them."""
    pixels, marks, yaws = [], [], []
    for path in paths:
        shot = np.load(path)
        if not len(shot["found"]):
            continue
        index = int(shot["index"])
        head = PersonalHead(model, torch.from_numpy(person(SEED, index, model).identity), personal_shapes(SEED, index))
        camera = Camera(torch.from_numpy(shot["view"]), torch.from_numpy(shot["projection"]))
        size = int(shot["size"][0])
        pixels.append(camera.to_pixels(head.posed(torch.from_numpy(shot["weights"])), (size, size))[..., :2])
        marks.append(torch.from_numpy(shot["found"]).float())
        yaws += [camera_yaw(view) for view in shot["view"]]
    found = torch.cat(marks)
    eyes = [found[:, list(pair)].mean(1) for pair in EYE_CORNERS]
    return Faces(torch.cat(pixels), found, (eyes[0] - eyes[1]).norm(dim=-1), torch.tensor(yaws))


def fit(model: HeadModel, paths: list[Path]) -> tuple[SurfacePoints, ...]:
    """Candidates round each landmark, the best by median offset, in ever smaller rounds; for each of YAWS by the faces
    that are seen from about there."""
    faces = gather(model, paths)
    mean = model.vertices(torch.zeros(1, model.identity_size))[0].numpy()
    surface = _Surface(model, mean)
    everywhere = _fitted(faces, surface, mean, model.topology.landmarks["mediapipe_478"], REACH_M)
    fitted = []
    for yaw in YAWS:
        near = (faces.yaws - yaw).abs() <= YAW_WINDOW
        some = Faces(faces.pixels[near], faces.marks[near], faces.between[near], faces.yaws[near])
        fitted.append(_fitted(some, surface, mean, everywhere, REACH_M[1:]))
        print(f"yaw {yaw:+.0f}: {int(near.sum())} faces")
    return tuple(fitted)


def _fitted(
    faces: Faces, surface: _Surface, mean: NDArray[np.float32], points: SurfacePoints, rounds: tuple[float, ...]
) -> SurfacePoints:
    corners, shares = points.corners.copy(), points.barycentrics.copy()
    draws = np.random.default_rng(SEED)
    for reach in rounds:
        for mark in range(COUNT):
            at = np.einsum("c,cx->x", shares[mark], mean[corners[mark]])
            some_corners, some_shares = surface.near(at, reach, mark >= FIRST_IRIS, draws)
            some_corners = np.concatenate([corners[mark][None], some_corners])
            some_shares = np.concatenate([shares[mark][None], some_shares]).astype(np.float32)
            placed = faces.pixels[:, torch.from_numpy(some_corners.astype(np.int64))]
            placed = (placed * torch.from_numpy(some_shares)[None, :, :, None]).sum(2)
            offsets = (faces.marks[:, mark, None] - placed) / faces.between[:, None, None]
            cost = offsets.median(0).values.norm(dim=-1) + NEAR * offsets.norm(dim=-1).median(0).values
            best = int(cost.argmin())
            corners[mark], shares[mark] = some_corners[best], some_shares[best]
    return SurfacePoints(corners.astype(np.int32), shares.astype(np.float32))


class _Surface:
    """Random places on the mean head: of the skin that is seen from outside, and of the eyeballs."""

    def __init__(self, model: HeadModel, mean: NDArray[np.float32]) -> None:
        self._mean = mean
        hidden = np.zeros(len(mean), bool)
        for name in ("mouth_cavity", "nostril_inside", "inner_lid"):
            hidden[model.topology.sets[name]] = True
        self._triangles = {
            False: self._of(model, ("skin",), hidden),
            True: self._of(model, ("eye_l", "eye_r"), hidden),
        }

    @staticmethod
    def _of(model: HeadModel, names: tuple[str, ...], hidden: NDArray[np.bool_]) -> NDArray[np.int32]:
        kept = []
        for name in names:
            part = model.topology.part(name)
            faces = part.faces + np.int32(part.vertices.start)
            quads = part.faces[:, 3] >= 0
            kept += [faces[:, :3], faces[quads][:, [0, 2, 3]]]
        triangles = np.concatenate(kept)
        return triangles[~hidden[triangles].any(axis=1)]

    def near(
        self, at: NDArray[np.floating], reach: float, eye: bool, draws: np.random.Generator
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """CANDIDATES corners [N, 3] and barycentrics [N, 3] of places within reach (metres) of a point."""
        triangles = self._triangles[eye]
        centres = self._mean[triangles].mean(axis=1)
        close = np.flatnonzero(np.linalg.norm(centres - at, axis=1) < reach + 0.002)
        if not len(close):
            return np.zeros((0, 3), np.int32), np.zeros((0, 3))
        chosen = triangles[draws.choice(close, CANDIDATES)]
        shares = draws.dirichlet((1.0, 1.0, 1.0), CANDIDATES)
        away = np.linalg.norm(np.einsum("nc,ncx->nx", shares, self._mean[chosen]) - at, axis=1)
        return chosen[away <= reach], shares[away <= reach]


def write(model: HeadModel, points: tuple[SurfacePoints, ...]) -> None:
    """The checkpoint and its row in the registry."""
    path = registry.FOLDER / f"{CHECKPOINT}.safetensors"
    save_file(
        {
            "yaws": np.array(YAWS, np.float32),
            "corners": np.stack([one.corners for one in points]),
            "barycentrics": np.stack([one.barycentrics for one in points]),
        },
        path,
        metadata={"format": FORMAT, "head_sha256": model.sha256, "licence": "Apache-2.0"},
    )
    registry.register(
        registry.Checkpoint(
            name=CHECKPOINT,
            tier="pocket",
            file=path.name,
            source="scripts/calibrate_landmarks.py: where MediaPipe FaceMesh sees its landmarks on our heads",
            licence="Apache-2.0",
            sha256=registry.file_sha256(path),
            size=path.stat().st_size,
        )
    )
    print(path)


if __name__ == "__main__":
    main()
