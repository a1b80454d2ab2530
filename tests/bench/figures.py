"""What the bench found, as a table to read and as one line of JSON to compare with the last run's."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.measured import Usage


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `goal` is the bound that it should keep, above or below."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal


@dataclass(slots=True)
class Report:
    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)
        Console(stderr=True, highlight=False).print(f"  {figure.name}: {figure.value:.3g} {figure.unit}")

    def print(self) -> None:
        table = Table("figure", "value", "unit", "goal", "")
        for each in self.figures:
            bound = "" if each.goal is None else f"{'≥' if each.more_is_better else '≤'} {each.goal:g}"
            said = {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[each.met]
            table.add_row(each.name, f"{each.value:,.4g}", each.unit, bound, said)
        Console(width=100).print(table)
        print(json.dumps([asdict(each) for each in self.figures]))


def per_thousand(runs: list[Usage], mails: int) -> tuple[float, float]:
    """The median CPU seconds per 1,000 mails, and the median mails per second."""
    return median(run.cpu for run in runs) / mails * 1000, median(mails / run.wall for run in runs)
