"""Nothing internal leaves: a canary word stands in every internal place of a ticket's whole life, and every byte that
went to anybody but agents is searched for it, with transfer encodings, encoded words and PDFs read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from pypdf import PdfReader

from mail_daemon.changes import maintenance
from mail_daemon.changes.maintenance_letters import written
from mail_daemon.domain.maintenance import Announcement
from mail_daemon.settings.policy import Agent
from mail_daemon.store.store import Store
from parsers.mail import Address
from parsers.message import read as read_mail
from tests.agents import letter_to, reply
from tests.office import DAY, HOUR, Office, desk, told
from tests.written import ANN, BOB, COLLEAGUE, CUSTOMER, DESK, STRANGER, attachment, mail

AGENTS = (
    Agent(name="canary-ann", address=ANN, shown_as="Ann Miller", private=("CANARYPHONE",)),
    Agent(name="canary-bob", address=BOB, admin=True),
    Agent(name="canary-joe", address="joe.canary@desk.example", categories=("billing",)),
)
INSIDERS = {agent.address for agent in AGENTS}
OTHERS = (ANN, BOB, "canaryfolder", "Outlook", "reply above")
HEADERS = f"""From: "Canary Ann" <{ANN}>
To: Support <{DESK}>
Cc: canary-cc@desk.example, {BOB}
Subject: RE: [External] canarysubject [TPBX-1001]
Date: Wed, 25 Nov 2026 10:00:00 -0500
Message-ID: <canary-id@desk.example>
In-Reply-To: {{notice}}
References: {{notice}}
X-Mailer: canarymailer Outlook
X-Originating-IP: [10.0.0.66]
Received: from canaryhost.desk.example by mx.desk.example; Wed, 25 Nov 2026 10:00:01 -0500
Organization: canaryorganisation
MIME-Version: 1.0
"""
ANSWER = """Content-Type: multipart/mixed; boundary="canaryboundary"

--canaryboundary
Content-Type: text/plain; charset=utf-8

#assign canary-bob
#time 1h professional canarytime moved the queue

Dear Cy, the first words go out. Write to ann@desk.example, or to joe.canary@desk.example.

Kind regards,
Canary Ann | CANARYPHONE | canaryfolder

-----Original Message-----
From: Support <support@desk.example>
Sent: Wednesday, November 25, 2026 9:32 AM
To: Canary Ann <ann@desk.example>
Subject: canaryquoted

{quoted}

--canaryboundary
Content-Type: text/plain; name="sent.txt"
Content-Disposition: attachment; filename="sent.txt"
Content-Description: canarydescription

The file goes out.

--canaryboundary
Content-Type: application/pkcs7-signature; name="canary.p7s"
Content-Disposition: attachment; filename="canary.p7s"

CANARY

