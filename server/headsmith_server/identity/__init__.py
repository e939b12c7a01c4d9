"""Faces in images: where they are, their landmarks, and whose they are."""
