"""Measures real skins into the painter's statistics.

    python scripts/measure_skins.py --data DIR [--work DIR] [--out FILE]

DIR is the development data with skins/ and heads/. Needs the `tracking` and `dev` extras; the registration takes
minutes and is kept in --work.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    os.execve(sys.executable, [sys.executable, "-m", "scripts.skins.measuring", *sys.argv[1:]], environment)
