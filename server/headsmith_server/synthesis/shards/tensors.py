"""Samples as tensors, one by one and in batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from headsmith_server.synthesis.shards.kind import Sample
from headsmith_server.synthesis.shards.parts import stem

TensorSample = dict[str, Any]
"""See to_tensors."""


def to_tensors(index: int, sample: Sample) -> TensorSample:
    """A sample as a training loop wants it, without the endings of its names.

    "index": the sample's number. An 8-bit PNG becomes uint8 [C, H, W] (C 1, 3 or 4, RGB order; divide by 255 on the
    device), a 16-bit PNG float32 [C, H, W] in 0..1, an EXR float32 [C, H, W]; each array `a` of `x.safetensors` becomes
    "x.a" in its own shape and type; JSON and text stay Python objects.
    """
    tensors: TensorSample = {"index": index}
    for name, value in sample.items():
        key = stem(name)
        if isinstance(value, np.ndarray):
            tensors[key] = _image(value)
        elif name.endswith(".safetensors"):
            assert not isinstance(value, str)
            tensors.update({f"{key}.{part}": torch.from_numpy(np.ascontiguousarray(value[part])) for part in value})
        else:
            tensors[key] = value
    return tensors


def collate(samples: Sequence[TensorSample]) -> TensorSample:
    """A batch: "index" int64 [B], tensors stacked along a new first axis, everything else as lists of length B.

    ValueError when samples have other parts or shapes than the first: choose what to learn from before.
    """
    first = samples[0]
    if any(sample.keys() != first.keys() for sample in samples):
        raise ValueError("the samples of a batch have different parts")
    batch: TensorSample = {"index": torch.tensor([sample["index"] for sample in samples])}
    for key, value in first.items():
        if key == "index":
            continue
        values = [sample[key] for sample in samples]
        if isinstance(value, torch.Tensor):
            shapes = {tuple(each.shape) for each in values}
            if len(shapes) > 1:
                raise ValueError(f"{key} has different shapes in one batch: {sorted(shapes)}")
            batch[key] = torch.stack(values)
        else:
            batch[key] = values
    return batch


def _image(image: np.ndarray[Any, Any]) -> torch.Tensor:
    planes = image[None] if image.ndim == 2 else image.transpose(2, 0, 1)
    if planes.dtype == np.uint8:
        return torch.from_numpy(np.ascontiguousarray(planes))
    if planes.dtype == np.uint16:
        return torch.from_numpy(planes.astype(np.float32) / np.float32(65535.0))
    return torch.from_numpy(np.ascontiguousarray(planes, np.float32))
