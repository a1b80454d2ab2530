"""Answer: who gets which letter, what it may say, and why there is none."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest

from mail_daemon.domain.identity import Role
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Posted
from mail_daemon.store.store import Store
from parsers.mail import Mail
from tests.office import AGENTS, HOUR, Office, desk, utc
from tests.written import ANN, BOB, CUSTOMER, DESK, PROVEN, STRANGER, attachment, bounce, mail

SECRET = "Your verification code is 4711"


def reply(office: Office, number: int, sender: str = CUSTOMER, **fields: Any) -> Mail:
    return mail(sender, **{"in_reply_to": office.key(number, CUSTOMER), "message_id": "<2@acme.example>", **fields})


def told(office: Office) -> list[tuple[str, str]]:
    """Each letter of the outbox and whom it goes to."""
    return [(letter.letter, *letter.recipients) for letter in office.letters()]


def acknowledgements(office: Office) -> list[Posted]:
    return [letter for letter in office.letters() if letter.letter == "acknowledgement"]


def read(office: Office, letter: Posted) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(office.content(letter), policy=default))


def words(message: EmailMessage) -> str:
    """All that its reader may see: headers, text and HTML."""
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts])


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
    assert outcomes[1].suppressed == f"the cap of answers to one address: 1 to {STRANGER} within 5 min"
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
    assert outcomes[-1].suppressed == "the cap of answers to unproven senders: 3 within 5 min"
    assert office.file(mail()).suppressed is None  # a known customer is not held up by the attack


def test_a_known_customer_is_answered_more_often_but_not_for_ever(store: Store) -> None:
    office = Office(store, desk({"answers": {"known": 3}}))
    for _ in range(5):
        office.file(mail())
    assert len(acknowledgements(office)) == 3


def test_a_cap_of_nothing_answers_nobody(store: Store) -> None:
    office = Office(store, desk({"answers": {"unproven": 0}}))
    office.file(mail(STRANGER))
    assert told(office) == [("notice", ANN)]


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


def test_an_agent_is_not_told_of_his_own_mail(office: Office) -> None:
    office.file(mail(ANN))
    assert told(office) == [("acknowledgement", ANN)]


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
    assert "see also TPBX-1001" in words(read(office, office.letters()[-1]))


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
