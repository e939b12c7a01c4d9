"""Lids that stay on the eye: contact at rest, in every identity mode and expression, and blinks that close.

Rows and columns are those of lid_grid.py: row 0 is the outer edge of the margin, positive rows lie inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from scripts.pocket_head.eyes import gaze_rotation
from scripts.pocket_head.gaze import gaze_angles
from scripts.pocket_head.lid_grid import CONTACT, INNER_ROW, INNER_ROWS, OUTER_ROWS, LidGrid, clearance
from scripts.pocket_head.quads import Points

# How far a lid stays off the cornea and the film by row (0, -1, -2, ..), in metres, unless it is closer at rest.
THICKNESS: Final = np.array([0.9, 1.3, 1.6, 1.8, 1.9, 2.0, 2.0, 2.0, 2.0]) * 1e-3
# What a closing correction at the margin leaves to the rows further out.
FADE: Final = np.array([1.0, 0.94, 0.82, 0.66, 0.48, 0.31, 0.17, 0.07, 0.0])
SEAM: Final = 0.0016  # what lies between the cornea and the line where closed lids meet
UPPER_SHARE: Final = 0.85  # of a blink's last gap that the upper lid closes; the lower lid rises for the rest

LID_SHAPES: Final = ("eyeBlink", "eyeSquint", "eyeWide", "eyeLook", "cheekSquint", "cheekPuff", "browDown", "noseSneer")


@dataclass(frozen=True)
class Closure:
    """What a blink adds on an identity: delta[rows] += values * (identity - mean)[columns], in skin vertices; with it
    the margins meet on every head."""

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Lids:
    """Both eyes' grids on a mean skin that is already in contact with the balls (see `seat`)."""

    left: LidGrid
    right: LidGrid
    mean: Points

    @property
    def grids(self) -> dict[str, LidGrid]:
        """By follower group."""
        return {"eye_l": self.left, "eye_r": self.right}

    def conform(self, deltas: Points, eyes: dict[str, NDArray[np.float64]]) -> Points:
        """Identity deltas [.., S, 3] with the lids kept on balls that move by `eyes` (group -> [.., 3, 4]); linear."""
        deltas = np.array(deltas, dtype=np.float64)
        # The inner edge stays in contact, the socket follows it, and the lid's thickness varies less than scanned.
        share = {1: 0.85, 0: 0.7, -1: 0.6, -2: 0.5, -3: 0.4, -4: 0.3, -5: 0.25, -6: 0.12}
        for name, grid in self.grids.items():
            affine = eyes[name]
            contact = grid.row(INNER_ROW)
            inward = self._departure(grid, contact, deltas, affine)
            for row, part in share.items():
                deltas[..., grid.row(row), :] -= part * self._departure(grid, grid.row(row), deltas, affine)
            for row in range(INNER_ROW, INNER_ROWS + 1):
                deltas[..., grid.row(row), :] -= inward
        return deltas

    def _departure(
        self, grid: LidGrid, vertices: NDArray[np.int32], deltas: Points, affine: NDArray[np.float64]
    ) -> Points:
        """How far deltas [.., S, 3] take vertices off or into a ball that moves by `affine`, along its radius."""
        offset = self.mean[vertices] - grid.centre
        normal = offset / np.linalg.norm(offset, axis=1, keepdims=True)
        ball = np.einsum("...ij,vj->...vi", affine[..., :3], offset) + affine[..., None, :, 3]
        return ((deltas[..., vertices, :] - ball) * normal).sum(-1, keepdims=True) * normal

    def shape(self, name: str, delta: Points) -> Points:
        """The skin delta [S, 3] of an ARKit shape at weight 1 on the mean head, its lids off the eye, blinks closed."""
        if not name.startswith(LID_SHAPES):
            return delta
        delta = np.array(delta, dtype=np.float64)
        for group, grid in self.grids.items():
            found = gaze_angles(name)
            turn = gaze_rotation(found[1], found[2]) if found is not None and found[0] == group else None
            blinks = name == ("eyeBlinkLeft" if group == "eye_l" else "eyeBlinkRight")
            if (
                not blinks
                and np.abs(delta[grid.vertices[INNER_ROWS - 2 : INNER_ROWS + 4]]).max() < 2e-5
                and turn is None
            ):
                continue
            if blinks:
                self._close(grid, delta)
            self._clear(grid, delta, turn)
            if blinks:
                for _ in range(2):
                    self._even(grid, delta)
                    self._meet(grid, delta)
                    self._clear(grid, delta, turn)
                self._meet(grid, delta)
            self._seat_inside(grid, delta, turn)
        return delta

    def closures(self) -> dict[str, Closure]:
        """Per blink shape, how it grows with the lid opening of an identity."""
        result = {}
        for name, grid in (("eyeBlinkLeft", self.left), ("eyeBlinkRight", self.right)):
            rows, columns, values = [], [], []
            margin = grid.row(0)
            for column in range(len(margin)):
                if column in (0, grid.outer):
                    continue
                upper = column < grid.outer
                share = -UPPER_SHARE if upper else 1.0 - UPPER_SHARE
                partners = self._partners(grid, column)
                for row in range(-OUTER_ROWS, INNER_ROW + 3):
                    fade = FADE[-row] if row <= 0 else 1.0
                    if fade == 0.0:
                        continue
                    vertex = grid.row(row)[column]
                    # The gap is upper minus lower; the partner stands on the other lid.
                    own = share * fade * (1.0 if upper else -1.0)
                    rows.append(vertex)
                    columns.append(margin[column])
                    values.append(own)
                    for other, weight in partners:
                        rows.append(vertex)
                        columns.append(other)
                        values.append(-own * weight)
            result[name] = Closure(
                np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32), np.array(values, dtype=np.float32)
            )
        return result

    def _shares(self, grid: LidGrid) -> tuple[Points, NDArray[np.int32], NDArray[np.int32]]:
        """Relative length from the nasal to the outer corner for each column; columns of the upper, the lower lid."""
        margin = self.mean[grid.row(0)]
        count = len(margin)
        upper = np.arange(grid.outer + 1, dtype=np.int32)
        lower = np.concatenate([[0], np.arange(count - 1, grid.outer - 1, -1)]).astype(np.int32)
        share = np.zeros(count)
        for side in (upper, lower):
            run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(margin[side], axis=0), axis=1))])
            share[side] = run / run[-1]
        return share, upper, lower

    def _partners(self, grid: LidGrid, column: int) -> list[tuple[int, float]]:
        """The two margin vertices of the other lid, with weights, that a column meets."""
        share, upper, lower = self._shares(grid)
        other = lower if column < grid.outer else upper
        place = int(np.clip(np.searchsorted(share[other], share[column]), 1, len(other) - 1))
        low, high = share[other[place - 1]], share[other[place]]
        weight = (share[column] - low) / (high - low)
        margin = grid.row(0)
        return [(int(margin[other[place - 1]]), 1.0 - weight), (int(margin[other[place]]), weight)]

    def _seam(self, grid: LidGrid, delta: Points) -> Points:
        """Where the margins meet [C, 3], by column, on a smooth line in front of the cornea."""
        share, upper, lower = self._shares(grid)
        margin = grid.row(0)
        moved = self.mean[margin] + delta[margin]
        fine = np.linspace(0.0, 1.0, 81)
        top = np.column_stack([np.interp(fine, share[upper], moved[upper, k]) for k in range(3)])
        bottom = np.column_stack([np.interp(fine, share[lower], moved[lower, k]) for k in range(3)])
        meeting = (1.0 - UPPER_SHARE) * top + UPPER_SHARE * bottom
        smooth = gaussian_filter1d(meeting, 5.0, axis=0, mode="nearest")
        ends = np.minimum(1.0, np.minimum(fine, 1.0 - fine) / 0.12)[:, None]
        meeting = ends * smooth + (1.0 - ends) * meeting
        # One even thickness over the eye; the scanned margins bulge where they meet.
        offset = meeting - grid.centre
        radius = np.linalg.norm(offset, axis=1)
        lift = ends[:, 0] * (SEAM - clearance(grid.ball, meeting))
        meeting = meeting + offset / radius[:, None] * lift[:, None]
        return np.column_stack([np.interp(share, fine, meeting[:, k]) for k in range(3)])

    def _close(self, grid: LidGrid, delta: Points) -> None:
        """Bring both margins to the seam and take the lid along."""
        seam = self._seam(grid, delta)
        margin = grid.row(0)
        correction = seam - (self.mean[margin] + delta[margin])
        for row in range(0, -OUTER_ROWS - 1, -1):
            moved = delta[grid.row(row)]
            # The scanned blinks are ragged near the margin.
            even = gaussian_filter1d(moved, 1.2, axis=0, mode="wrap")
            delta[grid.row(row)] = moved + 0.7 * FADE[-row] * (even - moved) + FADE[-row] * correction
        delta[margin] = seam - self.mean[margin]

    def _even(self, grid: LidGrid, delta: Points) -> None:
        """Take the dents out of closed lids: an even distance from the eye along the margin and up the lid."""
        rows = [grid.row(-k) for k in range(OUTER_ROWS + 1)]
        depth = np.stack([clearance(grid.ball, self.mean[row] + delta[row]) for row in rows])
        even = gaussian_filter1d(gaussian_filter1d(depth, 1.6, axis=1, mode="wrap"), 0.8, axis=0, mode="nearest")
        for k, row in enumerate(rows):
            out = self.mean[row] + delta[row] - grid.centre
            out /= np.linalg.norm(out, axis=1, keepdims=True)
            delta[row] += (FADE[k] * (even[k] - depth[k]))[:, None] * out

    def _meet(self, grid: LidGrid, delta: Points) -> None:
        """After the lids were pushed off the eye: put both margins back onto one line."""
        share, upper, lower = self._shares(grid)
        margin = grid.row(0)
        moved = self.mean[margin] + delta[margin]
        fine = np.linspace(0.0, 1.0, 81)
        top = np.column_stack([np.interp(fine, share[upper], moved[upper, k]) for k in range(3)])
        bottom = np.column_stack([np.interp(fine, share[lower], moved[lower, k]) for k in range(3)])
        middle = 0.5 * (top + bottom)
        delta[margin] = np.column_stack([np.interp(share, fine, middle[:, k]) for k in range(3)]) - self.mean[margin]
        correction = self.mean[margin] + delta[margin] - moved
        for row in (-1, -2, -3):
            delta[grid.row(row)] += FADE[-row] * correction

    def _clear(self, grid: LidGrid, delta: Points, turn: NDArray[np.float64] | None) -> None:
        """Push the lids out of the turned eye, at full weight and on the way there, and seat the inner edge on it."""
        for _ in range(4):
            push = np.zeros((OUTER_ROWS + 1, grid.vertices.shape[1]))
            for weight in (0.2, 0.35, 0.5, 0.65, 0.8, 1.0):
                part = None if turn is None else _partial(turn, weight)
                for row in range(OUTER_ROWS + 1):
                    vertices = grid.row(-row)
                    rest = clearance(grid.ball, self.mean[vertices])
                    need = np.minimum(THICKNESS[row] * (0.75 if weight < 1.0 else 1.0), rest)
                    here = clearance(grid.ball, self.mean[vertices] + weight * delta[vertices], part)
                    push[row] = np.maximum(push[row], (need - here) / weight)
            push = np.maximum(push, 0.0)
            if push.max() < 1e-6:
                break
            spread = gaussian_filter1d(gaussian_filter1d(push, 1.5, axis=1, mode="wrap"), 1.0, axis=0, mode="nearest")
            push = np.maximum(push, spread)
            for row in range(OUTER_ROWS + 1):
                vertices = grid.row(-row)
                offset = self.mean[vertices] + delta[vertices] - grid.centre
                delta[vertices] += push[row][:, None] * offset / np.linalg.norm(offset, axis=1, keepdims=True)

    def _seat_inside(self, grid: LidGrid, delta: Points, turn: NDArray[np.float64] | None) -> None:
        """Turn the margin's face about the eye with its outer edge, lay the inner edge onto the eye; the socket
        follows."""
        margin = grid.row(0)
        contact = grid.row(INNER_ROW)
        moved = self.mean[margin] + delta[margin]
        along = _carry(self.mean[margin] - grid.centre, moved - grid.centre, self.mean[contact] - self.mean[margin])
        target = moved + along
        offset = target - grid.centre
        direction = offset / np.linalg.norm(offset, axis=1, keepdims=True)
        seated = target + direction * (CONTACT - clearance(grid.ball, target, turn))[:, None]
        moves = np.linalg.norm(delta[margin], axis=1) > 1e-5
        follow = np.clip(np.linalg.norm(delta[margin], axis=1) / 2e-4, 0.0, 1.0)[:, None]
        new = np.where(moves[:, None], seated - self.mean[contact], delta[contact])
        if turn is not None:  # the cornea passes beneath a lid that does not move
            resting = self.mean[contact] + delta[contact]
            out = resting - grid.centre
            out /= np.linalg.norm(out, axis=1, keepdims=True)
            new = np.where(
                moves[:, None], new, delta[contact] + out * (CONTACT - clearance(grid.ball, resting, turn))[:, None]
            )
        change = follow * new + (1.0 - follow) * delta[contact] if turn is None else new
        delta[contact] = change
        delta[grid.row(1)] = 0.5 * (delta[margin] + delta[contact])
        for row in range(INNER_ROW + 1, INNER_ROWS + 1):
            fade = 1.0 - 0.2 * (row - INNER_ROW)
            delta[grid.row(row)] = fade * delta[contact]


def _carry(before: Points, after: Points, vectors: Points) -> Points:
    """`vectors` [C, 3] turned by the smallest rotations that take the directions `before` to `after` [C, 3]."""
    u = before / np.linalg.norm(before, axis=1, keepdims=True)
    v = after / np.linalg.norm(after, axis=1, keepdims=True)
    axis = np.cross(u, v)
    cosine = (u * v).sum(axis=1, keepdims=True)
    return (
        cosine * vectors + np.cross(axis, vectors) + axis * (axis * vectors).sum(axis=1, keepdims=True) / (1.0 + cosine)
    )


def _partial(turn: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The turn that a linear key shows at a weight: the axis of the blended matrix, made a unit vector."""
    blended = np.eye(3) + weight * (turn - np.eye(3))
    axis = blended[:, 2] / np.linalg.norm(blended[:, 2])
    result = np.eye(3)
    result[:, 2] = axis
    return result
