"""The letters of the run as files that a person can open: each mail as .eml, and its HTML form beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from mail_daemon.demo.customers import Letter, Sample
from mail_daemon.demo.narration import Story
from mail_daemon.demo.servers import Accepted
from parsers import header


@dataclass(frozen=True, slots=True)
class Read:
    """A letter at the SMTP server, opened."""

    accepted: Accepted
    message: Message

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @property
    def answers(self) -> str:
        """The Message-ID of the mail that it answers; "" where it answers none."""
        return self.header("In-Reply-To")

    @property
    def subject(self) -> str:
        return self.header("Subject")

    def header(self, name: str) -> str:
        return header.text(self.message, name)

    def body(self, kind: str) -> str:
        """The text (`text/plain`) or the HTML (`text/html`) form; "" where there is none."""
        for part in self.message.walk():
            payload = part.get_payload(decode=True)
            if part.get_content_type() == kind and isinstance(payload, bytes):
                return payload.decode(part.get_content_charset("utf-8"))
        return ""


def read(accepted: Iterable[Accepted]) -> list[Read]:
    return [Read(each, message_from_bytes(each.content)) for each in accepted]


def answers(letters: Iterable[Read], samples: Iterable[Sample]) -> dict[str, Letter]:
    """The letter that came back for each mail, by the mail's name, as its sender sees it."""
    by_question = {letter.answers: letter for letter in letters if letter.answers}
    return {
        sample.name: Letter(by_question[sample.message_id].subject, by_question[sample.message_id].message_id)
        for sample in samples
        if sample.message_id in by_question
    }


def save(folder: Path, told: Iterable[Story], letters: Iterable[Read]) -> list[Path]:
    """Writes NAME.LETTER.eml and .html, such as 01-outage.acknowledgement.eml; returns the HTML files."""
    folder.mkdir(parents=True)
    by_id = {letter.message_id: letter for letter in letters}
    written: list[Path] = []
    for story in told:
        for posted in story.letters:
            if (letter := by_id.get(posted.message_id)) is None:
                continue
            whose = "" if posted.letter == "acknowledgement" else f"-to-{posted.recipients[0].partition('@')[0]}"
            mail = folder / f"{story.sample.name}.{posted.letter}{whose}.eml"
            mail.write_bytes(letter.accepted.content)
            page = mail.with_suffix(".html")
            page.write_text(letter.body("text/html"), encoding="utf-8")
            written.append(page)
    return written
