"""MediaPipe FaceMesh's 478 landmarks of an image (extra `tracking`)."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from headsmith_shared.errors import ErrorCode, HeadsmithError

COUNT: Final = 478


class FaceMesh:
    """The Solutions API's FaceMesh with its bundled models, image by image; a context manager."""

    def __init__(self, confidence: float = 0.5) -> None:
        """confidence: of the detector, 0..1. Raises HeadsmithError: MISSING_DEPENDENCY without mediapipe."""
        try:
            import mediapipe  # type: ignore[import-untyped]
        except ImportError as error:
            raise HeadsmithError(
                ErrorCode.MISSING_DEPENDENCY, "landmarks need mediapipe", "pip install 'headsmith[tracking]'"
            ) from error
        solutions: Any = mediapipe.solutions
        self._mesh: Any = solutions.face_mesh.FaceMesh(
            static_image_mode=True, max_num_faces=1, refine_landmarks=True, min_detection_confidence=confidence
        )

    def find(self, image: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        """Pixels [478, 2] of the face in an RGB image [H, W, 3]; None where none is found."""
        found = self._mesh.process(np.ascontiguousarray(image)).multi_face_landmarks
        if not found:
            return None
        height, width = image.shape[:2]
        return np.array([(mark.x * width, mark.y * height) for mark in found[0].landmark], np.float64)

    def close(self) -> None:
        """Free the network."""
        with contextlib.suppress(ValueError):  # closed already
            self._mesh.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
