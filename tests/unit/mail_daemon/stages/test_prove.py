"""Prove: tokens in other hands, mails that come twice, and what nothing proves: nothing runs, the agent is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mail_daemon.domain.decisions import Match
from mail_daemon.domain.identity import NO_TICKET, Role
from mail_daemon.store.rows import Posted
from mail_daemon.store.store import Store
from parsers.mail import Address, Authentication, Mail
from tests.office import DAY, HOUR, Office, desk, read, told, words
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, DESK, PROVEN, STRANGER, attachment, bounce, mail

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def ticket(office: Office) -> int:
    return office.open(mail(to=[DESK]))


def by(sender: str, number: int, **fields: Any) -> Mail:
    """A mail that claims to be `sender`'s; each has a Message-ID of its own unless it is given."""
    return mail(sender, **{"message_id": f"<{number}@mails.example>", **fields})


def matched(office: Office, one: Mail) -> Match:
    case = office.file(one).case
    assert case is not None
    return case.match


def notice(office: Office) -> str:
    """The Message-ID of ann's last notice."""
    return [each.message_id for each in office.letters() if each.letter == "notice"][-1]


def asked(office: Office) -> list[Posted]:
    return [letter for letter in office.letters() if letter.letter == "confirm"]


def shown(office: Office, letter: Posted) -> str:
    return " ".join(words(read(office, letter)).split())


def guarded_with(store: Store, **matching: str) -> Office:
    trusted = {"authserv_ids": ("mx.desk.example",)}
    return Office(store, desk({"trusted": trusted, "matching": matching}))


# --- void tokens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        by(STRANGER, 1),
        by(BOB, 1),
        by(CUSTOMER, 1),
        by(ANN, 1, sender_defect="two addresses"),
        by(STRANGER, 1, automatic="out-of-office"),
        by("ann@dеsk.example", 1),  # noqa: RUF001  a Cyrillic e
    ],
)
def test_a_token_that_somebody_else_has_shown_proves_nobody_any_more(office: Office, ticket: int, other: Mail) -> None:
    key = notice(office)
    office.file(replace(other, in_reply_to=key))
    assert matched(office, by(ANN, 2, in_reply_to=key)) == Match("unproven", ticket, "void-token")


def test_the_same_agent_is_proven_by_every_other_letter(office: Office, ticket: int) -> None:
    old = notice(office)
    office.file(by(STRANGER, 1, in_reply_to=old))
    assert matched(office, by(ANN, 2, in_reply_to=notice(office))).kind == "command"
    assert matched(office, by(ANN, 3, in_reply_to=old, references=(notice(office),))).kind == "command"


def test_the_agent_hears_why_and_what_to_do(office: Office, ticket: int) -> None:
    key = notice(office)
    office.file(by(STRANGER, 1, in_reply_to=key))
    assert "that letter proves nobody any more, newer ones do" in shown(office, office.letters()[-1])
    office.file(by(ANN, 2, in_reply_to=key))
    assert "newer letters still do" in shown(office, asked(office)[-1])


def test_a_token_in_the_address_is_shown_as_well(office: Office, ticket: int) -> None:
    token = office.token(ticket, ANN, Role.AGENT)
    office.file(by(STRANGER, 1, to=[f"support+{token}@desk.example"]))
    assert matched(office, by(ANN, 2, to=[f"support+{token}@desk.example"])).how == "void-token"


def test_a_delivery_report_and_the_agent_himself_void_nothing(guarded: Office) -> None:
    guarded.open(mail())
    key = notice(guarded)
    guarded.file(bounce(key, in_reply_to=key))
    guarded.file(by(ANN, 1, in_reply_to=key))  # from a telephone that signs nothing
    assert matched(guarded, by(ANN, 2, in_reply_to=key, authentication=PROVEN)).kind == "command"


def test_customers_tokens_are_never_void(office: Office, ticket: int) -> None:
    key = office.key(ticket, CUSTOMER)
    office.file(by(STRANGER, 1, in_reply_to=key))
    assert matched(office, by(CUSTOMER, 2, in_reply_to=key)).kind == "reply"


