"""Promises: agents hear before one breaks; the customer hears when it has, once, with whom to turn to."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.by import By
from mail_daemon.domain.calendar import DAYS
from mail_daemon.domain.ticket import Cause
from mail_daemon.store.rows import Posted
from mail_daemon.store.store import Store
from parsers.mail import Mail
from tests.office import DAY, HOUR, NOW, Office, read, told, words
from tests.unit.mail_daemon.ticks.watched import watched
from tests.written import ANN, COLLEAGUE, CUSTOMER, PROVEN, STRANGER, mail

MINUTE = timedelta(minutes=1)
TROUBLE = "My phone is dead."  # priority 3: response within 4 hours, resolution within 8 of business


def trouble(**fields: object) -> Mail:
    return mail(subject="Dead phone", text=TROUBLE, **fields)


def answer(office: Office, number: int) -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number)
        assert ticket is not None
        answered(work, office.desk, ticket, By("ann", office.now))


def since(office: Office, letters: int) -> list[tuple[str, ...]]:
    return told(office)[letters:]


def escalations(office: Office) -> list[EmailMessage]:
    return [read(office, letter) for letter in office.letters() if letter.letter == "escalation"]


def warnings(office: Office) -> list[str]:
    return [str(read(office, each)["Subject"]) for each in office.letters() if each.letter == "warning"]


# --- before the breach ------------------------------------------------------------------------------------


def test_agents_are_warned_when_three_quarters_and_nine_tenths_have_passed(office: Office) -> None:
    office.open(trouble())
    office.tick(NOW + 3 * HOUR - MINUTE)
    assert warnings(office) == []
    office.tick(NOW + 3 * HOUR)
    assert warnings(office) == ["Warning: The first answer is due in 1 hour [TPBX-1001]"]
    office.tick(NOW + 3.6 * HOUR)
    assert warnings(office)[1:] == ["Warning: The first answer is due in 24 minutes [TPBX-1001]"]
    office.tick(NOW + 3.9 * HOUR)
    assert len(warnings(office)) == 2


def test_a_warning_says_when_it_is_due_and_whom_it_concerns(office: Office) -> None:
    office.open(trouble())
    office.tick(NOW + 3 * HOUR)
    shown = words(read(office, office.letters()[-1]))
    assert "It is due at Wednesday 25 November 2026, 13:32 EST" in shown
    assert CUSTOMER in shown
    assert "To: ann@desk.example" in shown


def test_an_answer_in_time_ends_it(office: Office) -> None:
    number = office.open(trouble())
    answer(office, number)
    office.tick(NOW + 5 * HOUR)
    assert since(office, 2) == []


# --- the breach -------------------------------------------------------------------------------------------


def test_at_the_due_time_the_customer_gets_one_letter_and_the_agents_are_told(office: Office) -> None:
    number = office.open(trouble())
    office.tick(NOW + 3.6 * HOUR)
    before = len(office.letters())
    office.tick(NOW + 4 * HOUR)
    assert sorted(since(office, before)) == [("escalation", CUSTOMER), ("warning", ANN)]
    assert office.ticket(number).overdue
    office.tick(NOW + 4 * HOUR + MINUTE)
    assert len(since(office, before)) == 2


def test_whoever_is_on_call_is_told_of_it(store: Store) -> None:
    people = [{"name": name, "address": f"{name}@home.example"} for name in ("first", "second")]
    shift = {"days": DAYS, "from": "00:00", "until": "00:00", "people": ["first", "second"]}
    office = Office(store, watched(on_call={"people": people, "shifts": [shift]}))
    office.open(trouble())
    office.tick(NOW + 3.6 * HOUR)
    before = len(office.letters())
    office.tick(NOW + 4 * HOUR)
    assert sorted(since(office, before)) == [
        ("escalation", CUSTOMER),
        ("warning", ANN),
        ("warning", "first@home.example"),
    ]


def test_the_letter_says_sorry_in_the_customers_thread_and_names_the_first_contact(office: Office) -> None:
    office.open(trouble(references=("<0@acme.example>",)))
    office.tick(NOW + 4 * HOUR + 20 * MINUTE)
    (letter,) = escalations(office)
    assert letter["To"] == f"Cy Carter <{CUSTOMER}>"
    assert letter["Subject"] == "Re: Dead phone [TPBX-1001]"
    assert letter["In-Reply-To"] == "<1@acme.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    shown = words(letter)
    assert "sorry" in shown
    assert "Wednesday 25 November 2026, 19:32 CET" in shown  # Acme is in Berlin
    assert "20 minutes ago" in shown
    assert "No engineer has answered you yet" in shown
    assert "carlos@desk.example" in shown
    assert "dora@desk.example" not in shown


def test_further_contacts_are_named_after_their_times(office: Office) -> None:
    office.open(trouble())
    office.tick(NOW + 4 * HOUR)
    office.tick(NOW + 6 * HOUR)
    assert len(escalations(office)) == 2
    shown = words(escalations(office)[1])
    assert "still late" in shown
    assert shown.index("carlos@desk.example") < shown.index("dora@desk.example")
    assert "emil@desk.example" not in shown


def test_an_answer_late_is_no_longer_escalated(office: Office) -> None:
    number = office.open(trouble())
    office.tick(NOW + 4 * HOUR)
    answer(office, number)
    assert not office.ticket(number).overdue
    office.tick(NOW + 6 * HOUR)
    assert len(escalations(office)) == 1


def test_the_events_tell_what_happened_when(office: Office) -> None:
    number = office.open(trouble())
    for hours in (3, 3.6, 4, 6):
        office.tick(NOW + hours * HOUR)
    did = [event.detail["did"] for event in office.events(number, "clock") if event.detail["clock"] == "response"]
    assert did == ["warned", "warned", "breached", "escalated"]
    breach = office.events(number, "clock")[2]
    assert breach.actor == "mail-daemon"
    assert breach.detail["why"] == "The customer was told and can turn to Carlos"


def test_a_solution_that_is_late_counts_business_hours(office: Office) -> None:
    number = office.open(trouble())
    answer(office, number)
    office.tick(NOW + 7 * HOUR)
    assert warnings(office) == ["Warning: The solution is due in 1 hour [TPBX-1001]"]
    office.tick(NOW + 8 * HOUR)  # half past five in New York
    (letter,) = escalations(office)
    assert "The solution" in words(letter)
    assert "we last wrote to you on" in words(letter)


# --- after a pause of the daemon --------------------------------------------------------------------------


def test_after_thirty_hours_each_is_told_once_that_it_was_due(office: Office) -> None:
    office.open(trouble())
    office.tick(NOW + 30 * HOUR)
    assert sorted(since(office, 2)) == [("escalation", CUSTOMER), ("warning", ANN), ("warning", ANN)]
    shown = words(escalations(office)[0])
    assert "A first answer was due at" in shown
    assert "The solution was due at" in shown
    assert "emil@desk.example" in shown  # more than eight hours late
    office.tick(NOW + 30 * HOUR + MINUTE)
    assert len(since(office, 2)) == 3


def test_what_was_due_first_is_told_first(office: Office) -> None:
    later = office.open(trouble())
    with office.store.begin() as work:
        clock = next(each for each in work.clocks.of(later) if each.kind == "response")
        work.clocks.change(clock.id, next_at=NOW + 4 * HOUR)
    earlier = office.open(mail(text="Everything is down.", message_id="<2@acme.example>"))
    office.tick(NOW + 4.5 * HOUR)
    refs = [letter.ticket_id for letter in office.letters() if letter.letter == "escalation"]
    assert refs == [earlier, later]


def test_a_paused_clock_does_nothing(office: Office) -> None:
    number = office.open(trouble())
    with office.store.begin() as work:
        ticket = work.tickets.get(number)
        assert ticket is not None
        move(work, office.desk, ticket, Cause.ASKED, By("ann", NOW + HOUR))
    office.tick(NOW + 10 * DAY)
    assert since(office, 2) == []


# --- who is written to ------------------------------------------------------------------------------------


def test_whoever_takes_part_gets_a_copy_in_the_same_mail(office: Office) -> None:
    office.open(trouble(cc=(COLLEAGUE, "boss@other.example")))
    office.tick(NOW + 4 * HOUR)
    (posted,) = [letter for letter in office.letters() if letter.letter == "escalation"]
    assert posted.recipients == (CUSTOMER, "boss@other.example", COLLEAGUE)
    assert str(read(office, posted)["Cc"]) == f"boss@other.example, {COLLEAGUE}"


def test_nobody_whom_an_unproven_sender_brought_in_is_written_to(office: Office) -> None:
    office.open(mail(STRANGER, subject="Secret", text=TROUBLE, cc=("victim@other.example",)))
    office.tick(NOW + 4 * HOUR)
    office.tick(NOW + 6 * HOUR)
    (posted,) = [letter for letter in office.letters() if letter.letter == "escalation"]
    assert posted.recipients == (STRANGER,)
    letter = read(office, posted)
    assert letter["Subject"] == "Your request [TPBX-1001]"
    assert "Secret" not in words(letter)
    assert "Cy Carter" not in words(letter)


@pytest.mark.parametrize("sign", ["auto-reply", "list"])
def test_a_machine_that_was_not_acknowledged_gets_no_letter(office: Office, sign: str) -> None:
    office.open(trouble(automatic=sign))
    office.tick(NOW + 4 * HOUR)
    assert escalations(office) == []
    assert warnings(office)[-1] == "Warning: The first answer is overdue [TPBX-1001]"
    assert "was not written to" in words(read(office, office.letters()[-1]))


def test_a_stranger_in_the_ticket_gets_nothing(office: Office) -> None:
    number = office.open(trouble())
    forwarded = mail(STRANGER, in_reply_to=office.key(number, CUSTOMER), message_id="<3@evil.example>")
    office.file(forwarded)
    office.tick(NOW + 4 * HOUR)
    (posted,) = [letter for letter in office.letters() if letter.letter == "escalation"]
    assert posted.recipients == (CUSTOMER,)
    assert read(office, posted)["In-Reply-To"] == "<1@acme.example>"


# --- when the customer writes again -----------------------------------------------------------------------


def again(office: Office, number: int, sender: str = CUSTOMER, **fields: object) -> list[Posted]:
    """What the customer gets for a reply."""
    before = len(office.letters())
    office.file(mail(sender, in_reply_to=office.key(number, CUSTOMER), **{"message_id": "<9@acme.example>", **fields}))
    return [letter for letter in office.letters()[before:] if letter.letter == "escalation"]


def test_who_writes_again_on_an_overdue_ticket_gets_the_contacts_once_in_four_hours(office: Office) -> None:
    number = office.open(trouble())
    office.tick(NOW + 4 * HOUR)
    office.now = NOW + 5 * HOUR
    assert again(office, number) == []  # they were in the letter of an hour ago
    office.tick(NOW + 6 * HOUR)
    office.now = NOW + 10 * HOUR
    (letter,) = again(office, number, message_id="<10@acme.example>")
    assert read(office, letter)["In-Reply-To"] == "<10@acme.example>"
    assert "Thank you for your mail" in words(read(office, letter))
    assert "dora@desk.example" in words(read(office, letter))
    office.now += HOUR
    assert again(office, number, message_id="<11@acme.example>") == []


def test_who_writes_again_in_time_gets_none(office: Office) -> None:
    number = office.open(trouble())
    office.now = NOW + HOUR
    assert again(office, number) == []


@pytest.mark.parametrize(("sender", "fields"), [(STRANGER, {}), (CUSTOMER, {"automatic": "auto-reply"})])
def test_strangers_and_machines_get_none(office: Office, sender: str, fields: dict[str, str]) -> None:
    number = office.open(trouble())
    office.tick(NOW + 6 * HOUR)
    office.now = NOW + 12 * HOUR
    assert again(office, number, sender, **fields) == []


def test_a_colleague_who_asks_is_answered_himself(office: Office) -> None:
    number = office.open(trouble())
    office.tick(NOW + 6 * HOUR)
    office.now = NOW + 11 * HOUR
    (letter,) = again(office, number, COLLEAGUE, authentication=PROVEN)
    assert letter.recipients == (COLLEAGUE,)
