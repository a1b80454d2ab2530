"""The words that a table of rules knows: its lists as bits, the phrases that find them, and the rules' conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from mail_daemon.domain import doubts, scope, sentences
from mail_daemon.domain.condition import Condition
from mail_daemon.domain.matcher import Matcher
from mail_daemon.domain.phrases import Grammar

SIGNS = (*scope.SIGNS, *doubts.SIGNS, *sentences.SIGNS)


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` holds conditions such as ("phone", "dead"); `ordered` conditions need their lists in that order.

    A sentence that holds a list of `unless` does not count. `levels` has a level for each of scope.WIDTHS.
    Where `asked` is false, a question does not count. An `overrules` rule wins over every other kind, a `weak`
    one counts only where no other kind does, and of those the first in the table wins.
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
    weak: bool = False


class Lexicon:
    """Built once from the rules and all word lists by name, those of SIGNS among them. ValueError: a bad phrase."""

    def __init__(self, rules: Sequence[Rule], lists: Mapping[str, Sequence[str]]) -> None:
        self._rules = rules
        # Lists that no rule asks for only serve to write phrases.
        named = [*_met(rules), *(name for rule in rules for name in rule.unless), *map(_phrases_of, rules)]
        self.bits = {name: 1 << at for at, name in enumerate(dict.fromkeys((*SIGNS, *named)))}
        self.scope = self.mask(scope.SIGNS)
        ignored = self.bits[sentences.IGNORED]
        self.matcher = Matcher(lists.get(doubts.NEGATION, ()), self._families(ignored), ignored)
        grammar = Grammar(lists)
        own = {_phrases_of(rule): rule.phrases for rule in rules}
        for name, bit in self.bits.items():
            for phrase in own.get(name) or lists.get(name, ()):
                for pattern in grammar.patterns(phrase):
                    self.matcher.add(pattern, bit)
        self.matcher.ready()
        self.resuming = _resuming(grammar, lists.get(sentences.RESUMED, ()))
        self.conditions = tuple(self._conditions())
        self.asked_for = reduce(or_, (condition.need for condition in self.conditions), 0)

    def mask(self, names: Sequence[str]) -> int:
        return reduce(or_, (self.bits[name] for name in names), 0)

    def _families(self, ignored: int) -> tuple[int, ...]:
        """The lists whose phrases hide one another: in each family the longest phrase counts.

        A rule's "nobody can call" must not hide the scope's "nobody", nor "were down" the "were"; and "all phones
        of sales" is both all phones and sales, while "every department" is no department. What only weak rules
        look for hides nothing and is not hidden.
        """
        part, whole = self.mask((scope.GROUP, scope.AREA)), self.bits[scope.COMPANY]
        told = self.mask(doubts.SIGNS) & ~self.bits[doubts.NEGATION]
        together = {
            name for rule in self._rules for names in (*rule.when, *rule.ordered) if names[1:] for name in names
        }
        barring = self.mask([name for rule in self._rules for name in rule.unless if name not in together])
        firm = {name for rule in self._rules if not rule.weak for name in (*_met([rule]), *rule.unless)}
        weak = [name for rule in self._rules if rule.weak for name in (_phrases_of(rule), *_met([rule]))]
        faint = self.mask([name for name in weak if name not in firm])
        rest = ~(self.scope | told | barring | faint)
        return (
            part | whole | ignored,
            self.scope & ~part | ignored,
            told | ignored,
            barring | ignored,
            faint | ignored,
            rest,
        )

    def _conditions(self) -> Iterator[Condition]:
        for at, rule in enumerate(self._rules):
            unless = self.mask(rule.unless)
            if rule.phrases:
                bit = self.bits[_phrases_of(rule)]
                yield Condition(at, (bit,), bit, unless, ordered=True)
            for ordered, conditions in ((False, rule.when), (True, rule.ordered)):
                for names in conditions:
                    yield Condition(at, tuple(self.bits[name] for name in names), self.mask(names), unless, ordered)


def _resuming(grammar: Grammar, phrases: Sequence[str]) -> set[str]:
    """The words that the phrases begin with."""
    firsts = {keys[0] for phrase in phrases for pattern in grammar.patterns(phrase) for keys in pattern[0].choices}
    for word in firsts:
        if not word.isalpha():
            raise ValueError(f"a phrase of {sentences.RESUMED!r} begins with {word!r}; begin it with a word")
    return firsts


def _met(rules: Sequence[Rule]) -> list[str]:
    """The lists that conditions ask for."""
    return [name for rule in rules for names in (*rule.when, *rule.ordered) for name in names]


def _phrases_of(rule: Rule) -> str:
    """The name of the list of a rule's own phrases; no list of the table can have a blank in its name."""
    return f"rule {rule.name}"
