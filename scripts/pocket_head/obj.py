"""Reading Wavefront OBJ files and the ICT-FaceKit model they make up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

CM = 0.01
"""Metres in one ICT unit."""

SKIN_FACES = 14034
"""ICT faces before this one are one welded disk: face, head and neck, mouth socket, eye sockets."""

SKIN_VERTICES = 14062
"""ICT vertices before this one belong to those faces."""

OUTER_FACES = 11144
"""ICT faces before this one are the visible skin (face, then head and neck)."""

MOUTH_SOCKET_END = 13226
"""ICT faces from OUTER_FACES to before this one are the mouth socket."""


def read_obj(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertices [V, 3] float64 and faces [F, 4] int32 (-1 last for triangles) of one OBJ.

    Raises ValueError for a polygon that is neither triangle nor quad.
    """
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    with path.open() as lines:
        for line in lines:
            if line.startswith("v "):
                vertices.append([float(word) for word in line.split()[1:4]])
            elif line.startswith("f "):
                corners = [int(word.split("/")[0]) - 1 for word in line.split()[1:]]
                if len(corners) not in (3, 4):
                    raise ValueError(f"{path}: polygon with {len(corners)} corners")
                faces.append(corners + [-1] * (4 - len(corners)))
    return np.array(vertices), np.array(faces, dtype=np.int32)


def read_obj_vertices(path: Path) -> np.ndarray:
    """Vertices [V, 3] float64 of one OBJ, faces skipped (five times faster than read_obj)."""
    with path.open() as lines:
        rows = [line[2:] for line in lines if line.startswith("v ")]
    return np.array(" ".join(rows).split(), dtype=np.float64).reshape(-1, 3)


@dataclass(frozen=True)
class IctModel:
    """ICT-FaceKit as unpacked under `root`/FaceXModel; positions in its own centimetres."""

    root: Path

    @cached_property
    def _neutral(self) -> tuple[np.ndarray, np.ndarray]:
        return read_obj(self.root / "FaceXModel" / "generic_neutral_mesh.obj")

    @property
    def vertices(self) -> np.ndarray:
        """Neutral positions [26719, 3], cm."""
        return self._neutral[0]

    @property
    def faces(self) -> np.ndarray:
        """All faces [26384, 4], -1 last for triangles."""
        return self._neutral[1]

    @cached_property
    def landmarks(self) -> np.ndarray:
        """Vertex index of each of the 68 Multi-PIE landmarks."""
        text = (self.root / "FaceXModel" / "vertex_indices.json").read_text()
        return np.array(json.loads(text)["idx_to_landmark_verts"])

    def delta(self, name: str) -> np.ndarray:
        """Displacement [26719, 3] of one shape file (`identity003`, `jawOpen`, ...) from neutral, cm."""
        return read_obj_vertices(self.root / "FaceXModel" / f"{name}.obj") - self.vertices

    @property
    def shape_names(self) -> list[str]:
        """Every shape file's name but the neutral, sorted."""
        names = {path.stem for path in (self.root / "FaceXModel").glob("*.obj")}
        return sorted(names - {"generic_neutral_mesh"})
