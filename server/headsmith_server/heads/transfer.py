"""Deformation transfer: what an expression does to the mean head's skin, done to another head of the same mesh.

Sumner & Popovic, "Deformation Transfer for Triangle Meshes" (SIGGRAPH 2004), in the gradient form of Botsch et al.,
"Deformation Transfer for Detail-Preserving Surface Editing" (2006), linearised in the displacement: the gradient of the
displacement on each source triangle, with the turn of its normal to first order, is asked of the target triangle, and
the Poisson equation of the target surface is solved for the displacement. Linear means that the transfer of a blend is
the blend of the transfers, so that the expression of a whole frame is transferred at once.

Three things hold the solution: skin that no shape moves stays; lids, the line between the lips and the mouth's inside
move as the model itself moves them on that head, so that lids close and lips meet; everything else leans weakly to the
source's displacement times the local size ("expression cloning", Noh & Neumann 2001), which is also where the
iteration starts.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from headsmith_server.heads.protocol import HeadModel, Topology

# What is used of them (one product) has been there for years.
warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")

ITERATIONS: Final = 16
FREE: Final = 0.003
HELD: Final = 30.0
"""Weights of the leaning against the surface's own (whose diagonal is about 4)."""
STILL_M: Final = 2e-6
SIZE_STEPS: Final = 30
"""How often the local size is averaged with its neighbours'."""
_DOT_BLOCK: Final = 512


@dataclass(frozen=True)
class TransferSource:
    """What all transfers from one mean skin share; all on one device.

    triangles [T, 3]; gradients [T, 3, 3]: of the three corners' hat functions on the mean; normals [T, 3];
    sizes [S]: mean length of the edges around each vertex, metres; held [S]: weight 0..1 of moving as the model says;
    still bool [S]; edges [E, 2] and sides [E, 2]: the flat (triangle, corner) opposite to each edge, 3 T where none;
    rows, columns [N]: the CSR pattern of the neighbourhood; edge_of [N]: each entry's edge; corner_rows,
    corner_columns: the CSR pattern that sums triangle corners into vertices.
    """

    triangles: Int[Tensor, "t 3"]
    gradients: Float[Tensor, "t 3 3"]
    normals: Float[Tensor, "t 3"]
    sizes: Float[Tensor, " s"]
    held: Float[Tensor, " s"]
    still: Tensor
    edges: Int[Tensor, "e 2"]
    sides: Int[Tensor, "e 2"]
    rows: Int[Tensor, " r"]
    columns: Int[Tensor, " n"]
    edge_of: Int[Tensor, " n"]
    corner_rows: Int[Tensor, " r"]
    corner_columns: Int[Tensor, " m"]

    def to_target(self, skin: Float[Tensor, "s 3"]) -> Transfer:
        """The transfer to a neutral skin of the same mesh."""
        gradients, _, areas = hat_gradients(skin[self.triangles])
        # cot weights: minus the off-diagonal entries of the stiffness matrix, at the corner opposite to the edge
        opposite = -areas[:, None] * (gradients[:, [1, 2, 0]] * gradients[:, [2, 0, 1]]).sum(-1)
        flat = torch.cat([opposite.reshape(-1), opposite.new_zeros(1)])
        weights = flat[self.sides].sum(1)
        sizes = self._smooth(edge_lengths(skin, self.edges)[self.edge_of]) / self.sizes
        return Transfer(self, gradients, areas, weights, sizes)

    def _smooth(self, entries: Float[Tensor, " n"]) -> Float[Tensor, " s"]:
        """Mean of the entries of each row, averaged over wider and wider neighbourhoods."""
        counts = (self.rows[1:] - self.rows[:-1]).to(entries.dtype)
        ones = torch.ones_like(entries)
        matrix = _csr(self.rows, self.columns, ones, (len(counts), len(counts)))
        value = _csr(self.rows, self.columns, entries, (len(counts), len(counts))) @ torch.ones(len(counts), 1).to(
            entries
        )
        value = value / counts[:, None]
        for _ in range(SIZE_STEPS):
            value = 0.5 * value + 0.5 * (matrix @ value) / counts[:, None]
        return value[:, 0]


