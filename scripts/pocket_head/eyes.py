"""Eyeballs and corneas: quad spheres with a recessed iris, and a clear shell with a corneal bulge.

Sizes are ours; the ball is fitted behind the lid margins of our own skin, because a ball of anatomical size (24 mm)
would leave a gap: the scanned mean that our statistics follow has its lid margins on a sphere of about 29 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head.quads import Points, QuadMesh, revolve

# Where the eye lies in its texture tile, shared by both eyes and the corneas (uv radius from the centre 0.5, 0.5).
UV_PUPIL_RADIUS: Final = 0.080
UV_IRIS_RADIUS: Final = 0.250
UV_FRONT_RADIUS: Final = 0.470
FRONT_ANGLE: Final = np.radians(100.0)  # the angle from the axis at which uv radius UV_FRONT_RADIUS is reached

CAP: Final = 8  # quads along one side of the pole's grid; rings have 32 segments


@dataclass(frozen=True)
class Eyeball:
    """Where a ball sits and what it measures, in metres; the axis of the right eye is the same, +z.

    iris and pupil are radii. cornea is the radius of curvature of the corneal bulge, film the thickness of the clear
    shell over the sclera.
    """

    centre: tuple[float, float, float]
    radius: float
    iris: float = 0.0060
    pupil: float = 0.0018
    cornea: float = 0.0095
    film: float = 0.00012

    @property
    def iris_angle(self) -> float:
        """Half the angle that the iris takes up, in radians."""
        return float(np.arcsin(self.iris / self.radius))

    def outer_radius(self, angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance of the clear shell from the centre at an angle from the axis (radians), smooth at the limbus."""
        angle = np.asarray(angle, dtype=np.float64)
        shell = self.radius + self.film
        edge = np.sqrt(shell**2 - self.iris**2)
        offset = edge - np.sqrt(self.cornea**2 - self.iris**2)
        inside = np.maximum(self.cornea**2 - (offset * np.sin(angle)) ** 2, 0.0)
        bulge = offset * np.cos(angle) + np.sqrt(inside) - shell
        # A softened max: the corneal sulcus is a rounded crease, and lids must slide over it.
        soft = 0.00012
        return shell + soft * np.logaddexp(0.0, bulge / soft)


def fit_ball(margin: Points, prior: Points, prior_weight: float = 0.15) -> tuple[Points, float]:
    """A ball that the lid margin [N, 3] rests on: centre [3] and radius, by least squares.

    A margin is nearly a planar ring, so the depth of the centre is held near `prior` [3] by a weak weight.
    """
    weight = prior_weight * np.sqrt(len(margin))
    centre = np.array(prior, dtype=np.float64)
    radius = np.linalg.norm(margin - centre, axis=1).mean()
    for _ in range(30):
        offset = margin - centre
        distance = np.linalg.norm(offset, axis=1)
        jacobian = np.column_stack([-offset / distance[:, None], -np.ones(len(margin))])
        rows = np.concatenate([jacobian, weight * np.eye(4)[:3]])
        values = np.concatenate([distance - radius, weight * (centre - prior)])
        step = np.linalg.lstsq(rows, -values, rcond=None)[0]
        centre, radius = centre + step[:3], radius + step[3]
        if np.abs(step).max() < 1e-9:
            break
    return centre, float(radius)


def uv_radius(angle: NDArray[np.float64], iris_angle: float) -> NDArray[np.float64]:
    """The texture radius of the sclera at an angle from the axis."""
    front = UV_IRIS_RADIUS + (UV_FRONT_RADIUS - UV_IRIS_RADIUS) * (angle - iris_angle) / (FRONT_ANGLE - iris_angle)
    back = UV_FRONT_RADIUS + (0.498 - UV_FRONT_RADIUS) * (angle - FRONT_ANGLE) / (np.pi - FRONT_ANGLE)
    return np.where(angle < FRONT_ANGLE, front, back)


def _uvs(radius: NDArray[np.float64], azimuth: NDArray[np.float64]) -> Points:
    return 0.5 + radius[:, None] * np.stack([np.cos(azimuth), np.sin(azimuth)], axis=-1)


