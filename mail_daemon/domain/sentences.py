"""A mail's text as the sentences that count, each with the phrases found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from mail_daemon.domain.condition import Sentence
from mail_daemon.domain.matcher import Hit, Matcher
from mail_daemon.domain.nodes import Symbol
from mail_daemon.domain.words import QUESTION, words

IGNORED = "ignored"  # phrases that mean nothing: their words are not looked at
SENTENCES = "ignored_sentences"
ENDINGS = "endings"  # signatures and disclaimers: nothing counts from here on ...
RESUMED = "resumed"  # ... until a forwarded mail begins
BREAKS = "breaks"  # but, however: they part sentences
SIGNS = (IGNORED, SENTENCES, ENDINGS, RESUMED, BREAKS)


class Reader:
    """Knows the bits of the lists of what is skipped. Pure; built once with the table of rules."""

    def __init__(
        self, bits: Mapping[str, int], matcher: Matcher, resuming: Set[str], matters: Callable[[int], object]
    ) -> None:
        """`resuming` are the words that begin the phrases of RESUMED.

        `matters` says of the lists in a sentence whether it is worth keeping.
        """
        self._matcher = matcher
        self._resuming = frozenset(word + stop for word in resuming for stop in ("", ".", ",", ":"))
        self._matters = matters
        _, self._skipped, self._ended, self._resumed, self._breaks = (bits[name] for name in SIGNS)
        self._special = self._breaks | self._skipped | self._ended | self._resumed

    def read(self, *texts: tuple[str, str]) -> tuple[list[Sentence], int]:
        """The sentences of texts, given as (where, text), that matter, and the lists of all: no signatures."""
        read: list[Sentence] = []
        said = 0
        for where, text in texts:
            for written, symbols, start, question, hits, mask in self._told(text):
                said |= mask
                if self._matters(mask):
                    read.append(Sentence(written, symbols, start, len(read), where, question, hits, mask))
        return read, said

    def _told(self, text: str) -> Iterator[tuple[Sequence[str], Sequence[Symbol], int, bool, Sequence[Hit], int]]:
        written = words(text)
        symbols = self._matcher.symbols(written)
        ended = False
        for start, end, hits, mask in self._matcher.find(symbols):
            question = written[end - 1] == QUESTION
            if not mask & self._special:
                if not ended:
                    yield written, symbols, start, question, hits, mask
                continue
            ended = bool(mask & self._ended) or (ended and not mask & self._resumed)
            if ended and self._resuming.isdisjoint(written[end:]):
                return
            if not ended and not mask & self._skipped:
                for begin, last, part, lists in self._parted(start, hits):
                    yield written, symbols, begin, question and last, part, lists

    def _parted(self, start: int, hits: Sequence[Hit]) -> Iterator[tuple[int, bool, Sequence[Hit], int]]:
        """The parts of a sentence that a word such as "but" makes, and whether it is the last one."""
        mask = 0
        part: list[Hit] = []
        for hit in hits:
            if hit[2] & self._breaks and mask:
                yield start, False, part, mask
                start, mask, part = hit[0], 0, []
            part.append(hit)
            mask |= hit[2]
        yield start, True, part, mask
