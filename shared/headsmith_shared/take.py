"""Take: a facial performance, frame by frame. What was measured and what was smoothed are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_shared import limits
from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.validation import check_array, check_text, check_title

Float32 = NDArray[np.float32]

_UNIT_TOLERANCE: Final = 1e-3
_WEIGHT_BOUND: Final = 4.0
_ANGLE_BOUND: Final = 2 * np.pi


@dataclass(frozen=True)
class TakeTrack:
    """One reading of a performance of F frames.

    weights float32 [F, 52] in the order of ARKIT_NAMES, 0..1 and a little beyond where a tracker overshoots;
    rotation float32 [F, 4], unit quaternions (w, x, y, z) that turn the head at rest, in asset space;
    translation float32 [F, 3] metres; gaze float32 [F, 2, 2] radians: left and right eye, each yaw (to the
    subject's left) and pitch (up) against the head; confidence float32 [F], 0 (a guess) .. 1.
    """

    weights: Float32
    rotation: Float32
    translation: Float32
    gaze: Float32
    confidence: Float32

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.weights)


@dataclass(frozen=True)
class Take:
    """A performance: `raw` as tracked, `filtered` as smoothed by `filter` (for instance "one-euro") or None.

    fps: frames a second; source: what was tracked, a file's name without its folder; generator: what
    tracked it.
    """

    name: str
    fps: float
    raw: TakeTrack
    filtered: TakeTrack | None = None
    filter: str = ""
    source: str = ""
    generator: str = ""


def validate_take(take: Take) -> None:
    """Raise HeadsmithError BAD_FILE or TOO_LARGE, naming the piece and the cause, unless the take keeps the
    promises of `Take` and `TakeTrack`."""
    check_title(take.name, "name")
    if not 0 < take.fps <= limits.MAX_FPS:
        raise _bad(f"fps must be above 0 and at most {limits.MAX_FPS:g}")
    for what, text in (("filter", take.filter), ("source", take.source), ("generator", take.generator)):
        check_text(text, what, limits.MAX_TITLE)
    if (take.filtered is None) != (take.filter == ""):
        raise _bad("a filtered track needs its filter's name, and a filter its track")
    _check_track(take.raw, "raw")
    if take.filtered is not None:
        _check_track(take.filtered, "filtered")
        if take.filtered.frames != take.raw.frames:
            raise _bad(f"{take.filtered.frames} filtered frames for {take.raw.frames} raw ones")


def _check_track(track: TakeTrack, what: str) -> None:
    most = limits.MAX_FRAMES
    check_array(track.weights, (most, len(ARKIT_NAMES)), np.float32, f"{what} weights", _WEIGHT_BOUND)
    check_array(track.rotation, (most, 4), np.float32, f"{what} rotation", 2.0)
    check_array(track.translation, (most, 3), np.float32, f"{what} translation", limits.MAX_COORDINATE_M)
    check_array(track.gaze, (most, 2, 2), np.float32, f"{what} gaze", _ANGLE_BOUND)
    check_array(track.confidence, (most,), np.float32, f"{what} confidence", 1.0)
    lengths = {len(track.rotation), len(track.translation), len(track.gaze), len(track.confidence)}
    if lengths != {track.frames}:
        raise _bad(f"{what}: its arrays have different numbers of frames")
    if track.frames == 0:
        return
    if track.confidence.min() < 0:
        raise _bad(f"{what} confidence must lie in 0..1")
    lengths_of_rotation = np.linalg.norm(track.rotation.astype(np.float64), axis=1)
    if np.abs(lengths_of_rotation - 1).max() > _UNIT_TOLERANCE:
        raise _bad(f"{what} rotation holds quaternions that are not of unit length")


def _bad(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, cause, "track the clip again")
