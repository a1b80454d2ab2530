"""Pages: whoever is on call is called for what can't wait, again and again (policy sections 2 and 4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.changes.ticket import answered, move, rank
from mail_daemon.domain.ticket import Cause
from tests.office import HOUR, NOW, Office, desk, utc
from tests.paged import (
    CAT,
    DOWN,
    MINUTE,
    PHONE,
    QUARTER,
    ROOT,
    ROTA,
    SITE,
    called_first,
    letters,
    on_call,
    page_state,
    pages,
    shown,
    tick_through,
)
from tests.written import ANN, CUSTOMER, mail


@pytest.fixture
def called(office: Office) -> Office:
    return called_first(office)


# --- whom, and what for -----------------------------------------------------------------------------------


def test_a_new_priority_1_calls_the_first_in_the_rota_at_once(called: Office) -> None:
    called.open(mail(subject="No dial tone", text=DOWN))
    called.tick()
    (letter,) = letters(called)
    assert letter.recipients == (ANN,)
    text = shown(called, letter)
    assert "Page: A new priority 1: No dial tone [TPBX-1001]" in text
    assert "Reply to this mail to take the ticket" in text
    assert "Answer the customer by Wednesday 25 November 2026, 10:32 EST" in text
    assert "cy@acme.example (Acme)" in text


@pytest.mark.parametrize("text", [SITE, PHONE])
def test_what_is_no_priority_1_waits_for_its_breach(called: Office, text: str) -> None:
    called.open(mail(text=text))
    called.tick(NOW + HOUR)
    assert pages(called) == []


def test_a_ticket_raised_to_1_calls_whoever_raises_it(called: Office) -> None:
    number = called.open(mail(text=SITE))
    called.file(mail(message_id="<2@acme.example>", in_reply_to=called.key(number, CUSTOMER), text=DOWN))
    called.tick()
    assert pages(called) == [(timedelta(0), ANN)]
    other = called.open(mail(message_id="<3@acme.example>", text=SITE))
    called.change(rank, other, 1)
    called.tick(NOW + MINUTE)
    assert pages(called)[1:] == [(MINUTE, ANN)]


def test_a_relapse_to_1_and_a_reopening_as_1_call(called: Office) -> None:
    number = called.open(mail(text=DOWN))
    called.change(answered, number)
    called.change(move, number, Cause.RESTORED)
    called.change(move, number, Cause.RELAPSED)
    assert page_state(called, number) == "running"
    called.change(move, number, Cause.RESOLVED)
    assert page_state(called, number) == "ended"
    called.file(mail(message_id="<2@acme.example>", in_reply_to=called.key(number, CUSTOMER), text=DOWN))
    assert page_state(called, number) == "running"


def test_an_overdue_answer_to_a_priority_2_calls_and_the_person_on_call_is_told_of_each_breach(called: Office) -> None:
    called.open(mail(text=SITE))
    called.tick(NOW + 2 * HOUR)
    assert pages(called) == [(2 * HOUR, ANN)]
    assert "The first answer is overdue" in shown(called, letters(called)[0])


def test_the_person_on_call_is_told_of_a_breach_that_needs_no_page(office: Office) -> None:
    rota = {**ROTA, "shifts": [{**ROTA["shifts"][0], "people": ["cat"]}]}
    on_call(office, desk(), **rota).open(mail(text=PHONE))
    office.tick(NOW + 4 * HOUR)
    overdue = [each for each in office.letters() if each.letter == "warning" and each.recipients == (CAT,)]
    assert len(overdue) == 1
    assert pages(office) == []


def test_two_missed_updates_call_the_next_person_too(called: Office) -> None:
    number = called.open(mail(text=DOWN))
    called.tick()
    called.change(answered, number)
    called.tick(NOW + 2 * HOUR)
    assert pages(called) == [(timedelta(0), ANN), *((2 * HOUR, each) for each in (ANN, CAT, "cat/1", "cat/2"))]


def test_a_priority_1_after_hours_says_that_its_cause_is_reviewed(called: Office) -> None:
    called.now = utc(2026, 11, 26, 3)  # 22:00 in New York
    called.open(mail(text=DOWN))
    called.tick()
    assert "its cause will be reviewed with the customer" in shown(called, letters(called)[0])
    notice = next(each for each in called.letters() if each.letter == "notice")
    assert "to be reviewed with the customer" in shown(called, notice)


# --- again and again --------------------------------------------------------------------------------------


def test_unanswered_pages_repeat_and_move_up_the_rota(called: Office) -> None:
    called.open(mail(text=DOWN))
    called.tick()
    tick_through(called, 50 * MINUTE)
    ann = [at for at, to in pages(called) if to == ANN]
    cat = [at for at, to in pages(called) if to == CAT]
    assert [at / MINUTE for at in ann] == [0, 15, 30, 45]
    assert [at / MINUTE for at in cat] == [30, 45]
    assert "Page 3: A new priority 1" in shown(called, letters(called)[2])


def test_after_three_hours_admins_are_told_once_and_pages_go_on_hourly(called: Office) -> None:
    called.open(mail(text=DOWN))
    called.tick()
    tick_through(called, 6 * HOUR)
    late = [at for at, to in pages(called) if to == CAT and at > 2 * HOUR + 30 * MINUTE]
    assert [at / MINUTE for at in late] == [165, 180, 240, 300, 360]
    told = [each for each in called.letters() if "Nobody answers the pages" in shown(called, each)]
    assert [(each.recipients, each.queued - NOW) for each in told] == [((ROOT,), 3 * HOUR)]


def test_after_a_day_without_the_daemon_there_is_one_page_to_all(called: Office) -> None:
    called.open(mail(text=DOWN))
    called.tick()
    called.tick(NOW + 30 * HOUR)
    assert [to for at, to in pages(called) if at == 30 * HOUR] == [ANN, CAT, "cat/1", "cat/2"]
    assert len(pages(called)) == 5
    assert called.clocks(1001)["page"].next_at == NOW + 31 * HOUR


def test_each_mark_pages_once_however_often_the_clock_is_looked_at(called: Office) -> None:
    called.open(mail(text=DOWN))
    for _ in range(3):
        called.tick(NOW + QUARTER)
    assert len(pages(called)) == 1


def test_a_second_reason_at_the_same_moment_makes_no_second_page(called: Office) -> None:
    called.open(mail(text=DOWN))
    called.tick()
    called.tick(NOW + HOUR)  # the fifth page and the breach
    assert [to for at, to in pages(called) if at == HOUR].count(ANN) == 1


def test_the_rota_is_asked_anew_for_each_page(called: Office) -> None:
    day = {"from": "08:00", "until": "10:00", "people": ["ann"]}
    night = {"from": "10:00", "until": "08:00", "people": ["cat"]}
    week = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    on_call(called, called.desk, **{**ROTA, "shifts": [week | day, week | night]})
    called.open(mail(text=DOWN))
    called.tick()
    called.tick(NOW + 30 * MINUTE)  # 10:02
    assert pages(called)[0] == (timedelta(0), ANN)
    assert {to for at, to in pages(called) if at} == {CAT, "cat/1", "cat/2"}


def test_where_nobody_is_on_call_the_admins_get_the_mail(office: Office) -> None:
    office.desk = desk({"desk": {"admins": (ROOT,)}})
    office.open(mail(text=DOWN))
    office.tick()
    assert pages(office) == [(timedelta(0), ROOT)]


def test_a_flood_of_outages_pages_nobody_without_end(called: Office) -> None:
    for each in range(35):
        called.open(mail(f"a{each}@evil.example", message_id=f"<{each}@evil.example>", text=DOWN))
    called.tick()
    assert len(pages(called)) == 30
    assert called.events(1035, "page suppressed")
    called.tick(NOW + QUARTER)  # and the others are not forgotten
    assert [at for at, _ in pages(called)].count(QUARTER) == 30
