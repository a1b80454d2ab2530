"""Record: what a ticket keeps of a mail, who takes part, and what a mail may change."""

from __future__ import annotations

from typing import Any

import pytest

from mail_daemon.domain.identity import Role
from parsers.mail import Authentication, Mail
from tests.office import HOUR, Office
from tests.written import ANN, COLLEAGUE, CUSTOMER, DESK, STRANGER, attachment, bounce, mail

PARTNER = "pat@partner.example"


def reply(office: Office, number: int, sender: str = CUSTOMER, **fields: Any) -> Mail:
    """An answer to a letter of ours."""
    return mail(sender, **{"in_reply_to": office.key(number, CUSTOMER), "message_id": "<2@acme.example>", **fields})


def roles(office: Office, number: int) -> dict[str, tuple[str, bool]]:
    return {person.address: (person.role, person.copies) for person in office.people(number).values()}


# --- what is kept -----------------------------------------------------------------------------------------


def test_a_new_ticket_keeps_who_asked_what_and_when(office: Office) -> None:
    received = office.now - HOUR
    outcome = office.file(
        mail(subject="My phone is dead", thread_index="ab", language="de"),
        received=received,
    )
    assert outcome.ticket is not None
    ticket = office.ticket(outcome.ticket.id)
    assert ticket == outcome.ticket
    assert (ticket.subject, ticket.requester, ticket.requester_name) == ("My phone is dead", CUSTOMER, "Cy Carter")
    assert (ticket.account, ticket.zone, ticket.language) == ("Acme", "Europe/Berlin", "de")
    assert (ticket.status, ticket.category, ticket.priority, ticket.highest_priority) == ("new", "trouble", 3, 3)
    assert (ticket.opened, ticket.thread_index, ticket.proven) == (received, "ab", True)
    assert [reason.rule for reason in ticket.reasons] == ["one-phone"]
    (event,) = office.events(ticket.id)
    assert (event.what, event.actor, event.detail) == ("opened", CUSTOMER, {"match": "new", "how": ""})


def test_a_message_keeps_its_new_words_apart_from_the_quoted_ones_and_the_signature(office: Office) -> None:
    number = office.open(mail(text="new", quoted="> old", signature="-- \nCy", attachments=(attachment(),)))
    (message,) = office.messages(number)
    assert (message.text, message.quoted) == ("new", "> old\n-- \nCy")
    assert (message.direction, message.visibility, message.author) == ("in", "public", CUSTOMER)
    with office.store.read() as work:
        assert [each.name for each in work.tickets.attachments(number)] == ["error.png"]


@pytest.mark.parametrize(("sender", "visibility"), [(CUSTOMER, "public"), (STRANGER, "public"), (ANN, "internal")])
def test_agents_words_and_unproven_ones_are_internal(office: Office, sender: str, visibility: str) -> None:
    number = office.open(mail())
    office.file(reply(office, number, sender))
    assert office.messages(number)[-1].visibility == visibility


def test_a_sender_without_an_address_is_named_as_the_header_had_it(office: Office) -> None:
    number = office.open(mail(CUSTOMER, sender_defect="two From headers"))
    assert office.ticket(number).requester == ""
    assert office.messages(number)[0].author == CUSTOMER
    assert office.events(number)[0].actor == "unknown sender"
    assert office.people(number) == {}


def test_facts_of_authentication_and_of_what_was_mended_stay_with_the_mail(office: Office) -> None:
    office.file(mail(authentication=Authentication("mx", "fail", "none", "softfail"), defects=("no Date",)))
    with office.store.read() as work:
        stored = work.inbound.get(1)
    assert stored is not None
    assert stored.facts == {"dmarc": "fail", "dkim": "none", "spf": "softfail", "defects": ["no Date"]}
    assert (stored.state, stored.match, stored.ticket_id) == ("filed", "new", 1001)


# --- who takes part ---------------------------------------------------------------------------------------


