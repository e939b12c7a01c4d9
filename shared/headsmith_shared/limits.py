"""How large a `.head` or `.take` file may be: generous for people, final for hostile input."""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

MAX_FILE_BYTES: Final = 1024 * MIB
MAX_ENTRIES: Final = 128
MAX_ENTRY_NAME: Final = 160
MAX_JSON_BYTES: Final = 4 * MIB
MAX_JSON_DEPTH: Final = 32
MAX_ARRAYS_BYTES: Final = 512 * MIB
MAX_ARRAYS_HEADER_BYTES: Final = 1 * MIB
MAX_ARRAYS: Final = 4096
MAX_ARRAY_DIMENSIONS: Final = 4

MAX_TITLE: Final = 200
MAX_TEXT: Final = 100_000
MAX_PARTS: Final = 64
MAX_VERTICES: Final = 1_000_000
MAX_FACES: Final = 2_000_000
MAX_UVS: Final = 4_000_000
MAX_KEYS: Final = 512
MAX_JOINTS: Final = 64
MAX_COORDINATE_M: Final = 100.0
MAX_MAPS: Final = 64
MAX_MAP_SIDE: Final = 16_384
MAX_MAP_BYTES: Final = 512 * MIB
MAX_STRAND_SETS: Final = 16
MAX_STRANDS: Final = 500_000
MAX_STRAND_POINTS: Final = 20_000_000
MAX_LANDMARK_SETS: Final = 16
MAX_LANDMARKS: Final = 10_000
MAX_FRAMES: Final = 1_000_000
MAX_FPS: Final = 1000.0
