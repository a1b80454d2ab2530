"""Answer: who gets no acknowledgement and why, and the polite letter about a mail that was too large."""

from __future__ import annotations

import pytest

from mail_daemon.store.store import Store
from parsers.mail import Mail
from tests.office import DAY, HOUR, Office, acknowledgements, desk, read, told, words
from tests.written import ANN, CUSTOMER, DESK, STRANGER, bounce, mail

SECRET = "Your verification code is 4711"


# --- no acknowledgement, and why --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (mail(automatic="out-of-office"), "out-of-office"),
        (mail(automatic="list"), "list"),
        (mail(envelope_sender=""), "null envelope sender"),
        (mail("noreply@acme.example"), "the sender takes no mail"),
        (mail(sender_defect="two From headers"), "From has no usable address"),
        (mail(suppress=True), "X-Auto-Response-Suppress"),
        (mail(DESK), "From is an address of ours"),
    ],
)
def test_who_must_not_be_answered_is_not_and_the_ticket_keeps_why(office: Office, one: Mail, reason: str) -> None:
    outcome = office.file(one)
    assert outcome.ticket is not None
    assert outcome.suppressed == reason
    assert acknowledgements(office) == []
    (event,) = office.events(outcome.ticket.id, "answer suppressed")
    assert event.detail == {"letter": "acknowledgement", "reason": reason}
    assert (event.actor, event.inbound_id) == ("mail-daemon", 1)


def test_an_answered_mail_leaves_no_such_event(office: Office) -> None:
    number = office.open(mail())
    assert office.events(number, "answer suppressed") == []


def test_an_unproven_address_is_answered_once_in_a_window(office: Office) -> None:
    outcomes = [office.file(mail(STRANGER)) for _ in range(5)]
    assert len(acknowledgements(office)) == 1
    assert outcomes[1].suppressed == f"the cap of answers to one address: 1 answer to {STRANGER} within 5 minutes"
    office.now += HOUR
    office.file(mail(STRANGER))
    assert len(acknowledgements(office)) == 2


def test_other_addresses_are_answered_meanwhile(office: Office) -> None:
    for number in range(5):
        office.file(mail(f"v{number}@shop.example"))
    assert len(acknowledgements(office)) == 5


def test_all_unproven_addresses_together_are_answered_only_so_often(store: Store) -> None:
    office = Office(store, desk({"answers": {"overall": 3}}))
    outcomes = [office.file(mail(f"v{number}@shop.example")) for number in range(5)]
    assert len(acknowledgements(office)) == 3
    assert outcomes[-1].suppressed == "the cap of answers to unproven senders: 3 answers within 5 minutes"
    assert office.file(mail()).suppressed is None  # a known customer is not held up by the attack


def test_a_known_customer_is_answered_more_often_but_not_for_ever(store: Store) -> None:
    office = Office(store, desk({"answers": {"known": 3}}))
    for _ in range(5):
        office.file(mail())
    assert len(acknowledgements(office)) == 3


@pytest.mark.parametrize("sender", [CUSTOMER, STRANGER])
def test_two_desks_that_answer_each_other_find_an_end_for_the_day(store: Store, sender: str) -> None:
    office = Office(store, desk({"answers": {"per_day": 5}}))
    for _ in range(20):
        outcome = office.file(mail(sender))
        office.now += HOUR / 10
    assert len(acknowledgements(office)) == 5
    assert outcome.suppressed == f"the cap of answers to one address: 5 answers to {sender} within 24 hours"
    office.now += DAY
    assert office.file(mail(sender)).suppressed is None


def test_a_cap_of_nothing_answers_nobody(store: Store) -> None:
    office = Office(store, desk({"answers": {"unproven": 0}}))
    office.file(mail(STRANGER))
    assert told(office) == [("notice", ANN)]


# --- refusals ---------------------------------------------------------------------------------------------

TOO_LARGE = "60 MB, the limit is 50 MB"


def test_a_mail_that_was_too_large_is_set_aside_with_a_polite_letter(office: Office) -> None:
    outcome = office.file(mail(subject="Video"), refused=TOO_LARGE)
    assert outcome.quarantined == f"too large: {TOO_LARGE}"
    assert office.tickets() == []
    (letter,) = office.letters()
    assert (letter.letter, letter.recipients, letter.ticket_id) == ("refused", (CUSTOMER,), None)
    message = read(office, letter)
    assert message["Subject"] == "Re: Video"
    assert TOO_LARGE in words(message)
    with office.store.read() as work:
        assert [each.reason for each in work.inbound.quarantined()] == [f"too large: {TOO_LARGE}"]


def test_a_refusal_repeats_nothing_of_an_unproven_senders_words(office: Office) -> None:
    office.file(mail(STRANGER, subject=SECRET), refused=TOO_LARGE)
    message = read(office, office.letters()[0])
    assert message["Subject"] == "Your request"
    assert "4711" not in words(message)
    assert "Cy Carter" not in words(message)


def test_refusals_count_as_answers(office: Office) -> None:
    office.file(mail(STRANGER), refused=TOO_LARGE)
    office.file(mail(STRANGER), refused=TOO_LARGE)
    assert office.file(mail(STRANGER)).suppressed is not None
    assert told(office) == [("refused", STRANGER), ("notice", ANN)]


@pytest.mark.parametrize(
    "one", [mail(automatic="list"), mail(envelope_sender=""), mail(sender_defect="two"), bounce(None), mail(DESK)]
)
def test_what_must_not_be_answered_is_not_refused_by_letter_either(office: Office, one: Mail) -> None:
    outcome = office.file(one, refused=TOO_LARGE)
    assert outcome.quarantined is not None
    assert office.letters() == []


def test_other_quarantines_are_silent(store: Store) -> None:
    office = Office(store, desk({"matching": {"refused_senders": ("evil.example",)}}))
    assert office.file(mail(STRANGER)).quarantined == f"refused sender {STRANGER}"
    own = mail(message_id=office.key(1001, CUSTOMER))
    assert office.file(own).quarantined == "a letter of our own came back"
    assert office.letters() == []
