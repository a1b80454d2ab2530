"""Reports of all kinds are told from other mail, and say which mail came back, for whom, and whether for good."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from parsers.bounce import bounce
from parsers.mail import Bounce
from parsers.structure import structure

MAILS = Path(__file__).parents[2] / "mails" / "bounces"
CASES = sorted(MAILS.glob("*.json"))


def read(raw: str | bytes) -> Bounce | None:
    return bounce(structure(raw.encode() if isinstance(raw, str) else raw)[0])


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_report_is_read_as_described(case: Path) -> None:
    described = json.loads(case.read_text())
    found = read(case.with_suffix(".eml").read_bytes())
    assert found == Bounce(
        described["kind"],
        tuple(described["recipients"]),
        described["status"],
        described["original_message_id"],
    ), described["why"]


DSN = """From: Mail System <MAILER-DAEMON@mx.example>
Subject: Report
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Words.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Carla@customer.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnosis}

--b
Content-Type: {returned}

Message-ID: <tpbx.1042@desk.example>
Subject: Your request

--b--
"""


def dsn(action: str, status: str, diagnosis: str = "", returned: str = "text/rfc822-headers") -> Bounce | None:
    return read(DSN.format(action=action, status=status, diagnosis=diagnosis, returned=returned))


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "hard"),
        ("failed", "5.2.2", "soft"),
        ("failed", "4.4.7", "soft"),
        ("delayed", "4.4.1", "delay"),
        ("Failed (no such user)", "5.1.1 (bad address)", "hard"),
    ],
)
def test_the_kind_follows_action_and_status(action: str, status: str, kind: str) -> None:
    found = dsn(action, status)
    assert found == Bounce(kind, ("carla@customer.example",), status[:5], "<tpbx.1042@desk.example>")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    assert dsn(action, "2.0.0") is None


def test_the_diagnosis_tells_more_than_a_bare_status() -> None:
    found = dsn("failed", "5.0.0", "550 5.1.10 no such user")
    assert found
    assert found.status == "5.1.10"


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", "text/plain"])
def test_the_mail_is_known_by_what_came_back(returned: str) -> None:
    found = dsn("failed", "5.1.1", returned=returned)
    assert found
    assert found.original_message_id == "<tpbx.1042@desk.example>"


@pytest.mark.parametrize(
    "headers",
    [
        "From: Ann <ann@customer.example>\nSubject: Undelivered Mail Returned to Sender",
        "From: Ann <ann@customer.example>\nSubject: Delivery failed",
        "From: Ann <ann@customer.example>\nSubject: Fwd: failure notice",
        "From: Delivery Team <team@customer.example>\nSubject: delivery status of our phones",
    ],
)
def test_a_person_who_writes_of_a_bounce_sends_none(headers: str) -> None:
    body = "We get this:\n\n550 5.1.1 user unknown\n\n----- Original message -----\nMessage-ID: <x@y.example>\n"
    assert read(f"{headers}\n\n{body}") is None


def test_an_absence_notice_with_the_null_sender_is_no_bounce() -> None:
    assert read("Return-Path: <>\nFrom: ann@customer.example\nSubject: Out of office\n\nBack on Monday.") is None


@pytest.mark.parametrize("words", ["a@", "\n", "Message-ID: <", "5.1.", "user ", "delivery ", "<", "550 "])
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "message/delivery-status"])
def test_hostile_reports_take_less_than_a_second(words: str, kind: str) -> None:
    raw = f"From: MAILER-DAEMON <>\nSubject: failure notice\nContent-Type: {kind}\n\n" + words * 500_000
    started = time.process_time()
    read(raw)
    assert time.process_time() - started < 1.0