@dataclass(frozen=True)
class Transfer:
    """Transfers displacements to one head; see TransferSource.to_target."""

    source: TransferSource
    gradients: Float[Tensor, "t 3 3"]
    areas: Float[Tensor, " t"]
    weights: Float[Tensor, " e"]
    sizes: Float[Tensor, " s"]

    def __call__(
        self, moves: Float[Tensor, "b s 3"], own: Float[Tensor, "b s 3"], iterations: int = ITERATIONS
    ) -> Float[Tensor, "b s 3"]:
        """Displacements of the target's skin in metres.

        moves: displacements of the mean skin; own: what the model itself does to the target, which lids, lips and
        the mouth's inside follow. Linear in (moves, own). The same on any number of threads.
        """
        source = self.source
        batch, count = moves.shape[:2]
        held = source.held[:, None]
        start = held * own + (1.0 - held) * self.sizes[:, None] * moves
        start = torch.where(source.still[:, None], 0.0, start)
        lean = FREE + HELD * source.held + 1e3 * source.still
        asked = self._divergence(self._asked(moves))
        columns = start.permute(1, 0, 2).reshape(count, batch * 3)
        right = asked.reshape(count, batch * 3) + lean[:, None] * columns
        values = -self.weights[source.edge_of]
        diagonal = -_row_sums(source.rows, source.columns, values, count) + lean
        matrix = _csr(source.rows, source.columns, values, (count, count))
        solved = _conjugate_gradients(matrix, diagonal, right, columns, iterations)
        return solved.view(count, batch, 3).permute(1, 0, 2)

    def _asked(self, moves: Float[Tensor, "b s 3"]) -> Float[Tensor, "t b 3 3"]:
        """The displacement gradient of each source triangle, its normal turning along to first order."""
        corners = moves.permute(1, 0, 2)[self.source.triangles]  # [T, 3 corners, B, 3]
        gradient = torch.einsum("tkbi,tkj->tbij", corners, self.source.gradients)
        normal = self.source.normals
        turn = -torch.einsum("tbij,ti->tbj", gradient, normal)
        return gradient + turn[..., None] * normal[:, None, None, :]

    def _divergence(self, asked: Float[Tensor, "t b 3 3"]) -> Float[Tensor, "s b 3"]:
        """What the target's triangles contribute to their corners."""
        shares = torch.einsum("tbij,tkj->tkbi", asked, self.areas[:, None, None] * self.gradients)
        flat = shares.reshape(-1, shares.shape[2] * 3)
        source = self.source
        ones = torch.ones(len(source.corner_columns)).to(flat)
        matrix = _csr(source.corner_rows, source.corner_columns, ones, (len(source.sizes), len(flat)))
        return (matrix @ flat).view(len(source.sizes), -1, 3)


def transfer_source(model: HeadModel) -> TransferSource:
    """The model's mean skin as a source, on the model's device."""
    with torch.no_grad():
        probe = torch.zeros(2, model.identity_size, device=model.device)
        probe[1] = torch.linspace(-1.0, 1.0, model.identity_size)
        mean = model.vertices(probe[:1])[0]
        moves = model.expression_deltas(probe[0])
        other = model.expression_deltas(probe[1])
    count = len(model.topology.part("skin").vertices)
    moves, other = moves[:, :count], other[:, :count]
    still = moves.abs().amax((0, 2)) < STILL_M
    closing = (other - moves).norm(dim=-1).amax(0)
    triangles = torch.from_numpy(skin_triangles(model.topology)).long().to(mean.device)
    held = torch.from_numpy(_held(model.topology, count)).to(mean.device)
    held = torch.maximum(held, (closing / closing.amax().clamp_min(1e-9) * 6.0).clamp_max(1.0))
    return build_source(mean[:count], triangles, held, still)


