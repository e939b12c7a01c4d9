"""The heads of a scene: select, use again, rebuild, delete, import."""
