"""The pocket head's skin layout: our connectivity, UVs and loops, bound to ICT-FaceKit's vertices.

    python -m scripts.pocket_head.layout --data DIR --work DIR

`--data` is the folder that holds FaceXModel/; the result is cached as WORK/layout.npz.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from scripts.pocket_head.layout_cleanup import compact, flat_corners, whole_faces, without_vertices
from scripts.pocket_head.layout_disks import add_ear, add_nostril
from scripts.pocket_head.layout_eye import add_eye
from scripts.pocket_head.layout_half import HalfMesh, add_flow
from scripts.pocket_head.layout_mouth import add_mouth
from scripts.pocket_head.layout_regions import cut_regions
from scripts.pocket_head.layout_relax import Smoothing
from scripts.pocket_head.layout_sets import face_field, face_sets
from scripts.pocket_head.layout_surface import boundary_loops, ict_half_skin
from scripts.pocket_head.obj import CM, MOUTH_SOCKET_END, OUTER_FACES, SKIN_FACES, IctModel
from scripts.pocket_head.uv import unwrap

CACHE = "layout.npz"


@dataclass(frozen=True)
class SkinLayout:
    """Skin of the pocket head in ICT's frame: metres, Y up, +Z forward, +X the subject's left.

    positions [V, 3]; faces [F, 4] int32 (-1 last for triangles), counter-clockwise from outside;
    uvs [T, 2] in 0..1, uv_faces [F, 4] into them; mirror [V], the vertex at (-x, y, z);
    bind [V, 26719], rows sum to 1: an ICT displacement field D gives bind @ D;
    loops: ordered vertex indices. Closed ones do not repeat their first vertex:
      lid_margin_l/_r (outer edge of the lid margin) and lid_inner_l/_r (its inner edge) begin
      at the nasal corner and run over the upper lid; nostril_l/_r; collar (from the front centre to +X);
      lips_outer (vermilion border, from the upper centre to +X).
      Open ones: lip_line_upper, lip_line_lower, from the subject's right corner (-X) to the left one; both
      contain the two corner vertices.
    sets: masks over faces [F]: face_region, mouth_cavity, inner_lid, nostril_inside, ear_l, ear_r, scalp,
      neck, lips. Every face is in exactly one of them, but lips, which lies inside face_region.
    """

    positions: np.ndarray
    faces: np.ndarray
    uvs: np.ndarray
    uv_faces: np.ndarray
    mirror: np.ndarray
    bind: sp.csr_matrix
    loops: dict[str, np.ndarray]
    sets: dict[str, np.ndarray]

    def save(self, path: Path) -> None:
        """Write as npz: arrays by name, bind_data/indices/indptr/shape, loop_NAME, set_NAME."""
        bind = self.bind.tocsr()
        arrays = {
            "positions": self.positions,
            "faces": self.faces,
            "uvs": self.uvs,
            "uv_faces": self.uv_faces,
            "mirror": self.mirror,
            "bind_data": bind.data,
            "bind_indices": bind.indices,
            "bind_indptr": bind.indptr,
            "bind_shape": np.array(bind.shape),
        }
        arrays |= {f"loop_{name}": value for name, value in self.loops.items()}
        arrays |= {f"set_{name}": value for name, value in self.sets.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> SkinLayout:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            bind = sp.csr_matrix(
                (file["bind_data"], file["bind_indices"], file["bind_indptr"]), shape=tuple(file["bind_shape"])
            )
            plain = {name: file[name] for name in ("positions", "faces", "uvs", "uv_faces", "mirror")}
            loops = {name[5:]: file[name] for name in file.files if name.startswith("loop_")}
            sets = {name[4:]: file[name] for name in file.files if name.startswith("set_")}
        return cls(bind=bind, loops=loops, sets=sets, **plain)


def build_layout(ict: IctModel, work: Path) -> SkinLayout:
    """Build the layout from ICT's neutral head, or read it back from WORK/layout.npz.

    Needs bpy for QuadriFlow and unwrapping; about a minute. Deterministic.
    """
    cache = work / CACHE
    if cache.exists():
        return SkinLayout.load(cache)
    layout = make_layout(ict)
    layout.save(cache)
    return layout


def make_layout(ict: IctModel) -> SkinLayout:
    """Build the layout from ICT's neutral head without a cache."""
    half = _half_mesh(ict)
    faces = np.concatenate(half.faces).astype(np.int32)
    weights = half.weights()
    points = weights @ ict.vertices
    centre = np.zeros(half.count, bool)
    for loop in boundary_loops(faces):
        centre[loop] |= np.abs(points[loop, 0]) < 0.1
    points[centre, 0] = 0.0
    faces = without_vertices(faces, flat_corners(points, faces))
    faces, kept, named = compact(faces, half.count, half.named)
    weights, points, centre, count = weights[kept], points[kept], centre[kept], len(kept)
    other = np.full(count, -1)
    other[~centre] = count + np.arange((~centre).sum())
    other[centre] = np.flatnonzero(centre)
    whole = np.concatenate([points, points[~centre] * [-1, 1, 1]])
    mirror = np.r_[other, np.flatnonzero(~centre)]
    swap = _ict_mirror(ict)
    mirrored = weights[:, swap]
    # On the centre line both sides must agree, or the seam would drift off x = 0.
    keep = sp.diags(np.where(centre, 0.5, 1.0))
    left = keep @ weights + sp.diags(np.where(centre, 0.5, 0.0)) @ mirrored
    bind = sp.vstack([left, mirrored[~centre]]).tocsr()
    bind.data[np.abs(bind.data) < 1e-7] = 0.0
    bind.eliminate_zeros()
    bind = sp.csr_matrix(sp.diags(1.0 / np.asarray(bind.sum(axis=1)).ravel()) @ bind)
    all_faces = whole_faces(faces, mirror, face_field(whole) > 0)
    loops = _loops(named, mirror, whole, all_faces)
    sets = face_sets(whole, all_faces, named, mirror)
    uvs, uv_faces = unwrap(whole, all_faces, mirror, sets, named)
    return SkinLayout(whole * CM, all_faces, uvs, uv_faces, mirror, bind, loops, sets)


