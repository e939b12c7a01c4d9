"""The lexicon: tables of words, one file a topic, and the dictionary made of them."""

from headsmith_server.prompt.lexicon.compile import LEXICON, Lexicon, Phrase, Role

__all__ = ["LEXICON", "Lexicon", "Phrase", "Role"]
