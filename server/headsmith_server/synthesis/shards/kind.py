"""Kind: what `headsmith synth` can make, as a pure function from a seed and a number to samples."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from headsmith_shared.errors import ErrorCode, HeadsmithError

if TYPE_CHECKING:
    import torch

Array = NDArray[Any]
Value = Array | Mapping[str, Array] | Mapping[str, Any] | str
Sample = Mapping[str, Value]
"""The parts of one sample by name. The ending of a name says what its value is: `x.png` an image [H, W] or [H, W, 3 or
4], uint8 or uint16, RGB order; `x.exr` the same as float16 or float32; `x.safetensors` float32 or int32 arrays by name;
`x.json` a JSON object; `x.txt` text."""

ROOMS: Final = ("checkpoints", "geometry", "hair", "heads", "prompt", "render", "synthesis", "texture")
"""The rooms of headsmith_server whose code decides what a sample is."""


@dataclass(frozen=True)
class Options:
    """What a run may choose. size: pixels of an image's side; views: samples of one group (person, clip)."""

    size: int
    views: int = 1


@dataclass(frozen=True)
class Kind:
    """One kind of training data.

    make(seed, group, options, device): yields `options.views` samples, numbers group * views onwards. Pure: the same
    four arguments give the same samples on every worker and in any order; nothing global is drawn from. It may be left
    unfinished (the last group of a run). size, views: the defaults; views 1 means that groups have one sample each and
    there is no choice. sizes: what `size` may be. checkpoints: the registered ones that make reads.
    licences: of everything that went into the samples. rooms: the folders of code that samples depend on.
    """

    name: str
    summary: str
    make: Callable[[int, int, Options, torch.device], Iterable[Sample]]
    size: int
    sizes: tuple[int, ...]
    views: int = 1
    most_views: int = 1
    checkpoints: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ROOMS

    def options(self, size: int | None = None, views: int | None = None) -> Options:
        """The options with this kind's defaults; HeadsmithError BAD_USAGE for what it cannot do."""
        size, views = self.size if size is None else size, self.views if views is None else views
        if size not in self.sizes:
            raise HeadsmithError(
                ErrorCode.BAD_USAGE,
                f"--size {size}: {self.name} cannot be made at this size",
                f"choose one of {', '.join(map(str, self.sizes))}",
            )
        if not 1 <= views <= self.most_views:
            what = f"1 to {self.most_views} views" if self.most_views > 1 else "no views"
            raise HeadsmithError(
                ErrorCode.BAD_USAGE, f"--views {views}: {self.name} have {what}", "change or leave out --views"
            )
        return Options(size, views)


def sample(kind: Kind, seed: int, index: int, options: Options, device: torch.device) -> Sample:
    """Sample `index` alone (the samples of its group before it are made and dropped)."""
    group, member = divmod(index, options.views)
    for number, made in enumerate(kind.make(seed, group, options, device)):
        if number == member:
            return made
    raise ValueError(f"{kind.name} gave fewer than {member + 1} samples for group {group}")


@cache
def code_fingerprint(rooms: tuple[str, ...]) -> str:
    """Hexadecimal SHA-256 of the source files of those rooms: two runs with the same one compute the same samples."""
    package = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for room in sorted(rooms):
        for path in sorted((package / room).rglob("*")):
            if path.suffix in (".py", ".json") and path.is_file():
                digest.update(path.relative_to(package).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
