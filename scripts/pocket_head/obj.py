"""What the layout needs of ICT-FaceKit: its neutral mesh, its landmarks and where its parts begin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from headsmith_server.heads.ict_facekit import read_obj_faces, read_obj_positions

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


@dataclass(frozen=True)
class IctModel:
    """ICT-FaceKit as unpacked under `root`/FaceXModel; positions in its own centimetres."""

    root: Path

    @cached_property
    def _neutral(self) -> tuple[np.ndarray, np.ndarray]:
        path = self.root / "FaceXModel" / "generic_neutral_mesh.obj"
        return read_obj_positions(path), read_obj_faces(path)[1]

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