# --- replay -----------------------------------------------------------------------------------------------


def order(office: Office, **fields: Any) -> Mail:
    return mail(
        ANN, **{"message_id": "<a@desk.example>", "in_reply_to": notice(office), "date": NOON, "text": "Hi", **fields}
    )


@pytest.mark.parametrize(
    "again",
    [
        {"text": "Hi, with a list's footer"},
        {"message_id": "<b@desk.example>"},
        {"message_id": "<b@desk.example>", "text": "#resolve"},
        {"date": None},
        {"date": NOON + DAY},
    ],
)
def test_an_agents_mail_that_comes_again_is_filed_and_does_not_count(
    office: Office, ticket: int, again: dict[str, Any]
) -> None:
    first = order(office)
    assert matched(office, first).kind == "command"
    assert matched(office, replace(first, **again)) == Match("duplicate", ticket, "replayed")
    assert [each.visibility for each in office.messages(ticket)[1:] if each.direction == "in"] == 2 * ["internal"]
    assert [letter for letter, _ in told(office)].count("agent-reply") == 1
    assert office.ticket(ticket).status == "open"


def test_an_agents_next_answer_to_the_same_letter_counts(office: Office, ticket: int) -> None:
    first = order(office)
    assert matched(office, first).kind == "command"
    assert matched(office, replace(first, message_id="<b@desk.example>", date=NOON + HOUR)).kind == "command"


def test_a_copy_whose_token_is_another_is_known_by_its_message_id(office: Office, ticket: int) -> None:
    other = office.open(mail(COLLEAGUE, message_id="<2@acme.example>"))
    office.file(order(office, in_reply_to=office.key(ticket, ANN, Role.AGENT)))
    assert matched(office, order(office, in_reply_to=office.key(other, ANN, Role.AGENT))).kind == "duplicate"


def test_orders_to_the_desk_run_once(guarded: Office) -> None:
    queue = by(ANN, 1, text="#queue", authentication=PROVEN)
    assert matched(guarded, queue) == Match("command", None, "address")
    assert guarded.file(replace(queue, text="#queue\n")).quarantined == "a copy of an agent's mail that has run"


# --- nothing proves the agent -----------------------------------------------------------------------------


def test_an_unproven_note_stays_inside_and_its_agent_is_asked_once_an_hour(office: Office, ticket: int) -> None:
    before = office.ticket(ticket)
    for number in range(3):
        office.file(by(ANN, number, subject=f"[TPBX-{ticket}]", text="#status closed\n\nAll is well."))
    assert (office.ticket(ticket).status, office.ticket(ticket).assignee) == (before.status, before.assignee)
    assert [each.visibility for each in office.messages(ticket)] == ["public"] + ["internal"] * 3
    assert told(office)[2:] == [("confirm", ANN), ("notice", ANN), ("notice", ANN)]
    office.now += HOUR
    office.file(by(ANN, 9, subject=f"[TPBX-{ticket}]", text="#status closed"))
    assert told(office)[-1] == ("confirm", ANN)


def test_the_cap_is_the_configurations(store: Store) -> None:
    office = Office(store, desk({"answers": {"confirmations": 0}}))
    office.file(by(ANN, 1, text="#queue"))
    assert told(office) == []


def test_the_question_repeats_the_orders_and_how_the_words_begin(office: Office, ticket: int) -> None:
    office.file(by(ANN, 1, subject=f"[TPBX-{ticket}]", text="#status closed\n#time 1h remote x\n\n" + "word " * 1000))
    text = shown(office, asked(office)[0])
    assert "#status closed" in text
    assert "#time 1h remote x" in text
    assert "word word" in text
    assert text.count("word") < 500
    assert "it answers no letter that we sent to you" in text


def test_words_in_an_agents_name_become_a_ticket_of_nobodys(office: Office) -> None:
    number = office.open(
        by(ANN, 1, subject="Everything is down", text="#new\n#for cy@acme.example\n\nIt rang and rang.")
    )
    kept = office.ticket(number)
    assert (kept.requester, kept.requester_name, kept.account, kept.proven) == ("", "", None, False)
    assert office.people(number) == {}
    assert [each.visibility for each in office.messages(number)] == ["internal"]
    assert told(office) == [("confirm", ANN)]
    [event] = office.events(number, "answer suppressed")
    assert event.detail["reason"] == "nothing proves that the agent wrote it"


