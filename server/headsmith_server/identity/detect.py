"""Faces and their five points by YuNet, a small detector in ONNX that OpenCV runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_shared.errors import ErrorCode, HeadsmithError

INPUT: Final = 640
"""The detector's fixed input: images are fitted into a square of this side."""
BORDER: Final = 0.25
"""A black border of this share of the image: without it, faces that fill the frame are missed."""
THRESHOLD: Final = 0.6


@dataclass(frozen=True)
class FaceBox:
    """box: x, y, width, height in pixels of the image; points float64 [5, 2]: eyes, nose tip, corners of the mouth,
    left to right in the image; score 0..1."""

    box: tuple[float, float, float, float]
    points: NDArray[np.float64]
    score: float


class FaceDetector:
    """YuNet (Wu et al. 2023) from an ONNX file of input 640 x 640."""

    def __init__(self, path: Path) -> None:
        """Raises HeadsmithError: BAD_FILE when OpenCV cannot read the file."""
        if not path.is_file():
            raise HeadsmithError(
                ErrorCode.MISSING_CHECKPOINT, f"{path}: no such detector", "name a folder that holds it"
            )
        try:
            self._network = cv2.FaceDetectorYN.create(str(path), "", (INPUT, INPUT), THRESHOLD)
        except cv2.error as error:
            raise HeadsmithError(
                ErrorCode.BAD_FILE, f"{path}: not a detector that OpenCV reads", "install it again"
            ) from error

    def faces(self, image: NDArray[np.uint8]) -> list[FaceBox]:
        """All faces of an RGB image [H, W, 3], the clearest and largest (score^4 x sqrt(area)) first."""
        fit = INPUT / (max(image.shape[:2]) * (1.0 + 2.0 * BORDER))
        small = cv2.resize(image, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA if fit < 1.0 else cv2.INTER_LINEAR)
        top, left = (INPUT - small.shape[0]) // 2, (INPUT - small.shape[1]) // 2
        framed = np.zeros((INPUT, INPUT, 3), np.uint8)
        framed[top : top + small.shape[0], left : left + small.shape[1]] = small
        _, found = self._network.detect(cv2.cvtColor(framed, cv2.COLOR_RGB2BGR))
        if found is None:
            return []
        offset = np.array([left, top], np.float64)
        boxes = []
        for row in found.astype(np.float64):
            corner = (row[:2] - offset) / fit
            size = row[2:4] / fit
            points = (row[4:14].reshape(5, 2) - offset) / fit
            boxes.append(FaceBox((corner[0], corner[1], size[0], size[1]), points, float(row[14])))
        return sorted(boxes, key=lambda face: -(face.score**4) * (face.box[2] * face.box[3]) ** 0.5)
