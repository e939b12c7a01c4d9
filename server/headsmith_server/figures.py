"""What every bench and evaluation prints: figures beside their goals, as one JSON object or as a table."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Figure:
    """One measured number. goal: the number asked for, never moved to fit; None when nothing is asked.

    baselines: the same measured on the same work in the same run by something simpler; n: how many samples.
    """

    name: str
    value: float
    unit: str
    goal: float | None
    better: Better
    n: int = 1
    baselines: Mapping[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the value reaches the goal; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal


@dataclass(frozen=True)
class Figures:
    """The result of one bench or evaluation. device: "cpu", "cuda:0 NAME"; checkpoints: name -> sha256;
    left_out: what could not be measured and why."""

    name: str
    device: str
    seconds: float
    figures: tuple[Figure, ...]
    checkpoints: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One JSON object, in the form that the architecture page fixes."""
        document: dict[str, object] = {
            "name": self.name,
            "commit": commit(),
            "device": self.device,
            "checkpoints": dict(self.checkpoints),
            "seconds": round(self.seconds, 3),
            "figures": [{**dataclasses.asdict(figure), "met": figure.met} for figure in self.figures],
        }
        if self.left_out:
            document["left_out"] = list(self.left_out)
        return json.dumps(document, ensure_ascii=False)

    def to_table(self) -> str:
        """The same for people."""
        rows = [("figure", "value", "goal", "met", "unit", "n")]
        for figure in self.figures:
            sign = "" if figure.goal is None else (">= " if figure.better == "higher" else "<= ")
            goal = "" if figure.goal is None else f"{sign}{figure.goal:g}"
            met = {True: "yes", False: "NO", None: ""}[figure.met]
            rows.append((figure.name, f"{figure.value:.4g}", goal, met, figure.unit, str(figure.n)))
            rows += [(f"  {name}", f"{value:.4g}", "", "", "", "") for name, value in figure.baselines.items()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        lines += [f"left out: {text}" for text in self.left_out]
        return "\n".join([*lines, f"{self.name} on {self.device}, {self.seconds:.1f} s"])


def commit() -> str:
    """The commit of the checkout this runs from, with "+" when files differ from it; "" outside a
    checkout."""
    here = Path(__file__).parent
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, timeout=10)
        if head.returncode:
            return ""
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=10,
        )
        return head.stdout.strip() + ("+" if changed.stdout.strip() else "")
    except (OSError, subprocess.TimeoutExpired):
        return ""
