"""Answers of agents as Gmail, Outlook, Apple Mail, Thunderbird and telephones shape them: what the customer gets."""

from __future__ import annotations

import pytest

from mail_daemon.store.store import Store
from tests.agents import AGENTS, MAILS, answer, letter_to, reported, text_of, to_customer
from tests.office import Office, desk, read, words
from tests.written import ANN, BOB, CUSTOMER

SENT = sorted(path.stem for path in MAILS.glob("*.txt"))
REFUSED = {
    "nothing-above-the-quote": "write your words above what you quote",
    "quote-without-marks": "Nothing of your mail was done",
    "notice-attached": "holds a letter of ours to an agent",
    "rich-text": "winmail.dat holds your mail once more",
    "private-number-among-words": "agents.yaml keeps private",
}


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store, desk(agents=AGENTS))


def test_every_mail_has_its_reason_and_its_outcome() -> None:
    reasons = (MAILS / "README.md").read_text()
    names = {path.stem for path in MAILS.glob("*.eml")}
    assert all(f"| {name}.eml | " in reasons for name in names)
    assert names == {*SENT, *REFUSED, "commands-and-a-signature"}


@pytest.mark.parametrize("name", SENT)
def test_the_customer_gets_the_agents_own_words(office: Office, name: str) -> None:
    reported(office)
    answer(office, name)
    (letter,) = to_customer(office)
    assert text_of(letter, "plain") == (MAILS / f"{name}.txt").read_text().strip("\n")


@pytest.mark.parametrize("name", SENT)
def test_nothing_of_the_notice_and_of_the_agents_mail_program_goes_along(office: Office, name: str) -> None:
    reported(office)
    answer(office, name)
    (letter,) = to_customer(office)
    shown = words(letter)
    for internal in (ANN, BOB, "555 0199", "#", "Why this priority", "Status", "External", "CAUTION", "Outlook"):
        assert internal not in shown.replace("&#", "").replace("#c5d0dd", "").replace("#667282", ""), internal
    assert letter["Subject"] == "Re: No dial tone [TPBX-1001]"
    assert (letter["To"].addresses[0].addr_spec, letter["From"].addresses[0].addr_spec) == (
        CUSTOMER,
        "support@desk.example",
    )
    assert letter["In-Reply-To"] == "<1@acme.example>"
    assert set(letter.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("X-MailDaemon-Ticket", "MIME-Version", "Content-Type"),
    }


@pytest.mark.parametrize("name", REFUSED)
def test_what_might_hold_internal_words_goes_nowhere_and_the_agent_is_told(office: Office, name: str) -> None:
    number = reported(office)
    answer(office, name)
    assert to_customer(office) == []
    assert REFUSED[name] in " ".join(text_of(read(office, letter_to(office, ANN, "transcript")), "plain").split())
    assert office.clocks(number)["response"].state == "running"


def test_a_signature_is_no_answer(office: Office) -> None:
    number = reported(office)
    answer(office, "commands-and-a-signature")
    assert to_customer(office) == []
    assert office.ticket(number).priority == 2


def test_pictures_and_files_go_along(office: Office) -> None:
    reported(office)
    answer(office, "outlook-html-only")
    answer(office, "apple-mail-top-posted")
    pictures, files = to_customer(office)
    (picture,) = pictures.iter_attachments()
    assert (picture.get_filename(), picture.get_content_type()) == ("image001.png", "image/png")
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content().startswith(b"\x89PNG")
    (file,) = files.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("steps for room 4.pdf", "application/pdf")
    assert file.get_content() == b"%PDF-1.4\n% nothing but a header\n"


def test_what_tells_of_the_agent_stays_behind(office: Office) -> None:
    reported(office)
    answer(office, "signed-mail")
    assert list(to_customer(office)[0].iter_attachments()) == []


def test_lists_and_links_are_such_in_html(office: Office) -> None:
    reported(office)
    answer(office, "outlook-html-only")
    answer(office, "gmail-top-posted")
    listed, linked = (text_of(each, "html") for each in to_customer(office))
    assert listed.count("<li") == 2
    assert '<a href="https://docs.desk.example/power">https://docs.desk.example/power</a>&gt;' in linked
    assert linked.count("<p") == 4  # each wrapped paragraph is one
