"""One file's values, each with the line or the variable that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Where = tuple[str | int, ...]  # ("mailboxes", 0, "host")


class Place(NamedTuple):
    """A file and its line, or (line 0) the environment variable that a value came from."""

    source: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


class Problem(NamedTuple):
    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class ConfigError(Exception):
    """The configuration can't be used. `problems`: lines of "path:line: what is wrong; write ..."."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def in_order(problems: Iterable[Problem], sources: Sequence[str]) -> list[str]:
    """Each problem once, in the order of files and lines, variables before them."""

    def position(problem: Problem) -> tuple[int, int]:
        source, line = problem.place
        return (sources.index(source) if source in sources else len(sources) if line else -1, line)

    return list(dict.fromkeys(str(problem) for problem in sorted(problems, key=position)))


@dataclass
class Document:
    """One file's values, where each stands, and what was wrong with the file itself."""

    source: str
    data: dict[str | int, Any] = field(default_factory=dict, repr=False)
    places: dict[Where, Place] = field(default_factory=dict, repr=False)
    problems: list[Problem] = field(default_factory=list)

    def place(self, where: Where) -> Place:
        """Where a value stands, or else the nearest section around it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.places:
                return self.places[where[:length]]
        return Place(self.source, 1)

    def each(self, *pattern: str) -> Iterator[tuple[Where, Any]]:
        """The values on a path, "*" standing for every item of a list; what doesn't fit is passed over."""
        found: list[tuple[Where, Any]] = [((), self.data)]
        for part in pattern:
            found = [step for where, value in found for step in _steps(where, value, part)]
        yield from found

    def fill_from(self, other: Document) -> None:
        """Takes over what the other document says and this one leaves out, section by section."""
        _fill(self, other, self.data, other.data, ())


def _steps(where: Where, value: Any, part: str) -> Iterator[tuple[Where, Any]]:
    if part == "*" and isinstance(value, list):
        yield from (((*where, index), item) for index, item in enumerate(value))
    elif isinstance(value, dict) and part in value:
        yield (*where, part), value[part]


def _fill(document: Document, other: Document, mine: Any, theirs: Any, where: Where) -> None:
    for key, value in theirs.items():
        if key not in mine:
            mine[key] = value
            below = (*where, key)
            taken = {at: place for at, place in other.places.items() if at[: len(below)] == below}
            document.places.update(taken)
        elif isinstance(mine[key], dict) and isinstance(value, dict):
            _fill(document, other, mine[key], value, (*where, key))
