"""How near painted skins come to real ones in colour: region means against the nearest reference skin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_shared.errors import ErrorCode, HeadsmithError

SAMPLES: Final = Path(__file__).with_name("skin_samples.json")
"""Where the same skin points lie in our UV layout, in MakeHuman's and in the scan's: scripts/measure_skins.py."""

_MAKEHUMAN: Final = "skins/makehuman"
_INFINITE: Final = "skins/infinite/color_1k.jpg"


@dataclass(frozen=True)
class SamplePoints:
    """regions: their names; uv [R, N, 2] in 0..1 (v up) by layout: "headsmith", "makehuman", "infinite"; held_out:
    reference skins that none of the shipped statistics has seen."""

    regions: tuple[str, ...]
    uv: Mapping[str, Float[ndarray, "r n 2"]]
    held_out: tuple[str, ...]


@lru_cache(maxsize=1)
def sample_points() -> SamplePoints:
    """The shipped sample points."""
    stored = json.loads(SAMPLES.read_text())
    uv = {name: np.array(stored[name], np.float64) / stored["steps"] for name in ("headsmith", "makehuman", "infinite")}
    return SamplePoints(tuple(stored["regions"]), uv, tuple(stored["held_out"]))


def region_colours(albedo: UInt8[ndarray, "h w 3"], uv: Float[ndarray, "r n 2"]) -> Float[ndarray, "r 3"]:
    """CIE L*a*b* (D65) of the mean linear colour of each region's points in an sRGB picture."""
    height, width = albedo.shape[:2]
    column = np.clip((uv[..., 0] * width).astype(int), 0, width - 1)
    row = np.clip(((1.0 - uv[..., 1]) * height).astype(int), 0, height - 1)
    return linear_to_lab(srgb_to_linear(albedo[row, column] / 255.0).mean(axis=1))


def reference_skins(data: Path) -> dict[str, Float[ndarray, "r 3"]]:
    """Region colours of the reference skins in the development data, by name.

    Raises HeadsmithError(NOT_FOUND) when `data` holds none.
    """
    points = sample_points()
    pictures = [
        (p.stem.replace("_diffuse", ""), p, "makehuman") for p in sorted((data / _MAKEHUMAN).glob("*_diffuse*"))
    ]
    if (data / _INFINITE).is_file():
        pictures.append(("infinite", data / _INFINITE, "infinite"))
    if not pictures:
        raise HeadsmithError(ErrorCode.NOT_FOUND, f"{data}: no reference skins in {_MAKEHUMAN}")
    found = {}
    for name, path, layout in pictures:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: not a picture")
        found[name] = region_colours(image[..., ::-1].astype(np.uint8), points.uv[layout])
    return found


def skin_distances(
    albedos: Iterable[UInt8[ndarray, "h w 3"]], references: Mapping[str, Float[ndarray, "r 3"]]
) -> tuple[Float[ndarray, " b"], list[str]]:
    """For each albedo map: CIEDE2000 averaged over the regions to the nearest reference skin, and that one's name."""
    names = list(references)
    stacked = np.stack([references[name] for name in names])
    points = sample_points().uv["headsmith"]
    distances, nearest = [], []
    for albedo in albedos:
        to_each = ciede2000(region_colours(albedo, points)[None], stacked).mean(axis=1)
        distances.append(float(to_each.min()))
        nearest.append(names[int(to_each.argmin())])
    return np.array(distances), nearest


def skin_colour_distance(albedos: Iterable[UInt8[ndarray, "h w 3"]], data: Path) -> float:
    """Mean over skins of the CIEDE2000 of region means to the nearest reference skin in `data`.

    albedos: sRGB maps of the pocket head's skin, without make-up. A random population scores well when each of its
    skins resembles some reference in all regions at once.
    """
    return float(skin_distances(albedos, reference_skins(data))[0].mean())


def ciede2000(one: Float[ndarray, "*b 3"], other: Float[ndarray, "*b 3"]) -> Float[ndarray, "*b"]:
    """Colour difference of L*a*b* colours (CIE 142-2001), unit weights; follows Sharma, Wu and Dalal (2005)."""
    l1, a1, b1 = np.moveaxis(np.asarray(one, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(other, np.float64), -1, 0)
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    lightness, c = (l1 + l2) / 2, (c1 + c2) / 2
    hue = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.20 * np.cos(np.radians(4 * hue - 63))
    )  # fmt: skip
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c, 1 + 0.015 * c * t
    twist = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    r_t = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(np.radians(twist))
    x, y, z = (l2 - l1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    return np.sqrt(np.maximum(x * x + y * y + z * z + r_t * y * z, 0.0))
