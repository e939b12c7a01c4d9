"""Fits the pocket head to ICT-FaceKit and MakeHuman and writes its checkpoint.

    python scripts/fit_pocket_head.py --data DIR [--work DIR] [--out FILE] [--seed N]

DIR holds heads/ict-facekit.tar.xz and heads/makehuman-head.tar.xz, or what is in them. The same data and seed give
the same statistics. Needs the `blender`, `tracking` and `dev` extras (QuadriFlow, landmarks, sparse solvers).
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "scripts.pocket_head.fitting", *sys.argv[1:]]
    os.execve(sys.executable, command, environment)
