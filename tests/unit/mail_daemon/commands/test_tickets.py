"""Orders that open, part, join and end tickets, and those that put something down about one."""

from __future__ import annotations

import pytest

from mail_daemon.domain.decisions import Match
from mail_daemon.store.store import Store
from tests.office import HOUR, Office, read
from tests.ordering import BOREALIS, confirm, names, opened, order, outside, shown, staffed, to_desk, wrote
from tests.unit.mail_daemon.ticks.watched import watched
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, STRANGER, attachment, mail


@pytest.fixture
def ticket(office: Office) -> int:
    return opened(staffed(office), text="My phone is dead.", message_id="<first@acme.example>")


# --- merge ------------------------------------------------------------------------------------------------


@pytest.fixture
def other(office: Office, ticket: int) -> int:
    """A colleague's ticket about the same, merged into the first one."""
    number = opened(
        office, COLLEAGUE, text="Our site is down.", message_id="<second@acme.example>", cc=["pat@partner.example"]
    )
    order(office, number, f"#merge {ticket}")
    confirm(office)
    return number


def test_a_merged_ticket_ends_and_says_where_it_goes_on(office: Office, ticket: int, other: int) -> None:
    merged = office.ticket(other)
    assert (merged.status, merged.merged_into) == ("closed", ticket)
    assert {clock.state for clock in office.clocks(other).values()} == {"ended"}
    assert office.links(other) == [(ticket, "merged")]
    assert "TPBX-1002 → TPBX-1001" in shown(office)
    assert [each.letter for each in outside(office)] == ["acknowledgement", "acknowledgement"]


def test_what_goes_on_is_as_urgent_as_what_was_merged_into_it(office: Office, ticket: int, other: int) -> None:
    assert office.ticket(ticket).priority == 2
    assert office.clocks(ticket)["rfo"].state == "running"


def test_people_of_the_account_take_part_and_nobody_else(office: Office, ticket: int, other: int) -> None:
    assert office.people(ticket)[COLLEAGUE].copies
    assert "pat@partner.example" not in office.people(ticket)
    order(office, ticket, "Dear both.")
    assert outside(office)[-1].recipients == (CUSTOMER, COLLEAGUE)


@pytest.mark.parametrize(
    "trace",
    [
        {"in_reply_to": "key"},
        {"in_reply_to": "<second@acme.example>"},
        {"in_reply_to": None, "subject": "Re: [TPBX-1002]"},
    ],
)
def test_whatever_answers_it_belongs_to_the_one_that_goes_on(
    office: Office, ticket: int, other: int, trace: dict[str, str]
) -> None:
    if trace["in_reply_to"] == "key":
        trace = {"in_reply_to": office.key(other, COLLEAGUE)}
    got = wrote(office, other, "Any news?", COLLEAGUE, **trace)
    assert got.case is not None
    assert (got.case.match.kind, got.case.match.ticket) == ("reply", ticket)
    assert office.ticket(other).status == "closed"


def test_agents_work_on_it_from_the_letters_of_either(office: Office, ticket: int, other: int) -> None:
    order(office, other, "#assign bob")
    assert (office.ticket(ticket).assignee, office.ticket(other).assignee) == ("bob", None)


def test_merging_goes_on_to_the_end_and_never_round(office: Office, ticket: int, other: int) -> None:
    third = opened(office, text="Dead, too.")
    order(office, third, f"#merge {other}")
    confirm(office)
    assert office.ticket(third).merged_into == ticket
    order(office, ticket, f"#merge {other}")
    assert "is this very ticket, or was merged into it" in shown(office)
    order(office, ticket, f"#merge {ticket}")
    assert "is this very ticket" in shown(office)


@pytest.mark.parametrize(
    ("sender", "orders", "said"),
    [
        (BOREALIS, "", "TPBX-1002 is Borealis's and TPBX-1001 Acme's"),
        (STRANGER, "", "TPBX-1002 is eve@evil.example's and TPBX-1001 Acme's"),
        (COLLEAGUE, "#resolve", "TPBX-1001 is resolved; take it up again first"),
    ],
)
def test_what_would_show_one_customer_anothers_words_is_refused(
    office: Office, ticket: int, sender: str, orders: str, said: str
) -> None:
    number = opened(office, sender)
    if orders:
        order(office, ticket, orders)
    order(office, number, f"#merge {ticket}")
    assert said in shown(office)
    assert "confirm" not in names(office)
    assert office.ticket(number).merged_into is None


def test_a_reason_for_outage_is_not_lost_by_merging(office: Office, ticket: int) -> None:
    number = opened(office, text="Our site is down.")
    order(office, number, "#monitor")  # priority 3 from here on, and the promise stays
    order(office, number, f"#merge {ticket}")
    assert "owes a Reason for Outage" in shown(office)


