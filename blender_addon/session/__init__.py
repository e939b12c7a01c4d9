"""The running conversation with a server: one per Blender process, kept outside of the file that is open."""
