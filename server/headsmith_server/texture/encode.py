"""PNG encoding of finished maps, in a thread beside the painting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_shared.asset import ColourSpace, TextureMap

# Level 1 with run lengths: the fastest setting, and not larger than level 6 for such maps.
_PNG: Final = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
_TICK_SECONDS: Final = 0.05


def encode_png(image: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """PNG bytes of an image [H, W] or [H, W, 3 or 4] in RGB(A) order, 8 or 16 bit."""
    if image.ndim == 3:
        order = cv2.COLOR_RGB2BGR if image.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
        done, data = cv2.imencode(".png", cv2.cvtColor(image, order), _PNG)
    else:
        done, data = cv2.imencode(".png", image, _PNG)
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape} and type {image.dtype}")
    return data.tobytes()


class MapEncoder:
    """Encodes maps one after the other in its own thread; `wait` keeps ticking meanwhile."""

    def __init__(self, pool: ThreadPoolExecutor, tick: Callable[[], None]) -> None:
        self._pool = pool
        self._tick = tick

    def start(
        self, material: str, channel: str, image: NDArray[np.uint8] | NDArray[np.uint16], *,
        midlevel: float = 0.5, scale_m: float = 0.0,
    ) -> Future[TextureMap]:  # fmt: skip
        """Begin to encode; albedo and nothing else is sRGB."""
        space: ColourSpace = "srgb" if channel == "albedo" else "linear"

        def work() -> TextureMap:
            data = encode_png(image)
            return TextureMap(
                material, channel, space, "image/png", image.shape[1], image.shape[0], data, midlevel, scale_m
            )

        return self._pool.submit(work)

    def wait(self, pending: Future[TextureMap]) -> TextureMap:
        """The finished map; tick() is called every 50 ms until then and may raise."""
        while True:
            self._tick()
            try:
                return pending.result(timeout=_TICK_SECONDS)
            except FutureTimeout:
                continue


@contextmanager
def map_encoder(tick: Callable[[], None]) -> Iterator[MapEncoder]:
    """A MapEncoder whose thread ends with the block; what is still waiting then is dropped."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="png")
    try:
        yield MapEncoder(pool, tick)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def to_byte(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """0..1 to 0..255, rounded and clipped."""
    return (np.clip(values, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)


def to_word(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """0..1 to 0..65535, rounded and clipped."""
    return (np.clip(values, 0.0, 1.0) * np.float32(65535.0) + np.float32(0.5)).astype(np.uint16)
