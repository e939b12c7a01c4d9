"""Reading ICT-FaceKit (MIT, USC Institute for Creative Technologies) from its distribution folder or archive."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_shared.errors import ErrorCode, HeadsmithError

ARCHIVE: Final = "ict-facekit.tar.xz"
NEUTRAL: Final = "FaceXModel/generic_neutral_mesh.obj"
IDENTITY_COUNT: Final = 100
METRES: Final = 0.01
"""ICT-FaceKit's files are in centimetres."""

VERTEX_RANGES: Final[Mapping[str, range]] = {
    "face": range(0, 9409),
    "head_and_neck": range(9409, 11248),
    "mouth_socket": range(11248, 13294),
    "eye_socket_l": range(13294, 13678),
    "eye_socket_r": range(13678, 14062),
    "gums_and_tongue": range(14062, 17039),
    "teeth": range(17039, 21451),
    "eyeball_outer_l": range(21451, 22221),
    "eyeball_inner_l": range(22221, 23021),
    "eyeball_outer_r": range(23021, 23791),
    "eyeball_inner_r": range(23791, 24591),
    "lacrimal_l": range(24591, 24795),
    "lacrimal_r": range(24795, 24999),
    "eye_blend_l": range(24999, 25023),
    "eye_blend_r": range(25023, 25047),
    "eye_occlusion_l": range(25047, 25199),
    "eye_occlusion_r": range(25199, 25351),
    "lashes_l": range(25351, 26035),
    "lashes_r": range(26035, 26719),
}
FACE_RANGES: Final[Mapping[str, range]] = {
    "face": range(0, 9230),
    "head_and_neck": range(9230, 11144),
    "mouth_socket": range(11144, 13226),
    "eye_socket_l": range(13226, 13630),
    "eye_socket_r": range(13630, 14034),
    "gums_and_tongue": range(14034, 17006),
    "teeth": range(17006, 21496),
    "eyeballs_l": range(21496, 23094),
    "eyeballs_r": range(23094, 24692),
    "lacrimals": range(24692, 25018),
    "eye_blends": range(25018, 25048),
    "eye_occlusions": range(25048, 25304),
    "lashes": range(25304, 26384),
}


