"""What agents say: to customers in the desk's name, and among themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mail_daemon.settings.policy import Agent
from mail_daemon.store.store import Store
from parsers.mail import Address
from parsers.message import read as read_mail
from tests.agents import AGENTS, MAILS, letter_to, reply, reported, text_of, to_customer
from tests.office import HOUR, Office, desk, read, told, words
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, STRANGER, attachment, mail

JOE = "joe@desk.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store, desk(agents=AGENTS))


def say(office: Office, text: str, sender: str = ANN, name: str = "notice", **fields: Any) -> None:
    """An agent answers the last letter of this name to that agent."""
    office.file(reply(office, letter_to(office, sender, name), text, sender, **fields))


def since(office: Office, before: int) -> list[tuple[str, ...]]:
    return [each for each in told(office)[before:] if each[0] != "transcript"]


# --- to the customer --------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_customer_and_the_other_agents_see_it(office: Office) -> None:
    number = reported(office)
    before = len(office.letters())
    say(office, "Please restart it.")
    assert since(office, before) == [("agent-reply", CUSTOMER), ("notice", BOB)]
    notice = words(read(office, letter_to(office, BOB)))
    assert "ann has answered the customer" in notice
    assert "Please restart it." in notice
    assert office.ticket(number).status == "open"


def test_it_counts_from_the_dispatch_of_the_agents_mail(office: Office) -> None:
    number = reported(office)
    office.now += HOUR
    say(office, "Please restart it.", dispatched=office.now - 10 * MINUTE)
    assert office.clocks(number)["response"].stopped_at == office.now - 10 * MINUTE


def test_it_is_kept_as_it_went_out(office: Office) -> None:
    number = reported(office)
    say(office, "#priority 2\n\nPlease restart it.")
    sent = office.messages(number)[-1]
    assert (sent.direction, sent.visibility, sent.author) == ("out", "public", ANN)
    assert sent.text == "Please restart it."
    assert sent.message_id == to_customer(office)[0]["Message-ID"]


def test_a_customers_answer_to_it_finds_the_ticket(office: Office) -> None:
    number = reported(office)
    say(office, "Please restart it.")
    sent = str(to_customer(office)[0]["Message-ID"])
    outcome = office.file(mail(message_id="<2@acme.example>", in_reply_to=sent))
    assert outcome.case is not None
    assert (outcome.case.match.kind, outcome.case.match.ticket) == ("reply", number)


def test_it_answers_the_customers_last_mail(office: Office) -> None:
    number = reported(office)
    office.file(mail(message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER)))
    say(office, "Please restart it.")
    (letter,) = to_customer(office)
    assert letter["In-Reply-To"] == "<2@acme.example>"
    assert letter["References"].split()[0] == "<1@acme.example>"


def test_no_mark_of_automatic_mail_is_on_it(office: Office) -> None:
    reported(office)
    say(office, "Please restart it.")
    (letter,) = to_customer(office)
    assert not {"auto-submitted", "precedence", "x-auto-response-suppress"} & {name.lower() for name in letter}


def test_who_takes_part_gets_a_copy_but_neither_strangers_nor_agents(office: Office) -> None:
    number = reported(office, cc=[COLLEAGUE, "partner@other.example", JOE])
    office.file(mail(STRANGER, message_id="<2@evil.example>", in_reply_to=office.key(number, CUSTOMER)))
    say(office, "Please restart it.")
    (letter,) = to_customer(office)
    assert {each.addr_spec for each in letter["Cc"].addresses} == {COLLEAGUE, "partner@other.example"}


def test_a_stranger_is_marked_and_hears_once_an_agent_accepts(office: Office) -> None:
    number = reported(office)
    office.file(mail(STRANGER, message_id="<2@evil.example>", in_reply_to=office.key(number, CUSTOMER), text="Me too"))
    notice = " ".join(words(read(office, letter_to(office, ANN))).split())
    assert f"A stranger wrote to this ticket: Cy Carter, {STRANGER}" in notice
    say(office, f"#accept {STRANGER}\n\nPlease restart it.")
    (letter,) = to_customer(office)
    assert letter["Cc"].addresses[0].addr_spec == STRANGER


def test_who_is_signed_by_is_configured(store: Store) -> None:
    office = Office(store, desk({"agents": {"signature": "{desk} {x}".replace(" {x}", "\n24 hours a day")}}))
    reported(office)
    say(office, "Please restart it.")
    assert text_of(to_customer(office)[0], "plain") == "Please restart it.\n\nSupport\n24 hours a day"


def test_an_agent_without_a_shown_name_is_named_to_nobody(store: Store) -> None:
    office = Office(store, desk(agents=(Agent(name="ann", address=ANN),)))
    reported(office)
    say(office, "Please restart it.")
    assert text_of(to_customer(office)[0], "plain") == "Please restart it.\n\nSupport"


def test_where_a_relay_makes_message_ids_anew_the_reply_address_tells(store: Store) -> None:
    office = Office(store, desk({"desk": {"plus_addressing": True}}, agents=AGENTS))
    reported(office)
    notice = read(office, letter_to(office, ANN))
    tagged = notice["Reply-To"].addresses[0].addr_spec
    office.file(mail(ANN, message_id="<2@desk.example>", in_reply_to="<relay@ses.example>", to=[tagged], text="Done."))
    assert text_of(to_customer(office)[0], "plain").startswith("Done.")


def test_words_alone_to_a_ticket_without_a_customer_are_refused(office: Office) -> None:
    number = reported(office)
    with office.store.begin() as work:
        work.tickets.change(number, requester="")
    say(office, "Please restart it.")
    assert "nobody can be written to" in words(read(office, letter_to(office, ANN, "transcript")))


# --- what stays inside ------------------------------------------------------------------------------------


def test_a_note_stays_inside_and_so_do_its_answers(office: Office) -> None:
    number = reported(office)
    before = len(office.letters())
    say(office, "#note\nThe carrier drops it.")
    assert since(office, before) == [("note", BOB)]
    before = len(office.letters())
    say(office, "I know, they told me.", BOB, "note")
    assert since(office, before) == [("note", ANN)]
    notes = [each for each in office.messages(number) if each.direction == "note"]
    assert [(each.author, each.text, each.visibility) for each in notes] == [
        (ANN, "The carrier drops it.", "internal"),
        (BOB, "I know, they told me.", "internal"),
    ]
    assert office.clocks(number)["response"].state == "running"


def test_a_note_says_that_its_answers_are_notes(office: Office) -> None:
    reported(office)
    say(office, "#note\nThe carrier drops it.")
    shown = " ".join(words(read(office, letter_to(office, BOB, "note"))).split())
    assert "Reply to this mail, and your words are a note, too" in shown
    assert "The carrier drops it." in shown


def test_a_forwarded_mail_is_part_of_a_note(office: Office) -> None:
    number = reported(office)
    forwarded = (
        "---------- Forwarded message ---------\nFrom: noc@carrier.example\nSubject: Re: case\nTo: a@b.example\n"
    )
    say(office, f"#note\nFrom the carrier:\n\n{forwarded}\nThe link is down.", subject="Fwd: case")
    assert office.messages(number)[-1].text.endswith("The link is down.")


def test_commands_work_in_answer_to_a_note(office: Office) -> None:
    number = reported(office)
    say(office, "#note\nThe carrier drops it.")
    say(office, "#priority 2\n\nThen it is more than one phone.", BOB, "note")
    assert office.ticket(number).priority == 2
    assert to_customer(office) == []


def test_a_notice_shows_the_thread_with_who_said_what_to_whom(office: Office) -> None:
    number = reported(office)
    say(office, "#note\nThe carrier drops it.")
    say(office, "Please restart it.", BOB)
    office.file(mail(message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER), text="Restarted."))
    shown = text_of(read(office, letter_to(office, ANN)), "plain")
    newest, _, earlier = shown.partition("The thread so far")
    assert "> Restarted." in newest
    assert "> Restarted." not in earlier
    said = ("bob, to the customer", "Please restart it.", "ann, a note that stays inside", "Cy Carter, cy@acme.example")
    assert [each for each in said if each in earlier] == list(said)
    assert [earlier.index(each) for each in said] == sorted(earlier.index(each) for each in said)


def test_a_notice_shows_the_commands_that_apply(office: Office) -> None:
    reported(office)
    shown = words(read(office, letter_to(office, ANN)))
    assert "#resolve" in shown
    assert "#reopen" not in shown
    assert "#queue" not in shown  # for admins


def test_a_notice_names_the_colleague_who_wrote(office: Office) -> None:
    number = reported(office)
    colleague = mail(COLLEAGUE, message_id="<2@acme.example>", in_reply_to=office.key(number, CUSTOMER))
    office.file(colleague)
    assert f"Reply from Cy Carter, {COLLEAGUE}" in words(read(office, letter_to(office, ANN)))


# --- two at once ------------------------------------------------------------------------------------------


def answered_twice(office: Office) -> None:
    """Bob answers ann's notice's twin first."""
    reported(office)
    say(office, "It is the cable.", BOB)
    first = next(each for each in office.letters() if each.letter == "notice" and each.recipients == (ANN,))
    office.now += MINUTE
    office.file(reply(office, first, "#priority 2\n\nIt is the power supply."))


def test_the_second_is_told_what_the_first_sent_before_anything_goes_out(office: Office) -> None:
    answered_twice(office)
    assert len(to_customer(office)) == 1
    assert office.tickets()[0].priority != 2
    asked = " ".join(text_of(read(office, letter_to(office, ANN, "confirm")), "plain").split())
    assert "Bob has answered the customer meanwhile, and your answer has not gone out" in asked
    assert "It is the cable." in asked
    assert "It is the power supply." in asked


def test_a_yes_sends_it_anyway(office: Office) -> None:
    answered_twice(office)
    say(office, "yes", ANN, "confirm")
    assert text_of(to_customer(office)[1], "plain").startswith("It is the power supply.")
    assert office.tickets()[0].priority == 2


def test_both_go_out_where_so_configured(store: Store) -> None:
    office = Office(store, desk({"agents": {"collision": "send"}}, agents=AGENTS))
    answered_twice(office)
    assert len(to_customer(office)) == 2
    assert "It is the power supply." in words(read(office, letter_to(office, BOB)))
    assert "It is the cable." in words(read(office, letter_to(office, ANN)))


def test_who_has_seen_the_others_answer_is_not_asked(office: Office) -> None:
    reported(office)
    say(office, "It is the cable.", BOB)
    say(office, "Or the power supply.")
    assert len(to_customer(office)) == 2


def test_the_own_answer_is_none_of_others(office: Office) -> None:
    reported(office)
    notice = letter_to(office, ANN)
    office.file(reply(office, notice, "It is the cable."))
    office.file(reply(office, notice, "Or the power supply."))
    assert len(to_customer(office)) == 2


@pytest.mark.parametrize("name", ["Ann Miller", ""])
def test_an_unproven_customer_is_answered_without_words_of_the_mail(office: Office, name: str) -> None:
    office.file(mail(STRANGER, subject="Secret 4711", text="Your code is 4711", sender=Address(name, STRANGER)))
    say(office, "> Your code is 4711\n\nWhat is this?")
    (letter,) = [read(office, each) for each in office.letters() if each.letter == "agent-reply"]
    assert "4711" not in words(letter)
    assert letter["Subject"] == "Your request [TPBX-1001]"
    assert "What is this?" in words(letter)


# --- words that are internal ------------------------------------------------------------------------------


def test_a_file_in_answer_to_a_note_goes_nowhere(office: Office) -> None:
    reported(office)
    say(office, "#note\nThe carrier drops it.")
    say(office, "", BOB, "note", attachments=(attachment(),))
    assert to_customer(office) == []


def test_a_line_of_a_note_is_refused_and_the_mail_that_leaves_it_out_is_not(office: Office) -> None:
    reported(office)
    say(office, "#note\nThey have not paid for three months now.", BOB)
    secret = "They have not paid for three months now."
    say(office, f"Dear Cy,\n\n{secret}", ANN, "notice")
    assert to_customer(office) == []
    assert "which is internal" in words(read(office, letter_to(office, ANN, "transcript")))
    say(office, "Dear Cy,\n\nWe look into it.", ANN, "transcript")
    assert len(to_customer(office)) == 1


def test_the_own_words_that_a_transcript_repeats_may_be_sent_again(office: Office) -> None:
    reported(office)
    say(office, "#staus resolved\n#resolve now\nPlease restart the telephone in room four.")
    say(office, "Please restart the telephone in room four.", ANN, "transcript")
    assert len(to_customer(office)) == 1


def test_a_signature_below_a_work_around_stays_behind(office: Office) -> None:
    reported(office)
    say(office, f"#workaround\n\nDial 9 first.\n\nAnn Miller\n{ANN}")
    (letter,) = to_customer(office, "status")
    assert "Dial 9 first." in words(letter)
    assert ANN not in words(letter)


def test_who_sets_a_priority_is_no_reason_for_the_customer(office: Office) -> None:
    number = reported(office)
    say(office, "#priority 2")
    office.tick(office.now + 9 * HOUR)
    assert office.ticket(number).reasons[0].rule == "set by ann"
    assert all("set by" not in words(each) for each in to_customer(office, "escalation"))


def test_files_alone_are_sent(office: Office) -> None:
    reported(office)
    raw = (MAILS / "apple-mail-top-posted.eml").read_bytes()
    file = next(each for each in read_mail(raw).attachments)
    office.file(reply(office, letter_to(office, ANN), "", attachments=(file,)), raw=raw)
    (letter,) = to_customer(office)
    assert [part.get_filename() for part in letter.iter_attachments()] == ["steps for room 4.pdf"]


def test_more_than_is_allowed_is_refused(store: Store) -> None:
    office = Office(store, desk({"agents": {"attachments": 100_000}}, agents=AGENTS))
    reported(office)
    say(office, "See the picture.", attachments=(attachment(size=120_000),))
    assert to_customer(office) == []
    assert "0.1 MB, and at most 0.1 MB go out" in words(read(office, letter_to(office, ANN, "transcript")))


def test_what_was_attached_to_an_answer_goes_out_with_the_yes(office: Office) -> None:
    reported(office)
    first = letter_to(office, ANN)
    say(office, "It is the cable.", BOB)
    raw = (MAILS / "apple-mail-top-posted.eml").read_bytes()
    (file,) = read_mail(raw).attachments
    office.file(reply(office, first, "It is the power supply.", attachments=(file,)))
    office.file(reply(office, letter_to(office, ANN, "confirm"), "yes"), raw=raw)
    (part,) = to_customer(office)[1].iter_attachments()
    assert part.get_filename() == "steps for room 4.pdf"
