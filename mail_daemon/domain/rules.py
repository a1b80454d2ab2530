"""The ordered table of priority rules, compiled once: words in, a ranking with reasons out (policy section 5).

A rule fires where its phrases, or several lists near one another in a sentence, are found. How wide the fault
is (domain.scope) picks the level from the rule; a fault that is denied, over or imagined (domain.doubts) does
not count. Of the rules that fire the most urgent wins, and of equals the first in the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from mail_daemon.domain import doubts, scope
from mail_daemon.domain.condition import Condition, Sentence
from mail_daemon.domain.doubts import Doubts
from mail_daemon.domain.matcher import Hit, Matcher
from mail_daemon.domain.phrases import Item, patterns
from mail_daemon.domain.priority import Ranking, Reason
from mail_daemon.domain.words import ENDS, QUESTION, STOP, spoken, tokenise

IGNORED = "ignored"  # phrases that mean nothing: their words are not looked at
SENTENCES = "ignored_sentences"
ENDINGS = "endings"  # signatures and disclaimers: nothing counts from here on ...
RESUMED = "resumed"  # ... until a forwarded mail begins
BREAKS = "breaks"  # but, however: they part sentences
SIGNS = (*scope.SIGNS, *doubts.SIGNS, IGNORED, SENTENCES, ENDINGS, RESUMED, BREAKS)

_LONGEST_SENTENCE = 60
_MOST_WORDS = 5_000
_MOST_REASONS = 8
_REMEMBERED = 5_000
_URGENCIES = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` holds conditions such as ("phone", "dead"); `ordered` conditions need their lists in that order.

    A sentence that holds a list of `unless` does not count. `levels` has a level for each of scope.WIDTHS.
    Where `asked` is false, a question does not count. An `overrules` rule wins over every other kind.
    """

    name: str
    category: str
    levels: Mapping[str, int]
    phrases: tuple[str, ...] = ()
    when: tuple[tuple[str, ...], ...] = ()
    ordered: tuple[tuple[str, ...], ...] = ()
    unless: tuple[str, ...] = ()
    where: frozenset[str] = frozenset({"subject", "body", "ocr", "trace"})
    doubted: bool = True
    asked: bool = True
    overrules: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """A whole text: its signs of scope as bits, and where it last says that service is back."""

    tokens: Sequence[str]
    scope: int
    restored: int


@dataclass(frozen=True, slots=True)
class _Fired:
    rule: int
    level: int
    evidence: str
    where: str
    width: str
    doubt: str


