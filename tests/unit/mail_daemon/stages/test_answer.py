"""Answer: who gets which letter, and what it may say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mail_daemon.domain.identity import Role
from mail_daemon.settings.policy import Agent
from mail_daemon.store.store import Store
from parsers.mail import Mail
from tests.office import AGENTS, DAY, Office, acknowledgements, desk, read, told, utc, words
from tests.written import ANN, BOB, CUSTOMER, PROVEN, STRANGER, attachment, bounce, mail

SECRET = "Your verification code is 4711"


def reply(office: Office, number: int, sender: str = CUSTOMER, **fields: Any) -> Mail:
    return mail(sender, **{"in_reply_to": office.key(number, CUSTOMER), "message_id": "<2@acme.example>", **fields})


# --- the acknowledgement ----------------------------------------------------------------------------------


def test_a_customer_is_acknowledged_and_the_agents_are_told(office: Office) -> None:
    office.file(mail())
    assert told(office) == [("acknowledgement", CUSTOMER), ("notice", ANN)]


def test_the_acknowledgement_answers_the_mail_and_says_what_is_promised(office: Office) -> None:
    office.file(mail(subject="Fault", text="My phone is dead.", references=("<0@acme.example>",)))
    letter = read(office, office.letters()[0])
    assert letter["To"] == f"Cy Carter <{CUSTOMER}>"
    assert letter["Subject"] == "Re: Fault [TPBX-1001]"
    assert letter["In-Reply-To"] == "<1@acme.example>"
    assert letter["References"] == "<0@acme.example> <1@acme.example>"
    assert letter["Auto-Submitted"] == "auto-replied"
    shown = words(letter)
    assert "priority 3" in shown.lower()
    assert "my phone is dead" in shown  # the reason
    assert "19:32" in shown  # 13:32 in New York is 19:32 in Berlin, where Acme is


def test_its_message_id_is_a_token_for_this_recipient(office: Office) -> None:
    office.file(mail())
    (letter,) = acknowledgements(office)
    token = office.desk.signer.read(letter.message_id)
    assert token is not None
    assert (token.ticket, token.role) == (1001, Role.CUSTOMER)
    assert office.desk.signer.meant_for(token, CUSTOMER)
    assert read(office, letter)["Message-ID"] == letter.message_id


def test_where_the_server_takes_plus_addresses_replies_come_to_one(store: Store) -> None:
    office = Office(store, desk({"desk": {"plus_addressing": True}}))
    office.file(mail())
    reply_to = str(read(office, office.letters()[0])["Reply-To"])
    token = office.desk.signer.read(reply_to)
    assert token is not None
    assert token.ticket == 1001


@pytest.mark.parametrize(("hour", "shown"), [(14, False), (4, True)])
def test_after_hours_it_says_whom_to_call(office: Office, hour: int, shown: bool) -> None:
    office.now = utc(2026, 11, 25, hour)
    office.file(mail())
    assert ("It is after hours here" in words(read(office, office.letters()[0]))) is shown


def test_an_installation_is_told_its_earliest_date_in_the_customers_words(office: Office) -> None:
    office.file(mail(text="A new installation, please.", language="de"))
    shown = words(read(office, acknowledgements(office)[0]))
    assert "Dienstag, 1. Dezember 2026" in shown or "Dienstag 1. Dezember 2026" in shown, shown


def test_no_time_is_promised_that_is_over_when_the_mail_is_read_at_last(office: Office) -> None:
    office.file(mail(text="Everything is down."), received=office.now - DAY)
    shown = words(read(office, acknowledgements(office)[0]))
    assert "A person answers" not in shown
    assert "as soon as possible" in shown


def test_a_reply_gets_no_acknowledgement(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number))
    assert told(office)[2:] == [("notice", ANN)]


# --- whose words are repeated to whom ---------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["victim@shop.example", "victim@gmail.com"])
def test_nothing_that_an_unproven_sender_wrote_is_repeated_to_anybody_outside(office: Office, sender: str) -> None:
    office.file(mail(sender, subject=SECRET, text=f"My phone is dead. {SECRET}"))
    letter = read(office, office.letters()[0])
    assert letter["Subject"] == "Your request [TPBX-1001]"
    assert letter["To"] == sender
    shown = words(letter)
    for repeated in ("4711", "Cy Carter", "phone is dead"):
        assert repeated not in shown


@pytest.mark.parametrize(
    ("sender", "fields"), [("cy@acme.example", {}), ("boss@gmail.com", {}), (STRANGER, {"authentication": PROVEN})]
)
def test_a_proven_sender_is_greeted_and_quoted(office: Office, sender: str, fields: dict[str, Any]) -> None:
    office.file(mail(sender, subject="Fault", **fields))
    letter = read(office, office.letters()[0])
    assert letter["Subject"] == "Re: Fault [TPBX-1001]"
    assert "Cy Carter" in words(letter)


def test_agents_see_all_and_are_warned_of_what_nothing_proves(office: Office) -> None:
    office.file(mail(STRANGER, subject="Hi", text=SECRET, attachments=(attachment(),)))
    notice = words(read(office, office.letters()[1]))
    assert SECRET in notice
    assert "error.png" in notice
    assert "nothing proves that this address wrote the mail" in notice


def test_no_header_can_be_written_by_a_mail(office: Office) -> None:
    office.file(mail(subject="Hi\r\nBcc: all@acme.example", message_id="<1@x>\r\nBcc: all@acme.example"))
    for letter in office.letters():
        assert read(office, letter)["Bcc"] is None


# --- the agents -------------------------------------------------------------------------------------------


def test_the_agents_of_the_category_are_told_each_by_a_letter_of_his_own(office: Office) -> None:
    office.file(mail(text="The invoice is wrong."))
    notices = office.letters()[1:]
    assert [letter.recipients for letter in notices] == [(ANN,), (BOB,)]
    for letter, (agent,) in zip(notices, ((ANN,), (BOB,)), strict=True):
        token = office.desk.signer.read(letter.message_id)
        assert token is not None
        assert token.role is Role.AGENT
        assert office.desk.signer.meant_for(token, agent)
        assert read(office, letter)["Auto-Submitted"] == "auto-generated"


def test_an_assigned_agent_alone_is_told(office: Office) -> None:
    number = office.open(mail(), assignee="bob")
    office.file(reply(office, number))
    assert told(office)[2:] == [("notice", BOB)]


def test_an_agent_is_not_told_of_his_own_mail(guarded: Office) -> None:
    guarded.file(mail(ANN, authentication=PROVEN))
    assert told(guarded) == [("acknowledgement", ANN)]


@pytest.mark.parametrize(
    ("sender", "fields", "what"),
    [
        (CUSTOMER, {}, "Reply"),
        (STRANGER, {}, "A stranger wrote to this ticket"),
        (BOB, {}, "A mail in an agent&#39;s name, unproven"),
    ],
)
def test_the_agents_are_told_what_came(office: Office, sender: str, fields: dict[str, Any], what: str) -> None:
    number = office.open(mail())
    office.file(reply(office, number, sender, **fields))
    last = office.letters()[-1]
    assert last.recipients == (ANN,)
    assert what.replace("&#39;", "'") in words(read(office, last)).replace("&#39;", "'")


def test_the_agents_are_told_of_a_related_ticket(office: Office) -> None:
    office.open(mail())
    office.file(mail(STRANGER, subject="[TPBX-1001]", message_id="<2@evil.example>"))
    assert "TPBX-1001" in words(read(office, office.letters()[-1]))


def test_a_strangers_and_an_unproven_mail_are_answered_by_nothing(office: Office) -> None:
    number = office.open(mail())
    for sender in (STRANGER, ANN):
        office.file(reply(office, number, sender))
    assert STRANGER not in [to for _, to in told(office)]
    assert len(acknowledgements(office)) == 1


def test_a_customers_out_of_office_is_filed_without_a_word(office: Office) -> None:
    number = office.open(mail())
    office.file(reply(office, number, automatic="out-of-office"))
    assert len(office.letters()) == 2
    assert len(office.messages(number)) == 2


@pytest.mark.parametrize("proven", [True, False])
def test_an_agents_out_of_office_is_told_to_nobody(store: Store, proven: bool) -> None:
    everybody = (*AGENTS, Agent(name="joe", address="joe@desk.example"))
    office = Office(store, desk(agents=everybody))
    number = office.open(mail())
    before = told(office)
    answered = office.key(number, ANN, Role.AGENT) if proven else office.letters()[1].message_id
    away = mail(ANN if proven else "joe@desk.example", automatic="out-of-office", in_reply_to=answered)
    office.file(away)
    office.file(mail(ANN, automatic="out-of-office", message_id="<3@desk.example>"))  # which names no ticket
    assert told(office) == before


def test_a_bounce_of_the_acknowledgement_is_told_to_the_agents(office: Office) -> None:
    number = office.open(mail())
    office.file(bounce(acknowledgements(office)[0].message_id))
    last = office.letters()[-1]
    assert last.recipients == (ANN,)
    assert "A letter of ours came back" in words(read(office, last))
    assert len(office.messages(number)) == 2


def test_a_bounce_of_a_notice_makes_no_further_notice_that_would_bounce_again(office: Office) -> None:
    number = office.open(mail())
    notice = office.letters()[-1]
    assert notice.letter == "notice"
    office.file(bounce(notice.message_id))
    assert len(office.letters()) == 2
    assert office.events(number, "bounce") != []


def test_nobody_is_told_where_there_are_no_agents(store: Store) -> None:
    office = Office(store, desk(agents=()))
    office.file(mail())
    assert told(office) == [("acknowledgement", CUSTOMER)]


def test_a_machine_that_answers_a_notice_from_another_address_is_not_told_of_again(office: Office) -> None:
    number = office.open(mail())
    notice = office.key(number, ANN, Role.AGENT)
    before = told(office)
    answer = mail("member@list.example", automatic="auto-reply", in_reply_to=notice, message_id="<7@list.example>")
    assert office.file(answer).ticket is not None
    assert told(office) == before


def test_a_forged_victim_is_not_bombed_under_tagged_addresses(office: Office) -> None:
    for number in range(5):
        office.file(mail(f"victim+{number}@shop.example", message_id=f"<{number}@shop.example>"))
    assert len(acknowledgements(office)) == 1


# --- the cap on notices -----------------------------------------------------------------------------------


def flooded(office: Office, sender: str = CUSTOMER, *, mails: int = 1, apart: timedelta = timedelta()) -> list[str]:
    """Takes in mails that open tickets; the letters to Ann that they caused."""
    before = len(office.letters())
    for _ in range(mails):
        office.now += apart
        office.file(mail(sender, message_id=f"<{len(office.letters())}-{office.now}@x.example>"))
    return [letter.letter for letter in office.letters()[before:] if letter.recipients == (ANN,)]


@pytest.fixture
def capped(store: Store) -> Office:
    return Office(store, desk({"answers": {"notices": 3, "known": 1000}}))


def test_a_sender_who_causes_too_many_notices_causes_one_warning_and_no_more(capped: Office) -> None:
    assert flooded(capped, mails=10) == ["notice"] * 3 + ["warning"]
    warning = words(read(capped, capped.letters()[-1 - 6]))
    assert f"Many mails from {CUSTOMER}: no more notices of them for 5 minutes" in warning
    assert "09:37" in warning  # the end of the window, in New York
    events = [event for each in capped.tickets() for event in capped.events(each.id, "notice suppressed")]
    assert len(events) == 7
    assert events[0].detail == {
        "letter": "notice",
        "to": [ANN],
        "reason": f"the cap of notices: 3 of {CUSTOMER} within 5 minutes",
    }


def test_others_are_told_of_meanwhile_and_tagged_addresses_are_one_sender(capped: Office) -> None:
    flooded(capped, mails=4)
    assert flooded(capped, "cy+1@acme.example") == []
    assert flooded(capped, "dee@acme.example") == ["notice"]


def test_notices_begin_again_when_the_window_has_passed_since_the_warning(capped: Office) -> None:
    assert flooded(capped, mails=30, apart=timedelta(seconds=30)) == (["notice"] * 3 + ["warning"]) * 2 + ["notice"] * 2


def test_each_agent_is_told_up_to_the_cap(capped: Office) -> None:
    flooded(capped, mails=5)
    capped.file(mail(text="The invoice is wrong.", message_id="<invoice@acme.example>"))
    assert told(capped)[-1] == ("notice", BOB)


def test_a_robot_that_answers_every_notice_without_a_header_finds_an_end(capped: Office) -> None:
    number = capped.open(mail())
    for count in range(20):
        last = capped.letters()[-1].message_id
        capped.file(mail("robot@elsewhere.example", in_reply_to=last, message_id=f"<{count}@elsewhere.example>"))
    assert [ticket.id for ticket in capped.tickets()] == [number]
    assert len(capped.messages(number)) == 21
    assert [letter for letter, _ in told(capped)] == ["acknowledgement"] + ["notice"] * 4 + ["warning"]
    assert (
        "a mail from another address that answers a letter to an agent, unproven"
        in words(read(capped, capped.letters()[2])).lower()
    )


def test_an_answer_to_an_expired_letter_says_why_it_proves_nothing(office: Office) -> None:
    number = office.open(mail())
    key = office.key(number, ANN, Role.AGENT)
    office.now += 31 * DAY
    office.file(mail(ANN, in_reply_to=key, message_id="<late@desk.example>"))
    shown = " ".join(words(read(office, office.letters()[-1])).split())
    assert "it answers a letter of ours that is older than 30 days" in shown
    assert office.events(number, "unproven")[-1].detail["how"] == "expired-token"
