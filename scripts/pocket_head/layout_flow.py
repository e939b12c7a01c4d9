"""Field-aligned quads on the free-flowing part of the half head (Blender's QuadriFlow)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.pocket_head.layout_surface import Surface, boundary_loops

FACING = 0.2
"""Cosine above which a triangle counts as facing the same way."""

SEARCH = 0.3
"""How far, in cm, a triangle that faces the right way is looked for."""


@dataclass(frozen=True)
class Lens:
    """Enlarges around a centre: slope `strength` inside `radius` (cm), an undisturbed shift far away."""

    centre: tuple[float, float, float]
    radius: float
    strength: float

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Points [N, 3] moved away from the centre."""
        offset = points - np.array(self.centre)
        distance = np.linalg.norm(offset, axis=1, keepdims=True) + 1e-9
        grown = distance + (self.strength - 1) * self.radius * np.tanh(distance / self.radius)
        return np.array(self.centre) + offset * grown / distance


LENSES = (
    Lens((0.0, 0.0, 8.0), 5.0, 2.0),
    Lens((3.2, 4.0, 8.5), 2.5, 1.8),
    Lens((0.0, -2.0, 9.5), 3.0, 2.0),
    Lens((0.6, -0.5, 11.2), 1.3, 2.2),
    Lens((0.0, 3.5, 10.4), 1.5, 1.4),
)
"""Finer quads where a face needs them: the whole front, eye, mouth, nose, nasal bridge."""


def quads(surface: Surface, target_faces: int, lenses: tuple[Lens, ...] = LENSES) -> tuple[np.ndarray, np.ndarray]:
    """Points [V, 3] in the surface's space and quads [F, 4] covering it, boundaries kept.

    Boundary points lie near, not on, the surface's boundary curves. Deterministic for given input.
    """
    enlarged = surface.points
    for lens in lenses:
        enlarged = lens.apply(enlarged)
    points, faces = _quadriflow(enlarged, surface.triangles, target_faces)
    _, triangle, weights = closest_points(enlarged, surface.triangles, points)
    corners = surface.points[surface.triangles[triangle]]
    return (corners * weights[:, :, None]).sum(1), faces


def _quadriflow(points: np.ndarray, triangles: np.ndarray, target_faces: int) -> tuple[np.ndarray, np.ndarray]:
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("half")
    scale = 100.0  # QuadriFlow refuses a mesh with an edge under 1e-4 units
    mesh.from_pydata((points * scale).tolist(), [], triangles.tolist())
    thing = bpy.data.objects.new("half", mesh)
    bpy.context.collection.objects.link(thing)
    bpy.context.view_layer.objects.active = thing
    thing.select_set(True)
    bpy.ops.object.quadriflow_remesh(
        use_mesh_symmetry=False,
        use_preserve_boundary=True,
        use_preserve_sharp=False,
        mode="FACES",
        target_faces=target_faces,
        seed=1,
    )
    mesh: Any = thing.data
    out = np.array([vertex.co for vertex in mesh.vertices]) / scale
    faces = np.array([[*polygon.vertices, -1][:4] for polygon in mesh.polygons], dtype=np.int32)
    bpy.data.objects.remove(thing)
    return out, faces


def closest_points(
    points: np.ndarray, triangles: np.ndarray, queries: np.ndarray, normals: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Closest point [N, 3] on a triangle surface, its triangle [N] and barycentric weights [N, 3].

    With `normals` [N, 3], triangles that face away are passed over: on a thin ear or between closed lips the
    other sheet may be nearer.
    """
    import bpy  # noqa: F401  (mathutils exists only once bpy is loaded)
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    tree = BVHTree.FromPolygons(points.tolist(), triangles.tolist())
    found: list[Any] = [tree.find_nearest(Vector(q)) for q in queries]
    if normals is not None:
        for i, hit in enumerate(found):
            if hit[1].dot(Vector(normals[i])) < FACING:
                near = tree.find_nearest_range(Vector(queries[i]), SEARCH)
                facing = [other for other in near if other[1].dot(Vector(normals[i])) >= FACING]
                found[i] = min(facing, key=lambda other: other[3]) if facing else hit
    location = np.array([hit[0] for hit in found])
    triangle = np.array([hit[2] for hit in found])
    weights = barycentric(points[triangles[triangle]], location)
    return (points[triangles[triangle]] * weights[:, :, None]).sum(1), triangle, weights


def barycentric(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Clipped barycentric weights [N, 3] of points [N, D] in triangles [N, 3, D]."""
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    w = points - corners[:, 0]
    uu, uv, vv = (u * u).sum(1), (u * v).sum(1), (v * v).sum(1)
    wu, wv = (w * u).sum(1), (w * v).sum(1)
    area = uu * vv - uv * uv + 1e-30
    b, c = (vv * wu - uv * wv) / area, (uu * wv - uv * wu) / area
    weights = np.clip(np.stack([1 - b - c, b, c], axis=1), 0.0, 1.0)
    return weights / weights.sum(1, keepdims=True)


__all__ = ["LENSES", "Lens", "barycentric", "boundary_loops", "closest_points", "quads"]
