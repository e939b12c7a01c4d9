"""Captions: varied English for what is really in a sample, from the prompt reader's own lexicon."""

from headsmith_server.synthesis.captions.facts import Facts, facts_of
from headsmith_server.synthesis.captions.write import Caption, write_caption

__all__ = ["Caption", "Facts", "facts_of", "write_caption"]
