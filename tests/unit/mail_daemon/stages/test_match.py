"""Match: who is heard in which ticket. What can be guessed or copied counts for participants alone."""

from __future__ import annotations

from typing import Any

import pytest

from mail_daemon.domain.decisions import Match
from mail_daemon.domain.identity import Role, Signer
from parsers.mail import Mail
from tests.office import DAY, Office
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, DESK, PROVEN, STRANGER, bounce, mail

SUBJECT = "Re: A question [TPBX-1001]"
CONVERSATION = "ab" * 22


@pytest.fixture
def ticket(office: Office) -> int:
    """Cy of Acme opened it from Outlook, with a partner in Cc."""
    return opened(office)


def opened(office: Office) -> int:
    return office.open(
        mail(message_id="<first@acme.example>", thread_index=CONVERSATION, to=[DESK], cc=["pat@partner.example"])
    )


def matched(office: Office, one: Mail) -> Match:
    case = office.file(one).case
    assert case is not None
    return case.match


def reply(sender: str, **fields: Any) -> Mail:
    return mail(sender, **{"message_id": f"<reply@{sender.partition('@')[2]}>", **fields})


# Each way in which a mail may point at the ticket, beside our own token.
GUESSABLE: list[dict[str, Any]] = [
    {"in_reply_to": "<first@acme.example>"},
    {"references": ("<else@where.example>", "<first@acme.example>")},
    {"thread_index": CONVERSATION},
    {"subject": SUBJECT},
    {"subject": "AW: [External] [tpbx-1001] A question"},
]
HOW = ["message-id", "message-id", "thread-index", "tag", "tag"]


# --- whoever holds our token ------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["in_reply_to", "references"])
def test_the_requester_who_answers_our_letter_is_heard(office: Office, ticket: int, where: str) -> None:
    key = office.key(ticket, CUSTOMER)
    fields = {where: key if where == "in_reply_to" else ("<other@x.example>", key, "<later@x.example>")}
    assert matched(office, reply(CUSTOMER, **fields)) == Match("reply", ticket, "token")


def test_the_token_in_a_plus_address_serves_as_well(office: Office, ticket: int) -> None:
    to = f"support+{office.token(ticket, CUSTOMER)}@desk.example"
    assert matched(office, reply(CUSTOMER, to=[to])) == Match("reply", ticket, "token")


def test_a_holder_of_the_token_who_does_not_take_part_is_a_stranger(office: Office, ticket: int) -> None:
    got = matched(office, reply(STRANGER, in_reply_to=office.key(ticket, CUSTOMER)))
    assert got == Match("stranger", ticket, "token")


def test_a_stranger_stays_one_when_he_writes_again(office: Office, ticket: int) -> None:
    for number in range(2):
        again = reply(STRANGER, in_reply_to=office.key(ticket, CUSTOMER), message_id=f"<{number}@evil.example>")
        assert matched(office, again).kind == "stranger"


def test_a_token_whose_from_line_is_broken_makes_a_stranger(office: Office, ticket: int) -> None:
    broken = reply(CUSTOMER, sender_defect="two addresses", in_reply_to=office.key(ticket, CUSTOMER))
    assert matched(office, broken).kind == "stranger"


def test_a_token_of_a_ticket_that_is_gone_opens_a_new_one(office: Office) -> None:
    assert matched(office, reply(CUSTOMER, in_reply_to=office.key(4711, CUSTOMER))) == Match("new")


def test_a_forged_token_is_none(office: Office, ticket: int) -> None:
    forger = Signer([b"x" * 32], domain="desk.example", tag="TPBX")
    forged = forger.message_id(forger.token(ticket, STRANGER, Role.CUSTOMER, issued=office.now, nonce=b"nonce"))
    assert matched(office, reply(STRANGER, in_reply_to=forged)) == Match("new")