--canaryboundary--
"""


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store, desk(agents=AGENTS))


def say(office: Office, text: str, name: str = "notice", sender: str = ANN) -> None:
    office.now += timedelta(minutes=1)
    office.file(reply(office, letter_to(office, sender, name), text, sender))


def lived(office: Office) -> None:
    """A priority 2 from its first mail to its end, with all that agents do on the way."""
    office.file(mail("canary@else.example", subject="canaryother", text="canaryother", message_id="<0@else.example>"))
    office.open(mail(subject="Phones", to=[DESK], cc=[COLLEAGUE], text="Our site is down", language="en"))
    notice = letter_to(office, ANN)
    shown = office.content(notice).decode().partition("\r\n\r\n")[2]
    answer = (HEADERS + ANSWER).replace("{notice}", notice.message_id).replace("{quoted}", shown).encode()
    office.file(read_mail(answer), raw=answer)
    say(office, "#note\ncanarynote, and the customer owes us")
    noted = reply(office, letter_to(office, BOB, "note"), "canaryreply", BOB)
    office.file(replace(noted, attachments=(attachment(name="canaryfile.png", text="canaryread"),)))
    say(office, "#vendor CANARY-77120\n#link 1001", sender=BOB)
    say(office, "#workaround\n\nDial 9 first.\n\nAnn\nCANARYPHONE", sender=BOB)
    say(office, "#staus canaryfailed\n\nThis goes nowhere: canaryfailed", sender=BOB)
    say(office, "#priority 1\n#subject Phones in Boston\n\nWe raise it.", sender=BOB)
    office.file(
        mail(STRANGER, message_id="<s@evil.example>", in_reply_to=office.key(1002, CUSTOMER), text="canaryguest")
    )
    office.file(mail(message_id="<2@acme.example>", in_reply_to=office.key(1002, CUSTOMER), text="And now?"))
    office.tick(office.now + 5 * HOUR)  # overdue
    say(office, "#rfo draft", sender=BOB)
    say(office, "Cause: canarydraft", "rfo-draft", BOB)
    say(office, "#rfo draft", sender=BOB)
    say(
        office,
        f"Cause: A router.\nImpact: No calls.\nResolution: A new one.\nPrevention: Two.\n\nBob\n{BOB}",
        "rfo-draft",
        BOB,
    )
    say(office, "#monitor", sender=BOB)
    say(office, "#rfo send", sender=BOB)
    say(office, "yes", "confirm", BOB)
    say(office, "#resolve\n#time 30m professional canarytime", sender=BOB)
    for days in (4, 5, 6, 8):
        office.tick(office.now + days * DAY)
    said = Announcement(
        key="sbc-1", service="Calls", impact="OUTAGE", starts=office.now + 4 * DAY, ends=office.now + 5 * DAY,
        accounts=(), texts={"en": "We replace a router."},
    )  # fmt: skip
    with office.store.begin() as work:
        due = maintenance.announce(work, office.desk, said, now=office.now)
        drafts = written(office.desk, due.said, due.before, due.posts, sequence=due.sequence, now=office.now)
        maintenance.carry_out(work, due, drafts, now=office.now)


def outside(office: Office) -> list[tuple[str, bytes]]:
    """Name and bytes of every letter that not only insiders get."""
    letters = [each for each in office.letters() if not set(each.recipients) <= INSIDERS]
    return [(each.letter, office.content(each)) for each in letters]


def read_out(raw: bytes) -> str:
    """All that can be read in a mail: its bytes as they are, decoded headers, decoded parts, names, and PDFs."""
    message = message_from_bytes(raw, policy=default)
    return "\n".join([raw.decode("ascii"), *_headers(message), *_parts(message)])


def _headers(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        for name, value in part.raw_items():
            yield f"{name}: {make_header(decode_header(str(value)))}"
            yield f"{name}: {part[name]}"


def _parts(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        yield part.get_filename() or ""
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content.decode("utf-8", "replace")
        if part.get_content_type() == "application/pdf" and isinstance(content, bytes):
            reader = PdfReader(io.BytesIO(content))
            yield f"{reader.metadata}"
            yield from (page.extract_text() for page in reader.pages)


def test_no_canary_leaves_in_a_tickets_whole_life(office: Office) -> None:
    lived(office)
    letters = [(name, raw) for name, raw in outside(office) if b"canary@else.example" not in raw]
    for name, raw in letters:
        shown = read_out(raw).lower()
        found = [word for word in ("canary", "10.0.0.66", *map(str.lower, OTHERS)) if word in shown]
        assert found == [], (name, found, shown[:3000])


def test_the_life_was_whole_and_the_search_finds_what_is_there(office: Office) -> None:
    lived(office)
    names = {name for name, *_ in told(office)}
    assert {name for name, _ in outside(office)} == {
        *("acknowledgement", "agent-reply", "status", "escalation", "rfo", "closing-warning", "maintenance"),
    }
    assert {"notice", "note", "transcript", "confirm", "warning", "rfo-draft"} <= names
    said = "\n".join(read_out(raw) for _, raw in outside(office))
    for word in ("first words go out", "The file goes out.", "sent.txt", "Dial 9 first.", "A new one.", "Two."):
        assert word in said
    inside = "\n".join(
        read_out(office.content(each)) for each in office.letters() if set(each.recipients) <= INSIDERS
    ).lower()
    for canary in (
        "canarynote",
        "canaryreply",
        "canaryfile",
        "canary-77120",
        "canaryguest",
        "canarydraft",
        "canary-bob",
    ):
        assert canary in inside, canary


def test_an_address_of_an_agent_becomes_ours(office: Office) -> None:
    lived(office)
    first = next(read_out(raw) for name, raw in outside(office) if name == "agent-reply")
    assert f"Write to {DESK}, or to {DESK}." in " ".join(first.split())


def test_the_copies_of_an_agents_mail_are_nobodys(office: Office) -> None:
    lived(office)
    people = {address for letter in office.letters() if letter.letter == "agent-reply" for address in letter.recipients}
    assert people == {CUSTOMER, COLLEAGUE}


@pytest.mark.parametrize("name", ["agent-reply", "note"])
def test_a_forged_name_in_the_thread_stays_text(office: Office, name: str) -> None:
    office.open(mail(subject="Phones", to=[DESK], sender=Address("**Ann** <b>x</b>\r\nBcc: x@y.example", CUSTOMER)))
    say(office, "#note\n**bold** {{ 7*7 }} <script>" if name == "note" else "**bold** {{ 7*7 }} <script>")
    letter = [each for each in office.letters() if each.letter == name][-1]
    message = message_from_bytes(office.content(letter), policy=default)
    assert message["Bcc"] is None
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    assert "**bold** {{ 7*7 }} &lt;script&gt;" in html.get_content()
