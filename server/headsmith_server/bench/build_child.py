"""The process that times the builders: `python -m headsmith_server.bench.build_child WORKSPACE HEAD RUNS`.

Prints {"milliseconds": [...], "hair_milliseconds": [...], "keys": shape keys of a built head, "strands": hairs of it,
"blender": version} as its last line of output.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from headsmith_server.export.mount import find_extension, mount_extension
from headsmith_shared.headfile import read_head


def main(workspace: Path, head: Path, runs: int) -> dict[str, object]:
    """Builds the head `runs` times as a new object each, after one that is not counted; maps stay files."""
    api = mount_extension(find_extension(), workspace)
    bpy = sys.modules["bpy"]
    asset = read_head(head)
    milliseconds: list[float] = []
    hair: list[float] = []
    keys = 0
    for number in range(runs + 1):
        textures = workspace / f"textures-{number}"
        textures.mkdir()
        started = time.perf_counter()
        built = api.build_head(asset, pack=False, texture_dir=textures)
        whole = 1000 * (time.perf_counter() - started)
        milliseconds.append(whole - built.hair_milliseconds)
        hair.append(built.hair_milliseconds)
        # The basis is a key block too, but not one of the expressions.
        keys = len(bpy.data.objects[built.object_name].data.shape_keys.key_blocks) - 1
    return {
        "milliseconds": milliseconds[1:],
        "hair_milliseconds": hair[1:],
        "keys": keys,
        "strands": sum(len(strands.counts) for strands in asset.strands),
        "blender": bpy.app.version_string,
    }


if __name__ == "__main__":
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Blender prints to descriptor 1, also from C
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))), file=output, flush=True)
    os._exit(0)  # some bpy builds crash while Python shuts down
