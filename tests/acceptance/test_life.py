"""A ticket's whole life by mail, with the agent in each of the usual mail programs; nobody opens another screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk
from tests.acceptance.sent import Sent
from tests.agents import MAILS, REPORT
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

ANN, CUSTOMER, DEE = "ann@desk.example", "cy@acme.example", "dee@acme.example"
SHAPES = ["gmail-top-posted", "outlook-html-only", "apple-mail-top-posted", "thunderbird-answered-inline"]


class Life:
    """The daemon with its mailbox, and the two who write to it."""

    def __init__(self, desk: Desk, dovecot: Dovecot) -> None:
        self.desk = desk
        self._dovecot = dovecot
        self._mails = 0

    def write(self, sender: str, text: str, *, answers: Sent | None = None, **headers: str) -> None:
        """Waits until the mail is filed and every letter that it caused has left."""
        self._mails += 1
        lines = [f"From: {sender}", "To: support@desk.example", f"Message-ID: <{self._mails}@{sender.split('@')[1]}>"]
        lines += [
            f"Date: Wed, 25 Nov 2026 11:{self._mails:02}:00 -0500",
            f"Subject: {headers.pop('subject', 'Re: No dial tone')}",
        ]
        lines += [f"In-Reply-To: {answers.message_id}", f"References: {answers.message_id}"] if answers else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.place("\n".join([*lines, "", text, ""]).encode())

    def place(self, raw: bytes) -> None:
        self._dovecot.place("support", [raw])
        self.desk.finish([raw])

    def last(self, to: str, holds: Callable[[Sent], bool] = lambda _: True) -> Sent:
        return [letter for letter in self.desk.letters(to) if holds(letter)][-1]

    def notice(self) -> Sent:
        """The last notice to ann."""
        return self.last(ANN, lambda letter: "[TPBX-1001]" in letter.subject and "Category" in letter.words)

    def shaped(self, shape: str) -> bytes:
        """The answer of a mail program to the last notice, all of which it quotes."""
        notice = self.notice()
        plain, html = (notice.message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
        text = (MAILS / f"{shape}.eml").read_text(encoding="utf-8")
        for key, value in {
            "notice": notice.message_id,
            "plain": plain,
            "quoted": "\n".join(f"> {line}".rstrip() for line in plain.split("\n")),
            "html": html.partition("<body")[2].partition(">")[2].partition("</body>")[0],
        }.items():
            text = text.replace(f"{{{key}}}", value)
        return text.encode()

    @property
    def status(self) -> str:
        return str(self.desk.ticket(1001)["status"])


@pytest.mark.parametrize("shape", SHAPES)
def test_from_the_report_to_the_end(tmp_path: Path, dovecot: Dovecot, sink: Sink, shape: str) -> None:
    accounts = [{"name": "Acme", "domains": ["acme.example"]}]
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, agents=(ANN,), accounts=accounts)
    life = Life(desk, dovecot)
    with desk.running_daemon():
        life.write(CUSTOMER, REPORT, subject="No dial tone", Cc=DEE)
        assert "TPBX-1001" in life.last(CUSTOMER).subject
        assert "#resolve" in life.notice().words

        life.place(life.shaped(shape))
        answer = life.last(CUSTOMER)
        assert answer.answers == "<1@acme.example>"
        assert set(answer.recipients) == {CUSTOMER, DEE}
        for internal in (ANN, "Category", "New ticket from", "#priority", "Why this priority"):
            assert internal not in answer.words
        assert life.status == "open"
        assert [clock["outcome"] for clock in desk.ticket(1001)["clocks"] if clock["kind"] == "response"] == ["met"]

        life.write(CUSTOMER, "It stays dark.", answers=answer)
        assert "It stays dark." in life.notice().words
        life.write(ANN, "#note\n\nThe switch in Boston is suspicious.", answers=life.notice())
        life.write(ANN, "#pending 3d\n\nA new supply is on its way.", answers=life.notice())
        assert "A new supply" in life.last(CUSTOMER).words
        assert life.status == "pending"

        life.write(DEE, "It came, and the phone works.", answers=life.last(CUSTOMER))
        assert life.status == "open"
        life.write(ANN, "#time 30m professional new supply\n#resolve\n\nGlad to hear that.", answers=life.notice())
        assert "Glad to hear that." in life.last(CUSTOMER).words
        assert life.status == "resolved"
        assert "→ resolved" in life.last(ANN).words

        life.write(CUSTOMER, "Sorry, it is dark again.", answers=life.last(CUSTOMER))
        assert life.status == "open"
        life.write(ANN, "#staus closed\n\nThis must not leave.", answers=life.notice())
        assert "#status" in life.last(ANN).words
        life.write(ANN, "#close", answers=life.notice())
        assert life.status == "closed"
    outside = [letter for letter in desk.letters() if letter.to not in (ANN,)]
    assert not [letter for letter in outside if "Boston" in letter.words or "must not leave" in letter.words]
    assert {row["state"] for row in desk.outbox()} == {"sent"}
