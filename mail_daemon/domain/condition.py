"""A sentence with the phrases found in it, and whether they satisfy a rule's condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mail_daemon.domain.words import COMMA

_REACH = 8  # words between two parts of one condition

Span = tuple[int, int]


@dataclass(slots=True)
class Sentence:
    """A stretch of tokens with the phrases found in it: (start, end, their lists as bits)."""

    start: int
    end: int
    question: bool
    hits: Sequence[tuple[int, int, int]]
    mask: int  # all lists of the hits

    def of(self, bit: int) -> list[Span]:
        if not self.mask & bit:
            return []
        return [(start, end) for start, end, lists in self.hits if lists & bit]


@dataclass(frozen=True, slots=True)
class Condition:
    """Lists, as bits, that must stand near one another in a sentence; `rule` is the place of its rule."""

    rule: int
    lists: tuple[int, ...]
    need: int  # all of them
    unless: int  # none of them may stand in the same clause
    ordered: bool

    def met(self, mask: int) -> bool:
        """Whether a sentence with these lists is worth looking at."""
        return self.need & mask == self.need

    def found(self, sentence: Sentence, tokens: Sequence[str]) -> list[Span]:
        """The spans that satisfy the condition: each near those before, in order where that matters."""
        for first in sentence.of(self.lists[0]):
            spans = [first]
            for bit in self.lists[1:]:
                span = _nearest(sentence, bit, spans, ordered=self.ordered)
                if span is None:
                    break
                spans.append(span)
            else:
                return [] if self._barred(sentence, spans, tokens) else spans
        return []

    def _barred(self, sentence: Sentence, spans: Sequence[Span], tokens: Sequence[str]) -> bool:
        begin, end = min(start for start, _ in spans), max(end for _, end in spans)
        return any(COMMA not in tokens[min(begin, span[1]) : max(end, span[0])] for span in sentence.of(self.unless))


def _nearest(sentence: Sentence, bit: int, spans: Sequence[Span], *, ordered: bool) -> Span | None:
    begin, end = min(start for start, _ in spans), max(end for _, end in spans)
    best = None
    for span in sentence.of(bit):
        after, before = span[0] - end, begin - span[1]
        away = after if after >= 0 else before if before >= 0 and not ordered else _REACH + 1
        if away <= _REACH and (best is None or away < best[0]):
            best = (away, span)
    return best[1] if best else None
