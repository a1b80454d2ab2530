"""Triage: a category and a priority from the words of a mail, each with its reasons (policy section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mail_daemon.domain.priority import Ranking, Reason
from mail_daemon.domain.rules import Rule, RuleTable
from mail_daemon.settings.priorities import Priorities, RuleSection


@dataclass(frozen=True, slots=True)
class Rules:
    """priorities.yaml, compiled. Build it once with `compiled`; threads may share it."""

    table: RuleTable
    important_level: int


def triage(
    rules: Rules, *, subject: str, text: str, importance: str | None, readings: Sequence[tuple[str, str]] = ()
) -> Ranking:
    """Ranks a mail by its subject and its new text, without quotes and signature.

    `readings` are (where, text) of attachments, such as ("ocr: error.png", "Registration failed"); they count one
    step weaker. `importance` is "high", "low" or None, as the sender's mail program says.
    """
    ranking = rules.table.rank(subject, text, readings)
    if importance == "high" and not any(_counts(reason) for reason in ranking.reasons):
        return _flagged(ranking, rules.important_level)
    return ranking


def compiled(priorities: Priorities) -> Rules:
    """Compiles the settings, which have been checked; takes some tens of milliseconds."""
    table = RuleTable(
        [_rule(section) for section in priorities.rules],
        priorities.lists,
        other=(priorities.category, priorities.level),
    )
    return Rules(table, priorities.important_level)


def _flagged(ranking: Ranking, level: int) -> Ranking:
    """Importance is weak evidence: it speaks only where no words do, and never for level 1."""
    reason = Reason("marked-important", "high", "header")
    return Ranking(ranking.category, min(ranking.level, max(2, level)), (reason, *ranking.reasons))


def _counts(reason: Reason) -> bool:
    return "does not count" not in reason.rule


def _rule(section: RuleSection) -> Rule:
    return Rule(
        name=section.name,
        category=section.category,
        levels=section.level,
        phrases=section.phrases,
        when=section.conditions("+"),
        ordered=section.conditions(">"),
        unless=section.unless,
        where=frozenset(section.where),
        doubted=section.doubted,
        overrules=section.overrules,
    )