def _half_mesh(ict: IctModel) -> HalfMesh:
    skin = ict_half_skin(ict.vertices, ict.faces[:SKIN_FACES])
    outer = ict_half_skin(ict.vertices, ict.faces[:OUTER_FACES])
    regions = cut_regions(skin)
    half = HalfMesh(ict.vertices)
    joints = add_flow(half, regions)
    add_eye(half, regions.eye, joints.eye)
    add_mouth(half, regions.mouth, joints.mouth, ict.landmarks)
    add_nostril(half, regions.nostril, joints.nostril)
    add_ear(half, regions.ear, joints.ear)
    faces = np.concatenate(half.faces)
    points = half.points()
    edge = np.concatenate(boundary_loops(faces))
    centre = edge[np.abs(points[edge, 0]) < 0.1]
    collar = np.setdiff1d(edge, centre)
    ends = centre[points[centre, 1] < points[collar, 1].max()] if len(collar) else collar
    named = half.named
    helix, (border, line) = named["helix"], named["lip_rails"]
    corner = len(named["lip_line_upper"]) - 1
    rails = [np.r_[helix, helix[:1]]]
    for rail in (border, line):
        rails += [rail[: corner + 1], rail[corner:]]
    smoothing = Smoothing(faces, centre, outer, rails)
    fixed = np.r_[collar, ends, border[[0, corner, -1]], line[[0, corner, -1]]]
    flow = np.setdiff1d(np.r_[named["flow"], named["eye_soft"], named["mouth_soft"]], fixed)
    weights = smoothing.relax(half.weights(), ict.vertices, flow, steps=12)
    fine = np.setdiff1d(np.r_[flow, named["ear"], named["nostril_inside"], border, line], fixed)
    weights = smoothing.relax(weights, ict.vertices, fine, steps=4)
    corners = np.unique(np.r_[named["eye_corners"], named["mouth_corner"]])
    everything = ict_half_skin(ict.vertices, ict.faces[:MOUTH_SOCKET_END])
    folds = Smoothing(faces, centre, everything, [])
    weights = folds.relax(weights, ict.vertices, corners, steps=6)
    socket = ict_half_skin(ict.vertices, ict.faces[OUTER_FACES:MOUTH_SOCKET_END])
    inside = Smoothing(faces, centre, socket, [])
    half.rows = [inside.relax(weights, ict.vertices, named["throat"], steps=10)]
    return half


def _ict_mirror(ict: IctModel) -> np.ndarray:
    """ICT's vertex on the other side for every vertex of its skin; others map to themselves."""
    from scipy.spatial import KDTree

    skin = np.unique(ict.faces[:SKIN_FACES])
    tree = KDTree(ict.vertices[skin])
    _, found = tree.query(ict.vertices[skin] * [-1, 1, 1])
    result = np.arange(len(ict.vertices))
    result[skin] = skin[found]
    return result


def _loops(
    named: dict[str, np.ndarray], mirror: np.ndarray, points: np.ndarray, faces: np.ndarray
) -> dict[str, np.ndarray]:
    loops = {}
    for name in ("lid_margin", "lid_inner", "nostril"):
        loops[f"{name}_l"] = named[name]
        loops[f"{name}_r"] = mirror[named[name]]
    upper, lower = named["lip_line_upper"], named["lip_line_lower"]
    loops["lip_line_upper"] = np.r_[mirror[upper][::-1], upper[1:]]
    loops["lip_line_lower"] = np.r_[mirror[lower], lower[::-1][1:]]
    border = named["lips_outer"]
    loops["lips_outer"] = np.r_[border, mirror[border[1:-1]][::-1]]
    edges = boundary_loops(faces)
    collar = max(edges, key=lambda loop: -points[loop, 1].mean())
    front = int(np.argmax(np.where(np.abs(points[collar, 0]) < 1e-6, points[collar, 2], -99.0)))
    collar = np.roll(collar, -front)
    loops["collar"] = collar if points[collar[1], 0] > 0 else np.r_[collar[:1], collar[:0:-1]]
    return loops


def main() -> None:
    """Command line: build and cache the layout, print its size."""
    parser = argparse.ArgumentParser(description="Build the pocket head's skin layout.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds FaceXModel/")
    parser.add_argument("--work", type=Path, required=True, help="cache folder for layout.npz")
    arguments = parser.parse_args()
    start = time.monotonic()
    layout = build_layout(IctModel(arguments.data), arguments.work)
    quads = int((layout.faces[:, 3] >= 0).sum())
    print(
        f"{len(layout.positions)} vertices, {len(layout.faces)} faces ({quads} quads), "
        f"{len(layout.uvs)} UVs, {time.monotonic() - start:.1f} s"
    )


if __name__ == "__main__":
    main()