def eyeball_mesh(ball: Eyeball) -> QuadMesh:
    """Pupil, iris and sclera in one closed quad mesh around the ball's centre.

    The iris is set back behind the limbus and falls towards the pupil, so that it catches light on the side away
    from the lamp as a real iris lit through its cornea does; the pupil is set back once more.
    """
    edge = np.sqrt(ball.radius**2 - ball.iris**2)
    rings: list[tuple[float, float, float]] = []  # radius, z, uv radius
    rings.append((ball.pupil * 0.80, edge - 0.00175, UV_PUPIL_RADIUS * 0.80))
    rings.append((ball.pupil * 0.97, edge - 0.00145, UV_PUPIL_RADIUS * 0.97))
    for t in np.linspace(0.0, 1.0, 8):
        r = ball.pupil + (ball.iris * 0.97 - ball.pupil) * t
        z = edge - 0.00115 + 0.00045 * t**1.5
        rings.append((r, z, UV_PUPIL_RADIUS + (UV_IRIS_RADIUS * 0.97 - UV_PUPIL_RADIUS) * t))
    rings.append((ball.iris * 0.995, edge - 0.0003, UV_IRIS_RADIUS * 0.99))
    angles = np.concatenate(
        [
            ball.iris_angle + np.radians([0.0, 1.2, 3.0, 6.0]),
            np.linspace(ball.iris_angle + np.radians(11.0), np.radians(172.0), 17),
        ]
    )
    for angle in angles:
        rings.append(
            (ball.radius * np.sin(angle), ball.radius * np.cos(angle), float(uv_radius(angle, ball.iris_angle)))
        )
    table = np.array(rings)
    positions, rows, faces = revolve(table[:, :2], CAP, close_back=True)
    last = len(table) - 1
    row = np.clip(rows[:, 0], 0.0, last)
    radius = np.interp(row, np.arange(len(table)), table[:, 2])
    front = rows[:, 0] < 0
    radius[front] = table[0, 2] * (rows[front, 0] + 1.0)
    back = rows[:, 0] > last
    radius[back] = table[-1, 2] + (0.4995 - table[-1, 2]) * (rows[back, 0] - last)
    positions = positions + np.asarray(ball.centre)
    return QuadMesh(positions, faces, _uvs(radius, rows[:, 1]), faces.copy())


def cornea_mesh(ball: Eyeball) -> QuadMesh:
    """The clear shell: corneal bulge in front, a film over the sclera, its rim tucked into the ball at 88 degrees."""
    angles = np.concatenate([np.radians(np.linspace(5.0, 34.0, 11)), np.radians(np.linspace(38.0, 86.0, 10))])
    radius = ball.outer_radius(angles)
    profile = np.stack([radius * np.sin(angles), radius * np.cos(angles)], axis=-1)
    tuck = np.radians(88.0)
    profile = np.concatenate(
        [profile, [[(ball.radius - 0.0002) * np.sin(tuck), (ball.radius - 0.0002) * np.cos(tuck)]]]
    )
    positions, rows, faces = revolve(profile, CAP, close_back=False)
    # The pole's grid lies flat so far: raise it onto the bulge.
    cap = rows[:, 0] < 0
    flat = np.arctan2(np.linalg.norm(positions[cap, :2], axis=1), positions[cap, 2])
    direction = positions[cap] / np.linalg.norm(positions[cap], axis=1, keepdims=True)
    positions[cap] = direction * ball.outer_radius(flat)[:, None]
    angle = np.arctan2(np.linalg.norm(positions[:, :2], axis=1), positions[:, 2])
    inner = UV_IRIS_RADIUS * angle / ball.iris_angle
    uv = np.where(angle < ball.iris_angle, inner, uv_radius(angle, ball.iris_angle))
    return QuadMesh(positions + np.asarray(ball.centre), faces, _uvs(uv, rows[:, 1]), faces.copy())


def gaze_rotation(yaw: float, pitch: float) -> NDArray[np.float64]:
    """Rotation matrix [3, 3] that turns the axis +z by yaw towards +x and by pitch towards +y (degrees)."""
    a, b = np.radians(yaw), np.radians(-pitch)
    about_y = np.array([[np.cos(a), 0.0, np.sin(a)], [0.0, 1.0, 0.0], [-np.sin(a), 0.0, np.cos(a)]])
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(b), -np.sin(b)], [0.0, np.sin(b), np.cos(b)]])
    return np.asarray(about_y @ about_x, dtype=np.float64)
