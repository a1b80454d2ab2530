"""The straight line: all of it happens to a mail, or nothing, and it happens once."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from mail_daemon import pipeline
from mail_daemon.store.errors import StaleClaim
from parsers.fingerprint import fingerprint
from responders.renderer import Renderer
from responders.template_file import TemplateError
from tests import stored
from tests.office import HOUR, Office
from tests.written import ANN, CUSTOMER, DESK, STRANGER, bounce, mail


def blob(key: str) -> bytes:
    return b""


def test_a_mail_becomes_a_ticket_with_reasons_clocks_people_letters_and_events(office: Office) -> None:
    outcome = office.file(mail(text="Everything is down!", cc=["dee@acme.example"]))
    assert outcome.ticket is not None
    number = outcome.ticket.id
    assert (outcome.ticket.priority, outcome.ticket.category) == (1, "outage")
    assert {kind: clock.state for kind, clock in office.clocks(number).items()} == {
        "response": "running",
        "resolution": "running",
        "update": "running",
        "rfo": "running",
        "page": "running",
    }
    assert set(office.people(number)) == {CUSTOMER, "dee@acme.example"}
    assert [letter.letter for letter in outcome.letters] == ["acknowledgement", "notice"]
    assert [letter.message_id for letter in office.letters()] == [letter.message_id for letter in outcome.letters]
    assert [event.what for event in office.events(number)] == ["opened", "clock"]
    with office.store.read() as work:
        filed = work.inbound.get(1)
    assert filed is not None
    assert (filed.state, filed.ticket_id, filed.match) == ("filed", number, "new")


def test_a_whole_conversation_is_one_ticket(office: Office) -> None:
    number = office.open(mail(subject="Hi", to=[DESK]))
    acknowledged = office.letters()[0].message_id
    office.file(mail(subject="Re: Hi", message_id="<2@acme.example>", in_reply_to=acknowledged))
    office.file(mail(subject="Fwd: Hi", message_id="<3@acme.example>", references=("<2@acme.example>",)))
    office.file(mail("dee@acme.example", subject=f"one more [TPBX-{number}]", message_id="<4@acme.example>"))
    assert [ticket.id for ticket in office.tickets()] == [number]
    assert [message.subject for message in office.messages(number)][:3] == ["Hi", "Re: Hi", "Fwd: Hi"]
    assert len(office.messages(number)) == 4


def test_a_failure_at_the_last_step_leaves_nothing_behind(office: Office, tmp_path: Path) -> None:
    office.desk = replace(office.desk, renderer=Renderer([tmp_path], language="en"))  # no template at all
    claimed = office.take_in()
    with office.store.begin() as work, pytest.raises(TemplateError), work.savepoint():
        pipeline.file_mail(work, office.desk, claimed, mail(), raw=blob, now=office.now)
    assert office.tickets() == []
    assert office.letters() == []
    with office.store.read() as work:
        left = work.inbound.get(1)
    assert left is not None
    assert left.state == "received"


def test_a_mail_that_somebody_else_has_filed_leaves_nothing_behind(office: Office) -> None:
    claimed = office.take_in()
    for already in (False, True):
        with office.store.begin() as work:
            if not already:
                pipeline.file_mail(work, office.desk, claimed, mail(), raw=blob, now=office.now)
            else:
                with pytest.raises(StaleClaim), work.savepoint():
                    pipeline.file_mail(work, office.desk, claimed, mail(), raw=blob, now=office.now)
    assert len(office.tickets()) == 1
    assert len(office.letters()) == 2


def test_a_mail_that_arrives_twice_is_filed_once(office: Office) -> None:
    raw = b"Message-ID: <1@acme.example>\r\nSubject: Hi\r\n\r\nHello\r\n"
    over_another_road = b"Received: from mx2\r\nDelivered-To: sales\r\n" + raw
    other_words = raw.replace(b"Hello", b"Goodbye")
    rows = [
        stored.mail(str(number), fingerprint=fingerprint(each))
        for number, each in enumerate([raw, over_another_road, other_words])
    ]
    with office.store.begin() as work:
        assert work.inbound.add(rows, now=office.now) == 2


def test_an_agents_mail_that_is_replayed_runs_once(office: Office) -> None:
    with office.store.begin() as work:
        assert work.inbound.add([stored.mail("1", fingerprint="f")], now=office.now) == 1
        assert work.inbound.add([stored.mail("2", fingerprint="f", mailbox="other")], now=office.now) == 0


def test_a_quarantined_mail_has_no_ticket_and_says_why(office: Office) -> None:
    for one in (mail(message_id=office.key(1001, CUSTOMER)), bounce("<unknown@x.example>")):
        outcome = office.file(one)
        assert outcome.ticket is None
        assert outcome.case is None
        assert outcome.quarantined
    with office.store.read() as work:
        assert [row.reason for row in work.inbound.quarantined()] == [
            "a letter of our own came back",
            "a delivery report about no letter of ours",
        ]


@pytest.mark.parametrize(
    "hostile",
    [
        mail(STRANGER, subject="", text=""),
        mail("", subject="\u202e", text="\x00" * 100),
        mail(STRANGER, subject="x" * 2000, text="{{ 7 * 7 }} {% for %} " * 1000),
        mail(STRANGER, subject="[TPBX-999999999999]", references=("<" + "x" * 998 + ">",) * 100),
        mail(ANN, subject="[TPBX-0]", text="#status closed\nI am Ann."),
        mail("a" * 64 + "@" + "b" * 180 + ".example"),
        mail("ü@bücher.example"),
    ],
)
def test_hostile_mails_are_filed_like_any_other(office: Office, hostile: pipeline.Mail) -> None:
    assert office.file(hostile).ticket is not None


def test_code_in_a_mail_is_text(office: Office) -> None:
    office.file(mail(subject="{{ 7 * 7 }}", text="{{ 7 * 7 }} <script>alert(1)</script>"))
    acknowledgement, notice = (
        message_from_bytes(office.content(letter), policy=default) for letter in office.letters()
    )
    assert acknowledgement["Subject"] == "Re: {{ 7 * 7 }} [TPBX-1001]"
    text, html = (part.get_content() for part in notice.walk() if part.get_content_maintype() == "text")
    assert "{{ 7 * 7 }} <script>alert(1)</script>" in text
    assert "<script>" not in html


def test_two_robots_end_by_themselves(office: Office) -> None:
    """One answers every letter without saying that it is a machine."""
    number = office.open(mail(STRANGER))
    for round_ in range(20):
        office.now += HOUR
        last = [each for each in office.letters() if each.recipients == (STRANGER,)][-1]
        office.file(mail(STRANGER, in_reply_to=last.message_id, message_id=f"<{round_}@evil.example>"))
    assert len([each for each in office.letters() if each.recipients == (STRANGER,)]) == 1
    assert [ticket.id for ticket in office.tickets()] == [number]
