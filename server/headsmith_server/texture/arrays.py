"""The array type of the painters."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Field = NDArray[Any]
"""Values on a raster or on points, float32 at run time. NumPy's stubs widen mixed float32 arithmetic to float64 and
OpenCV's return any number, so the type does not tell the width."""
