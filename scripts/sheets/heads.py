"""Sheets of heads that prompts made, rendered by Blender through the product's own export."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from headsmith_server.export import ExportChild, ExportRequest, Portrait
from headsmith_server.export.request import View
from headsmith_shared.client import generate
from headsmith_shared.specs import GenerateSpec
from scripts.sheets.layout import Image, grid

README_PROMPTS = (
    "an elderly sailor with weathered dark skin, a broad nose and grey stubble",
    "a young woman with pale freckled skin, green eyes and full lips",
    "a middle-aged East Asian man with a square jaw and cropped black hair",
    "a nine year old boy with big brown eyes and protruding ears",
)
SHEET_PROMPTS = (
    *README_PROMPTS,
    "an old Japanese woman with deep wrinkles and thin lips",
    "a heavy Irish man with a double chin, red cheeks and ginger stubble",
    "a gaunt man with sunken cheeks, a hooked nose and dark circles under his eyes",
    "a Nigerian woman in her twenties with high cheekbones and full lips",
    "a Scandinavian girl, 12 years old, with blue eyes and light skin",
    "a boxer with a broken flat nose, a scar on his left cheek and a wide jaw",
    "a woman with red lipstick, smoky eyes and olive skin",
    "an Indian man in his forties with thick eyebrows and a long nose",
    "a Korean teenager with a round face and small eyes",
    "a very old man with huge ears, age spots and a pointed chin",
    "a bald man with pale skin, grey eyes and no beard",
    "a Mexican grandmother with tanned skin and kind brown eyes",
    "a handsome man with a strong chin, high cheekbones and stubble",
    "an Ethiopian man with a long narrow face and a shaved head",
    "a plump woman of 55 with rosy cheeks and a snub nose",
    "a person with wide-set slanted eyes, a small mouth and a moderately long face",
)
EXPRESSIONS: Mapping[str, Mapping[str, float]] = {
    "neutral": {},
    "jawOpen": {"jawOpen": 1},
    "eyeBlink": {"eyeBlinkLeft": 1, "eyeBlinkRight": 1},
    "mouthSmile": {"mouthSmileLeft": 1, "mouthSmileRight": 1},
    "mouthPucker": {"mouthPucker": 1},
    "eyeLook left": {"eyeLookOutLeft": 1, "eyeLookInRight": 1},
    "eyeLookUp": {"eyeLookUpLeft": 1, "eyeLookUpRight": 1},
    "eyeLookDown": {"eyeLookDownLeft": 1, "eyeLookDownRight": 1},
    "browInnerUp": {"browInnerUp": 1},
    "mouthClose with jawOpen": {"mouthClose": 1, "jawOpen": 1},
    "cheekPuff": {"cheekPuff": 1},
    "tongueOut": {"tongueOut": 1, "jawOpen": 0.4},
}


@dataclass(frozen=True)
class Shot:
    """One picture of one head; expression: ARKit weights."""

    prompt: str
    seed: int = 0
    view: View = "front"
    caption: str = ""
    expression: Mapping[str, float] = field(default_factory=dict)


def heads(quick: bool) -> Image:
    """Four columns of pairs: front and three-quarter."""
    shots = [Shot(prompt, view=view) for prompt in README_PROMPTS for view in ("front", "three_quarter")]
    size, samples = ((192, 240), 8) if quick else ((400, 500), 24)
    return grid(_render(shots, size, samples), columns=4)


def sheet(quick: bool) -> Image:
    """A pair of seeds for each of twenty prompts, the prompt below it."""
    shots = [
        Shot(prompt, seed, "three_quarter" if seed == 2 else "front", f"{prompt} #{seed}")
        for prompt in SHEET_PROMPTS
        for seed in (1, 2)
    ]
    size, samples = ((208, 260), 8) if quick else ((280, 350), 32)
    return grid(_render(shots, size, samples, texture_size=1024), columns=8)


def expressions(quick: bool) -> Image:
    """One head in each expression."""
    shots = [Shot(README_PROMPTS[1], 0, "front", name, weights) for name, weights in EXPRESSIONS.items()]
    size, samples = ((192, 240), 8) if quick else ((320, 400), 16)
    return grid(_render(shots, size, samples), columns=4)


def _render(shots: Sequence[Shot], size: tuple[int, int], samples: int, texture_size: int = 2048) -> list[Image]:
    pictures: list[Image] = []
    made: dict[tuple[str, int], bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        head, picture = Path(folder) / "shot.head", Path(folder) / "shot.png"
        for number, shot in enumerate(shots, 1):
            print(f"{number}/{len(shots)} {shot.caption or shot.prompt}", file=sys.stderr, flush=True)
            with ExportChild() as child:
                key = (shot.prompt, shot.seed)
                if key not in made:
                    made[key] = generate(GenerateSpec(shot.prompt, shot.seed, texture_size=texture_size)).head()
                head.write_bytes(made[key])
                portrait = Portrait(shot.view, "CYCLES", size, samples, shot.expression)
                child.export(head, ExportRequest({"render": picture}, portrait=portrait))
            image = cv2.imread(str(picture), cv2.IMREAD_COLOR)
            assert image is not None, f"{picture} is not an image"
            pictures.append(_captioned(image.astype(np.uint8), shot.caption))
    return pictures


def _captioned(image: Image, caption: str) -> Image:
    if not caption:
        return image
    lines = _wrapped(caption, image.shape[1] // 7)
    strip = np.full((14 * 4 + 6 if "#" in caption else 24, image.shape[1], 3), 250, np.uint8)
    for number, line in enumerate(lines[:4]):
        place = (4, 14 + 14 * number)
        cv2.putText(strip, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([image, strip])


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f"{word} "
    return lines