def test_the_requester_and_those_whom_he_copies_take_part(office: Office) -> None:
    number = office.open(mail(to=[DESK, "two@acme.example"], cc=[PARTNER, "help@desk.example"]))
    assert roles(office, number) == {
        CUSTOMER: ("requester", True),
        "two@acme.example": ("cc", True),
        PARTNER: ("cc", True),
    }


def test_our_own_address_never_takes_part(office: Office) -> None:
    number = office.open(mail(DESK, cc=["help@desk.example", PARTNER]))
    assert DESK not in office.people(number)
    assert "help@desk.example" not in office.people(number)


def test_a_colleague_is_heard_and_gets_no_copies(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number, COLLEAGUE))
    assert roles(office, number)[COLLEAGUE] == ("colleague", False)


def test_a_colleague_who_was_copied_keeps_his_copies(office: Office) -> None:
    number = office.open(mail(cc=[COLLEAGUE]))
    office.file(reply(office, number, COLLEAGUE))
    assert roles(office, number)[COLLEAGUE] == ("cc", True)


def test_a_requester_who_replies_stays_the_requester(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number))
    assert roles(office, number) == {CUSTOMER: ("requester", True)}


@pytest.mark.parametrize("evidence", ["token", "message-id"])
def test_a_participants_reply_brings_in_those_whom_it_copies(office: Office, evidence: str) -> None:
    number = office.open(mail())
    answered = office.key(number, CUSTOMER) if evidence == "token" else "<1@acme.example>"
    office.file(reply(office, number, in_reply_to=answered, cc=[PARTNER]))
    assert roles(office, number)[PARTNER] == ("cc", True)


@pytest.mark.parametrize("weak", [{"subject": "[TPBX-1001]"}, {"thread_index": "ab"}])
def test_weak_evidence_brings_in_nobody(office: Office, weak: dict[str, str]) -> None:
    number = office.open(mail(thread_index="ab"))
    office.file(reply(office, number, in_reply_to=None, cc=[PARTNER], **weak))
    assert PARTNER not in roles(office, number)


def test_a_stranger_with_the_token_takes_no_part_and_brings_in_nobody(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number, STRANGER, cc=["mallory@evil.example"], message_id="<2@evil.example>"))
    assert roles(office, number) == {CUSTOMER: ("requester", True), STRANGER: ("stranger", False)}


def test_neither_agents_commands_nor_unproven_mails_nor_reports_bring_in_anybody(office: Office) -> None:
    number = office.open(mail())
    office.file(mail(ANN, in_reply_to=office.key(number, ANN, Role.AGENT), cc=[PARTNER]))
    office.file(reply(office, number, ANN, cc=[PARTNER]))
    office.file(bounce(office.key(number, CUSTOMER), cc=[PARTNER]))
    assert set(office.people(number)) == {CUSTOMER}


def test_a_reply_to_address_is_no_participant(office: Office) -> None:
    number = office.open(mail(reply_to=(mail(STRANGER).sender,)))
    assert STRANGER not in office.people(number)


def test_a_mail_to_hundreds_lets_only_a_few_take_part(office: Office) -> None:
    number = office.open(mail(cc=[f"n{at}@list.example" for at in range(500)]))
    assert len(office.people(number)) == 21


# --- Message-IDs by which the ticket is found -------------------------------------------------------------


def found(office: Office, *ids: str) -> dict[str, int]:
    with office.store.read() as work:
        return work.tickets.by_message_ids(ids)


def test_a_mails_own_id_and_those_that_it_answers_lead_to_the_ticket(office: Office) -> None:
    number = office.open(mail(message_id="<1@acme.example>"))
    office.file(reply(office, number, references=("<relay@ses.example>",), message_id="<2@acme.example>"))
    ids = ("<1@acme.example>", "<2@acme.example>", "<relay@ses.example>")
    assert found(office, *ids) == dict.fromkeys(ids, number)


def test_what_a_new_mail_refers_to_leads_nowhere(office: Office) -> None:
    office.file(mail(in_reply_to="<somebody-elses@x.example>"))
    assert found(office, "<somebody-elses@x.example>") == {}


