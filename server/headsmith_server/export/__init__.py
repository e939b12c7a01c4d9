"""Files that only Blender can write, made by a child process that holds the bpy module."""

from headsmith_server.export.process import ExportChild
from headsmith_server.export.request import ExportReport, ExportRequest, Portrait

__all__ = ["ExportChild", "ExportReport", "ExportRequest", "Portrait"]
