"""Makes the pictures of the documentation from real heads: `pictures.py NAME [NAME ...] [--out DIR]`.

heads        four prompts, front and three-quarter view, for the top of the README
sheet        twenty prompts with two seeds each: do the heads fit the words?
expressions  one head with jaw, blink, smile, pucker and gaze at 1
portraits    64 pictures of the data factory
skins        32 sets of its skin maps
hair         every hair style on four heads
Needs the environment of scripts/run.py (run it with .venv's Python); the first three start a local server when none
runs, the last three need none.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2

from scripts.sheets.factory import hair_sheet, portrait_sheet, skin_sheet
from scripts.sheets.heads import expressions, heads, sheet
from scripts.sheets.layout import Image

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SHEETS: Mapping[str, Callable[[bool], Image]] = {
    "heads": heads,
    "sheet": sheet,
    "expressions": expressions,
    "portraits": portrait_sheet,
    "skins": skin_sheet,
    "hair": hair_sheet,
}


def main(arguments: Sequence[str]) -> int:
    """Make the named pictures as JPEG files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=sorted(SHEETS))
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="DIR")
    parser.add_argument("--quick", action="store_true", help="small and noisy, to see whether all works")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names:
        path = options.out / f"{name}.jpg"
        cv2.imwrite(str(path), SHEETS[name](options.quick), [cv2.IMWRITE_JPEG_QUALITY, 88])
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
