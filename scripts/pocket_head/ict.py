"""The ICT-FaceKit model as the fitting reads it; the reader itself is shared with the evaluation."""

from headsmith_server.heads.ict_facekit import FACE_RANGES, VERTEX_RANGES, IctModel, find_or_unpack, load_ict

__all__ = ["FACE_RANGES", "VERTEX_RANGES", "IctModel", "find_or_unpack", "load_ict"]
