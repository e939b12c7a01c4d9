"""Lists of words written as one comma-separated string, so that tables stay readable."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The comma-separated entries, their inner spaces folded to one.

    >>> listed("close set, close  together,")
    ('close set', 'close together')
    """
    return tuple(" ".join(part.split()) for part in text.split(",") if part.strip())
