"""What triage decides, with its reasons (policy section 5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule's name, the words found and where (subject, body, ocr, trace, header)."""

    rule: str
    evidence: str
    where: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """A category of domain.ticket.CATEGORIES and a priority from 1 (system-wide outage) to 4.

    A `weak` one rests on signs that are enough to rank a new ticket by and too little to raise an old one.
    """

    category: str
    level: int
    reasons: tuple[Reason, ...]
    weak: bool = False
