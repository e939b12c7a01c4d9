"""A studio for one head: camera, soft lights, backdrop and render settings."""
