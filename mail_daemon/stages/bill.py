"""Bill: whether a new install asks for what is billed by the hour (policy section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mail_daemon.case import Case
from mail_daemon.domain.billing import AFTER_HOURS, PRIORITY
from mail_daemon.domain.lexicon import Rule
from mail_daemon.domain.priority import Reason
from mail_daemon.domain.rules import RuleTable
from mail_daemon.domain.scope import WIDTHS
from mail_daemon.settings.billing import Install
from mail_daemon.settings.priorities import Priorities

_NOTHING = 4  # the level of a mail that asks for nothing of it


def bill(wishes: RuleTable, case: Case) -> Reason | None:
    """Why work on the ticket that the mail opens is billed; when it was sent is no reason."""
    if not case.opens or case.screening.machine or case.ranking.category != "install":
        return None
    asked = wishes.rank(case.mail.subject, case.mail.text)
    return asked.reasons[0] if asked.level < _NOTHING else None


def wishes(install: Install, priorities: Priorities) -> RuleTable:
    """The phrases of `install` in policy.yaml, doubted as priorities.yaml doubts; once, as threads may share it."""
    lists = priorities.words | priorities.doubt | priorities.skipped
    rules = [_rule(PRIORITY, 1, install.priority_phrases), _rule(AFTER_HOURS, 2, install.after_hours_phrases)]
    return RuleTable(rules, lists, other=("other", _NOTHING))


def _rule(name: str, level: int, phrases: Sequence[str]) -> Rule:
    levels: Mapping[str, int] = dict.fromkeys(WIDTHS, level)
    return Rule(name, "install", levels, tuple(phrases))
