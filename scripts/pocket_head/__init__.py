"""Fitting the pocket head: layout, statistics, parts and packing (see ../fit_pocket_head.py)."""
