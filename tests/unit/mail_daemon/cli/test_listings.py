"""What lists and shows: the keys that scripts rely on, and a terminal that no mail can write to."""

from __future__ import annotations

from typing import Any

import pytest
from pypdf import PdfReader

from tests.commands import Shell
from tests.office import HOUR, Office
from tests.written import ANN, CUSTOMER, STRANGER, attachment, mail

ROW = {
    "ref", "subject", "status", "priority", "category", "requester", "account", "opened", "next_due", "overdue",
}  # fmt: skip
HOSTILE = "a\x1b[31m\x07\u202eb"


# --- tickets ----------------------------------------------------------------------------------------------


def test_tickets_are_listed_with_all_keys(office: Office, shell: Shell) -> None:
    office.file(mail(subject="Fault", text="Everything is down."))
    office.file(mail(STRANGER, subject="Other", message_id="<2@evil.example>"))
    first, second = shell("tickets", "--json").json
    assert set(first) >= ROW
    assert {key: first[key] for key in ROW} == {
        "ref": "TPBX-1001",
        "subject": "Fault",
        "status": "new",
        "priority": 1,
        "category": "outage",
        "requester": CUSTOMER,
        "account": "Acme",
        "opened": "2026-11-25T14:32:00Z",
        "next_due": "2026-11-25T15:32:00Z",
        "overdue": first["overdue"],
    }
    assert (second["ref"], second["account"]) == ("TPBX-1002", None)


def test_overdue_is_what_was_due_before_now(office: Office, shell: Shell) -> None:
    number = office.open(mail())
    for due, overdue in ((office.now - 100_000 * HOUR, True), (office.now + 100_000 * HOUR, False), (None, False)):
        with office.store.begin() as work:
            work.tickets.change(number, next_due=due)
        assert shell("tickets", "--json").json[0]["overdue"] is overdue


def test_tickets_of_some_states(office: Office, shell: Shell) -> None:
    for status in ("new", "open", "closed"):
        office.open(mail(subject=status), status=status)
    chosen = shell("tickets", "--json", "--status", "open", "--status", "closed").json
    assert [row["status"] for row in chosen] == ["open", "closed"]


def test_no_tickets_are_an_empty_list(office: Office, shell: Shell) -> None:
    assert shell("tickets", "--json").json == []
    assert shell("outbox", "--json").json == []
    assert shell("quarantine", "list", "--json").json == []


@pytest.mark.parametrize("ref", ["TPBX-1001", "tpbx-1001", "1001"])
def test_a_ticket_is_shown_with_all_that_hangs_on_it(office: Office, shell: Shell, ref: str) -> None:
    office.file(mail(text="Everything is down.", attachments=(attachment(),), cc=["pat@partner.example"]))
    office.file(mail(STRANGER, subject="[TPBX-1001]", message_id="<2@evil.example>"))
    told = shell("ticket", ref, "--json").json
    assert set(told) >= ROW | {"events", "clocks", "messages", "attachments", "reasons"}
    assert told["reasons"] == [{"rule": "all-down", "evidence": "everything is down", "where": "body"}]
    assert [event["what"] for event in told["events"]] == ["opened", "clock"]  # the page of a priority 1
    assert [(clock["kind"], clock["state"]) for clock in told["clocks"]] == [
        ("response", "running"),
        ("resolution", "running"),
        ("update", "running"),
        ("rfo", "running"),
        ("page", "running"),
    ]
    assert told["clocks"][0]["due"] == "2026-11-25T15:32:00Z"
    assert [message["text"] for message in told["messages"]] == ["Everything is down."]
    assert [each["name"] for each in told["attachments"]] == ["error.png"]
    assert [each["letter"] for each in told["letters"]] == ["acknowledgement", "notice"]
    assert {each["address"] for each in told["participants"]} == {CUSTOMER, "pat@partner.example"}
    assert told["links"] == [{"ref": "TPBX-1002", "why": "mentioned"}]


@pytest.mark.parametrize(("ref", "code"), [("TPBX-4711", 1), ("0", 1), ("nonsense", 2), ("OTHER-1001", 2), ("", 2)])
def test_a_ticket_that_is_not_there_and_what_is_no_ticket(office: Office, shell: Shell, ref: str, code: int) -> None:
    done = shell("ticket", ref)
    assert done.code == code
    assert done.out == ""
    assert len(done.err.splitlines()) == 1


def test_mails_can_not_write_to_the_terminal(office: Office, shell: Shell) -> None:
    office.file(mail(subject=HOSTILE, text=f"{HOSTILE}\nmore", attachments=(attachment(name=HOSTILE),)))
    for command in (["tickets"], ["ticket", "1001"], ["outbox"]):
        done = shell(*command)
        assert done.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(done.out)


# --- outbox -----------------------------------------------------------------------------------------------


def test_the_outbox_lists_letters_with_all_keys(office: Office, shell: Shell) -> None:
    office.file(mail())
    with office.store.begin() as work:
        first, second = work.outbox.claim(now=office.now, until=office.now + HOUR, limit=2)
        work.outbox.sent(first, now=office.now)
        work.outbox.deferred(second, error="451 later", next_attempt=office.now + HOUR)
    sent, waiting = shell("outbox", "--json").json
    keys = {"id", "letter", "ref", "to", "message_id", "state", "attempts", "next_attempt", "error"}
    assert set(sent) >= keys
    assert {key: sent[key] for key in keys} == {
        "id": 1,
        "letter": "acknowledgement",
        "ref": "TPBX-1001",
        "to": [CUSTOMER],
        "message_id": first.message_id,
        "state": "sent",
        "attempts": 1,
        "next_attempt": None,
        "error": None,
    }
    assert (waiting["letter"], waiting["to"], waiting["state"]) == ("notice", [ANN], "waiting")
    assert (waiting["error"], waiting["next_attempt"]) == ("451 later", "2026-11-25T15:32:00Z")


