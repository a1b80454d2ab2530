"""A sentence with the phrases found in it, and whether they satisfy a rule's condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mail_daemon.domain.nodes import Symbol

_REACH = 8  # words between two parts of one condition

Span = tuple[int, int]


@dataclass(slots=True)
class Sentence:
    """Some words in a row with the phrases found in them: (start, end, their lists as bits)."""

    words: Sequence[str]
    symbols: Sequence[Symbol]
    start: int  # the first of its words
    at: int  # its place among the sentences of the text
    where: str
    question: bool
    hits: Sequence[tuple[int, int, int]]
    mask: int  # all lists of the hits

    def of(self, bit: int) -> list[Span]:
        return [(start, end) for start, end, lists in self.hits if lists & bit] if self.mask & bit else []

    def stops(self, end: int, start: int) -> int:
        """How many clauses end between what ends before a word and what starts at another."""
        return sum(symbol.closes for symbol in self.symbols[end - 1 : start])


@dataclass(frozen=True, slots=True)
class Condition:
    """Lists, as bits, that must stand near one another in a sentence; `rule` is the place of its rule."""

    rule: int
    lists: tuple[int, ...]
    need: int  # all of them
    unless: int  # none of them may stand in the same clause
    ordered: bool

    def found(self, sentence: Sentence) -> list[Span]:
        """The spans that satisfy the condition: each near those before, in order where that matters."""
        first, *others = self.lists
        for span in sentence.of(first):
            spans = [span]
            begin, end = span
            for bit in others:
                nearest = _nearest(sentence, bit, begin, end, ordered=self.ordered)
                if nearest is None:
                    break
                spans.append(nearest)
                begin, end = min(begin, nearest[0]), max(end, nearest[1])
            else:
                return [] if sentence.mask & self.unless and self._barred(sentence, begin, end) else spans
        return []

    def _barred(self, sentence: Sentence, begin: int, end: int) -> bool:
        for start, stop in sentence.of(self.unless):
            if not (sentence.stops(stop, begin) if stop <= begin else sentence.stops(end, start)):
                return True
        return False


def _nearest(sentence: Sentence, bit: int, begin: int, end: int, *, ordered: bool) -> Span | None:
    """The nearest phrase of a list to the words from `begin` to `end`; one that overlaps them is none."""
    best, nearest = _REACH, None
    for start, stop, lists in sentence.hits:
        if lists & bit:
            before, after = (end, start) if start >= end else (stop, begin)
            away = after - before
            if 0 <= away <= best and not (ordered and start < end):
                away += sentence.stops(before, after)
                if away < best or (away == best and nearest is None):
                    best, nearest = away, (start, stop)
    return nearest
