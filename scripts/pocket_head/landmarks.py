"""MediaPipe's 478 landmarks as points on a mesh: pictures from several sides, detected, thrown back, averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head.picture import Camera, Fragments, picture, rasterise, triangles_of

COUNT = 478
VIEWS = (-0.55, -0.25, 0.0, 0.25, 0.55)
"""Yaws in radians: front, and both sides up to three-quarter."""


@dataclass(frozen=True)
class View:
    """One picture: pixel positions float64 [478, 2] that the landmarker found, and what its pixels show."""

    camera: Camera
    pixels: NDArray[np.float64]
    fragments: Fragments


def look(
    points: NDArray[np.floating], faces: NDArray[np.int32], colours: NDArray[np.floating], camera: Camera
) -> list[View]:
    """The views in which MediaPipe finds the face. Needs the `tracking` extra."""
    import mediapipe

    found = []
    mesh = mediapipe.solutions.face_mesh.FaceMesh(  # pyright: ignore[reportAttributeAccessIssue]
        static_image_mode=True, refine_landmarks=True, max_num_faces=1, min_detection_confidence=0.3
    )
    with mesh:
        for yaw in VIEWS:
            turned = replace(camera, yaw=yaw)
            result = mesh.process(picture(points, faces, turned, colours))
            if not result.multi_face_landmarks:
                continue
            marks = result.multi_face_landmarks[0].landmark
            pixels = np.array([(mark.x, mark.y) for mark in marks], dtype=np.float64) * float(camera.size)
            found.append(View(turned, pixels, rasterise(points, triangles_of(faces), turned)))
    return found


def throw_back(
    points: NDArray[np.floating],
    triangles: NDArray[np.int32],
    views: Sequence[View],
    allowed: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """float64 [478, 3]: where the landmarks lie on the surface, averaged over the views that face each point.

    allowed bool [T]: triangles a landmark may lie on; a pixel that shows another takes the nearest allowed pixel.
    A view counts with the cosine (squared) between its ray and the surface.
    """
    total = np.zeros((COUNT, 3))
    weight = np.full((COUNT, 1), 1e-9)
    for view in views:
        shown = view.fragments.triangle
        good = np.argwhere((shown >= 0) & allowed[np.maximum(shown, 0)])
        for number, (x, y) in enumerate(view.pixels):
            distance = np.hypot(good[:, 1] + 0.5 - x, good[:, 0] + 0.5 - y)
            nearest = distance.argmin()
            row, column = good[nearest]
            corners = points[triangles[shown[row, column]]]
            position = view.fragments.barycentrics[row, column] @ corners
            normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
            normal = normal / max(np.linalg.norm(normal), 1e-20)
            ray = np.array([np.sin(view.camera.yaw), 0.0, np.cos(view.camera.yaw)])
            confidence = max(float(normal @ ray), 0.02) ** 2 / (1.0 + (distance[nearest] / 3.0) ** 2)
            total[number] += confidence * position
            weight[number] += confidence
    return total / weight
