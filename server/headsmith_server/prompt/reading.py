"""What the parser hands on: statements about a head, and everything it could not use, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One thing that the words say.

    channel: what it is about (see channels.py); value: a number in the channel's own scale, or a name;
    degree: 1 as said plainly, 1.4 "very", 0.45 "slightly"; negated: "not", "no", "without";
    soft: "not very", "not too", a weaker denial; words: as the user wrote them (folded to lower case).
    """

    channel: str
    value: float | str
    degree: float = 1.0
    negated: bool = False
    soft: bool = False
    words: str = ""


@dataclass(frozen=True)
class Reading:
    """A prompt, read.

    statements: in the order of the words; not_understood: words or phrases that nobody could read;
    not_built: understood, but this version makes nothing of it; read_as: (written, read) where a spelling
    was mended. Every content word of the prompt is in one of the four.
    """

    prompt: str
    statements: tuple[Statement, ...] = ()
    not_understood: tuple[str, ...] = ()
    not_built: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()

    def about(self, channel: str) -> tuple[Statement, ...]:
        """All statements about a channel, in the order said."""
        return tuple(statement for statement in self.statements if statement.channel == channel)

    def last(self, channel: str) -> Statement | None:
        """The last positive statement about a channel: what is said later overrides."""
        said = [statement for statement in self.about(channel) if not statement.negated]
        return said[-1] if said else None

    def denies(self, channel: str) -> bool:
        """True when the channel is only ever denied ("no freckles")."""
        said = self.about(channel)
        return bool(said) and all(statement.negated for statement in said)


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """The words without repetition, first occurrence kept."""
    return tuple(dict.fromkeys(words))
