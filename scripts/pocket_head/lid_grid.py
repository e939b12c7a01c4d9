"""The edge loops around an eye as a regular grid, and where its vertices lie over the eye.

Row 0 is the outer edge of the lid margin, rows 1, 2, .. run inwards over the margin to the socket, rows -1, -2, .. run
outwards over the lid. Columns go around from the nasal corner over the upper lid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from scripts.pocket_head.eyes import Eyeball
from scripts.pocket_head.quads import Points
from scripts.pocket_head.skin_frame import SkinFrame

INNER_ROW: Final = 2  # the back edge of the margin, which rests on the ball
INNER_ROWS: Final = 6
OUTER_ROWS: Final = 8
CONTACT: Final = 0.00005
CARUNCLE: Final = 0.0013  # how far the fold at the nasal corner reaches over the ball
CARUNCLE_HEIGHT: Final = 0.0003
CARUNCLE_COLUMNS: Final = 1.5


@dataclass(frozen=True)
class LidGrid:
    """rows int32 [INNER_ROWS + 1 + OUTER_ROWS, C] skin vertices of one eye, innermost row first; columns run around
    from the nasal corner over the upper lid; `outer` is the column of the outer corner."""

    vertices: NDArray[np.int32]
    outer: int
    ball: Eyeball

    def row(self, number: int) -> NDArray[np.int32]:
        """Vertices of a row: positive inwards, 0 the margin, negative outwards."""
        return self.vertices[INNER_ROWS - number]

    @cached_property
    def centre(self) -> Points:
        return np.array(self.ball.centre)


def lid_grid(skin: SkinFrame, ball: Eyeball, loop: NDArray[np.int32]) -> LidGrid:
    """The grid around one lid margin. Raises ValueError where the loops around it are not regular enough."""
    neighbours = skin.neighbours()
    rows = {0: [int(v) for v in loop]}
    taken = set(rows[0])
    inner_loop = {int(v) for name in ("lid_inner_l", "lid_inner_r") for v in skin.loops[name]}
    for sign in (1, -1):
        for step in range(1, (INNER_ROWS if sign > 0 else OUTER_ROWS) + 1):
            row: list[int] = []
            previous = rows[sign * (step - 1)]
            before = set(rows.get(sign * (step - 2), [])) if step > 1 else set()
            for vertex in previous:
                options = [n for n in neighbours[vertex] if n not in taken and n not in before]
                if step == 1:
                    options = _towards(options, neighbours, inner_loop, sign, taken)
                if len(options) != 1:
                    raise ValueError(f"lid loops are not a grid at row {sign * step}: {len(options)} ways on")
                row.append(options[0])
            if len(set(row)) != len(row):
                raise ValueError(f"lid loops are not a grid at row {sign * step}: columns meet")
            rows[sign * step] = row
            taken |= set(row)
    table = np.array([rows[k] for k in range(INNER_ROWS, -OUTER_ROWS - 1, -1)], dtype=np.int32)
    outer = int(np.argmax(np.abs(skin.positions[loop, 0])))
    return LidGrid(table, outer, ball)


def _towards(
    options: list[int], neighbours: list[set[int]], inner_loop: set[int], sign: int, taken: set[int]
) -> list[int]:
    """Of the two ways off the margin, the one that leads to the inner loop (sign > 0) or away from it."""
    inner = [n for n in options if n in inner_loop or neighbours[n] & inner_loop]
    return inner if sign > 0 else [n for n in options if n not in inner and n not in taken]


def clearance(ball: Eyeball, points: Points, turn: NDArray[np.float64] | None = None) -> Points:
    """Distance of points [.., 3] in front of the clear shell along the ball's radius, the eye turned by `turn`."""
    offset = points - np.array(ball.centre)
    axis = np.array([0.0, 0.0, 1.0]) if turn is None else turn[:, 2]
    radius = np.linalg.norm(offset, axis=-1)
    angle = np.arccos(np.clip(offset @ axis / radius, -1.0, 1.0))
    return radius - ball.outer_radius(angle)


def seat(grid: LidGrid, positions: Points) -> Points:
    """The skin with the inner edge of the lids laid onto the ball; the margin's outer edge stays but for stray
    vertices."""
    positions = np.array(positions, dtype=np.float64)
    margin = grid.row(0)
    offset = positions[margin] - grid.centre
    depth = clearance(grid.ball, positions[margin])
    # A single vertex that stands out of the margin would be dragged over the eye by every blink.
    even = median_filter(depth, 3, mode="wrap") - depth
    positions[margin] += (even / np.linalg.norm(offset, axis=1))[:, None] * offset
    contact = positions[grid.row(INNER_ROW)]
    # The caruncle: at the nasal corner the margin's face reaches out over the ball as a small fleshy fold.
    column = np.arange(len(margin))
    fold = np.exp(-((np.minimum(column, len(margin) - column) / CARUNCLE_COLUMNS) ** 2))[:, None]
    outwards = np.sign(grid.centre[0]) * np.array([1.0, 0.0, 0.0])
    contact = contact + CARUNCLE * fold * outwards
    positions[grid.row(INNER_ROW)] = contact
    offset = contact - grid.centre
    direction = offset / np.linalg.norm(offset, axis=1, keepdims=True)
    shift = direction * (CONTACT - clearance(grid.ball, contact))[:, None]
    positions[grid.row(INNER_ROW)] += shift
    middle = 0.5 * (positions[margin] + positions[grid.row(INNER_ROW)])
    away = middle - grid.centre
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    positions[grid.row(1)] += (1.0 - fold) * 0.5 * shift
    positions[grid.row(1)] += fold * (middle + CARUNCLE_HEIGHT * away - positions[grid.row(1)])
    for row in range(INNER_ROW + 1, INNER_ROWS + 1):
        vertices = grid.row(row)
        offset = positions[vertices] + shift - grid.centre
        radius = np.linalg.norm(offset, axis=1)
        behind = grid.ball.radius - 0.0004 * (row - INNER_ROW)
        positions[vertices] = grid.centre + offset * np.minimum(behind / radius, 1.0)[:, None]
    return positions