def test_other_agents_are_told_of_it(store: Store) -> None:
    office = Office(store, desk())
    office.open(by(BOB, 1))
    assert told(office) == [("confirm", BOB), ("notice", ANN)]


def test_commands_alone_in_an_agents_name_wait_in_quarantine(office: Office) -> None:
    outcome = office.file(by(ANN, 1, text="#queue"))
    assert outcome.quarantined == "commands in an agent's name, unproven"
    assert [letter.letter for letter in outcome.letters] == ["confirm"]
    assert office.tickets() == []


def test_commands_with_an_attachment_are_not_set_aside(office: Office) -> None:
    assert office.open(by(ANN, 1, text="#new", attachments=(attachment(),)))


def test_a_letter_that_was_not_signed_for_dmarc_says_so(guarded: Office) -> None:
    guarded.open(mail())
    guarded.file(by(ANN, 1, in_reply_to=notice(guarded), text="#resolve"))
    assert "DMARC by a signature of your domain" in shown(guarded, asked(guarded)[0])


@pytest.mark.parametrize("automatic", ["out-of-office", "auto-reply", "null-sender", "read-receipt", "bulk"])
def test_an_agents_absence_orders_nothing_and_asks_nobody(office: Office, ticket: int, automatic: str) -> None:
    away = by(ANN, 1, in_reply_to=notice(office), automatic=automatic, text="#resolve")
    assert matched(office, away) == Match("unproven", ticket, "automatic")
    assert asked(office) == []
    assert office.ticket(ticket).status == "new"


def test_a_bounce_of_an_agents_address_is_no_answer(office: Office, ticket: int) -> None:
    full = bounce(notice(office), text="#resolve", in_reply_to=notice(office), sender=Address("", ANN))
    assert matched(office, full) == Match("bounce", ticket, "token")
    assert asked(office) == []
    assert office.ticket(ticket).status == "new"


def test_whoever_only_has_the_letter_is_not_taken_for_its_agent(office: Office, ticket: int) -> None:
    office.file(by(STRANGER, 1, in_reply_to=notice(office), text="#resolve"))
    assert asked(office) == []


# --- what is no reply -------------------------------------------------------------------------------------


def test_orders_to_the_desk_need_a_dmarc_pass_by_an_aligned_signature(guarded: Office) -> None:
    assert matched(guarded, by(ANN, 1, text="#queue", authentication=PROVEN)).kind == "command"
    for number, weak in enumerate(
        [
            Authentication(),
            Authentication("mx.desk.example", dmarc="pass", spf="pass"),
            Authentication("mx.desk.example", dmarc="fail", dkim="pass", dkim_aligned=True),
            Authentication("mx.desk.example", dmarc="none", dkim="pass", dkim_aligned=True),
        ],
        start=2,
    ):
        assert matched(guarded, by(ANN, number, text="#queue", authentication=weak)).kind == "unproven"


def test_a_proven_agent_who_asks_for_something_is_a_customer_like_any_other(guarded: Office) -> None:
    number = guarded.open(by(ANN, 1, text="My own phone is dead.", authentication=PROVEN))
    assert guarded.ticket(number).requester == ANN


def test_a_command_below_other_words_is_none(guarded: Office) -> None:
    assert matched(guarded, by(ANN, 1, text="Hello\n#queue", authentication=PROVEN)) == Match("new")


def test_an_answer_to_a_letter_about_no_ticket_is_the_desks(office: Office) -> None:
    key = office.key(NO_TICKET, ANN, Role.AGENT)
    assert matched(office, by(ANN, 1, text="#queue", in_reply_to=key)) == Match("command", None, "token")
    office.now += 31 * DAY
    assert matched(office, by(ANN, 2, text="#queue", in_reply_to=key)) == Match("unproven", None, "expired-token")


# --- a network that asks for less -------------------------------------------------------------------------


