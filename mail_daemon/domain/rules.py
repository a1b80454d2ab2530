"""The ordered table of priority rules, compiled once: words in, a ranking with reasons out (policy section 5).

A rule fires where its phrases, or several lists near one another in a sentence, are found. How wide the fault
is (domain.scope) picks the level from the rule; a fault that is denied, over or imagined (domain.doubts) does
not count. Of the rules that fire the most urgent wins, and of equals the first in the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from mail_daemon.domain import doubts, scope
from mail_daemon.domain.condition import Condition, Sentence
from mail_daemon.domain.doubts import NEGATION, NEVER, Doubts, Restored
from mail_daemon.domain.lexicon import Lexicon, Rule
from mail_daemon.domain.priority import Ranking, Reason
from mail_daemon.domain.sentences import Reader
from mail_daemon.domain.words import spoken

_MOST_REASONS = 8
_REMEMBERED = 20_000
# The places of a plan: rules that overrule, those of levels 1 to 4, weak ones.
_OVERRULING, _WEAK = 0, 5

Key = TypeVar("Key")
Value = TypeVar("Value")

Plan = tuple[tuple[int, tuple[Condition, ...]], ...]  # what may fire in a sentence, by its place
_Asked = tuple[Sentence, str, tuple[Condition, ...]]  # with the width of the fault


class _Fired(NamedTuple):
    rule: int
    sentence: int
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
        """`lists` are all word lists by name. Raises ValueError for a bad phrase."""
        self._rules = tuple(rules)
        self._other = other
        self._important_level = max(2, important_level)
        self._lexicon = Lexicon(self._rules, lists)
        bits = self._lexicon.bits
        self._others_fine, self._restored = bits[scope.OTHERS_FINE], bits[doubts.RESTORED]
        self._telling = self._others_fine | self._restored
        self._reader = Reader(bits, self._lexicon.matcher, self._lexicon.resuming, self._matters)
        self._doubts = Doubts(bits, lists.get(doubts.NEGATION, ()))
        self._plans: dict[tuple[int, str], Plan] = {}
        self._conditions: dict[int, tuple[Condition, ...]] = {}
        self._widths: dict[tuple[int, int], str] = {}

    def rank(
        self, subject: str, text: str, readings: Sequence[tuple[str, str]] = (), *, important: bool = False
    ) -> Ranking:
        """Ranks a mail; what was read from an attachment, as (where, text), counts one step weaker.

        That its sender marked it as important counts only where no rule finds anything, and never makes a 1.
        """
        fired = self._fired(("subject", subject), ("body", text))
        for reading in readings:
            fired += map(_weaker, self._fired(reading))
        ranking = self._ranking(fired)
        if important and all(one.doubt for one in fired):
            reason = Reason("marked-important", "high", "header")
            level = min(ranking.level, self._important_level)
            return Ranking(ranking.category, level, (reason, *ranking.reasons), weak=True)
        return ranking

    def _fired(self, *texts: tuple[str, str]) -> list[_Fired]:
        """The most urgent rules that fire in texts, given as (where, text), and those that doubts kept from it."""
        read, said = self._reader.read(*texts)
        if said & self._others_fine:
            said = self._without_denied(read, said)
        asked = self._asked(read, said & self._lexicon.scope)
        restored = self._doubts.restored_at(read) if asked and said & self._restored else NEVER
        fired: list[_Fired] = []
        for place in sorted(asked):
            # A fault that is over or imagined is no weak sign of one either.
            doubted = {one.sentence for one in fired if one.doubt != NEGATION} if place == _WEAK else ()
            for sentence, width, conditions in asked[place]:
                if sentence.at not in doubted:
                    fired += self._in_sentence(sentence, conditions, width, restored)
            if not all(one.doubt for one in fired):
                break
        return fired

    def _asked(self, read: Sequence[Sentence], everywhere: int) -> dict[int, list[_Asked]]:
        """The conditions to be looked at in each sentence, by their places."""
        asked: dict[int, list[_Asked]] = {}
        for sentence in read:
            said = sentence.mask & self._lexicon.scope
            width = self._widths.get((said, everywhere)) or self._width(said, everywhere)
            wanted = (sentence.mask & self._lexicon.asked_for, width)
            plan = self._plans.get(wanted)
            for place, conditions in self._plan(*wanted) if plan is None else plan:
                asked.setdefault(place, []).append((sentence, width, conditions))
        return asked

    def _without_denied(self, read: Sequence[Sentence], said: int) -> int:
        """Forgets a sign that is denied: "none of the people can call" says of nobody that he can."""
        said &= ~self._others_fine
        for sentence in read:
            if sentence.mask & self._others_fine:
                if all(self._doubts.denied(sentence, span) for span in sentence.of(self._others_fine)):
                    sentence.mask &= ~self._others_fine
                said |= sentence.mask
        return said

    def _width(self, said: int, everywhere: int) -> str:
        width = scope.width(self._signs(said), self._signs(everywhere))
        return _remembered(self._widths, (said, everywhere), width)

    def _signs(self, mask: int) -> set[str]:
        return {name for name in scope.SIGNS if mask & self._lexicon.bits[name]}

    def _plan(self, mask: int, width: str) -> Plan:
        """The conditions whose lists all stand in a sentence, by place; those of a place as in the table."""
        places: dict[int, list[Condition]] = {}
        for condition in self._met(mask):
            rule = self._rules[condition.rule]
            place = _OVERRULING if rule.overrules else _WEAK if rule.weak else rule.levels[width]
            places.setdefault(place, []).append(condition)
        plan = tuple((place, tuple(conditions)) for place, conditions in places.items())
        return _remembered(self._plans, (mask, width), plan)

    def _matters(self, mask: int) -> object:
        """Whether a sentence with these lists can make a rule fire or counts for those in others."""
        return mask & self._telling or self._met(mask & self._lexicon.asked_for)

    def _met(self, mask: int) -> tuple[Condition, ...]:
        met = self._conditions.get(mask)
        if met is None:
            met = tuple(one for one in self._lexicon.conditions if one.need & mask == one.need)
            _remembered(self._conditions, mask, met)
        return met

    def _in_sentence(
        self, sentence: Sentence, conditions: Sequence[Condition], width: str, restored: Restored
    ) -> Iterator[_Fired]:
        """What fires, up to the first rule that counts: the later ones of the same level would not win over it.

        A weak rule in doubt ends it as well: "not an outage" is no weaker trouble.
        """
        for condition in conditions:
            rule = self._rules[condition.rule]
            if sentence.where.partition(":")[0] not in rule.where:
                continue
            found = condition.found(sentence)
            if not found:
                continue
            doubt = self._doubts.about(sentence, found, restored) if rule.doubted else ""
            if sentence.question and not rule.asked:
                doubt = "question"
            evidence = spoken(sentence.words[min(s for s, _ in found) : max(e for _, e in found)])
            yield _Fired(condition.rule, sentence.at, rule.levels[width], evidence, sentence.where, width, doubt)
            if not doubt or rule.weak:
                return

    def _ranking(self, fired: Sequence[_Fired]) -> Ranking:
        counted = [one for one in fired if not one.doubt]
        counted.sort(key=self._order)
        category, level = self._other
        weak = False
        if counted:
            rule, level = self._rules[counted[0].rule], counted[0].level
            category, weak = rule.category, rule.weak
        reasons = [self._reason(one) for one in (*counted, *(one for one in fired if one.doubt))]
        return Ranking(category, level, tuple(dict.fromkeys(reasons))[:_MOST_REASONS], weak)

    def _order(self, fired: _Fired) -> tuple[bool, bool, int, int]:
        rule = self._rules[fired.rule]
        return (not rule.overrules, rule.weak, 0 if rule.weak else fired.level, fired.rule)

    def _reason(self, fired: _Fired) -> Reason:
        name = self._rules[fired.rule].name
        if fired.doubt:
            name += f" (does not count: {fired.doubt})"
        elif fired.width != scope.UNSAID:
            name += f" ({fired.width})"
        return Reason(name, fired.evidence, fired.where)


def _remembered(cache: dict[Key, Value], key: Key, value: Value) -> Value:
    """Strangers' texts can't fill memory: a full cache begins anew."""
    if len(cache) >= _REMEMBERED:
        cache.clear()
    cache[key] = value
    return value


def _weaker(fired: _Fired) -> _Fired:
    return fired._replace(level=min(4, fired.level + 1))