@pytest.mark.parametrize("fields", [{}, {"automatic": "auto-reply"}, {"sender_defect": "two From headers"}])
def test_an_agents_token_proves_nobody_else_and_opens_no_ticket(
    office: Office, ticket: int, fields: dict[str, Any]
) -> None:
    """A robot behind an agent's address would be told to that agent as a new ticket, and answer again."""
    leaked = office.key(ticket, ANN, Role.AGENT)
    assert matched(office, reply(STRANGER, in_reply_to=leaked, **fields)) == Match("unproven", ticket, "token")
    assert STRANGER not in office.people(ticket)


def test_whoever_takes_part_is_heard_though_an_agent_passed_his_own_notice_on(office: Office, ticket: int) -> None:
    notice = next(letter for letter in office.letters() if letter.letter == "notice")
    assert matched(office, reply(CUSTOMER, in_reply_to=notice.message_id)).kind == "reply"


def test_a_customers_own_token_outweighs_that_of_an_agent(office: Office, ticket: int) -> None:
    both = (office.key(ticket, ANN, Role.AGENT), office.key(ticket, CUSTOMER))
    assert matched(office, reply(STRANGER, references=both)) == Match("stranger", ticket, "token")


# --- participants -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fields", "how"), list(zip(GUESSABLE, HOW, strict=True)))
@pytest.mark.parametrize("sender", [CUSTOMER, COLLEAGUE, "boss@gmail.com", "pat@partner.example"])
def test_who_takes_part_is_heard_by_any_trace(
    office: Office, ticket: int, sender: str, fields: dict[str, Any], how: str
) -> None:
    assert matched(office, reply(sender, **fields)) == Match("reply", ticket, how)


def test_a_rewritten_id_of_our_letter_is_known_once_it_was_observed(office: Office, ticket: int) -> None:
    rewritten = "<0100019@email.amazonses.example>"
    seen = reply(CUSTOMER, in_reply_to=rewritten, references=(office.key(ticket, CUSTOMER),))
    assert matched(office, seen).ticket == ticket
    assert matched(office, reply(COLLEAGUE, in_reply_to=rewritten)) == Match("reply", ticket, "message-id")


def test_the_id_of_a_letter_in_the_outbox_is_known(office: Office, ticket: int) -> None:
    sent = office.letters()[0].message_id
    assert matched(office, reply(CUSTOMER, in_reply_to=sent)).ticket == ticket


@pytest.mark.parametrize("stem", ["TPBX-10010", "TPBX-100", "TPBX1001", "XTPBX-1001", "OTHER-1001"])
def test_a_tag_that_is_not_quite_ours_says_nothing(office: Office, ticket: int, stem: str) -> None:
    assert matched(office, reply(CUSTOMER, subject=f"Re: [{stem}]")) == Match("new")


def test_the_nearest_of_two_tickets_counts(office: Office, ticket: int) -> None:
    other = office.open(mail(message_id="<second@acme.example>"))
    both = reply(CUSTOMER, in_reply_to="<second@acme.example>", references=("<first@acme.example>",))
    assert matched(office, both).ticket == other


def test_our_token_outweighs_the_tag_of_another_ticket(office: Office, ticket: int) -> None:
    office.open(mail(message_id="<second@acme.example>"))
    both = reply(CUSTOMER, subject="[TPBX-1002]", in_reply_to=office.key(ticket, CUSTOMER))
    assert matched(office, both) == Match("reply", ticket, "token")


# --- strangers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", GUESSABLE)
@pytest.mark.parametrize("sender", [STRANGER, "anyone@gmail.com"])
def test_a_stranger_with_a_guess_opens_a_new_ticket_that_is_linked(
    office: Office, ticket: int, sender: str, fields: dict[str, Any]
) -> None:
    assert matched(office, reply(sender, **fields)) == Match("new", related=(ticket,))


def test_a_stranger_who_passes_dmarc_is_still_a_stranger(office: Office, ticket: int) -> None:
    assert matched(office, reply(STRANGER, subject=SUBJECT, authentication=PROVEN)).kind == "new"


