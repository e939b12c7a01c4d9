"""A process that makes samples: `python -m headsmith_server.synthesis.shards.worker`, spoken to through its pipes.

It reads a set-up message, then one message a task, and answers each with the encoded samples or an error. It ends
when its input ends, so it outlives neither its owner nor its owner's death.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import IO, Any

from headsmith_server.synthesis.shards import frames
from headsmith_shared.errors import ErrorCode, HeadsmithError


def main() -> int:
    """Serve tasks until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the owner decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not be taken for an answer
    requests = sys.stdin.buffer
    first = frames.receive(requests)
    if first is None:
        return 0
    set_up = first[0]
    try:
        with ThreadPoolExecutor(int(set_up["threads"])) as pool:
            make = _Maker(set_up, pool)
            frames.send(answers, {"ready": True})
            _serve(make, requests, answers)
    except BrokenPipeError:
        return 0
    except Exception as error:
        traceback.print_exc()
        frames.send(answers, _error(error))
        return 1
    return 0


def _serve(make: _Maker, requests: IO[bytes], answers: IO[bytes]) -> None:
    while (request := frames.receive(requests)) is not None:
        task = request[0]
        try:
            samples = make(int(task["group"]), int(task["first"]), int(task["last"]))
        except BrokenPipeError:
            raise
        except Exception as error:
            traceback.print_exc()
            frames.send(answers, _error(error))
            continue
        names = [list(sample) for sample in samples]
        frames.send(answers, {"names": names}, [body for sample in samples for body in sample.values()])


class _Maker:
    """The kind's function with everything but the task filled in, on one thread, and its encoding."""

    def __init__(self, set_up: dict[str, Any], pool: ThreadPoolExecutor) -> None:
        import cv2
        import torch

        from headsmith_server.devices import choose_device
        from headsmith_server.synthesis.shards.kind import Options
        from headsmith_server.synthesis.shards.kinds import find_kind

        # One thread each: sums come out the same whatever the machine, and workers do not fight for cores.
        torch.set_num_threads(1)
        torch.set_grad_enabled(False)
        cv2.setNumThreads(1)
        self._device = choose_device(set_up["device"])
        if self._device.type == "cuda":
            torch.use_deterministic_algorithms(True, warn_only=True)
        self._kind = find_kind(set_up["kind"])
        self._seed = int(set_up["seed"])
        self._options = Options(int(set_up["size"]), int(set_up["views"]))
        self._pool = pool

    def __call__(self, group: int, first: int, last: int) -> list[dict[str, bytes]]:
        """The members first .. last - 1 of a group, encoded; each is encoded while the next is made."""
        from headsmith_server.synthesis.shards.parts import encode_sample

        made = self._kind.make(self._seed, group, self._options, self._device)
        pending: list[Future[dict[str, bytes]]] = [
            self._pool.submit(encode_sample, sample) for sample in islice(made, first, last)
        ]
        if len(pending) < last - first:
            raise ValueError(f"{self._kind.name} gave fewer than {last} samples for group {group}")
        return [future.result() for future in pending]


def _error(error: Exception) -> dict[str, Any]:
    if isinstance(error, HeadsmithError):
        return {"error": error.code.value, "message": error.message, "remedy": error.remedy}
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return {
            "error": ErrorCode.OUT_OF_MEMORY.value,
            "message": "no memory left",
            "remedy": "use fewer --workers or a smaller --size",
        }
    cause = (str(error).strip().splitlines() or [""])[0]
    return {
        "error": ErrorCode.JOB_FAILED.value,
        "message": f"{type(error).__name__}: {cause}"[:500],
        "remedy": "this is a bug: report it with this line",
    }


if __name__ == "__main__":
    sys.exit(main())
