"""The 52 names, as Apple writes them."""

from __future__ import annotations

from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES


def test_there_are_52_different_names_in_a_fixed_order() -> None:
    assert len(ARKIT_NAMES) == len(set(ARKIT_NAMES)) == 52
    assert [ARKIT_INDEX[name] for name in ARKIT_NAMES] == list(range(52))
    assert (ARKIT_NAMES[0], ARKIT_NAMES[17], ARKIT_NAMES[-1]) == ("eyeBlinkLeft", "jawOpen", "tongueOut")


def test_every_left_has_its_right() -> None:
    for name in ARKIT_NAMES:
        if name.endswith("Left"):
            assert name.removesuffix("Left") + "Right" in ARKIT_INDEX
