"""Orders about whose a ticket is: its agent, its account, who takes part; and what it is called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.office import Office, read
from tests.ordering import BOREALIS, names, opened, order, outside, shown, staffed, wrote
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, STRANGER


@pytest.fixture
def ticket(office: Office) -> int:
    return opened(staffed(office), text="My phone is dead.")


# --- agents -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["#assign me", "#take", "#assign ann", f"#assign {ANN}"])
def test_an_agent_takes_it(office: Office, ticket: int, text: str) -> None:
    order(office, ticket, text)
    assert office.ticket(ticket).assignee == "ann"
    assert names(office).count("notice") == 1


def test_who_gets_it_from_another_gets_a_notice_and_can_answer_the_customer(office: Office, ticket: int) -> None:
    order(office, ticket, "#assign bob")
    handed = [each for each in office.letters() if each.recipients == (BOB,)][-1]
    assert handed.letter == "notice"
    assert "Yours now, given by ann" in shown(office, "notice")
    assert "My phone is dead." in shown(office, "notice")
    order(office, ticket, "Dear Cy, bob here.", BOB, in_reply_to=handed.message_id)
    assert [each.letter for each in outside(office)] == ["acknowledgement", "agent-reply"]


def test_it_is_given_back_to_all(office: Office, ticket: int) -> None:
    order(office, ticket, "#take")
    order(office, ticket, "#assign none")
    assert office.ticket(ticket).assignee is None
    assert "ann → nobody" in shown(office)


# --- accounts ---------------------------------------------------------------------------------------------


def test_the_account_decides_who_is_heard(office: Office) -> None:
    ticket = opened(staffed(office), STRANGER)
    order(office, ticket, "#account borealis")
    assert office.ticket(ticket).account == "Borealis"
    wrote(office, ticket, "I am the boss.", BOREALIS, in_reply_to=office.key(ticket, STRANGER))
    assert office.people(ticket)[BOREALIS].role == "colleague"
    order(office, ticket, "#account none")
    assert office.ticket(ticket).account is None


def test_an_account_that_nobody_knows_is_asked_about(office: Office, ticket: int) -> None:
    order(office, ticket, "#account Boralis")
    assert "did you mean Borealis?" in shown(office)
    assert office.ticket(ticket).account == "Acme"


# --- copies and strangers ---------------------------------------------------------------------------------


def test_whoever_is_put_in_copy_gets_the_words_of_the_same_mail_and_is_heard(office: Office, ticket: int) -> None:
    order(office, ticket, "#cc dave@partner.example\n\nDear Cy, Dave will look.")
    answer = outside(office)[-1]
    assert answer.recipients == (CUSTOMER, "dave@partner.example")
    got = wrote(office, ticket, "I do.", "dave@partner.example", in_reply_to=answer.message_id)
    assert got.case is not None
    assert got.case.match.kind == "reply"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("support@desk.example", "is our own address"),
        ("support+x@desk.example", "is our own address"),
        (BOB, "is an agent's"),
        ("ü@acme.example", "No mail can be sent to"),
        (CUSTOMER, "takes part already"),
    ],
)
def test_nobody_is_put_in_copy_who_can_not_be(office: Office, ticket: int, address: str, said: str) -> None:
    before = office.people(ticket)
    order(office, ticket, f"#cc {address}")
    assert said in shown(office)
    assert office.people(ticket) == before


def test_a_stranger_is_heard_and_gets_copies_once_an_agent_accepts_him(office: Office, ticket: int) -> None:
    wrote(office, ticket, "I have the same.", STRANGER)
    order(office, ticket, f"#cc {STRANGER}")
    assert f"#accept {STRANGER} lets them take part" in shown(office)
    order(office, ticket, "Dear Cy.")
    assert outside(office)[-1].recipients == (CUSTOMER,)
    order(office, ticket, f"#accept {STRANGER}\n\nDear both.")
    assert outside(office)[-1].recipients == (CUSTOMER, STRANGER)
    assert wrote(office, ticket, "Thanks.", STRANGER).case.match.kind == "reply"  # type: ignore[union-attr]


def test_only_who_wrote_is_accepted(office: Office, ticket: int) -> None:
    order(office, ticket, f"#accept {STRANGER}")
    assert "is no stranger who wrote here (none has)" in shown(office)
    assert STRANGER not in office.people(ticket)


def test_copies_of_a_ticket_that_nothing_proves_are_said_to_wait(office: Office) -> None:
    ticket = opened(office, STRANGER)
    order(office, ticket, f"#cc {COLLEAGUE}\n\nDear Eve.")
    assert "gets copies once something proves who the customer is" in shown(office)
    assert outside(office)[-1].recipients == (STRANGER,)


# --- names ------------------------------------------------------------------------------------------------


def test_later_letters_carry_the_new_subject(office: Office, ticket: int) -> None:
    order(office, ticket, "#subject One-way audio in Boston\n\nDear Cy.")
    assert office.ticket(ticket).subject == "One-way audio in Boston"
    assert read(office, outside(office)[-1])["Subject"] == "Re: One-way audio in Boston [TPBX-1001]"


@pytest.fixture
def held(office: Office) -> int:
    """A request of an account that is past due."""
    accounts = tuple(office.desk.directory.accounts.values())
    late = tuple(each.model_copy(update={"days_past_due": 25}) for each in accounts)
    staffed(office, accounts=late)
    ticket = opened(office, text="Please send the invoice again.")
    assert office.ticket(ticket).status == "on_hold"
    return ticket


def test_a_priority_of_an_outage_ends_a_hold(office: Office, held: int) -> None:
    order(office, held, "#priority 3")
    assert office.ticket(held).status == "on_hold"
    order(office, held, "#priority 1")
    assert (office.ticket(held).status, office.ticket(held).priority) == ("new", 1)
    assert office.clocks(held)["response"].state == "running"


def test_a_category_that_is_about_the_service_ends_a_hold(office: Office, held: int) -> None:
    ticket = held
    order(office, ticket, "#category outage")
    assert (office.ticket(ticket).status, office.ticket(ticket).category) == ("new", "outage")
    assert "on_hold → new" in shown(office)
    assert replace(office.ticket(ticket)).held_status is None
