"""`headsmith synth KIND`: training data without end, written as shards."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from headsmith_server.commands.command import Command, add_json, output_folder
from headsmith_server.commands.progress import ProgressLine
from headsmith_server.synthesis.shards.kinds import KINDS, find_kind
from headsmith_shared.specs import MAX_SEED

DEFAULT_SHARD_SIZE = 256
_MOST_WORKERS = {"cpu": 64, "cuda": 16}
"""By default no more than this: every process holds a copy of the models, on CUDA in the memory of the device."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to make, how much of it, and where."""
    parser.add_argument("kind", metavar="KIND", help=f"what to make: {', '.join(sorted(KINDS))}")
    parser.add_argument("--count", type=int, required=True, metavar="N", help="how many samples")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help=f"0..{MAX_SEED}; another seed, other samples")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for shards and manifest")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--workers", type=int, metavar="W", help="processes (default: one a core; on CUDA at most 16)")
    parser.add_argument("--size", type=int, metavar="PIXELS", help="side of the images (default: the kind's own)")
    parser.add_argument(
        "--views", type=int, metavar="V", help="samples of one person or clip (default: the kind's own)"
    )
    parser.add_argument("--shard-size", type=int, default=DEFAULT_SHARD_SIZE, metavar="M", help="samples in one file")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Make what is missing in the folder; 0 when all samples are there."""
    from headsmith_server.devices import available_cores, choose_device
    from headsmith_server.synthesis.shards.manifest import check_numbers, plan
    from headsmith_server.synthesis.shards.pool import Pool, check_workers
    from headsmith_server.synthesis.shards.write import write_shards

    # What can be known without torch is told at once.
    check_numbers(options.seed, options.count, options.shard_size)
    if options.workers is not None:
        check_workers(options.workers)
    kind = find_kind(options.kind)
    chosen = kind.options(options.size, options.views)
    device = choose_device(options.device)
    groups = -(-options.count // chosen.views)
    workers = min(options.workers or min(available_cores(), _MOST_WORKERS.get(device.type, 1)), groups)
    planned = plan(kind, options.seed, options.count, options.shard_size, chosen, device.type)
    with output_folder(options.out) as folder, ProgressLine(options.quiet) as line:

        def progress(made: int, wanted: int, seconds: float) -> None:
            rate = made / max(seconds, 1e-9)
            line.show(options.kind, made / wanted, (wanted - made) / rate, f"{rate:.2f}/s")

        def pool() -> Pool:
            return Pool(options.kind, options.seed, chosen, str(device), workers, line.note)

        written = write_shards(planned, folder, pool, progress, line.note)
    manifest = written.manifest
    size = sum(shard.size for shard in manifest.shards)
    rate = written.made / written.seconds if written.made else 0.0
    if options.json:
        report = {
            "kind": manifest.kind,
            "seed": manifest.seed,
            "count": manifest.count,
            "options": dict(manifest.options),
            "out": str(options.out),
            "shards": [shard.file for shard in manifest.shards],
            "bytes": size,
            "made": written.made,
            "found": written.found,
            "device": str(device),
            "workers": workers,
            "seconds": round(written.seconds, 3),
            "per_s": round(rate, 3),
        }
        print(json.dumps(report, ensure_ascii=False))
        return 0
    print(options.out)
    if not options.quiet:
        were = f", {written.found} were there" if written.found else ""
        text = f"{written.made} {manifest.kind} in {written.seconds:.1f} s ({rate:.2f}/s){were}; {size / 1e6:.1f} MB"
        print(f"headsmith: {text}", file=sys.stderr)
    return 0


COMMAND = Command("make training data", add_arguments, run)