def test_what_a_stranger_refers_to_leads_nowhere(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number, STRANGER, references=("<victims@x.example>",), message_id="<2@evil.example>"))
    assert found(office, "<victims@x.example>") == {}


def test_what_an_unproven_mail_refers_to_leads_nowhere(office: Office) -> None:
    office.open(mail())
    office.file(mail(ANN, subject="[TPBX-1001]", references=("<victims@x.example>",), message_id="<2@evil.example>"))
    assert found(office, "<victims@x.example>") == {}


# --- what a mail changes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "then"), [("new", "new"), ("pending", "open"), ("vendor", "vendor")])
def test_a_persons_reply_moves_what_waited_for_it(office: Office, before: str, then: str) -> None:
    number = office.open(mail(), status=before)
    office.file(reply(office, number))
    assert office.ticket(number).status == then
    assert len(office.events(number, "status changed")) == (before != then)


@pytest.mark.parametrize(("sender", "fields"), [(CUSTOMER, {"automatic": "out-of-office"}), (STRANGER, {}), (ANN, {})])
def test_machines_strangers_and_unproven_agents_change_nothing(
    office: Office, sender: str, fields: dict[str, Any]
) -> None:
    number = office.open(mail(), status="pending")
    office.file(reply(office, number, sender, text="Everything is down!", **fields))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority) == ("pending", 4)


def test_a_reply_raises_the_priority_with_its_reasons_and_an_event(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number, text="Our site is down."))
    ticket = office.ticket(number)
    assert (ticket.priority, ticket.highest_priority) == (2, 2)
    assert [reason.rule for reason in ticket.reasons] == ["site-down"]
    (event,) = office.events(number, "priority changed")
    assert event.detail == {"from": 4, "to": 2, "reasons": ["site-down: our site is down (body)"]}
    assert (event.actor, event.inbound_id) == (CUSTOMER, 2)


def test_a_reply_never_lowers_it(office: Office) -> None:
    number = office.open(mail(text="Our site is down."))
    office.file(reply(office, number, text="Thank you."))
    ticket = office.ticket(number)
    assert (ticket.priority, ticket.highest_priority) == (2, 2)
    assert [reason.rule for reason in ticket.reasons] == ["site-down"]


def test_a_relapse_does_not_lower_the_highest_that_it_ever_had(office: Office) -> None:
    number = office.open(mail(text="Everything is down."), priority=4)
    office.file(reply(office, number, text="Our site is down."))
    ticket = office.ticket(number)
    assert (ticket.priority, ticket.highest_priority) == (2, 1)


def test_reopening_is_kept_with_its_time_and_cause(office: Office) -> None:
    number = office.open(mail(), status="resolved")
    office.now += HOUR
    office.file(reply(office, number))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.reopened) == ("open", office.now)
    (event,) = office.events(number, "reopened")
    assert (event.actor, event.inbound_id) == (CUSTOMER, 2)


def test_a_delivery_report_is_an_event_and_changes_no_state(office: Office) -> None:
    number = office.open(mail(), status="pending")
    office.file(bounce(office.key(number, CUSTOMER)))
    assert office.ticket(number).status == "pending"
    (event,) = office.events(number, "bounce")
    assert event.detail["bounce"] == {"kind": "hard", "status": "5.1.1"}


def test_an_out_of_office_is_an_event_that_says_so(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number, automatic="out-of-office"))
    assert office.events(number, "reply")[0].detail["automatic"] == "out-of-office"


def test_what_a_stranger_points_at_is_linked_for_the_agents(office: Office) -> None:
    number = office.open(mail())
    new = office.open(mail(STRANGER, subject="[TPBX-1001]", message_id="<2@evil.example>"))
    assert office.links(new) == [(number, "mentioned")]
    assert office.events(new, "opened")[0].detail["related"] == [number]


def test_the_tagged_address_that_replies_come_to_is_nobody_who_takes_part(office: Office) -> None:
    number = office.open(mail())
    to = f"support+{office.token(number, CUSTOMER)}@desk.example"
    office.file(reply(office, number, to=[DESK, to]))
    assert set(office.people(number)) == {CUSTOMER}
