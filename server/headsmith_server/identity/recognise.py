"""Face embeddings by a recogniser in ONNX that OpenCV runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.identity.align import aligned_crop
from headsmith_server.identity.detect import FaceDetector
from headsmith_shared.errors import ErrorCode, HeadsmithError

MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)


class FaceRecogniser:
    """An ArcFace-class network over crops of 112 x 112 (for instance MobileFaceNet), with the detector before it."""

    def __init__(self, detector: FaceDetector, path: Path) -> None:
        """path: the ONNX file. Raises HeadsmithError: MISSING_CHECKPOINT, BAD_FILE."""
        if not path.is_file():
            raise HeadsmithError(
                ErrorCode.MISSING_CHECKPOINT, f"{path}: no such recogniser", "name a folder that holds it"
            )
        try:
            self._network = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise HeadsmithError(
                ErrorCode.BAD_FILE, f"{path}: not a network that OpenCV reads", "install it again"
            ) from error
        self._detector = detector

    def embedding(self, image: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Unit vector of the clearest face of an RGB image [H, W, 3]; None where no face is found.

        The outputs for the crop and its mirror image are added, as the networks' authors do.
        """
        faces = self._detector.faces(image)
        return None if not faces else self.of_crop(aligned_crop(image, faces[0].points))

    def of_crop(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vector of an aligned crop uint8 [112, 112, 3]."""
        total = self._run(crop) + self._run(crop[:, ::-1])
        return (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)

    def _run(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        pixels = (crop.astype(np.float32) / np.float32(255.0) - MEAN) / DEVIATION
        self._network.setInput(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))
        return np.asarray(self._network.forward(), np.float32).ravel()