@dataclass(frozen=True)
class IctModel:
    """ICT-FaceKit's light model in metres, +X the subject's left, Y up, +Z out of the face.

    neutral float32 [26719, 3]; identity float32 [100, 26719, 3], deltas of one standard deviation each;
    expressions: file name without suffix (for instance "eyeBlink_L") -> float32 [26719, 3] delta at weight 1;
    faces int32 [26384, 4], the last column -1 for a triangle; uvs float32 [28911, 2] (UDIM tiles along u);
    uv_faces int32 [26384, 4]; landmarks int32 [68], vertices in Multi-PIE order.
    """

    neutral: NDArray[np.float32]
    identity: NDArray[np.float32]
    expressions: Mapping[str, NDArray[np.float32]]
    faces: NDArray[np.int32]
    uvs: NDArray[np.float32]
    uv_faces: NDArray[np.int32]
    landmarks: NDArray[np.int32]

    def draw(self, coefficients: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 [26719, 3]: the neutral face of those 100 coefficients (in standard deviations)."""
        shape = coefficients @ self.identity.reshape(len(self.identity), -1)
        return self.neutral + shape.reshape(self.neutral.shape).astype(np.float32)

    def part_faces(self, *names: str) -> NDArray[np.int32]:
        """int32 [F, 4]: the faces of the named parts (keys of FACE_RANGES)."""
        return np.concatenate([self.faces[list(FACE_RANGES[name])] for name in names])


def load_ict(data: Path, work: Path) -> IctModel:
    """ICT-FaceKit from `data`: a folder with heads/ict-facekit.tar.xz or with FaceXModel/ somewhere shallow in it.

    `work` keeps the parsed arrays (ict_facekit.npz), so that only the first call reads the 158 OBJ files.
    Raises HeadsmithError(NOT_FOUND) when the data is not there, BAD_FILE when a file is not what it should be.
    """
    cache = work / "ict_facekit.npz"
    if not cache.is_file():
        folder = (find_or_unpack(data, work, ARCHIVE, NEUTRAL) / NEUTRAL).parent
        work.mkdir(parents=True, exist_ok=True)
        arrays = _read_all(folder)
        partial = cache.with_suffix(".partial.npz")
        np.savez(partial, **arrays)  # pyright: ignore[reportArgumentType]
        partial.replace(cache)
    with np.load(cache) as stored:
        names = [str(name) for name in stored["expression_names"]]
        return IctModel(
            neutral=stored["neutral"],
            identity=stored["identity"],
            expressions=dict(zip(names, stored["expressions"], strict=True)),
            faces=stored["faces"],
            uvs=stored["uvs"],
            uv_faces=stored["uv_faces"],
            landmarks=stored["landmarks"],
        )


def find_or_unpack(data: Path, work: Path, archive: str, file: str) -> Path:
    """The folder that holds `file` (a relative path) in `data` or at most two levels below; else in `work`, unpacked
    there from the archive, which lies in `data` or in its heads/.

    Raises HeadsmithError(NOT_FOUND) when `data` holds neither.
    """
    for root in (data, work):
        for pattern in (file, f"*/{file}", f"*/*/{file}"):
            for found in sorted(root.glob(pattern)):
                return found.parents[len(Path(file).parts) - 1]
    for packed in (data / archive, data / "heads" / archive):
        if packed.is_file():
            work.mkdir(parents=True, exist_ok=True)
            with tarfile.open(packed) as tar:
                tar.extractall(work, filter="data")
            return work
    raise HeadsmithError(
        ErrorCode.NOT_FOUND,
        f"{data}: neither {file} nor {archive} is in it",
        "pass --data the folder that holds heads/ with the archives",
    )


def read_obj_positions(path: Path) -> NDArray[np.float64]:
    """float64 [V, 3] of an OBJ's `v` lines, in the file's unit."""
    lines = [line[2:] for line in path.read_text().splitlines() if line.startswith("v ")]
    positions = np.array(" ".join(lines).split(), dtype=np.float64)
    if not lines or positions.size != 3 * len(lines):
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: not an OBJ with three numbers a vertex")
    return positions.reshape(-1, 3)


def read_obj_faces(path: Path) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """(uvs float32 [T, 2], faces int32 [F, 4], uv_faces int32 [F, 4]) of an OBJ; -1 ends a triangle."""
    text = path.read_text().splitlines()
    uvs = np.array([line.split()[1:3] for line in text if line.startswith("vt ")], dtype=np.float32)
    corners = [[corner.split("/") for corner in line.split()[1:]] for line in text if line.startswith("f ")]
    faces = np.full((len(corners), 4), -1, dtype=np.int32)
    uv_faces = np.full((len(corners), 4), -1, dtype=np.int32)
    for row, face in enumerate(corners):
        faces[row, : len(face)] = [int(corner[0]) - 1 for corner in face]
        uv_faces[row, : len(face)] = [int(corner[1]) - 1 for corner in face]
    return uvs, faces, uv_faces


def _read_all(folder: Path) -> dict[str, NDArray[np.generic]]:
    neutral = read_obj_positions(folder / "generic_neutral_mesh.obj")
    identity = [read_obj_positions(folder / f"identity{number:03d}.obj") - neutral for number in range(IDENTITY_COUNT)]
    names = sorted(
        path.stem
        for path in folder.glob("*.obj")
        if not path.stem.startswith("identity") and path.stem != "generic_neutral_mesh"
    )
    expressions = [read_obj_positions(folder / f"{name}.obj") - neutral for name in names]
    uvs, faces, uv_faces = read_obj_faces(folder / "generic_neutral_mesh.obj")
    indices = json.loads((folder / "vertex_indices.json").read_text())
    return {
        "neutral": (neutral * METRES).astype(np.float32),
        "identity": (np.stack(identity) * METRES).astype(np.float32),
        "expressions": (np.stack(expressions) * METRES).astype(np.float32),
        "expression_names": np.array(names),
        "faces": faces,
        "uvs": uvs,
        "uv_faces": uv_faces,
        "landmarks": np.array(indices["idx_to_landmark_verts"], dtype=np.int32),
    }