class RuleTable:
    """Thread-safe: nothing changes after it is built, but for caches whose entries are the same for all."""

    def __init__(
        self,
        rules: Sequence[Rule],
        lists: Mapping[str, Sequence[str]],
        *,
        other: tuple[str, int] = ("other", 4),
        important_level: int = 3,
    ) -> None:
        """`lists` are all word lists by name, those of SIGNS among them. Raises ValueError for a bad phrase."""
        self._rules = tuple(rules)
        self._other = other
        self._important_level = max(2, important_level)
        # Lists that no rule asks for only serve to write phrases.
        named = [*_met(rules), *(name for rule in rules for name in rule.unless)]
        self._bits = {name: 1 << at for at, name in enumerate(dict.fromkeys((*SIGNS, *ENDS, *named)))}
        self._scope_mask = self._mask(scope.SIGNS)
        # A rule's "nobody can call" must not hide the scope's "nobody", nor "were down" the "were".
        told = self._mask(doubts.SIGNS) & ~self._bits[doubts.NEGATION]
        ignored = self._bits[IGNORED]
        barring = self._mask([name for rule in rules for name in rule.unless]) & ~self._mask(list(_met(rules)))
        families = (self._scope_mask | ignored, told | ignored, barring, ~(self._scope_mask | told | barring))
        self._matcher = Matcher(lists.get(doubts.NEGATION, ()), families)
        for name in self._bits:
            self._add(name, lists.get(name, ()), lists)
        for end in ENDS:
            self._matcher.add((Item(end, ((end,),)),), self._bits[end])
        self._conditions = tuple(self._compiled(lists))
        self._by_mask: dict[int, Sequence[Sequence[Condition]]] = {}
        self._widths: dict[tuple[int, int], str] = {}
        self._doubts = Doubts(self._bits, lists.get(doubts.NEGATION, ()))

    def rank(
        self, subject: str, text: str, readings: Sequence[tuple[str, str]] = (), *, important: bool = False
    ) -> Ranking:
        """Ranks a mail; what was read from an attachment, as (where, text), counts one step weaker.

        That its sender marked it as important counts only where no rule finds anything, and never makes a 1.
        """
        head = tokenise(subject)
        fired = self._fired([*head, STOP, *tokenise(text)], len(head), "subject", "body")
        for where, reading in readings:
            fired += [_weaker(one) for one in self._fired(tokenise(reading), 0, where, where)]
        ranking = self._ranking(fired)
        if important and all(one.doubt for one in fired):
            reason = Reason("marked-important", "high", "header")
            level = min(ranking.level, self._important_level)
            return Ranking(ranking.category, level, (reason, *ranking.reasons))
        return ranking

    def _add(self, name: str, phrases: Sequence[str], lists: Mapping[str, Sequence[str]]) -> None:
        for phrase in phrases:
            for pattern in patterns(phrase, lists):
                self._matcher.add(pattern, self._bits[name])

    def _compiled(self, lists: Mapping[str, Sequence[str]]) -> Iterator[Condition]:
        for at, rule in enumerate(self._rules):
            unless = self._mask(rule.unless)
            if rule.phrases:
                name = f"rule {rule.name}"
                self._bits[name] = 1 << len(self._bits)
                self._add(name, rule.phrases, lists)
                yield Condition(at, (self._bits[name],), self._bits[name], unless, ordered=True)
            for ordered, conditions in ((False, rule.when), (True, rule.ordered)):
                for names in conditions:
                    bits = tuple(self._bits[name] for name in names)
                    yield Condition(at, bits, self._mask(names), unless, ordered)

    def _mask(self, names: Sequence[str]) -> int:
        return reduce(or_, (self._bits[name] for name in names), 0)

    def _fired(self, tokens: list[str], body: int, first: str, then: str) -> list[_Fired]:
        """The rules that fire in a text; those that could only give a less urgent level are not asked then."""
        del tokens[_MOST_WORDS:]
        sentences = list(self._counted(tokens))
        text = self._text(tokens, sentences)
        fired: list[_Fired] = []
        for urgency in range(_URGENCIES):
            for sentence in sentences:
                conditions = self._satisfied(sentence.mask)[urgency]
                if conditions:
                    where = first if sentence.start < body else then
                    fired += self._in_sentence(sentence, conditions, text, where)
            if not all(one.doubt for one in fired):
                break
        return fired

    def _text(self, tokens: Sequence[str], sentences: Sequence[Sentence]) -> _Text:
        mask = reduce(or_, (sentence.mask for sentence in sentences), 0)
        restored = self._doubts.restored_at(sentences, tokens) if mask & self._bits[doubts.RESTORED] else -1
        return _Text(tokens, mask & self._scope_mask, restored)

    def _in_sentence(
        self, sentence: Sentence, conditions: Sequence[Condition], text: _Text, where: str
    ) -> Iterator[_Fired]:
        done = -1
        for condition in conditions:
            rule = self._rules[condition.rule]
            if condition.rule == done or where.partition(":")[0] not in rule.where:
                continue
            found = condition.found(sentence, text.tokens)
            if not found:
                continue
            doubt = self._doubts.about(sentence, found, text.tokens, text.restored) if rule.doubted else ""
            if sentence.question and not rule.asked:
                doubt = "question"
            if not doubt:
                done = condition.rule
            width = self._width(sentence.mask & self._scope_mask, text.scope)
            evidence = spoken(text.tokens[min(s for s, _ in found) : max(e for _, e in found)])
            yield _Fired(condition.rule, rule.levels[width], evidence, where, width, doubt)

    def _width(self, said: int, elsewhere: int) -> str:
        known = self._widths.get((said, elsewhere))
        if known is None:
            known = self._widths[said, elsewhere] = scope.width(self._signs(said), self._signs(elsewhere))
        return known

    def _signs(self, mask: int) -> set[str]:
        return {name for name in scope.SIGNS if mask & self._bits[name]}

    def _counted(self, tokens: Sequence[str]) -> Iterator[Sentence]:
        """The sentences that count: no disclaimers, no signatures, nothing without a known word."""
        ended = False
        skipped = self._bits[SENTENCES]
        for sentence in self._sentences(tokens):
            if sentence.mask & self._bits[RESUMED]:
                ended = False
            if sentence.mask & self._bits[ENDINGS]:
                ended = True
            if not ended and not sentence.mask & skipped:
                yield sentence

    def _sentences(self, tokens: Sequence[str]) -> Iterator[Sentence]:
        breaks, question = self._bits[BREAKS], self._bits[QUESTION]
        parts, ignored = self._bits[STOP] | question | breaks, self._bits[IGNORED]
        hits: list[Hit] = []
        begin, mask = 0, 0
        for hit in self._matcher.find(tokens):
            start, end, lists = hit
            if lists & parts or start - begin > _LONGEST_SENTENCE:
                if mask:
                    yield Sentence(begin, start, bool(lists & question), hits, mask)
                begin, hits, mask = start, [], 0
                if not lists & breaks and lists & parts:
                    begin = end
                    continue
            if not lists & ignored:
                hits.append(hit)
                mask |= lists
        if mask:
            yield Sentence(begin, len(tokens), False, hits, mask)

    def _satisfied(self, mask: int) -> Sequence[Sequence[Condition]]:
        """The conditions whose lists all stand in a sentence, by urgency."""
        known = self._by_mask.get(mask)
        if known is None:
            met = [condition for condition in self._conditions if condition.met(mask)]
            known = [[c for c in met if _urgency(self._rules[c.rule]) == at] for at in range(_URGENCIES)]
            if len(self._by_mask) < _REMEMBERED:
                self._by_mask[mask] = known
        return known

    def _ranking(self, fired: Sequence[_Fired]) -> Ranking:
        counted = [one for one in fired if not one.doubt]
        counted.sort(key=lambda one: (not self._rules[one.rule].overrules, one.level, one.rule))
        category, level = self._other
        if counted:
            category, level = self._rules[counted[0].rule].category, counted[0].level
        reasons = [self._reason(one) for one in (*counted, *(one for one in fired if one.doubt))]
        return Ranking(category, level, tuple(dict.fromkeys(reasons))[:_MOST_REASONS])

    def _reason(self, fired: _Fired) -> Reason:
        name = self._rules[fired.rule].name
        if fired.doubt:
            name += f" (does not count: {fired.doubt})"
        elif fired.width != scope.UNSAID:
            name += f" ({fired.width})"
        return Reason(name, fired.evidence, fired.where)


def _met(rules: Sequence[Rule]) -> Iterator[str]:
    """The lists that conditions ask for."""
    for rule in rules:
        for names in (*rule.when, *rule.ordered):
            yield from names


def _urgency(rule: Rule) -> int:
    """0 for rules that may find an outage or overrule others, then those of level 3, then those of level 4."""
    return 0 if rule.overrules else max(0, min(rule.levels.values()) - 2)


def _weaker(fired: _Fired) -> _Fired:
    return _Fired(fired.rule, min(4, fired.level + 1), fired.evidence, fired.where, fired.width, fired.doubt)
