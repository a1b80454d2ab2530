"""Pages end as somebody takes the ticket; and what a telephone shows of them (policy sections 2 and 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mail_daemon.changes.notes import assign
from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.identity import Role
from mail_daemon.domain.ticket import Cause
from mail_daemon.settings.directory import Directory
from mail_daemon.store.rows import Posted
from tests.office import DAY, HOUR, NOW, Office, read
from tests.paged import DOWN, MINUTE, ROTA, called_first, letters, on_call, page_state, pages, shown
from tests.written import ANN, CUSTOMER, PROVEN, mail


@pytest.fixture
def called(office: Office) -> Office:
    return called_first(office)


# --- until somebody takes it ------------------------------------------------------------------------------


def answer_page(office: Office, number: int, **fields: Any) -> None:
    key = office.key(number, ANN, Role.AGENT)
    office.file(mail(ANN, **{"message_id": "<9@desk.example>", "in_reply_to": key, "text": "On it.", **fields}))


def test_a_reply_to_the_page_takes_it(called: Office) -> None:
    number = called.open(mail(text=DOWN))
    called.tick()
    page = read(called, letters(called)[0])
    answer_page(called, number, in_reply_to=str(page["Message-ID"]))
    called.tick(NOW + HOUR - MINUTE)
    assert len(pages(called)) == 1
    assert page_state(called, number) == "met"
    stopped = _stop(called, number)
    assert (stopped.actor, stopped.detail["why"]) == ("ann", "wrote in the ticket")


def test_who_takes_it_and_writes_nothing_is_called_again_at_the_breach(called: Office) -> None:
    number = called.open(mail(text=DOWN))
    called.tick()
    answer_page(called, number, in_reply_to=letters(called)[0].message_id)
    called.tick(NOW + HOUR)
    assert pages(called) == [(timedelta(0), ANN), (HOUR, ANN)]


def _stop(office: Office, number: int) -> Any:
    return next(e for e in office.events(number, "clock") if (e.detail["clock"], e.detail["did"]) == ("page", "met"))


@pytest.mark.parametrize(
    "fields",
    [
        {"automatic": "out-of-office", "subject": "Out of office: Page"},
        {"automatic": "auto-reply"},
        {"in_reply_to": "<x@desk.example>", "subject": "[TPBX-1001]"},  # nothing proves that it is ann's
    ],
)
def test_an_absence_note_or_an_unproven_mail_takes_nothing(called: Office, fields: dict[str, Any]) -> None:
    number = called.open(mail(text=DOWN))
    called.tick()
    answer_page(called, number, **fields)
    assert page_state(called, number) == "running"


def test_on_a_guarded_desk_it_must_be_proven_by_its_signature(guarded: Office) -> None:
    on_call(guarded, guarded.desk, **ROTA)
    number = guarded.open(mail(text=DOWN))
    answer_page(guarded, number)
    assert page_state(guarded, number) == "running"
    answer_page(guarded, number, message_id="<10@desk.example>", authentication=PROVEN)
    assert page_state(guarded, number) == "met"


@pytest.mark.parametrize(
    "take",
    [
        lambda office, number: office.change(answered, number),
        lambda office, number: office.change(assign, number, "bob"),
        lambda office, number: office.change(move, number, Cause.RESOLVED),
    ],
    ids=["answered", "assigned", "ended"],
)
def test_whatever_takes_the_ticket_ends_its_pages(called: Office, take: Any) -> None:
    number = called.open(mail(text=DOWN))
    called.tick()
    take(called, number)
    before = len(pages(called))
    called.tick(NOW + 20 * MINUTE)
    assert len(pages(called)) == before


def test_the_customers_own_words_take_nothing(called: Office) -> None:
    number = called.open(mail(text=DOWN))
    called.file(mail(message_id="<2@acme.example>", in_reply_to=called.key(number, CUSTOMER), text="Hello?"))
    assert page_state(called, number) == "running"


# --- on a telephone ---------------------------------------------------------------------------------------


def pushed(office: Office, subject: str) -> list[Posted]:
    cat = {**ROTA, "shifts": [{**ROTA["shifts"][0], "people": ["cat"]}]}
    on_call(office, office.desk, **cat)
    office.open(mail(subject=subject, text=DOWN))
    office.tick()
    return [each for each in letters(office) if "/" in each.recipients[0]]


def test_each_channel_gets_a_short_text_and_no_row_holds_its_secret(called: Office) -> None:
    first, second = pushed(called, "No dial tone")
    assert (first.recipients, second.recipients) == (("cat/1",), ("cat/2",))
    assert called.content(first).decode() == (
        "P1 TPBX-1001 Acme: A new priority 1. Answer due Wednesday 25 November 2026, 10:32 EST. "
        "Reply to the mail to take it. No dial tone"
    )
    assert not any(b"secret" in called.content(each) for each in letters(called))


def test_the_text_stays_within_300_characters(called: Office) -> None:
    name = "Acme, the company with the long name, " * 10
    account = called.desk.directory.accounts["Acme"].model_copy(update={"name": name})
    called.desk = replace(called.desk, directory=Directory(called.desk.directory.agents, [account]))
    text = called.content(pushed(called, "No dial tone at all " * 40)[0]).decode()
    assert len(text) == 300
    assert text.endswith("…")


def test_a_subject_can_write_no_line_of_its_own(called: Office) -> None:
    text = called.content(pushed(called, "Down\x1b[31m\u2028now")[0]).decode()
    assert text.isprintable()


def test_a_day_later_the_first_page_is_old_news(called: Office) -> None:
    called.open(mail(text=DOWN))
    called.tick(NOW + DAY)
    assert "Nobody has taken it since the first page at" in shown(called, letters(called)[0])
