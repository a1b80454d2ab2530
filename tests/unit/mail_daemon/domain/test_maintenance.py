"""Planned maintenance: how far it has come by the clock, and in which words it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.domain.maintenance import News, Status, concerns, maintnote_status, paragraphs, stage, wording
from tests.stored import NOW, SECOND

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW - SECOND, "upcoming"), (NOW, "running"), (NOW + HOUR - SECOND, "running"), (NOW + HOUR, "over")],
)
def test_the_clock_moves_what_is_announced(now: object, expected: str) -> None:
    assert stage(Status.ANNOUNCED, NOW, NOW + HOUR, now) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.COMPLETED])
def test_what_has_ended_stays_so(status: Status) -> None:
    assert stage(status, NOW, NOW + HOUR, NOW) == status


@pytest.mark.parametrize(
    ("news", "before", "after"),
    [
        (News.ANNOUNCED, "CONFIRMED", "IN-PROCESS"),
        (News.UPDATED, "CONFIRMED", "IN-PROCESS"),
        (News.DROPPED, "CANCELLED", "CANCELLED"),
        (News.CANCELLED, "CANCELLED", "CANCELLED"),
        (News.COMPLETED, "COMPLETED", "COMPLETED"),
    ],
)
def test_programs_are_told_in_the_words_of_the_standard(news: News, before: str, after: str) -> None:
    assert maintnote_status(news, NOW, NOW - SECOND) == before
    assert maintnote_status(news, NOW, NOW) == after


def test_no_accounts_are_all_of_them_and_those_that_nobody_knows() -> None:
    assert concerns((), "Acme")
    assert concerns((), None)
    assert concerns(("Acme",), "Acme")
    assert not concerns(("Acme",), "Beta")
    assert not concerns(("Acme",), None)


def test_the_readers_language_comes_first_then_the_desks_then_any() -> None:
    texts = {"en": "English", "de": "Deutsch"}
    assert wording(texts, "de-AT", "en") == "Deutsch"
    assert wording(texts, "es", "en") == "English"
    assert wording({"fr": "français"}, "es", "en") == "français"
    assert wording({"": "for all"}, "es", "en") == "for all"


def test_lines_within_a_paragraph_are_joined() -> None:
    assert paragraphs("  One\n  line.\n\n \t\nTwo.\n") == ("One line.", "Two.")
    assert paragraphs(" \n\n ") == ()
