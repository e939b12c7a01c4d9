"""UVs of the skin: a large face island on the tile's axis, everything else once per side, mirrored."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scripts.pocket_head.uv_pack import Island, pack_half

FACE_AREA = 0.525
"""Share of the tile that the face island covers."""

DENSITIES = (1.0, 1.3, 1.15, 0.8, 1.0, 1.0)
"""Texel density, relative to the scalp's, of the +X side's islands in `_islands` order."""

SLIM_ITERATIONS = 40


def unwrap(
    points: np.ndarray,
    faces: np.ndarray,
    mirror: np.ndarray,
    sets: dict[str, np.ndarray],
    named: dict[str, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """UVs [T, 2] in 0..1 and faces [F, 4] into them, exactly symmetric about u = 0.5.

    The face is one island; scalp with neck, the two sides of each ear, half the mouth cavity, the inner lid
    and the nostril are islands of the +X side at much the same density, mirrored for the other. `named` holds
    the left half's vertex lists (see layout_eye, layout_disks).
    """
    island_faces = _islands(points, faces, sets, named)
    seams = [named["inner_lid_seam"], named["ear_back_seam"]]
    corners = _flatten(points, faces, island_faces, seams)
    face_uv = _symmetric_face(points, faces, mirror, island_faces[0], corners[0])
    others = [
        Island(_scaled(points, faces[chosen], uv) * density, faces[chosen] >= 0)
        for chosen, uv, density in zip(island_faces[1:], corners[1:], DENSITIES, strict=True)
    ]
    placed = pack_half(Island(face_uv, faces[island_faces[0]] >= 0), others)
    uv_of_face = np.full((*faces.shape, 2), np.nan)
    uv_of_face[island_faces[0]] = face_uv
    for chosen, uv in zip(island_faces[1:], placed, strict=True):
        uv_of_face[chosen] = uv
    _mirror_corners(faces, mirror, uv_of_face)
    return _share_corners(faces, uv_of_face)


def _islands(points, faces, sets, named) -> list[np.ndarray]:
    """Face indices per island: the whole face first, then those of the +X side."""
    left = points[np.where(faces < 0, faces[:, :1], faces)].mean(axis=1)[:, 0] > 0
    back = np.zeros(len(points) + 1, bool)
    back[named["ear_back"]] = True
    behind = (back[faces] | (faces < 0)).all(axis=1)
    masks = [
        sets["face_region"],
        left & (sets["scalp"] | sets["neck"]),
        sets["ear_l"] & ~behind,
        sets["ear_l"] & behind,
        left & sets["mouth_cavity"],
        left & sets["inner_lid"],
        left & sets["nostril_inside"],
    ]
    return [np.flatnonzero(mask) for mask in masks]


def _flatten(points, faces, islands, seams) -> list[np.ndarray]:
    """UV per face corner [F_i, 4, 2] of each island, by Blender's minimum-stretch (SLIM) unwrap."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    vertices, polygons, sources = [], [], []
    seam_pairs: set[tuple[int, int]] = set()
    first = 0
    for chosen in islands:
        used, local = np.unique(faces[chosen], return_inverse=True)
        local = local.reshape(-1, 4)
        at = {int(v): first + k for k, v in enumerate(used)}
        for quad in faces[chosen].tolist():
            polygons.append([at[v] for v in quad if v >= 0])
        vertices += points[used].tolist()
        for seam in seams:
            if all(int(v) in at for v in seam):
                line = [at[int(v)] for v in seam]
                seam_pairs |= {(min(p), max(p)) for p in pairwise(line)}
        sources.append(len(chosen))
        first += len(used)
    mesh = bpy.data.meshes.new("uv")
    mesh.from_pydata(vertices, [], polygons)
    mesh.uv_layers.new(name="uv")
    ends = np.empty(2 * len(mesh.edges), dtype=np.int32)
    mesh.edges.foreach_get("vertices", ends)
    pairs = np.sort(ends.reshape(-1, 2), axis=1).tolist()
    mesh.edges.foreach_set("use_seam", [(i, j) in seam_pairs for i, j in pairs])
    thing = bpy.data.objects.new("uv", mesh)
    bpy.context.collection.objects.link(thing)
    bpy.context.view_layer.objects.active = thing
    thing.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.unwrap(method="MINIMUM_STRETCH", iterations=SLIM_ITERATIONS, fill_holes=True, margin=0.0)
    bpy.ops.object.mode_set(mode="OBJECT")
    flat = np.empty(2 * len(mesh.loops), dtype=np.float32)
    mesh.uv_layers["uv"].data.foreach_get("uv", flat)
    flat = flat.reshape(-1, 2).astype(np.float64)
    result, face_index = [], 0
    for count in sources:
        corners = np.full((count, 4, 2), np.nan)
        for k in range(count):
            polygon = mesh.polygons[face_index]
            loops = range(polygon.loop_start, polygon.loop_start + polygon.loop_total)
            corners[k, : polygon.loop_total] = flat[list(loops)]
            face_index += 1
        result.append(corners)
    bpy.data.objects.remove(thing)
    return result


