"""Reasons not to take a fault at its word: it is denied, over, only imagined or already mended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from operator import or_

from mail_daemon.domain.condition import Sentence, Span
from mail_daemon.domain.scope import OTHERS_FINE

NEGATION = "negation"
PAST = "past"  # was, were, had, after the
PAST_TIME = "past_time"  # yesterday, last week
ONGOING = "ongoing"  # since, now
RECURRING = "recurring"  # still, keeps, again and again
HYPOTHESIS = "hypothesis"  # what if, in the event of
UNSURE = "unsure"  # if, whether: nobody knows that it is so
CONDITION = "condition"  # if, in case, whenever: counts beside a wish
WISH = "wish"  # set up, configure, route
RESTORED = "restored"  # back up, works again
SIGNS = (NEGATION, PAST, PAST_TIME, ONGOING, RECURRING, HYPOTHESIS, UNSURE, CONDITION, WISH, RESTORED)

Restored = tuple[int, int]
NEVER: Restored = (-1, -1)

_NEAR = 3  # words between "not" and what it denies
_NEAR_PAST = 4
_NEAR_IF = 1


class Doubts:
    """Knows the bits of the lists of doubt. Pure; built once with the table of rules."""

    def __init__(self, bits: Mapping[str, int], negations: Collection[str]) -> None:
        """`bits` are those of the lists by name, `negations` the words of the list of negation."""
        self._negations = frozenset(negations)
        self._bits = {name: bits.get(name, 0) for name in SIGNS}
        self._any = reduce(or_, self._bits.values())
        # "The others work again" says nothing of the fault itself.
        self._unsure = self._bits[RECURRING] | self._bits[HYPOTHESIS] | bits.get(OTHERS_FINE, 0)

    def restored_at(self, sentences: Sequence[Sentence]) -> Restored:
        """Where a mail last says that service is back, as (sentence, word)."""
        last = NEVER
        for sentence in sentences:
            if sentence.question or sentence.mask & self._unsure:
                continue
            for span in sentence.of(self._bits[RESTORED]):
                spoiled = self._before(sentence, CONDITION, [span], _NEAR_PAST)
                if not spoiled and not self.denied(sentence, span):
                    last = (sentence.at, span[1] - 1)
        return last

    def about(self, sentence: Sentence, found: Sequence[Span], restored: Restored) -> str:
        """Why a fault found at these spans does not count; an empty word when it does."""
        mask = sentence.mask
        if not mask & self._any and restored == NEVER:
            return ""
        if mask & self._bits[HYPOTHESIS]:
            return HYPOTHESIS
        if mask & self._bits[CONDITION] and mask & self._bits[WISH]:
            first = max(span[0] for span in found)
            if any(start < first for start, _ in sentence.of(self._bits[CONDITION])):
                return CONDITION
        if self._before(sentence, UNSURE, found, _NEAR_IF):
            return CONDITION
        if self._before(sentence, NEGATION, found, _NEAR):
            return NEGATION
        over = restored > NEVER or bool(mask & self._bits[PAST_TIME])
        goes_on = mask & (self._bits[ONGOING] | self._bits[RECURRING])
        if restored >= (sentence.at, found[0][0]) and not goes_on:
            return RESTORED
        return PAST if over and not goes_on and self._told(sentence, found) else ""

    def _told(self, sentence: Sentence, found: Sequence[Span]) -> bool:
        """Whether a word of the past stands in a fault's words (phones were down) or shortly before them."""
        first, last = min(start for start, _ in found), max(end for _, end in found)
        inside = any(first <= start < last for start, _ in sentence.of(self._bits[PAST]))
        return inside or self._before(sentence, PAST, found, _NEAR_PAST)

    def denied(self, sentence: Sentence, span: Span) -> bool:
        """Whether a negation stands anywhere before in the clause: none of the phones works, nor do the others."""
        for at in range(span[0] - 1, sentence.start - 1, -1):
            if sentence.symbols[at].closes:
                return False
            if sentence.words[at] in self._negations:
                return True
        return False

    def _before(self, sentence: Sentence, sign: str, found: Sequence[Span], near: int) -> bool:
        """Whether a sign stands shortly before one of the spans, in its clause, and is not part of them."""
        for begin, end in sentence.of(self._bits[sign]):
            if any(begin < stop and start < end for start, stop in found):
                continue
            if any(end <= start <= end + near and not sentence.stops(end, start) for start, _ in found):
                return True
        return False
