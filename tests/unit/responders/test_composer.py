"""Mails as the standard library reads them back: exactly the headers and recipients that were meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import getaddresses
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.addresses import BadAddress
from responders.composer import Envelope, Person, compose
from responders.enclosure import Enclosure
from responders.renderer import Rendered
from responders.samples import sample
from tests.unit.responders.letters import shipped

ENVELOPE = Envelope(
    sender=Person("ThreePBX Support", "support@desk.example"),
    to=(Person("Dana Whitfield", "dana@acme.example"),),
    message_id="<1042.aa.bb@desk.example>",
    date=datetime(2026, 11, 25, 18, 32, tzinfo=UTC),
    auto_submitted="auto-replied",
    in_reply_to="<q1@acme.example>",
    references=("<q0@acme.example>", "<q1@acme.example>"),
    reply_to="support+tok@desk.example",
    ticket="TPBX-1042",
)
PAGE = Rendered("Re: phones [TPBX-1042]", "Hello,\n\nbye\n", "<p>Hello</p>\n")
NAMES = [
    *(
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Reply-To",
        "Auto-Submitted",
    ),
    *("Precedence", "X-Auto-Response-Suppress", "X-MailDaemon-Ticket", "MIME-Version", "Content-Type"),
]


def read(raw: bytes) -> Message:
    """Read back; what every mail of ours must be is checked on the way."""
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw)
    assert not message.defects
    return message


def bodies(message: Message) -> tuple[str, str]:
    text, html = cast("list[Message]", message.get_payload())
    return tuple(cast(bytes, part.get_payload(decode=True)).decode() for part in (text, html))  # type: ignore[return-value]


def shown(value: str) -> str:
    return str(make_header(decode_header(value)))


def test_a_letter_carries_these_headers_and_no_others() -> None:
    message = read(compose(PAGE, headers=ENVELOPE))
    assert message.keys() == NAMES
    assert message["From"] == '"ThreePBX Support" <support@desk.example>'
    assert message["Subject"] == "Re: phones [TPBX-1042]"
    assert message["Date"] == "Wed, 25 Nov 2026 18:32:00 +0000"
    assert message["Message-ID"] == "<1042.aa.bb@desk.example>"
    assert message["In-Reply-To"] == "<q1@acme.example>"
    assert message["References"].split() == ["<q0@acme.example>", "<q1@acme.example>"]
    assert message["Reply-To"] == "<support+tok@desk.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-MailDaemon-Ticket"] == "TPBX-1042"
    assert message.get_content_type() == "multipart/alternative"
    assert bodies(message) == ("Hello,\r\n\r\nbye\r\n", "<p>Hello</p>\r\n")


def test_what_is_not_given_is_not_written() -> None:
    bare = replace(ENVELOPE, in_reply_to=None, references=(), reply_to=None, ticket="", auto_submitted="auto-generated")
    message = read(compose(PAGE, headers=bare))
    for name in ("In-Reply-To", "References", "Reply-To", "X-MailDaemon-Ticket", "Precedence"):
        assert name not in message
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_stricter_reader_of_the_standard_library_finds_no_defect() -> None:
    renderer = shipped()
    for name, language in renderer.letters():
        raw = compose(renderer.render(sample(name, language)), headers=ENVELOPE)
        read(raw)
        message = message_from_bytes(raw, policy=policy.default)
        assert not message.defects
        assert message["To"].addresses[0].addr_spec == "dana@acme.example"
        body = message.get_body(("plain",))
        assert body is not None
        inside = ("notice", "page", "push", "warning", "confirm", "transcript", "rfo-document", "rfo-draft", "note")
        assert "ThreePBX Support" in body.get_content() or name in inside


def test_references_keep_the_first_and_the_last_twenty() -> None:
    many = tuple(f"<{number}@x.example>" for number in range(500))
    message = read(compose(PAGE, headers=replace(ENVELOPE, references=many, in_reply_to="<499@x.example>")))
    assert message["References"].split() == ["<0@x.example>", *many[-20:]]


def test_the_answered_mail_ends_references() -> None:
    message = read(compose(PAGE, headers=replace(ENVELOPE, references=("<a@b>",), in_reply_to="<c@d>")))
    assert message["References"].split() == ["<a@b>", "<c@d>"]


def test_malformed_ids_of_others_are_left_out() -> None:
    bad = ("<a\r\nBcc: x@y>", "none", "<a b@c>", "<é@x>", "<" + "a" * 600 + ">", "<ok@x>")
    message = read(compose(PAGE, headers=replace(ENVELOPE, references=bad, in_reply_to="<a>\r\nBcc: x@y")))
    assert message["References"] == "<ok@x>"
    assert "In-Reply-To" not in message


@pytest.mark.parametrize("address", [
    "", "x", "a@b@c", "a b@c", "a@b\r\nBcc: x@y.example", "a@b>,<x@y", "a,b@c", "é@x.example",
    "a@" + "b" * 300,
    "a@b c", '"a\r"@b', "a@b\n", "a@-b",
])  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        compose(PAGE, headers=replace(ENVELOPE, to=(Person("", address),)))


@pytest.mark.parametrize(("address", "wire"), [
    ("a@bücher.example", "a@xn--bcher-kva.example"),
    ('"a b"@x.example', '"a b"@x.example'),
    ("o'neil+tag@x.example", "o'neil+tag@x.example"),
    ("a@[192.0.2.1]", "a@[192.0.2.1]"),
])  # fmt: skip
def test_unusual_addresses_are_kept(address: str, wire: str) -> None:
    message = read(compose(PAGE, headers=replace(ENVELOPE, to=(Person("", address),))))
    assert message["To"] == f"<{wire}>"


def test_our_own_message_id_must_be_one() -> None:
    with pytest.raises(ValueError, match="not a Message-ID"):
        compose(PAGE, headers=replace(ENVELOPE, message_id="<a>\r\nBcc: x@y"))


def test_long_lines_and_other_alphabets_survive() -> None:
    text = "ä" * 3000 + "\n" + "x" * 5000 + " \n.dot\nFrom here\n--=_x\n"
    page = Rendered("s", text, f"<p>{text}</p>")
    plain, html = bodies(read(compose(page, headers=ENVELOPE)))
    assert plain == text.replace("\n", "\r\n")
    assert html == f"<p>{text}</p>".replace("ä", "&#228;").replace("\n", "\r\n")


def test_what_looks_like_an_encoded_word_stays_itself() -> None:
    word = "=?utf-8?q?From=3A_boss?="
    named = replace(ENVELOPE, to=(Person(word, "dana@acme.example"),))
    message = read(compose(replace(PAGE, subject=word), headers=named))
    assert shown(message["Subject"]) == word
    assert shown(message["To"]).startswith(word)


ANY = st.text(max_size=300) | st.text(alphabet='\r\n\t ",<>@:;=?\\aé\x00\u2028Bc', max_size=60)


@given(subject=ANY, name=ANY, message_id=ANY, references=st.lists(ANY, max_size=3), ticket=ANY)
def test_whatever_is_written_only_the_intended_headers_and_recipients_come_out(
    subject: str, name: str, message_id: str, references: list[str], ticket: str
) -> None:
    envelope = replace(
        ENVELOPE,
        to=(Person(name, "dana@acme.example"),),
        sender=Person(name, "support@desk.example"),
        in_reply_to=message_id,
        references=tuple(references),
        ticket=ticket,
    )
    message = read(compose(replace(PAGE, subject=subject), headers=envelope))
    assert set(message.keys()) <= set(NAMES)
    assert len(message.keys()) == len(set(message.keys()))
    for header, address in (("To", "dana@acme.example"), ("From", "support@desk.example")):
        assert [found for _, found in getaddresses([message[header]])] == [address]
    meant = subject.encode("utf-8", "replace").decode().split()
    assert shown(message["Subject"]).split() == meant


@given(text=st.text(max_size=400).map(lambda text: text.replace("\r", "").replace("\x00", "")))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    page = Rendered("s", text + "\n", "<p></p>\n")
    plain, _ = bodies(read(compose(page, headers=ENVELOPE)))
    assert plain == text.encode("utf-8", "replace").decode().replace("\n", "\r\n") + "\r\n"


# --- enclosures -------------------------------------------------------------------------------------------

PAPER = Enclosure("RFO-TPBX-1042.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40)


def enclosed(*enclosures: Enclosure) -> EmailMessage:
    raw = compose(PAGE, headers=ENVELOPE, enclosures=enclosures)
    read(raw)
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def test_a_letter_without_enclosures_is_the_same_as_ever() -> None:
    assert compose(PAGE, headers=ENVELOPE, enclosures=()) == compose(PAGE, headers=ENVELOPE)


def test_an_enclosure_comes_back_byte_by_byte_beside_the_letter() -> None:
    message = enclosed(PAPER, replace(PAPER, name="b.bin", content=b""))
    assert message.keys() == NAMES
    assert message.get_content_type() == "multipart/mixed"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content() == "Hello,\r\n\r\nbye\r\n"
    one, other = message.iter_attachments()
    assert (one.get_filename(), one.get_content_type()) == ("RFO-TPBX-1042.pdf", "application/pdf")
    assert one.get_content() == PAPER.content
    assert other.get_content() == b""


@pytest.mark.parametrize(("name", "shown"), [
    ("Störung.pdf", "Störung.pdf"),
    ("Ωμέγα жизнь.pdf", "Ωμέγα жизнь.pdf"),
    ('a"b;c=d.pdf', 'a"b;c=d.pdf'),
    ("a\\b/../c.pdf", "a_b_.._c.pdf"),
    ("../../etc/passwd", "_.._etc_passwd"),
    ("a\r\nBcc: x@y.example\r\n\r\n.pdf", "a Bcc: x@y.example .pdf"),
    ("\u202egpj.exe\x00", "gpj.exe"),
    ("50%.pdf", "50%.pdf"),
    ("", "attachment"),
    ("...", "attachment"),
    ("ж" * 200 + ".pdf", "ж" * 120),
    ("x" * 200, "x" * 120),
])  # fmt: skip
def test_a_name_in_any_alphabet_is_a_name_and_nothing_else(name: str, shown: str) -> None:
    message = enclosed(replace(PAPER, name=name))
    (part,) = message.iter_attachments()
    assert part.get_filename() == shown
    assert part.keys() == ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]
    assert part.get_content() == PAPER.content


@given(name=ANY, content=st.binary(max_size=300))
def test_whatever_is_enclosed_comes_back(name: str, content: bytes) -> None:
    message = enclosed(Enclosure(name, "application/octet-stream", content))
    assert message.keys() == NAMES
    (part,) = message.iter_attachments()
    assert part.get_content() == content
    assert part.get_content_disposition() == "attachment"
