"""Headsmith in Blender: rigged, animatable heads from a sentence. Scripts start at `api`."""


def register() -> None:
    """Called by Blender when the extension is enabled."""


def unregister() -> None:
    """Called by Blender when the extension is disabled or Blender ends."""
