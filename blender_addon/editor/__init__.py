"""Operators and panels: a folder a feature, each with ops, panel and property_group where it needs them."""