def build_source(
    mean: Float[Tensor, "s 3"], triangles: Int[Tensor, "t 3"], held: Float[Tensor, " s"], still: Tensor
) -> TransferSource:
    """A source from a skin [S, 3] in metres, its triangles, and how each vertex is held (see TransferSource)."""
    gradients, normals, _ = hat_gradients(mean[triangles])
    corner = triangles.cpu().numpy().astype(np.int64)
    count = len(mean)
    pairs = np.sort(np.stack([corner[:, [1, 2, 0]], corner[:, [2, 0, 1]]], axis=-1).reshape(-1, 2), axis=1)
    edges, edge = np.unique(pairs, axis=0, return_inverse=True)
    edge = edge.reshape(-1)
    order = np.argsort(edge, kind="stable")
    first = np.searchsorted(edge[order], np.arange(len(edges)))
    last = np.searchsorted(edge[order], np.arange(len(edges)), side="right") - 1
    sides = np.stack([order[first], np.where(last > first, order[last], len(pairs))], axis=1)
    ends = np.concatenate([edges, edges[:, ::-1]])
    numbers = np.concatenate([np.arange(len(edges))] * 2)
    by_row = np.lexsort((ends[:, 1], ends[:, 0]))
    rows = np.searchsorted(ends[by_row, 0], np.arange(count + 1))
    corner_order = np.argsort(corner.reshape(-1), kind="stable")
    corner_rows = np.searchsorted(corner.reshape(-1)[corner_order], np.arange(count + 1))

    def tensor(array: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(mean.device)

    blank = TransferSource(
        triangles, gradients, normals, torch.ones(count).to(mean), held.float(), still,
        tensor(edges), tensor(sides), tensor(rows), tensor(ends[by_row, 1]), tensor(numbers[by_row]),
        tensor(corner_rows), tensor(corner_order),
    )  # fmt: skip
    sizes = blank._smooth(edge_lengths(mean, blank.edges)[blank.edge_of])
    return TransferSource(**{**blank.__dict__, "sizes": sizes})


def hat_gradients(
    corners: Float[Tensor, "t 3 3"],
) -> tuple[Float[Tensor, "t 3 3"], Float[Tensor, "t 3"], Float[Tensor, " t"]]:
    """Gradients of the corners' hat functions [T, corner, xyz], unit normals and areas of triangles; a triangle
    without area has gradients and area zero."""
    a, b, c = corners.unbind(1)
    cross = torch.linalg.cross(b - a, c - a)
    twice = cross.norm(dim=-1, keepdim=True)
    normal = cross / twice.clamp_min(1e-14)
    opposite = torch.stack([c - b, a - c, b - a], dim=1)
    # a sliver's gradients would swamp its neighbours: its height counts as at least a fiftieth of its longest side
    floor = 0.02 * opposite.square().sum(-1).amax(1, keepdim=True)
    whole = (twice > 1e-12).to(cross.dtype)
    gradients = torch.linalg.cross(normal[:, None].expand_as(opposite), opposite) / torch.maximum(twice, floor)[:, None]
    return gradients * whole[:, None], normal, 0.5 * twice[:, 0]


def edge_lengths(vertices: Float[Tensor, "s 3"], edges: Int[Tensor, "e 2"]) -> Float[Tensor, " e"]:
    """Lengths of edges in metres."""
    return (vertices[edges[:, 0]] - vertices[edges[:, 1]]).norm(dim=-1)


def skin_triangles(topology: Topology) -> NDArray[np.int32]:
    """The skin's faces [T, 3], quads cut along the first diagonal."""
    faces = topology.part("skin").faces
    quad = faces[:, 3] >= 0
    return np.concatenate([faces[:, :3], faces[quad][:, [0, 2, 3]]]).astype(np.int32)


def _held(topology: Topology, count: int) -> NDArray[np.float32]:
    """1 where the model's own displacement holds: lids, the line between the lips, the mouth's inside."""
    held = np.zeros(count, np.float32)
    for name in ("inner_lid", "mouth_cavity"):
        if name in topology.sets:
            held[topology.sets[name]] = 1.0
    for name, loop in topology.loops.items():
        if name.startswith(("lid_", "lip_line_")):
            held[loop] = 1.0
    return held


def _csr(rows: Tensor, columns: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(rows, columns, values, shape, check_invariants=False)


def _row_sums(rows: Tensor, columns: Tensor, values: Tensor, count: int) -> Float[Tensor, " s"]:
    return (_csr(rows, columns, values, (count, count)) @ torch.ones(count, 1).to(values))[:, 0]


def _conjugate_gradients(
    off_diagonal: Tensor,
    diagonal: Float[Tensor, " s"],
    right: Float[Tensor, "s n"],
    start: Float[Tensor, "s n"],
    iterations: int,
) -> Float[Tensor, "s n"]:
    """A fixed number of Jacobi-preconditioned steps for all columns; each column has its own step length."""
    inverse = (1.0 / diagonal)[:, None]

    def product(x: Float[Tensor, "s n"]) -> Float[Tensor, "s n"]:
        return diagonal[:, None] * x + off_diagonal @ x

    solution = start.clone()
    residual = right - product(solution)
    direction = inverse * residual
    power = _dot(residual, direction)
    for _ in range(iterations):
        image = product(direction)
        step = power / _dot(direction, image).clamp_min(1e-30)
        solution = solution + step * direction
        residual = residual - step * image
        scaled = inverse * residual
        following = _dot(residual, scaled)
        direction = scaled + (following / power.clamp_min(1e-30)) * direction
        power = following
    return solution


def _dot(a: Float[Tensor, "s n"], b: Float[Tensor, "s n"]) -> Float[Tensor, "1 n"]:
    """Inner products of columns, summed in blocks of fixed size: the same bits on any number of threads."""
    product = a * b
    short = -len(product) % _DOT_BLOCK
    padded = torch.cat([product, product.new_zeros(short, product.shape[1])])
    return padded.view(-1, _DOT_BLOCK, product.shape[1]).sum(1).sum(0, keepdim=True)
