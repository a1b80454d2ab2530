"""Confirming: what an agent is asked runs at that agent's yes, once and in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.commands.confirming import Answer, answered, ask
from mail_daemon.domain import script
from mail_daemon.domain.by import By
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Posted
from tests.office import AGENTS, HOUR, Office, read, words
from tests.written import ANN, mail

ANNS, BOBS = AGENTS
ORDERS = "#merge TPBX-1002\n\nThese are the same.\n"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ticket(office: Office) -> int:
    return office.open(mail())


def question(office: Office, number: int | None, orders: str = ORDERS) -> Posted:
    with office.store.begin() as work:
        ticket = work.tickets.get(number) if number else None
        ask(work, office.desk, ANNS, ticket, script.read(orders), "#merge can't be undone", By("ann", office.now))
    return office.letters()[-1]


def answer(office: Office, letter: Posted, text: str = "yes", *, agent: Agent = ANNS) -> Answer | None:
    token = office.desk.signer.read(letter.message_id)
    assert token is not None
    with office.store.begin() as work:
        return answered(work, office.desk, token.nonce, agent, text, By(agent.name, office.now))


def test_the_letter_says_what_will_be_done_and_until_when(office: Office, ticket: int) -> None:
    letter = question(office, ticket)
    shown = " ".join(words(read(office, letter)).split())
    assert (letter.letter, letter.recipients) == ("confirm", (ANN,))
    assert read(office, letter)["Subject"] == "Please confirm A question [TPBX-1001]"
    assert "#merge can't be undone" in shown.replace("&#39;", "'")
    assert "#merge TPBX-1002" in shown
    assert "These are the same." in shown
    assert "10:32 EST" in shown
    [event] = office.events(ticket, "confirmation asked")
    assert event.detail == {"agent": "ann", "kind": "command", "why": "#merge can't be undone"}


def test_a_yes_gives_the_orders_back_as_they_were_written(office: Office, ticket: int) -> None:
    got = answer(office, question(office, ticket), "Yes.\n\nAnn")
    assert got is not None
    assert got.script == script.read(ORDERS)
    assert (got.asked.kind, got.asked.ticket_id) == ("command", ticket)


def test_a_yes_counts_once(office: Office, ticket: int) -> None:
    letter = question(office, ticket)
    answer(office, letter)
    again = answer(office, letter)
    assert again is not None
    assert (again.script, again.why) == (None, "it was confirmed before")


def test_a_yes_counts_for_an_hour(office: Office, ticket: int) -> None:
    letter = question(office, ticket)
    office.now += HOUR + MINUTE
    late = answer(office, letter)
    assert late is not None
    assert (late.script, late.why) == (None, "the question could be answered within 1 hour only")


@pytest.mark.parametrize("text", ["", "no", "I did not write this!", "What is this?"])
def test_anything_else_runs_nothing_and_leaves_the_question_open(office: Office, ticket: int, text: str) -> None:
    letter = question(office, ticket)
    refused = answer(office, letter, text)
    assert refused is not None
    assert refused.script is None
    agreed = answer(office, letter)
    assert agreed is not None
    assert agreed.script is not None


def test_an_answer_with_orders_of_its_own_is_a_mail_like_any_other(office: Office, ticket: int) -> None:
    assert answer(office, question(office, ticket), "#assign bob") is None


def test_another_agent_answers_for_nobody(office: Office, ticket: int) -> None:
    assert answer(office, question(office, ticket), agent=BOBS) is None


def test_what_answers_no_question_is_no_answer(office: Office, ticket: int) -> None:
    notice = office.letters()[-1]
    assert answer(office, notice) is None


def test_a_question_may_be_about_no_ticket(office: Office) -> None:
    letter = question(office, None, "#queue")
    assert letter.ticket_id is None
    got = answer(office, letter)
    assert got is not None
    assert got.script is not None
    assert [command.verb for command in got.script.commands] == ["queue"]


def test_orders_to_the_desk_leave_quarantine_at_the_yes(office: Office) -> None:
    office.file(mail(ANN, text="#queue"))
    answer(office, office.letters()[-1])
    with office.store.read() as work:
        assert work.inbound.quarantined() == []


def test_a_request_of_the_agents_own_becomes_that_agents_ticket(office: Office) -> None:
    number = office.open(mail(ANN, text="My own phone is dead."))
    got = answer(office, office.letters()[-1])
    assert got is not None
    assert got.script is None
    assert (office.ticket(number).requester, office.ticket(number).proven) == (ANN, True)
    assert office.people(number)[ANN].role == "requester"


def test_orders_in_a_ticket_of_nobodys_leave_it_as_it_is(office: Office) -> None:
    number = office.open(mail(ANN, text="#new\n#for cy@acme.example\n\nHis phone is dead."))
    got = answer(office, office.letters()[-1])
    assert got is not None
    assert got.script is not None
    assert office.ticket(number).requester == ""
