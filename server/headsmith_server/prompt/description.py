"""HeadDescription: what a sentence says about a head, in numbers; the only thing that geometry and texture read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headsmith_server.hair.parameters import BeardParameters, HairParameters
from headsmith_server.texture.parameters import BrowParameters, EyeParameters, SkinParameters, TeethParameters


@dataclass(frozen=True)
class HeadDescription:
    """What was said, filled up with seeded draws where the sentence is silent.

    attributes: semantic direction -> standard deviations (names of HeadModel.attributes), only what was said or
    follows from age, sex and ancestry; the rest of the identity is drawn. implied: those of them that only follow,
    so that people of one kind still differ.
    not_understood: words nobody could read; not_built: what was understood but cannot be built yet;
    read_as: mended spellings ("freckels as freckles").
    """

    age_years: float
    masculinity: float
    ancestry: Mapping[str, float]
    attributes: Mapping[str, float]
    skin: SkinParameters
    eyes: EyeParameters
    brows: BrowParameters
    teeth: TeethParameters = field(default_factory=TeethParameters)
    lash_length: float = 0.5
    hair: HairParameters = field(default_factory=HairParameters)
    beard: BeardParameters = field(default_factory=BeardParameters)
    not_understood: tuple[str, ...] = ()
    not_built: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    implied: frozenset[str] = frozenset()
