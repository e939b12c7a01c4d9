"""Build-time scripts; nothing here is imported by the runtime."""
