"""A sentence becomes a head: sets up the environment, starts a local server, makes the head and its files.

    python3 scripts/run.py "an elderly sailor with weathered dark skin, a broad nose and grey stubble"

writes NAME.head, NAME.blend, NAME.glb and a portrait NAME.png into --out (default out/). Every further option is
passed on to `headsmith generate`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import SetupError, ensure

# The Start button in Blender reads this record, so that it finds the server without being told where it lives.
RECORD = """
import sys
from headsmith_shared.connection import record_server_command
record_server_command([sys.executable, "-m", "headsmith_server", "serve", "--idle-exit", "14400"])
"""


def main(arguments: list[str]) -> int:
    """Returns the exit code of `headsmith generate`; 2 when the environment cannot be made, 130 when interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="run.py [-h] [--out DIR] PROMPT [options of headsmith generate]",
        allow_abbrev=False,
    )
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="where the files go")
    options, passed_on = parser.parse_known_args(arguments)
    if not passed_on:
        parser.error("the prompt is missing: say in words what head to make")
    started = time.monotonic()
    try:
        python = str(ensure(("blender",)))
        ready = time.monotonic()
        if ready - started > 1:
            print(f"headsmith: environment ready after {ready - started:.0f} s", file=sys.stderr)
        recorded = subprocess.run([python, "-c", RECORD], capture_output=True, text=True, check=False)
        if recorded.returncode:
            raise SetupError((recorded.stderr.strip().splitlines() or ["the server command cannot be recorded"])[-1])
        generate = [python, "-m", "headsmith_server", "generate", "--blend", "--glb", "--render"]
        return subprocess.run([*generate, "--out", str(options.out), *passed_on], check=False).returncode
    except SetupError as error:
        print(f"headsmith: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
