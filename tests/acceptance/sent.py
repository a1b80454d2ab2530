"""A letter that left the desk, as its recipient's mail server got it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.servers.sink import Letter


class Sent:
    """One letter at the sink."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.at = letter.at
        self.recipients = letter.recipients
        self.to = letter.recipients[0]

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.letter.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @property
    def answers(self) -> str:
        """The Message-ID of the mail that it answers, "" for none."""
        return self.header("In-Reply-To")

    def header(self, name: str) -> str:
        """A header that we write on one line of ASCII, without the cost of parsing the letter."""
        head = self.letter.content.partition(b"\r\n\r\n")[0]
        begin = b"\r\n" + name.lower().encode() + b":"
        at = (b"\r\n" + head).lower().find(begin)
        if at < 0:
            return ""
        value = (b"\r\n" + head)[at + len(begin) :]
        return value.partition(b"\r\n")[0].decode("ascii").strip()

    @property
    def words(self) -> str:
        """Everything that its reader can see: the subject and both forms of the text."""
        parts = [part for part in self.message.walk() if part.get_content_maintype() == "text"]
        return "\n".join([self.subject, str(self.message["To"]), *(part.get_content() for part in parts)])
