"""`headsmith evaluate synth`: whether what the data factory makes is real enough to learn from, and true.

People of a population that nothing is trained on are photographed twice each through the factory's own shards. A face
mesh, a face recogniser and a linear probe that never saw them say what they see. Needs the development data (networks,
reference skins) and the extra `tracking`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.checkpoints.registry import checkpoints
from headsmith_server.evaluation.caption_truth import caption_truth
from headsmith_server.evaluation.landmark_agreement import landmark_agreement
from headsmith_server.evaluation.probe import SKIN_COLOURS, face_square, plain_features, probe_accuracy, skin_colours
from headsmith_server.evaluation.skin_samples import pore_distance, skin_distance
from headsmith_server.evaluation.synth_reproducible import resume_identical, workers_identical
from headsmith_server.evaluation.verification import verification
from headsmith_server.figures import Figure, Figures
from headsmith_server.identity.detect import FaceDetector
from headsmith_server.identity.landmarks import FaceMesh
from headsmith_server.identity.recognise import FaceRecogniser
from headsmith_server.synthesis.shards.datasets import ShardDataset
from headsmith_server.synthesis.shards.kinds import find_kind
from headsmith_server.synthesis.shards.manifest import plan
from headsmith_server.synthesis.shards.pool import Pool
from headsmith_server.synthesis.shards.write import write_shards

SEED: Final = 9_000_003
"""Of the population that is photographed here and nowhere else."""
SIZE: Final = 256
VIEWS: Final = 2
MOST_YAW: Final = 45.0
WORKERS: Final = 2
PEOPLE, QUICK_PEOPLE = 400, 40
CAPTIONS, QUICK_CAPTIONS = 1000, 120
AGE_BANDS: Final = (18.0, 50.0)
"""Years between children, grown people and old ones."""
SKIN_TONES: Final = (0.25, 0.55)
"""Melanin between light, medium and deep."""
COLOUR_WEIGHT: Final = 3.0
"""Few numbers tell the skin's colour beside thousands of edges: they count this much more."""
SEXED: Final = 0.1
"""Grown people this far from the middle of masculinity count as men or women."""


@dataclass(frozen=True)
class Photograph:
    """What the measurements read of one sample: image [H, W, 3] RGB, landmarks in pixels, the shard's own meta."""

    image: NDArray[np.uint8]
    landmarks_68: NDArray[np.float32]
    landmarks_478: NDArray[np.float32]
    meta: Mapping[str, Any]

    @property
    def person(self) -> int:
        """The person's number."""
        return int(self.meta["person"])

    @property
    def yaw(self) -> float:
        """Degrees from frontal."""
        return float(self.meta["shot"]["yaw"])


def run(*, data: Path, quick: bool = False) -> Figures:
    """Measure. data: the development data; quick: fewer people, captions and shards. About 15 minutes on two cores.

    Raises HeadsmithError: MISSING_CHECKPOINT or NOT_FOUND for what --data lacks, MISSING_DEPENDENCY without mediapipe.
    """
    started = time.monotonic()
    recogniser = FaceRecogniser(
        FaceDetector(data / "recognition" / "yunet_n_640_640.onnx"), data / "recognition" / "mobilefacenet.onnx"
    )
    with tempfile.TemporaryDirectory(prefix="headsmith-synth-") as name, FaceMesh() as mesh:
        folder = Path(name)
        pictures = list(photographs(folder / "portraits", QUICK_PEOPLE if quick else PEOPLE))
        figures = [
            *_landmarks(mesh, [picture for picture in pictures if abs(picture.yaw) <= MOST_YAW]),
            _identity(recogniser, pictures),
            caption_figure(QUICK_CAPTIONS if quick else CAPTIONS),
            _probe(pictures),
            *skin_figures(data, quick),
            *_reproducible(folder, quick),
        ]
    return Figures(
        name="synth",
        device=f"cpu, {WORKERS} workers",
        seconds=time.monotonic() - started,
        figures=tuple(figures),
        checkpoints={name: checkpoint.sha256 for name, checkpoint in checkpoints().items()},
    )


def photographs(folder: Path, people: int) -> Iterator[Photograph]:
    """Two pictures of each of the first `people` people, made and read through shards in an absent folder."""
    kind = find_kind("portraits")
    options = kind.options(SIZE, VIEWS)
    folder.mkdir()
    planned = plan(kind, SEED, people * VIEWS, 16 * VIEWS, options, "cpu")
    write_shards(planned, folder, lambda: Pool("portraits", SEED, options, "cpu", WORKERS))
    dataset = ShardDataset(folder, parts=("image", "truth", "meta"))
    for position in range(len(dataset)):
        _, sample = dataset.sample(position)
        parts: dict[str, Any] = dict(sample)
        truth = parts["truth.safetensors"]
        marks = (truth["landmarks_68"][:, :2], truth["landmarks_478"][:, :2])
        yield Photograph(parts["image.png"], *marks, parts["meta.json"])
    dataset.close()