# --- split and link ---------------------------------------------------------------------------------------


def test_the_last_mail_becomes_a_ticket_of_its_own_and_is_acknowledged(office: Office, ticket: int) -> None:
    wrote(office, ticket, "Also: our site is down.", message_id="<more@acme.example>", subject="Re: A question")
    order(office, ticket, "#split")
    split = office.ticket(ticket + 1)
    assert (split.requester, split.account, split.priority) == (CUSTOMER, "Acme", 2)
    assert [each.text for each in office.messages(split.id)] == ["Also: our site is down."]
    assert "Also: our site is down." not in [each.text for each in office.messages(ticket)]
    acknowledged = outside(office)[-1]
    assert (acknowledged.letter, acknowledged.recipients) == ("acknowledgement", (CUSTOMER,))
    assert read(office, acknowledged)["In-Reply-To"] == "<more@acme.example>"
    got = wrote(office, ticket, "Hello?", in_reply_to="<more@acme.example>")
    assert got.case is not None
    assert got.case.match.ticket == split.id


def test_promises_of_what_is_split_begin_with_the_mail_unless_it_was_answered(office: Office, ticket: int) -> None:
    wrote(office, ticket, "Also: this.")
    began = office.now
    office.now += HOUR
    order(office, ticket, "#split")
    assert office.clocks(ticket + 1)["response"].started == began
    wrote(office, ticket, "And that.")
    office.now += HOUR
    order(office, ticket, "Dear Cy, answered.")
    office.now += HOUR
    order(office, ticket, "#split")
    assert office.clocks(ticket + 2)["response"].started == office.now


def test_a_single_mail_is_not_split(office: Office, ticket: int) -> None:
    wrote(office, ticket, "I have the same.", STRANGER, in_reply_to=office.key(ticket, CUSTOMER))
    order(office, ticket, "#split")
    assert "has no second mail of its customer" in shown(office)
    assert len(office.tickets()) == 1


def test_links_are_shown_to_agents_and_move_nothing(office: Office, ticket: int) -> None:
    number = opened(office, BOREALIS)
    order(office, ticket, f"#link TPBX-{number}")
    assert office.links(ticket) == [(number, "linked")]
    assert names(office).count("status") == 0
    order(office, ticket, f"#link {ticket}")
    assert "is this very ticket" in shown(office)


# --- spam -------------------------------------------------------------------------------------------------


def test_spam_ends_without_a_letter_and_its_sender_takes_nothing_up_again(office: Office) -> None:
    number = opened(office, STRANGER, text="Everything is down. Click here.")
    order(office, number, "#spam")
    confirm(office)
    assert office.ticket(number).status == "closed"
    assert {clock.state for kind, clock in office.clocks(number).items() if kind != "page"} == {"ended"}
    wrote(office, number, "Click!", STRANGER, in_reply_to=office.key(number, STRANGER))
    assert office.ticket(number).status == "closed"
    assert [each.letter for each in outside(office)] == ["acknowledgement"]


def test_nothing_is_said_to_the_sender_of_spam(office: Office, ticket: int) -> None:
    order(office, ticket, "#spam\n\nStop it.")
    assert "without other words" in shown(office)
    assert office.ticket(ticket).status == "new"


# --- letters once more ------------------------------------------------------------------------------------


def test_the_last_letter_goes_out_again_under_another_message_id(office: Office, ticket: int) -> None:
    order(office, ticket, "Dear Cy, dial 9.")
    order(office, ticket, "#resend")
    assert "has not left yet" in shown(office)
    with office.store.begin() as work:
        for waiting in work.outbox.claim(now=office.now, until=office.now + HOUR, limit=50):
            work.outbox.sent(waiting, now=office.now)
    office.now += HOUR
    order(office, ticket, "#resend")
    first, again = outside(office)[-2:]
    assert (again.letter, again.recipients) == (first.letter, first.recipients)
    assert again.message_id != first.message_id
    before, after = read(office, first), read(office, again)
    assert after["Message-ID"] == again.message_id
    assert after["Date"] != before["Date"]
    assert after.get_body(("plain",)).get_content() == before.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    got = wrote(office, ticket, "Thanks.", in_reply_to=again.message_id)
    assert got.case is not None
    assert got.case.match == Match("reply", ticket, "token")


def test_the_contacts_go_out_when_an_agent_wants_it(store: Store) -> None:
    office = Office(store, watched())
    number = opened(office, text="My phone is dead.")
    order(office, number, "#escalate")
    letter = shown(office, "escalation")
    assert "Carlos" in letter
    assert "Dora" not in letter
    assert "We are sorry" not in letter
    assert office.ticket(number).escalated == office.now


