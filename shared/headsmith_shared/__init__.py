"""What Headsmith's server, its clients and the Blender extension agree on: assets, takes and the protocol."""

__version__ = "0.1.0"