def _landmarks(mesh: FaceMesh, pictures: list[Photograph]) -> list[Figure]:
    known, found = [], []
    for picture in pictures:
        marks = mesh.find(picture.image)
        if marks is not None:
            known.append(picture.landmarks_478)
            found.append(marks)
    agreement = landmark_agreement(np.array(known), np.array(found))
    return [
        Figure("facemesh_found", len(found) / len(pictures), "share", 0.99, "higher", len(pictures)),
        Figure("landmark_error", agreement.error, "interocular", 0.03, "lower", len(found)),
        Figure("landmark_bias", agreement.bias, "interocular", 0.015, "lower", len(found)),
    ]


def _identity(recogniser: FaceRecogniser, pictures: list[Photograph]) -> Figure:
    vectors, people = [], []
    for picture in pictures:
        vector = recogniser.embedding(picture.image)
        if vector is not None:
            vectors.append(vector)
            people.append(picture.person)
    result = verification(np.array(vectors), np.array(people))
    baselines = {"mean cosine, same": result.same, "mean cosine, other": result.other}
    baselines["faces detected"] = len(vectors) / len(pictures)
    return Figure("identity_auc", result.auc, "auc", 0.98, "higher", len(vectors), baselines)


def caption_figure(count: int) -> Figure:
    """The share of claims of `count` captions that agree with what the samples were made from."""
    agreeing, claims = caption_truth(SEED, count)
    return Figure("caption_truth", agreeing / claims, "share", 1.0, "higher", claims)


def _probe(pictures: list[Photograph]) -> Figure:
    """Sex, age band and skin tone by a ridge classifier on gradients and colours, each in few classes; the people it is
    fitted on and those it is judged on are others."""
    features = np.stack(
        [
            np.concatenate([
                plain_features(face_square(picture.image, picture.landmarks_68)),
                skin_colours(picture.image, picture.landmarks_68),
            ])
            for picture in pictures
        ]
    )  # fmt: skip
    weights = np.ones(features.shape[1])
    weights[-SKIN_COLOURS:] = COLOUR_WEIGHT
    said = [picture.meta["description"] for picture in pictures]
    people = np.array([picture.person for picture in pictures])
    years = np.array([row["age_years"] for row in said])
    masculinity = np.array([row["masculinity"] for row in said])
    melanin = np.array([row["skin"]["melanin"] for row in said])
    sexed = (years >= AGE_BANDS[0]) & (np.abs(masculinity - 0.5) >= SEXED)
    judged = people >= 0.65 * people.max()
    results = {
        "sex": probe_accuracy(
            features[sexed], (masculinity[sexed] > 0.5).astype(np.int64), ~judged[sexed], weights=weights
        ),
        "age band": probe_accuracy(features, np.digitize(years, AGE_BANDS), ~judged, weights=weights),
        "skin tone": probe_accuracy(features, np.digitize(melanin, SKIN_TONES), ~judged, weights=weights),
    }
    return Figure(
        "caption_probe",
        float(np.mean(list(results.values()))),
        "over chance",
        0.6,
        "higher",
        int(judged.sum()),
        results,
    )


def skin_figures(data: Path, quick: bool) -> list[Figure]:
    """Colour and pores of the population's skins against the reference skins and micro-normals in `data`."""
    people = 12 if quick else 60
    colour, others = skin_distance(data, SEED, people)
    pores, count = pore_distance(data, SEED, 2 if quick else 6)
    return [
        Figure("skin_colour_distance", colour, "CIEDE2000", 6.0, "lower", people, others),
        Figure("pore_spectrum_distance", pores, "of no pores", 0.5, "lower", count),
    ]


def _reproducible(folder: Path, quick: bool) -> list[Figure]:
    """On portraits, the kind that every other room has a part in; small ones."""
    count, size = (6, 64) if quick else (12, 128)
    torch.manual_seed(0)  # whatever the global generator holds must not matter
    same = workers_identical("portraits", _new(folder, "workers"), count=count, shard_size=2, size=size)
    resumed = resume_identical("portraits", _new(folder, "resume"), count=count, shard_size=2, size=size)
    return [
        Figure("workers_identical", float(same), "1 is equal", 1.0, "higher", count),
        Figure("resume_identical", float(resumed), "1 is equal", 1.0, "higher", count),
    ]


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name
