"""Braids: box braids, or with a parting two plaits behind the ears."""

from __future__ import annotations

from headsmith_server.hair.coils import roped
from headsmith_server.hair.gathered import two_plaits
from headsmith_server.hair.growth import Growth, Order


def braids(order: Order) -> list[Growth]:
    """Some hundred box braids; with a parting (left, middle or right) two thick plaits instead."""
    if order.hair.parting != "none":
        return two_plaits(order)
    return [roped(order, "braids", amount=220, radius=4.1, plait=True, points=64)]