def test_a_broken_from_line_takes_part_in_nothing(office: Office, ticket: int) -> None:
    two = reply(CUSTOMER, subject=SUBJECT, sender_defect="two From headers")
    assert matched(office, two) == Match("new", related=(ticket,))


def test_two_strangers_without_an_address_are_not_the_same_person(office: Office) -> None:
    office.open(mail("", message_id="<nobody@x.example>"))
    assert matched(office, mail("", in_reply_to="<nobody@x.example>")).kind == "new"


def test_a_stranger_does_not_take_part_by_adding_himself_to_cc_or_reply_to(office: Office, ticket: int) -> None:
    key = office.key(ticket, CUSTOMER)
    office.file(reply(STRANGER, in_reply_to=key, cc=["mallory@evil.example"]))
    assert matched(office, reply("mallory@evil.example", subject=SUBJECT)).kind == "new"


def test_the_same_message_id_with_other_words_is_another_ticket_to_others(office: Office, ticket: int) -> None:
    assert matched(office, mail(STRANGER, message_id="<first@acme.example>")) == Match("new")


def test_nobody_without_an_account_is_a_colleague(office: Office) -> None:
    number = office.open(mail(STRANGER))
    assert matched(office, reply("other@evil.example", subject=f"[TPBX-{number}]")).kind == "new"


def test_many_references_and_tags_cost_no_more_than_a_few_look_ups(office: Office, ticket: int) -> None:
    many = tuple(f"<{number}@x.example>" for number in range(100))
    tags = "[TPBX-1001]" * 5000
    assert matched(office, reply(CUSTOMER, references=many, subject=tags)).ticket == ticket


# --- reopened and follow-up -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["resolved", "closed"])
@pytest.mark.parametrize(("days", "kind"), [(0, "reopened"), (14, "reopened"), (15, "follow-up")])
def test_a_reply_to_an_ended_ticket_reopens_it_for_two_weeks(office: Office, status: str, days: int, kind: str) -> None:
    number = office.open(mail(), status=status)
    office.now += days * DAY
    got = matched(office, reply(CUSTOMER, in_reply_to=office.key(number, CUSTOMER)))
    assert got.kind == kind
    assert (got.ticket, got.related) == ((None, (number,)) if kind == "follow-up" else (number, ()))


def test_a_follow_up_is_linked_to_what_it_follows(office: Office) -> None:
    number = office.open(mail(), status="closed")
    office.now += 30 * DAY
    follow_up = office.file(reply(CUSTOMER, in_reply_to=office.key(number, CUSTOMER))).ticket
    assert follow_up is not None
    assert follow_up.id != number
    assert office.links(follow_up.id) == [(number, "follow-up")]


@pytest.mark.parametrize("days", [0, 30])
def test_a_machine_reopens_nothing(office: Office, days: int) -> None:
    number = office.open(mail(), status="resolved")
    office.now += days * DAY
    away = reply(CUSTOMER, in_reply_to=office.key(number, CUSTOMER), automatic="out-of-office")
    assert matched(office, away) == Match("reply", number, "token")
    assert office.ticket(number).status == "resolved"


# --- agents -----------------------------------------------------------------------------------------------


def test_an_agent_who_answers_a_letter_to_that_very_agent_is_proven(office: Office, ticket: int) -> None:
    assert matched(office, reply(ANN, in_reply_to=office.key(ticket, ANN, Role.AGENT))).kind == "command"


@pytest.mark.parametrize("fields", GUESSABLE)
def test_an_agents_from_line_with_a_guess_is_unproven(office: Office, ticket: int, fields: dict[str, Any]) -> None:
    got = matched(office, reply(ANN, text="#status closed", **fields))
    assert (got.kind, got.ticket) == ("unproven", ticket)
    assert office.ticket(ticket).status == "new"


