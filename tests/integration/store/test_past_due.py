"""Accounts that fall past due and pay (policy section 12): what becomes of their tickets, and who hears of it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mail_daemon.changes.ticket import move
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.policy import Account, Delinquent
from mail_daemon.store.store import Store
from tests import office as offices
from tests.office import ACCOUNTS, AGENTS, HOUR, NOW, Office, read, told, words
from tests.stored import MINUTE
from tests.written import COLLEAGUE, CUSTOMER, PROVEN, mail

ADMIN = "root@desk.example"
QUESTION = {"subject": "A question", "text": "Please send the invoice again."}
OUTAGE = {"subject": "Help", "text": "Everything is down."}
TROUBLE = {"subject": "Help", "text": "My phone is dead."}


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store, offices.desk({"desk": {"admins": (ADMIN,)}}))


def owes(office: Office, days: int, *, disputed: bool = False) -> None:
    """Acme is so many days past due from now on, as after an import."""
    acme = ACCOUNTS[0].model_copy(update={"days_past_due": days, "disputed": disputed})
    knows(office, acme, *ACCOUNTS[1:])


def knows(office: Office, *accounts: Account) -> None:
    public = office.desk.settings.matching.public_domains
    office.desk = replace(office.desk, directory=Directory(AGENTS, accounts, public_domains=public))


def letters(office: Office, name: str) -> list[str]:
    """What all letters of this name say, in order."""
    return [words(read(office, letter)) for letter in office.letters() if letter.letter == name]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_day_decides(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    for days, status, admins in ((21, "new", 0), (22, "on_hold", 0), (29, "on_hold", 0), (30, "on_hold", 1)):
        owes(office, days)
        office.tick(office.now + HOUR)
        assert (office.ticket(number).status, len(letters(office, "warning"))) == (status, admins), days


def test_the_customer_is_told_why_in_the_tickets_thread(office: Office) -> None:
    number = office.open(mail(**QUESTION, message_id="<q@acme.example>"))
    owes(office, 25)
    office.tick(NOW + MINUTE)
    (letter,) = [each for each in office.letters() if each.letter == "account-hold"]
    message = read(office, letter)
    assert letter.recipients == (CUSTOMER,)
    assert message["In-Reply-To"] == "<q@acme.example>"
    said = flat(words(message))
    assert "An invoice on your account (Acme) is overdue" in said
    assert "Outages and trouble with your service are handled as before" in said
    assert "a disputed amount does not count as overdue" in said
    assert "25" not in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (event,) = [each for each in office.events(number, "status changed") if each.detail["to"] == "on_hold"]
    assert (event.actor, event.detail["why"]) == ("mail-daemon", "Acme is 25 days past due")


def test_the_clocks_stand_still_and_go_on_with_what_was_left(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    before = office.clocks(number)
    owes(office, 25)
    office.tick(NOW + HOUR)
    assert {clock.state for clock in office.clocks(number).values()} == {"paused"}
    assert office.ticket(number).next_due is None
    office.tick(NOW + 100 * HOUR)
    assert letters(office, "escalation") == []
    owes(office, 0)
    office.tick(NOW + 101 * HOUR)
    after = office.clocks(number)
    assert {clock.state for clock in after.values()} == {"running"}
    assert before["response"].due is not None
    assert after["response"].due == before["response"].due + 100 * HOUR
    assert office.ticket(number).next_due == after["response"].due


def test_what_is_about_the_service_goes_on(office: Office) -> None:
    outage, trouble = office.open(mail(**OUTAGE)), office.open(mail(**TROUBLE, message_id="<2@acme.example>"))
    question = office.open(mail(**QUESTION, message_id="<3@acme.example>"))
    owes(office, 40)
    office.tick(NOW + MINUTE)
    assert [office.ticket(each).status for each in (outage, trouble, question)] == ["new", "new", "on_hold"]
    assert len(letters(office, "account-hold")) == 1


def test_which_categories_are_about_the_service_is_the_policys(office: Office) -> None:
    rules = Delinquent(hold_after_days=5, service_categories=("billing",))
    office.desk = replace(office.desk, policy=office.desk.policy.model_copy(update={"delinquent": rules}))
    bill, trouble = office.open(mail(**QUESTION)), office.open(mail(**TROUBLE, message_id="<2@acme.example>"))
    owes(office, 6)
    office.tick(NOW + MINUTE)
    assert [office.ticket(each).status for each in (bill, trouble)] == ["new", "on_hold"]


def test_only_that_accounts_open_tickets_are_held(office: Office) -> None:
    theirs = office.open(mail("x@other.example", **QUESTION, authentication=PROVEN))
    closed = office.open(mail(**QUESTION, message_id="<2@acme.example>"), status="closed")
    pending = office.open(mail(**QUESTION, message_id="<3@acme.example>"), status="pending")
    owes(office, 25)
    office.tick(NOW + MINUTE)
    assert [office.ticket(each).status for each in (theirs, closed, pending)] == ["new", "closed", "on_hold"]
    owes(office, 0)
    office.tick(NOW + HOUR)
    assert office.ticket(pending).status == "pending"


def test_the_admins_are_told_once_to_suspend_and_once_to_restore(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    owes(office, 30)
    for hours in range(5):
        office.tick(NOW + hours * HOUR)
    (suspend,) = letters(office, "warning")
    assert f"To: <{ADMIN}>" in suspend or f"To: {ADMIN}" in suspend
    assert "Suspend the portal access of Acme" in suspend
    assert "Acme is 30 days past due." in suspend
    assert office.desk.ref(number) in suspend
    owes(office, 45)
    office.tick(NOW + 6 * HOUR)
    assert len(letters(office, "warning")) == 1
    owes(office, 0)
    for hours in range(7, 10):
        office.tick(NOW + hours * HOUR)
    _, restore = letters(office, "warning")
    assert "Restore the portal access of Acme" in restore
    assert len(letters(office, "account-hold")) == 2


def test_a_part_payment_restores_the_portals_and_leaves_the_hold(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    owes(office, 35)
    office.tick(NOW + MINUTE)
    owes(office, 25)
    office.tick(NOW + HOUR)
    assert office.ticket(number).status == "on_hold"
    assert ["Restore" in each for each in letters(office, "warning")] == [False, True]


@pytest.mark.parametrize("how", ["paid", "disputed", "gone"])
def test_who_has_paid_or_disputes_goes_on_where_he_was_and_hears_of_it(office: Office, how: str) -> None:
    number = office.open(mail(**QUESTION), status="open")
    owes(office, 25)
    office.tick(NOW + MINUTE)
    if how == "gone":
        knows(office, *ACCOUNTS[1:])
    else:
        owes(office, 26 if how == "disputed" else 0, disputed=how == "disputed")
    office.tick(NOW + HOUR)
    office.tick(NOW + 2 * HOUR)
    assert office.ticket(number).status == "open"
    _, released = letters(office, "account-hold")
    assert "Nothing on your account counts as overdue any more" in flat(released)
    with office.store.read() as work:
        assert work.standings.all() == {}


def test_a_second_hold_is_a_new_one(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    for round_, days in enumerate((25, 0, 25, 25, 0)):
        owes(office, days)
        office.tick(NOW + round_ * HOUR)
    assert len(letters(office, "account-hold")) == 4
    assert office.ticket(number).status == "new"


def test_a_ticket_that_an_agent_takes_off_hold_stays_so(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    owes(office, 25)
    office.tick(NOW + MINUTE)
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        move(work, office.desk, ticket, Cause.RELEASED, By("ann", NOW + 2 * MINUTE))
    owes(office, 26)
    office.tick(NOW + HOUR)
    assert office.ticket(number).status == "new"


def test_copies_go_to_the_accounts_own_people_alone(office: Office) -> None:
    office.open(mail(**QUESTION, cc=(COLLEAGUE, "friend@other.example"), to=("support@desk.example",)))
    owes(office, 25)
    office.tick(NOW + MINUTE)
    assert [each[1:] for each in told(office) if each[0] == "account-hold"] == [(CUSTOMER, COLLEAGUE)]


def test_one_account_that_fails_holds_up_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    knows(office, *(Account(name=name, domains=(f"{name}.example",), days_past_due=25) for name in ("a", "b")))
    numbers = [office.open(mail(f"x@{name}.example", **OUTAGE, message_id=f"<{name}>")) for name in ("a", "b")]
    with office.store.begin() as work:
        for number in numbers:
            work.tickets.change(number, category="billing")
    from mail_daemon.changes import hold

    real = hold.hold

    def fails(work, desk, ticket, by, **options):  # type: ignore[no-untyped-def]
        if ticket.account == "a":
            raise RuntimeError("broken")
        return real(work, desk, ticket, by, **options)

    monkeypatch.setattr(hold, "hold", fails)
    office.tick(NOW + MINUTE)
    assert [office.ticket(number).status for number in numbers] == ["new", "on_hold"]
    with office.store.read() as work:
        assert list(work.standings.all()) == ["b"]


# --- mails of an account that is past due -----------------------------------------------------------------


def test_a_new_request_opens_on_hold_and_its_acknowledgement_says_so(office: Office) -> None:
    owes(office, 25)
    number = office.open(mail(**QUESTION))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.held_status, ticket.next_due) == ("on_hold", "new", None)
    assert {clock.state for clock in office.clocks(number).values()} == {"paused"}
    assert [each for each in told(office) if CUSTOMER in each] == [("acknowledgement", CUSTOMER)]
    said = flat(letters(office, "acknowledgement")[0])
    assert "It is on hold: an invoice on your account (Acme) is overdue" in said
    assert "At the latest" not in said
    office.tick(NOW + MINUTE)
    assert letters(office, "account-hold") == []  # he knows already
    owes(office, 0)
    office.tick(NOW + 5 * HOUR)
    assert office.ticket(number).status == "new"
    response = office.clocks(number)["response"]
    assert response.due == NOW + 5 * HOUR + office.desk.policy.levels[4].response


@pytest.mark.parametrize("fields", [OUTAGE, TROUBLE])
def test_a_new_mail_about_the_service_is_acknowledged_as_always(office: Office, fields: dict[str, str]) -> None:
    owes(office, 40)
    number = office.open(mail(**fields))
    assert office.ticket(number).status == "new"
    (said,) = letters(office, "acknowledgement")
    assert "on hold" not in said
    assert "At the latest" in said


def test_in_dispute_nothing_waits(office: Office) -> None:
    owes(office, 40, disputed=True)
    assert office.ticket(office.open(mail(**QUESTION))).status == "new"


def test_a_reply_that_tells_of_trouble_takes_the_ticket_off_hold(office: Office) -> None:
    owes(office, 40)
    number = office.open(mail(**QUESTION))
    office.now = NOW + 3 * HOUR
    office.file(mail(**OUTAGE, message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER)))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.category) == ("new", 1, "outage")
    assert ticket.next_due == office.now + HOUR
    (said,) = letters(office, "account-hold")
    assert "Outages and trouble with your service don't wait" in flat(said)
    owes(office, 41)
    office.tick(NOW + 3 * HOUR + MINUTE)
    assert office.ticket(number).status == "new"


def test_a_reply_about_the_bill_leaves_the_ticket_on_hold_and_reaches_the_agents(office: Office) -> None:
    owes(office, 40)
    number = office.open(mail(**QUESTION))
    notices = len(letters(office, "notice"))
    again = {"subject": "Re: A question", "text": "We don't agree with this invoice."}
    office.file(mail(**again, message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER)))
    assert office.ticket(number).status == "on_hold"
    assert len(letters(office, "notice")) > notices
    assert letters(office, "account-hold") == []


def test_a_machines_reply_takes_nothing_off_hold(office: Office) -> None:
    owes(office, 40)
    number = office.open(mail(**QUESTION))
    away = mail(
        **OUTAGE, message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER), automatic="auto-reply"
    )
    office.file(away)
    assert office.ticket(number).status == "on_hold"


def test_a_closed_request_that_is_taken_up_again_waits_as_well(office: Office) -> None:
    number = office.open(mail(**QUESTION))
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        move(work, office.desk, ticket, Cause.RESOLVED, By("ann", NOW + MINUTE))
    owes(office, 25)
    office.tick(NOW + 2 * MINUTE)
    office.now = NOW + timedelta(hours=2)
    again = {"subject": "Re: A question", "text": "One more thing about the invoice."}
    office.file(mail(**again, message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER)))
    assert office.ticket(number).status == "on_hold"
    assert len(letters(office, "account-hold")) == 1
