"""What people have done with their hair: a style and a beard drawn by age, sex and the hair that grows there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from headsmith_server.hair.parameters import MOUSTACHES, BeardParameters, HairParameters
from headsmith_server.prompt.description import HeadDescription
from headsmith_server.prompt.hairstyles import usual_hairline
from headsmith_server.synthesis.streams import pick

MEN: Final = {
    "receding": 0.06, "buzz_cut": 0.13, "crew_cut": 0.17, "side_part": 0.20, "quiff": 0.12, "pixie": 0.03,
    "bob": 0.02, "straight": 0.05, "wavy": 0.05, "curly": 0.05, "bun": 0.02, "mohawk": 0.03, "ponytail": 0.02,
    "bald": 0.05,
}  # fmt: skip
WOMEN: Final = {
    "pixie": 0.11, "bob": 0.16, "straight": 0.19, "wavy": 0.19, "curly": 0.11, "ponytail": 0.09, "bun": 0.09,
    "side_part": 0.03, "buzz_cut": 0.02, "mohawk": 0.01,
}  # fmt: skip
COILED: Final = {"afro": 0.30, "locs": 0.16, "braids": 0.20, "buzz_cut": 0.22, "crew_cut": 0.12}
"""Styles of tightly coiled hair, as likely as the person's African share makes it."""
BEARDS: Final = {
    "none": 0.44, "stubble": 0.20, "short": 0.12, "full": 0.08, "long": 0.02, "goatee": 0.05, "van_dyke": 0.02,
    "chin_strap": 0.02, "soul_patch": 0.01, "mutton_chops": 0.01, "sideburns": 0.03,
}  # fmt: skip


def with_hair(description: HeadDescription, draws: np.random.Generator) -> HeadDescription:
    """The same person with a style and a beard of the population; colours and balding follow the description."""
    coiled = draws.random() < 0.85 * description.ancestry.get("african", 0.0)
    man = description.masculinity > 0.5
    style = pick(draws, COILED if coiled else MEN if man else WOMEN)
    years = description.age_years
    loss = float(np.clip((years - 25.0) / 55.0, 0.0, 1.0)) * (1.0 if man else 0.15)
    recession = float(loss * draws.random() ** 1.5)
    crown = float(np.clip(1.2 * loss * draws.random() - 0.15, 0.0, 1.0)) if man else 0.0
    recession = max(recession, 0.9 * crown - 0.15)  # no bald crown behind a boy's hairline
    if style in ("receding", "bald", "mohawk") and years < 18.0:
        style = "crew_cut"
    if crown > 0.45 and style not in ("bald", "buzz_cut"):
        style = "receding"
    hair = HairParameters(
        style=style,
        length=float(draws.uniform(0.1, 0.9)),
        density=float(np.clip(draws.normal(0.75, 0.12) - 0.25 * loss, 0.3, 1.0)),
        curl=float(np.clip(draws.normal(0.0, 0.18), -0.4, 0.5)),
        frizz=float(draws.beta(1.6, 5.0)),
        volume=float(np.clip(draws.normal(0.5, 0.18), 0.05, 0.95)),
        parting=pick(draws, {"none": 0.4, "left": 0.25, "middle": 0.15, "right": 0.2}),
        fringe=float(draws.beta(1.2, 2.0)) if draws.random() < 0.35 else 0.0,
        recession=recession,
        crown=crown,
        fade=float(draws.uniform(0.0, 0.9)),
        colour=description.skin.hair,
    )
    beard = _beard(description, draws)
    hairline = float(np.clip(usual_hairline(description.masculinity, years) + draws.normal(0.0, 0.25), -1.0, 1.0))
    return replace(description, hair=replace(hair, hairline=hairline), beard=beard)


def _beard(description: HeadDescription, draws: np.random.Generator) -> BeardParameters:
    style, moustache = (
        pick(draws, BEARDS),
        pick(draws, {name: 5.0 if name == "natural" else 1.0 for name in MOUSTACHES}),
    )
    length, density, curl, patchiness = draws.random(4)
    if description.age_years < 17.0 or description.masculinity < 0.6:
        return BeardParameters()
    bearded = style in ("short", "full", "long", "goatee", "van_dyke")
    if not bearded and draws.random() > 0.08:
        moustache = "none"
    elif bearded and moustache == "none":
        moustache = "natural"
    return BeardParameters(
        style=style,
        moustache=moustache,
        length=float(0.15 + 0.7 * length),
        density=float(0.45 + 0.5 * density),
        curl=float(0.1 + 0.5 * curl + 0.25 * description.ancestry.get("african", 0.0)),
        patchiness=float(0.35 * patchiness**2),
        colour=description.skin.beard,
    )