@pytest.mark.parametrize(("days", "kind", "how"), [(30, "command", "token"), (31, "unproven", "expired-token")])
def test_an_agents_token_expires(office: Office, ticket: int, days: int, kind: str, how: str) -> None:
    key = office.key(ticket, ANN, Role.AGENT)
    office.now += days * DAY
    assert matched(office, reply(ANN, in_reply_to=key)) == Match(kind, ticket, how)


def test_a_fresh_token_beside_an_expired_one_proves(office: Office, ticket: int) -> None:
    old = office.key(ticket, ANN, Role.AGENT)
    office.now += 40 * DAY
    fresh = office.key(ticket, ANN, Role.AGENT)
    assert matched(office, reply(ANN, in_reply_to=old, references=(fresh,))).kind == "command"


def test_a_customers_token_finds_its_ticket_for_ever(office: Office, ticket: int) -> None:
    key = office.key(ticket, CUSTOMER)
    office.now += 4000 * DAY
    assert matched(office, reply(CUSTOMER, in_reply_to=key)) == Match("reply", ticket, "token")


def test_another_agents_token_is_unproven(office: Office, ticket: int) -> None:
    bobs = next(letter for letter in office.letters() if letter.letter == "notice")
    assert matched(office, reply(BOB, in_reply_to=bobs.message_id)).kind == "unproven"


def test_a_customers_token_does_not_prove_an_agent(office: Office, ticket: int) -> None:
    assert matched(office, reply(ANN, in_reply_to=office.key(ticket, ANN, Role.CUSTOMER))).kind == "unproven"


def test_a_token_sent_to_an_agent_as_agent_of_another_ticket_leads_there_alone(office: Office, ticket: int) -> None:
    other = office.open(mail(message_id="<second@acme.example>"))
    mixed = reply(ANN, subject=SUBJECT, in_reply_to=office.key(other, ANN, Role.AGENT))
    assert matched(office, mixed) == Match("command", other, "token")


def test_with_trusted_servers_an_agent_needs_dmarc_beside_the_token(guarded: Office) -> None:
    number = opened(guarded)
    key = guarded.key(number, ANN, Role.AGENT)
    alone = reply(ANN, message_id="<1@desk.example>", in_reply_to=guarded.letters()[1].message_id)
    assert matched(guarded, alone).kind == "unproven"
    proven = reply(ANN, message_id="<2@desk.example>", in_reply_to=key, authentication=PROVEN)
    assert matched(guarded, proven).kind == "command"


def test_with_trusted_servers_dmarc_alone_proves_no_agent(guarded: Office) -> None:
    opened(guarded)
    assert matched(guarded, reply(ANN, subject=SUBJECT, authentication=PROVEN)).kind == "unproven"


def test_a_defect_in_from_makes_no_agent(office: Office, ticket: int) -> None:
    broken = reply(ANN, in_reply_to=office.key(ticket, ANN, Role.AGENT), sender_defect="two addresses")
    assert matched(office, broken).kind == "unproven"


# --- bounces ----------------------------------------------------------------------------------------------


def test_a_report_about_a_letter_that_we_signed_joins_its_ticket(office: Office, ticket: int) -> None:
    assert matched(office, bounce(office.key(ticket, CUSTOMER))) == Match("bounce", ticket, "token")


@pytest.mark.parametrize("original", [None, "<first@acme.example>", "<TPBX-1001@desk.example>"])
def test_a_report_about_anything_else_changes_nothing(office: Office, ticket: int, original: str | None) -> None:
    outcome = office.file(bounce(original, subject=SUBJECT, in_reply_to="<first@acme.example>"))
    assert outcome.ticket is None
    assert outcome.quarantined == "a delivery report about no letter of ours"
    assert outcome.letters == ()
    assert len(office.events(ticket)) == 1


def test_a_reports_own_headers_are_no_evidence(office: Office, ticket: int) -> None:
    assert office.file(bounce(None, in_reply_to=office.key(ticket, CUSTOMER))).ticket is None
