"""Synonyms and phrasings that no caption and no lexicon may hold, so that understanding them can be measured.

Which of the candidates are held out was fixed by a hash before any training and never changes; `digest` says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

SALT: Final = "headsmith held-out 1"


@dataclass(frozen=True)
class Synonym:
    """A word for one end of a shape. feature: the lexicon's feature it is said of; channel and side (-1, 1): what it
    means."""

    word: str
    feature: str
    channel: str
    side: int


_CANDIDATES: Final = (
    Synonym("expansive", "nose", "nose_width", 1),
    Synonym("splayed", "nose", "nose_width", 1),
    Synonym("whittled", "nose", "nose_width", -1),
    Synonym("reedlike", "nose", "nose_width", -1),
    Synonym("protracted", "nose", "nose_length", 1),
    Synonym("truncated", "nose", "nose_length", -1),
    Synonym("accipitrine", "nose", "nose_bridge", 1),
    Synonym("cambered", "nose", "nose_bridge", 1),
    Synonym("sinking", "nose", "nose_bridge", -1),
    Synonym("skyward", "nose tip", "nose_tip", 1),
    Synonym("earthbound", "nose tip", "nose_tip", -1),
    Synonym("bountiful", "lips", "lip_fullness", 1),
    Synonym("juicy", "lips", "lip_fullness", 1),
    Synonym("meagre", "lips", "lip_fullness", -1),
    Synonym("threadlike", "lips", "lip_fullness", -1),
    Synonym("capacious", "mouth", "mouth_width", 1),
    Synonym("stretched", "mouth", "mouth_width", 1),
    Synonym("compact", "mouth", "mouth_width", -1),
    Synonym("herculean", "jaw", "jaw_width", 1),
    Synonym("beefed up", "jaw", "jaw_width", 1),
    Synonym("funnelled", "face", "jaw_width", -1),
    Synonym("outthrust", "chin", "chin", 1),
    Synonym("assertive", "chin", "chin", 1),
    Synonym("apologetic", "chin", "chin", -1),
    Synonym("bashful", "chin", "chin", -1),
    Synonym("towering", "forehead", "forehead_height", 1),
    Synonym("sprawling", "forehead", "forehead_height", 1),
    Synonym("stunted", "forehead", "forehead_height", -1),
    Synonym("looming", "brow ridge", "brow_ridge", 1),
    Synonym("shelving", "brow ridge", "brow_ridge", 1),
    Synonym("unobtrusive", "brow ridge", "brow_ridge", -1),
    Synonym("ballooning", "cheeks", "cheek_fullness", 1),
    Synonym("hamsterlike", "cheeks", "cheek_fullness", 1),
    Synonym("depleted", "cheeks", "cheek_fullness", -1),
    Synonym("caved in", "cheeks", "cheek_fullness", -1),
    Synonym("orblike", "eyes", "eye_size", 1),
    Synonym("commodious", "eyes", "eye_size", 1),
    Synonym("pinprick", "eyes", "eye_size", -1),
    Synonym("undersize", "eyes", "eye_size", -1),
    Synonym("widely parted", "eyes", "eye_spacing", 1),
    Synonym("crowded", "eyes", "eye_spacing", -1),
    Synonym("rising", "eyes", "eye_tilt", 1),
    Synonym("doleful", "eyes", "eye_tilt", -1),
    Synonym("elephantine", "ears", "ear_size", 1),
    Synonym("humongous", "ears", "ear_size", 1),
    Synonym("vestigial", "ears", "ear_size", -1),
    Synonym("splayed out", "ears", "ear_protrusion", 1),
    Synonym("snug", "ears", "ear_protrusion", -1),
    Synonym("stretched", "face", "face_length", 1),
    Synonym("truncated", "face", "face_length", -1),
    Synonym("expansive", "face", "face_width", 1),
    Synonym("bladelike", "face", "face_width", -1),
    Synonym("trunklike", "neck", "neck_width", 1),
    Synonym("columnar", "neck", "neck_width", 1),
    Synonym("stalky", "neck", "neck_width", -1),
    Synonym("reedy", "neck", "neck_width", -1),
)
_CANDIDATE_PHRASINGS: Final = (
    "{subject} whose most striking feature is {the_first}; note also {the_rest}",
    "What one notices first about {subject} is {the_first}, and then {the_rest}",
    "Picture {subject}: {the_first} dominates, and there is {the_rest}",
    "Were you to meet {subject}, you would remember {the_first} and {the_rest}",
    "{the_first}, {the_rest}: thus one would describe {subject}",
    "There is {the_first} and there is {the_rest}, and they belong to {subject}",
    "Nobody would call {subject} plain, what with {the_first} and {the_rest}",
    "The sitter, {subject}, is marked by {the_first} as much as by {the_rest}",
)


def _is_held_out(text: str) -> bool:
    return hashlib.sha256(f"{SALT}|{text}".encode()).digest()[0] < 192


SYNONYMS: Final = tuple(entry for entry in _CANDIDATES if _is_held_out(f"{entry.feature}|{entry.word}"))
PHRASINGS: Final = tuple(text for text in _CANDIDATE_PHRASINGS if _is_held_out(text))


def digest() -> str:
    """sha256 of everything that is held out; a test pins it."""
    rows = [f"{entry.word}|{entry.feature}|{entry.channel}|{entry.side}" for entry in SYNONYMS]
    return hashlib.sha256("\n".join([*rows, *PHRASINGS]).encode()).hexdigest()
