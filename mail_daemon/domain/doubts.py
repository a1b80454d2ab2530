"""Reasons not to take a fault at its word: it is denied, over, only imagined or already mended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mail_daemon.domain.condition import Sentence, Span
from mail_daemon.domain.scope import OTHERS_FINE
from mail_daemon.domain.words import COMMA

NEGATION = "negation"
PAST = "past"  # was, were, had, after the
PAST_TIME = "past_time"  # yesterday, last week
ONGOING = "ongoing"  # since, now
RECURRING = "recurring"  # still, keeps, again and again
HYPOTHESIS = "hypothesis"  # what if, in the event of
CONDITION = "condition"  # if, in case, whenever: counts beside a wish
WISH = "wish"  # set up, configure, route
RESTORED = "restored"  # back up, works again
SIGNS = (NEGATION, PAST, PAST_TIME, ONGOING, RECURRING, HYPOTHESIS, CONDITION, WISH, RESTORED)

_NEAR = 3  # words between "not" and what it denies
_NEAR_PAST = 4


class Doubts:
    """Knows the bits of the lists of doubt. Pure; built once with the table of rules."""

    def __init__(self, bits: Mapping[str, int], negations: Collection[str]) -> None:
        """`bits` are those of the lists by name, `negations` the words of the list of negation."""
        self._negations = frozenset(negations)
        self._bits = {name: bits.get(name, 0) for name in SIGNS}
        # "The others work again" says nothing of the fault itself.
        self._unsure = self._bits[RECURRING] | self._bits[HYPOTHESIS] | bits.get(OTHERS_FINE, 0)

    def restored_at(self, sentences: Sequence[Sentence], tokens: Sequence[str]) -> int:
        """Where a mail last says that service is back; -1 when it does not."""
        last = -1
        for sentence in sentences:
            if sentence.question or sentence.mask & self._unsure:
                continue
            for span in sentence.of(self._bits[RESTORED]):
                spoiled = self._before(sentence, CONDITION, [span], tokens, _NEAR_PAST)
                if not spoiled and not self._denied(sentence, span, tokens):
                    last = span[1] - 1
        return last

    def about(self, sentence: Sentence, found: Sequence[Span], tokens: Sequence[str], restored: int) -> str:
        """Why a fault found at these spans does not count; an empty word when it does."""
        mask = sentence.mask
        if mask & self._bits[HYPOTHESIS]:
            return HYPOTHESIS
        if mask & self._bits[CONDITION] and mask & self._bits[WISH]:
            first = max(span[0] for span in found)
            if any(start < first for start, _ in sentence.of(self._bits[CONDITION])):
                return CONDITION
        if self._before(sentence, NEGATION, found, tokens, _NEAR):
            return NEGATION
        over = restored >= 0 or bool(mask & self._bits[PAST_TIME])
        goes_on = mask & (self._bits[ONGOING] | self._bits[RECURRING])
        if restored >= found[0][0] and not goes_on:
            return RESTORED
        return PAST if over and not goes_on and self._told(sentence, found, tokens) else ""

    def _told(self, sentence: Sentence, found: Sequence[Span], tokens: Sequence[str]) -> bool:
        """Whether a word of the past stands in a fault's words (phones were down) or shortly before them."""
        first, last = min(start for start, _ in found), max(end for _, end in found)
        inside = any(first < start < last for start, _ in sentence.of(self._bits[PAST]))
        return inside or self._before(sentence, PAST, found, tokens, _NEAR_PAST)

    def _denied(self, sentence: Sentence, span: Span, tokens: Sequence[str]) -> bool:
        """Whether a negation stands anywhere before in the clause: not one of the phones has come back."""
        for token in reversed(tokens[sentence.start : span[0]]):
            if token == COMMA:
                return False
            if token in self._negations:
                return True
        return False

    def _before(self, sentence: Sentence, sign: str, found: Sequence[Span], tokens: Sequence[str], near: int) -> bool:
        """Whether a sign stands shortly before one of the spans, in its clause, and is not part of them."""
        for _, end in self._apart(sentence, sign, found):
            for start, _ in found:
                if end <= start <= end + near and COMMA not in tokens[end:start]:
                    return True
        return False

    def _apart(self, sentence: Sentence, sign: str, found: Sequence[Span]) -> list[Span]:
        signs = sentence.of(self._bits[sign])
        return [s for s in signs if not any(s[0] < end and start < s[1] for start, end in found)]
