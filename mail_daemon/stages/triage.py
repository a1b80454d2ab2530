"""Triage: a category and a priority from the words of a mail, each with its reasons (policy section 5)."""

from __future__ import annotations

from collections.abc import Sequence

from mail_daemon.domain.lexicon import Rule
from mail_daemon.domain.priority import Ranking
from mail_daemon.domain.rules import RuleTable
from mail_daemon.settings.priorities import Priorities, RuleSection
from parsers.mail import Attachment
from responders.values import bare

# The places that a rule may name, by the kind of an attachment.
_PLACES = {"screenshot": "ocr", "trace": "trace", "document": "document", "voicemail": "voicemail"}
_LONGEST_NAME = 60


def triage(
    rules: RuleTable,
    *,
    subject: str,
    text: str,
    importance: str | None,
    readings: Sequence[tuple[str, str]] = (),
) -> Ranking:
    """Ranks a mail by its subject and its new text, without quotes and signature.

    `readings` are (where, text) of attachments, such as ("ocr: error.png", "Registration failed"); they count
    one step weaker. `importance` is "high", "low" or None, as the sender's mail program says.
    """
    return rules.rank(subject, text, readings, important=importance == "high")


def said_anew(subject: str, asked: str) -> str:
    """What a reply's subject says beyond that of its ticket, which mail programs repeat and nobody wrote again."""
    known = bare(asked)
    return bare(subject).replace(known, " ") if known else subject


def readings(attachments: Sequence[Attachment]) -> list[tuple[str, str]]:
    """What was read from attachments, as (where, text): ("ocr: error.png", "Registration failed")."""
    return [
        (f"{_PLACES[each.kind]}: {each.name[:_LONGEST_NAME]}", each.text)
        for each in attachments
        if each.text and each.kind in _PLACES
    ]


def compiled(priorities: Priorities) -> RuleTable:
    """Compiles priorities.yaml, once; threads may share the table. Takes a tenth of a second."""
    return RuleTable(
        [_rule(section) for section in priorities.rules],
        priorities.lists,
        other=(priorities.category, priorities.level),
        important_level=priorities.important_level,
    )


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
        asked=section.asked,
        overrules=section.overrules,
        weak=section.weak,
    )
