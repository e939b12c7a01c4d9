"""Camera: from metres to clip space. View space as OpenGL's: +X right, +Y up, looking along -Z."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Vector = Sequence[float] | Tensor


@dataclass(frozen=True)
class Camera:
    """A batch of cameras. view: world to view space [B, 4, 4]; projection: view to clip space [B, 4, 4]."""

    view: Float[Tensor, "b 4 4"]
    projection: Float[Tensor, "b 4 4"]

    def __len__(self) -> int:
        return len(self.view)

    def __getitem__(self, index: slice) -> Camera:
        """Some of the batch."""
        return Camera(self.view[index], self.projection[index])

    @property
    def position(self) -> Float[Tensor, "b 3"]:
        """Where the eyes are, metres."""
        return -(self.view[:, :3, :3].transpose(1, 2) @ self.view[:, :3, 3:])[..., 0]

    @property
    def backward(self) -> Float[Tensor, "b 3"]:
        """Unit vectors against the direction of sight."""
        return self.view[:, 2, :3]

    @property
    def orthographic(self) -> bool:
        """Whether rays are parallel (of the first camera; a batch is of one kind)."""
        return bool(self.projection[0, 3, 3] != 0)

    def to_view(self, points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
        """Points in view space; one set of points goes to every camera."""
        return points @ self.view[:, :3, :3].transpose(1, 2) + self.view[:, None, :3, 3]

    def to_clip(self, points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 4"]:
        """Points in clip space, visible where every coordinate is within -w..w."""
        matrix = self.projection @ self.view
        return points @ matrix[:, :, :3].transpose(1, 2) + matrix[:, None, :, 3]

    def to_pixels(self, points: Float[Tensor, "b n 3"], size: tuple[int, int]) -> Float[Tensor, "b n 3"]:
        """Column, row (pixel centres at +0.5, rows down) and distance along the line of sight in metres."""
        clip = self.to_clip(points)
        x, y = clip[..., 0] / clip[..., 3], clip[..., 1] / clip[..., 3]
        depth = -self.to_view(points)[..., 2]
        return torch.stack([(x + 1.0) * (size[1] / 2), (1.0 - y) * (size[0] / 2), depth], -1)

    def to(self, device: torch.device) -> Camera:
        """The same cameras on that device."""
        return Camera(self.view.to(device), self.projection.to(device))


def perspective(fov_y: Tensor | float, aspect: float, near: float, far: float) -> Float[Tensor, "b 4 4"]:
    """Projection matrices. fov_y: vertical angle of view in degrees, one or [B]; aspect: width / height.

    near, far: metres.
    """
    focal = 1.0 / torch.tan(torch.deg2rad(torch.as_tensor(fov_y, dtype=torch.float32).reshape(-1)) / 2.0)
    matrix = focal.new_zeros(len(focal), 4, 4)
    matrix[:, 0, 0] = focal / aspect
    matrix[:, 1, 1] = focal
    matrix[:, 2, 2] = (far + near) / (near - far)
    matrix[:, 2, 3] = 2.0 * far * near / (near - far)
    matrix[:, 3, 2] = -1.0
    return matrix


def orthographic(height: Tensor | float, aspect: float, near: float, far: float) -> Float[Tensor, "b 4 4"]:
    """Projection matrices of parallel rays. height: metres seen from bottom to top, one or [B]."""
    tall = torch.as_tensor(height, dtype=torch.float32).reshape(-1)
    matrix = tall.new_zeros(len(tall), 4, 4)
    matrix[:, 0, 0] = 2.0 / (tall * aspect)
    matrix[:, 1, 1] = 2.0 / tall
    matrix[:, 2, 2] = 2.0 / (near - far)
    matrix[:, 2, 3] = (far + near) / (near - far)
    matrix[:, 3, 3] = 1.0
    return matrix


def look_at(eye: Vector, target: Vector, up: Vector = (0.0, 1.0, 0.0)) -> Float[Tensor, "b 4 4"]:
    """View matrices from eye to target, each [3] or [B, 3] metres. Raises ValueError when up is along the sight."""
    eyes, targets, ups = (_vectors(value) for value in (eye, target, up))
    backward = torch.nn.functional.normalize(eyes - targets, dim=-1)
    right = torch.linalg.cross(ups.expand_as(backward), backward)
    if bool((right.norm(dim=-1) < 1e-6).any()):
        raise ValueError("up is parallel to the line of sight, or eye and target are one point")
    right = torch.nn.functional.normalize(right, dim=-1)
    rotation = torch.stack([right, torch.linalg.cross(backward, right), backward], 1)
    view = torch.eye(4, dtype=rotation.dtype, device=rotation.device).repeat(len(rotation), 1, 1)
    view[:, :3, :3] = rotation
    view[:, :3, 3] = -(rotation @ eyes.expand(len(rotation), 3)[..., None])[..., 0]
    return view


def arc(
    yaw: Tensor | Sequence[float] | float,
    pitch: Tensor | Sequence[float] | float = 0.0,
    distance: Tensor | Sequence[float] | float = 1.0,
    target: Vector = (0.0, 0.0, 0.0),
) -> Float[Tensor, "b 4 4"]:
    """View matrices around a target: DreamFace's arc is yaw from -45 to 45 (4.2).

    yaw, pitch: degrees, positive towards +X (the subject's left) and upwards, 0 straight before the face on +Z;
    distance: metres; target: metres. Each one or [B]. Raises ValueError at a pitch of +-90.
    """
    angles = [torch.deg2rad(torch.as_tensor(value, dtype=torch.float32).reshape(-1)) for value in (yaw, pitch)]
    far = torch.as_tensor(distance, dtype=torch.float32).reshape(-1)
    turn, lift, far = torch.broadcast_tensors(*angles, far)
    direction = torch.stack([turn.sin() * lift.cos(), lift.sin(), turn.cos() * lift.cos()], -1)
    targets = _vectors(target).to(direction.device)
    return look_at(targets + far[:, None] * direction, targets)


def fov_of_focal_length(millimetres: float, sensor_height: float = 24.0) -> float:
    """Vertical angle of view in degrees of a lens on a sensor of that height in millimetres."""
    return math.degrees(2.0 * math.atan(sensor_height / (2.0 * millimetres)))


def camera(view: Tensor, projection: Tensor) -> Camera:
    """A batch of cameras from views and projections of which either may be single."""
    count = max(len(view), len(projection))
    return Camera(view.expand(count, 4, 4), projection.to(view.device).expand(count, 4, 4))


def _vectors(value: Vector) -> Tensor:
    return torch.as_tensor(value, dtype=torch.float32).reshape(-1, 3)
