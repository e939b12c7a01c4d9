"""One way to write a log line: what happened, then `key=value` fields (the job's id among them)."""

from __future__ import annotations

import json


def line(what: str, /, **fields: object) -> str:
    """`what` and its fields as one line; empty fields are left out, texts are quoted where they must be."""
    shown = [what]
    for name, value in fields.items():
        if value is None or value == "":
            continue
        text = str(value)
        plain = text.isascii() and text.isprintable() and " " not in text and '"' not in text
        shown.append(f"{name}={text if plain else json.dumps(text, ensure_ascii=False)}")
    return " ".join(shown)
