"""MediaPipe's 478 landmarks as its FaceMesh sees them: points that wander over the skin as the head is turned.

The detector draws the outline of a face along its silhouette, which is another line of the skin from every side, and
has habits of its own elsewhere. scripts/calibrate_landmarks.py measures where each landmark is seen for some angles of
yaw; between them its place is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.checkpoints import registry
from headsmith_server.heads.protocol import SurfacePoints
from headsmith_shared.errors import ErrorCode, HeadsmithError

CHECKPOINT: Final = "facemesh_landmarks"
FORMAT: Final = "headsmith-facemesh-landmarks-1"


@dataclass(frozen=True)
class FaceMeshLandmarks:
    """yaws: degrees that the camera stands to the subject's left, increasing; points: the landmarks seen from there."""

    yaws: tuple[float, ...]
    points: tuple[SurfacePoints, ...]

    def positions(self, vertices: NDArray[np.float32], yaw: float) -> NDArray[np.float32]:
        """float32 [478, 3] in metres on a posed head [V, 3], from a yaw in degrees; beyond the outermost, theirs."""
        at = float(np.clip(yaw, self.yaws[0], self.yaws[-1]))
        after = min(max(int(np.searchsorted(self.yaws, at)), 1), len(self.yaws) - 1)
        share = (at - self.yaws[after - 1]) / (self.yaws[after] - self.yaws[after - 1])
        before = self.points[after - 1].positions(vertices)
        return ((1.0 - share) * before + share * self.points[after].positions(vertices)).astype(np.float32)


def camera_yaw(view: NDArray[np.floating]) -> float:
    """Degrees that a camera with this view matrix [4, 4] stands to the left of a head that looks along +Z."""
    place = -view[:3, :3].T @ view[:3, 3]
    return float(np.degrees(np.arctan2(place[0], place[2])))


@lru_cache(maxsize=2)
def facemesh_landmarks(head_sha256: str) -> FaceMeshLandmarks:
    """The shipped landmarks of the head model with that checksum.

    Raises HeadsmithError: MISSING_CHECKPOINT, or BAD_FILE when they were measured on another head model.
    """
    path = registry.checkpoint(CHECKPOINT).path
    weights = registry.load(path)
    if weights.metadata.get("format") != FORMAT or weights.metadata.get("head_sha256") != head_sha256:
        raise HeadsmithError(
            ErrorCode.BAD_FILE, f"{path}: not measured on this head model", "run scripts/calibrate_landmarks.py"
        )
    corners, shares = weights.tensors["corners"].numpy(), weights.tensors["barycentrics"].numpy()
    points = tuple(SurfacePoints(c, b) for c, b in zip(corners, shares, strict=True))
    return FaceMeshLandmarks(tuple(weights.tensors["yaws"].tolist()), points)
