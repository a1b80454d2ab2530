"""A Reason for Outage: drafted to agents, completed, shared, sent to each customer alone, or waived."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from pypdf import PdfReader

from mail_daemon.changes import rfo
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.by import By
from mail_daemon.domain.priority import Reason
from mail_daemon.domain.rfo import LONGEST, Sections
from mail_daemon.domain.ticket import Cause
from mail_daemon.store.rows_duties import Rfo
from tests.office import HOUR, NOW, Office, read, words
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, PROVEN, STRANGER, mail

MINUTE = timedelta(minutes=1)
OUTAGE = "Everything is down."  # priority 1
WHOLE = Sections(
    cause="A routing change sent calls to a drained gateway.",
    impact="Callers heard nothing.",
    resolution="We took the change back.",
    prevention="- Drained gateways refuse calls.\n- Changes are tried there first.",
)


def outage(office: Office, sender: str = CUSTOMER, **fields: Any) -> int:
    return office.open(mail(sender, **{"subject": "Phones", "text": OUTAGE, **fields}))


def do(office: Office, number: int, verb: Callable[..., Any], *args: Any) -> Any:
    """The verb, by Ann and now."""
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        return verb(work, office.desk, ticket, *args, By("ann", office.now))


def share(office: Office, *numbers: int) -> Rfo:
    with office.store.begin() as work:
        tickets = [found for number in numbers if (found := work.tickets.get(number, lock=True))]
        return rfo.share(work, office.desk, tickets, By("ann", office.now))


def sent(office: Office, number: int) -> Rfo:
    do(office, number, rfo.complete, WHOLE)
    return do(office, number, rfo.send)


def lived(office: Office, number: int) -> None:
    """Answered after 20 minutes, restored after 50, and now 2 hours old."""
    for minutes, verb, args in ((20, answered, ()), (50, move, (Cause.RESTORED,))):
        office.now = NOW + minutes * MINUTE
        do(office, number, verb, *args)
    office.now = NOW + 2 * HOUR


def letters(office: Office, name: str) -> list[EmailMessage]:
    return [read(office, letter) for letter in office.letters() if letter.letter == name]


def paper(message: EmailMessage) -> str:
    """All words of its PDF, on one line."""
    (attached,) = message.iter_attachments()
    reader = PdfReader(io.BytesIO(attached.get_content()))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


# --- the draft --------------------------------------------------------------------------------------------


def test_the_draft_goes_to_the_agents_with_what_the_ticket_knows(office: Office) -> None:
    number = outage(office)
    lived(office, number)
    do(office, number, rfo.draft)
    (letter,) = letters(office, "rfo-draft")
    text = " ".join(letter.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert letter["To"] == ANN
    assert letter["Subject"] == "Reason for Outage due: Phones [TPBX-1001]"
    for fact in (
        "by Thursday 26 November 2026, 09:32 EST",
        "Reported Wednesday 25 November 2026, 09:32 EST",
        "Service restored Wednesday 25 November 2026, 10:22 EST",
        "Duration 50 minutes",
        "Still missing cause, impact, resolution, prevention",
        "09:52 EST: answered",
        "Affected System-wide outage: all down",
        "Cause: Impact: Resolution: Prevention:",
    ):
        assert fact in text


def test_a_second_draft_shows_what_has_been_written_since(office: Office) -> None:
    number = outage(office)
    do(office, number, rfo.draft)
    do(office, number, rfo.complete, Sections(cause="A bad route."))
    do(office, number, rfo.draft)
    text = " ".join(words(letters(office, "rfo-draft")[1]).split())
    assert "A bad route." in text
    assert "impact, resolution, prevention" in text
    assert [event.detail["rfo"] for event in office.events(number, "rfo drafted")] == [1, 1]


def test_it_goes_to_whom_the_ticket_is_assigned(office: Office) -> None:
    number = outage(office)
    with office.store.begin() as work:
        work.tickets.change(number, assignee="bob")
    do(office, number, rfo.draft)
    assert [letter["To"] for letter in letters(office, "rfo-draft")] == [BOB]


def test_no_outage_owes_one(office: Office) -> None:
    number = office.open(mail(text="My phone is dead."))
    for verb, args in ((rfo.draft, ()), (rfo.complete, (WHOLE,)), (rfo.send, ()), (rfo.waive, ("none",))):
        with pytest.raises(ChangeError, match="TPBX-1001 owes no Reason for Outage: it never had priority 1 or 2"):
            do(office, number, verb, *args)
    assert letters(office, "rfo-draft") == []


# --- completed --------------------------------------------------------------------------------------------


def test_sections_may_come_in_several_replies(office: Office) -> None:
    number = outage(office)
    do(office, number, rfo.complete, Sections(cause="Old.", impact="None."))
    found = do(office, number, rfo.complete, Sections(cause="New.", service=" Outbound \n calls "))
    assert (found.cause, found.impact, found.service, found.author) == ("New.", "None.", "Outbound calls", "ann")
    last = office.events(number, "rfo completed")[-1]
    assert last.detail == {"rfo": 1, "sections": ["service", "cause"], "missing": ["resolution", "prevention"]}


@pytest.mark.parametrize(("said", "why"), [
    (Sections(), "no section in it; write lines that begin with Cause:"),
    (Sections(impact="x" * (LONGEST + 1)), "The impact has 4001 characters; write at most 4000"),
    (Sections(service="x" * 501), "The service is one short line"),
])  # fmt: skip
def test_what_cannot_be_taken_is_said(office: Office, said: Sections, why: str) -> None:
    with pytest.raises(ChangeError, match=why):
        do(office, outage(office), rfo.complete, said)


# --- sent -------------------------------------------------------------------------------------------------


def test_the_customer_gets_a_mail_with_a_pdf_in_the_thread(office: Office) -> None:
    number = outage(office, message_id="<phones@acme.example>")
    lived(office, number)
    sent(office, number)
    (letter,) = letters(office, "rfo")
    assert letter["To"] == "Cy Carter <cy@acme.example>"
    assert letter["Subject"] == "Re: Phones [TPBX-1001]"
    assert letter["In-Reply-To"] == "<phones@acme.example>"
    (attached,) = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("RFO-TPBX-1001.pdf", "application/pdf")
    flat = " ".join(words(letter).split())
    for fact in (
        WHOLE.cause,
        WHOLE.impact,
        WHOLE.resolution,
        "- Drained gateways refuse calls.",
        "Wednesday 25 November 2026, 15:32 CET",  # the zone of the account
        "Wednesday 25 November 2026, 16:22 CET",
        "50 minutes",
    ):
        assert fact in flat
        assert fact in paper(letter)
    assert "15:52 CET An engineer answered" in paper(letter)
    assert "Acme" in paper(letter)


def test_the_clock_is_met_and_the_event_says_so(office: Office) -> None:
    number = outage(office)
    lived(office, number)
    found = sent(office, number)
    assert (found.state, found.sent_at) == ("sent", office.now)
    clock = office.clocks(number)["rfo"]
    assert (clock.state, clock.stopped_at, clock.next_at) == ("met", office.now, None)
    (event,) = office.events(number, "rfo sent")
    assert (event.actor, event.detail["to"]) == ("ann", CUSTOMER)


def test_it_is_owed_after_the_outage_was_lowered_and_the_ticket_closed(office: Office) -> None:
    number = outage(office)
    lived(office, number)
    do(office, number, move, Cause.RESOLVED)
    do(office, number, move, Cause.CLOSED)
    assert office.clocks(number)["rfo"].state == "running"
    sent(office, number)
    assert len(letters(office, "rfo")) == 1


def test_without_all_sections_nothing_is_sent(office: Office) -> None:
    number = outage(office)
    do(office, number, rfo.complete, Sections(cause="A bad route.", impact="None."))
    with pytest.raises(ChangeError, match=r"lacks its resolution and prevention; reply .* `Resolution: ...`"):
        do(office, number, rfo.send)
    assert letters(office, "rfo") == []
    assert office.clocks(number)["rfo"].state == "running"


def test_it_is_sent_once(office: Office) -> None:
    number = outage(office)
    sent(office, number)
    for verb, args in ((rfo.send, ()), (rfo.complete, (WHOLE,)), (rfo.waive, ("late",)), (rfo.draft, ())):
        with pytest.raises(ChangeError, match="has gone out"):
            do(office, number, verb, *args)
    assert len(letters(office, "rfo")) == 1


def test_whoever_takes_part_gets_a_copy(office: Office) -> None:
    number = outage(office, cc=(COLLEAGUE,))
    sent(office, number)
    (letter,) = letters(office, "rfo")
    assert COLLEAGUE in letter["Cc"]


def test_a_second_outage_of_a_ticket_owes_a_second_one(office: Office) -> None:
    number = outage(office)
    lived(office, number)
    sent(office, number)
    do(office, number, move, Cause.RESOLVED)
    again = mail(text=OUTAGE, in_reply_to=office.key(number, CUSTOMER), message_id="<2@acme.example>")
    office.file(again)
    assert office.clocks(number)["rfo"].state == "running"
    assert do(office, number, rfo.draft).id == 2
    assert "cause, impact" in words(letters(office, "rfo-draft")[-1])


def test_while_service_is_out_it_says_so(office: Office) -> None:
    number = outage(office)
    sent(office, number)
    (letter,) = letters(office, "rfo")
    assert "Service restored not yet" in paper(letter)
    assert "Duration" not in paper(letter)


# --- what customers and agents write stays words ----------------------------------------------------------

HOSTILE = "<script>x</script> {{ 7*7 }} **b** {nb} \u202egpj.exe\r\nBcc: evil@evil.example\x00"


def test_words_of_the_customer_become_no_markup_header_or_file_name(office: Office) -> None:
    number = outage(office, subject=HOSTILE)
    sent(office, number)
    (letter,) = letters(office, "rfo")
    assert "Bcc" not in letter
    assert letter["To"] == "Cy Carter <cy@acme.example>"
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "RFO-TPBX-1001.pdf"
    assert "<script>" not in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script>x</script> {{ 7*7 }} **b** {nb} gpj.exe Bcc: evil@evil.example" in paper(letter)


def test_words_of_the_agent_become_none_either(office: Office) -> None:
    number = outage(office)
    do(office, number, rfo.complete, Sections(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE))
    do(office, number, rfo.send)
    (letter,) = letters(office, "rfo")
    assert "Bcc" not in letter
    assert "<script>" not in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "{{ 7*7 }}" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "/JavaScript" not in str(PdfReader(io.BytesIO(next(letter.iter_attachments()).get_content())).trailer)


def test_names_in_other_alphabets_stand_in_the_pdf(office: Office) -> None:
    number = outage(office, subject="Связь пропала, Αθήνα, Łódź, Zürich")
    sent(office, number)
    assert "Связь пропала, Αθήνα, Łódź, Zürich" in paper(letters(office, "rfo")[0])


def test_a_sender_whom_nothing_proves_reads_none_of_his_words(office: Office) -> None:
    number = outage(office, STRANGER, subject="Buy my canary")
    sent(office, number)
    (letter,) = letters(office, "rfo")
    assert letter["Subject"] == "Your request [TPBX-1001]"
    for seen in (words(letter), paper(letter)):
        assert "canary" not in seen
        assert "Carter" not in seen
    assert WHOLE.cause in paper(letter)


# --- shared -----------------------------------------------------------------------------------------------


def two(office: Office) -> tuple[int, int]:
    """Outages of two customers, the second ten minutes later."""
    first = outage(office, subject="Canary one")
    office.now = NOW + 10 * MINUTE
    other = mail(STRANGER, subject="Canary two", text=OUTAGE, message_id="<2@evil.example>", authentication=PROVEN)
    second = office.open(other)
    with office.store.begin() as work:
        work.tickets.change(second, account="Evil Ltd", requester_name="Eve Evans")
    return first, second


def test_each_customer_gets_the_words_with_his_own_times_alone(office: Office) -> None:
    first, second = two(office)
    share(office, first, second)
    do(office, first, rfo.complete, WHOLE)
    do(office, second, rfo.send)
    one, other = letters(office, "rfo")
    assert [one["To"].addresses[0].addr_spec, other["To"].addresses[0].addr_spec] == [CUSTOMER, STRANGER]
    for letter, own, others in (
        (one, ("Canary one", "TPBX-1001", "15:32 CET"), ("Canary two", "TPBX-1002", "09:42", "Eve Evans", "Evil Ltd")),
        (other, ("Canary two", "TPBX-1002", "09:42 EST"), ("Canary one", "TPBX-1001", "15:32", "Cy Carter", "Acme")),
    ):
        for seen in (words(letter), paper(letter)):
            assert WHOLE.impact in seen
            for mine in own:
                assert mine in seen
            for theirs in (*others, *(address for address in (CUSTOMER, STRANGER) if address not in letter["To"])):
                assert theirs not in seen
    for number in (first, second):
        assert office.clocks(number)["rfo"].state == "met"
        assert len(office.events(number, "rfo sent")) == 1


@pytest.mark.parametrize("name", ["Acme", "TPBX-1001", "cy@acme.example", "Cy Carter", "Evil Ltd", "eve@evil.example"])
def test_words_that_name_another_customer_are_not_sent(office: Office, name: str) -> None:
    first, second = two(office)
    share(office, first, second)
    do(office, first, rfo.complete, WHOLE)
    do(office, first, rfo.complete, Sections(impact=f"All calls of {name} failed."))
    with pytest.raises(ChangeError, match=r"The impact names .*, and other customers get it, too"):
        do(office, first, rfo.send)
    assert letters(office, "rfo") == []


def test_tickets_of_one_customer_may_name_him(office: Office) -> None:
    first = outage(office)
    second = outage(office, COLLEAGUE, message_id="<2@acme.example>")
    share(office, first, second)
    do(office, first, rfo.complete, WHOLE)
    do(office, first, rfo.complete, Sections(impact="All calls of Acme failed."))
    do(office, first, rfo.send)
    assert len(letters(office, "rfo")) == 2


def test_the_draft_tells_agents_who_shares_it(office: Office) -> None:
    first, second = two(office)
    share(office, first, second)
    do(office, first, rfo.draft)
    text = words(letters(office, "rfo-draft")[0])
    assert "TPBX-1002, Evil Ltd" in text
    assert "Name no customer" in text


def test_shared_the_first_that_has_words_keeps_them(office: Office) -> None:
    first, second = two(office)
    do(office, second, rfo.complete, Sections(cause="From the second."))
    found = share(office, first, second)
    assert found.cause == "From the second."
    assert office.events(second, "rfo shared")[0].detail["replaced"]["cause"] == "From the second."
    assert office.events(first, "rfo shared")[0].detail["tickets"] == ["TPBX-1001", "TPBX-1002"]


def test_one_ticket_alone_or_one_that_owes_none_cannot_share(office: Office) -> None:
    first, _ = two(office)
    with pytest.raises(ChangeError, match="Name two or more tickets"):
        share(office, first, first)
    quiet = office.open(mail(text="My phone is dead.", message_id="<3@acme.example>"))
    with pytest.raises(ChangeError, match="TPBX-1003 owes no Reason for Outage"):
        share(office, first, quiet)


def test_where_a_machine_wrote_nothing_goes_out_until_it_is_waived_there(office: Office) -> None:
    first, second = two(office)
    machine = outage(office, COLLEAGUE, message_id="<4@acme.example>", automatic="auto-reply")
    share(office, first, second, machine)
    do(office, first, rfo.complete, WHOLE)
    with pytest.raises(ChangeError, match="No letter of ours may go to the customer of TPBX-1003"):
        do(office, first, rfo.send)
    assert letters(office, "rfo") == []
    do(office, machine, rfo.waive, "a monitoring system")
    do(office, first, rfo.send)
    assert len(letters(office, "rfo")) == 2


# --- waived -----------------------------------------------------------------------------------------------


def test_waived_it_is_owed_no_more(office: Office) -> None:
    number = outage(office)
    found = do(office, number, rfo.waive, "a test\nof the customer's")
    assert (found.state, found.waived) == ("waived", "a test of the customer's")
    assert office.clocks(number)["rfo"].state == "ended"
    (event,) = office.events(number, "rfo waived")
    assert (event.actor, event.detail["reason"]) == ("ann", "a test of the customer's")
    with pytest.raises(ChangeError, match="was waived: a test"):
        do(office, number, rfo.send)


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_waiving_needs_a_reason(office: Office, reason: str) -> None:
    with pytest.raises(ChangeError, match="Say why"):
        do(office, outage(office), rfo.waive, reason)


def test_what_is_affected_names_no_scope_of_ours(office: Office) -> None:
    number = outage(office)
    with office.store.begin() as work:
        work.tickets.change(number, reasons=(Reason("phones-not-working (ours)", "phones are not working", "body"),))
    assert do(office, number, rfo.draft).service == "System-wide outage: phones not working"
