"""`explain`: says everything that scripts rely on about any mail, and stores and sends nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mail_daemon.app import App
from mail_daemon.domain.identity import Role
from mail_daemon.domain.ticket import CATEGORIES
from mail_daemon.mailboxes.files import arrival
from mail_daemon.stages.receive import receive
from tests.commands import Done, Shell, at_work, configured
from tests.office import NOW, Office
from tests.written import ANN, CUSTOMER, mail

# Scripts rely on these (design of the command line).
KEYS = {
    "file", "error", "message_id", "from", "to", "cc", "subject", "date", "dispatched", "text", "quoted",
    "signature", "language", "automatic", "bounce", "answerable", "in_reply_to", "references", "attachments",
    "category", "priority", "match", "letters",
}  # fmt: skip
ATTACHMENT = {"name", "media_type", "size", "sha256", "kind", "inline", "text", "facts"}
UNREADABLE = {"missing", "empty"}
MATCHES = {"new", "reply", "reopened", "follow-up", "command", "unproven", "stranger", "duplicate"}
MACHINES = {
    "auto-reply", "out-of-office", "list", "bulk", "read-receipt", "own", "challenge", "null-sender",
}  # fmt: skip

PLAIN = """Message-ID: <new@acme.example>
From: Cy Carter <cy@acme.example>
To: support@desk.example, Dee <dee@acme.example>
Cc: pat@partner.example
Date: Wed, 25 Nov 2026 09:32:00 -0500
Subject: =?utf-8?q?Ausfall_in_K=C3=B6ln?=
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Everything is down since this morning. Please call me back as soon as you can.

--
Cy Carter

On Tuesday we wrote:
> All is well.

--b
Content-Type: image/png
Content-Disposition: attachment; filename="error.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--b--
"""
REPLY = "From: {sender}\nMessage-ID: <{name}@x.example>\nIn-Reply-To: {key}\nSubject: Re: hello\n{more}\nThank you.\n"
REPORT = """From: mailer-daemon@mx.example
Message-ID: <report@mx.example>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; cy@acme.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {key}
Subject: hello

