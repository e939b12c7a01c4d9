"""The skins of the development data as textured meshes: fourteen MakeHuman skins on one mesh, and the Infinite scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.heads.ict_facekit import read_obj_faces, read_obj_positions
from scripts.pocket_head.landmarks import look, throw_back
from scripts.pocket_head.makehuman import load_makehuman
from scripts.pocket_head.picture import Camera, triangles_of
from scripts.pocket_head.registration import makehuman_landmarks

INFINITE: Final = "skins/infinite"
MAKEHUMAN: Final = "skins/makehuman"
INFINITE_METRES: Final = 0.62
"""Metres a unit of the scan, so that its head has a usual size; the fit scales it anyway."""


@dataclass(frozen=True)
class TexturedMesh:
    """positions float64 [V, 3] in metres; triangles, uv_triangles int32 [T, 3] into positions and uvs [U, 2] (v up);
    landmarks float64 [478, 3]: MediaPipe's on the surface."""

    name: str
    positions: NDArray[np.float64]
    triangles: NDArray[np.int32]
    uvs: NDArray[np.float32]
    uv_triangles: NDArray[np.int32]
    landmarks: NDArray[np.float64]


def makehuman_mesh(data: Path, work: Path) -> TexturedMesh:
    """The mean of MakeHuman's young adults: head, neck and upper shoulders."""
    makehuman = load_makehuman(data, work)
    body = makehuman.macro("young")
    kept = (makehuman.faces < 13380).all(1) & (makehuman.base[makehuman.faces][:, :, 1] > 0.54).all(1)
    marks = _cached(work / "makehuman_landmarks.npy", lambda: makehuman_landmarks(makehuman, body))
    return TexturedMesh(
        "makehuman", body, triangles_of(makehuman.faces[kept]), makehuman.uvs, triangles_of(makehuman.uv_faces[kept]),
        marks,
    )  # fmt: skip


def infinite_mesh(data: Path, work: Path) -> TexturedMesh:
    """Lee Perry-Smith's head, with landmarks found in pictures of it with its own colours."""
    folder = data / INFINITE
    path = folder / "Infinite-Level_02.OBJ"
    positions = read_obj_positions(path) * INFINITE_METRES
    uvs, faces, uv_faces = read_obj_faces(path)
    triangles, uv_triangles = triangles_of(faces), triangles_of(uv_faces)

    def landmarks() -> NDArray[np.float64]:
        colour = _linear(read_picture(folder / "color_1k.jpg"))
        per_vertex = np.zeros((len(positions), 3))
        per_vertex[triangles.ravel()] = sample(colour, uvs[uv_triangles.ravel()])
        middle = positions[positions[:, 1] > np.quantile(positions[:, 1], 0.45)]
        height = float(middle[:, 1].min() + 0.5 * np.ptp(middle[:, 1]))
        camera = Camera((0, height, float(middle[:, 2].max()) - 0.1), 0, field=0.32, size=768)
        views = look(positions, faces, per_vertex, camera)
        if not views:
            raise RuntimeError("the landmarker finds no face on the Infinite scan")
        return throw_back(positions, triangles, views, np.ones(len(triangles), bool))

    marks = _cached(work / "infinite_landmarks.npy", landmarks)
    return TexturedMesh("infinite", positions, triangles, uvs, uv_triangles, marks)


def skin_pictures(data: Path) -> dict[str, Path]:
    """Name and picture of every diffuse skin: the MakeHuman ones in alphabetical order, then the scan."""
    found = sorted((data / MAKEHUMAN).glob("*_diffuse*.png"))
    pictures = {path.stem.replace("_diffuse", ""): path for path in found}
    return {**pictures, "infinite": data / INFINITE / "color_1k.jpg"}


def read_picture(path: Path) -> NDArray[np.float32]:
    """float32 [H, W, 3], RGB 0..1 as stored. Raises FileNotFoundError."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path)
    return image[..., ::-1].astype(np.float32) / 255.0


def sample(picture: NDArray[np.float32], uv: NDArray[np.floating]) -> NDArray[np.float32]:
    """Bilinear samples of a picture [H, W, C] at UV [N, 2] (v up): [N, C]."""
    height, width = picture.shape[:2]
    x = (uv[:, 0] * width - 0.5).astype(np.float32)
    y = ((1.0 - uv[:, 1]) * height - 0.5).astype(np.float32)
    rows = [
        cv2.remap(
            picture, x[i : i + 30_000, None], y[i : i + 30_000, None], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        )
        for i in range(0, len(uv), 30_000)
    ]
    return np.concatenate(rows).reshape(len(uv), -1).astype(np.float32)


def _linear(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.power(picture, 2.2).astype(np.float32)


def _cached(path: Path, make: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    return np.load(path)
