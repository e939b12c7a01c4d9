"""The fitting from beginning to end; scripts/fit_pocket_head.py is its command line."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import torch

from headsmith_server.checkpoints import registry
from scripts.pocket_head import pack
from scripts.pocket_head.assembly import fit, make_ground
from scripts.pocket_head.ict import ARCHIVE, NEUTRAL, find_or_unpack, load_ict
from scripts.pocket_head.layout import build_layout
from scripts.pocket_head.makehuman import load_makehuman
from scripts.pocket_head.obj import IctModel as IctFiles
from scripts.pocket_head.registration import ict_landmarks, register
from scripts.pocket_head.semantics import directions
from scripts.pocket_head.statistics import makehuman_fields


def main() -> None:
    """Parse the command line, fit, write, say where."""
    parser = argparse.ArgumentParser(prog="fit_pocket_head.py", description="Fits the pocket head.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the head models' archives")
    parser.add_argument("--work", type=Path, help="folder for intermediate arrays (default: a temporary one)")
    parser.add_argument("--out", type=Path, default=registry.FOLDER / "pocket_head.safetensors")
    parser.add_argument("--seed", type=int, default=20)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        run(options.data, options.work or Path(temporary), options.out, options.seed)


def run(data: Path, work: Path, out: Path, seed: int) -> None:
    """Fit from `data` and write the checkpoint `out`; intermediate arrays stay in `work`."""
    started = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - started:6.1f} s  {text}", flush=True)

    work.mkdir(parents=True, exist_ok=True)
    ict, makehuman = load_ict(data, work), load_makehuman(data, work)
    say("data read")
    files = IctFiles(find_or_unpack(data, work, ARCHIVE, NEUTRAL))
    ground = make_ground(ict, build_layout(files, work), ict_landmarks(ict, work))
    say(f"skin of {len(ground.mesh.positions)} vertices, {len(ground.mean)} linear ones")
    registration = register(ict, makehuman, work)
    say("ICT's mean laid onto MakeHuman's")
    head = fit(ground, registration, directions(registration), makehuman_fields(registration), seed)
    say(f"{len(head.identity)} modes, {len(head.attributes)} directions, {len(head.expressions)} shapes")
    pack.write(head, out)
    entry = pack.enter(out)
    say(f"{out}: {entry.size / 1e6:.2f} MB, sha256 {entry.sha256[:12]}")


if __name__ == "__main__":
    main()
