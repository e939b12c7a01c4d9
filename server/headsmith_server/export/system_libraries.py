"""Which Debian/Ubuntu package brings a shared library that bpy or OpenCV misses.

`python -m headsmith_server.export.system_libraries MODULE...` imports the modules and prints the remedy for the first
that fails; the set-up asks so, right after installing.
"""

from __future__ import annotations

import importlib
import re
import sys
from typing import Final

BPY_PACKAGES: Final = (
    "libgl1",
    "libegl1",
    "libsm6",
    "libice6",
    "libx11-6",
    "libxi6",
    "libxfixes3",
    "libxrender1",
    "libxkbcommon0",
    "libglib2.0-0",
    "libgomp1",
)
_PACKAGES: Final = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXi.so.6": "libxi6",
    "libXfixes.so.3": "libxfixes3",
    "libXrender.so.1": "libxrender1",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
}
_MISSING: Final = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


def missing_library_remedy(text: str) -> str | None:
    """The apt line that mends an ImportError's text; None when it does not tell of a missing library.

    The loader names one library at a time, so the line brings all that bpy needs, the missing one first.
    """
    found = _MISSING.search(text)
    if found is None:
        return None
    first = _PACKAGES.get(found[1])
    packages = dict.fromkeys((*((first,) if first else ()), *BPY_PACKAGES))
    return f"apt-get install -y {' '.join(packages)}"


def main(modules: list[str]) -> int:
    """0 when all modules import; else 1 and one line on standard output."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            remedy = missing_library_remedy(str(error))
            print(f"{module} needs a system library: {remedy}" if remedy else f"{module} cannot be imported: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
