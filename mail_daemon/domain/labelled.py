"""Mails that a person ranked, and how the rules rank them: accuracy, confusion and misses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mail_daemon.domain.priority import Ranking

LEVELS = (1, 2, 3, 4)

Rank = Callable[[str, str], Ranking]  # subject, body


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mail and the level that a person gave it; `line` is where it stands in its file."""

    line: int
    level: int
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A mail that the rules rank otherwise than the person did."""

    mail: Labelled
    ranking: Ranking

    @property
    def grave(self) -> bool:
        """An outage taken for something that can wait, or the other way round."""
        levels = {self.mail.level, self.ranking.level}
        return 1 in levels and bool(levels & {3, 4})


@dataclass(frozen=True, slots=True)
class Score:
    """`confusion` counts mails by (level of the person, level of the rules)."""

    mails: int
    confusion: Mapping[tuple[int, int], int]
    misses: tuple[Miss, ...]

    @property
    def right(self) -> int:
        return self.mails - len(self.misses)

    @property
    def accuracy(self) -> float:
        return self.right / self.mails if self.mails else 0.0


def read(lines: Iterable[str]) -> Iterator[Labelled]:
    r"""Reads lines of level, subject and body, parted by tabs; `\n` in a body is a line break.

    Blank lines and those that begin with # are left out. Raises ValueError that names the line.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.rstrip("\r\n").split("\t")
        if len(parts) != 3 or parts[0].strip() not in map(str, LEVELS):
            raise ValueError(f"{number}: no labelled mail; write level (1 to 4), subject and body, parted by tabs")
        yield Labelled(number, int(parts[0]), parts[1], parts[2].replace("\\n", "\n"))


def score(mails: Sequence[Labelled], rank: Rank) -> Score:
    """Ranks each mail and compares."""
    confusion: Counter[tuple[int, int]] = Counter()
    misses = []
    for mail in mails:
        ranking = rank(mail.subject, mail.body)
        confusion[mail.level, ranking.level] += 1
        if ranking.level != mail.level:
            misses.append(Miss(mail, ranking))
    return Score(len(mails), confusion, tuple(misses))