def _symmetric_face(points, faces, mirror, chosen, corners) -> np.ndarray:
    """The face island upright on u = 0.5, averaged with its mirror image, covering FACE_AREA; top of the tile."""
    uv = np.full((len(points), 2), np.nan)
    real = faces[chosen] >= 0
    uv[faces[chosen][real]] = corners[real]
    used = np.flatnonzero(~np.isnan(uv[:, 0]))
    pairs = used[points[used, 0] > 1e-6]
    across = (uv[pairs] - uv[mirror[pairs]]).sum(0)
    angle = np.arctan2(across[1], across[0])
    c, s = np.cos(-angle), np.sin(-angle)
    uv = uv @ np.array([[c, s], [-s, c]])
    middle = np.nanmean((uv[pairs] + uv[mirror[pairs]]) / 2, axis=0)
    uv -= middle
    uv = (uv + uv[mirror] * [-1, 1]) / 2
    area = np.abs(quad_areas(uv[np.where(faces[chosen] < 0, faces[chosen][:, :1], faces[chosen])])).sum()
    uv *= np.sqrt(FACE_AREA / area)
    uv += [0.5, 0.994 - np.nanmax(uv[:, 1])]
    result = uv[np.where(faces[chosen] < 0, faces[chosen][:, :1], faces[chosen])]
    return np.where(real[..., None], result, np.nan)


def _scaled(points, quads, uv) -> np.ndarray:
    """An island's corners scaled to the true area (UV unit = 1 unit of the points) and centred."""
    safe = np.where(quads[..., None] < 0, uv[:, :1], uv)
    flat = np.median(np.abs(quad_areas(safe)))
    solid = np.median(np.abs(surface_areas(points[np.where(quads < 0, quads[:, :1], quads)])))
    return (uv - np.nanmean(uv, axis=(0, 1))) * np.sqrt(solid / flat)


def quad_areas(corners: np.ndarray) -> np.ndarray:
    """Signed areas [F] of plane quads [F, 4, 2] (a triangle repeats a corner)."""
    d1, d2 = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    return 0.5 * (d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0])


def surface_areas(corners: np.ndarray) -> np.ndarray:
    """Areas [F] of quads in space [F, 4, 3]."""
    return 0.5 * np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)


def _mirror_corners(faces: np.ndarray, mirror: np.ndarray, uv_of_face: np.ndarray) -> None:
    """Fill the faces without UVs from their mirror faces, u -> 1 - u."""

    def key(quad) -> tuple[int, ...]:
        return tuple(sorted(int(v) for v in quad if v >= 0))

    have = {key(quad): k for k, quad in enumerate(faces) if not np.isnan(uv_of_face[k, 0, 0])}
    for k in np.flatnonzero(np.isnan(uv_of_face[:, 0, 0])):
        source = have[key(np.where(faces[k] >= 0, mirror[faces[k]], -1))]
        where = {int(mirror[v]): c for c, v in enumerate(faces[source]) if v >= 0}
        for c, v in enumerate(faces[k]):
            if v >= 0:
                u, w = uv_of_face[source, where[int(v)]]
                uv_of_face[k, c] = 1 - u, w


def _share_corners(faces: np.ndarray, uv_of_face: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One UV per vertex and place: corners that agree to 1e-6 are shared."""
    real = faces >= 0
    keys = np.concatenate([faces[real][:, None], np.round(uv_of_face[real] * 1e6).astype(np.int64)], axis=1)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    uv_faces = np.full(faces.shape, -1, dtype=np.int32)
    uv_faces[real] = inverse.ravel()
    return uv_of_face[real][first], uv_faces


def area_distortion(
    points: np.ndarray, faces: np.ndarray, corners: np.ndarray, regions: list[np.ndarray]
) -> np.ndarray:
    """Per face max(r, 1/r) of UV area over surface area, r relative to the median of the face's region.

    `corners` [F, 4, 2]; `regions` are face masks. Faces in no region get 1.
    """
    index = np.where(faces < 0, faces[:, :1], faces)
    flat = np.where((faces < 0)[..., None], corners[:, :1], corners)
    ratio = np.abs(quad_areas(flat)) / np.maximum(surface_areas(points[index]), 1e-12)
    result = np.ones(len(faces))
    for region in regions:
        r = np.maximum(ratio[region] / np.median(ratio[region]), 1e-9)
        result[region] = np.maximum(r, 1 / r)
    return result
