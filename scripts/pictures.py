"""Makes the pictures of the documentation: `python scripts/pictures.py NAME [NAME ...]`; --help tells the names."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    os.execve(sys.executable, [sys.executable, "-m", "scripts.sheets", *sys.argv[1:]], environment)
