"""Torch datasets: SynthDataset makes samples as they are asked for, ShardDataset reads them from a folder."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Generator, Iterator, Sequence
from itertools import count as naturals
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset, Sampler, get_worker_info

from headsmith_server.devices import choose_device
from headsmith_server.synthesis.shards.kind import Sample
from headsmith_server.synthesis.shards.kinds import find_kind
from headsmith_server.synthesis.shards.manifest import NAME, Manifest, Shard, read_manifest
from headsmith_server.synthesis.shards.parts import decode, stem
from headsmith_server.synthesis.shards.tar import ShardReader
from headsmith_server.synthesis.shards.tensors import TensorSample, to_tensors
from headsmith_server.synthesis.shards.write import tasks
from headsmith_shared.errors import ErrorCode, HeadsmithError

_OPEN_SHARDS: Final = 8


class SynthDataset(IterableDataset[TensorSample]):
    """Samples start, start + 1 ... straight from a kind's function; nothing touches the disk.

    kind, seed, size, views: as on the command line; count: how many samples exist, None for no end; start: where to go
    on after an interrupted training. block: the batch size of the loader: then its batches come in the order of the
    indices whatever its number of workers, and batch b of rank r of `ranks` processes is block b * ranks + r. A block
    should be a multiple of `views`, else a group is made by two workers. parts: stems to keep, None for all
    (`meta.json` has the stem "meta"). Samples are those of the shards of the same kind, seed, options and device class.
    Raises HeadsmithError BAD_USAGE for options that the kind does not know.
    """

    def __init__(
        self,
        kind: str,
        seed: int,
        *,
        count: int | None = None,
        start: int = 0,
        block: int = 1,
        rank: int = 0,
        ranks: int = 1,
        size: int | None = None,
        views: int | None = None,
        device: str = "cpu",
        parts: Sequence[str] | None = None,
    ) -> None:
        if block < 1 or start < 0 or not 0 <= rank < ranks or (count is not None and count < 1):
            raise HeadsmithError(
                ErrorCode.BAD_USAGE,
                f"count {count}, start {start}, block {block}, rank {rank} of {ranks}: out of range",
                "counts and blocks from 1, start and rank from 0",
            )
        self._kind = find_kind(kind)
        self._options = self._kind.options(size, views)
        self._seed, self._count, self._start, self._block = seed, count, start, block
        self._rank, self._ranks = rank, ranks
        self._device = device
        self._parts = None if parts is None else frozenset(parts)

    def __iter__(self) -> Iterator[TensorSample]:
        """This worker's samples, in order."""
        info = get_worker_info()
        number, workers = (0, 1) if info is None else (info.id, info.num_workers)
        for turn in naturals(number, workers):
            first = self._start + (turn * self._ranks + self._rank) * self._block
            last = first + self._block if self._count is None else min(first + self._block, self._count)
            if first >= last:
                return
            yield from self._samples(range(first, last))

    def _samples(self, numbers: range) -> Iterator[TensorSample]:
        views, device, index = self._options.views, choose_device(self._device), numbers.start
        for task in tasks(numbers, views):
            # Not across a yield: what the training loop does in between is its own.
            with _alone_on_one_thread():
                made: list[Sample] = []
                for member, sample in enumerate(self._kind.make(self._seed, task.group, self._options, device)):
                    if member >= task.last:
                        break
                    if member >= task.first:
                        made.append(sample)
            for sample in made:
                yield to_tensors(index, _chosen(sample, self._parts))
                index += 1