def test_the_token_alone_may_decide(store: Store) -> None:
    office = guarded_with(store, agent_proof="token")
    number = office.open(mail())
    assert matched(office, by(ANN, 1, in_reply_to=notice(office))).kind == "command"
    assert matched(office, by(ANN, 2, subject=f"[TPBX-{number}]")).kind == "unproven"
    assert matched(office, by(ANN, 3, text="#queue")).kind == "unproven"


def test_the_address_alone_may_decide(store: Store) -> None:
    office = guarded_with(store, agent_proof="address")
    number = office.open(mail())
    old = notice(office)
    office.file(by(STRANGER, 7, in_reply_to=old))
    office.now += 60 * DAY
    assert matched(office, by(ANN, 1, subject=f"[TPBX-{number}]")) == Match("command", number, "tag")
    assert matched(office, by(ANN, 2, in_reply_to=old)) == Match("command", number, "token")
    assert matched(office, by(ANN, 3, text="#queue")) == Match("command", None, "address")
    assert matched(office, by(ANN, 4, subject=f"[TPBX-{number}]", automatic="out-of-office")).kind == "unproven"
    assert matched(office, by(ANN, 5, in_reply_to=old, sender_defect="two From headers")).kind == "unproven"


def test_nothing_waits_longer_than_it_has_to(office: Office, ticket: int) -> None:
    """An hour, as shipped: an answer to a question of yesterday must not surprise anybody."""
    office.file(by(ANN, 1, subject=f"[TPBX-{ticket}]", text="#spam"))
    with office.store.read() as work:
        token = office.desk.signer.read(asked(office)[0].message_id)
        assert token is not None
        found = work.confirmations.get(token.nonce)
    assert found is not None
    assert found.until - office.now == timedelta(hours=1)


# --- from the forgery to the yes --------------------------------------------------------------------------


@pytest.fixture
def forged(office: Office, ticket: int) -> str:
    """Somebody, who may be ann, has written in her name; the Message-ID of what she was asked."""
    office.file(by(ANN, 1, subject=f"[TPBX-{ticket}]", text="#resolve"))
    assert office.ticket(ticket).status == "new"
    return asked(office)[0].message_id


def test_at_the_agents_yes_what_was_asked_runs_once(office: Office, ticket: int, forged: str) -> None:
    office.file(by(ANN, 2, in_reply_to=forged, text="Yes"))
    assert office.ticket(ticket).status == "resolved"
    office.file(by(ANN, 3, in_reply_to=office.key(ticket, ANN, Role.AGENT), text="#reopen"))
    assert office.ticket(ticket).status == "open"
    office.file(by(ANN, 4, in_reply_to=forged, text="Yes"))
    assert office.ticket(ticket).status == "open"


@pytest.mark.parametrize(
    "answer",
    [
        by(ANN, 2, text="I did not write this!"),
        by(BOB, 2, text="yes"),
        by(STRANGER, 2, text="yes"),
        by(CUSTOMER, 2, text="yes"),
        by(ANN, 2, text="yes", automatic="auto-reply"),
        by(ANN, 2, text="yes", sender_defect="two From headers"),
    ],
)
def test_whatever_else_comes_back_runs_nothing_and_reaches_no_customer(
    office: Office, ticket: int, forged: str, answer: Mail
) -> None:
    office.file(replace(answer, in_reply_to=forged))
    assert office.ticket(ticket).status == "new"
    assert [names for names in told(office) if names[1] == CUSTOMER] == [("acknowledgement", CUSTOMER)]


def test_a_yes_that_only_names_the_ticket_runs_nothing(office: Office, ticket: int, forged: str) -> None:
    office.file(by(ANN, 2, subject=f"Re: Did you write this? [TPBX-{ticket}]", text="yes"))
    assert office.ticket(ticket).status == "new"


def test_a_yes_comes_too_late_after_an_hour(office: Office, ticket: int, forged: str) -> None:
    office.now += 2 * HOUR
    office.file(by(ANN, 2, in_reply_to=forged, text="yes"))
    assert office.ticket(ticket).status == "new"
