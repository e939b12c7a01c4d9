"""Mends one slip of the fingers in a long word: one letter more, less, wrong, or two swapped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 6
"""Shorter words have too many neighbours to be guessed."""


class Spelling:
    """An index of known words by what is left when a letter is dropped, so that a look-up is linear in the word."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_shorter: dict[str, list[str]] = {}
        for word in sorted(word for word in words if len(word) >= SHORTEST and word.isascii()):
            for shorter in {word, *_shorter(word)}:
                self._by_shorter.setdefault(shorter, []).append(word)

    def mended(self, word: str) -> str | None:
        """The known word at distance one that begins with the same letter (or has the first two swapped), else None.

        A word of SHORTEST letters or more; among several the one with the same length, then the first in the alphabet.
        """
        if not SHORTEST <= len(word) <= 30:
            return None
        candidates = {
            known
            for key in (word, *_shorter(word))
            for known in self._by_shorter.get(key, ())
            if _one_slip(word, known)
        }
        return min(candidates, key=lambda known: (abs(len(known) - len(word)), known), default=None)


def _shorter(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _one_slip(written: str, known: str) -> bool:
    """True at Damerau-Levenshtein distance one, the first letter kept unless it was swapped with the second."""
    prefix = next(
        (at for at, (a, b) in enumerate(zip(written, known, strict=False)) if a != b), min(len(written), len(known))
    )
    a, b = written[prefix:], known[prefix:]
    if len(a) == len(b) and len(a) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]:
        return True
    if prefix == 0:
        return False
    return a[1:] == b[1:] or a[1:] == b or a == b[1:]
