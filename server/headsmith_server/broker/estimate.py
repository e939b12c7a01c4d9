"""How long a running job will still take."""

from __future__ import annotations

from typing import Any, Final

_LEAST_FRACTION: Final = 0.05
_LEAST_SECONDS: Final = 0.5
_WEIGHT_OF_NEWEST: Final = 0.5


class Durations:
    """Learns how long jobs of a kind and size take, and estimates from that and from the job's own pace."""

    def __init__(self) -> None:
        self._typical: dict[tuple[Any, ...], float] = {}

    def finished(self, spec: dict[str, Any], seconds: float) -> None:
        """Remembers a job's duration."""
        key = _key(spec)
        known = self._typical.get(key, seconds)
        self._typical[key] = known + _WEIGHT_OF_NEWEST * (seconds - known)

    def remaining(self, spec: dict[str, Any], fraction: float, elapsed: float) -> float | None:
        """Estimated seconds; None without any ground. The job's own pace weighs more the further it is."""
        own = None
        if fraction >= _LEAST_FRACTION and elapsed >= _LEAST_SECONDS:
            own = elapsed * (1.0 - fraction) / fraction
        typical = self._typical.get(_key(spec))
        if typical is None:
            return own
        expected = max(0.0, typical - elapsed)
        return expected if own is None else fraction * own + (1.0 - fraction) * expected


def _key(spec: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(str(spec.get(name)) for name in ("kind", "quality", "texture_size", "head"))
