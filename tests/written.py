"""Mails as they are after reading, with everything filled in that a test doesn't care about."""

from __future__ import annotations

from typing import Any

from parsers.mail import Address, Attachment, Authentication, Bounce, Mail

CUSTOMER = "cy@acme.example"  # of a known account
COLLEAGUE = "dee@acme.example"  # of the same account
STRANGER = "eve@evil.example"
DESK = "support@desk.example"
ANN = "ann@desk.example"  # an agent for everything
BOB = "bob@desk.example"  # an agent for billing alone

PROVEN = Authentication("mx.desk.example", dmarc="pass", dkim="pass", spf="pass", dkim_aligned=True)


def mail(sender: str = CUSTOMER, /, **fields: Any) -> Mail:
    """A person's new mail. `to` and `cc` may be plain addresses."""
    for name in ("to", "cc"):
        fields[name] = tuple(Address("", each) for each in fields.get(name, ()))
    return Mail(
        **{
            "message_id": "<1@acme.example>",
            "sender": Address("Cy Carter", sender),
            "sender_defect": None,
            "reply_to": (),
            "subject": "A question",
            "date": None,
            "text": "How does this work?",
            "quoted": "",
            "signature": "",
            "language": "en",
            "automatic": None,
            "bounce": None,
            "in_reply_to": None,
            "references": (),
            "thread_index": None,
            "envelope_sender": None,
            "importance": None,
            "authentication": Authentication(),
            "attachments": (),
            **fields,
        }
    )


def bounce(original: str | None, *, kind: str = "hard", **fields: Any) -> Mail:
    """A delivery report about the letter `original`."""
    report = Bounce(kind, (CUSTOMER,), "5.1.1", original)
    return mail("mailer-daemon@mx.example", **{"message_id": "<dsn@mx.example>", "bounce": report, **fields})


def attachment(**fields: Any) -> Attachment:
    return Attachment(
        **{
            "name": "error.png",
            "media_type": "image/png",
            "size": 120_000,
            "sha256": "ab" * 32,
            "kind": "screenshot",
            "inline": False,
            "content_id": None,
            "position": 1,
            **fields,
        }
    )
