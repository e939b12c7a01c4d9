"""Samples for training: made as they are asked for or read from shards, the same either way."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from headsmith_server.synthesis.shards.datasets import ShardDataset, ShardShuffle, SynthDataset
from headsmith_server.synthesis.shards.manifest import NAME
from headsmith_server.synthesis.shards.tensors import collate, to_tensors
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.server.synthesis.shards.small_kinds import SMALL, VIEWS, place


def same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    return one == other


def indices(batches: Any) -> list[int]:
    return [int(index) for batch in batches for index in batch["index"]]


def test_what_is_made_and_what_is_read_are_the_same(write: Any, tmp_path: Path) -> None:
    write(VIEWS, tmp_path, 10, 3)
    read = ShardDataset(tmp_path, verify=True)
    made = list(SynthDataset(place(VIEWS), 1, count=10))
    assert len(read) == len(made) == 10
    for position in (9, 0, 4, 3):
        assert read[position].keys() == made[position].keys()
        assert all(same(value, made[position][key]) for key, value in read[position].items())
    read.close()


def test_tensors_have_the_promised_shapes_and_ranges() -> None:
    sample = next(iter(SynthDataset(place(SMALL), 1)))
    assert sample["image"].shape == (3, 16, 16)
    assert sample["image"].dtype == torch.uint8
    assert sample["height"].shape == (1, 16, 16)
    assert 0 <= float(sample["height"].min()) < float(sample["height"].max()) <= 1
    assert sample["depth"].dtype == torch.float32
    assert sample["arrays.identity"].shape == (5,)
    assert sample["meta"]["view"] == 0
    assert sample["caption"] == "person 0, view 0"


def test_batches_are_stacked_and_the_rest_listed() -> None:
    (batch,) = DataLoader(SynthDataset(place(VIEWS), 1, count=4, block=4), batch_size=4, collate_fn=collate)
    assert batch["image"].shape == (4, 3, 16, 16)
    assert batch["index"].tolist() == [0, 1, 2, 3]
    assert [meta["view"] for meta in batch["meta"]] == [0, 1, 2, 3]


def test_unequal_samples_are_not_batched() -> None:
    one = to_tensors(0, {"x.png": np.zeros((4, 4), np.uint8)})
    with pytest.raises(ValueError, match="x has different shapes"):
        collate([one, to_tensors(1, {"x.png": np.zeros((5, 4), np.uint8)})])
    with pytest.raises(ValueError, match="different parts"):
        collate([one, to_tensors(1, {"y.png": np.zeros((4, 4), np.uint8)})])


@pytest.mark.filterwarnings("ignore:This DataLoader will create 3 worker processes")
@pytest.mark.parametrize("workers", [0, 1, 3])
def test_the_order_is_that_of_the_indices_on_any_number_of_workers(workers: int) -> None:
    dataset = SynthDataset(place(VIEWS), 1, count=22, block=4, parts=["meta"])
    context = "fork" if workers else None
    loader = DataLoader(dataset, batch_size=4, num_workers=workers, collate_fn=collate, multiprocessing_context=context)
    assert indices(loader) == list(range(22))


def test_an_interrupted_training_goes_on_where_it_was() -> None:
    every = list(SynthDataset(place(VIEWS), 1, count=12))
    rest = list(SynthDataset(place(VIEWS), 1, count=12, start=5))
    assert [sample["index"] for sample in rest] == list(range(5, 12))
    assert all(same(one[key], other[key]) for one, other in zip(every[5:], rest, strict=True) for key in one)


def test_ranks_share_the_samples() -> None:
    shares = [
        [sample["index"] for sample in SynthDataset(place(SMALL), 1, count=20, block=3, rank=rank, ranks=2)]
        for rank in range(2)
    ]
    assert shares[0][:6] == [0, 1, 2, 6, 7, 8]
    assert sorted(shares[0] + shares[1]) == list(range(20))


def test_a_dataset_without_a_count_does_not_end() -> None:
    iterator = iter(SynthDataset(place(SMALL), 1, start=10**6, parts=["caption"]))
    assert [next(iterator)["index"] for _ in range(3)] == [10**6, 10**6 + 1, 10**6 + 2]


def test_only_the_chosen_parts_are_decoded(write: Any, tmp_path: Path) -> None:
    write(SMALL, tmp_path, 2, 2)
    assert ShardDataset(tmp_path, parts=["image", "meta"])[1].keys() == {"index", "image", "meta"}


def test_the_training_loop_keeps_its_threads() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for _ in SynthDataset(place(SMALL), 1, count=2):
            assert torch.get_num_threads() == 2
            assert torch.is_grad_enabled()
    finally:
        torch.set_num_threads(before)


def test_shuffled_reading_visits_all_once_file_after_file(write: Any, tmp_path: Path) -> None:
    write(SMALL, tmp_path, 23, 4)
    dataset = ShardDataset(tmp_path)
    order = list(ShardShuffle(dataset, seed=3, window=2))
    assert sorted(order) == list(range(23))
    assert order != sorted(order)
    assert len({position // 4 for position in order[:7]}) <= 2
    assert list(ShardShuffle(dataset, seed=3, window=2)) == order
    assert list(ShardShuffle(dataset, seed=3, window=2, start=9)) == order[9:]
    assert list(ShardShuffle(dataset, seed=3, epoch=1, window=2)) != order
    loader = DataLoader(
        dataset, batch_size=5, sampler=ShardShuffle(dataset, 3, window=2), num_workers=2, collate_fn=collate,
        multiprocessing_context="fork",
    )  # fmt: skip
    assert indices(loader) == order


def test_open_files_do_not_travel_to_other_processes(write: Any, tmp_path: Path) -> None:
    write(SMALL, tmp_path, 2, 2)
    dataset = ShardDataset(tmp_path)
    first = dataset[0]
    copy = pickle.loads(pickle.dumps(dataset))  # as a DataLoader does with spawned workers
    assert copy._open == {}
    assert same(copy[0]["image"], first["image"])


def test_an_unfinished_run_is_not_taken_for_whole(write: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(SMALL, tmp_path, 8, 3, error=KeyboardInterrupt(), fail_at=4)
    with pytest.raises(HeadsmithError, match="3 of 8"):
        ShardDataset(tmp_path)
    assert len(ShardDataset(tmp_path, incomplete=True)) == 3


def test_damaged_folders_are_refused_by_name(write: Any, tmp_path: Path) -> None:
    with pytest.raises(HeadsmithError, match=NAME):
        ShardDataset(tmp_path)
    write(SMALL, tmp_path, 4, 2)
    path = tmp_path / "small-1-000001.tar"
    good = path.read_bytes()
    path.write_bytes(good[:-512])
    with pytest.raises(HeadsmithError, match="000001"):
        ShardDataset(tmp_path)
    path.unlink()
    with pytest.raises(HeadsmithError, match="000001"):
        ShardDataset(tmp_path)
    at = good.index(b"IDAT") + 40
    path.write_bytes(good[:at] + b"\0\0\0\0" + good[at + 4 :])
    with pytest.raises(HeadsmithError, match="000001"):
        ShardDataset(tmp_path, verify=True)
    with pytest.raises(HeadsmithError) as caught:
        ShardDataset(tmp_path)[2]
    assert caught.value.code is ErrorCode.BAD_FILE
    assert "sample 2" in caught.value.message


@pytest.mark.parametrize(
    "wrong", [{"block": 0}, {"start": -1}, {"rank": 2, "ranks": 2}, {"count": 0}, {"size": 17}, {"views": 9}]
)
def test_wrong_numbers_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(HeadsmithError) as caught:
        SynthDataset(place(SMALL), 1, **wrong)  # type: ignore[arg-type]
    assert caught.value.code is ErrorCode.BAD_USAGE
