"""Headsmith in Blender: rigged, animatable heads from a sentence. Scripts start at `api`."""

from __future__ import annotations


def register() -> None:
    """Called by Blender when the extension is enabled."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled or Blender ends."""
    from . import registration

    registration.unregister()
