"""What the writer newly wrote is new; what is quoted and the signature stand apart; nothing is lost."""

# ruff: noqa: RUF001

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.reply_text import forwards, split

MARKERS = json.loads((Path(__file__).parents[2] / "mails" / "replies" / "markers.json").read_text("utf-8"))


@pytest.mark.parametrize("attribution", MARKERS["attributions"].values(), ids=MARKERS["attributions"].keys())
def test_an_attribution_begins_the_quote(attribution: str) -> None:
    reply = split(f"It works again.\n\nThank you!\n\n{attribution}\n\n> Does it work?\n> Please tell us.\n")
    assert reply.new == "It works again.\n\nThank you!"
    assert reply.quoted.startswith(attribution)


@pytest.mark.parametrize("block", MARKERS["headers"].values(), ids=MARKERS["headers"].keys())
def test_a_block_of_headers_begins_the_quote(block: str) -> None:
    reply = split(f"It works again.\n\n{block}\n\nDoes it work?\n\nThe desk\n")
    assert reply.new == "It works again."
    assert reply.quoted == f"{block}\n\nDoes it work?\n\nThe desk"


@pytest.mark.parametrize(
    "line",
    [
        "On this day the phones in room 2016 rang:",
        "From: 08:00 To: 17:00 nobody can call.",
        "Our opening hours are 9:00 to 17:00:",
        "Please call Bob <bob@customer.example>",
        "-----------------------------------",
        "We see two errors:",
        "To: reset the phone, press 1. From: there it goes on.",
        "Subject: to change, of course.",
    ],
)
def test_what_a_person_may_write_begins_no_quote(line: str) -> None:
    text = f"Hello,\n\n{line}\n\nThat is all."
    assert split(text).new == text


def test_an_answer_below_the_quote_is_new() -> None:
    reply = split("On 23 Nov 2026, Desk wrote:\n> Does it work?\n> Please tell us.\n\nYes, it does.\n")
    assert reply.new == "Yes, it does."
    assert reply.quoted == "On 23 Nov 2026, Desk wrote:\n> Does it work?\n> Please tell us."


def test_answers_between_the_lines_keep_what_they_answer() -> None:
    reply = split(
        "On 23 Nov 2026, Desk wrote:\n> Which phones?\n\nAll of them.\n\n> Since when?\n\nSince nine.\n\n> Bye\n"
    )
    assert reply.new == "> Which phones?\n\nAll of them.\n\n> Since when?\n\nSince nine."
    assert reply.quoted == "On 23 Nov 2026, Desk wrote:\n> Bye"


def test_a_quote_that_lost_its_mark_where_it_was_wrapped_is_no_answer() -> None:
    long = "> Please restart the telephone at the reception desk and tell us whether\nit works\n> again."
    assert split(f"Done.\n\nOn 23 Nov 2026, Desk wrote:\n{long}\n").new == "Done."


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "-------- Message transféré --------",
        "---------- Mensaje reenviado ---------",
        "----- Forwarded by Ann/Acme on 11/23/2026 09:14 AM -----",
    ],
)
def test_a_forwarded_mail_is_new_as_a_whole(marker: str) -> None:
    text = f"Can you help him?\n\n{marker}\nFrom: Bob\nDate: Monday\nTo: Ann\nSubject: Phones\n\nNo calls."
    assert split(text).new == text


def test_a_subject_that_forwards_makes_the_quote_new() -> None:
    text = "Can you help him?\n\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Phones\n\nThe phones are dead."
    assert split(text).new == "Can you help him?"
    assert split(text, forwarded=True).new == text


@pytest.mark.parametrize("note", ["", "FYI", "Zur Info:", "Sent from my iPhone"])
def test_a_mail_sent_on_without_a_word_is_new_as_a_whole(note: str) -> None:
    reply = split(f"{note}\n\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Phones\n\nThe phones are dead.\n")
    assert reply.new.endswith("The phones are dead.")
    assert reply.quoted == ""


@pytest.mark.parametrize("subject", ["Fwd: Phones", "FW: Phones", "WG: Telefon", "TR : Tel", "RV: Tel", "转发：电话"])
def test_subjects_that_forward(subject: str) -> None:
    assert forwards(subject)


@pytest.mark.parametrize("subject", ["Re: Fwd: Phones", "Forward calls to 100", "AW: Telefon", "Trunk: down"])
def test_subjects_that_do_not(subject: str) -> None:
    assert not forwards(subject)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Agent\nAcme Ltd, +1 555 0100",
        "--\nAnn",
        "Sent from my iPhone",
        "Sent from my Galaxy\n\nmore that the phone put there",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu telemóvel",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPad",
        "Skickat från min iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "发自我的iPhone",
        "_______________________________________________\nusers mailing list\nusers@lists.example",
    ],
)
def test_signatures_stand_apart(signature: str) -> None:
    written = "All phones are down.\n\nBest regards\nAnn"
    reply = split(f"{written}\n\n{signature}\n\nOn 23 Nov 2026, Desk wrote:\n> Hi\n")
    assert reply.new == written
    assert reply.signature == signature


@pytest.mark.parametrize("text", ["Sent from the office: nothing arrives.", "Inviato da noi ieri il modulo."])
def test_sentences_are_no_signatures(text: str) -> None:
    assert split(f"Hello,\n\n{text}").signature == ""


def test_a_signature_below_the_quote_is_no_answer() -> None:
    reply = split("Done.\n\nOn 23 Nov 2026, Desk wrote:\n\n> Please restart it.\n>\n--\nBest regards\n\nAnn\nAcme\n")
    assert reply.new == "Done."
    assert reply.signature == "--\nBest regards\n\nAnn\nAcme"


def test_a_quote_of_nothing_that_was_written_to_it_is_what_the_mail_says() -> None:
    assert split("> The phones are down.\n").new == "> The phones are down."


def test_a_mail_that_only_quotes_has_nothing_new() -> None:
    assert split("> On 23 Nov 2026, Desk wrote:\n>\n>> Does it work?\n").new == ""


LINES = st.sampled_from(
    [
        "",
        "Some words",
        "> quoted",
        ">> deeper",
        "-- ",
        "Sent from my iPhone",
        "On 23 Nov 2026, Desk wrote:",
        "From: Desk",
        "Sent: Monday",
        "To: Ann",
        "Subject: Phones",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "________________________________",
        "> a long quoted line that a mail program may have wrapped at its end, so",
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=30), st.booleans())
def test_every_line_is_in_exactly_one_part(lines: list[str], forwarded: bool) -> None:
    text = "\n".join(lines)
    reply = split(text, forwarded=forwarded)
    assert sorted(words(reply.new) + words(reply.quoted) + words(reply.signature)) == sorted(words(text))


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 150_000,
        "-" * 100_000,
        "From x\n" * 20_000,
        "From: x\n" * 20_000,
        "On 2026\n" * 20_000,
        "x wrote:\n" * 20_000,
        "1:1:\n" * 40_000,
        "> a\nb\n" * 50_000,
        ">" * 200_000,
        "-- \nx\n" * 30_000,
        "Sent from my \n" * 20_000,
        "Hello: \n" * 3_000_000,
    ],
    ids=lambda text: repr(text[:10]),
)
def test_hostile_texts_take_less_than_a_second(text: str) -> None:
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 1.0
