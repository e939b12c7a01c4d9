"""The tick: progress that never goes back, stages that are timed, and a cancel that stops the work."""

from __future__ import annotations

import threading
import time

import pytest

from headsmith_server.executors.context import JobContext
from headsmith_shared.errors import ErrorCode, HeadsmithError


def context_with_report() -> tuple[JobContext, threading.Event, list[tuple[str, float]]]:
    cancelled, told = threading.Event(), []
    return JobContext("cpu", cancelled, lambda stage, fraction: told.append((stage, fraction))), cancelled, told


def test_fractions_never_go_back_and_stay_within_one() -> None:
    context, _, told = context_with_report()
    for fraction, stage in ((0.2, "a"), (0.1, "b"), (7.0, "c")):
        context.tick(fraction, stage)
    assert told == [("a", 0.2), ("b", 0.2), ("c", 1.0)]


def test_steps_are_reported_at_most_twenty_times_a_second() -> None:
    context, _, told = context_with_report()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        context.tick(0.5, "stage")
    assert 2 <= len(told) <= 8


def test_a_tick_without_news_reports_nothing() -> None:
    context, _, told = context_with_report()
    for _ in range(10):
        context.tick()
    assert told == []


def test_cancel_is_raised_at_the_next_tick() -> None:
    context, cancelled, _ = context_with_report()
    context.tick(0.1)
    cancelled.set()
    with pytest.raises(HeadsmithError) as caught:
        context.tick()
    assert caught.value.code is ErrorCode.CANCELLED


def test_stages_are_timed_and_add_up() -> None:
    context, _, _ = context_with_report()
    context.tick(0.0, "geometry")
    time.sleep(0.05)
    context.tick(0.5, "skin")
    time.sleep(0.1)
    context.tick(0.6, "geometry")
    seconds, stages = context.finish()
    assert list(stages) == ["geometry", "skin"]
    assert stages["skin"] == pytest.approx(0.1, abs=0.05)
    assert sum(stages.values()) == pytest.approx(seconds, abs=0.02)


def test_the_device_is_torchs() -> None:
    context, _, _ = context_with_report()
    assert context.device.type == "cpu"