def test_the_outbox_by_state(office: Office, shell: Shell) -> None:
    office.file(mail())
    assert len(shell("outbox", "--json", "--state", "waiting").json) == 2
    assert shell("outbox", "--json", "--state", "failed").json == []
    wrong = shell("outbox", "--state", "lost")
    assert wrong.code == 2
    assert "write one of waiting, sent, failed" in wrong.err


# --- quarantine -------------------------------------------------------------------------------------------


def quarantined(office: Office, shell: Shell, raw: bytes = b"From: a@b.example\nSubject: hello\n\nx\n") -> int:
    """A mail that came by the road of the program and was set aside."""
    assert shell("ingest", "-", stdin=raw).code == 0
    with office.store.begin() as work:
        (claimed,) = work.inbound.claim(now=_late(office), until=_late(office) + HOUR, limit=1)
        work.inbound.quarantine(claimed, reason="ValueError: no", traceback="Traceback: here\nline 2")
    return claimed.id


def _late(office: Office) -> Any:
    return office.now + 1_000_000 * HOUR  # beyond the real clock, by which `ingest` stored


def test_the_quarantine_lists_mails_with_all_keys(office: Office, shell: Shell) -> None:
    number = quarantined(office, shell)
    (row,) = shell("quarantine", "list", "--json").json
    assert set(row) >= {"id", "received", "from", "subject", "reason", "attempts"}
    assert (row["id"], row["from"], row["subject"]) == (number, "a@b.example", "hello")
    assert (row["reason"], row["attempts"]) == ("ValueError: no", 1)
    assert row["received"].endswith("Z")


def test_one_is_shown_with_its_traceback_or_its_bytes(office: Office, shell: Shell) -> None:
    number = quarantined(office, shell)
    assert shell("quarantine", "show", number, "--json").json["traceback"] == "Traceback: here\nline 2"
    assert "line 2" in shell("quarantine", "show", number).out
    assert shell("quarantine", "show", number, "--raw").out == "From: a@b.example\nSubject: hello\n\nx\n"


def test_a_mail_that_is_retried_is_filed_at_the_next_pass(office: Office, shell: Shell) -> None:
    number = quarantined(office, shell)
    assert shell("quarantine", "retry", number).code == 0
    assert shell("quarantine", "list", "--json").json == []
    with office.store.read() as work:
        mail_ = work.inbound.get(number)
    assert mail_ is not None
    assert (mail_.state, mail_.attempts) == ("received", 0)


def test_a_mail_that_is_dropped_is_shown_no_more(office: Office, shell: Shell) -> None:
    number = quarantined(office, shell)
    assert shell("quarantine", "drop", number).code == 0
    assert shell("quarantine", "list", "--json").json == []
    for command in ("show", "retry", "drop"):
        assert shell("quarantine", command, number).code == 1


def test_a_blob_that_is_missing_hides_no_other_mail(office: Office, shell: Shell) -> None:
    quarantined(office, shell)
    lost = quarantined(office, shell, b"From: c@d.example\nSubject: lost\n\ny\n")
    for path in (shell.folder / "var" / "blobs").rglob("*.eml"):
        if b"lost" in path.read_bytes():
            path.unlink()
    rows = shell("quarantine", "list", "--json").json
    assert [row["subject"] for row in rows] == ["hello", ""]
    assert shell("quarantine", "show", lost, "--raw").code == 1


def test_a_hostile_subject_is_shown_safely(office: Office, shell: Shell) -> None:
    quarantined(office, shell, b"From: a@b.example\nSubject: =?utf-8?q?a=1B[31m=07?=\n\nx\n")
    assert not {"\x1b", "\x07"} & set(shell("quarantine", "list").out)


# --- preview ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["acknowledgement", "notice", "refused", "warning", "rfo", "rfo-document"])
def test_every_letter_can_be_seen_before_anybody_gets_it(shell: Shell, letter: str) -> None:
    done = shell("preview", letter)
    assert done.code == 0
    assert done.out.startswith("Subject: ")
    assert not (shell.folder / "var").exists()


def test_a_letter_with_real_data_and_its_html(office: Office, shell: Shell) -> None:
    office.file(mail(subject="Fault"))
    html = shell.folder / "letter.html"
    done = shell("preview", "acknowledgement", "--ticket", "1001", "--html", html)
    assert done.out.startswith("Subject: Re: Fault [TPBX-1001]\n")
    assert "TPBX-1001" in html.read_text()


def test_a_letter_in_another_language(shell: Shell) -> None:
    assert shell("preview", "acknowledgement", "--lang", "de").out != shell("preview", "acknowledgement").out


def test_preview_writes_the_document_of_a_ticket_as_its_customer_will_read_it(office: Office, shell: Shell) -> None:
    office.open(mail(subject="Phones", text="Everything is down."))
    paper = shell.folder / "out.pdf"
    assert shell("preview", "rfo-document", "--ticket", "1001", "--pdf", paper).code == 0
    shown = PdfReader(paper).pages[0].extract_text()
    assert "Phones" in shown
    assert "15:32 CET" in shown  # when it was reported, in the account's zone


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nonsense"], 2), (["notice", "--ticket", "x"], 2), (["notice", "--ticket", "4711"], 1)]
)
def test_a_letter_or_a_ticket_that_is_not_there(office: Office, shell: Shell, arguments: list[str], code: int) -> None:
    assert shell("preview", *arguments).code == code
