"""The ICT-FaceKit model as the fitting reads it; the reader itself is shared with the evaluation."""

from headsmith_server.heads.ict_facekit import (
    ARCHIVE,
    FACE_RANGES,
    NEUTRAL,
    VERTEX_RANGES,
    IctModel,
    find_or_unpack,
    load_ict,
)

__all__ = ["ARCHIVE", "FACE_RANGES", "NEUTRAL", "VERTEX_RANGES", "IctModel", "find_or_unpack", "load_ict"]
