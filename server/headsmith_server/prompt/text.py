"""A prompt made clean: checked, folded to plain lower-case Latin letters, cut into tokens."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from headsmith_server.prompt.listed import listed
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import MAX_PROMPT_LENGTH

EXAMPLE: Final = "describe a head in English, such as 'an old sailor with a broad nose'"

_HOMOGLYPHS: Final = str.maketrans("аеорсухіѕјһԁɡοανικτρυεӏ", "aeopcyxisjhdgoaviktpuel")
"""Cyrillic and Greek letters that look like Latin ones; mapped only inside words that mix scripts."""
_QUOTES: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": ",",
        "…": ".",
        "“": '"',
        "”": '"',
        "&": " and ",
        "+": " and ",
    }
)
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[,;:.!?\n()\[\]/|\"]|[^\s\w]|_")
_NUMBER_SUFFIXES: Final = frozenset(
    listed("s, ish, yo, yrs, yr, y, years, year, something, plus, th, st, nd, rd, months, month, mo, odd, o")
)


class TokenKind(StrEnum):
    WORD = "word"
    NUMBER = "number"
    COMMA = "comma"
    STOP = "stop"
    COLON = "colon"


@dataclass(frozen=True)
class Token:
    """text: folded; hyphen: joined to the token before by a hyphen."""

    text: str
    kind: TokenKind
    hyphen: bool = False


def check_length(prompt: str) -> None:
    """Refuse at once what is empty (BAD_INPUT) or longer than MAX_PROMPT_LENGTH characters (TOO_LARGE)."""
    if len(prompt) > MAX_PROMPT_LENGTH:
        raise HeadsmithError(
            ErrorCode.TOO_LARGE,
            f"the prompt has {len(prompt)} characters, more than {MAX_PROMPT_LENGTH}",
            "say it in fewer words",
        )
    if not any(character.isalnum() for character in prompt):
        raise HeadsmithError(ErrorCode.BAD_INPUT, "the prompt is empty", EXAMPLE)


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "LATIN" in unicodedata.name(letter, "")


def check_script(prompt: str) -> None:
    """Refuse a prompt whose letters are mostly not Latin ones (BAD_INPUT)."""
    letters = [letter for letter in unicodedata.normalize("NFKC", prompt) if letter.isalpha()]
    if not letters:
        return
    foreign = sum(not _is_latin(letter) for letter in letters)
    if foreign * 2 > len(letters):
        raise not_english(prompt)


def not_english(prompt: str) -> HeadsmithError:
    """The error for text in another language; quotes the beginning without control characters."""
    printable = "".join(character if character.isprintable() else " " for character in prompt)
    shown = " ".join(printable.split())
    shown = shown if len(shown) <= 40 else shown[:39] + "\u2026"
    return HeadsmithError(ErrorCode.BAD_INPUT, f"could not read \u201c{shown}\u201d as English", EXAMPLE)


def fold(text: str) -> str:
    """Lower case, compatibility forms resolved, accents and invisible characters dropped, quotes made plain."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    text = "".join(_visible(character) for character in unicodedata.normalize("NFKD", text))
    return re.sub(r"\w+", lambda word: _unmask(word.group()), text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\n\t\r\u2028\u2029":
        return "\n" if character != "\t" else " "
    if category in ("Mn", "Cf", "Cs", "Co", "Cn", "Me"):
        return ""
    return " " if category == "Cc" else character


def _unmask(word: str) -> str:
    """Look-alike letters of other scripts back to Latin, in words that have Latin letters too."""
    if word.isascii() or not any("a" <= letter <= "z" for letter in word):
        return word
    return word.translate(_HOMOGLYPHS)


def tokenise(text: str) -> list[Token]:
    """Words, numbers and breaks of folded text. Hyphens part words ("wide-set" is two), possessives lose their s."""
    tokens: list[Token] = []
    hyphen = False
    end = -1
    for match in _TOKEN.finditer(text):
        piece = match.group()
        joined, hyphen = hyphen, False
        if piece[0].isdigit():
            tokens.append(Token(piece, TokenKind.NUMBER, joined))
        elif piece[0].isalpha():
            tokens += _words(piece, tokens, joined, touching=match.start() == end)
        elif piece == "-":
            hyphen = True
        elif piece == ",":
            tokens.append(Token(piece, TokenKind.COMMA))
        elif piece == ":":
            tokens.append(Token(piece, TokenKind.COLON))
        elif piece in "/|" and tokens and tokens[-1].kind is TokenKind.WORD:
            hyphen = len(tokens[-1].text) == 1  # "y/o", "w/o"; else a slash lists alternatives
            if not hyphen:
                tokens.append(Token(",", TokenKind.COMMA))
        elif piece in ";.!?\n()[]|":
            tokens.append(Token(piece, TokenKind.STOP))
        end = match.end()
    return tokens


def _words(piece: str, before: list[Token], hyphen: bool, touching: bool) -> list[Token]:
    """One run of letters as tokens; letters that touch a number ("31yo", "8k") stay apart or join it."""
    word = piece[:-2] if piece.endswith("'s") else piece
    word = word.replace("'", "")
    if touching and before and before[-1].kind is TokenKind.NUMBER and word not in _NUMBER_SUFFIXES:
        number = before.pop()
        return [Token(number.text + word, TokenKind.WORD, number.hyphen)]
    if not word:
        return []
    return [Token(word, TokenKind.WORD, hyphen)]
