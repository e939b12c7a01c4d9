"""What a pipeline yields: progress, notes and finished artifacts."""

from __future__ import annotations

from dataclasses import dataclass, field

from headsmith_shared.asset import Json


@dataclass(frozen=True)
class Progress:
    """stage: a short name for people ("skin albedo"); fraction: of the whole job, 0..1."""

    stage: str
    fraction: float


@dataclass(frozen=True)
class Note:
    """Something the user should read: kind "not_understood", "not_built" or "warning"; text by name."""

    kind: str
    text: str


@dataclass(frozen=True)
class Artifact:
    """A finished piece. kind "geometry" (a .head without maps; a second one has its hair), "map" (one encoded image) or
    "head" (the .head)."""

    kind: str
    name: str
    media_type: str
    data: bytes
    meta: Json = field(default_factory=dict)


PipelineEvent = Progress | Note | Artifact