class ShardDataset(Dataset[TensorSample]):
    """The samples of a folder that `headsmith synth` wrote, by index; what lies there is checked as a stranger's.

    parts: stems to keep, None for all; only these are decoded. incomplete: take a folder whose run has not ended (its
    whole shards). verify: compare every shard's SHA-256 with the manifest first. Open it before a DataLoader's workers
    start; each then opens files of its own.
    Raises HeadsmithError BAD_FILE, TOO_LARGE or BAD_INPUT naming the path; reading a sample may too.
    """

    def __init__(
        self, folder: Path, *, parts: Sequence[str] | None = None, incomplete: bool = False, verify: bool = False
    ) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{folder}: has no {NAME}", "name a folder of `headsmith synth`")
        if not manifest.complete and not incomplete:
            there = sum(shard.count for shard in manifest.shards)
            raise HeadsmithError(
                ErrorCode.BAD_INPUT,
                f"{folder}: holds {there} of {manifest.count} samples",
                "run the same `headsmith synth` again to complete it",
            )
        self.manifest: Final[Manifest] = manifest
        self._folder = folder
        self._parts = None if parts is None else frozenset(parts)
        self._ends = np.cumsum([shard.count for shard in manifest.shards])
        self._open: dict[str, ShardReader] = {}
        for shard in manifest.shards:
            self._check(shard, verify)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, position: int) -> TensorSample:
        """Sample number `position` of those that are there, as to_tensors gives it."""
        index, sample = self.sample(position)
        return to_tensors(index, sample)

    def sample(self, position: int) -> tuple[int, Sample]:
        """(index, parts as arrays and objects) of sample number `position` of those that are there."""
        index, encoded = self.encoded(position)
        try:
            return index, {name: decode(name, data) for name, data in encoded.items()}
        except HeadsmithError as error:
            raise HeadsmithError(error.code, f"{self._folder}: sample {index}: {error.message}", error.remedy) from None

    def encoded(self, position: int) -> tuple[int, dict[str, bytes]]:
        """(index, chosen parts as they lie in the file)."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        number = int(np.searchsorted(self._ends, position, side="right"))
        shard = self.manifest.shards[number]
        index = shard.first + shard.count - (int(self._ends[number]) - position)
        return index, _chosen_names(self._reader(shard).sample(index), self._parts)

    def shard_positions(self) -> list[range]:
        """The positions that lie in one file, file by file."""
        ends = [int(end) for end in self._ends]
        return [range(begin, end) for begin, end in zip([0, *ends], ends, strict=False)]

    def close(self) -> None:
        """Close the files."""
        while self._open:
            self._open.popitem()[1].close()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_open": {}}  # files stay with the process that opened them

    def _reader(self, shard: Shard) -> ShardReader:
        if shard.file not in self._open:
            while len(self._open) >= _OPEN_SHARDS:
                self._open.pop(next(iter(self._open))).close()
            self._open[shard.file] = ShardReader(self._folder / shard.file, shard.first, shard.count)
        return self._open[shard.file]

    def _check(self, shard: Shard, verify: bool) -> None:
        path = self._folder / shard.file
        try:
            size = path.stat().st_size
            if size == shard.size and verify:
                with path.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != shard.sha256:
                        size = -1
        except OSError:
            size = -1
        if size != shard.size:
            raise HeadsmithError(
                ErrorCode.BAD_FILE,
                f"{path}: is absent or not the one that the manifest lists",
                "run the same `headsmith synth` again, or fetch the shard again",
            )


class ShardShuffle(Sampler[int]):
    """All positions of a ShardDataset in a seeded order that reads file after file: shards in random order, and the
    samples in random order within windows of `window` shards. Set `epoch` before each pass; start: positions to skip.
    """

    def __init__(self, dataset: ShardDataset, seed: int, *, epoch: int = 0, window: int = 4, start: int = 0) -> None:
        self._ranges = dataset.shard_positions()
        self._seed, self._window = seed, min(max(1, window), _OPEN_SHARDS)
        self.epoch, self.start = epoch, start

    def __len__(self) -> int:
        return max(0, sum(map(len, self._ranges)) - self.start)

    def __iter__(self) -> Iterator[int]:
        generator = np.random.default_rng([self._seed, self.epoch])
        order = generator.permutation(len(self._ranges))
        skipped = 0
        for begin in range(0, len(order), self._window):
            positions = np.concatenate([self._ranges[number] for number in order[begin : begin + self._window]])
            for position in generator.permutation(positions):
                if skipped < self.start:
                    skipped += 1
                else:
                    yield int(position)


def _chosen(sample: Sample, parts: frozenset[str] | None) -> Sample:
    return sample if parts is None else {name: value for name, value in sample.items() if stem(name) in parts}


def _chosen_names(sample: dict[str, bytes], parts: frozenset[str] | None) -> dict[str, bytes]:
    return sample if parts is None else {name: data for name, data in sample.items() if stem(name) in parts}


@contextlib.contextmanager
def _alone_on_one_thread() -> Generator[None, None, None]:
    """As a worker of `headsmith synth` computes: no gradients, one thread, so that the bits are the same."""
    before, before_cv = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_num_threads(before)
        cv2.setNumThreads(before_cv)
