"""Sets up the environment with all extras and runs the whole test suite; further arguments go to pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, SetupError, ensure

EXTRAS = ("blender", "tracking", "cluster", "dev")


def main(arguments: list[str]) -> int:
    """Returns pytest's exit status; 2 when the environment cannot be made."""
    try:
        python = ensure(EXTRAS)
    except SetupError as error:
        print(f"headsmith: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    environment = {**os.environ, "HEADSMITH_TESTING": "1", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "2"}
    command = [str(python), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