--b--
"""


@dataclass(frozen=True)
class Explained:
    """One run over all kinds of mail, beside a database in which Cy has a ticket."""

    done: Done
    rows: dict[str, dict[str, Any]]  # by the name of the file
    before: list[str]  # the database as SQL
    after: list[str]
    untouched: bool  # whether the database's file has the same bytes
    office: Office


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Explained]:
    folder = configured(tmp_path_factory.mktemp("explain") / "config")
    office = at_work(folder, empty_database)
    number = office.open(mail(message_id="<first@acme.example>"))
    paths = list(written(folder.parent, office, number))
    keep(folder, next(path for path in paths if path.stem == "duplicate"))
    office.store.close()
    database = folder / "var" / "mail-daemon.db"
    before, bytes_before = dump(database), database.read_bytes()
    done = Shell(folder)("explain", "--json", *paths)
    rows = {Path(row["file"]).stem: row for row in done.json}
    yield Explained(done, rows, before, dump(database), database.read_bytes() == bytes_before, office)
    office.store.close()


def written(folder: Path, office: Office, number: int) -> Iterator[Path]:
    """A file of each kind of mail."""
    key = office.key(number, CUSTOMER)

    def reply(name: str, sender: str, key: str = key, more: str = "") -> str:
        return REPLY.format(name=name, sender=sender, key=key, more=more)

    texts = {
        "new": PLAIN,
        "reply": reply("reply", CUSTOMER),
        "stranger": reply("stranger", "eve@evil.example"),
        "command": reply("command", ANN, office.key(number, ANN, Role.AGENT)),
        "unproven": reply("unproven", ANN, "<first@acme.example>"),
        "out-of-office": reply("ooo", CUSTOMER, more="Auto-Submitted: auto-replied\nX-Autoreply: yes\n"),
        "bounce": REPORT.format(key=key),
        "foreign-bounce": REPORT.format(key="<other@x.example>").replace("<report@", "<other-report@"),
        "own": reply("own", "support@desk.example").replace("<own@x.example>", key),
        "duplicate": reply("duplicate", CUSTOMER),
        "empty": "",
        "nothing-but-text": "hello\n",
    }
    for name, text in texts.items():
        path = folder / f"{name}.eml"
        path.write_text(text)
        yield path
    yield folder / "missing.eml"


def keep(folder: Path, path: Path) -> None:
    """Stores a mail as the daemon does."""
    app = App(folder, {})
    receive(app.store, app.blobs, [arrival(str(path), limit=10**6, received=NOW)], now=NOW)
    app.store.close()


def dump(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_it_stores_and_sends_nothing(explained: Explained) -> None:
    assert explained.after == explained.before
    assert explained.untouched


def test_every_mail_is_told_with_every_key(explained: Explained) -> None:
    assert len(explained.rows) == 13
    for name, row in explained.rows.items():
        if name not in UNREADABLE:
            assert set(row) >= KEYS, f"{name} lacks {KEYS - set(row)}"
            assert row["error"] is None


def test_every_value_is_of_its_kind(explained: Explained) -> None:
    for row in (row for name, row in explained.rows.items() if name not in UNREADABLE):
        for key in ("subject", "text", "quoted", "signature", "language"):
            assert isinstance(row[key], str)
        assert set(row["from"]) == {"name", "address"}
        assert row["category"] in CATEGORIES
        assert row["priority"]["level"] in (1, 2, 3, 4)
        assert row["match"] in MATCHES | {None}
        assert row["automatic"] in MACHINES | {None}
        assert isinstance(row["answerable"], bool)
        for attachment in row["attachments"]:
            assert set(attachment) == ATTACHMENT
        for letter in row["letters"]:
            assert set(letter) == {"letter", "to", "subject"}


def test_a_new_mail(explained: Explained) -> None:
    row = explained.rows["new"]
    assert row["message_id"] == "<new@acme.example>"
    assert row["from"] == {"name": "Cy Carter", "address": CUSTOMER}
    assert [to["address"] for to in row["to"]] == ["support@desk.example", "dee@acme.example"]
    assert row["cc"] == [{"name": "", "address": "pat@partner.example"}]
    assert (row["subject"], row["date"]) == ("Ausfall in Köln", "2026-11-25T14:32:00Z")
    assert row["text"].startswith("Everything is down since this morning.")
    assert "All is well" in row["quoted"]
    assert "Cy Carter" in row["signature"]
    assert row["language"] == "en"
    assert (row["automatic"], row["bounce"], row["answerable"], row["match"]) == (None, None, True, "new")
    assert (row["in_reply_to"], row["references"]) == (None, [])
    assert (row["category"], row["priority"]["level"]) == ("outage", 1)
    (reason,) = row["priority"]["reasons"]
    assert reason == {"rule": "all-down", "evidence": "everything is down", "where": "body"}
    (picture,) = row["attachments"]
    assert (picture["name"], picture["media_type"], picture["kind"]) == ("error.png", "image/png", "screenshot")
    acknowledgement, notice = row["letters"]
    assert acknowledgement == {"letter": "acknowledgement", "to": [CUSTOMER], "subject": acknowledgement["subject"]}
    assert acknowledgement["subject"].startswith("Re: Ausfall in Köln [TPBX-")
    assert (notice["letter"], notice["to"]) == ("notice", [ANN])


@pytest.mark.parametrize("kind", ["reply", "stranger", "command", "unproven", "duplicate"])
def test_where_a_mail_belongs(explained: Explained, kind: str) -> None:
    assert explained.rows[kind]["match"] == kind


def test_a_reply_names_its_ticket_and_gets_no_letter(explained: Explained) -> None:
    row = explained.rows["reply"]
    assert row["ticket"] == "TPBX-1001"
    assert [letter["letter"] for letter in row["letters"]] == ["notice"]


def test_an_out_of_office(explained: Explained) -> None:
    row = explained.rows["out-of-office"]
    assert row["automatic"] in ("out-of-office", "auto-reply")
    assert (row["answerable"], row["match"], row["letters"]) == (False, "reply", [])


def test_a_report_about_a_letter_of_ours(explained: Explained) -> None:
    row = explained.rows["bounce"]
    assert row["bounce"] == {
        "kind": "hard",
        "recipients": [CUSTOMER],
        "status": "5.1.1",
        "original_message_id": row["bounce"]["original_message_id"],
    }
    assert (row["answerable"], row["match"], row["ticket"]) == (False, None, "TPBX-1001")
    assert [letter["letter"] for letter in row["letters"]] == ["notice"]


def test_a_report_about_a_foreign_mail(explained: Explained) -> None:
    row = explained.rows["foreign-bounce"]
    assert (row["answerable"], row["match"], row["ticket"], row["letters"]) == (False, None, None, [])
    assert row["quarantine"] == "a delivery report about no letter of ours"


def test_our_own_letter(explained: Explained) -> None:
    row = explained.rows["own"]
    assert (row["automatic"], row["answerable"], row["letters"]) == ("own", False, [])


def test_a_mail_that_is_stored_already_gets_nothing(explained: Explained) -> None:
    row = explained.rows["duplicate"]
    assert (row["answerable"], row["letters"]) == (False, [])
    assert row["text"].strip() == "Thank you."


def test_a_file_that_can_not_be_read_is_told_and_the_others_go_on(explained: Explained) -> None:
    assert explained.rows["missing"]["error"] == "No such file or directory"
    assert explained.rows["empty"]["error"]
    assert explained.done.code == 1


def test_without_a_database_none_is_made(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "new.eml"
    path.write_text(PLAIN)
    done = shell("explain", "--json", path)
    assert done.code == 0
    assert [row["match"] for row in done.json] == ["new"]
    assert not (shell.folder / "var").exists()


def test_in_words_nothing_that_a_mail_says_reaches_the_terminal_raw(shell: Shell) -> None:
    hostile = b"From: eve@evil.example\nSubject: =?utf-8?q?a=1B[31mb?=\n\nred \x1b[31m\x07text\n"
    done = shell("explain", "-", stdin=hostile)
    assert done.code == 0
    assert "match     new" in done.out
    assert "\x1b" not in done.out
    assert "\x07" not in done.out