def test_without_contacts_there_is_nothing_to_send(office: Office, ticket: int) -> None:
    order(office, ticket, "#escalate")
    assert "No contacts are named" in shown(office)


# --- what is put down -------------------------------------------------------------------------------------


def test_time_and_fault_are_put_down(office: Office) -> None:
    office.now += 12 * HOUR  # 21:32 in New York
    number = opened(staffed(office), text="Everything is down.")
    order(office, number, "#time 1h30m emergency moved the queue\n#fault customer")
    with office.store.read() as work:
        assert work.time.minutes(number, "emergency") == 90
    assert office.ticket(number).fault == "customer"
    assert "1h30m emergency" in shown(office)


def test_a_note_stays_inside(office: Office, ticket: int) -> None:
    order(office, ticket, "#note\n\nHe never pays.")
    assert [each.letter for each in outside(office)] == ["acknowledgement"]
    assert office.clocks(ticket)["response"].state == "running"
    assert "kept inside" in shown(office)


# --- reports by telephone ---------------------------------------------------------------------------------


def test_a_report_by_telephone_opens_a_ticket_that_its_customer_can_answer(guarded: Office) -> None:
    staffed(guarded)
    got = to_desk(guarded, f"#new {CUSTOMER}\n#priority 2\n#take\n\nCy called: my phone is dead.", subject="Phone")
    assert got.ticket is not None
    number = got.ticket.id
    then = guarded.ticket(number)
    assert (then.requester, then.account, then.subject, then.priority) == (CUSTOMER, "Acme", "Phone", 2)
    assert (then.assignee, then.proven, then.zone) == ("ann", True, "Europe/Berlin")
    assert guarded.clocks(number)["response"].due == guarded.now + 2 * HOUR
    acknowledged, transcript = guarded.letters()
    assert (acknowledged.letter, acknowledged.recipients) == ("acknowledgement", (CUSTOMER,))
    assert "mails.example" not in str(read(guarded, acknowledged))
    assert (transcript.letter, transcript.recipients) == ("transcript", (ANN,))
    assert "TPBX-1001 for cy@acme.example" in shown(guarded)
    assert guarded.messages(number)[0].visibility == "internal"
    again = wrote(guarded, number, "Still dead.", in_reply_to=acknowledged.message_id)
    assert again.case is not None
    assert again.case.match == Match("reply", number, "token")


def test_other_agents_hear_of_it_as_of_any_new_ticket(guarded: Office) -> None:
    to_desk(guarded, f"#new {CUSTOMER}\n\nAbout the invoice.")
    notices = [each.recipients for each in guarded.letters() if each.letter == "notice"]
    assert notices == [(BOB,)]
    assert "About the invoice." in shown(guarded, "notice")


def test_the_files_of_the_report_are_kept_with_it(guarded: Office) -> None:
    got = to_desk(guarded, f"#new {CUSTOMER}\n\nSee the picture.", attachments=(attachment(),))
    assert got.ticket is not None
    with guarded.store.read() as work:
        assert [each.name for each in work.tickets.attachments(got.ticket.id)] == ["error.png"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"#new {ANN}\n\nx", "is an agent's"),
        ("#new support@desk.example\n\nx", "is our own address"),
        (f"#new {CUSTOMER}", "Write below the commands what was reported"),
        (f"#new {CUSTOMER}\n#assign zoe\n\nx", "There is no agent 'zoe'"),
        ("#new\n\nx", "say for whom"),
    ],
)
def test_a_report_that_can_not_be_taken_opens_nothing(guarded: Office, text: str, said: str) -> None:
    got = to_desk(guarded, text)
    assert got.ticket is None
    assert guarded.tickets() == []
    assert said in shown(guarded)


def test_a_report_that_nothing_proved_goes_to_its_customer_once_the_agent_says_so(office: Office) -> None:
    """What the mail itself had opened goes on in the customer's ticket."""
    staffed(office)
    office.file(mail(ANN, subject="Phone", text=f"#new {CUSTOMER}\n\nCy called: my phone is dead."))
    (placeholder,) = office.tickets()
    assert placeholder.requester == ""
    assert outside(office) == []
    confirm(office)
    then = office.tickets()[-1]
    assert (then.requester, then.subject, then.priority) == (CUSTOMER, "Phone", 3)
    assert office.ticket(placeholder.id).merged_into == then.id
    assert [each.recipients for each in outside(office)] == [(CUSTOMER,)]


def test_in_a_reply_it_is_refused(office: Office, ticket: int) -> None:
    order(office, ticket, f"#new {COLLEAGUE}\n\nDee called.")
    assert "write it to support@desk.example" in shown(office)
    assert len(office.tickets()) == 1
