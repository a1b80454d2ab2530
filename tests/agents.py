"""Mails of agents for tests: the files of tests/mails/agents, which answer a real notice and quote all of it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from mail_daemon.pipeline import Outcome
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Posted
from parsers.mail import Mail
from parsers.message import read as read_mail
from tests.office import Office, read
from tests.written import ANN, BOB, CUSTOMER, DESK, mail

MAILS = Path(__file__).parent / "mails" / "agents"
PRIVATE = "+1 303 555 0199"
AGENTS = (
    Agent(name="ann", address=ANN, shown_as="Ann Miller", private=(PRIVATE,)),
    Agent(name="bob", address=BOB),
    Agent(name="joe", address="joe@desk.example", categories=("billing",)),
)
REPORT = """Hello,

the phone in room 4 is dead since this morning.

We have rebooted it twice, once by its menu and once by pulling its power supply.

Thanks, Cy"""


def reported(office: Office, **fields: object) -> int:
    """The number of the ticket that the answers are about."""
    return office.open(mail(**{"subject": "No dial tone", "to": [DESK], "text": REPORT, **fields}))


def letter_to(office: Office, address: str, name: str = "notice") -> Posted:
    """The last letter of this name to an agent."""
    return [each for each in office.letters() if each.letter == name and each.recipients == (address,)][-1]


def answer(office: Office, name: str) -> Outcome:
    """Files a mail of the folder, as an answer to the last notice to ann."""
    notice = letter_to(office, ANN)
    shown = read(office, notice)
    plain, html = _text(shown, "plain"), _text(shown, "html")
    words = {
        "notice": notice.message_id,
        "plain": plain,
        "quoted": "\n".join(f"> {line}".rstrip() for line in plain.split("\n")),
        "html": html.partition("<body")[2].partition(">")[2].partition("</body>")[0],
    }
    text = (MAILS / f"{name}.eml").read_text(encoding="utf-8")
    for key, value in words.items():
        text = text.replace(f"{{{key}}}", value)
    raw = text.encode()
    return office.file(read_mail(raw), raw=raw)


def reply(office: Office, letter: Posted, text: str, sender: str = ANN, **fields: object) -> Mail:
    """An agent's answer to a letter of ours, as it is after reading."""
    office.replies = getattr(office, "replies", 0) + 1  # type: ignore[attr-defined]
    own = f"<{office.replies}.{sender}>"  # type: ignore[attr-defined]
    return mail(
        sender, **{"in_reply_to": letter.message_id, "message_id": own, "subject": "Re:", "text": text, **fields}
    )


def to_customer(office: Office, name: str = "agent-reply") -> list[EmailMessage]:
    return [read(office, each) for each in office.letters() if each.letter == name and CUSTOMER in each.recipients]


def _text(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n").strip("\n")


text_of = _text
