"""A report that may be pasted into a public issue: no home, no user, no host, no folder of this machine."""

from __future__ import annotations

import getpass
import platform
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from headsmith_shared.connection import state_dir

_ABSOLUTE: Final = re.compile(r"(?<![\w:/.<>~-])(?:/[^\s'\"/:;,]+)+/|[A-Za-z]:\\(?:[^\\'\"\s:;,]+\\)+")
_KEY: Final = re.compile(r"(?<![\w.-])[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}(?![\w.-])")
_LEAST_NAME: Final = 3


class Mask:
    """Replaces what tells about the person or the machine. folders: placeholder -> folder, longest first."""

    def __init__(self, folders: Mapping[str, Path], user: str, host: str) -> None:
        known = [(str(path), placeholder) for placeholder, path in folders.items() if len(str(path)) > 1]
        self._folders = sorted(known, key=lambda item: -len(item[0]))
        names = [(user, "<user>"), (host, "<host>"), (host.split(".")[0], "<host>")]
        self._names = [
            (re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])", re.IGNORECASE), placeholder)
            for name, placeholder in names
            if len(name) >= _LEAST_NAME
        ]

    @classmethod
    def of_this_machine(cls) -> Mask:
        """The mask for who runs this."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # no such user in the system's table, as in some containers
            user = ""
        root = Path(__file__).resolve().parents[3]
        folders = {
            "<headsmith>": root,
            "<state>": state_dir(),
            "<temp>": Path(tempfile.gettempdir()),
            "<python>": Path(sys.prefix),
            "~": Path.home(),
        }
        return cls(folders, user, platform.node())

    def __call__(self, text: str) -> str:
        """The text without private parts; the last name of a path stays, so that it still helps."""
        for folder, placeholder in self._folders:
            text = text.replace(folder, placeholder)
        text = _ABSOLUTE.sub("<folder>/", text)
        for pattern, placeholder in self._names:
            text = pattern.sub(placeholder, text)
        return _KEY.sub("<key>", text)
