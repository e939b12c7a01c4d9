"""From linear light to a photograph: tone curve, white balance, lens blur, sensor noise, JPEG."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SHOULDER_FROM: float = 0.55
"""Linear level above which highlights are rolled off instead of clipped."""


def develop(linear: NDArray[np.float32], draws: np.random.Generator) -> NDArray[np.uint8]:
    """A photograph, uint8 sRGB [H, W, 3], of linear light [H, W, 3]; effects are slight, and drawn for each picture."""
    warmth, green = draws.normal(0.0, 0.035), draws.normal(0.0, 0.012)
    gains = np.array([1.0 + warmth, 1.0 + green, 1.0 - warmth], np.float32)
    image = np.maximum(linear, 0.0) * gains
    if draws.random() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), float(draws.uniform(0.25, 0.75)))
    glare = cv2.GaussianBlur(cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), (0, 0), 6.0)
    share = np.float32(draws.uniform(0.0, 0.03))
    image = image * (1.0 - share) + share * cv2.resize(glare, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    noise = float(draws.choice([0.0, 0.004, 0.008, 0.015], p=[0.35, 0.35, 0.2, 0.1]))
    if noise > 0:
        grain = draws.standard_normal(image.shape, dtype=np.float32)
        image = image + np.float32(noise) * grain * np.sqrt(np.clip(image, 0.002, 1.0) + 0.02)
    image = tone_curve(np.maximum(image, 0.0), float(draws.normal(1.0, 0.06)), float(draws.normal(1.0, 0.08)))
    out = (image * 255.0 + 0.5).astype(np.uint8)
    if draws.random() < 0.4:
        quality = int(draws.integers(60, 96))
        _, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(out)


def tone_curve(linear: NDArray[np.float32], contrast: float = 1.0, saturation: float = 1.0) -> NDArray[np.float32]:
    """sRGB 0..1 of linear light: straight in the middle, a soft shoulder; contrast is an exponent about middle grey."""
    grey = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    image = np.maximum(grey[..., None] + saturation * (linear - grey[..., None]), 0.0)
    image = 0.18 * (image / 0.18) ** np.float32(contrast)
    room = 1.0 - SHOULDER_FROM
    image = np.where(image < SHOULDER_FROM, image, SHOULDER_FROM + room * np.tanh((image - SHOULDER_FROM) / room))
    high = 1.055 * np.maximum(image, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(image <= 0.0031308, 12.92 * image, high).clip(0.0, 1.0).astype(np.float32)
