"""Figures: goals are compared the right way round and printed in the fixed form."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from headsmith_server import cli
from headsmith_server.commands import measure
from headsmith_server.figures import Figure, Figures

FIGURES = Figures(
    "toy", "cpu", 1.5,
    (Figure("speed", 3.0, "1/s", 2.0, "higher", 5, {"naive": 1.0}), Figure("error", 0.5, "mm", 0.4, "lower"),
     Figure("size", 7.0, "MB", None, "lower")),
    {"pocket": "ab" * 32}, ("gpu_speed: no GPU",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "goal", "better", "met"),
    [(1, 1, "higher", True), (1, 1, "lower", True), (2, 1, "higher", True), (2, 1, "lower", False),
     (0, 1, "higher", False), (0, 1, "lower", True), (float("nan"), 1, "lower", False), (1, None, "lower", None)],
)  # fmt: skip
def test_met_follows_from_value_goal_and_direction(value: float, goal: float, better: str, met: bool) -> None:
    assert Figure("x", value, "", goal, better).met is met  # type: ignore[arg-type]


def test_json_has_the_fixed_form() -> None:
    document = json.loads(FIGURES.to_json())
    assert list(document)[:6] == ["name", "commit", "device", "checkpoints", "seconds", "figures"]
    assert document["figures"][0] == {
        "name": "speed", "value": 3.0, "unit": "1/s", "goal": 2.0, "better": "higher", "n": 5,
        "baselines": {"naive": 1.0}, "met": True,
    }  # fmt: skip
    assert document["left_out"] == ["gpu_speed: no GPU"]


def test_the_table_shows_goals_baselines_and_what_was_left_out() -> None:
    table = FIGURES.to_table()
    assert ">= 2" in table
    assert "<= 0.4" in table
    assert "NO" in table
    assert "naive" in table
    assert "left out: gpu_speed: no GPU" in table


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*, quick: bool = False, data: Path) -> Figures:
        return Figures("toy", str(data.name), float(quick), ())

    module = types.ModuleType("headsmith_server.evaluation.toy_one")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(measure, "available", lambda room: ("toy-one",))


def test_the_command_runs_the_module_of_that_name(
    toy: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["evaluate", "toy-one", "--data", str(tmp_path), "--quick", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seconds"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["toy-one"], "add --data DIR"),
        (["toy-one", "--data", "/nowhere/at/all"], "no such folder"),
        (["other"], "choose one of: toy-one"),
    ],
)
def test_wrong_use_is_told(toy: None, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_only_modules_that_measure_are_listed() -> None:
    for room in ("bench", "evaluation"):
        for name in measure.available(room):
            assert (Path(measure.__file__).parents[1] / room / f"{name.replace('-', '_')}.py").is_file()
