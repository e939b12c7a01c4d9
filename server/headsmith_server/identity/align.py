"""The similarity that lays a face's five points onto those of a recogniser's training crops."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

ARCFACE_POINTS: Final = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)
"""Eyes, tip of the nose and corners of the mouth, left to right in the image, in a crop of 112 texels (ArcFace)."""
CROP: Final = 112


def similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """The 2 x 3 matrix of the least-squares similarity that takes points [N, 2] to [N, 2].

    Closed form, without outlier rejection (Umeyama 1991): robust estimators break on five points. Raises ValueError
    where the source points coincide.
    """
    a, b = np.asarray(source, np.float64), np.asarray(target, np.float64)
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    spread = ((a - centre_a) ** 2).sum() / len(a)
    if not spread > 1e-12:
        raise ValueError("the points of a face coincide")
    covariance = (b - centre_b).T @ (a - centre_a) / len(a)
    left, singular, right = np.linalg.svd(covariance)
    sign = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    rotation = left @ np.diag(sign) @ right
    scale = float((singular * sign).sum() / spread)
    matrix = np.empty((2, 3))
    matrix[:, :2] = scale * rotation
    matrix[:, 2] = centre_b - matrix[:, :2] @ centre_a
    return matrix


def aligned_crop(image: NDArray[np.uint8], points: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The face of an RGB image [H, W, 3], its five points [5, 2] laid onto ARCFACE_POINTS: uint8 [112, 112, 3]."""
    matrix = similarity(points, ARCFACE_POINTS)
    return np.asarray(cv2.warpAffine(image, matrix, (CROP, CROP), flags=cv2.INTER_LINEAR), np.uint8)
