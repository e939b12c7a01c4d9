"""Shader node trees of a head: described as data, merged into Blender's materials without undoing the user's work."""
